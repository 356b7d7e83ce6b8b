"""Tests that a hyperparameter has one address."""

import dataclasses
import functools
import itertools

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'a': jnp.ones(2), 'b': jnp.ones(3)}


def _chain():
  return o.chain(o.clip(1.0), o.adam(0.1, b1=0.8))


def _named():
  return o.named_chain(
      ('clip', o.clip(1.0)), ('adam', o.adam(0.1)), ('sgd', o.sgd(0.2)))


def _partition():
  return o.partition({'x': o.sgd(0.1), 'y': o.adam(0.2)}, {'a': 'x', 'b': 'y'})


def _warmup():
  return o.chain(
      o.clip(1.0), o.adam(o.warmup_cosine_decay_schedule(0.0, 0.1, 2, 10)))


def _joined():
  return o.adam(o.join_schedules(
      [o.linear_schedule(0.0, 0.1, 5), o.cosine_decay_schedule(0.1, 10)], [5]))


def _nested():
  return o.chain(
      o.named_chain(('inner', o.chain(o.MultiSteps(o.adam(0.1), 2)))),
      o.scale(2.0))


# An optimizer, an address, and the path that it stands for.
_ADDRESSES = {
    'unique_name': (_chain, 'learning_rate', 'args[1].learning_rate'),
    'static_name': (_chain, 'b1', 'args[1].b1'),
    'path': (_chain, 'args[1].learning_rate', 'args[1].learning_rate'),
    'keystr': (_chain, '.args[1].learning_rate', 'args[1].learning_rate'),
    'end_of_a_path': (_nested, 'opt.learning_rate',
                      'args[0].args[0][1].args[0].opt.learning_rate'),
    'several_levels': (_nested, 'learning_rate',
                       'args[0].args[0][1].args[0].opt.learning_rate'),
    'name_in_a_named_chain': (_named, 'adam.learning_rate',
                              'args[1][1].learning_rate'),
    'name_then_index': (_nested, 'inner.args[0].opt.b2',
                        'args[0].args[0][1].args[0].opt.b2'),
    'label': (_partition, "transforms['x'].learning_rate",
              "transforms['x'].learning_rate"),
    'only_in_one_of_a_partition': (_partition, 'b2', "transforms['y'].b2"),
}


class AddressTest(parameterized.TestCase):

  @parameterized.product(
      name=list(_ADDRESSES),
      prepare=(lambda opt: opt, lambda opt: opt.init(_PARAMS)))
  def test_replace(self, name, prepare):
    make, address, path = _ADDRESSES[name]
    opt = prepare(make())
    before = dict(opt.hyperparams)
    after = dict(opt.replace({address: 0.5}).hyperparams)
    self.assertEqual(after.pop(path), 0.5)
    before.pop(path)
    self.assertEqual(after, before)

  @parameterized.parameters(*_ADDRESSES)
  def test_hyperparams(self, name):
    make, address, path = _ADDRESSES[name]
    hyperparams = make().hyperparams
    self.assertIn(address, hyperparams)
    self.assertEqual(hyperparams[address], dict(hyperparams)[path])

  @parameterized.parameters(*_ADDRESSES)
  def test_attribute(self, name):
    make, address, path = _ADDRESSES[name]
    opt = make()
    value = getattr(opt, address)
    self.assertEqual(value, dict(opt.hyperparams)[path])

  def test_every_path_of_jax_is_an_address(self):
    for make in _chain, _named, _partition, _nested:
      opt = make()
      paths = [jax.tree_util.keystr(path)
               for path, _ in jax.tree_util.tree_leaves_with_path(opt)]
      new = opt.replace(dict.fromkeys(paths, 0.5))
      self.assertEqual(jax.tree.leaves(new), [0.5] * len(paths))

  def test_a_key_of_jax_is_an_address(self):
    ((key,), _), *_ = jax.tree_util.tree_leaves_with_path(o.adam(0.1))
    self.assertEqual(o.adam(0.1).replace({key: 0.2}), o.adam(0.2))

  def test_an_optimizer_by_its_name(self):
    opt = _named()
    self.assertEqual(opt.adam, o.adam(0.1))
    new = opt.replace(adam=o.sgd(0.3))
    self.assertEqual(new.args[1], ('adam', o.sgd(0.3)))

  def test_own_parameter_goes_before_one_inside(self):
    opt = o.lookahead(o.sgd(0.1), 5, slow_step_size=0.5)
    self.assertEqual(opt.replace(slow_step_size=0.25).slow_step_size, 0.25)
    opt = o.contrib.schedule_free(o.sgd(0.1), learning_rate=0.2)
    self.assertEqual(opt.learning_rate, 0.2)
    new = opt.replace(learning_rate=0.3)
    self.assertEqual(new.base_optimizer.learning_rate, 0.1)

  def test_one_that_begins_like_another(self):
    opt = o.polyak_sgd(max_learning_rate=0.5)
    with self.assertRaisesRegex(AttributeError, "has no 'learning_rate'"):
      o.chain(opt).learning_rate  # pylint: disable=expression-not-assigned


