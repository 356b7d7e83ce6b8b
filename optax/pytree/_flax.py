"""Lets flax.serialization, if the program has it, write and read optimizers."""

import sys
from typing import Any

import jax


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
    if state.keys() != {'hyperparams', 'opt_state'}:  # Functional optax's.
      return opt.replace(opt_state=serialization.from_state_dict(
          opt.opt_state, state, name='opt_state'
      ))

    def read(path, x):
      value = state['hyperparams'][jax.tree_util.keystr(path)]
      # An array would be float32, and promote bfloat16 updates.
      return float(value) if isinstance(x, float) else value

    hyperparams = jax.tree_util.tree_map_with_path(
        read, opt.replace(opt_state=None)
    )
    return hyperparams.replace(opt_state=serialization.from_state_dict(
        opt.opt_state, state['opt_state'], name='opt_state'
    ))

  try:
    serialization.register_serialization_state(
        cls, to_state_dict, from_state_dict
    )
  except ValueError:  # It is registered.
    pass
