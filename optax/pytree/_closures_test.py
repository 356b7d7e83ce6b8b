"""Tests that the arrays that a function holds are leaves."""

# pylint: disable=exec-used, unnecessary-lambda

import functools
import pickle

from absl.testing import absltest
from absl.testing import parameterized
import cloudpickle
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _closures
from optax.pytree import _test_utils

o = optax.pytree
_PARAMS = {'w': jnp.array([1.0, -2.0])}


def _decay(rate):
  return lambda count: rate * 0.5**count


def _array(x):
  return jnp.asarray(x, jnp.float32)


decorated = functools.wraps(lambda: None)(_decay(_array(0.1)))
decorated.__qualname__, decorated.__module__ = 'decorated', __name__


# Values that become arrays, and the rest.
_SCHEDULES = {
    'constant_schedule': ((0.1,), ()),
    'cosine_decay_schedule': ((0.1,), (10,)),
    'exponential_decay': ((0.1,), (10, 0.5)),
    'linear_schedule': ((0.1, 0.01), (10,)),
    'polynomial_schedule': ((0.1, 0.01), (2, 10)),
    'warmup_constant_schedule': ((0.01, 0.1), (2,)),
    'warmup_cosine_decay_schedule': ((0.01, 0.1), (2, 10)),
    'warmup_exponential_decay_schedule': ((0.01, 0.1), (2, 10, 0.5)),
}


