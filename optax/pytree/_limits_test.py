"""Tests of what replace and the factories refuse."""

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import optax
from optax.pytree import _leaves
from optax.pytree import _limits
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'a': jnp.ones(2), 'b': jnp.ones(3)}


def _updates(opt, case, params, steps=3):
  """Returns the updates of some steps, for gradients that stay the same."""
  grad, extra_args = _test_utils.update_arguments(
      case, *_test_utils.value_and_grad(params))
  all_updates = []
  for _ in range(steps):
    updates, opt = opt.update(grad, params, **extra_args)
    all_updates.append(updates)
  return all_updates, opt.opt_state


def _bits_equal(x, y):
  try:
    _test_utils.assert_bit_identical(x, y)
  except AssertionError:
    return False
  return True


def _other(value):
  """Returns another value of the same kind."""
  if isinstance(value, jax.Array):
    if jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
      return jax.random.key(5)
    return value + 1
  return value + 1 if isinstance(value, int) else value * 0.5 + 0.1


class OnlyInitUsesTest(parameterized.TestCase):

  @parameterized.parameters(*sorted(_test_utils.CASES))
  def test_list_is_complete_and_right(self, name):
    """Every number of every factory is tried."""
    case = _test_utils.CASES[name]
    params = _test_utils.params(case=case)
    opt = case.make(o, 0.1)
    state = opt.init(params).opt_state
    found = set()
    for parameter, value in opt._arguments().items():
      if not (_leaves.is_number(value) or _leaves.is_numeric_array(value)):
        continue
      other = opt.replace(**{parameter: _other(value)})
      if _bits_equal(other.init(params).opt_state, state):
        continue
      try:
        used = _updates(other.replace(opt_state=state), case, params)
      except ValueError:
        continue  # The state has another shape: the update says so.
      if _bits_equal(used, _updates(opt.init(params), case, params)):
        found.add(parameter)
    listed = _limits.ONLY_INIT_USES.get(type(opt)._factory, set())
    self.assertEqual(found, listed - {'seed'} if 'key' in listed else listed)

  def test_change_is_refused_with_state(self):
    opt = o.rprop(0.1).init(_PARAMS)
    with self.assertRaisesRegex(
        TypeError, r'rprop.replace: only init uses learning_rate, .*\s.*new'):
      opt.replace(learning_rate=0.2)

  def test_the_same_value_is_not_refused(self):
    opt = o.rprop(0.1).init(_PARAMS)
    self.assertEqual(opt.replace(learning_rate=float('0.1')), opt)

  def test_change_inside_is_refused_with_state(self):
    opt = o.chain(o.rprop(0.1)).init(_PARAMS)
    with self.assertRaisesRegex(
        TypeError, r'chain.replace: only init uses args\[0\].learning_rate'):
      opt.replace({'args[0].learning_rate': 0.2})

  def test_change_of_something_else_is_not_refused(self):
    opt = o.rprop(0.1).init(_PARAMS).replace(eta_minus=0.4)
    self.assertEqual(opt.eta_minus, 0.4)

  def test_change_is_allowed_without_state(self):
    self.assertEqual(o.rprop(0.1).replace(learning_rate=0.2), o.rprop(0.2))


class KindTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('number_to_schedule', lambda: o.adam(0.1),
       {'learning_rate': o.constant_schedule(0.1)}, 'learning_rate'),
      ('schedule_to_number', lambda: o.adam(o.constant_schedule(0.1)),
       {'learning_rate': 0.1}, 'learning_rate'),
      ('none_to_value', lambda: o.sgd(0.1), {'momentum': 0.9}, 'momentum'),
      ('value_to_none', lambda: o.sgd(0.1, 0.9), {'momentum': None},
       'momentum'),
      ('another_optimizer', lambda: o.chain(o.adam(0.1)),
       {'args[0]': o.adabelief(0.1)}, r'args\[0\]'),
      ('inside', lambda: o.chain(o.sgd(0.1)), {'args[0].momentum': 0.9},
       r'args\[0\].momentum'),
  )
  def test_other_kind_is_refused_with_state(self, make, changes, path):
    with self.assertRaisesRegex(
        TypeError, f'the state does not fit another kind of {path} '):
      make().init(_PARAMS).replace(changes)
    make().replace(changes)  # Allowed without state.
    if path in changes:
      with self.assertRaises(TypeError):
        make().init(_PARAMS).replace(**changes)

  def test_other_kind_is_allowed_with_its_state(self):
    state = optax.sgd(0.1, 0.9).init(_PARAMS)
    opt = o.sgd(0.1).init(_PARAMS).replace(momentum=0.9, opt_state=state)
    self.assertEqual(opt.momentum, 0.9)

  def test_another_schedule_is_allowed(self):
    opt = o.sgd(o.constant_schedule(0.1)).init(_PARAMS)
    opt = opt.replace(learning_rate=o.constant_schedule(0.5))
    updates, _ = opt.update(_PARAMS)
    self.assertEqual(updates['a'][0], -0.5)


class TakesNoScheduleTest(parameterized.TestCase):

  @parameterized.parameters(*sorted(
      (name, parameter)
      for name, case in _test_utils.CASES.items()
      for parameter in _limits.TAKES_NO_SCHEDULE.get(
          type(case.make(o, 0.1))._factory, ())
  ))
  def test_schedule_is_refused_at_construction(self, name, parameter):
    case = _test_utils.CASES[name]
    schedule = optax.constant_schedule(0.1)
    with self.assertRaisesRegex(
        TypeError, f'{parameter} may not be a schedule; write {parameter}=0.1'):
      case.make(o, 0.1).replace(**{parameter: schedule})
    with self.assertRaises((TypeError, ValueError)):  # As it is upstream.
      opt = case.make(o, 0.1)
      tx = opt._factory(**{**opt._arguments(), parameter: schedule})
      params = _test_utils.params(case=case)
      grad, extra_args = _test_utils.update_arguments(
          case, *_test_utils.value_and_grad(params))
      tx.update(grad, tx.init(params), params, **extra_args)


if __name__ == '__main__':
  absltest.main()