class ScheduleTest(absltest.TestCase):

  def test_value_of_a_schedule(self):
    opt = _warmup().init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    new = opt.replace(peak_value=0.4)
    self.assertEqual((opt.peak_value, new.peak_value), (0.1, 0.4))
    _test_utils.assert_bit_identical(new.opt_state, opt.opt_state)
    self.assertAlmostEqual(
        float(new.hyperparams['learning_rate']), 0.2, places=6)

  def test_a_sweep_over_a_value_of_a_schedule_traces_once(self):
    traces = []

    @jax.jit
    def step(opt):
      traces.append(opt)
      return opt.update(_PARAMS)

    _, opt = step(_warmup().init(_PARAMS))
    for peak in (0.2, 0.3):
      _, opt = step(opt.replace(peak_value=peak))
    self.assertLen(traces, 1)

  def test_value_that_stands_in_several_schedules(self):
    with self.assertRaisesRegex(
        TypeError, r"adam has several 'init_value': learning_rate.schedules\[0"
        r'\].init_value, learning_rate.schedules\[1\].init_value. Write one'):
      _joined().replace(init_value=0.5)
    new = _joined().replace({'schedules[1].init_value': 0.5})
    self.assertEqual(new.learning_rate.schedules[1].init_value, 0.5)


class ErrorTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('attribute', AttributeError, lambda opt: opt.learning_rate),
      ('replace', TypeError, lambda opt: opt.replace(learning_rate=0.5)),
      ('hyperparams', KeyError, lambda opt: opt.hyperparams['learning_rate']),
  )
  def test_several_are_listed(self, error, function):
    with self.assertRaisesRegex(
        error, r'args\[1\]\[1\].learning_rate, args\[2\]\[1\].learning_rate'):
      function(_named())

  @parameterized.named_parameters(
      ('attribute', AttributeError, lambda opt: opt.lerning_rate),
      ('replace', TypeError, lambda opt: opt.replace(lerning_rate=0.5)),
      ('hyperparams', KeyError, lambda opt: opt.hyperparams['lerning_rate']),
      ('path', TypeError, lambda opt: opt.replace({'args[7]': o.sgd(0.1)})),
  )
  def test_there_is_none_and_the_paths_are_listed(self, error, function):
    with self.assertRaisesRegex(
        error, r'args\[0\].max_delta, .*args\[1\].learning_rate, '):
      function(_chain())

  @parameterized.parameters(
      ({'learning_rate': 0.5, 'args[1].learning_rate': 0.5},),
      ({'args[1]': o.sgd(0.2), 'args[1].learning_rate': 0.5},),
      ({'args[1].learning_rate': 0.5, 'args[1]': o.sgd(0.2)},),
      ({'.args[1].b1': 0.5, 'b1': 0.5},),
      ({'args': (o.sgd(0.2),), 'b1': 0.5},),
  )
  def test_two_changes_of_one_place(self, changes):
    with self.assertRaisesRegex(TypeError, 'each hyperparameter once'):
      _chain().replace(changes)

  def test_several_changes_inside_of_one(self):
    changes = {'b1': 0.5, 'learning_rate': 0.25, 'b2': 0.75}
    for order in itertools.permutations(changes):
      opt = o.chain(o.adam(0.5)).replace({k: changes[k] for k in order})
      self.assertEqual(opt, o.chain(o.adam(0.25, b1=0.5, b2=0.75)))

  def test_several_changes_that_are_valid_together(self):

    @o.wrap
    def bounded(learning_rate, low=0.0, high=1.0):
      if low > high:
        raise ValueError('low > high')
      return optax.sgd(learning_rate)

    opt = o.chain(bounded(0.5)).replace(low=2.0, high=3.0)
    self.assertEqual(opt, o.chain(bounded(0.5, low=2.0, high=3.0)))

  def test_the_state_by_the_path_of_jax(self):
    opt = _chain().init(_PARAMS)
    _, other = opt.update(_PARAMS)
    self.assertEqual(opt.replace({'.opt_state': other.opt_state}), other)

  def test_the_whole_name_goes_before_the_end_of_another(self):
    opt = o.named_chain(('adam', o.adam(0.25)), ('inner', o.named_chain(
        ('adam', o.adam(0.5)))))
    self.assertEqual(opt.hyperparams['adam.learning_rate'], 0.25)
    self.assertNotIn(0, opt.hyperparams)

  def test_a_schedule_has_no_state_to_replace(self):
    with self.assertRaisesRegex(TypeError, "has no 'opt_state'"):
      o.constant_schedule(0.5).replace(opt_state=())


