"""Tests that hyperparams has exactly what the next update uses."""

# pylint: disable=unnecessary-lambda

import inspect
import pickle
from typing import Optional

from absl.testing import absltest
from absl.testing import parameterized
import equinox
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'a': jnp.ones(2), 'b': jnp.ones(3)}
_NANS = {'a': jnp.full(2, jnp.nan), 'b': jnp.ones(3)}


class _Recorder:
  """A schedule that records the values with which updates call it."""

  def __init__(self):
    self.values = []

  def __call__(self, count):
    value = 0.1 / (1.0 + count)
    jax.debug.callback(lambda x: self.values.append(float(x)), value)
    return value


# Parameters that take a schedule though their annotation doesn't say so.
_UNDERSTATED = [
    (f'contrib.{name}', 'weight_decay')
    for name in ('acprop', 'ademamix', 'cocob', 'galore', 'madgrad', 'muon',
                 'schedule_free_adamw', 'simplified_ademamix', 'sophia')
] + [('contrib.muon', 'adam_weight_decay')]


# An update calls the schedule twice, with counts that are one apart.
_TWO_COUNTS = [
    ('contrib.schedule_free_adamw', 'learning_rate'),
    ('contrib.schedule_free_sgd', 'learning_rate'),
]


def _scheduled_parameters():
  """Yields each pair of a factory and a parameter that takes a schedule."""
  yield from _UNDERSTATED
  for name, case in _test_utils.CASES.items():
    cls = type(case.make(o, 0.1))
    for parameter in inspect.signature(cls).parameters.values():
      if parameter.name.endswith('learning_rate') or parameter.annotation in (
          optax.ScalarOrSchedule, Optional[optax.ScalarOrSchedule]):
        yield name, parameter.name


def _run(opt, case, path, recorder, steps=4, params=None):
  """Returns what was read before each update and what the update used."""
  params = _test_utils.params(case=case) if params is None else params
  read, used = [], []
  opt = opt.init(params)
  for _ in range(steps):
    read.append(float(opt.hyperparams[path]))
    jax.effects_barrier()
    recorder.values.clear()
    grad, extra_args = _test_utils.update_arguments(
        case, *_test_utils.value_and_grad(params))
    _, opt = opt.update(grad, params, **extra_args)
    jax.effects_barrier()
    used.append(set(recorder.values))
  return read, used


