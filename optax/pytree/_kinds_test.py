"""Tests that a number stays a number, whatever brings its leaf back.

docs/kinds.md shows the table that `table` returns.
"""

# pylint: disable=dangerous-default-value

import collections
import io
import pathlib
import pickle
import tempfile
from typing import Any, NamedTuple

from absl.testing import absltest
from absl.testing import parameterized
import equinox
from flax import serialization
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils
import orbax.checkpoint

o = optax.pytree

_PARAMS = {'a': np.ones(2, np.float32), 'b': np.ones(3, np.float32)}
_DTYPES = (jnp.float32, jnp.bfloat16)


# Each gets an optimizer with state, and one like it that was just made.


def _replaced(make):
  return lambda opt, fresh: opt.replace(learning_rate=make(0.5))


def _tracer(opt, fresh):
  return jax.jit(lambda opt, x: opt.replace(learning_rate=x))(opt, 0.5)


def _jitted_step(opt, fresh):
  grads = jax.tree.map(jnp.zeros_like, opt.opt_state[0].mu)
  return jax.jit(lambda opt: opt.update(grads)[1])(opt)


def _multi_steps(opt, fresh):
  multi = o.MultiSteps(opt.replace(opt_state=None), 1)
  multi = multi.init(opt.opt_state[0].mu)
  _, multi = jax.jit(lambda opt, grads: opt.update(grads))(
      multi, opt.opt_state[0].mu)
  return fresh.replace(learning_rate=multi.opt.learning_rate,
                       opt_state=multi.opt_state.inner_opt_state)


def _orbax(opt, fresh):
  with (tempfile.TemporaryDirectory() as folder,
        orbax.checkpoint.StandardCheckpointer() as checkpointer):
    path = pathlib.Path(folder) / 'opt'
    checkpointer.save(path, opt)
    checkpointer.wait_until_finished()
    return checkpointer.restore(path, fresh)


def _equinox(opt, fresh):
  file = io.BytesIO()
  equinox.tree_serialise_leaves(file, opt)
  file.seek(0)
  return equinox.tree_deserialise_leaves(file, fresh)


def _npz(opt, fresh):
  file = io.BytesIO()
  np.savez(file, *jax.tree.leaves(opt))
  file.seek(0)
  leaves, treedef = jax.tree.flatten(fresh)
  with np.load(file) as saved:
    return treedef.unflatten(
        saved[name].view(x.dtype) for name, x in zip(saved, leaves))


def _mesh(opt, fresh):
  mesh = jax.sharding.Mesh(np.array(jax.devices()), ('x',))
  return jax.device_put(
      opt, jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec()))


# What brings a number into an optimizer that an update was compiled for.
WAYS = {
    'replace(float)': _replaced(float),
    'replace(int)': _replaced(round),
    'replace(np.float32)': _replaced(np.float32),
    'replace(np.float64)': _replaced(np.float64),
    'replace(np.ndarray)': _replaced(np.asarray),
    'replace(jnp.float32)': _replaced(jnp.float32),
    'replace(jnp.bfloat16)': _replaced(jnp.bfloat16),
    'replace(weakly typed array)': _replaced(jnp.asarray),
    'replace(tracer), in jit': _tracer,
    'replace(opt.hyperparams)':
        lambda opt, fresh: opt.replace(opt.hyperparams),
    'optax.tree.set': lambda opt, fresh: optax.tree.set(opt, learning_rate=0.5),
    'jax.tree.map(lambda x: x * 1)':
        lambda opt, fresh: jax.tree.map(lambda x: x * 1, opt),
    'a jitted step': _jitted_step,
    'the state of MultiSteps': _multi_steps,
    'pickle': lambda opt, fresh: pickle.loads(pickle.dumps(opt)),
    'flax, msgpack': lambda opt, fresh: serialization.from_bytes(
        fresh, serialization.to_bytes(opt)),
    'orbax': _orbax,
    'equinox': _equinox,
    'NumPy, npz': _npz,
    'jax.device_get': lambda opt, fresh: jax.device_get(opt),
    'jax.device_put, a mesh': _mesh,
}

# For JAX these are arguments of another type: strongly typed, or on a mesh.
_ANOTHER_TYPE = {
    'flax, msgpack', 'orbax', 'equinox', 'NumPy, npz', 'jax.device_get',
    'jax.device_put, a mesh',
}


class Row(NamedTuple):
  """What happens to an optimizer with a number that came in some way.

  Attributes:
    way: a key of `WAYS`.
    params: the dtype of the parameters.
    update: the dtype of the update.
    traces: of a step with it, and of one after another `replace`.
  """

  way: str
  params: str
  update: str
  traces: int


def _row(way: str, dtype: Any) -> Row:
  """Returns the row of the table for a way and a dtype of parameters."""
  params = jax.tree.map(lambda x: jnp.asarray(x, dtype), _PARAMS)
  traces = []

  @jax.jit
  def step(opt):
    traces.append(opt)
    return opt.update(params, params)

  _, opt = step(o.adam(0.1).init(params))
  opt = WAYS[way](opt, o.adam(0.3).init(params))
  traces.clear()
  _, new = step(opt)
  updates, _ = step(new.replace(learning_rate=0.2))
  return Row(
      way, dtype.dtype.name, updates['a'].dtype.name, len(traces))


