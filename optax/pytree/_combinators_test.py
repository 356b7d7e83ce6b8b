"""Tests of optimizers that hold optimizers."""

import functools
import pickle

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'a': jnp.ones(2), 'b': jnp.ones(3)}
_LABELS = {'a': 'x', 'b': 'y'}


def _paths(opt):
  return [
      jax.tree_util.keystr(path)
      for path, _ in jax.tree_util.tree_leaves_with_path(opt)
  ]


class NestingTest(parameterized.TestCase):

  def test_inner_hyperparameter_is_an_attribute(self):
    opt = o.chain(o.clip_by_global_norm(1.0), o.adamw(0.1))
    self.assertEqual(opt.args[1].learning_rate, 0.1)
    self.assertEqual(opt.args[0].max_norm, 1.0)

  @parameterized.named_parameters(
      ('chain', lambda: o.chain(o.clip(1.0), o.sgd(0.1)),
       '.args[1].learning_rate'),
      ('named_chain',
       lambda: o.named_chain(('a', o.clip(1.0)), ('b', o.sgd(1))),
       '.args[1][1].learning_rate'),
      ('partition',
       lambda: o.partition({'x': o.sgd(0.1), 'y': o.set_to_zero()}, _LABELS),
       ".transforms['x'].learning_rate"),
      ('masked', lambda: o.masked(o.sgd(0.1), {'a': True, 'b': False}),
       '.inner.learning_rate'),
      ('MultiSteps', lambda: o.MultiSteps(o.sgd(0.1), 2), '.opt.learning_rate'),
      ('nested', lambda: o.masked(o.chain(o.chain(o.sgd(0.1))), True),
       '.inner.args[0].args[0].learning_rate'),
  )
  def test_key_path_is_an_attribute_expression(self, make, path):
    opt = make()
    self.assertEqual(_paths(opt), [path])
    self.assertIn(path[1:], opt.hyperparams)

  def test_hyperparams_of_a_chain(self):
    self.assertEqual(
        o.chain(o.clip(1.0), o.sgd(0.1)).hyperparams,
        {'args[0].max_delta': 1.0, 'args[1].learning_rate': 0.1})

  def test_static_items_survive_jit(self):
    opt = o.named_chain(('clip', o.clip(1.0)), ('sgd', o.sgd(0.1)))
    returned = jax.jit(lambda opt: opt)(opt)
    self.assertEqual([name for name, _ in returned.args], ['clip', 'sgd'])

  def test_monitor_keeps_the_order_of_its_measures(self):
    make = lambda m: m.monitor({
        'norm': optax.tree.norm, 'ema': m.measure_with_ema(optax.tree.norm, 0.9)
    })
    opt = jax.jit(lambda opt: opt.init(_PARAMS))(make(o))
    self.assertEqual(
        jax.tree.structure(opt.opt_state),
        jax.tree.structure(make(optax).init(_PARAMS)))

  def test_order_of_nested_dicts_is_kept(self):

    @o.wrap
    def chained(config):
      return optax.chain(*config['parts'].values())

    opt = chained({'parts': {'b': o.scale(2.0), 'a': o.clip(1.0)}})
    other = chained({'parts': {'a': o.clip(1.0), 'b': o.scale(2.0)}})
    self.assertNotEqual(opt, other)
    apply = jax.jit(lambda opt: opt.init(0.8).update(0.8)[0])
    self.assertEqual(apply(opt), 1.0)
    self.assertAlmostEqual(float(apply(other)), 1.6, places=6)

  def test_order_of_measures_is_part_of_a_monitor(self):
    half = lambda updates: optax.tree.norm(updates) / 2
    ab = o.monitor({'a': optax.tree.norm, 'b': half})
    ba = o.monitor({'b': half, 'a': optax.tree.norm})
    self.assertNotEqual(ab, ba)

  def test_functional_transformation_is_lifted(self):
    opt = o.chain(optax.clip(1.0), o.sgd(0.1))
    self.assertIsInstance(opt.args[0], o.from_gradient_transformation)
    updates, _ = opt.init(_PARAMS).update(_PARAMS)
    np.testing.assert_allclose(updates['a'], [-0.1, -0.1])

  def test_factory_of_a_user_gets_functional_transformations(self):

    @o.wrap
    def twice(inner):
      self.assertIsInstance(inner, optax.GradientTransformation)
      return optax.chain(inner, inner)

    updates, _ = twice(o.scale(2.0)).init(_PARAMS).update(_PARAMS)
    np.testing.assert_array_equal(updates['a'], [4.0, 4.0])

  def test_child_with_state_is_refused(self):
    child = o.sgd(0.1).init(_PARAMS)
    with self.assertRaisesRegex(
        TypeError, r'chain: args\[1\] has a state .*replace\(opt_state=None\)'):
      o.chain(o.clip(1.0), child)

  def test_class_in_a_container_is_refused(self):
    with self.assertRaisesRegex(
        TypeError, r"partition: transforms\['x'\] is the class adam"):
      o.partition({'x': o.adam}, _LABELS)

  def test_a_mask_of_arrays_is_static(self):
    opt = o.masked(o.sgd(0.1), {'a': np.array(True), 'b': np.array(False)})
    self.assertEqual(_paths(opt), ['.inner.learning_rate'])


class ReplaceTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('chain', lambda: o.chain(o.clip(1.0), o.sgd(0.1)),
       'args[1].learning_rate'),
      ('partition',
       lambda: o.partition({'x': o.adam(0.1), 'y': o.sgd(0.1)}, _LABELS),
       "transforms['x'].learning_rate"),
      ('named_chain', lambda: o.named_chain(('a', o.sgd(0.1))),
       'args[0][1].learning_rate'),
      ('nested', lambda: o.masked(o.chain(o.sgd(0.1)), True),
       'inner.args[0].learning_rate'),
  )
  def test_changes_what_is_deep_inside_without_recompiling(self, make, path):
    opt = make().init(_PARAMS)

    @jax.jit
    def step(opt):
      return opt.update(_PARAMS, _PARAMS)

    with _test_utils.compilations() as found:
      updates, opt = step(opt)
      opt = opt.replace({path: 0.0})
      updates, opt = step(opt)
    self.assertLen(found, 1)
    self.assertEqual(opt.hyperparams[path], 0.0)
    np.testing.assert_array_equal(updates['a'], [0.0, 0.0])

  def test_changes_an_item_of_a_container(self):
    opt = o.chain(o.clip(1.0), o.sgd(0.1)).replace({'args[1]': o.adam(0.2)})
    self.assertEqual(opt, o.chain(o.clip(1.0), o.adam(0.2)))

  def test_changes_several_at_once(self):
    opt = o.chain(o.clip(1.0), o.sgd(0.1))
    opt = opt.replace({'args[0].max_delta': 2.0, 'args[1].learning_rate': 0.2})
    self.assertEqual(opt, o.chain(o.clip(2.0), o.sgd(0.2)))

  def test_takes_all_hyperparams_back(self):
    opt = o.chain(o.clip(1.0), o.sgd(0.1))
    halved = opt.replace({k: v / 2 for k, v in opt.hyperparams.items()})
    self.assertEqual(halved, o.chain(o.clip(0.5), o.sgd(0.05)))

  @parameterized.parameters('args[2].learning_rate', 'args[1].b1', 'arg', '')
  def test_unknown_path_is_refused(self, path):
    with self.assertRaisesRegex(TypeError, 'replace: chain has no'):
      o.chain(o.clip(1.0), o.sgd(0.1)).replace({path: 1.0})

  def test_inner_state_is_refused(self):
    with self.assertRaisesRegex(TypeError, "has no .*opt_state'; it has args"):
      o.chain(o.sgd(0.1)).replace({'args[0].opt_state': ()})


class ExtraArgsTest(absltest.TestCase):

  def test_chain_passes_extra_args_to_those_that_take_them(self):
    opt = o.chain(o.sgd(1.0), o.contrib.reduce_on_plateau(patience=1))
    opt = opt.init(_PARAMS)
    for _ in range(3):  # A tenth of the updates from the second step on.
      updates, opt = opt.update(_PARAMS, value=jnp.asarray(1.0))
    np.testing.assert_allclose(updates['a'], [-0.01, -0.01], rtol=1e-6)

  def test_multi_steps_passes_extra_args(self):
    opt = o.MultiSteps(o.polyak_sgd(), 1).init(_PARAMS)
    updates, _ = opt.update(_PARAMS, _PARAMS, value=jnp.asarray(0.5))
    np.testing.assert_allclose(updates['a'], [-0.1, -0.1], rtol=1e-6)

  def test_sam_in_opaque_mode_takes_grad_fn(self):
    make = lambda m: m.contrib.sam(
        m.sgd(0.1), m.chain(m.contrib.normalize(), m.sgd(0.05)),
        opaque_mode=True)
    grad_fn = lambda params, _: jax.grad(_test_utils.loss)(params)
    opt, tx = make(o).init(_PARAMS), make(optax)
    updates, _ = opt.update(_PARAMS, _PARAMS, grad_fn=grad_fn)
    expected, _ = tx.update(
        _PARAMS, tx.init(_PARAMS), _PARAMS, grad_fn=grad_fn)
    _test_utils.assert_bit_identical(updates, expected)


