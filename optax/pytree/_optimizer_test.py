"""Tests of the optimizers as pytrees."""

# pylint: disable=exec-used, unnecessary-lambda

import collections
from concurrent import futures
import copy
import dataclasses
import functools
import pickle
import sys
import textwrap
import types
from unittest import mock

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax._src import base
from optax.pytree import _test_utils


o = optax.pytree


def _pickled(x):
  return pickle.loads(pickle.dumps(x))


class LeafTest(parameterized.TestCase):

  def _paths(self, opt):
    return [
        jax.tree_util.keystr(path)
        for path, _ in jax.tree_util.tree_leaves_with_path(opt)
    ]

  @parameterized.named_parameters(
      ('float', 0.1), ('int', 1), ('numpy', np.float32(0.1)),
      ('array', np.ones(())), ('jax_array', jnp.ones(())),
  )
  def test_learning_rate_is_a_leaf(self, value):
    self.assertEqual(self._paths(optax.pytree.adam(value)), ['.learning_rate'])

  def test_parameter_that_ends_in_learning_rate_is_a_leaf(self):
    opt = optax.pytree.polyak_sgd()
    self.assertEqual(self._paths(opt), ['.max_learning_rate'])

  def test_scheduled_learning_rate_is_static(self):
    opt = optax.pytree.adam(optax.constant_schedule(0.1))
    self.assertEmpty(jax.tree.leaves(opt))

  def test_other_number_is_static(self):
    opt = optax.pytree.adam(0.1, b1=np.float32(0.5), b2=0.99, eps=1)
    self.assertEqual(self._paths(opt), ['.learning_rate'])

  def test_array_is_a_leaf(self):
    opt = optax.pytree.adam(0.1, b1=jnp.asarray(0.9), b2=np.asarray(0.99))
    self.assertEqual(self._paths(opt), ['.learning_rate', '.b1', '.b2'])

  def test_tracer_is_a_leaf(self):
    opt = jax.jit(lambda b1: optax.pytree.adam(0.1, b1=b1))(0.9)
    self.assertEqual(self._paths(opt), ['.learning_rate', '.b1'])

  def test_array_in_a_container_is_a_leaf(self):

    @optax.pytree.wrap
    def adam(betas):
      return optax.scale_by_adam(*betas)

    opt = adam((jnp.asarray(0.9), 0.99))
    self.assertEqual(self._paths(opt), ['.betas[0]'])
    doubled = jax.tree.map(lambda x: x * 2, opt)
    self.assertEqual(doubled.betas, (jnp.asarray(1.8), 0.99))

  def test_number_beside_an_array_stays_static(self):

    @optax.pytree.wrap
    def adam(learning_rate, betas):
      return optax.adam(learning_rate, *betas)

    opt = adam(0.1, (jnp.asarray(0.9), 0.99))
    self.assertLen(jax.tree.leaves(opt.replace(learning_rate=0.2)), 2)
    self.assertEqual(copy.copy(opt), opt)

  def test_array_for_an_integer_parameter_is_static(self):
    opt = optax.pytree.lbfgs(memory_size=np.asarray(3))
    self.assertEmpty(jax.tree.leaves(opt))

  def test_array_for_an_integer_parameter_is_a_constant_in_jit(self):
    opt = optax.pytree.lbfgs(memory_size=jnp.asarray(3))
    opt = jax.jit(lambda opt: opt.init(jnp.ones(2)))(opt)
    memory = opt.opt_state[0].weights_memory
    self.assertEqual(memory.shape, (3,))

  def test_boolean_array_is_static_and_compares_by_contents(self):
    make = lambda *mask: optax.pytree.adamw(0.1, mask=np.array(mask))
    self.assertEqual(self._paths(make(True, False)), ['.learning_rate'])
    self.assertEqual(make(True, False), make(True, False))
    self.assertNotEqual(make(True, False), make(True, True))

  def test_prng_key_is_a_leaf(self):
    opt = optax.pytree.noisy_sgd(0.1, key=jax.random.key(0))
    self.assertEqual(self._paths(opt), ['.learning_rate', '.key'])

  def test_key_paths_are_attribute_expressions(self):
    opt = optax.pytree.adam(0.1).init({'w': jnp.ones(2)})
    self.assertEqual(self._paths(opt), [
        '.learning_rate', '.opt_state[0].count', ".opt_state[0].mu['w']",
        ".opt_state[0].nu['w']",
    ])

  @parameterized.named_parameters(
      ('none', None), ('object', object()), ('bool', True), ('string', 'w'),
      ('shape', jax.ShapeDtypeStruct((2,), jnp.float32)),
      ('spec', jax.sharding.PartitionSpec('data')),
  )
  def test_any_leaf_survives_flattening(self, leaf):
    opt = optax.pytree.noisy_sgd(0.1, key=jax.random.key(0)).init(jnp.ones(2))
    treedef = jax.tree.structure(opt)
    replaced = treedef.unflatten([leaf] * treedef.num_leaves)
    self.assertIs(replaced.learning_rate, leaf)
    self.assertIs(replaced.key, leaf)
    self.assertEqual(treedef.flatten_up_to(replaced), [leaf] * 4)

  def test_any_child_survives_flattening(self):
    opt = optax.pytree.wrap(lambda pair: optax.scale(pair[1]))(
        ('name', jnp.asarray(2.0)))
    replaced = jax.tree.map(lambda _: 7, opt, is_leaf=lambda x: x is not opt)
    self.assertEqual(replaced.pair, ('name', 7))
    self.assertEqual(jax.tree.leaves(replaced), [7])