class ConformanceTest(parameterized.TestCase):

  @parameterized.parameters(*sorted(_scheduled_parameters()))
  def test_is_the_value_of_the_next_update(self, name, parameter):
    case = _test_utils.CASES[name]
    recorder = _Recorder()
    opt = case.make(o, 0.1).replace(**{parameter: recorder})
    read, used = _run(opt, case, parameter, recorder)
    if (name, parameter) in _TWO_COUNTS:  # Of which the first is read.
      read = [{x, y} for x, y in zip(read, read[1:])]
      self.assertEqual(read, used[:len(read)])
    else:
      self.assertEqual([{x} for x in read], used)

  @parameterized.named_parameters(
      ('MultiSteps', lambda s: o.MultiSteps(o.adam(s), 2), 'opt.learning_rate'),
      ('apply_if_finite', lambda s: o.apply_if_finite(o.adam(s), 3),
       'inner.learning_rate'),
      ('chain', lambda s: o.chain(o.clip(1.0), o.adamw(s)),
       'args[1].learning_rate'),
      ('conditionally_mask',
       lambda s: o.conditionally_mask(o.sgd(s), lambda step: step >= 0),
       'inner.learning_rate'),
      ('conditionally_transform',
       lambda s: o.conditionally_transform(o.sgd(s), lambda step: step >= 0),
       'inner.learning_rate'),
      ('flatten', lambda s: o.flatten(o.adam(s)), 'inner.learning_rate'),
      ('masked', lambda s: o.masked(o.adam(s), {'a': True, 'b': False}),
       'inner.learning_rate'),
      ('mechanize', lambda s: o.contrib.mechanize(o.sgd(s)),
       'base_optimizer.learning_rate'),
      ('named_chain', lambda s: o.named_chain(('sgd', o.sgd(s))),
       'args[0][1].learning_rate'),
      ('partition', lambda s: o.partition(
          {'x': o.adam(s), 'y': o.sgd(1.0)}, {'a': 'x', 'b': 'y'}),
       "transforms['x'].learning_rate"),
      ('schedule_free', lambda s: o.contrib.schedule_free(o.sgd(s), 0.1),
       'base_optimizer.learning_rate'),
      ('selective_transform', lambda s: o.selective_transform(
          o.adam(s), freeze_mask={'a': True, 'b': False}),
       'optimizer.learning_rate'),
      ('split_real_and_imaginary',
       lambda s: o.contrib.split_real_and_imaginary(o.adam(s)),
       'inner.learning_rate'),
      ('nested', lambda s: o.chain(o.masked(
          o.MultiSteps(o.chain(o.sgd(s)), 2), {'a': True, 'b': False})),
       'args[0].inner.opt.args[0].learning_rate'),
      ('unknown_factory', lambda s: o.wrap(
          lambda rate, learning_rate: optax.chain(
              optax.scale(rate), optax.MultiSteps(
                  optax.adam(learning_rate), 3).gradient_transformation())
      )(2.0, s), 'learning_rate'),
  )
  def test_inside_of_others(self, make, path):
    recorder = _Recorder()
    case = _test_utils.Case(lambda *_: None)
    read, used = _run(
        make(recorder), case, path, recorder, steps=5, params=_PARAMS)
    self.assertEqual([{x} for x in read], used)

  def test_lookahead(self):
    recorder = _Recorder()
    read, used = _run(
        o.lookahead(o.sgd(recorder), 2, 0.5), _test_utils.CASES['lookahead'],
        'fast_optimizer.learning_rate', recorder)
    self.assertEqual([{x} for x in read], used)

  def test_skipped_steps_do_not_count(self):
    recorder = _Recorder()
    opt = o.apply_if_finite(o.sgd(recorder), 5).init(_PARAMS)
    read = []
    for grads in (_PARAMS, _NANS, _NANS, _PARAMS):
      _, opt = opt.update(grads, _PARAMS)
      read.append(float(opt.hyperparams['inner.learning_rate']))
    np.testing.assert_allclose(read, [0.05, 0.05, 0.05, 0.1 / 3], rtol=1e-6)

  def test_accumulated_steps_do_not_count(self):
    opt = o.MultiSteps(o.sgd(_Recorder()), 2).init(_PARAMS)
    read = []
    for _ in range(4):
      read.append(float(opt.hyperparams['opt.learning_rate']))
      _, opt = opt.update(_PARAMS)
    np.testing.assert_allclose(read, [0.1, 0.1, 0.05, 0.05], rtol=1e-6)

  def test_in_jit(self):

    @jax.jit
    def step(opt):
      read = opt.hyperparams['learning_rate']
      updates, opt = opt.update(_PARAMS)
      return -updates['a'][0], read, opt

    opt = o.sgd(o.linear_schedule(1.0, 0.0, 4)).init(_PARAMS)
    for expected in (1.0, 0.75, 0.5, 0.25):
      used, read, opt = step(opt)
      self.assertEqual((used, read), (expected, expected))

  def test_in_scan(self):

    def step(opt, _):
      read = opt.hyperparams['learning_rate']
      updates, opt = opt.update(_PARAMS)
      return opt, (-updates['a'][0], read)

    opt = o.sgd(o.linear_schedule(1.0, 0.0, 4)).init(_PARAMS)
    _, (used, read) = jax.lax.scan(step, opt, length=4)
    np.testing.assert_array_equal(read, [1.0, 0.75, 0.5, 0.25])
    np.testing.assert_array_equal(read, used)

  def test_after_a_functional_state_was_put_in(self):
    schedule = o.linear_schedule(1.0, 0.0, 4)
    tx = optax.adam(schedule)
    state = tx.init(_PARAMS)
    for _ in range(3):
      _, state = tx.update(_PARAMS, state)
    opt = o.adam(schedule).replace(opt_state=state)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.25)

  def test_after_other_parameters_with_the_same_structure(self):
    schedule = o.linear_schedule(1.0, 0.0, 4)
    opt = o.sgd(schedule).init(jnp.ones(3))
    _, opt = opt.update(jnp.ones(3))
    self.assertEqual(opt.hyperparams['learning_rate'], 0.75)

  def test_several_schedules(self):
    opt = o.adamw(
        o.linear_schedule(1.0, 0.0, 4),
        weight_decay=lambda count: 0.5 * count).init(_PARAMS)
    _, opt = opt.update(_PARAMS, _PARAMS)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.75)
    self.assertEqual(opt.hyperparams['weight_decay'], 0.5)

  def test_extra_argument_of_a_combinator(self):

    @o.wrap
    def with_loss(inner: optax.GradientTransformation):

      def update(updates, state, params=None, *, loss, **extra_args):
        del loss, extra_args
        return inner.update(updates, state, params)

      return optax.GradientTransformationExtraArgs(inner.init, update)

    schedule = o.linear_schedule(1.0, 0.0, 4)
    opt = o.chain(with_loss(o.sgd(schedule))).init(_PARAMS)
    _, opt = opt.update(_PARAMS, loss=0.5)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.75)

  def test_extra_argument_alone(self):
    schedule = o.linear_schedule(1.0, 0.0, 4)
    opt = o.contrib.sam(
        o.sgd(schedule), o.sgd(0.25), opaque_mode=True).init(_PARAMS)
    self.assertEqual(opt.hyperparams['optimizer.learning_rate'], 1.0)

  def test_labels_that_jax_cannot_sort(self):
    schedule = o.linear_schedule(1.0, 0.0, 4)
    labels = {'a': 1, 'b': 'y'}
    opt = o.partition({1: o.sgd(schedule), 'y': o.sgd(0.25)}, labels)
    opt = opt.init({'a': jnp.ones(2), 'b': jnp.ones(2)})
    with self.assertRaisesRegex(
        ValueError, r'transforms\[1\].learning_rate .* is not known: a trial'):
      opt.hyperparams  # pylint: disable=pointless-statement

  def test_population_of_schedules(self):
    make = lambda peak: o.adam(o.cosine_decay_schedule(peak, 10)).init(_PARAMS)
    opts = jax.vmap(make)(jnp.array([0.1, 0.2, 0.3]))
    np.testing.assert_allclose(
        opts.hyperparams['learning_rate'], [0.1, 0.2, 0.3], rtol=1e-6)

  def test_schedule_that_is_another_pytree(self):
    schedule = jax.tree_util.Partial(lambda peak, count: peak / (1 + count), .5)
    opt = o.sgd(schedule).init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    self.assertEqual(opt.hyperparams, {'learning_rate': 0.25})

  def test_calls_in_init_do_not_count(self):

    @o.wrap
    def checked(learning_rate):
      tx = optax.sgd(learning_rate)

      def init(params):
        learning_rate(0)  # As a check of its value would do.
        return tx.init(params)

      return optax.GradientTransformation(init, tx.update)

    opt = checked(optax.linear_schedule(1.0, 0.0, 4)).init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.75)

  @parameterized.named_parameters(
      ('jit', jax.jit, 0.5, 0.5),
      ('grad', jax.grad, 0.5, 1.0),
      ('vmap', jax.vmap, np.array([0.5, 1.0]), [0.5, 1.0]),
  )
  def test_schedule_that_closes_over_a_tracer(self, transform, x, expected):

    @transform
    def value(x):
      opt = o.sgd(lambda count: x * (1 + count)).init(_PARAMS)
      return opt.hyperparams['learning_rate']

    with jax.checking_leaks():
      np.testing.assert_array_equal(value(x), expected)

  def test_mask_by_the_names_of_the_parameters(self):
    opt = o.adamw(
        o.constant_schedule(0.1), mask=lambda params: {'a': True, 'b': False})
    opt = opt.init(_PARAMS).replace(b1=0.8)
    self.assertAlmostEqual(opt.hyperparams['learning_rate'], 0.1)

  def test_callables_that_are_no_schedules_are_left_out(self):
    opt = o.adamw(0.1, mask=lambda params: {'a': True, 'b': False})
    self.assertNotIn('mask', opt.init(_PARAMS).hyperparams)


class MappingTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('item', lambda h: h.__setitem__('learning_rate', 0.5)),
      ('item_in_a_traced_function', lambda h: jax.jit(
          lambda h: h.__setitem__('learning_rate', 0.5))(h)),
  )
  def test_assigning_shows_the_line(self, assign):
    opt = o.adam(0.1).init(_PARAMS)
    with self.assertRaisesRegex(
        TypeError,
        r"only be read; write opt = opt.replace\({'learning_rate': 0.5}\)"):
      assign(opt.hyperparams)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.1)

  def test_an_attribute_can_not_be_assigned(self):
    with self.assertRaises(AttributeError):
      o.adam(0.1).hyperparams.learning_rate = 0.5

  def test_comes_out_of_jit(self):
    opt = o.chain(o.clip(1.0), o.adam(0.1)).init(_PARAMS)
    read = jax.jit(lambda opt: opt.hyperparams)(opt)
    self.assertEqual(type(read), type(opt.hyperparams))
    self.assertEqual(list(read), list(opt.hyperparams))
    self.assertEqual(read['learning_rate'], opt.learning_rate)

  def test_is_a_pytree_whose_paths_are_its_keys(self):
    opt = o.chain(o.clip(1.0), o.sgd(0.1))
    paths = [path for (path,), _ in
             jax.tree_util.tree_leaves_with_path(opt.hyperparams)]
    self.assertEqual([path.key for path in paths], list(opt.hyperparams))
    halved = jax.tree.map(lambda x: x / 2, opt.hyperparams)
    self.assertEqual(opt.replace(halved), o.chain(o.clip(0.5), o.sgd(0.05)))

  def test_is_equal_to_a_dict_and_pickles(self):
    hyperparams = o.sgd(0.1, momentum=0.9).hyperparams
    self.assertEqual(hyperparams, {'learning_rate': 0.1, 'momentum': 0.9})
    self.assertEqual(pickle.loads(pickle.dumps(hyperparams)), hyperparams)

  @parameterized.named_parameters(
      ('numbers', lambda: o.adamw(0.1, mask={'a': 1, 'b': 0})),
      ('arrays', lambda: o.adamw(
          0.1, mask={'a': np.array(True), 'b': np.array(0)})),
      ('of_a_user', lambda: o.wrap(
          lambda learning_rate, my_mask=1, labels=2: optax.sgd(learning_rate)
      )(0.1)),
      ('labels', lambda: o.partition({1: o.sgd(0.1)}, {'a': 1, 'b': 1})),
      ('freeze', lambda: o.freeze({'a': 1, 'b': 0})),
  )
  def test_has_no_masks_nor_labels(self, make):
    for path in make().hyperparams:
      self.assertNotRegex(path, 'mask|labels')

  def test_prints_scalars_as_numbers(self):
    opt = o.sgd(3e-4, momentum=jnp.float32(0.9)).init(_PARAMS)
    text = "{'learning_rate': 0.0003, 'momentum': 0.9}"
    self.assertEqual(repr(opt.hyperparams), text)
    self.assertEqual(repr(jax.jit(lambda opt: opt.hyperparams)(opt)), text)
    self.assertStartsWith(
        repr(opt), 'sgd(learning_rate=0.0003, momentum=0.9, ')

  def test_prints_what_is_no_scalar_as_it_is(self):
    opt = o.sgd(jnp.array([0.5, 1.0]))
    self.assertIn('Array([0.5, 1. ]', repr(opt.hyperparams))
    jax.jit(lambda opt: self.assertIn('Trace', repr(opt.hyperparams)))(
        o.sgd(0.1))


