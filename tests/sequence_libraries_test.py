"""Tests that no library warns of the tuple interface for what it does right.

Each runs with the deprecation as an error, as a project would that is done.
"""

import copy
import functools
import pickle
import sys
import tempfile
import unittest
import warnings

from absl.testing import absltest
import chex
import cloudpickle
import equinox as eqx
from flax import linen
from flax import nnx
from flax import serialization
from flax.training import train_state
import jax
import jax.numpy as jnp
import optax
import orbax.checkpoint as ocp
import rich.pretty

PARAMS = {'w': jnp.ones(3)}


def make_tx():
  return optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.1))


class Model(linen.Module):
  """A module that trains an inner problem: a transformation is its field."""

  tx: optax.GradientTransformation

  @linen.compact
  def __call__(self, x):
    x = linen.Dense(3)(x)
    updates, _ = self.tx.update(x, self.tx.init(x), x)
    return updates


class SequenceLibrariesTest(absltest.TestCase):

  def setUp(self):
    super().setUp()
    context = warnings.catch_warnings()
    context.__enter__()
    self.addCleanup(context.__exit__, None, None, None)
    warnings.filterwarnings('error', 'GradientTransformation as a tuple')

  def test_the_filter_is_on(self):
    with self.assertRaises(DeprecationWarning):
      len(make_tx())

  def test_flax_train_state(self):
    state = train_state.TrainState.create(
        apply_fn=len, params=PARAMS, tx=make_tx()
    )
    step = jax.jit(lambda state, grads: state.apply_gradients(grads=grads))
    state = step(step(state, PARAMS), PARAMS)
    data = serialization.to_bytes(state)
    restored = serialization.from_bytes(state, data)
    self.assertEqual(int(restored.step), 2)
    self.assertIs(copy.copy(state).replace(step=0).tx, state.tx)
    self.assertEqual(jax.tree.structure(state), jax.tree.structure(restored))
    self.assertIn('GradientTransformationExtraArgs(init=', repr(state))

  def test_flax_train_state_in_orbax(self):
    state = train_state.TrainState.create(
        apply_fn=len, params=PARAMS, tx=make_tx()
    )
    folder = self.enter_context(tempfile.TemporaryDirectory())
    path = f'{folder}/state'
    with ocp.StandardCheckpointer() as checkpointer:
      checkpointer.save(path, state)
      checkpointer.wait_until_finished()
      restored = checkpointer.restore(path, state)
    chex.assert_trees_all_equal(restored, state)

  @unittest.skipIf(sys.version_info < (3, 11),
                   'its last Flax has another nnx.Optimizer.update')
  def test_nnx_optimizer(self):
    model = nnx.Linear(3, 3, rngs=nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, make_tx(), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer):
      loss = lambda model: jnp.sum(model(jnp.ones(3)) ** 2)
      optimizer.update(model, nnx.grad(loss)(model))

    step(model, optimizer)
    clone = nnx.clone(optimizer)
    step(model, clone)
    self.assertEqual(int(clone.step[...]), 2)
    graphdef, state = nnx.split(optimizer)
    self.assertIs(nnx.merge(graphdef, state).tx, optimizer.tx)
    self.assertIn('GradientTransformationExtraArgs', repr(graphdef))
    self.assertIn('tx=', repr(optimizer))

  def test_linen_module_with_a_field(self):
    model = Model(make_tx())
    x = jnp.ones(3)
    variables = model.init(jax.random.key(0), x)
    self.assertEqual(jax.jit(model.apply)(variables, x).shape, (3,))
    self.assertEqual(model.clone(), model)
    self.assertEqual(hash(model.clone()), hash(model))
    self.assertIn('tx = GradientTransformationExtraArgs(', repr(model))
    self.assertIn('Dense_0', model.tabulate(jax.random.key(0), x))
    self.assertIs(type(model.bind(variables).tx), type(model.tx))

  def test_linen_module_with_a_field_in_jit(self):
    model = linen.jit(Model)(make_tx())
    x = jnp.ones(3)
    variables = model.init(jax.random.key(0), x)
    self.assertEqual(model.apply(variables, x).shape, (3,))

  def test_rich(self):
    self.assertIn('GradientTransformationExtra', rich.pretty.pretty_repr(
        make_tx()))

  def test_equinox_module_with_a_field(self):
    class Trainer(eqx.Module):
      tx: optax.GradientTransformation
      params: dict[str, jax.Array]

    @eqx.filter_jit
    def step(trainer, tx):
      updates, _ = tx.update(PARAMS, trainer.tx.init(PARAMS), PARAMS)
      params = optax.apply_updates(trainer.params, updates)
      return eqx.tree_at(lambda t: t.params, trainer, params)

    trainer = Trainer(make_tx(), PARAMS)
    new = step(trainer, trainer.tx)
    self.assertTrue(eqx.tree_equal(new.tx, trainer.tx))
    self.assertTrue(
        eqx.tree_equal(eqx.combine(*eqx.partition(new, eqx.is_array)), new)
    )
    self.assertIn('GradientTransformationExtraArgs(', repr(new))

  def test_chex(self):
    @chex.dataclass(frozen=True)
    class Learner:
      tx: optax.GradientTransformation

    tx = make_tx()
    learner = Learner(tx=tx)
    self.assertIs(learner.replace(tx=tx).tx, tx)
    self.assertEqual(copy.deepcopy(learner), learner)
    self.assertIn('init=', repr(learner))
    chex.assert_trees_all_equal_structs(learner, learner)
    chex.assert_trees_all_equal_structs(tx, tx)
    chex.assert_equal(tx, tx)
    self.assertEqual(Learner.from_tuple(learner.to_tuple()), learner)

  def test_cloudpickle(self):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
      with self.subTest(protocol=protocol):
        tx = cloudpickle.loads(cloudpickle.dumps(make_tx(), protocol))
        chex.assert_trees_all_equal(tx.init(PARAMS), make_tx().init(PARAMS))

  def test_lru_cache(self):
    @functools.lru_cache
    def compiled(tx):
      return jax.jit(tx.update)

    tx = make_tx()
    self.assertIs(compiled(tx), compiled(tx.replace()))


if __name__ == '__main__':
  absltest.main()
