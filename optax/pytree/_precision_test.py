"""Tests with other dtypes than float32, and of values that make no sense."""

import unittest

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_LEARNING_RATES = {
    'float': lambda dtype: 0.01,
    'array': lambda dtype: jnp.float32(0.01),
    'array_of_that_dtype': lambda dtype: jnp.asarray(0.01, dtype),
    'schedule': (
        lambda dtype: o.cosine_decay_schedule(jnp.float32(0.01), 50)),
}

_STEPS = 4


def _params(dtype):
  return {'w': jnp.asarray([1.0, -0.5, 0.25], dtype), 'b': jnp.ones((), dtype)}


def _loss(params):
  return sum(jnp.sum(abs(x - (0.3 + 0.2 * (x.dtype.kind == 'c')))**2)
             for x in jax.tree.leaves(params))


def _run_pytree(make, rate, params, scale=1.0):
  """Returns the updates and the state of each step."""

  @jax.jit
  def step(params, opt):
    grads = jax.tree.map(lambda x: scale * x, jax.grad(_loss)(params))
    updates, opt = opt.update(grads, params)
    return optax.apply_updates(params, updates), updates, opt

  opt, history = make(o, rate).init(params), []
  for _ in range(_STEPS):
    params, updates, opt = step(params, opt)
    history.append((updates, opt.opt_state))
  return history


def _run_functional(make, rate, params, scale=1.0):
  """Returns the same; the learning rate is an argument of the step as well."""

  @jax.jit
  def step(params, state, rate):
    grads = jax.tree.map(lambda x: scale * x, jax.grad(_loss)(params))
    updates, state = make(optax, rate).update(grads, state, params)
    return optax.apply_updates(params, updates), updates, state

  state, history = make(optax, rate).init(params), []
  for _ in range(_STEPS):
    params, updates, state = step(params, state, rate)
    history.append((updates, state))
  return history


def _assert_same(*args, **kwargs):
  _test_utils.assert_bit_identical(
      _run_pytree(*args, **kwargs), _run_functional(*args, **kwargs))


def _make(name):
  return lambda m, rate: getattr(m, name)(rate)


class LowPrecisionTest(parameterized.TestCase):

  @parameterized.product(
      name=('adam', 'adamw', 'sgd'), dtype=_test_utils.LOW_PRECISION,
      rate=('float', 'array'))
  def test_equals_functional(self, name, dtype, rate):
    _assert_same(_make(name), _LEARNING_RATES[rate](dtype), _params(dtype))

  @parameterized.product(
      dtype=_test_utils.LOW_PRECISION,
      rate=('array_of_that_dtype', 'schedule'))
  def test_other_learning_rates(self, dtype, rate):
    _assert_same(_make('adam'), _LEARNING_RATES[rate](dtype), _params(dtype))

  @unittest.skipIf(jnp.float16 not in _test_utils.LOW_PRECISION, 'no float16')
  @parameterized.product(
      name=('adam', 'adamw'), scale=(0.0, 1e-4, 200.0))
  def test_gradients_whose_squares_are_zero_or_infinite(self, name, scale):
    _assert_same(_make(name), 0.01, _params(jnp.float16), scale)

  @parameterized.product(
      name=('adam', 'adamw', 'sgd'), dtype=_test_utils.LOW_PRECISION)
  def test_number_keeps_the_dtype(self, name, dtype):
    params = _params(dtype)
    updates, _ = jax.eval_shape(
        lambda opt: opt.init(params).update(params, params),
        _make(name)(o, 0.1))
    self.assertEqual({x.dtype for x in updates.values()}, {np.dtype(dtype)})

  @parameterized.product(
      name=('adam', 'adamw', 'sgd'), dtype=_test_utils.LOW_PRECISION)
  def test_float32_array_promotes(self, name, dtype):
    params = _params(dtype)
    opt = _make(name)(o, jnp.float32(0.1)).init(params)
    updates, _ = opt.update(params, params)
    self.assertEqual(updates['w'].dtype, jnp.float32)
    updates, _ = opt.replace(learning_rate=0.1).update(params, params)
    self.assertEqual(updates['w'].dtype, jnp.float32)

  @parameterized.product(dtype=_test_utils.LOW_PRECISION)
  def test_adam_is_finite_in_its_first_steps(self, dtype):
    for tree in _run_pytree(_make('adam'), 0.01, _params(dtype)):
      self.assertTrue(all(np.isfinite(x).all() for x in jax.tree.leaves(tree)))

  @parameterized.product(dtype=_test_utils.LOW_PRECISION)
  def test_state_in_another_dtype(self, dtype):
    make = lambda m, rate: m.adam(rate, mu_dtype=dtype)
    _assert_same(make, 0.01, _params(jnp.float32))


