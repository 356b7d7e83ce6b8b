"""Schedules as immutable pytrees."""

from collections.abc import Callable
import sys
from typing import Any

import jax
from optax._src import base
from optax.pytree import _derive
from optax.pytree import _node


class Schedule(_node.Node):
  """A schedule as an immutable pytree of its arguments, equal by value.

  The schedules of :mod:`optax.pytree` derive from it; each has the parameters
  of the function of that name in :mod:`optax.schedules`, which does the work.
  Arguments that are given as arrays are leaves.

  Examples:
    >>> import optax
    >>> schedule = optax.pytree.linear_schedule(1.0, 0.0, transition_steps=4)
    >>> float(schedule(1))
    0.75
    >>> schedule == optax.pytree.linear_schedule(1.0, 0.0, transition_steps=4)
    True
  """

  _SUMMARY = 'As an immutable pytree: see :class:`optax.pytree.Schedule`.'

  def __call__(self, count: jax.typing.ArrayLike) -> jax.typing.ArrayLike:
    """Returns the value after `count` steps."""
    return self._call()(count)


def wrap_schedule(factory: Callable[..., base.Schedule]) -> Any:
  """Returns the pytree class for a factory of schedules."""
  module = sys._getframe(1).f_globals['__name__']
  return _derive.derive(Schedule, factory, module=module)