class InterfaceTest(parameterized.TestCase):

  def test_hyperparameters_are_attributes(self):
    opt = optax.pytree.adam(0.1, b1=0.8)
    self.assertEqual((opt.learning_rate, opt.b1, opt.b2), (0.1, 0.8, 0.999))

  def test_opt_state_is_none_before_init(self):
    self.assertIsNone(optax.pytree.adam(0.1).opt_state)

  def test_none_may_be_a_state(self):
    tx = optax.GradientTransformation(
        lambda params: None,
        lambda updates, state, params=None: (updates, state),
    )
    opt = optax.pytree.from_gradient_transformation(tx).init(jnp.ones(2))
    updates, opt = opt.update(jnp.ones(2))
    np.testing.assert_array_equal(updates, [1.0, 1.0])
    self.assertIsNone(opt.opt_state)

  def test_params_are_optional(self):
    opt = optax.pytree.sgd(0.5).init(jnp.ones(2))
    updates, _ = opt.update(jnp.ones(2))
    np.testing.assert_array_equal(updates, [-0.5, -0.5])

  def test_missing_params_raise_the_message_of_optax(self):
    opt = optax.pytree.adamw(0.1).init(jnp.ones(2))
    with self.assertRaisesWithLiteralMatch(ValueError, base.NO_PARAMS_MSG):
      opt.update(jnp.ones(2))

  def test_hyperparams_are_the_numbers(self):
    self.assertEqual(
        optax.pytree.adam(0.1, mu_dtype=jnp.bfloat16).hyperparams,
        {'learning_rate': 0.1, 'b1': 0.9, 'b2': 0.999, 'eps': 1e-8,
         'eps_root': 0.0})

  def test_a_prng_key_is_not_a_number(self):
    opt = optax.pytree.add_noise(0.1, 0.5, jax.random.key(0))
    self.assertEqual(opt.hyperparams, {'eta': 0.1, 'gamma': 0.5})

  def test_tx_is_the_functional_transformation(self):
    tx = optax.pytree.sgd(0.5).tx
    self.assertIsInstance(tx, optax.GradientTransformationExtraArgs)
    updates, _ = tx.update(jnp.ones(2), tx.init(jnp.ones(2)))
    np.testing.assert_array_equal(updates, [-0.5, -0.5])

  def test_replace_returns_a_new_optimizer(self):
    opt = optax.pytree.adam(0.1).init(jnp.ones(2))
    replaced = opt.replace(learning_rate=0.2)
    self.assertEqual((opt.learning_rate, replaced.learning_rate), (0.1, 0.2))
    _test_utils.assert_bit_identical(replaced.opt_state, opt.opt_state)

  def test_replace_keeps_a_leaf_a_leaf(self):
    opt = optax.pytree.adam(0.1, b1=jnp.asarray(0.9)).replace(b1=0.8)
    self.assertEqual(jax.tree.leaves(opt), [0.1, 0.8])
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_replace_puts_in_a_state_and_takes_it_out(self):
    opt = optax.pytree.adam(0.1)
    state = optax.adam(0.1).init(jnp.ones(2))
    with_state = opt.replace(opt_state=state)
    _test_utils.assert_bit_identical(with_state.opt_state, state)
    self.assertEqual(with_state.replace(opt_state=None),
                     opt.replace(learning_rate=with_state.learning_rate))

  def test_equal_by_type_and_value(self):
    self.assertEqual(optax.pytree.adam(0.1), optax.pytree.adam(0.1))
    self.assertNotEqual(optax.pytree.adam(0.1), optax.pytree.adam(0.2))
    self.assertNotEqual(optax.pytree.adam(0.1), optax.pytree.adamw(0.1))
    self.assertNotEqual(
        optax.pytree.adam(0.1, eps=1), optax.pytree.adam(0.1, eps=1.0))
    self.assertNotEqual(
        optax.pytree.adam(0.1, eps=0.0), optax.pytree.adam(0.1, eps=-0.0))
    self.assertEqual(
        optax.pytree.adam(0.1, eps=float('nan')),
        optax.pytree.adam(0.1, eps=float('nan')))
    self.assertNotEqual(optax.pytree.adam(0.1), 'adam')

  def test_equal_with_prng_keys(self):
    make = lambda seed: optax.pytree.noisy_sgd(0.1, key=jax.random.key(seed))
    self.assertEqual(make(0), make(0))
    self.assertNotEqual(make(0), make(1))

  def test_equal_with_prng_keys_in_jit(self):
    opts = [o.noisy_sgd(0.1, key=jax.random.key(0)) for _ in range(2)]
    self.assertTrue(jax.jit(lambda: opts[0] == opts[1])())

  def test_structure_is_equal_after_pickle(self):
    for opt in o.adam(0.1), o.chain(o.clip(1.0), o.adam(0.1)):
      structure = jax.tree.structure(opt)
      for copied in copy.deepcopy(structure), _pickled(structure):
        self.assertEqual(copied, structure)

  def test_equality_of_tracers_is_identity(self):

    @jax.jit
    def f(x, y):
      self.assertEqual(optax.pytree.sgd(x), optax.pytree.sgd(x))
      self.assertNotEqual(optax.pytree.sgd(x), optax.pytree.sgd(y))

    f(1.0, 1.0)

  def test_equal_optimizers_have_equal_hashes(self):
    make = lambda: optax.pytree.sgd(float('nan'), momentum=float('nan'))
    self.assertEqual(hash(make()), hash(make()))

  def test_hashable_without_arrays(self):
    self.assertLen({optax.pytree.adam(0.1), optax.pytree.adam(0.1)}, 1)

  def test_not_hashable_with_an_array(self):
    with self.assertRaisesRegex(TypeError, 'unhashable'):
      hash(optax.pytree.adam(jnp.asarray(0.1)))

  def test_copies_are_equal(self):
    opt = optax.pytree.adam(0.1).init(jnp.ones(2))
    self.assertEqual(copy.copy(opt), opt)
    self.assertEqual(copy.deepcopy(opt), opt)

  def test_repr_of_a_large_state_fits_on_a_screen(self):
    opt = optax.pytree.adamw(0.1).init([jnp.ones((8, 4))] * 100)
    lines = repr(opt).splitlines()
    self.assertLess(len(lines), 24)
    self.assertStartsWith(lines[0], 'adamw(learning_rate=0.1, b1=0.9, ')
    self.assertEqual(lines[2], '  .opt_state[0].mu[0]: float32[8, 4]')
    self.assertEqual(lines[-1], '  and 186 more arrays')

  def test_repr_of_tracers_and_sentinels(self):

    @jax.jit
    def f(learning_rate):
      self.assertIn('float32[]', repr(optax.pytree.sgd(learning_rate)))

    f(0.1)
    opt = jax.tree.map(lambda _: Ellipsis, optax.pytree.sgd(0.1))
    self.assertStartsWith(repr(opt), 'sgd(learning_rate=Ellipsis, ')

  def test_help_shows_the_documentation_of_the_alias(self):
    self.assertIn('Adam is an SGD variant', optax.pytree.adam.__doc__)
    self.assertIn('optax.pytree.Optimizer', optax.pytree.adam.__doc__)

  def test_init_owns_its_buffers(self):
    key = jax.random.key(0)
    opt = optax.pytree.noisy_sgd(jnp.asarray(0.1), key=key)
    bound = opt.init(jnp.ones(2))
    step = jax.jit(
        lambda opt, updates: opt.update(updates), donate_argnames='opt')
    _, bound = step(bound, jnp.ones(2))
    _, bound = step(bound, jnp.ones(2))
    self.assertEqual(float(opt.learning_rate), float(bound.learning_rate))
    self.assertFalse(opt.key.is_deleted())

  def test_placeholders_are_copied(self):
    opt = jax.eval_shape(optax.pytree.adam(0.1).init, jnp.ones(2))
    self.assertEqual(copy.deepcopy(opt), opt)

  def test_eval_shape_of_init(self):
    params = {'w': jax.ShapeDtypeStruct((2, 3), jnp.bfloat16)}
    opt = jax.eval_shape(optax.pytree.adam(0.1).init, params)
    self.assertEqual(opt.opt_state[0].mu, params)
    self.assertEqual(opt.b1, 0.9)
    self.assertIsNone(opt.replace(opt_state=None).opt_state)