class LiftTest(parameterized.TestCase):

  def assert_trains_alike(self, opt, make_tx, *leaves):
    """With the leaves of `opt` as arguments of the functional program."""
    self.assertLen(jax.tree.leaves(opt), len(leaves))

    def update(tx, state, params):
      updates, state = tx.update(params, state, params)
      return optax.apply_updates(params, updates), state

    @jax.jit
    def functional(params, *leaves):
      tx = make_tx(*leaves)
      params, state = update(tx, tx.init(params), params)
      return update(tx, state, params)[0]

    @jax.jit
    def pytree(params, opt):
      opt = opt.init(params)
      for _ in range(2):
        updates, opt = opt.update(params, params)
        params = optax.apply_updates(params, updates)
      return params

    np.testing.assert_array_equal(
        pytree(_PARAMS, opt)['w'], functional(_PARAMS, *leaves)['w'])

  @parameterized.parameters(*_SCHEDULES)
  def test_schedule_of_optax(self, name):
    values, others = _SCHEDULES[name]
    values = tuple(map(_array, values))
    make = lambda *values: getattr(optax, name)(*values, *others)
    self.assertGreaterEqual(len(jax.tree.leaves(o.sgd(make(*values)))), 1)
    self.assertEqual(o.sgd(make(*values)), o.sgd(make(*values)))
    traces = []

    @jax.jit
    def step(opt, params):
      traces.append(1)
      return opt.update(params, params)

    for scale in range(1, 4):
      opt = o.sgd(make(*(scale * x for x in values))).init(_PARAMS)
      updates, opt = step(opt, _PARAMS)
      expected = -make(*(scale * x for x in values))(0) * _PARAMS['w']
      np.testing.assert_allclose(updates['w'], expected, rtol=1e-6)
    self.assertLen(traces, 1)

  def test_schedule_bit_identical(self):
    rate = _array(0.1)
    self.assert_trains_alike(
        o.adam(_decay(rate)), lambda x: optax.adam(_decay(x)), rate)

  def test_transformation_bit_identical(self):
    tx = optax.adam(_array(0.1))
    opt = o.from_gradient_transformation(tx)
    (step_size,) = jax.tree.leaves(opt)
    self.assertEqual(step_size, -_array(0.1))
    self.assert_trains_alike(
        opt, lambda x: optax.chain(optax.scale_by_adam(), optax.scale(x)),
        step_size)

  @parameterized.parameters(*(
      name for name, case in _test_utils.ALIASES.items()
      if name not in ('lbfgs', 'polyak_sgd')))  # They have none in the table.
  def test_transformation_of_optax(self, name):
    case, updates = _test_utils.ALIASES[name], []
    params = _test_utils.params(case=case)
    for rate in (0.1, _array(0.1)):
      make = functools.partial(case.make, optax, rate)
      opt = o.from_gradient_transformation(make())
      if rate != 0.1:
        self.assertNotEmpty(jax.tree.leaves(opt))
      opt = opt.init(params)
      updates.append(opt.update(params, params)[0])
    jax.tree.map(
        functools.partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-7),
        *updates)

  def test_in_a_combinator(self):
    opt = o.chain(o.clip(1.0), optax.sgd(_array(0.1)))
    self.assertEqual(jax.tree.leaves(opt), [-_array(0.1)])
    opt = opt.init(_PARAMS).replace({
        "args[1].transformation.cells['step_size']": -0.2})
    updates, _ = opt.update(_PARAMS)
    np.testing.assert_allclose(updates['w'], [-0.2, 0.2])

  def test_leaf_has_the_name_of_the_variable(self):
    opt = o.adam(_decay(_array(0.1)))
    ((path, leaf),) = jax.tree_util.tree_leaves_with_path(opt)
    self.assertEqual(
        jax.tree_util.keystr(path), ".learning_rate.cells['rate']")
    self.assertEqual(opt.learning_rate.cells['rate'], leaf)
    opt = opt.init(_PARAMS).replace({"learning_rate.cells['rate']": 0.2})
    self.assertAlmostEqual(opt.hyperparams['learning_rate'], 0.2)

  def test_several_variables_of_a_name(self):
    inner, outer = _decay(_array(0.1)), _array(0.2)

    def make(rate):
      return lambda count: inner(count) + rate

    opt = o.sgd(make(outer))
    self.assertEqual(sorted(map(float, jax.tree.leaves(opt))),
                     sorted(map(float, (_array(0.1), outer))))
    self.assertAlmostEqual(opt.learning_rate(1), 0.25)

  def test_one_array_is_one_leaf(self):
    rate = _array(0.1)
    f, g = _decay(rate), _decay(rate)
    opt = o.sgd(_in(lambda f, g: lambda count: f(count) + g(count), f, g))
    self.assertLen(jax.tree.leaves(opt), 1)
    self.assertAlmostEqual(opt.learning_rate(1), 0.1)

  def test_partial_object(self):
    schedule = functools.partial(
        lambda scale, rate, count: scale * rate * count, 2.0, _array(0.1))
    opt = o.sgd(schedule)
    self.assertEqual(jax.tree.leaves(opt), [_array(0.1)])
    self.assertAlmostEqual(opt.learning_rate(3), 0.6, places=6)

  def test_defaults_and_attributes_are_kept(self):
    rate = _array(0.1)

    def schedule(count, scale=2.0, *, shift=1.0):
      return rate * scale * count + shift + schedule.more

    schedule.more = 3.0
    self.assertAlmostEqual(
        o.sgd(schedule).learning_rate(1), 4.2, places=6)

  def test_function_that_calls_itself(self):
    rate = _array(0.1)

    def schedule(count, depth=2):
      return schedule(count, depth - 1) if depth else rate * count

    opt = o.sgd(schedule)
    self.assertEqual(jax.tree.leaves(opt), [rate])
    self.assertAlmostEqual(opt.learning_rate(2), 0.2)

  def test_calls_itself_by_a_global(self):
    module = {}
    exec(
        'def make(rate):\n'
        '  def schedule(count, depth=1):\n'
        '    return again(count, depth - 1) if depth else rate * count\n'
        '  return schedule', module)
    module['again'] = module['make'](_array(0.1))
    self.assertIs(_closures.lift(module['again']), module['again'])

  def test_what_is_the_same_object(self):
    empty, helper = optax.EmptyState(), lambda: rate

    def make(rate, state, function):
      return lambda count: (
          rate if state is empty and function is helper else 0.9)

    rate = 0.5
    opt = o.sgd(make(_array(0.1), empty, helper))
    self.assertLen(jax.tree.leaves(opt), 1)
    self.assertAlmostEqual(opt.learning_rate(0), 0.1)

  def test_helper_that_is_defined_later(self):
    opt = o.sgd(lambda count: later(count) * rate)
    rate = _array(0.1)
    with self.assertRaisesRegex(TypeError, 'learning_rate reads what has cha'):
      opt.init(_PARAMS)
    later = lambda count: 0.5
    opt = o.sgd(lambda count: later(count) * rate).init(_PARAMS)
    np.testing.assert_allclose(
        opt.update(_PARAMS)[0]['w'], [-0.05, 0.1], rtol=1e-6)

  def test_names_that_collide(self):

    def make(rate, rate_):
      return lambda count, f=None: inner(count) + rate_ + rate

    inner = _decay(_array(0.3))
    opt = o.sgd(make(_array(0.1), _array(0.2)))
    self.assertLen(jax.tree.leaves(opt), 3)
    self.assertAlmostEqual(opt.learning_rate(0), 0.6, places=6)

  def test_attributes_that_hold_arrays(self):
    rate = _array(0.1)
    schedule = functools.wraps(_decay(rate))(lambda count: rate * count)
    opt = o.sgd(schedule)
    self.assertEqual(jax.tree.leaves(opt), [rate])
    self.assertAlmostEqual(opt.learning_rate.cells['rate'], rate)

  def test_eager_updates_compile_nothing(self):
    rate = _array(0.1)
    warm, cool = lambda x: rate * x, lambda x: rate
    schedule = lambda count: jax.lax.cond(count < 5, warm, cool, count)
    opt = o.sgd(schedule).init(_PARAMS)
    with _test_utils.compilations('cond') as found:
      for _ in range(4):
        _, opt = opt.update(_PARAMS)
    self.assertLen(found, 1)

  def test_number_is_weakly_typed_after_a_restore(self):
    params = jnp.ones(2, jnp.bfloat16)
    opt = o.chain(optax.sgd(jnp.asarray(0.1))).init(params)
    restored = jax.tree.map(np.asarray, opt)
    updates, _ = jax.jit(lambda opt: opt.update(params))(restored)
    self.assertEqual(updates.dtype, jnp.bfloat16)

  def test_constant_of_several_jitted_functions(self):
    opt = o.chain(optax.sgd(jnp.asarray(0.1))).init(_PARAMS)
    # Strongly typed, as a checkpoint library brings it back.
    opt = jax.tree.map(lambda x: jnp.asarray(np.asarray(x)), opt)
    for _ in range(2):
      updates = jax.jit(lambda params: opt.update(params)[0])(_PARAMS)
      np.testing.assert_allclose(
          updates['w'], -0.1 * _PARAMS['w'], rtol=1e-6)

  def test_number_that_it_reads_changes_later(self):
    rate, module = _array(0.1), {'scale': 2.0}
    exec('make = lambda rate: lambda count: rate * scale', module)
    opt = o.sgd(module['make'](rate)).init(_PARAMS)
    self.assertEqual(jax.tree.leaves(opt)[0], rate)
    opt.update(_PARAMS)
    module['scale'] = 3.0
    with self.assertRaisesRegex(TypeError, 'reads what has changed'):
      opt.update(_PARAMS)

  @parameterized.parameters('template', 'cells')
  def test_only_arrays_are_replaced(self, name):
    opt = o.sgd(_decay(_array(0.1))).init(_PARAMS)
    with self.assertRaisesRegex(TypeError, f'only arrays .* not {name}'):
      opt.replace({f'learning_rate.{name}': _decay(_array(0.2))})
    opt = opt.replace(learning_rate=_decay(_array(0.2)))
    np.testing.assert_allclose(
        opt.update(_PARAMS)[0]['w'], -0.2 * _PARAMS['w'], rtol=1e-6)

  def test_cloudpickle(self):
    opt = o.adam(_decay(_array(0.1)))
    self.assertEqual(cloudpickle.loads(cloudpickle.dumps(opt)), opt)

  def test_donation_keeps_the_given_array(self):
    rate = _array(0.1)
    opt = o.adam(_decay(rate)).init(_PARAMS)
    jax.jit(lambda opt: opt.update(_PARAMS), donate_argnums=0)(opt)
    self.assertEqual(rate, _array(0.1))


