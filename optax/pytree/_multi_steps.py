"""Gradient accumulation as an immutable pytree."""

from typing import Any

import jax
from optax import transforms
from optax.pytree import _optimizer


class MultiSteps(_optimizer.wrap(transforms.MultiSteps)):
  __doc__ = _optimizer.wrap(transforms.MultiSteps).__doc__
  __module__ = 'optax.pytree'

  def has_updated(self) -> jax.Array:
    """Whether the last update was that of the inner optimizer, a boolean."""
    tx: Any = self.tx
    return tx.has_updated(self.opt_state)
