"""Tests of optimizers with a batch of hyperparameters."""

# pylint: disable=unnecessary-lambda

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_STEPS = 10


def _warmup_and_decay(peak):
  return o.warmup_cosine_decay_schedule(0.0, peak, 3, 10)


def _joined(peak):
  return o.join_schedules(
      [o.constant_schedule(peak), o.exponential_decay(peak / 2, 4, 0.5)], [3])


# Makes an optimizer from a number, and the numbers.
_POPULATIONS = {
    'learning_rate': (lambda x: o.adam(x), [0.003, 0.01, 0.03]),
    'b1': (lambda x: o.adam(0.01, b1=x), [0.0, 0.5, 0.9]),
    'b2': (lambda x: o.adam(0.01, b2=x), [0.9, 0.99, 0.999]),
    'weight_decay': (lambda x: o.adamw(0.01, weight_decay=x), [0.0, 0.1, 0.3]),
    'momentum': (lambda x: o.sgd(0.01, momentum=x), [0.0, 0.5, 0.9]),
    'max_norm': (
        lambda x: o.chain(o.clip_by_global_norm(x), o.sgd(0.01)),
        [0.1, 1.0, 10.0]),
    'peak_of_schedule': (
        lambda x: o.adam(o.cosine_decay_schedule(x, 20)), [0.003, 0.01, 0.03]),
    'peak_of_joined_schedules': (
        lambda x: o.adam(_joined(x)), [0.003, 0.01, 0.03]),
    'peak_of_warmup_and_decay': (
        lambda x: o.adam(_warmup_and_decay(x)), [0.003, 0.01, 0.03]),
    'peak_of_sgdr_schedule': (
        lambda x: o.adam(o.sgdr_schedule([
            {'init_value': 0.0, 'peak_value': scale * x, 'warmup_steps': 2,
             'decay_steps': 5} for scale in (1.0, 0.5)])),
        [0.003, 0.01, 0.03]),
    'several': (
        lambda x: o.chain(
            o.clip(10 * x), o.adamw(o.linear_schedule(x, 0.0, 20), b1=30 * x)),
        [0.003, 0.01, 0.03]),
    'inner_of_partition': (
        lambda x: o.partition(
            {'matrix': o.adam(x), 'scalar': o.sgd(x / 10)},
            {'layer': 'matrix', 'scale': 'scalar'}),
        [0.003, 0.01, 0.03]),
}


def _models(n):
  """Returns a batch of parameters that differ."""
  scales = jnp.arange(1.0, n + 1)
  return jax.vmap(
      lambda scale: jax.tree.map(lambda x: scale * x, _test_utils.params())
  )(scales)


def _member(tree, i):
  return jax.tree.map(lambda x: x[i], tree)


@jax.jit
def _step(params, opt):
  grads = jax.grad(_test_utils.loss)(params)
  updates, opt = opt.update(grads, params)
  return optax.apply_updates(params, updates), opt