class AbstractTest(absltest.TestCase):
  """Optimizers of placeholders, as jax.eval_shape returns them."""

  def setUp(self):
    super().setUp()
    self.opt = jax.eval_shape(o.adam(0.1).init, {'w': jnp.ones(2)})

  def test_replace_of_what_is_static(self):
    new = self.opt.replace(b1=0.5)
    self.assertEqual((new.b1, new.opt_state), (0.5, self.opt.opt_state))
    self.assertEqual(
        new, jax.eval_shape(o.adam(0.1, b1=0.5).init, {'w': jnp.ones(2)}))

  def test_replace_is_refused_where_the_state_can_not_follow(self):
    with self.assertRaisesRegex(TypeError, "can't follow this change of mu_d"):
      self.opt.replace(mu_dtype=jnp.bfloat16)

  def test_replace_of_a_leaf_by_a_placeholder(self):
    shape = jax.ShapeDtypeStruct((), jnp.bfloat16)
    self.assertIs(self.opt.replace(learning_rate=shape).learning_rate, shape)

  def test_shardings(self):
    spec = jax.sharding.PartitionSpec('x')
    opt = jax.tree.map(lambda _: jax.sharding.PartitionSpec(), self.opt)
    new = opt.replace(learning_rate=spec, b1=0.5)
    self.assertEqual((new.learning_rate, new.b1), (spec, 0.5))
    state = jax.tree.map(lambda _: spec, opt.opt_state)
    self.assertEqual(opt.replace(opt_state=state).opt_state, state)

  def test_a_state_is_put_in(self):
    opt = o.adam(0.1).init({'w': jnp.ones(2)})
    new = self.opt.replace(opt_state=opt.opt_state, learning_rate=0.1)
    updates, _ = new.update({'w': jnp.ones(2)})
    np.testing.assert_allclose(updates['w'], [-0.1, -0.1], rtol=1e-5)


