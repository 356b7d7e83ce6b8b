"""The parameters and losses that the benchmarks train."""

from typing import NamedTuple

import candidates
import jax
import jax.numpy as jnp

_WIDTH = 64


class Workload(NamedTuple):
  params: candidates.Params
  loss: candidates.Loss


def mlp() -> Workload:
  """Four layers of width 64 on 64 examples: 8 leaves, 16,640 floats."""
  keys = jax.random.split(jax.random.key(0), 6)
  inputs, targets = (jax.random.normal(k, (_WIDTH, _WIDTH)) for k in keys[4:])
  params = {}
  for i, key in enumerate(keys[:4]):
    params[f'w{i}'] = jax.random.normal(key, (_WIDTH, _WIDTH)) * _WIDTH**-0.5
    params[f'b{i}'] = jnp.zeros(_WIDTH)

  def loss(params):
    x = inputs
    for i in range(4):
      x = jnp.tanh(x @ params[f'w{i}'] + params[f'b{i}'])
    return jnp.mean((x - targets) ** 2)

  return Workload(params, loss)


def leaves(number: int) -> Workload:
  """Leaves of four floats, which hardly cost more than their dispatch."""
  return Workload({f'p{i}': jnp.ones(4) for i in range(number)}, _square)


def transformer() -> Workload:
  """The parameters of a transformer: 147 leaves, 10 million floats.

  The loss is only their square, so that the step is mostly the optimizer's.
  """
  width, blocks = 256, 12
  params = {'embedding': jnp.ones((2048, width)), 'scale': jnp.ones(width),
            'bias': jnp.ones(width)}
  for i in range(blocks):
    shapes = {
        **{name: (width, width) for name in ('query', 'key', 'value', 'out')},
        'up': (width, 4 * width), 'up_bias': (4 * width,),
        'down': (4 * width, width), 'down_bias': (width,),
        **{f'norm{j}_{name}': (width,) for j in range(2)
           for name in ('scale', 'bias')},
    }
    params |= {f'{i}_{name}': jnp.ones(x) for name, x in shapes.items()}
  return Workload(params, _square)


def _square(params: candidates.Params) -> jax.Array:
  return sum(0.5 * jnp.sum(x**2) for x in params.values())


WORKLOADS = {
    'MLP 4x64': mlp,
    '2 leaves': lambda: leaves(2),
    '200 leaves': lambda: leaves(200),
    '2,000 leaves': lambda: leaves(2000),
    'transformer, 10 M': transformer,
}