class PopulationTest(parameterized.TestCase):

  def test_vmap_over_learning_rates(self):
    learning_rates = jnp.array([0.1, 0.2, 0.3])
    params = _test_utils.params()
    opts = jax.vmap(lambda rate: o.adam(rate).init(params))(learning_rates)
    self.assertIsInstance(opts, o.adam)
    np.testing.assert_array_equal(opts.learning_rate, learning_rates)
    self.assertEqual(opts.b1, 0.9)
    self.assertEqual(opts.opt_state[0].count.shape, (3,))
    self.assertEqual(opts.opt_state[0].mu['layer']['w'].shape, (3, 4, 3))

  @parameterized.parameters(*_POPULATIONS)
  def test_batched_step_equals_separate_runs(self, name):
    make, values = _POPULATIONS[name]
    values = jnp.array(values)
    models = _models(len(values))
    init = jax.jit(jax.vmap(lambda x, params: make(x).init(params)))
    batched_step = jax.jit(jax.vmap(_step))
    batch = models, init(values, models)
    for _ in range(_STEPS):
      batch = batched_step(*batch)
    for i, value in enumerate(values):
      params = _member(models, i)
      single = params, make(value).init(params)
      for _ in range(_STEPS):
        single = _step(*single)
      _test_utils.assert_a_rounding_a_step(
          _member(batch, i), single, steps=_STEPS)

  def test_one_compilation_for_a_population(self):
    step = jax.jit(jax.vmap(_step))
    models = _models(3)
    with _test_utils.compilations('_step') as found:
      for scale in (1.0, 2.0):
        rates = scale * jnp.array([0.1, 0.2, 0.3])
        opts = jax.vmap(lambda x, params: o.adam(x).init(params))(rates, models)
        batch = models, opts
        for _ in range(2):
          batch = step(*batch)
    self.assertLen(found, 1)

  def test_many_optimizers_for_one_model(self):
    params = _test_utils.params()
    opts = jax.vmap(lambda x: o.sgd(x).init(params))(jnp.array([0.1, 0.2]))
    models, _ = jax.jit(jax.vmap(_step, (None, 0)))(params, opts)
    single, _ = _step(params, o.sgd(0.2).init(params))
    _test_utils.assert_a_rounding_a_step(_member(models, 1), single, steps=1)

  def test_many_models_for_one_optimizer(self):
    models = _models(2)
    make = lambda params: o.sgd(0.1).init(params)
    trained, _ = jax.jit(jax.vmap(_step))(models, jax.vmap(make)(models))
    params = _member(models, 1)
    single, _ = _step(params, make(params))
    _test_utils.assert_a_rounding_a_step(_member(trained, 1), single, steps=1)

  def test_grid_of_two_hyperparameters(self):
    params = _test_utils.params()
    make = lambda rate, b1: o.adam(rate, b1=b1).init(params)
    grid = jax.vmap(jax.vmap(make, (None, 0)), (0, None))
    opts = grid(jnp.array([0.1, 0.2, 0.3]), jnp.array([0.8, 0.9]))
    self.assertEqual(opts.opt_state[0].count.shape, (3, 2))
    step = jax.vmap(jax.vmap(_step, (None, 0)), (None, 0))
    trained, opts = jax.jit(step)(params, opts)
    self.assertEqual(trained['layer']['w'].shape, (3, 2, 4, 3))
    np.testing.assert_array_equal(
        opts.hyperparams['b1'], np.float32([[0.8, 0.9]] * 3))

  def test_replace_for_the_whole_population(self):
    params = _test_utils.params()
    make = lambda x: o.adam(x).init(params)
    opts = jax.vmap(make)(jnp.array([0.1, 0.2]))
    opts = opts.replace(learning_rate=opts.learning_rate * 2)
    np.testing.assert_allclose(
        opts.hyperparams['learning_rate'], [0.2, 0.4], rtol=1e-6)

  def test_hyperparams_of_a_scheduled_population(self):
    params = _test_utils.params()
    peaks = jnp.array([0.1, 0.2])
    make = lambda x: o.sgd(_warmup_and_decay(x)).init(params)
    batch = jax.vmap(lambda _: params)(peaks), jax.vmap(make)(peaks)
    read = jax.jit(jax.vmap(lambda opt: opt.hyperparams['learning_rate']))
    for step in range(8):
      expected = [_warmup_and_decay(float(peak))(step) for peak in peaks]
      np.testing.assert_allclose(
          read(batch[1]), expected, rtol=1e-6, atol=1e-9)
      batch = jax.jit(jax.vmap(_step))(*batch)

  def test_best_member_is_copied(self):
    make, values = _POPULATIONS['b1']
    models = _models(3)
    opts = jax.vmap(lambda x, params: make(x).init(params))(
        jnp.array(values), models)
    models, opts = jax.jit(jax.vmap(_step))(models, opts)
    copied = _member((models, opts), jnp.array([2, 1, 2]))
    np.testing.assert_array_equal(copied[1].b1, opts.b1[jnp.array([2, 1, 2])])
    _test_utils.assert_bit_identical(
        _member(copied, 0), _member((models, opts), 2))