def _as_orbax_returns(state):
  """Lists for tuples, and dicts for named tuples."""
  if hasattr(state, '_asdict'):
    return {k: _as_orbax_returns(x) for k, x in state._asdict().items()}
  if isinstance(state, (list, tuple)):
    return [_as_orbax_returns(x) for x in state]
  if isinstance(state, dict):
    return {k: _as_orbax_returns(x) for k, x in state.items()}
  return state


def _with_names(state):
  """As serialization.to_state_dict of Flax: dicts with strings for all."""
  state = _as_orbax_returns(state)
  if isinstance(state, list):
    state = dict(enumerate(state))
  if isinstance(state, dict):
    return {str(k): _with_names(x) for k, x in state.items()}
  return state


class StateInOtherContainersTest(parameterized.TestCase):

  @parameterized.product(
      change=(_as_orbax_returns, _with_names),
      make=(
          lambda: o.adam(0.1),
          lambda: o.adam(o.linear_schedule(0.1, 0.0, 4)),
          lambda: o.chain(o.clip(1.0), o.adamw(0.1, mask=[True, False])),
          lambda: o.MultiSteps(o.adam(0.1), 2),
          lambda: o.named_chain(('b', o.adam(0.1)), ('a', o.sgd(0.1, 0.9))),
          lambda: o.partition(
              {'x': o.adam(0.1), 'y': o.sgd(0.1, 0.9)}, ['x', 'y']),
      ))
  def test_is_put_into_the_present_structure(self, change, make):
    params = [jnp.ones(2), jnp.ones(3)]
    opt = make().init(params)
    _, opt = opt.update(params, params)
    fresh = make().init(params)
    new = fresh.replace(opt_state=change(opt.opt_state))
    self.assertEqual(new, opt)
    self.assertEqual(
        jax.tree.structure(new.opt_state), jax.tree.structure(opt.opt_state))

  def test_beside_another_change(self):
    opt = o.adam(0.1).init(jnp.ones(2))
    new = opt.replace(
        opt_state=_as_orbax_returns(opt.opt_state), learning_rate=0.5)
    self.assertEqual(jax.tree.structure(new), jax.tree.structure(opt))

  def test_into_an_abstract_optimizer(self):
    opt = o.adam(0.1).init(jnp.ones(2))
    abstract = jax.eval_shape(o.adam(0.1).init, jnp.ones(2))
    new = abstract.replace(opt_state=_as_orbax_returns(opt.opt_state))
    self.assertEqual(jax.tree.structure(new), jax.tree.structure(opt))

  def test_keeps_what_belongs_to_each_name(self):
    params = {'a': jnp.ones(2), 'b': jnp.ones(2)}
    opt = o.sgd(0.1, momentum=0.9).init(params)
    trace = {'b': jnp.full(2, 2.0), 'a': jnp.full(2, 1.0)}
    new = opt.replace(opt_state=[{'trace': trace}, {}])
    np.testing.assert_array_equal(new.opt_state[0].trace['a'], [1.0, 1.0])

  def test_named_tuples_are_matched_by_name(self):
    names = collections.namedtuple('Names', 'w b')
    _, state = optax.sgd(0.1, momentum=0.9).update(
        names(jnp.full(2, 3.0), jnp.full(2, 5.0)),
        optax.sgd(0.1, momentum=0.9).init(names(jnp.ones(2), jnp.ones(2))))
    opt = o.sgd(0.1, momentum=0.9).init({'b': jnp.ones(2), 'w': jnp.ones(2)})
    trace = opt.replace(opt_state=state).opt_state[0].trace
    np.testing.assert_array_equal(trace['w'], [3.0, 3.0])
    np.testing.assert_array_equal(trace['b'], [5.0, 5.0])

  def test_refuses_the_state_of_another_optimizer(self):
    with self.assertRaisesRegex(ValueError, r'is a ScaleByBelief.*, not a Sca'):
      o.adam(0.1).init(jnp.ones(2)).replace(
          opt_state=optax.adabelief(0.1).init(jnp.ones(2)))

  def test_refuses_a_list_for_a_dict(self):
    opt = o.sgd(0.1, momentum=0.9).init({'b': jnp.ones(2), 'a': jnp.ones(2)})
    with self.assertRaisesRegex(ValueError, r"trace\['a'\] is missing"):
      opt.replace(opt_state=[[[jnp.ones(2), jnp.ones(2)]], []])

  def test_refuses_other_shapes_beside_another_change(self):
    state = optax.adam(0.1).init(jnp.ones(5))
    with self.assertRaisesRegex(ValueError, r'mu has the shape \(5,\)'):
      o.adam(0.1).init(jnp.ones(2)).replace(opt_state=state, b1=0.8)

  @parameterized.named_parameters(
      ('missing', lambda s: s[0].pop('mu'), r'\.mu is missing'),
      ('too_many', lambda s: s[0].update(x=jnp.ones(2)), 'x.* does not belong'),
      ('shape', lambda s: s[0].update(mu=jnp.ones(3)),
       r'mu.* has the shape \(3,\), not \(2,\)'),
  )
  def test_refuses_other_leaves(self, change, message):
    opt = o.adam(0.1).init(jnp.ones(2))
    state = _as_orbax_returns(opt.opt_state)
    change(state)
    with self.assertRaisesRegex(ValueError, message):
      opt.replace(opt_state=state)


