"""Tests of the schedules as pytrees."""

# pylint: disable=unnecessary-lambda, use-dict-literal

import functools
import inspect
import pickle

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax

o = optax.pytree

_ARGUMENTS = {
    'constant_schedule': (0.1,),
    'cosine_decay_schedule': (0.1, 10),
    'cosine_onecycle_schedule': (10, 0.1),
    'exponential_decay': (0.1, 10, 0.5),
    'linear_onecycle_schedule': (10, 0.1),
    'linear_schedule': (0.1, 0.01, 10),
    'piecewise_constant_schedule': (0.1, {4: 0.5, 2: 0.5}),
    'piecewise_interpolate_schedule': ('linear', 0.1, {2: 0.5, 4: 0.5}),
    'polynomial_schedule': (0.1, 0.01, 2, 10),
    'sgdr_schedule': ([
        dict(init_value=0.0, peak_value=0.1, decay_steps=5, warmup_steps=2),
        dict(init_value=0.0, peak_value=0.05, decay_steps=5, warmup_steps=2),
    ],),
    'warmup_constant_schedule': (0.0, 0.1, 5),
    'warmup_cosine_decay_schedule': (0.0, 0.1, 5, 10),
    'warmup_exponential_decay_schedule': (0.0, 0.1, 5, 10, 0.5),
}


def _make(name):
  if name == 'join_schedules':
    return o.join_schedules(
        [o.constant_schedule(0.1), o.linear_schedule(0.1, 0.0, 5)], [5])
  return getattr(o, name)(*_ARGUMENTS[name])


_NAMES = sorted([*_ARGUMENTS, 'join_schedules'])


class ScheduleTest(parameterized.TestCase):

  def test_every_schedule_of_optax_has_a_class(self):
    for name, value in vars(optax.schedules).items():
      if inspect.isfunction(value) and not name.startswith('inject'):
        with self.subTest(name):
          self.assertIn(name, _NAMES)
          self.assertTrue(issubclass(getattr(o, name), o.Schedule))
          self.assertIs(getattr(o, name)._factory, value)

  @parameterized.parameters(*sorted(_ARGUMENTS))
  def test_has_the_values_of_the_function(self, name):
    expected = getattr(optax, name)(*_ARGUMENTS[name])
    schedule = jax.jit(_make(name))
    for count in range(12):
      self.assertEqual(schedule(count), jax.jit(expected)(count))

  def test_joined_schedules_have_the_values_of_the_functions(self):
    expected = optax.join_schedules(
        [optax.constant_schedule(0.1), optax.linear_schedule(0.1, 0.0, 5)], [5])
    for count in range(12):
      self.assertEqual(_make('join_schedules')(count), expected(count))

  @parameterized.parameters(*_NAMES)
  def test_equal_and_hashed_by_value(self, name):
    self.assertEqual(_make(name), _make(name))
    self.assertLen({_make(name), _make(name)}, 1)

  @parameterized.parameters(*_NAMES)
  def test_pickles(self, name):
    schedule = _make(name)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
      self.assertEqual(
          pickle.loads(pickle.dumps(schedule, protocol)), schedule)

  def test_repr_is_the_call(self):
    self.assertEqual(
        repr(o.constant_schedule(0.1)), 'constant_schedule(value=0.1)')

  def test_values_and_arrays_are_leaves(self):
    schedule = o.cosine_decay_schedule(0.1, 10, alpha=0.5)
    self.assertEqual(jax.tree.leaves(schedule), [0.1])
    schedule = o.exponential_decay(0.1, 10, 0.5, transition_begin=2)
    self.assertEqual(jax.tree.leaves(schedule), [0.1])
    schedule = o.cosine_decay_schedule(0.1, 10, alpha=jnp.asarray(0.5))
    self.assertLen(jax.tree.leaves(schedule), 2)

  def test_integers_as_values_are_leaves(self):
    cycle = {'init_value': 0, 'peak_value': 2, 'warmup_steps': 1,
             'decay_steps': 4}
    for schedule, leaves in (
        (o.linear_schedule(1, 0, 4), [1.0, 0.0]),
        (o.join_schedules([o.constant_schedule(3)] * 2, [1]), [3.0, 3.0]),
        (o.sgdr_schedule([cycle]), [0.0, 2.0]),
    ):
      self.assertEqual(jax.tree.leaves(schedule), leaves)
    grad = jax.grad(lambda schedule: schedule(1))(o.linear_schedule(1, 0, 4))
    self.assertEqual(jax.tree.leaves(grad), [0.75, 0.25])

  @parameterized.parameters(*_NAMES)
  def test_values_change_without_a_trace(self, name):
    opt, traces = o.adam(_make(name)).init(jnp.ones(3)), []
    self.assertNotEmpty(jax.tree.leaves(opt.learning_rate))

    @jax.jit
    def step(opt):
      traces.append(opt)
      return opt.update(jnp.ones(3))

    for factor in map(float, range(1, 11)):
      schedule = jax.tree.map(
          functools.partial(jnp.multiply, factor), opt.learning_rate)
      step(opt.replace(learning_rate=schedule))
    self.assertLen(traces, 1)

  def test_wrapped_factory_has_leaves_and_static_parameters(self):

    def factory(scale, peak_value, other_value):
      if other_value > 1.0:
        return lambda count: scale * peak_value
      return lambda count: peak_value

    cls = o.wrap_schedule(factory, leaves=('scale',), static=('other_value',))
    schedule = cls(2.0, 0.1, 3.0)
    self.assertEqual(jax.tree.leaves(schedule), [2.0, 0.1])
    self.assertAlmostEqual(float(jax.jit(lambda s: s(0))(schedule)), 0.2)

  def test_joined_schedules_keep_their_leaves(self):
    schedule = o.join_schedules(
        [o.constant_schedule(jnp.asarray(0.1)), lambda count: 0.5], [5])
    (path, _), = jax.tree_util.tree_leaves_with_path(schedule)
    self.assertEqual(jax.tree_util.keystr(path), '.schedules[0].value')
    self.assertAlmostEqual(float(schedule(0)), 0.1)
    self.assertAlmostEqual(float(schedule(6)), 0.5)

  def test_cycles_from_an_iterator_are_kept(self):
    cycles = _ARGUMENTS['sgdr_schedule'][0]
    schedule = o.sgdr_schedule(x for x in cycles)
    self.assertEqual(schedule, o.sgdr_schedule(cycles))
    self.assertEqual(float(schedule(2)), float(schedule(2)))

  def test_replace(self):
    schedule = o.linear_schedule(0.1, 0.0, 10).replace(init_value=0.2)
    self.assertEqual(schedule, o.linear_schedule(0.2, 0.0, 10))

  def test_bad_arguments_are_refused(self):
    with self.assertRaisesRegex(
        TypeError, r'constant_schedule\(\) missing .* write constant_sch'):
      o.constant_schedule()
    with self.assertRaisesRegex(ValueError, 'decay_steps'):
      o.cosine_decay_schedule(0.1, 0)