_SCHEDULES = {
    'constant_schedule': {'value': 0.1},
    'cosine_decay_schedule': {
        'init_value': 0.1, 'decay_steps': 10, 'alpha': 0.1, 'exponent': 2.0},
    'cosine_onecycle_schedule': {
        'transition_steps': 10, 'peak_value': 0.1, 'pct_start': 0.3,
        'div_factor': 25.0, 'final_div_factor': 100.0},
    'exponential_decay': {
        'init_value': 0.1, 'transition_steps': 10, 'decay_rate': 0.5,
        'transition_begin': 2, 'end_value': 0.01},
    'linear_onecycle_schedule': {
        'transition_steps': 10, 'peak_value': 0.1, 'pct_start': 0.3,
        'pct_final': 0.85, 'div_factor': 25.0, 'final_div_factor': 100.0},
    'linear_schedule': {
        'init_value': 0.1, 'end_value': 0.01, 'transition_steps': 10,
        'transition_begin': 2},
    'piecewise_constant_schedule': {
        'init_value': 0.1, 'boundaries_and_scales': {2: 0.5, 4: 0.1}},
    'piecewise_interpolate_schedule': {
        'interpolate_type': 'linear', 'init_value': 0.1,
        'boundaries_and_scales': {2: 0.5, 4: 0.1}},
    'polynomial_schedule': {
        'init_value': 0.1, 'end_value': 0.01, 'power': 2.0,
        'transition_steps': 10, 'transition_begin': 2},
    'warmup_constant_schedule': {
        'init_value': 0.01, 'peak_value': 0.1, 'warmup_steps': 5},
    'warmup_cosine_decay_schedule': {
        'init_value': 0.01, 'peak_value': 0.1, 'warmup_steps': 3,
        'decay_steps': 10, 'end_value': 0.001, 'exponent': 2.0},
    'warmup_exponential_decay_schedule': {
        'init_value': 0.01, 'peak_value': 0.1, 'warmup_steps': 3,
        'transition_steps': 10, 'decay_rate': 0.5, 'transition_begin': 2,
        'end_value': 0.001},
}

# Upstream's factory needs to know these while it builds the schedule. Numbers
# of steps, which are integers, are static anyhow.
_NOT_TRACED = {
    'cosine_onecycle_schedule': {'pct_start', 'div_factor', 'final_div_factor'},
    'exponential_decay': {'decay_rate'},
    'linear_onecycle_schedule': {
        'pct_start', 'pct_final', 'div_factor', 'final_div_factor'},
    'piecewise_constant_schedule': {'boundaries_and_scales'},
    'piecewise_interpolate_schedule': {'boundaries_and_scales'},
    'warmup_exponential_decay_schedule': {'decay_rate'},
}


class TracedScheduleTest(parameterized.TestCase):

  def _is_traced(self, name, arguments, parameter):
    """Whether the parameter may be an array in a jitted function."""
    make = getattr(o, name)
    schedule = make(**arguments | {
        parameter: jax.tree.map(jnp.asarray, arguments[parameter])})
    self.assertNotEmpty(jax.tree.leaves(schedule))
    counts = jnp.array([0, 2, 3, 5, 12])
    try:
      values = jax.jit(lambda schedule: jax.vmap(schedule)(counts))(schedule)
    except TypeError as e:
      self.assertIn(parameter, str(e))
      return False
    expected = getattr(optax, name)(**arguments)
    np.testing.assert_allclose(
        values, [expected(count) for count in counts], rtol=1e-6, atol=1e-9)
    return True

  @parameterized.parameters(*_SCHEDULES)
  def test_list_is_complete_and_right(self, name):
    arguments = _SCHEDULES[name]
    self.assertEqual(
        {parameter for parameter, value in arguments.items()
         if not isinstance(value, (int, str))
         and not self._is_traced(name, arguments, parameter)},
        _NOT_TRACED.get(name, set()))

  def test_every_schedule_is_tried(self):
    self.assertEqual(
        set(_SCHEDULES) | {'join_schedules', 'sgdr_schedule'},
        {name for name, x in vars(o).items()
         if isinstance(x, type) and issubclass(x, o.Schedule)} - {'Schedule'})

  def test_boundaries_of_joined_schedules_are_static(self):
    schedule = o.join_schedules(
        [o.constant_schedule(1.0), o.constant_schedule(2.0)], [np.asarray(3)])
    self.assertEqual(jax.tree.leaves(schedule), [1.0, 2.0])
    values = jax.jit(lambda s: [s(2), s(3)])(schedule)
    self.assertEqual(values, [1.0, 2.0])

  @parameterized.parameters(*_SCHEDULES)
  def test_hyperparams_of_a_stacked_population(self, name):
    make = lambda scale: getattr(o, name)(**{
        x: scale * y if x.endswith('value') else y
        for x, y in _SCHEDULES[name].items()})
    params = jnp.ones(2)
    opts = [o.sgd(make(scale)).init(params) for scale in (1.0, 2.0)]
    _, opts[1] = opts[1].update(params)
    stacked = jax.tree.map(lambda *x: jnp.stack(x), *opts)
    np.testing.assert_allclose(
        stacked.hyperparams['learning_rate'],
        [opt.hyperparams['learning_rate'] for opt in opts], rtol=1e-6)


if __name__ == '__main__':
  absltest.main()