class OptimizedTest(absltest.TestCase):
  """Optimizers as the parameters of optimizers."""

  def setUp(self):
    super().setUp()
    self.opt = o.adamw(0.1, b1=jnp.float32(0.9))
    self.grads = jax.grad(lambda opt: jnp.sum(
        opt.init(jnp.ones(2)).update(jnp.ones(2), jnp.ones(2))[0]))(self.opt)

  def test_gradients_are_of_the_leaves(self):
    self.assertEqual(
        jax.tree.structure(self.grads), jax.tree.structure(self.opt))
    self.assertAlmostEqual(
        float(self.grads.learning_rate), -2 * 1.0001, places=4)
    self.assertEqual(self.grads.b2, 0.999)  # Static, so no gradient.

  def test_is_optimized(self):
    meta = o.adam(1e-2).init(self.opt)
    updates, meta = meta.update(self.grads, self.opt)
    opt = optax.apply_updates(self.opt, updates)
    self.assertIsInstance(opt, o.adamw)
    self.assertAlmostEqual(float(opt.learning_rate), 0.11, places=5)
    self.assertEqual(meta.opt_state[0].count, 1)

  def test_meta_optimizer_does_what_others_do(self):
    meta = o.adam(o.linear_schedule(1e-2, 0.0, 4)).init(self.opt)
    _, meta = meta.update(self.grads, self.opt)
    self.assertAlmostEqual(
        float(meta.hyperparams['learning_rate']), 0.0075, places=6)
    self.assertEqual(meta.replace(b1=0.5).b1, 0.5)
    self.assertEqual(_pickled(meta), meta)
    _, meta = jax.jit(lambda meta, x: meta.update(x, x))(meta, self.opt)
    self.assertEqual(meta.opt_state[0].count, 2)

  def test_one_with_state_is_refused(self):
    with self.assertRaisesRegex(TypeError, 'as_gradient_transformation'):
      o.adam(1e-2).init(self.opt.init(jnp.ones(2)))


