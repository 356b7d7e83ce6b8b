"""Gradient accumulation as an immutable pytree."""

from typing import Any

import jax
from optax import transforms
from optax.pytree import _optimizer
from optax.pytree import _values


_Wrapped: Any = _optimizer.wrap(transforms.MultiSteps)


class MultiSteps(_Wrapped):
  __doc__ = _Wrapped.__doc__
  __module__ = 'optax.pytree'

  def has_updated(self) -> jax.Array:
    """Whether the last update was that of the inner optimizer, a boolean."""
    if not _values.has_state(self):
      raise ValueError('MultiSteps.has_updated needs the state that init makes;'
                       ' write opt = opt.init(params)')
    tx: Any = self.tx
    return tx.has_updated(self.opt_state)
