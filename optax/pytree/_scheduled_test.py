"""Tests that any number of any class takes a schedule."""

import inspect
import typing

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'a': jnp.ones(2), 'b': jnp.ones(3)}
_STEPS = 3

# Numbers of which functional optax needs the value in Python, or an integer.
_NEEDS_THE_VALUE = {
    ('contrib.muon', 'ns_steps'), ('contrib.reduce_on_plateau', 'atol'),
    ('contrib.reduce_on_plateau', 'factor'),
    ('contrib.reduce_on_plateau', 'rtol'),
    ('contrib.scale_by_muon', 'ns_steps'), ('lookahead', 'sync_period'),
    ('scale_by_sm3', 'b2'),
}

# Functional optax calls these with counts of its own: one more, or two of them.
_OTHER_COUNTS = {
    ('contrib.schedule_free', 'learning_rate'),
    ('contrib.schedule_free_adamw', 'learning_rate'),
    ('contrib.schedule_free_sgd', 'learning_rate'),
}


def _numbers(opt):
  """Returns the values of the parameters that are a number, by their names."""
  found = {}
  for name, p in inspect.signature(type(opt), eval_str=True).parameters.items():
    value = getattr(opt, name)
    is_number = isinstance(p.default, float) or float in (
        p.annotation, *typing.get_args(p.annotation))
    if is_number and not name.endswith(('key', 'mask', 'numbers', 'seed')) and (
        value is None or isinstance(value, (int, float))):
      found[name] = 0.5 if value is None else float(value)
  return found


def _schedule(value):
  """A schedule that begins with a value and has no two equal ones."""
  if not value:
    return lambda count: 0.01 * jnp.float32(count)
  return lambda count: value * 0.9 ** jnp.float32(count)


def _functional(x):
  """Returns an argument with functional transformations in it."""
  is_opt = lambda x: isinstance(x, o.Optimizer)
  return jax.tree.map(lambda x: x.tx if is_opt(x) else x, x, is_leaf=is_opt)


def _by_hand(name, case, schedules, steps=_STEPS):
  """Yields the updates of functional optax, which knows of no schedule."""
  opt, params = case.make(o, 0.1), _test_utils.params(case=case)
  arguments = {n: _functional(getattr(opt, n))
               for n in inspect.signature(type(opt)).parameters}
  factory = optax
  for part in name.split('.'):
    factory = getattr(factory, part)

  def make(values):
    tx = factory(**{**arguments, **values})
    return optax.with_extra_args_support(tx)

  def update(values, state):
    grad, extra_args = _test_utils.update_arguments(
        case, *_test_utils.value_and_grad(params))
    return make(values).update(grad, state, params, **extra_args)

  update, state = jax.jit(update), None
  for i in range(steps):
    values = {n: schedule(i) for n, schedule in schedules.items()}
    state = make(values).init(params) if state is None else state
    updates, state = update(values, state)
    yield updates


def _names():
  """Yields the classes that have such parameters."""
  for name, case in _test_utils.CASES.items():
    numbers = _numbers(case.make(o, 0.1)).keys()
    if {(name, n) for n in numbers} - _NEEDS_THE_VALUE - _OTHER_COUNTS:
      yield name


class EveryNumberTest(parameterized.TestCase):

  # All at once, since compiling several hundred updates takes minutes.
  @parameterized.parameters(*sorted(_names()))
  def test_is_what_the_schedule_says_at_each_step(self, name):
    if name == 'lars' and jax.__version_info__ < (0, 7):
      self.skipTest('inject_hyperparams(lars) has the wrong sign there, too.')
    case = _test_utils.CASES[name]
    opt, params = case.make(o, 0.1), _test_utils.params(case=case)
    schedules = {
        n: _schedule(value) for n, value in _numbers(opt).items()
        if (name, n) not in _NEEDS_THE_VALUE | _OTHER_COUNTS
    }
    opt = opt.replace(schedules).init(params)

    def update(opt):
      grad, extra_args = _test_utils.update_arguments(
          case, *_test_utils.value_and_grad(params))
      return opt.update(grad, params, **extra_args)

    update = jax.jit(update)
    for i, expected in enumerate(_by_hand(name, case, schedules)):
      hyperparams = opt.hyperparams
      for n, schedule in schedules.items():
        np.testing.assert_allclose(
            hyperparams[n], schedule(i), rtol=1e-6, err_msg=n)
      updates, opt = update(opt)
      _test_utils.assert_a_rounding_a_step(updates, expected, 4 * _STEPS)

  @parameterized.parameters(*sorted(_NEEDS_THE_VALUE))
  def test_exceptions_are_exceptions(self, name, parameter):
    case = _test_utils.CASES[name]
    schedules = {parameter: _schedule(1.0)}
    with self.assertRaises(Exception):
      list(_by_hand(name, case, schedules))