class OnlyInitTest(parameterized.TestCase):
  """What only init uses can't be replaced later."""

  def _factory(self, learning_rate, start=0.0):
    init = lambda params: jnp.asarray(start)
    update = lambda updates, state, params=None: (
        optax.tree.scale(learning_rate, updates), state)
    return optax.GradientTransformation(init, update)

  @parameterized.named_parameters(
      ('static', ()), ('leaf', ('start',)))
  def test_of_a_user(self, leaves):
    factory = functools.partial(OnlyInitTest._factory, None)
    opt = o.wrap(factory, leaves=leaves)(0.1)
    for opt in opt, o.chain(o.clip(1.0), opt):
      with self.assertRaisesRegex(
          TypeError, r'only init uses (args\[1\].)?start, so that'):
        opt.init(jnp.ones(2)).replace(start=1.0)
      self.assertEqual(opt.replace(start=1.0).start, 1.0)
      opt.init(jnp.ones(2)).replace(learning_rate=1.0)

  @parameterized.parameters((0.5,), (jnp.float32(0.5),))
  def test_of_adagrad(self, value):
    opt = o.adagrad(0.1, initial_accumulator_value=value).init(jnp.ones(2))
    with self.assertRaisesRegex(TypeError, 'only init uses initial_accum'):
      opt.replace(initial_accumulator_value=0.1)


class GradientTransformationTest(absltest.TestCase):

  def test_state_is_the_optimizer(self):
    tx = optax.pytree.sgd(0.5).as_gradient_transformation()
    self.assertIsInstance(tx, optax.GradientTransformationExtraArgs)
    state = tx.init(jnp.ones(2))
    self.assertIsInstance(state, optax.pytree.sgd)
    updates, state = tx.update(jnp.ones(2), state, jnp.ones(2))
    np.testing.assert_array_equal(updates, [-0.5, -0.5])

  def test_the_state_wins_over_the_outer_optimizer(self):
    opt = optax.pytree.sgd(0.5)
    state = opt.as_gradient_transformation().init(jnp.ones(2))
    tx = opt.replace(learning_rate=0.1).as_gradient_transformation()
    updates, _ = tx.update(jnp.ones(2), state)
    np.testing.assert_array_equal(updates, [-0.5, -0.5])

  def test_extra_args_are_passed_on(self):
    tx = optax.pytree.polyak_sgd().as_gradient_transformation()
    state = tx.init(jnp.ones(2))
    updates, _ = tx.update(jnp.ones(2), state, jnp.ones(2), value=0.5)
    np.testing.assert_array_equal(updates, [-0.25, -0.25])

  def test_functional_state_is_refused(self):
    tx = optax.pytree.sgd(0.5).as_gradient_transformation()
    state = optax.sgd(0.5).init(jnp.ones(2))
    with self.assertRaisesRegex(
        TypeError, r'not a tuple. .*\s+opt.replace\(opt_state=state\)'):
      tx.update(jnp.ones(2), state)

  def test_is_equal_by_value(self):
    view = lambda rate: optax.pytree.adam(rate).as_gradient_transformation()
    for rate in 0.1, jnp.array(0.1):
      self.assertEqual(view(rate), view(rate))
      self.assertEqual(hash(view(rate)), hash(view(rate)))
    self.assertNotEqual(view(0.1), view(0.2))
    self.assertNotEqual(
        view(0.1), optax.pytree.sgd(0.1).as_gradient_transformation())
    self.assertEqual(pickle.loads(pickle.dumps(view(0.1))), view(0.1))

  def test_is_equal_whether_or_not_the_optimizer_has_a_state(self):
    opt = optax.pytree.adam(jnp.array(0.1, jnp.float32))
    self.assertEqual(
        opt.init(jnp.ones(2)).as_gradient_transformation(),
        opt.as_gradient_transformation())

  def test_another_weak_type_is_another_value(self):
    view = lambda x: optax.pytree.scale(x).as_gradient_transformation()
    self.assertNotEqual(view(jnp.asarray(0.5)), view(jnp.float32(0.5)))

  def test_passes_through_jit_as_an_argument(self):
    traces = []

    @jax.jit
    def step(tx, params):
      traces.append(1)
      return tx.update(params, tx.init(params), params)[0], tx

    for rate in 0.5, 0.25:
      tx = optax.pytree.sgd(rate).as_gradient_transformation()
      self.assertEqual(jax.tree.leaves(tx), [rate])
      updates, tx = step(tx, jnp.ones(2))
      np.testing.assert_array_equal(updates, [-rate, -rate])
    updates, _ = tx.update(jnp.ones(2), tx.init(jnp.ones(2)))
    np.testing.assert_array_equal(updates, [-rate, -rate])
    self.assertLen(traces, 1)

  def test_goes_into_a_functional_chain(self):
    tx = optax.chain(
        optax.scale(2.0), optax.pytree.sgd(0.5).as_gradient_transformation())
    updates, _ = tx.update(jnp.ones(2), tx.init(jnp.ones(2)))
    np.testing.assert_array_equal(updates, [-1.0, -1.0])

  def test_functional_transformation_is_lifted(self):
    tx = optax.adam(0.1)
    opt = optax.pytree.from_gradient_transformation(tx)
    self.assertIs(opt.tx, tx)
    updates, opt = opt.init(jnp.ones(2)).update(jnp.ones(2))
    expected, state = tx.update(jnp.ones(2), tx.init(jnp.ones(2)))
    _test_utils.assert_bit_identical(
        (updates, opt.opt_state), (expected, state))