class HelpersTest(absltest.TestCase):
  """Upstream's functions that take an optimizer or a state."""

  def test_has_updated(self):
    opt = o.MultiSteps(o.sgd(0.1), 2).init(_PARAMS)
    self.assertFalse(opt.has_updated())
    _, opt = opt.update(_PARAMS)
    self.assertFalse(opt.has_updated())
    _, opt = jax.jit(lambda opt: opt.update(_PARAMS))(opt)
    self.assertTrue(opt.has_updated())

  def test_tree_get_looks_into_the_state(self):
    opt = o.chain(o.clip(1.0), o.adam(0.1)).init(_PARAMS)
    self.assertEqual(optax.tree.get(opt, 'count'), 0)

  def test_tree_set_sets_in_the_state(self):
    opt = o.chain(o.clip(1.0), o.adam(0.1)).init(_PARAMS)
    opt = optax.tree.set(opt, count=jnp.asarray(7))
    self.assertEqual(optax.tree.get(opt.opt_state, 'count'), 7)

  def test_map_params_of_an_optimizer(self):
    opt = o.adam(0.1).init(_PARAMS)
    mapped = optax.tree.map_params(
        opt, lambda _, label: label, opt, _LABELS,
        transform_non_params=lambda _: None)
    self.assertEqual(mapped.opt_state[0].mu, _LABELS)
    self.assertIsNone(mapped.learning_rate)

  def test_mapped_optimizer_updates(self):
    opt = o.adam(0.1).init(_PARAMS)
    mapped = optax.tree.map_params(opt, lambda x: 1.0 * x, opt)
    jax.tree.map(
        np.testing.assert_array_equal,
        mapped.update(_PARAMS, _PARAMS)[0], opt.update(_PARAMS, _PARAMS)[0])

  def test_map_params_of_a_state(self):
    opt = o.adam(0.1).init(_PARAMS)
    mapped = optax.tree.map_params(
        opt.tx, lambda _, label: label, opt.opt_state, _LABELS)
    self.assertEqual(mapped[0].nu, _LABELS)

  def test_value_and_grad_from_state(self):
    opt = o.lbfgs().init(_PARAMS)
    value_and_grad = optax.value_and_grad_from_state(_test_utils.loss)
    value, grad = value_and_grad(_PARAMS, state=opt)
    updates, opt = opt.update(
        grad, _PARAMS, value=value, grad=grad, value_fn=_test_utils.loss)
    params = optax.apply_updates(_PARAMS, updates)
    stored, _ = value_and_grad(params, state=opt)
    self.assertEqual(stored, optax.tree.get(opt, 'value'))
    self.assertLess(stored, value)

  def test_schedule_free_eval_params_takes_the_state(self):
    opt = o.contrib.schedule_free_sgd(0.1).init(_PARAMS)
    averaged = optax.contrib.schedule_free_eval_params(opt.opt_state, _PARAMS)
    np.testing.assert_allclose(averaged['a'], _PARAMS['a'], rtol=1e-6)
    with self.assertRaisesRegex(AttributeError, 'the state is opt.opt_state'):
      optax.contrib.schedule_free_eval_params(opt, _PARAMS)


class PickleTest(absltest.TestCase):

  def test_partial_object_is_named_by_keyword(self):
    self.assertEqual(
        repr(heavy(0.1)), 'heavy(learning_rate=0.1, momentum=0.99)')
    opt = heavy(0.1, momentum=0.5)
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_partial_object_without_name_shows_its_function(self):
    cls = o.wrap(functools.partial(decorated_sgd, momentum=0.8))
    self.assertEqual(
        repr(cls(0.1)), 'decorated_sgd(learning_rate=0.1, momentum=0.8)')

  def test_class_is_a_factory(self):
    opt = o.wrap(Halving)(rate=2.0)
    self.assertEqual(repr(opt), 'Halving(rate=2.0)')
    updates, _ = opt.init(_PARAMS).update(_PARAMS)
    np.testing.assert_array_equal(updates['a'], [-1.0, -1.0])
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_nested_optimizer(self):
    opt = o.chain(o.clip(1.0), decorated(0.1)).init(_PARAMS)
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)


@o.wrap
def decorated(learning_rate):
  return optax.sgd(learning_rate)


def decorated_sgd(learning_rate, *, momentum):
  return optax.sgd(learning_rate, momentum)


heavy = o.wrap(functools.partial(decorated_sgd, momentum=0.99), name='heavy')


class Halving:

  def __init__(self, rate):
    tx = optax.sgd(rate / 2)
    self.init, self.update = tx.init, tx.update


if __name__ == '__main__':
  absltest.main()
