"""Tests that nothing compiles twice, by counting in JAX's log."""

# pylint: disable=unnecessary-lambda

import collections
import dataclasses
import itertools
import pickle

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'a': np.ones(2, np.float32), 'b': np.ones(3, np.float32)}


def _step(**jit_options):
  """Returns a new jitted function, which has compiled nothing yet."""

  def step(opt, x):
    return x + len(jax.tree.leaves(opt))

  return jax.jit(step, **jit_options)


def _update():
  """Returns a new jitted update."""

  def step(opt):
    return opt.update(_PARAMS, _PARAMS)

  return jax.jit(step)


_KINDS = {
    'float': lambda x: x,
    'int': int,
    'numpy_float16': np.float16,
    'numpy_float32': np.float32,
    'numpy_float64': np.float64,
    'numpy_int32': np.int32,
    'numpy_int64': np.int64,
    'numpy_array32': lambda x: np.asarray(x, np.float32),
    'numpy_array64': np.asarray,
    'numpy_int_array': lambda x: np.asarray(int(x)),
    'jax_weak': jnp.asarray,
    'jax_int_weak': lambda x: jnp.asarray(int(x)),
    'jax_float32': jnp.float32,
    'jax_bfloat16': jnp.bfloat16,
    'result_of_jit': lambda x: jax.jit(lambda y: y * 1)(x),
}


class LeafTest(parameterized.TestCase):

  def test_one_compilation_for_each_dtype_and_weak_type(self):
    step = _step()
    values = [
        make(x) for x, make in itertools.product((1.0, 2.0), _KINDS.values())
    ]
    with _test_utils.compilations() as found:
      for value in values + values[::-1]:
        step(o.sgd(value), 1.0)
    # Numbers are weakly typed; arrays of float32, bfloat16 and int32 are not.
    self.assertLen(found, 4)

  @parameterized.parameters(
      ('float', 'int', 'numpy_float16', 'numpy_float32', 'numpy_float64',
       'numpy_int32', 'numpy_int64', 'jax_weak', 'jax_int_weak',
       'result_of_jit'),
      ('numpy_array32', 'numpy_array64', 'jax_float32'),
  )
  def test_kinds_of_the_same_type_share_a_compilation(self, *kinds):
    step = _update()
    with _test_utils.compilations() as found:
      for kind in kinds:
        step(o.adam(_KINDS[kind](1.0)).init(_PARAMS))
    self.assertLen(found, 1)

  def test_replace_between_kinds_of_the_same_type(self):
    step = _update()
    opt = o.adam(0.1, b1=jnp.float32(0.9)).init(_PARAMS)
    with _test_utils.compilations() as found:
      for i, kind in enumerate(('float', 'int', 'numpy_int64', 'jax_weak')):
        step(opt.replace(learning_rate=_KINDS[kind](i + 1.0)))
      for kind in ('numpy_float32', 'numpy_float64', 'jax_float32'):
        step(opt.replace(b1=_KINDS[kind](0.8)))
    self.assertLen(found, 1)

  def test_returned_optimizer_shares_the_compilation(self):
    step = _update()
    opt = o.adam(0.1).init(_PARAMS)
    with _test_utils.compilations() as found:
      for _ in range(3):
        _, opt = step(opt)
    self.assertLen(found, 1)

  def test_leaf_deep_inside(self):
    step = _update()
    make = lambda *numbers: o.chain(
        o.clip_by_global_norm(jnp.float32(numbers[0])),
        o.masked(o.adamw(numbers[1], weight_decay=jnp.float32(numbers[2])),
                 {'a': True, 'b': False}),
    ).init(_PARAMS)
    with _test_utils.compilations() as found:
      for i in range(3):
        step(make(i + 1, 0.1 * i, 0.2 * i))
    self.assertLen(found, 1)


@jax.jit
def _compute(matrix):
  """Takes a tenth of a second or so."""
  return jax.lax.fori_loop(0, 30, lambda _, x: jnp.cos(x @ x), matrix)[0, 0]