class WrapTest(absltest.TestCase):

  def test_returns_one_class_for_a_factory(self):
    self.assertIs(optax.pytree.wrap(optax.adam), optax.pytree.adam)

  def test_returns_one_class_to_all_threads(self):
    interval = sys.getswitchinterval()
    self.addCleanup(sys.setswitchinterval, interval)
    sys.setswitchinterval(1e-6)
    for _ in range(20):
      factory = functools.partial(optax.adam, b1=object())
      with futures.ThreadPoolExecutor(4) as threads:
        classes = set(threads.map(o.wrap, [factory] * 4))
      self.assertLen(classes, 1)

  def test_decorated_factory_is_named_by_its_module(self):
    self.assertEqual(decorated.__module__, __name__)
    opt = decorated(0.1)
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_numbers_of_named_parameters_are_leaves(self):
    opt = with_leaves()
    self.assertEqual(jax.tree.leaves(opt), [0.9, 2.0])
    self.assertEqual(jax.tree.leaves(opt.replace(scale=3)), [0.9, 3.0])
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_annotations_that_are_strings(self):
    users = types.ModuleType('users')
    source = textwrap.dedent("""\
        from __future__ import annotations
        from typing import Optional
        import optax

        def make():
          Local = int

          @optax.pytree.wrap
          def factory(rate, a: int, b: Optional[int], c: int | None, d: Local,
                      e: optax.missing, f: 'len' | None):
            return optax.sgd(rate)

          return factory
    """)
    with mock.patch.dict(sys.modules, users=users):
      exec(source, vars(users))
      opt = users.make()(*map(jnp.array, range(7)))
    self.assertEqual(jax.tree.leaves(opt), [0, 4, 5, 6])

  def test_named_leaves_of_a_factory_that_keeps_its_name_pickle(self):
    opt = optax.pytree.wrap(undecorated_with_leaves, leaves=('rate',))(0.1)
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)
    self.assertEqual(jax.tree.leaves(opt), [0.1])

  def test_equal_partial_objects_have_one_class(self):
    wrap = lambda: optax.pytree.wrap(functools.partial(optax.adam, b1=0.5))
    self.assertIs(wrap(), wrap())
    opt = wrap()(0.1)
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)
    self.assertEqual(copy.deepcopy(opt), opt)

  def test_factory_may_keep_its_name(self):
    opt = optax.pytree.wrap(undecorated)(0.1)
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  def test_factory_may_return_an_optimizer(self):
    cls = optax.pytree.wrap(lambda rate: optax.pytree.sgd(rate))
    updates, _ = cls(0.5).init(jnp.ones(2)).update(jnp.ones(2))
    np.testing.assert_array_equal(updates, [-0.5, -0.5])


@optax.pytree.wrap
def decorated(learning_rate):
  return optax.sgd(learning_rate)


def undecorated(learning_rate):
  return optax.sgd(learning_rate)


def _integer(rate):
  return optax.sgd(rate if rate.is_integer() else 1.0)


@optax.pytree.wrap(leaves=('b1', 'scale'))
def with_leaves(b1=0.9, b2=0.99, scale=2):
  return optax.chain(optax.scale_by_adam(b1, b2), optax.scale(scale))


def undecorated_with_leaves(rate):
  return optax.sgd(rate)


class ErrorTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('missing', lambda: optax.pytree.adam(), TypeError,
       r"adam\(\) missing 1 required positional argument: 'learning_rate';"
       r' write adam\(learning_rate, b1=0.9, '),
      ('unknown', lambda: optax.pytree.adam(0.1, b3=1), TypeError,
       r"adam\(\) got an unexpected keyword argument 'b3'; write"
       r' adam\(learning_rate, '),
      ('replace_unknown', lambda: optax.pytree.adam(0.1).replace(b3=1),
       TypeError,
       "adam has no 'b3'; it has learning_rate, b1"),
      ('rejected_by_the_alias',
       lambda: optax.pytree.noisy_sgd(0.1, key=0, seed=0), ValueError,
       'Only one of seed or key'),
      ('replace_rejected_by_the_alias',
       lambda: optax.pytree.lbfgs().replace(memory_size=0), ValueError,
       'memory_size must be >= 1'),
      ('set_attribute', lambda: setattr(optax.pytree.adam(0.1), 'b1', 0.8),
       dataclasses.FrozenInstanceError, r'write opt = opt.replace\(b1=0.8\)'),
      ('unknown_attribute', lambda: optax.pytree.sgd(0.1).lr, AttributeError,
       "sgd has no 'lr'; it has learning_rate, .* Write opt.learning_rate"),
      ('delete_attribute', lambda: delattr(optax.pytree.adam(0.1), 'b1'),
       dataclasses.FrozenInstanceError, 'immutable'),
      ('update_before_init',
       lambda: optax.pytree.adam(0.1).update(jnp.ones(2)), ValueError,
       r'opt = opt.init\(params\)'),
      ('unpacked', lambda: [*optax.pytree.adam(0.1)], TypeError,
       r'Instead of `init, update = opt` write\n  opt = opt.init\(params\)'),
      ('indexed', lambda: optax.pytree.adam(0.1)[0], TypeError,
       'adam is not a sequence'),
      ('class_as_hyperparameter',
       lambda: optax.pytree.lbfgs(linesearch=optax.pytree.sgd), TypeError,
       r'linesearch is the class sgd, not an instance; write sgd\(...\)'),
      ('class_is_updated', lambda: optax.pytree.sgd.update(1.0, 1.0), TypeError,
       r'called on a class. Write\n  opt = optax.pytree.adam\(1e-3\)'),
      ('traced_static', lambda: jax.jit(
          lambda x: optax.pytree.lbfgs(memory_size=x))(3), TypeError,
       'memory_size is static, so that it may not be traced'),
      ('error_in_a_factory_is_shown', lambda: jax.jit(
          lambda x: optax.pytree.wrap(_integer)(x))(1.0), AttributeError,
       'is_integer'),
      ('wrap_unknown_leaf',
       lambda: optax.pytree.wrap(undecorated, leaves=('lr',)), ValueError,
       "undecorated has no parameter 'lr'; it has learning_rate"),
      ('wrap_a_transformation', lambda: optax.pytree.wrap(optax.identity()),
       TypeError, r'no function .*; write wrap\(optax.adam\) for a factory'),
      ('wrap_returns_no_transformation',
       lambda: optax.pytree.wrap(lambda x: x)(3), TypeError,
       'factory returned 3, not a gradient transformation'),
  )
  def test_raises(self, function, error, message):
    with self.assertRaisesRegex(error, message):
      function()

  @parameterized.parameters(
      'init', 'update', 'replace', 'tx', 'hyperparams', 'opt_state',
      'as_gradient_transformation', '_layout',
  )
  def test_wrap_refuses_a_parameter_that_is_taken(self, name):
    namespace = {}
    exec(f'def factory({name}): pass', namespace)  # pylint: disable=exec-used
    with self.assertRaisesRegex(ValueError, f"'{name}', a name that Optimizer"):
      optax.pytree.wrap(namespace['factory'])

  def test_functional_chain_names_the_way_in(self):
    tx = optax.chain(optax.pytree.adam(0.1))
    state = tx.init(jnp.ones(2))
    with self.assertRaisesRegex(
        TypeError, r'opt.as_gradient_transformation\(\)'):
      tx.update(jnp.ones(2), state)

  def test_optimizer_in_the_place_of_params(self):
    opt = optax.pytree.adam(0.1).init(jnp.ones(2))
    for call in (lambda: opt.init(opt), lambda: opt.update(jnp.ones(2), opt)):
      with self.assertRaisesRegex(TypeError, 'as_gradient_transformation'):
        call()


if __name__ == '__main__':
  absltest.main()
