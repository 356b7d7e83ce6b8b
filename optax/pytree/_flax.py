"""Lets flax.serialization, if the program has it, write and read optimizers."""

import sys
from typing import Any

import jax


def _hyperparams(opt: Any) -> dict[str, Any]:
  """Returns the leaves that are not the state's, by path."""
  leaves = jax.tree_util.tree_leaves_with_path(opt.replace(opt_state=None))
  return {jax.tree_util.keystr(path): x for path, x in leaves}


def register(cls: type[Any]) -> None:
  """Registers a class of optimizers, unless that was done or Flax is unused."""
  serialization = sys.modules.get('flax.serialization')
  if serialization is None:
    return

  def to_state_dict(opt):
    return {
        'hyperparams': _hyperparams(opt),
        'opt_state': serialization.to_state_dict(opt.opt_state),
    }

  def from_state_dict(opt, state):
    hyperparams = _hyperparams(opt)
    if state.keys() != {'hyperparams', 'opt_state'}:  # Functional optax's.
      state = {'hyperparams': hyperparams, 'opt_state': state}
    for path in state['hyperparams'].keys() ^ hyperparams.keys():
      raise ValueError(
          f'{cls.__name__}: {path} is a number or array either in the state'
          ' dict or in the optimizer to restore to, not in both'
      )

    def read(path, x):
      value = state['hyperparams'].get(jax.tree_util.keystr(path), x)
      # An array would be float32, and promote bfloat16 updates.
      return float(value) if isinstance(x, float) else value

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