class DeviceTest(absltest.TestCase):
  """Nothing waits for a hyperparameter that the device still computes."""

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    cls.opt = o.adam(jnp.float32(0.1), b1=jnp.float32(0.9)).init(_PARAMS)
    cls.step = staticmethod(_update())

  def _check(self, function):
    """Calls the function with a number that will be there in a while."""
    matrix = jnp.full((512, 512), 1e-3)
    function(_compute(matrix).block_until_ready())  # Compiles what it calls.
    number = _compute(matrix)
    result = function(number)
    self.assertFalse(number.is_ready())
    return result

  def test_construct(self):
    opt = self._check(lambda x: o.adam(x, b1=x))
    self.assertLen(jax.tree.leaves(opt), 2)

  def test_init(self):
    self._check(lambda x: o.adam(x, b1=x).init(_PARAMS))

  def test_replace(self):
    self._check(lambda x: self.opt.replace(learning_rate=x, b1=x))

  def test_replace_inside(self):
    opt = o.chain(o.clip(1.0), o.sgd(0.1)).init(_PARAMS)
    self._check(lambda x: opt.replace({'args[1].learning_rate': x}))

  def test_flatten_and_unflatten(self):

    def function(x):
      leaves, treedef = jax.tree.flatten(self.opt.replace(learning_rate=x))
      self.assertEqual(treedef, jax.tree.structure(self.opt))
      return hash(treedef), treedef.unflatten(leaves)

    self._check(function)

  def test_hash(self):

    def function(x):
      with self.assertRaisesRegex(TypeError, 'unhashable'):
        hash(o.adam(x))

    self._check(function)

  def test_read(self):

    def function(x):
      opt = self.opt.replace(learning_rate=x)
      self.assertIs(opt.learning_rate, x)
      self.assertIs(opt.hyperparams['learning_rate'], x)

    self._check(function)

  def test_read_a_schedule(self):
    opt = o.adam(_cosine(jnp.float32(0.1))).init(_PARAMS)
    self._check(
        lambda x: opt.replace({'learning_rate.init_value': x}).hyperparams)

  def test_update(self):
    updates, _ = self._check(
        lambda x: self.step(self.opt.replace(learning_rate=x)))
    self.assertTrue(np.isfinite(updates['a']).all())

  def test_nothing_moves_to_the_device(self):
    opt = o.adam(0.1, b1=np.asarray(0.9)).init(_PARAMS)
    with jax.transfer_guard('disallow'):
      leaves, treedef = jax.tree.flatten(opt)
      opt = treedef.unflatten(leaves).replace(learning_rate=np.float32(0.2))
      self.assertLen(opt.hyperparams, 5)


@dataclasses.dataclass(frozen=True)
class _Named:
  """A mask that is hashable and equal by value."""

  name: str

  def __call__(self, params):
    return {name: name == self.name for name in params}


class _WithMethod:

  def mask(self, params):
    return jax.tree.map(lambda _: True, params)


_WITH_METHOD = _WithMethod()


def _name():
  """Returns a string that is a new object."""
  return ''.join(['mat', 'rix'])


def _cosine(peak=0.1):
  return o.cosine_decay_schedule(peak, 10)


_STATICS = {
    'number': lambda: o.adam(0.1, b1=float('0.8'), eps=int('1')),
    'nan': lambda: o.adam(0.1, eps=float('nan')),
    'numpy_scalar': lambda: o.adam(0.1, b1=np.float32(0.8)),
    'bool': lambda: o.adam(0.1, nesterov=bool('yes')),
    'dtype': lambda: o.adam(0.1, mu_dtype=np.dtype('float' + str(16))),
    'scalar_type': lambda: o.adam(0.1, mu_dtype=jnp.bfloat16),
    'string': lambda: o.adam(0.1, mu_dtype=_name()[:0] + 'bfloat16'),
    'list': lambda: o.adamw(0.1, mask=[True, False]),
    'tuple': lambda: o.adamw(0.1, mask=(True, (False, None))),
    'dict': lambda: o.adamw(0.1, mask={_name(): True, 'b': {'c': False}}),
    'ordered_dict': lambda: o.adamw(
        0.1, mask=collections.OrderedDict([(_name(), True), ('b', False)])),
    'numpy_mask': lambda: o.adamw(0.1, mask=np.array([True, False])),
    'jax_mask': lambda: o.adamw(0.1, mask={'a': jnp.array([True, False])}),
    'function': lambda: o.adamw(0.1, mask=_name_is_matrix),
    'bound_method': lambda: o.adamw(0.1, mask=_WITH_METHOD.mask),
    'frozen_dataclass': lambda: o.adamw(0.1, mask=_Named(_name())),
    'default_closures': lambda: o.lbfgs(),
    'labels': lambda: o.partition(
        {_name(): o.adam(0.1), 'vector': o.sgd(0.2)},
        {'a': _name(), 'b': 'vector'}),
    'named_chain': lambda: o.named_chain((_name(), o.adam(0.1))),
    'schedule': lambda: o.adam(_cosine()),
    'schedule_of_an_array': lambda: o.adam(_cosine(jnp.float32(0.1))),
    'joined_schedules': lambda: o.adam(
        o.join_schedules([o.linear_schedule(0.0, 0.1, 5), _cosine()], [5])),
    'sgdr_schedule': lambda: o.adam(o.sgdr_schedule([
        {'init_value': 0.0, 'peak_value': 0.1, 'warmup_steps': 2,
         'decay_steps': 5}] * 2)),
    'piecewise_schedule': lambda: o.adam(
        o.piecewise_constant_schedule(0.1, {3: 0.5})),
    'scheduled_in_a_chain': lambda: o.chain(o.clip(1.0), o.sgd(_cosine())),
}