def _in(f, *args):
  return f(*args)


class Schedule:

  def __init__(self, rate):
    self.rate = rate

  def value(self, count):
    return self.rate * count

  __call__ = value


class TracerTest(parameterized.TestCase):

  def test_optimizer_leaves_the_function_where_it_was_made(self):

    @jax.jit
    def train(rate):
      opt = o.sgd(_decay(rate)).init(_PARAMS)
      _, opt = opt.update(_PARAMS)
      return opt

    opt = train(0.1)
    self.assertAlmostEqual(opt.hyperparams['learning_rate'], 0.05)
    updates, _ = opt.update(_PARAMS)
    np.testing.assert_allclose(updates['w'], -0.05 * _PARAMS['w'])
    jax.tree.map(np.testing.assert_array_equal, train(0.1), opt)

  def test_vmap_of_rates(self):
    rates = jnp.array([0.1, 0.2])
    opt = jax.vmap(lambda rate: o.sgd(_decay(rate)).init(_PARAMS))(rates)
    updates, _ = jax.vmap(lambda opt: opt.update(_PARAMS))(opt)
    np.testing.assert_allclose(
        updates['w'], -rates[:, None] * _PARAMS['w'], rtol=1e-6)
    found = jax.vmap(lambda opt: opt.hyperparams)(opt)
    np.testing.assert_allclose(found['learning_rate'], rates, rtol=1e-6)
    with self.assertRaisesRegex(ValueError, r'write jax.vmap\(lambda opt'):
      _ = opt.hyperparams  # Whether it is a table for each is not known.

  def test_gradient(self):

    def loss(rate):
      opt = o.sgd(_decay(rate)).init(_PARAMS)
      updates, opt = opt.update(_PARAMS)
      updates, opt = opt.update(updates)
      return updates['w'][0]  # rate ** 2 / 2

    self.assertAlmostEqual(jax.grad(loss)(0.1), 0.1, places=6)

  def test_integer_that_is_traced(self):
    opt = jax.jit(lambda steps: o.sgd(lambda c: 0.1 * (c < steps)))(3)
    self.assertEqual(jax.tree.leaves(opt), [3])

  def test_integer_keeps_its_bits(self):
    make = lambda seed: lambda count: jax.random.uniform(
        jax.random.fold_in(jax.random.key(0), seed))

    @jax.jit
    def update(seed):
      opt = o.sgd(make(seed)).init(_PARAMS)
      return opt.update(_PARAMS)[0]

    rate = make(2**24 + 1)(0)
    np.testing.assert_allclose(
        update(2**24 + 1)['w'], [-rate, 2 * rate], rtol=1e-6)

  def test_integer_is_an_index(self):
    rates = _array([0.5, 0.25, 0.125])
    update = lambda i: o.sgd(lambda c: rates[i]).init(_PARAMS).update(_PARAMS)
    np.testing.assert_array_equal(
        jax.jit(update)(2)[0]['w'], [-0.125, 0.25])

  def test_dead_tracer_is_named(self):
    config = {}

    @jax.jit
    def train(rate):
      config['rate'] = rate
      return o.sgd(lambda count: config['rate'] * 0.5**count).init(_PARAMS)

    with self.assertRaisesRegex(
        TypeError, '(?s)sgd.update reads .*learning_rate.*wrap_schedule'):
      train(0.1).update(_PARAMS)

  @parameterized.named_parameters(
      ('jitted', lambda rate: jax.jit(_decay(rate))),
      ('method', lambda rate: Schedule(rate).value),
      ('object', lambda rate: Schedule(rate)))
  def test_dead_tracer_in_another_callable(self, make):
    train = jax.jit(lambda rate: o.sgd(make(rate)).init(_PARAMS))
    with self.assertRaisesRegex(
        TypeError, '(?s)sgd.update reads .*learning_rate.*wrap_schedule'):
      train(0.1).update(_PARAMS)