class ScheduledOptimizerTest(parameterized.TestCase):

  @parameterized.parameters(*_NAMES)
  def test_trains_like_functional_optax(self, name):
    params = {'w': jnp.ones(3)}
    opt = o.adam(_make(name)).init(params)

    @jax.jit
    def functional(schedule, grads, state):  # With its values as arguments.
      return optax.adam(lambda count: schedule(count)).update(grads, state)

    schedule, state = opt.learning_rate, optax.adam(_make(name)).init(params)
    update = jax.jit(lambda opt, grads: opt.update(grads))
    for _ in range(6):
      updates, opt = update(opt, params)
      expected, state = functional(schedule, params, state)
      np.testing.assert_array_equal(updates['w'], expected['w'])
    self.assertEqual(
        jax.tree.structure(opt.opt_state), jax.tree.structure(state))

  def test_pickles_with_its_state(self):
    opt = o.adam(_make('sgdr_schedule')).init(jnp.ones(3))
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_peak_may_be_an_array(self):
    opt = o.sgd(o.warmup_cosine_decay_schedule(0.0, jnp.asarray(0.1), 2, 10))
    opt = opt.init(jnp.ones(3))

    @jax.jit
    def last_value(opt):
      for _ in range(2):
        _, opt = opt.update(jnp.ones(3))
      return opt.hyperparams['learning_rate']

    self.assertAlmostEqual(float(last_value(opt)), 0.1, places=6)
    gradient = jax.grad(last_value, allow_int=True)(opt)
    self.assertAlmostEqual(
        float(gradient.learning_rate.peak_value), 1.0, places=6)

  def test_schedule_inside_is_replaced_by_path(self):
    opt = o.chain(o.sgd(o.linear_schedule(0.1, 0.0, 10)))
    opt = opt.replace({'args[0].learning_rate.init_value': 0.2})
    self.assertEqual(opt.args[0].learning_rate.init_value, 0.2)


if __name__ == '__main__':
  absltest.main()
