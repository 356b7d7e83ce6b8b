"""The ways to train that are compared, as the users of each write them.

A candidate is made for a loss and an optimizer. Its `start(params,
learning_rate)` returns the step, and what the step takes and returns. What
several runs can share, such as one jitted function, is made with the candidate.
An optimizer is a function of a module, such as `optax`, that returns the
factory for a learning rate.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
from flax import nnx
from flax.training import train_state
import jax
import jax.numpy as jnp
import optax

try:  # It needs Python 3.13.
  import tjax.gradient
except ImportError:
  tjax = None

Params = dict[str, jax.Array]
Loss = Callable[[Params], jax.Array]
Optimizer = Callable[[Any], Callable[..., Any]]


def adam(module: Any) -> Callable[..., Any]:
  return module.adam


def clipped_adamw(module: Any) -> Callable[..., Any]:
  clip = module.clip_by_global_norm(1.0)

  def clipped_adamw(learning_rate):
    return module.chain(clip, module.adamw(learning_rate))

  return clipped_adamw


def warmup_adam(module: Any) -> Callable[..., Any]:
  return lambda learning_rate: module.adam(
      module.warmup_cosine_decay_schedule(0.0, learning_rate, 10, 100)
  )


def masked_adamw(module: Any) -> Callable[..., Any]:
  mask = lambda params: {name: name.startswith('w') for name in params}
  return lambda learning_rate: module.adamw(learning_rate, mask=mask)


def partly_functional(module: Any) -> Callable[..., Any]:
  clip = optax.clip_by_global_norm(1.0)
  return lambda learning_rate: module.chain(clip, module.adam(learning_rate))


class Functional:
  """Functional optax, the learning rate a constant: the first floor."""

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.loss, self.factory = loss, optimizer(optax)

  def start(self, params, learning_rate):
    loss, tx = self.loss, self.factory(learning_rate)

    @jax.jit
    def step(params, state):
      updates, state = tx.update(jax.grad(loss)(params), state, params)
      return optax.apply_updates(params, updates), state

    return step, (params, tx.init(params))


class FunctionalArgument:
  """Functional optax, the learning rate an argument: the second floor."""

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.factory = optimizer(optax)

    @jax.jit
    def step(params, state, learning_rate):
      tx = self.factory(learning_rate)
      updates, state = tx.update(jax.grad(loss)(params), state, params)
      return optax.apply_updates(params, updates), state

    self.step = step

  def start(self, params, learning_rate):
    carry = params, self.factory(learning_rate).init(params), learning_rate
    return lambda p, s, rate: (*self.step(p, s, rate), rate), carry


class Pytree:
  """The optimizer as a pytree, an argument of the jitted step."""

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.factory = optimizer(optax.pytree)

    @jax.jit
    def step(params, opt):
      updates, opt = opt.update(jax.grad(loss)(params), params)
      return optax.apply_updates(params, updates), opt

    self.step = step

  def start(self, params, learning_rate):
    return self.step, (params, self.factory(learning_rate).init(params))


class InjectHyperparams:
  """optax.inject_hyperparams around the factory; the state has the rate."""

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.factory = optax.inject_hyperparams(optimizer(optax))
    tx = self.factory(learning_rate=0.0)

    @jax.jit
    def step(params, state):
      updates, state = tx.update(jax.grad(loss)(params), state, params)
      return optax.apply_updates(params, updates), state

    self.step = step

  def start(self, params, learning_rate):
    # An array: a Python number would compile twice.
    tx = self.factory(learning_rate=jnp.asarray(learning_rate))
    return self.step, (params, tx.init(params))


class TrainState:
  """flax.training.train_state.TrainState."""

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.factory = optimizer(optax)

    @jax.jit
    def step(state):
      return (state.apply_gradients(grads=jax.grad(loss)(state.params)),)

    self.step = step

  def start(self, params, learning_rate):
    state = train_state.TrainState.create(
        apply_fn=None, params=params, tx=self.factory(learning_rate)
    )
    return self.step, (state,)


class Model(nnx.Module):
  """Parameters of flax.nnx."""

  def __init__(self, params: Params):
    self.params = nnx.Dict({k: nnx.Param(x) for k, x in params.items()})


class NnxJit:
  """flax.nnx.Optimizer under nnx.jit."""

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.factory = optimizer(optax)

    def model_loss(model):
      return loss({k: x[...] for k, x in model.params.items()})

    @nnx.jit
    def step(model, optimizer):
      optimizer.update(model, nnx.grad(model_loss)(model))

    self.step = step

  def start(self, params, learning_rate):
    model = Model(params)
    optimizer = nnx.Optimizer(
        model, self.factory(learning_rate), wrt=nnx.Param
    )
    return self.mutate(model, optimizer), (model, optimizer)

  def mutate(self, model, optimizer):
    del model, optimizer

    def step(model, optimizer):
      self.step(model, optimizer)
      return model, optimizer

    return step


class NnxCachedPartial(NnxJit):
  """flax.nnx.Optimizer under nnx.jit and nnx.cached_partial."""

  def mutate(self, model, optimizer):
    cached = nnx.cached_partial(self.step, model, optimizer)

    def step(model, optimizer):
      cached()
      return model, optimizer

    return step


class FilterJit:
  """Functional optax as Equinox's documentation shows it."""

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.loss, self.factory = loss, optimizer(optax)

  def start(self, params, learning_rate):
    loss, tx = self.loss, self.factory(learning_rate)

    @eqx.filter_jit
    def step(model, state):
      grads = eqx.filter_grad(loss)(model)
      updates, state = tx.update(
          grads, state, eqx.filter(model, eqx.is_inexact_array)
      )
      return eqx.apply_updates(model, updates), state

    return step, (params, tx.init(eqx.filter(params, eqx.is_inexact_array)))


class Tjax:
  """The transformations of tjax, which are pytrees with a separate state."""

  class module:
    """Those that it has: no clipping by the global norm."""

    if tjax:
      adam = tjax.gradient.Adam

  def __init__(self, loss: Loss, optimizer: Optimizer):
    self.factory = optimizer(self.module)

    @jax.jit
    def step(params, state, tx):
      updates, state = tx.update(jax.grad(loss)(params), state, params)
      return optax.apply_updates(params, updates), state, tx

    self.step = step

  def start(self, params, learning_rate):
    tx = self.factory(learning_rate)
    return self.step, (params, tx.init(params), tx)


CANDIDATES = {
    'functional': Functional,
    'functional, rate as argument': FunctionalArgument,
    'optax.pytree': Pytree,
    'inject_hyperparams': InjectHyperparams,
    'TrainState': TrainState,
    'nnx.jit': NnxJit,
    'nnx.cached_partial': NnxCachedPartial,
    'eqx.filter_jit': FilterJit,
    'tjax': Tjax,
}
