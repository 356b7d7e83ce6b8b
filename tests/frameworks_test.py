"""Tests of optimizers in the frameworks that take a GradientTransformation.

Each trains, changes the learning rate without compiling anew, and goes on; the
numbers are those of functional optax, which gets the learning rate as an
argument of the jitted step. docs/frameworks.md shows the same lines.
"""

import dataclasses
import inspect
import unittest

from absl.testing import absltest
from absl.testing import parameterized
import equinox as eqx
from flax import linen
from flax import nnx
from flax.training import train_state
import haiku as hk
import jax
import jax.numpy as jnp
import numpyro
from numpyro import distributions
from numpyro.infer import autoguide
import optax
from optax.pytree import _test_utils
import optimistix
from penzai import pz
from penzai.toolshed import basic_training

o = optax.pytree

_X = jax.random.normal(jax.random.key(0), (16, 3))
_Y = _X @ jnp.array([1.0, -2.0, 3.0]) + 0.5


_needs_model = unittest.skipUnless(
    'model' in inspect.signature(nnx.Optimizer.update).parameters,
    'nnx.Optimizer.update takes no model in the last Flax for Python 3.10',
)


def _loss(prediction):
  return jnp.mean((prediction - _Y) ** 2)


class FrameworksTest(absltest.TestCase):

  def train(self, step, carry, change, compiled='step'):
    """Trains with two learning rates, and one compilation for both."""
    with _test_utils.compilations(compiled) as found:
      for _ in range(3):
        carry = step(carry)
      carry = change(carry)
      for _ in range(3):
        carry = step(carry)
    self.assertLen(found, 1)
    return carry

  def desired(self, params, predict):
    """Returns the parameters after the same training in functional optax."""

    @jax.jit
    def step(params, state, rate):
      grads = jax.grad(lambda p: _loss(predict(p)))(params)
      updates, state = optax.adam(rate).update(grads, state, params)
      return optax.apply_updates(params, updates), state

    state = optax.adam(0.1).init(params)
    for rate in 3 * [0.1] + 3 * [0.01]:
      params, state = step(params, state, rate)
    return params

  def test_linen_train_state(self):
    model = linen.Dense(1)
    params = model.init(jax.random.key(1), _X)
    predict = lambda params: model.apply(params, _X)[:, 0]
    opt = o.adam(0.1)
    state = train_state.TrainState.create(
        apply_fn=model.apply, params=params, tx=opt.as_gradient_transformation()
    )

    @jax.jit
    def step(state):
      grads = jax.grad(lambda p: _loss(predict(p)))(state.params)
      return state.apply_gradients(grads=grads)

    change = lambda state: state.replace(
        opt_state=state.opt_state.replace(learning_rate=0.01)
    )
    state = self.train(step, state, change)
    _test_utils.assert_bit_identical(
        state.params, self.desired(params, predict)
    )

  @_needs_model
  def test_nnx_optimizer(self):
    model = nnx.Linear(3, 1, rngs=nnx.Rngs(1))
    graphdef, params = nnx.split(model)
    predict = lambda params: nnx.merge(graphdef, params)(_X)[:, 0]
    desired = self.desired(params, predict)
    opt = o.adam(0.1)
    optimizer = nnx.Optimizer(
        model, opt.as_gradient_transformation(), wrt=nnx.Param
    )

    @nnx.jit
    def step(model, optimizer):
      grads = nnx.grad(lambda model: _loss(model(_X)[:, 0]))(model)
      optimizer.update(model, grads)

    def run(carry):
      step(model, optimizer)
      return carry

    def change(carry):
      optimizer.opt_state.learning_rate[...] = 0.01
      return carry

    self.train(run, None, change)
    _test_utils.assert_bit_identical(
        jax.tree.leaves(nnx.state(model)), jax.tree.leaves(desired)
    )

  def test_equinox(self):
    model = eqx.nn.Linear(3, 1, key=jax.random.key(1))
    predict = lambda model: jax.vmap(model)(_X)[:, 0]
    desired = self.desired(model, predict)
    # An array, since filter_jit takes a Python number for static.
    opt = o.adam(jnp.asarray(0.1)).init(eqx.filter(model, eqx.is_array))

    @eqx.filter_jit
    def step(carry):
      model, opt = carry
      grads = eqx.filter_grad(lambda model: _loss(predict(model)))(model)
      updates, opt = opt.update(grads, eqx.filter(model, eqx.is_array))
      return eqx.apply_updates(model, updates), opt

    change = lambda carry: (carry[0], carry[1].replace(
        learning_rate=jnp.asarray(0.01)))
    model, _ = self.train(step, (model, opt), change)
    _test_utils.assert_bit_identical(
        eqx.filter(model, eqx.is_array), eqx.filter(desired, eqx.is_array)
    )

  def test_haiku(self):
    model = hk.without_apply_rng(hk.transform(lambda x: hk.Linear(1)(x)))
    params = model.init(jax.random.key(1), _X)
    predict = lambda params: model.apply(params, _X)[:, 0]

    @jax.jit
    def step(carry):
      params, opt = carry
      grads = jax.grad(lambda p: _loss(predict(p)))(params)
      updates, opt = opt.update(grads, params)
      return optax.apply_updates(params, updates), opt

    change = lambda carry: (carry[0], carry[1].replace(learning_rate=0.01))
    actual, _ = self.train(step, (params, o.adam(0.1).init(params)), change)
    _test_utils.assert_bit_identical(actual, self.desired(params, predict))

  def test_penzai(self):
    inputs = pz.nx.wrap(_X, 'batch', 'in')
    predict = lambda model: model(inputs).unwrap('batch', 'out')[:, 0]
    model = pz.nn.Affine.from_config(
        'affine', jax.random.key(1), {'in': 3}, {'out': 1}
    )
    unbound, params = pz.unbind_params(model, freeze=True)
    desired = self.desired(
        params, lambda params: predict(pz.bind_variables(unbound, params))
    )
    trainer = basic_training.StatefulTrainer.build(
        root_rng=jax.random.key(0), model=model,
        optimizer_def=o.adam(0.1).as_gradient_transformation(),
        loss_fn=lambda model, state, rng: (_loss(predict(model)), state, {}),
    )

    def change(carry):
      state = trainer.state.value
      trainer.state.value = dataclasses.replace(
          state, opt_state=state.opt_state.replace(learning_rate=0.01)
      )

    self.train(
        lambda carry: trainer.step(), None, change, '_stateful_trainer_step'
    )
    _, actual = pz.unbind_params(trainer.model, freeze=True)
    _test_utils.assert_bit_identical(actual, desired)

  def test_numpyro(self):
    def model():
      normal = distributions.Normal(jnp.zeros(3), 1.0)
      w = numpyro.sample('w', normal.to_event())
      numpyro.sample('y', distributions.Normal(_X @ w, 0.1), obs=_Y)

    def make(tx):
      svi = numpyro.infer.SVI(
          model, autoguide.AutoNormal(model),
          numpyro.optim.optax_to_numpyro(tx), numpyro.infer.Trace_ELBO(),
      )
      return svi, svi.init(jax.random.key(1))

    svi, state = make(o.adam(0.1).as_gradient_transformation())

    @jax.jit
    def step(state):
      return svi.update(state)[0]

    def change(state):
      count, (params, opt) = state.optim_state
      opt = opt.replace(learning_rate=0.01)
      return state._replace(optim_state=(count, (params, opt)))

    actual = self.train(step, state, change)

    @jax.jit
    def functional(state, rate):
      svi, _ = make(optax.adam(rate))
      return svi.update(state)[0]

    _, desired = make(optax.adam(0.1))
    for rate in 3 * [0.1] + 3 * [0.01]:
      desired = functional(desired, rate)
    _test_utils.assert_bit_identical(
        svi.get_params(actual), svi.get_params(desired)
    )

  def test_optimistix(self):
    # Its solvers hold the whole run, so the learning rate changes with the
    # solver: as an argument, since the optimizer is a pytree.
    params = {'w': jnp.ones(3), 'b': jnp.zeros(())}
    predict = lambda params: _X @ params['w'] + params['b']

    @jax.jit
    def step(carry):
      params, opt = carry
      solver = optimistix.OptaxMinimiser(
          opt.as_gradient_transformation(), rtol=0.0, atol=0.0
      )
      solution = optimistix.minimise(
          lambda params, _: _loss(predict(params)), solver, params,
          max_steps=4, throw=False,
      )
      return solution.value, opt

    change = lambda carry: (carry[0], carry[1].replace(learning_rate=0.01))
    actual, _ = self.train(step, (params, o.adam(0.1)), change)

    def functional(params, rate):
      tx = optax.adam(rate)
      solver = optimistix.OptaxMinimiser(tx, rtol=0.0, atol=0.0)
      return optimistix.minimise(
          lambda params, _: _loss(predict(params)), solver, params,
          max_steps=4, throw=False,
      ).value

    for rate in 3 * [0.1] + 3 * [0.01]:
      params = jax.jit(functional)(params, rate)
    _test_utils.assert_bit_identical(actual, params)

  def test_optimistix_with_another_rate_compiles_nothing(self):
    traces = []

    def loss(params, _):
      traces.append(1)
      return jnp.sum((_X @ params - _Y) ** 2)

    def minimise(rate):  # A Python number is static to Equinox.
      tx = o.adam(jnp.asarray(rate)).as_gradient_transformation()
      solver = optimistix.OptaxMinimiser(tx, rtol=0.0, atol=0.0)
      optimistix.minimise(loss, solver, jnp.ones(3), max_steps=2, throw=False)
      return len(traces)

    first = minimise(0.1)
    self.assertGreater(first, 0)
    self.assertEqual(minimise(0.01), first)

  def test_train_state_made_again_compiles_nothing(self):
    traces = []

    @jax.jit
    def step(state):
      traces.append(1)
      return state.apply_gradients(grads=state.params)

    for rate in 3 * [0.1] + 3 * [jnp.asarray(0.1)]:
      step(train_state.TrainState.create(
          apply_fn=_loss, params={'w': jnp.ones(3)},
          tx=o.adam(rate).as_gradient_transformation()))
    self.assertLen(traces, 2)  # One for each kind.

  @_needs_model
  def test_nnx_optimizer_made_again_compiles_nothing(self):
    traces = []

    @nnx.jit
    def step(optimizer, model):
      traces.append(1)
      optimizer.update(model, nnx.state(model, nnx.Param))

    for _ in range(3):
      model = nnx.Linear(3, 1, rngs=nnx.Rngs(0))
      step(nnx.Optimizer(
          model, o.adam(0.1).as_gradient_transformation(), wrt=nnx.Param
      ), model)
    self.assertLen(traces, 1)


