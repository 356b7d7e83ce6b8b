"""The table of optimizers that drives the tests of optax.pytree."""

from collections.abc import Callable
import inspect
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax


class Case(NamedTuple):
  """How the tests call a factory.

  Attributes:
    kwargs: arguments for the factory.
    extra_args: names of the extra arguments of its update.
    scalars: whether it accepts scalar parameters.
  """

  kwargs: dict[str, Any]
  extra_args: tuple[str, ...] = ()
  scalars: bool = True


_DEFAULT = Case({'learning_rate': 0.01})

_SPECIAL = {
    'lbfgs': Case({}, ('value', 'grad', 'value_fn')),
    'noisy_sgd': Case({'learning_rate': 0.01, 'key': jax.random.key(0)}),
    'polyak_sgd': Case({}, ('value',)),
    'sm3': Case({'learning_rate': 0.01}, scalars=False),
}

CASES = {
    name: _SPECIAL.get(name, _DEFAULT)
    for name, cls in vars(optax.pytree).items()
    if inspect.isclass(cls) and cls.__module__ == optax.pytree.__name__
}


def params(dtype: Any = jnp.float32, *, scalars: bool = True) -> Any:
  """Returns a small nested pytree of parameters."""
  keys = jax.random.split(jax.random.key(1), 3)
  return {
      'layer': {
          'w': jax.random.normal(keys[0], (4, 3), dtype),
          'b': jax.random.normal(keys[1], (3,), dtype),
      },
      'scale': jax.random.normal(keys[2], () if scalars else (1,), dtype),
  }


def loss(tree: Any) -> jax.Array:
  """A quadratic with a different curvature in each direction."""
  return sum(
      jnp.vdot(jnp.square(x - 0.3), jnp.arange(1, x.size + 1, dtype=x.dtype))
      for x in map(jnp.ravel, jax.tree.leaves(tree))
  )


def train(
    init: Callable[..., Any], update: Callable[..., Any], case: Case,
    hyperparameter: Any, dtype: Any, steps: int
) -> tuple[Any, Any]:
  """Trains in a jitted step.

  Args:
    init: called with hyperparameter and params, returns a state.
    update: called as update(hyperparameter, updates, state, params, ...) in
      the jitted step, returns updates and a state.
    case: tells the extra arguments.
    hyperparameter: an argument of the jitted step.
    dtype: of the parameters.
    steps: how many.

  Returns:
    The parameters and the state after the last step.
  """
  value_and_grad = jax.jit(jax.value_and_grad(loss))

  @jax.jit
  def step(hyperparameter, state, tree, value, grad):
    extra = {'value': value, 'grad': grad, 'value_fn': loss}
    updates, state = update(
        hyperparameter, grad, state, tree,
        **{name: extra[name] for name in case.extra_args}
    )
    return optax.apply_updates(tree, updates), state

  tree = params(dtype, scalars=case.scalars)
  state = init(hyperparameter, tree)
  for _ in range(steps):
    tree, state = step(hyperparameter, state, tree, *value_and_grad(tree))
  return tree, state


def assert_bit_identical(actual: Any, desired: Any) -> None:
  """Asserts that structures, dtypes, shapes and all bits are equal."""
  actual, treedef = jax.tree_util.tree_flatten_with_path(actual)
  desired, desired_treedef = jax.tree_util.tree_flatten_with_path(desired)
  assert treedef == desired_treedef, f'{treedef} is not {desired_treedef}'
  for (path, x), (_, y) in zip(actual, desired):
    assert x.dtype == y.dtype and x.shape == y.shape, (path, x, y)
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      x, y = jax.random.key_data(x), jax.random.key_data(y)
    x, y = np.asarray(x), np.asarray(y)
    if x.tobytes() != y.tobytes():
      difference = np.max(np.abs(x.astype(float) - y.astype(float)))
      raise AssertionError(f'{jax.tree_util.keystr(path)}: {difference}')