_WITHOUT_ARRAYS = sorted(_STATICS.keys() - {'schedule_of_an_array'})


def _name_is_matrix(params):
  return {name: name == 'matrix' for name in params}


class StaticTest(parameterized.TestCase):

  @parameterized.parameters(*sorted(_STATICS))
  def test_equal_values_share_a_compilation(self, name):
    make, step = _STATICS[name], _step()
    with _test_utils.compilations() as found:
      for _ in range(3):
        step(make(), 1.0)
    self.assertLen(found, 1)

  @parameterized.parameters(*_WITHOUT_ARRAYS)
  def test_equal_static_arguments_share_a_compilation(self, name):
    make, step = _STATICS[name], _step(static_argnames='opt')
    with _test_utils.compilations() as found:
      for _ in range(3):
        step(make(), 1.0)
    self.assertLen(found, 1)

  # A bound method is equal to one of the very same object.
  @parameterized.parameters(*sorted(_STATICS.keys() - {'bound_method'}))
  def test_unpickled_shares_the_compilation(self, name):
    opt, step = _STATICS[name](), _step()
    with _test_utils.compilations() as found:
      for protocol in (0, pickle.HIGHEST_PROTOCOL):
        step(opt, 1.0)
        step(pickle.loads(pickle.dumps(opt, protocol)), 1.0)
    self.assertLen(found, 1)

  @parameterized.named_parameters(
      ('by_name', lambda: o.adam(0.1, 0.8),
       lambda: o.adam(b1=0.8, learning_rate=0.1)),
      ('default_written_out', lambda: o.adam(0.1),
       lambda: o.adam(0.1, b1=0.9, nesterov=False)),
      ('replaced', lambda: o.adam(0.1, b1=0.8),
       lambda: o.adam(0.1, b1=0.7).replace(b1=0.8)),
      ('replaced_inside', lambda: o.chain(o.adam(0.1, b1=0.8)),
       lambda: o.chain(o.adam(0.1)).replace({'args[0].b1': 0.8})),
      ('numpy_or_jax_mask', lambda: o.adamw(0.1, mask=np.array([True, False])),
       lambda: o.adamw(0.1, mask=jnp.array([True, False]))),
      ('mask_off_a_view', lambda: o.adamw(0.1, mask=np.array([True, False])),
       lambda: o.adamw(0.1, mask=np.array([True, True, False])[1:])),
      ('dtype', lambda: o.adamw(0.1, mu_dtype=np.float16),
       lambda: o.adamw(0.1, mu_dtype=np.dtype('float16'))),
      ('dtype_of_jax', lambda: o.adamw(0.1, mu_dtype=np.float16),
       lambda: o.adamw(0.1, mu_dtype=jnp.float16)),
      ('wrapped_twice', lambda: o.adam(0.1),
       lambda: o.wrap(optax.adam)(0.1)),
      ('schedule_replaced', lambda: o.adam(_cosine(0.2)),
       lambda: o.adam(_cosine()).replace({'learning_rate.init_value': 0.2})),
  )
  def test_made_in_another_way(self, make, other):
    step = _step()
    with _test_utils.compilations() as found:
      step(make(), 1.0)
      step(other(), 1.0)
    self.assertLen(found, 1)

  @parameterized.named_parameters(
      ('value', {'b1': 0.9}, {'b1': 0.8}),
      ('type', {'eps': 1}, {'eps': 1.0}),
      # Under x64 a NumPy number is not weakly typed, as a Python number is.
      ('numpy_type', {'b1': 0.9}, {'b1': np.float64(0.9)}),
      ('array', {'b1': 0.9}, {'b1': np.asarray(0.9)}),
      ('negative_zero', {'eps_root': 0.0}, {'eps_root': -0.0}),
      ('order', {'mask': {'a': True, 'b': True}},
       {'mask': {'b': True, 'a': True}}),
      ('dtype_as_string', {'mu_dtype': 'float16'}, {'mu_dtype': np.float16}),
  )
  def test_values_that_differ_do_not(self, arguments, other):
    step = _step()
    with _test_utils.compilations() as found:
      step(o.adamw(0.1, **arguments), 1.0)
      step(o.adamw(0.1, **other), 1.0)
    self.assertLen(found, 2)

  def test_lambda_that_is_made_again_is_the_same_value(self):
    step = _step()
    with _test_utils.compilations() as found:
      for _ in range(2):
        step(o.adamw(0.1, mask=lambda params: True), 1.0)
    self.assertLen(found, 1)

  def test_function_that_reads_what_changes_is_another_value(self):
    step = _step()
    with _test_utils.compilations() as found:
      for name in ('a', 'b'):
        step(o.adamw(0.1, mask=lambda params, names=[name]: names), 1.0)
    self.assertLen(found, 2)


