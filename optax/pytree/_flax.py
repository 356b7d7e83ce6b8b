"""Lets flax.serialization, if the program has it, write and read optimizers."""

import sys
from typing import Any

import jax
import jax.numpy as jnp
from optax.pytree import _state


def register(cls: type[Any]) -> None:
  """Registers a class of optimizers, unless that was done or Flax is unused."""
  serialization = sys.modules.get('flax.serialization')
  if serialization is None:
    return

  def to_state_dict(opt):
    leaves = jax.tree_util.tree_leaves_with_path(opt.replace(opt_state=None))
    return {
        'hyperparams': {jax.tree_util.keystr(path): x for path, x in leaves},
        'opt_state': serialization.to_state_dict(opt.opt_state),
    }

  def from_state_dict(opt, state):
    expected = to_state_dict(opt)
    if state.keys() != expected.keys():  # Functional optax's.
      state = {**expected, 'opt_state': state}
    # Flax would leave out what it does not expect.
    _state.check(expected, state, f'{cls.__name__}: state_dict')

    def read(path, x):
      value = state['hyperparams'].get(jax.tree_util.keystr(path), x)
      # A strongly typed array would promote bfloat16 updates.
      is_weak = isinstance(x, float) or getattr(x, 'weak_type', False)
      return float(value) if is_weak and jnp.ndim(value) == 0 else value

    return jax.tree_util.tree_map_with_path(read, opt.replace(
        opt_state=serialization.from_state_dict(
            opt.opt_state, state['opt_state'], name='opt_state'
        )
    ))

  try:
    serialization.register_serialization_state(
        cls, to_state_dict, from_state_dict
    )
  except ValueError:  # It is registered.
    pass