def table() -> list[Row]:
  """Returns the rows of the table in the documentation."""
  return [_row(way, dtype) for way in WAYS for dtype in _DTYPES]


class WaysTest(parameterized.TestCase):

  @parameterized.product(way=list(WAYS), dtype=_DTYPES)
  def test_a_number_that_comes_back(self, way, dtype):
    name = dtype.dtype.name
    self.assertEqual(
        _row(way, dtype), Row(way, name, name, int(way in _ANOTHER_TYPE)))

  @parameterized.parameters('numpy', 'float64')
  def test_numpy_arrays_are_numbers_outside_of_jit_too(self, kind):
    params = jax.tree.map(lambda x: jnp.asarray(x, jnp.bfloat16), _PARAMS)
    as_array = {'numpy': np.asarray, 'float64': np.float64}[kind]
    opt = o.sgd(0.1).init(params)
    opt = jax.tree.map(as_array, opt)
    updates, _ = opt.update(params)
    self.assertEqual(updates['a'].dtype, jnp.bfloat16)


class ConstructionTest(parameterized.TestCase):

  _KINDS = (float, round, np.float32, np.float64, jnp.asarray)

  @parameterized.named_parameters(
      ('with_state', lambda opt: opt.init(_PARAMS)),
      ('without_state', lambda opt: opt),
      ('in_a_chain', lambda opt: o.chain(o.clip(1.0), opt).init(_PARAMS)),
      ('ending_in_learning_rate',
       lambda opt: o.polyak_sgd(opt.learning_rate).init(_PARAMS)),
  )
  def test_one_compilation_for_all_kinds(self, make):

    @jax.jit
    def step(opt):
      return jax.tree.map(lambda x: x * 1, opt)

    with _test_utils.compilations() as found:
      for kind in self._KINDS:
        step(make(o.adam(kind(1.0))))
    self.assertLen(found, 1)

  @parameterized.parameters(*_KINDS)
  def test_every_leaf_is_an_array_after_init(self, kind):
    opt = o.chain(
        o.trace(np.asarray(0.9)), o.adam(kind(1.0))).init(_PARAMS)
    for x in jax.tree.leaves(opt):
      self.assertIsInstance(x, jax.Array)
    self.assertTrue(opt.learning_rate.weak_type)

  def test_int_becomes_a_float(self):
    updates, _ = o.sgd(1).init(_PARAMS).update(_PARAMS)
    self.assertEqual(updates['a'].dtype, jnp.float32)
    self.assertIsInstance(o.sgd(1).learning_rate, float)


class ReplaceTest(parameterized.TestCase):

  def test_keeps_the_sharding_on_a_mesh(self):
    opt = _mesh(o.adam(0.1).init(_PARAMS), None)
    new = opt.replace(learning_rate=0.5)
    self.assertEqual(new.learning_rate.sharding, opt.learning_rate.sharding)
    self.assertEqual(new.learning_rate.committed, opt.learning_rate.committed)

  def test_traces_once_on_a_mesh(self):

    @jax.jit
    def step(opt):
      return opt.update(_PARAMS)

    _, opt = step(_mesh(o.adam(0.1).init(_PARAMS), None))
    with _test_utils.compilations() as found:
      for rate in (0.1, np.float64(0.2), jnp.float32(0.3)):
        _, opt = step(opt.replace(learning_rate=rate))
    self.assertEmpty(found)

  def test_keeps_a_committed_device(self):
    opt = jax.device_put(o.adam(0.1).init(_PARAMS), jax.devices()[0])
    self.assertTrue(opt.replace(learning_rate=0.5).learning_rate.committed)
    opt = o.adam(0.1).init(_PARAMS)
    self.assertFalse(opt.replace(learning_rate=0.5).learning_rate.committed)

  @parameterized.parameters(jnp.float32, jnp.bfloat16)
  def test_keeps_the_dtype_of_an_array(self, dtype):
    opt = o.adam(0.1, b1=dtype(0.9)).init(_PARAMS).replace(b1=0.8)
    self.assertEqual((opt.b1.dtype, opt.b1.weak_type), (dtype, False))

  def test_equinox_traces_once_for_three_rates(self):
    traces = []

    @equinox.filter_jit
    def step(opt):
      traces.append(opt)
      return opt.update(_PARAMS)

    opt = o.adam(0.1).init(_PARAMS)
    for rate in (0.1, 0.2, 0.3):
      step(o.adam(rate).init(_PARAMS))
      _, opt = step(opt.replace(learning_rate=rate))
    self.assertLen(traces, 1)


def _sum_of_update(opt, params=_PARAMS):
  updates, _ = opt.init(params).update(params)
  return sum(map(jnp.sum, jax.tree.leaves(updates)))