class OtherTreesTest(parameterized.TestCase):

  def setUp(self):
    super().setUp()
    model = equinox.nn.MLP(2, 2, 4, 1, key=jax.random.key(0))
    self.params = equinox.filter(model, equinox.is_inexact_array)
    self.mask = jax.tree.map(lambda x: x.ndim > 1, self.params)

  @parameterized.named_parameters(
      ('params', lambda s, mask: o.adam(s)),
      ('mask', lambda s, mask: o.adamw(s, mask=mask)),
      ('masked', lambda s, mask: o.chain(o.masked(o.adam(s), mask))),
  )
  def test_equinox_modules_that_are_callable(self, make):
    opt = make(o.linear_schedule(1.0, 0.0, 4), self.mask).init(self.params)
    _, opt = opt.update(self.params, self.params)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.75)

  def test_function_that_reads_what_changes(self):
    scale = [1.0]
    opt = o.sgd(lambda count: scale[0] * 0.5**count).init(_PARAMS)
    self.assertEqual(opt.hyperparams['learning_rate'], 1.0)
    scale[0] = 2.0
    self.assertEqual(opt.hyperparams['learning_rate'], 2.0)

  def test_schedule_free(self):
    opt = o.contrib.schedule_free(
        o.sgd(o.linear_schedule(1.0, 0.0, 4)), learning_rate=0.5).init(_PARAMS)
    _, opt = opt.update(_PARAMS, _PARAMS)
    self.assertEqual(opt.hyperparams['base_optimizer.learning_rate'], 0.75)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.5)


class AbstractTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('number', lambda: o.adam(0.1)),
      ('schedule', lambda: o.adam(o.linear_schedule(0.1, 0.0, 4))),
      ('inside', lambda: o.chain(o.clip(1.0), o.adam(0.1))),
  )
  def test_says_so(self, make):
    opt = jax.eval_shape(make().init, _PARAMS)
    with self.assertRaisesRegex(
        ValueError, 'learning_rate has no value: the optimizer is abstract'):
      opt.hyperparams  # pylint: disable=pointless-statement

  def test_of_shardings_too(self):
    opt = o.adam(0.1).init(_PARAMS)
    opt = jax.tree.map(lambda _: jax.sharding.PartitionSpec(), opt)
    with self.assertRaisesRegex(ValueError, 'learning_rate has no value'):
      opt.hyperparams  # pylint: disable=pointless-statement


class UnknownTest(absltest.TestCase):

  def _assert_unknown(self, opt, reason):
    with self.assertRaisesRegex(
        ValueError, f'learning_rate in the next update is not known: {reason}'):
      opt.hyperparams  # pylint: disable=pointless-statement

  def test_before_init(self):
    self._assert_unknown(o.sgd(optax.constant_schedule(0.1)), 'the count is in')

  def test_of_an_inner_optimizer_alone(self):
    opt = o.chain(o.sgd(optax.constant_schedule(0.1))).init(_PARAMS)
    self._assert_unknown(opt.args[0], 'the count is in')

  def test_count_that_is_not_in_the_state(self):

    @o.wrap
    def ahead(learning_rate):
      return optax.scale_by_schedule(lambda count: learning_rate(count + 1))

    opt = ahead(optax.linear_schedule(1.0, 0.0, 4)).init(_PARAMS)
    self._assert_unknown(opt, 'its argument in a trial update was not a leaf')

  def test_schedule_that_a_trial_does_not_call(self):

    @o.wrap
    def unused(learning_rate):
      del learning_rate
      return optax.identity()

    opt = unused(optax.constant_schedule(0.1)).init(_PARAMS)
    self._assert_unknown(opt, 'a trial update did not call it')

  def test_factory_that_a_trial_can_not_update(self):

    @o.wrap
    def needs_batch(learning_rate):
      tx = optax.sgd(learning_rate)

      def update(updates, state, params=None, *, batch):
        jnp.linalg.inv(batch)  # It must be a matrix.
        return tx.update(updates, state, params)

      return optax.GradientTransformationExtraArgs(tx.init, update)

    opt = needs_batch(optax.constant_schedule(0.1)).init(_PARAMS)
    self._assert_unknown(opt, 'a trial update fails with TypeError')

  def test_mask_of_unseen_parameters(self):

    @o.wrap
    def masked(learning_rate):
      return optax.masked(optax.sgd(learning_rate), {'a': True, 'b': False})

    opt = masked(optax.constant_schedule(0.1))
    state = opt.init(_PARAMS).opt_state
    opt = opt.replace(opt_state=state)
    self._assert_unknown(opt, 'a trial update fails with ValueError')
    shapes = jax.eval_shape(masked(optax.constant_schedule(0.1)).init, _PARAMS)
    opt = shapes.replace(opt_state=state)
    self.assertAlmostEqual(opt.hyperparams['learning_rate'], 0.1)

  def test_two_counts_that_came_back_as_numbers(self):

    @o.wrap
    def twice(learning_rate):
      return optax.chain(optax.scale_by_schedule(learning_rate),
                         optax.scale_by_schedule(learning_rate))

    opt = twice(optax.linear_schedule(1.0, 0.0, 4)).init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    opt = opt.replace(opt_state=jax.tree.map(int, opt.opt_state))
    self.assertEqual(opt.hyperparams['learning_rate'], 0.75)

  def test_two_counts_that_differ(self):

    @o.wrap
    def twice(learning_rate):
      return optax.chain(
          optax.scale_by_schedule(learning_rate),
          optax.apply_if_finite(optax.scale_by_schedule(learning_rate), 5))

    opt = twice(optax.linear_schedule(1.0, 0.0, 4)).init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    self.assertEqual(opt.hyperparams['learning_rate'], 0.75)
    _, opt = opt.update(_NANS)
    self._assert_unknown(opt, 'it is used with counts that differ')
    read = jax.jit(lambda opt: opt.hyperparams['learning_rate'])(opt)
    self.assertTrue(jnp.isnan(read))


if __name__ == '__main__':
  absltest.main()