@functools.partial(
    jax.tree_util.register_dataclass, data_fields=['rate', 'inner'],
    meta_fields=['name'])
@dataclasses.dataclass(frozen=True)
class _Settings:
  """A pytree with attributes that has nothing to do with optimizers."""

  rate: float
  inner: object
  name: str = ''


class TreeTest(parameterized.TestCase):
  """optax.tree.get and optax.tree.set, which maintainers advise."""

  @parameterized.named_parameters(
      ('without_state', lambda opt: opt),
      ('with_state', lambda opt: opt.init(_PARAMS)),
      ('in_a_chain', lambda opt: o.chain(o.clip(1.0), opt).init(_PARAMS)),
      ('deep', lambda opt: o.masked(o.MultiSteps(
          o.chain(opt), 2), {'a': True, 'b': False}).init(_PARAMS)),
  )
  def test_learning_rate(self, make):
    opt = make(o.adam(0.1))
    self.assertEqual(optax.tree.get(opt, 'learning_rate'), 0.1)
    new = optax.tree.set(opt, learning_rate=0.5)
    self.assertEqual(type(new), type(opt))
    self.assertEqual(new.learning_rate, 0.5)
    self.assertEqual(optax.tree.get(new, 'learning_rate'), 0.5)

  def test_in_jit(self):

    @jax.jit
    def halve(opt):
      rate = optax.tree.get(opt, 'learning_rate')
      return optax.tree.set(opt, learning_rate=rate / 2)

    opt = halve(_chain().init(_PARAMS))
    self.assertAlmostEqual(float(opt.learning_rate), 0.05)

  def test_set_compiles_nothing(self):
    traces = []

    @jax.jit
    def step(opt):
      traces.append(opt)
      return opt.update(_PARAMS)

    _, opt = step(_chain().init(_PARAMS))
    step(optax.tree.set(opt, learning_rate=0.5))
    self.assertLen(traces, 1)

  def test_several(self):
    opt = _named().init(_PARAMS)
    with self.assertRaisesRegex(KeyError, 'multiple values'):
      optax.tree.get(opt, 'learning_rate')
    filtering = lambda path, _: jax.tree_util.GetAttrKey('args[2][1]') in path
    self.assertEqual(optax.tree.get(
        opt, 'learning_rate', filtering=filtering), opt.sgd.learning_rate)
    new = optax.tree.set(opt, filtering, learning_rate=0.5)
    self.assertEqual(
        (new.adam.learning_rate, new.sgd.learning_rate),
        (opt.adam.learning_rate, 0.5))
    self.assertEqual(
        [x for _, x in optax.tree.get_all_with_path(new, 'learning_rate')],
        [opt.adam.learning_rate, 0.5])

  def test_hyperparameter_and_state_at_once(self):
    opt = _chain().init(_PARAMS)
    new = optax.tree.set(opt, learning_rate=0.5, count=jnp.asarray(7))
    self.assertEqual(
        (new.learning_rate, new.opt_state[1][0].count), (0.5, 7))

  def test_value_of_a_schedule(self):
    opt = _warmup().init(_PARAMS)
    self.assertAlmostEqual(
        float(optax.tree.get(opt, 'peak_value')), 0.1, places=6)

  def test_unknown_name(self):
    self.assertIsNone(optax.tree.get(_chain(), 'lerning_rate'))
    with self.assertRaisesRegex(KeyError, "no values matching 'lerning_rate'"):
      optax.tree.set(_chain(), lerning_rate=0.5)

  def test_a_dataclass(self):
    tree = {'x': _Settings(0.1, _Settings(0.2, [3.0], 'inner')), 'rate': 0.3}
    found = optax.tree.get_all_with_path(tree, 'rate')
    self.assertCountEqual([x for _, x in found], [0.1, 0.2, 0.3])
    new = optax.tree.set(tree, rate=0.5)
    self.assertEqual(
        new, {'x': _Settings(0.5, _Settings(0.5, [3.0], 'inner')), 'rate': 0.5})

  def test_a_dataclass_with_filtering(self):
    tree = [_Settings(0.1, None), _Settings(0.2, None)]
    filtering = lambda path, _: path[0].idx == 1
    self.assertEqual(optax.tree.get(tree, 'rate', filtering=filtering), 0.2)
    self.assertEqual(optax.tree.set(tree, filtering, rate=0.5),
                     [_Settings(0.1, None), _Settings(0.5, None)])

  def test_a_field_of_a_dataclass_that_holds_a_tree(self):
    # An attribute that isn't a leaf is looked into, as before.
    tree = _Settings(0.1, optax.TraceState({'a': np.ones(2)}))
    self.assertEqual(
        optax.tree.set(tree, trace=1.0), _Settings(0.1, optax.TraceState(1.0)))


if __name__ == '__main__':
  absltest.main()