@_needs_model
class NnxTest(parameterized.TestCase):
  """What the variables hold in which nnx keeps a state, which are callable."""

  def make(self, opt):
    model = nnx.Linear(3, 1, rngs=nnx.Rngs(1))
    optimizer = nnx.Optimizer(
        model, opt.as_gradient_transformation(), wrt=nnx.Param)
    return model, optimizer

  @parameterized.named_parameters(
      ('number', lambda: o.adam(0.1), 0.1),
      ('chain', lambda: o.chain(o.clip(1.0), o.adam(0.1)), 0.1),
      ('schedule', lambda: o.adam(o.linear_schedule(0.1, 0.0, 4)), 0.075),
      ('scheduled_chain',
       lambda: o.chain(o.clip(1.0), o.adam(o.linear_schedule(0.1, 0.0, 4))),
       0.075),
  )
  def test_hyperparams(self, make, expected):
    model, optimizer = self.make(make())
    optimizer.update(model, nnx.state(model, nnx.Param))
    hyperparams = optimizer.opt_state.hyperparams
    self.assertAlmostEqual(
        float(hyperparams['learning_rate']), expected, places=6)
    self.assertIn('eps', repr(hyperparams))

  @parameterized.named_parameters(
      ('leaf', {'learning_rate': 0.05}), ('static', {'b1': 0.5}),
      ('both', {'learning_rate': 0.05, 'b1': 0.5}),
  )
  def test_replace_and_then_assign(self, changes):
    for opt in o.adam(0.1), o.chain(o.clip(1.0), o.adam(0.1)):
      model, optimizer = self.make(opt)

      @nnx.jit
      def step(model, optimizer):
        optimizer.update(model, nnx.state(model, nnx.Param))

      step(model, optimizer)
      optimizer.opt_state = optimizer.opt_state.replace(changes)
      step(model, optimizer)
      hyperparams = optimizer.opt_state.hyperparams
      for name, x in changes.items():
        self.assertAlmostEqual(float(hyperparams[name]), x)
      optimizer.opt_state.learning_rate[...] = 0.02
      before = model.bias[...] + 0.0
      step(model, optimizer)
      self.assertAlmostEqual(
          float(optimizer.opt_state.hyperparams['learning_rate']), 0.02)
      self.assertLess(abs(model.bias[...] - before).max(), 0.021)

  def test_replace_keeps_the_compilation(self):
    model, optimizer = self.make(o.adam(0.1))
    traces = []

    @nnx.jit
    def step(model, optimizer):
      traces.append(optimizer)
      optimizer.update(model, nnx.state(model, nnx.Param))

    for rate in 0.1, 0.2, 0.3:
      step(model, optimizer)
      optimizer.opt_state = optimizer.opt_state.replace(learning_rate=rate)
    self.assertLen(traces, 1)


if __name__ == '__main__':
  absltest.main()
