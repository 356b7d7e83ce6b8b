"""Tests that states and optimizers come back from every kind of checkpoint."""

import functools
import pathlib
import pickle
import shutil
import sys
import tempfile

from absl.testing import absltest
from absl.testing import parameterized
import cloudpickle
import equinox
from flax import serialization
from flax.training import train_state
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils
import orbax.checkpoint

FOLDER = pathlib.Path(__file__).with_name('checkpoints')
sys.path.insert(0, str(FOLDER))

import make  # pylint: disable=g-import-not-at-top

RELEASES = sorted(x.name for x in FOLDER.glob('*.*.*'))
o = optax.pytree


def _params():
  return jax.tree.map(jnp.asarray, make.PARAMS)


def _states():
  """Returns the states that functional optax starts with."""
  return {k: f(optax).init(_params()) for k, f in make.OPTIMIZERS.items()}


def _pickle(folder):
  return pickle.loads((folder / 'jax.pickle').read_bytes())


def _pickle_of_host_arrays(folder):
  return pickle.loads((folder / 'host.pickle').read_bytes())


def _msgpack(folder):
  data = (folder / 'flax.msgpack').read_bytes()
  return serialization.from_bytes(_states(), data)


def _orbax(folder):
  with tempfile.TemporaryDirectory() as temporary:
    shutil.unpack_archive(folder / 'orbax.zip', temporary)
    return orbax.checkpoint.PyTreeCheckpointer().restore(
        temporary, item=_states()
    )


FORMATS = (_pickle, _pickle_of_host_arrays, _msgpack, _orbax)


_read = functools.cache(lambda read, release: read(FOLDER / release))

# Whose JAX pickled arrays in a way that later ones cannot read.
_OLD_JAX = ('0.1.4', '0.1.9', '0.2.0')


class FunctionalStatesTest(parameterized.TestCase):

  @parameterized.product(
      release=RELEASES, read=FORMATS, optimizer=list(make.OPTIMIZERS)
  )
  def test_goes_on_as_functional_optax(self, release, read, optimizer):
    if read is _pickle and release in _OLD_JAX:
      with self.assertRaisesRegex(TypeError, 'named_shape'):  # JAX's.
        read(FOLDER / release)
      return
    state = _read(read, release)[optimizer]
    factory, params = make.OPTIMIZERS[optimizer], _params()
    tx = factory(optax, rate=jnp.asarray(0.01))  # An array, as in a leaf.
    opt = factory(o).replace(opt_state=state)
    for _ in range(3):
      updates, state = tx.update(params, state, params)
      opt_updates, opt = opt.update(params, params)
      _test_utils.assert_bit_identical(
          (opt_updates, opt.opt_state), (updates, state)
      )
    _test_utils.assert_bit_identical(  # And back.
        tx.update(params, opt.opt_state, params),
        tx.update(params, state, params),
    )


# Each writes an optimizer, and reads it back for one that was just made.


def _pickled(protocol):
  return lambda opt, fresh, folder: pickle.loads(pickle.dumps(opt, protocol))


def _cloudpickled(opt, fresh, folder):
  return pickle.loads(cloudpickle.dumps(opt))


def _flax_bytes(opt, fresh, folder):
  return serialization.from_bytes(fresh, serialization.to_bytes(opt))


def _flax_train_state(opt, fresh, folder):
  make_state = lambda opt: train_state.TrainState(
      0, None, {}, opt.as_gradient_transformation(), opt
  )
  data = serialization.to_bytes(make_state(opt))
  return serialization.from_bytes(make_state(fresh), data).opt_state


def _flax_state_dict(opt, fresh, folder):
  state = serialization.to_state_dict(opt)
  return serialization.from_state_dict(fresh, state)


def _equinox(opt, fresh, folder):
  equinox.tree_serialise_leaves(folder / 'opt.eqx', opt)
  restored = equinox.tree_deserialise_leaves(folder / 'opt.eqx', fresh)
  return restored


def _orbax_standard(opt, fresh, folder):
  with orbax.checkpoint.StandardCheckpointer() as checkpointer:
    checkpointer.save(folder / 'standard', opt)
    checkpointer.wait_until_finished()
    restored = checkpointer.restore(folder / 'standard', fresh)
  return restored


def _orbax_pytree(opt, fresh, folder):
  checkpointer = orbax.checkpoint.PyTreeCheckpointer()
  checkpointer.save(folder / 'pytree', opt)
  restored = checkpointer.restore(folder / 'pytree', item=fresh)
  fresh.replace(opt_state=restored.opt_state)  # Raises if shapes differ.
  return restored


def _npz(opt, fresh, folder):
  leaves = jax.tree_util.tree_leaves_with_path(opt)
  np.savez(folder / 'opt.npz', **{
      jax.tree_util.keystr(path): np.asarray(x) for path, x in leaves
  })
  with np.load(folder / 'opt.npz') as saved:

    def read(path, x):
      value = saved[jax.tree_util.keystr(path)]
      if value.dtype.kind == 'V':  # NumPy forgets bfloat16.
        value = value.view(x.dtype)
      return jnp.asarray(value)

    restored = jax.tree_util.tree_map_with_path(read, fresh)
  fresh.replace(opt_state=restored.opt_state)  # Raises if shapes differ.
  return restored