@o.wrap
def per_layer(learning_rate):
  rates = dict(learning_rate)
  return optax.partition({k: optax.sgd(x) for k, x in rates.items()},
                         {k: k for k in rates})


@o.wrap(leaves=('rates',))
def scaled(*rates):
  return optax.chain(*map(optax.scale, rates))


@o.wrap(leaves=('kwargs',))
def adam_of(**kwargs):
  return optax.adam(**kwargs)


@o.wrap(leaves=('betas',))
def adam_betas(learning_rate, betas=(0.9, 0.999)):
  return optax.adam(learning_rate, *betas)


Betas = collections.namedtuple('Betas', ('first', 'second'))


class _Next:
  """A pytree that can be iterated, by itself."""

  def __init__(self, value):
    self.value = value

  def __iter__(self):
    return self

  def __next__(self):
    raise StopIteration


jax.tree_util.register_pytree_node(
    _Next, lambda x: ((x.value,), None), lambda _, x: _Next(*x))


class IteratorTest(parameterized.TestCase):
  """It can be read only once, so that it is a list at once."""

  def test_in_the_place_of_several_arguments(self):
    opt = scaled(2.0, 3.0).replace(rates=(x for x in (4.0, 5.0)))
    self.assertEqual(opt.rates, [4.0, 5.0])
    self.assertAlmostEqual(
        _sum_of_update(opt), _sum_of_update(scaled(4.0, 5.0)))

  @parameterized.named_parameters(
      ('as_a_number', lambda: optax.pytree.sgd(iter([0.1])), 'not a list'),
      ('in_a_container', lambda: adam_of(b1=[iter([0.1])]), 'read only once'),
  )
  def test_iterator_is_refused(self, make, message):
    with self.assertRaisesRegex(TypeError, message):
      make()

  def test_pytree_with_a_next_item_stays_in_the_state(self):
    params = {'a': _Next(jnp.ones(3))}
    opt = optax.pytree.adam(0.1).init(params)
    _, opt = opt.update(params)
    self.assertIsInstance(opt.opt_state[0].mu['a'], _Next)


class ContainerTest(parameterized.TestCase):
  """Numbers in containers are leaves, and their gradients are gradients."""

  @parameterized.named_parameters(
      ('dict', lambda: per_layer({'a': 0.1, 'b': 0.2}),
       {"learning_rate['a']": -2.0, "learning_rate['b']": -3.0}),
      ('pairs', lambda: per_layer([('a', 0.1), ('b', 0.2)]),
       {'learning_rate[0][1]': -2.0, 'learning_rate[1][1]': -3.0}),
      ('args', lambda: scaled(2.0, 3.0), {'rates[0]': 15.0, 'rates[1]': 10.0}),
      ('kwargs', lambda: adam_of(learning_rate=0.1),
       {"kwargs['learning_rate']": -5.0}),
  )
  def test_gradients(self, make, expected):
    opt = make()
    grads = jax.grad(_sum_of_update)(opt)
    self.assertEqual(jax.tree.structure(grads), jax.tree.structure(opt))
    self.assertCountEqual(grads.hyperparams, expected)
    for path, x in expected.items():
      np.testing.assert_allclose(grads.hyperparams[path], x, rtol=1e-5)

  @parameterized.named_parameters(
      ('default', lambda: adam_betas(0.1), 'betas[1]'),
      ('list', lambda: adam_betas(0.1, [0.9, 0.999]), 'betas[1]'),
      ('namedtuple', lambda: adam_betas(0.1, Betas(0.9, 0.999)),
       'betas.second'),
      ('dict', lambda: per_layer({'a': 0.1, 'b': 0.2}), "learning_rate['b']"),
      ('kwargs', lambda: adam_of(learning_rate=0.1, b1=0.9),
       "kwargs['b1']"),
  )
  def test_replace_compiles_nothing(self, make, path):

    @jax.jit
    def step(opt):
      return opt.update(_PARAMS)

    _, opt = step(make().init(_PARAMS))
    with _test_utils.compilations() as found:
      for x in (0.5, np.float32(0.25)):
        _, opt = step(opt.replace({path: x}))
    self.assertEmpty(found)
    self.assertEqual(opt.hyperparams[path], 0.25)
    self.assertEqual(type(opt.replace(opt_state=None)), type(opt))

  def test_keeps_its_containers(self):
    opt = adam_betas(0.1, Betas(0.9, 0.999)).init(_PARAMS)
    self.assertIsInstance(opt.betas, Betas)
    self.assertEqual(opt, pickle.loads(pickle.dumps(opt)))

  def test_low_precision_after_a_restore(self):
    params = jax.tree.map(lambda x: jnp.asarray(x, jnp.bfloat16), _PARAMS)
    opt = per_layer({'a': 0.1, 'b': 0.2}).init(params)
    opt = jax.tree.map(lambda x: jnp.asarray(np.asarray(x)), opt)
    updates, _ = opt.update(params)
    self.assertEqual(updates['b'].dtype, jnp.bfloat16)


if __name__ == '__main__':
  absltest.main()