class X64Test(parameterized.TestCase):

  def setUp(self):
    super().setUp()
    self.addCleanup(
        jax.config.update, 'jax_enable_x64', jax.config.jax_enable_x64)
    jax.config.update('jax_enable_x64', True)

  @parameterized.product(
      name=('adam', 'adamw', 'sgd'), dtype=('float64', 'float32'),
      rate=('float', 'schedule'))
  def test_equals_functional(self, name, dtype, rate):
    _assert_same(_make(name), _LEARNING_RATES[rate](dtype), _params(dtype))

  def test_learning_rate_keeps_its_precision(self):
    rate = 0.1 + 1e-12
    opt = jax.jit(lambda opt: opt)(o.adam(rate).init(_params('float64')))
    self.assertEqual(opt.learning_rate.dtype, jnp.float64)
    self.assertEqual(float(opt.learning_rate), rate)


class ComplexTest(parameterized.TestCase):

  @parameterized.parameters(
      'adam', 'adamw', 'lamb', 'lion', 'sgd')
  def test_equals_functional(self, name):
    params = jax.tree.map(lambda x: x * (1 - 0.5j), _params('complex64'))
    _assert_same(_make(name), 0.01, params, 1.0 + 0.5j)

  def test_split_into_real_and_imaginary(self):
    make = lambda m, rate: m.contrib.split_real_and_imaginary(m.adam(rate))
    _assert_same(make, 0.01, _params('complex64'))

  @parameterized.parameters(('rprop', 'complex'), ('sm3', 'complex'))
  def test_refused_as_upstream(self, name, message):
    params = {'w': jnp.ones(3, 'complex64')}
    for run in (_run_pytree, _run_functional):
      with self.assertRaisesRegex(ValueError, message):
        run(_make(name), 0.01, params)


class RefusedValueTest(parameterized.TestCase):

  @parameterized.parameters(
      ('lbfgs', {'memory_size': 0}),
      ('scale_by_lbfgs', {'memory_size': -1}),
      ('cosine_decay_schedule', {'init_value': 0.1, 'decay_steps': -1}),
      ('linear_onecycle_schedule', {'transition_steps': 0, 'peak_value': 0.1}),
      ('piecewise_constant_schedule',
       {'init_value': 0.1, 'boundaries_and_scales': {3: -1.0}}),
      ('piecewise_constant_schedule',
       {'init_value': 0.1, 'boundaries_and_scales': {3: float('nan')}}),
      ('contrib.galore', {'learning_rate': 0.1, 'rank': -1}),
      ('contrib.reduce_on_plateau', {'factor': -1.0}),
      ('contrib.reduce_on_plateau', {'rtol': -1.0}),
  )
  def test_error_of_the_factory_at_construction(self, name, arguments):
    *prefix, name = name.split('.')
    classes, functions = (
        getattr(m, prefix[0]) if prefix else m for m in (o, optax))
    with self.assertRaises(ValueError) as expected:
      getattr(functions, name)(**arguments)
    with self.assertRaises(ValueError) as actual:
      getattr(classes, name)(**arguments)
    self.assertEqual(str(actual.exception), str(expected.exception))

  def test_error_of_the_factory_at_replace(self):
    opt = o.chain(o.contrib.reduce_on_plateau(), o.sgd(0.1))
    with self.assertRaisesRegex(ValueError, 'Factor must be in the range'):
      opt.replace({'args[0].factor': -1.0})

  @parameterized.parameters(-0.1, 0.0, float('inf'))
  def test_learning_rate_that_the_alias_accepts(self, rate):
    _assert_same(_make('adam'), rate, _params('float32'))

  def test_nan_that_the_alias_accepts(self):
    for run in (_run_pytree, _run_functional):
      history = run(_make('sgd'), float('nan'), _params('float32'))
      self.assertTrue(np.isnan(history[0][0]['w']).all())


class NonScalarScheduleTest(parameterized.TestCase):

  def test_broadcasts_as_upstream(self):
    make = lambda m, _: m.sgd(lambda n: jnp.array([0.1, 0.2, 0.3]) / (1 + n))
    _assert_same(make, 0.0, {'w': jnp.ones(3)})

  def test_hyperparams_have_the_shape(self):
    opt = o.sgd(lambda count: count + jnp.ones(3)).init({'w': jnp.ones(3)})
    _, opt = opt.update({'w': jnp.ones(3)})
    self.assertEqual(opt.hyperparams['learning_rate'].tolist(), [2.0] * 3)

  @parameterized.named_parameters(
      ('shape', jnp.ones(2), 'incompatible shapes'),
      ('none', None, 'NoneType'), ('dict', {'w': 0.1}, 'dict'),
  )
  def test_raises_as_upstream(self, value, message):
    params = {'w': jnp.ones(3)}
    tx, opt = (m.sgd(lambda count: value) for m in (optax, o))
    with self.assertRaisesRegex(TypeError, message):
      tx.update(params, tx.init(params))
    with self.assertRaisesRegex(TypeError, message):
      opt.init(params).update(params)


if __name__ == '__main__':
  absltest.main()