class SomeNumbersTest(parameterized.TestCase):

  def test_order_in_the_state_is_that_of_the_parameters(self):
    opt = o.adamw(0.1, **dict.fromkeys(
        ('eps_root', 'eps', 'b2', 'b1'), lambda count: 0.5))
    state = opt.init(jnp.ones(2)).opt_state
    self.assertEqual(list(state.hyperparams), ['b1', 'b2', 'eps', 'eps_root'])

  @parameterized.named_parameters(
      ('chain', lambda b1: o.chain(o.clip(1.0), o.adam(0.1, b1=b1))),
      ('named_chain', lambda b1: o.named_chain(('adam', o.adam(0.1, b1=b1)))),
      ('masked', lambda b1: o.masked(
          o.adam(0.1, b1=b1), {'a': True, 'b': False})),
      ('partition', lambda b1: o.partition(
          {'x': o.adam(0.1, b1=b1), 'y': o.sgd(0.1)}, {'a': 'x', 'b': 'y'})),
      ('flatten', lambda b1: o.flatten(o.adam(0.1, b1=b1))),
      ('apply_if_finite', lambda b1: o.apply_if_finite(o.adam(0.1, b1=b1), 3)),
  )
  def test_inside_of_others(self, make):
    schedule = _schedule(0.9)
    opt = make(schedule).init(_PARAMS)
    update = jax.jit(lambda opt: opt.update(_PARAMS, _PARAMS))
    tx = lambda value: make(value).tx
    by_hand = jax.jit(
        lambda value, state: tx(value).update(_PARAMS, state, _PARAMS))
    state = tx(schedule(0)).init(_PARAMS)
    for i in range(_STEPS):
      self.assertAlmostEqual(opt.hyperparams['b1'], schedule(i))
      updates, opt = update(opt)
      expected, state = by_hand(schedule(i), state)
      _test_utils.assert_a_rounding_a_step(updates, expected, _STEPS)

  def test_of_a_factory_of_a_user(self):

    @o.wrap
    def scaled(learning_rate: float, factor: float = 1.0):
      return optax.chain(optax.scale(factor), optax.sgd(learning_rate))

    opt = scaled(0.5, factor=lambda count: 1.0 + count).init(1.0)
    read, used = [], []
    for _ in range(3):
      read.append(opt.hyperparams['factor'])
      updates, opt = opt.update(1.0)
      used.append(-2 * updates)
    self.assertEqual((read, used), ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]))

  def test_learning_rate_that_is_annotated_as_a_number(self):
    # Upstream calls no schedule there; a wrapped class does.
    opt = o.polyak_sgd(max_learning_rate=_schedule(0.5)).init(1.0)
    _, opt = opt.update(1.0, 1.0, value=1e3)
    updates, _ = opt.update(1.0, 1.0, value=1e3)
    self.assertAlmostEqual(float(updates), -0.45)

  def test_state_is_that_of_inject_hyperparams(self):
    opt = o.adam(0.1, b1=_schedule(0.9)).init(_PARAMS)
    static = ('b2', 'eps', 'eps_root', 'mu_dtype', 'nesterov', 'learning_rate')
    tx = optax.inject_hyperparams(optax.adam, static_args=static)(
        0.1, b1=_schedule(0.9))
    self.assertEqual(
        jax.tree.structure(opt.opt_state),
        jax.tree.structure(tx.init(_PARAMS)))

  def test_learning_rate_beside_it_stays_a_leaf(self):
    opt = o.adam(0.1, eps=_schedule(1e-8)).init(_PARAMS)
    with _test_utils.compilations() as found:

      @jax.jit
      def step(opt):
        return opt.update(_PARAMS)

      for rate in (0.1, 0.2, 0.3):
        updates, opt = step(opt.replace(learning_rate=rate))
    self.assertLen(found, 1)
    np.testing.assert_allclose(updates['a'], [-0.3, -0.3], rtol=1e-4)

  def test_another_schedule_keeps_the_state(self):
    opt = o.adam(0.1, b1=o.constant_schedule(0.9)).init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    new = opt.replace(b1=o.linear_schedule(0.8, 0.4, 4))
    _test_utils.assert_bit_identical(new.opt_state, opt.opt_state)
    self.assertAlmostEqual(new.hyperparams['b1'], 0.7, places=6)

  # As where they are numbers: inject_hyperparams would round them to bfloat16,
  # to a b2 of 1.0, or return updates and moments in float32.
  @parameterized.named_parameters(
      ('constant', o.constant_schedule(0.999)),
      ('linear', o.linear_schedule(0.999, 0.998, 10)),
  )
  def test_low_precision(self, schedule):
    params = jax.tree.map(lambda x: x.astype(jnp.bfloat16), _PARAMS)
    opt = o.adam(0.1, b2=schedule).init(params)
    updates, new = opt.update(params, params)
    expected, _ = o.adam(0.1).init(params).update(params, params)
    _test_utils.assert_a_rounding_a_step(updates, expected, 1)
    self.assertEqual(*(
        jax.tree.map(lambda x: x.dtype, x.opt_state) for x in (new, opt)))

  def test_pytree_schedules_are_equal_by_value(self):
    make = lambda: o.adam(0.1, b1=o.linear_schedule(0.9, 0.5, 4)).init(_PARAMS)
    with _test_utils.compilations() as found:

      @jax.jit
      def step(opt):
        return opt.update(_PARAMS)

      step(make())
      step(make())
    self.assertLen(found, 1)


if __name__ == '__main__':
  absltest.main()