class NotLiftedTest(parameterized.TestCase):
  """What may change otherwise is as it was given."""

  @parameterized.named_parameters(
      ('list', [1.0]), ('dict', {}), ('object', object()),
      ('class', absltest.TestCase), ('numpy_array', np.ones(2)),
      ('function', lambda: absltest.FLAGS))
  def test_holds(self, other):
    rate = _array(0.1)
    schedule = lambda count: (other, rate * count)[1]
    self.assertIs(_closures.lift(schedule), schedule)
    self.assertIs(o.sgd(schedule).learning_rate, schedule)

  def test_array_on_a_device_of_its_own(self):
    schedule = _decay(jax.device_put(_array(0.1), jax.devices()[0]))
    self.assertIs(_closures.lift(schedule), schedule)

  def test_function_that_pickles_by_its_name(self):
    self.assertIs(_closures.lift(decorated), decorated)
    opt = o.sgd(decorated)
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_attributes_of_a_partial_object(self):
    partial = functools.partial(lambda rate, count: rate, _array(0.1))
    partial.scale = 2.0
    schedule = lambda count: partial(count) * partial.scale
    self.assertAlmostEqual(o.sgd(schedule).learning_rate(1), 0.2)

  def test_writes_to_its_variable(self):
    rate = _array(0.1)

    def schedule(count):
      nonlocal rate
      rate = rate * 1.0
      return rate * count

    self.assertIs(_closures.lift(schedule), schedule)

  @parameterized.parameters(
      (2.0,), (3,), (None,), ('x',), (np.float32(2),), (jnp.arange(3),),
      (jnp.array(True),))
  def test_holds_nothing_that_may_be_a_leaf(self, x):
    function = lambda count: (x, count)
    self.assertIs(_closures.lift(function), function)

  def test_static_parameter_of_a_schedule(self):
    make = lambda f: lambda count: f(count)
    schedule = _decay(_array(0.1))
    self.assertLen(jax.tree.leaves(o.wrap_schedule(make)(schedule)), 1)
    schedule = o.wrap_schedule(make, static=('f',))(schedule)
    self.assertEmpty(jax.tree.leaves(schedule))

  def test_mask(self):
    limit = _array(1.0)
    mask = lambda params: jax.tree.map(lambda x: x.ndim > limit, params)
    self.assertEmpty(jax.tree.leaves(o.add_decayed_weights(0.1, mask)))

  def test_too_many_calls(self):
    f = _decay(_array(0.1))
    for _ in range(5000):
      f = _in(lambda f: lambda count: f(count), f)
    self.assertIs(_closures.lift(f), f)

  def test_variable_that_changes_later_is_not_read(self):
    rate = _array(0.1)
    opt = o.sgd(lambda count: rate * count)
    rate = _array(0.2)
    self.assertAlmostEqual(opt.learning_rate(1), 0.1)
    self.assertEqual(rate, _array(0.2))


if __name__ == '__main__':
  absltest.main()