class RebuildingTest(absltest.TestCase):

  def test_in_a_loop(self):
    step = _update()
    with _test_utils.compilations() as found:
      for learning_rate in (0.1, 0.2, 0.3):
        opt = o.chain(o.clip(1.0), o.adamw(learning_rate, b1=0.8))
        step(opt.init(_PARAMS))
    self.assertLen(found, 1)

  def test_in_a_function(self):

    def make(learning_rate):
      mask = {name: name == 'a' for name in _PARAMS}
      return o.adamw(o.linear_schedule(learning_rate, 0.0, 9), mask=mask)

    step = _update()
    with _test_utils.compilations() as found:
      for _ in range(3):
        step(make(0.1).init(_PARAMS))
    self.assertLen(found, 1)

  def test_with_the_jitted_function_inside_the_function(self):

    def step(opt):
      return opt.update(_PARAMS, _PARAMS)

    with _test_utils.compilations() as found:
      for _ in range(3):
        jax.jit(step)(o.adam(_cosine()).init(_PARAMS))
    self.assertLen(found, 1)

  def test_inside_the_jitted_function(self):

    @jax.jit
    def step(learning_rate):
      opt = o.adam(learning_rate).init(_PARAMS)
      return opt.update(_PARAMS, _PARAMS)

    with _test_utils.compilations() as found:
      _, opt = step(0.1)
      _, opt = step(opt.learning_rate / 2)
    self.assertLen(found, 1)

  def test_unpickled_in_the_middle(self):
    step = _update()
    opt = o.adamw(_cosine(), mask=_Named('a')).init(_PARAMS)
    with _test_utils.compilations() as found:
      _, opt = step(opt)
      _, opt = step(pickle.loads(pickle.dumps(opt)))
    self.assertLen(found, 1)

  def test_schedule_with_another_peak_in_an_array(self):
    step = _update()
    with _test_utils.compilations() as found:
      for peak in (0.1, np.float64(0.2), jnp.float32(0.3)):
        step(o.adam(_cosine(np.asarray(peak))).init(_PARAMS))
    self.assertLen(found, 1)

  def test_static_argument_of_a_training_function(self):

    def step(params, opt):
      updates, _ = opt.init(params).update(params, params)
      return optax.apply_updates(params, updates)

    step = jax.jit(step, static_argnames='opt')
    with _test_utils.compilations() as found:
      for _ in range(3):
        step(_PARAMS, o.chain(o.clip(1.0), o.adam(_cosine())))
      step(_PARAMS, opt=o.chain(o.clip(1.0), o.adam(_cosine(0.2))))
    self.assertLen(found, 2)


if __name__ == '__main__':
  absltest.main()