ROUND_TRIPS = {
    **{f'pickle_{i}': _pickled(i) for i in range(6)},
    **{f.__name__: f for f in (
        _cloudpickled, _flax_bytes, _flax_train_state, _flax_state_dict,
        _equinox, _orbax_standard, _orbax_pytree, _npz,
    )},
}


def _train(params, opt, steps):
  step = jax.jit(lambda params, opt: opt.update(params, params))
  for _ in range(steps):
    updates, opt = step(params, opt)
    params = optax.apply_updates(params, updates)
  return updates, params, opt


def _fresh(opt, params):
  """Returns an optimizer to restore to, with other learning rates."""
  leaves = jax.tree_util.tree_leaves_with_path(opt)
  names = [jax.tree_util.keystr(path).removeprefix('.') for path, _ in leaves]
  return opt.replace(dict.fromkeys(names, 0.5)).init(params)


class OptimizersTest(parameterized.TestCase):

  @parameterized.named_parameters(
      (f'{how}_{name}_{transform.__name__}'.replace(' ', '_'),
       round_trip, make.OPTIMIZERS[name], transform)
      for how, round_trip in ROUND_TRIPS.items()
      for name, transform in (
          *((name, lambda f: f) for name in make.OPTIMIZERS),
          ('partition', jax.jit),  # As where shardings are wanted.
      )
  )
  def test_bfloat16_run_resumes_bit_identically(
      self, round_trip, factory, transform
  ):
    params = jax.tree.map(lambda x: x.astype(jnp.bfloat16), _params())
    _, params, opt = _train(params, factory(o).init(params), steps=3)
    fresh = transform(lambda opt: opt)(_fresh(factory(o), params))
    with tempfile.TemporaryDirectory() as folder:
      restored = round_trip(opt, fresh, pathlib.Path(folder))
    *desired, opt = _train(params, opt, steps=3)
    *actual, restored = _train(params, restored, steps=3)
    _test_utils.assert_bit_identical(
        (actual, restored.opt_state), (desired, opt.opt_state)
    )

  @parameterized.named_parameters(
      ('init', lambda opt: opt.init(_params())),
      ('replace', lambda opt: opt.replace(opt_state=opt.tx.init(_params()))),
      ('jit', lambda opt: jax.jit(opt.init)(_params())),
  )
  def test_flax_writes_an_optimizer_however_it_got_its_state(self, make):
    cls = o.wrap(lambda learning_rate: optax.adam(learning_rate))
    opt = make(cls(0.5))
    data = serialization.to_bytes(opt)
    restored = serialization.from_bytes(opt.replace(learning_rate=0.1), data)
    self.assertEqual(restored.learning_rate, 0.5)

  def test_functional_states_of_flax_load_into_an_optimizer(self):
    state = make.OPTIMIZERS['adam'](optax).init(_params())
    opt = serialization.from_state_dict(
        o.adam(0.5).init(_params()), serialization.to_state_dict(state)
    )
    self.assertEqual(
        opt, o.adam(0.5).init(_params()).replace(opt_state=state))

  def test_loads_what_was_pickled_before(self):
    old = pickle.loads((FOLDER / 'optimizers.pickle').read_bytes())
    self.assertCountEqual(old, make.OPTIMIZERS)
    for name, opt in old.items():
      _, _, desired = _train(
          _params(), make.OPTIMIZERS[name](o).init(_params()), steps=3
      )
      self.assertEqual(type(opt), type(desired))
      self.assertEqual(opt.hyperparams, desired.hyperparams)
      _test_utils.assert_a_rounding_a_step(  # Of another processor.
          opt.opt_state, desired.opt_state, steps=3)


class FailuresTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('of_another_optimizer',
       lambda: optax.sgd(0.1, momentum=0.9).init(_params()),
       r'opt_state\[0\](\.count is missing| is a TraceState, not a Scale)'),
      ('of_more_parameters',
       lambda: optax.adam(0.1).init({**_params(), 'c': jnp.ones(2)}),
       r"opt_state\[0\]\.mu\['c'\] does not belong there"),
      ('of_fewer_parameters',
       lambda: optax.adam(0.1).init({'w': _params()['w']}),
       r"opt_state\[0\]\.mu\['b'\] is missing"),
      ('of_other_shapes',
       lambda: optax.adam(0.1).init({**_params(), 'w': jnp.ones((3, 3))}),
       r"opt_state\[0\]\.mu\['w'\] has the shape \(3, 3\), not \(2, 2\)"),
  )
  def test_names_what_is_wrong_in_a_state(self, make_state, message):
    params, state = _params(), make_state()
    opt = o.adam(0.1).init(params)
    before = jax.tree.map(jnp.array, opt.opt_state)
    with self.assertRaisesRegex(ValueError, message):
      opt.replace(opt_state=state)
    _test_utils.assert_bit_identical(opt.opt_state, before)
    with self.assertRaisesRegex(ValueError, message):
      # As from a checkpoint, onto an optimizer that has seen no parameters.
      o.adam(0.1).replace(opt_state=state).update(params, params)

  @parameterized.named_parameters(
      ('structure', {'w': jnp.ones((2, 2))}, r"updates\['b'\] is missing"),
      ('shape', {**make.PARAMS, 'w': jnp.ones(3)}, '[Ii]ncompatible shapes'),
  )
  def test_wrong_updates_are_not_blamed_on_the_state(self, updates, message):
    opt = o.adam(0.1).init(_params())
    with self.assertRaisesRegex((TypeError, ValueError), message):
      opt.update(updates, _params())

  @parameterized.parameters(range(2, 6))
  def test_truncated_pickle(self, protocol):
    data = pickle.dumps(o.adam(0.1).init(_params()), protocol)
    for size in (len(data) // 2, len(data) - 1):
      with self.assertRaises((pickle.UnpicklingError, EOFError)):
        pickle.loads(data[:size])

  def test_truncated_flax_bytes(self):
    opt = o.adam(0.1).init(_params())
    data = serialization.to_bytes(opt)
    with self.assertRaisesRegex(ValueError, 'incomplete input'):
      serialization.from_bytes(opt, data[:-1])

  @parameterized.named_parameters(
      ('structure', {'w': jnp.ones((2, 2))},
       r"state_dict\['opt_state'\]\['0'\]\['mu'\]\['b'\] is missing"),
      ('more', {**make.PARAMS, 'c': jnp.ones(2)},
       r"\['opt_state'\]\['0'\]\['mu'\]\['c'\] does not belong there"),
      ('shape', {'w': jnp.ones((3, 3)), 'b': jnp.ones(2)},
       r"\['0'\]\['mu'\]\['w'\] has the shape \(3, 3\), not \(2, 2\)"),
  )
  def test_flax_names_the_path(self, params, message):
    opt = o.adam(0.1).init(_params())
    data = serialization.to_bytes(o.adam(0.1).init(params))
    with self.assertRaisesRegex(ValueError, message):
      serialization.from_bytes(opt, data)

  def test_flax_names_a_hyperparameter_that_is_no_leaf(self):
    opt = o.adam(0.1, b1=jnp.asarray(0.9)).init(_params())
    data = serialization.to_bytes(opt)
    with self.assertRaisesRegex(
        ValueError, r"adam: state_dict\['hyperparams'\]\['\.b1'\] does not"):
      serialization.from_bytes(o.adam(0.1).init(_params()), data)

  @parameterized.named_parameters(
      ('structure', {**make.PARAMS, 'c': np.ones(2)},
       r'opt_state\[0\]\.mu\.c'),
      ('shape', {**make.PARAMS, 'w': np.ones((3, 3))},
       r'\(3, 3\) is not compatible with the stored shape: \(2, 2\)'),
  )
  def test_orbax_names_the_wrong(self, params, message):
    opt, other = o.adam(0.1).init(_params()), o.adam(0.1).init(params)
    with tempfile.TemporaryDirectory() as folder:
      with self.assertRaisesRegex(ValueError, message):
        _orbax_standard(opt, other, pathlib.Path(folder))

  @parameterized.named_parameters(
      ('equinox', equinox.tree_serialise_leaves,
       equinox.tree_deserialise_leaves, "leaf with path (GetAttrKey(name='op"),
      ('npz', lambda path, opt: np.savez(path, *jax.tree.leaves(opt)),
       lambda path, opt: np.load(f'{path}.npz'), 'BadZipFile'),
      ('orbax', orbax.checkpoint.PyTreeCheckpointer().save,
       lambda path, opt: orbax.checkpoint.PyTreeCheckpointer().restore(
           path, item=opt), 'JSONDecodeError'),
  )
  def test_truncated_files(self, save, restore, message):
    opt = o.adam(0.1).init(_params())
    with tempfile.TemporaryDirectory() as folder:
      path = pathlib.Path(folder) / 'opt'
      save(path, opt)
      for file in pathlib.Path(folder).rglob('*'):
        if file.is_file():
          data = file.read_bytes()
          file.write_bytes(data[:len(data) // 2])
      with self.assertRaises(Exception) as context:
        restore(path, opt)
    self.assertIn(message, repr(context.exception))

  def test_equinox_names_the_path_of_a_wrong_shape(self):
    opt = o.adam(0.1).init(_params())
    other = o.adam(0.1).init({**_params(), 'w': jnp.ones((3, 3))})
    with tempfile.TemporaryDirectory() as folder:
      with self.assertRaisesRegex(RuntimeError, r"key='w'.* has changed shape"):
        _equinox(opt, other, pathlib.Path(folder))


if __name__ == '__main__':
  absltest.main()
