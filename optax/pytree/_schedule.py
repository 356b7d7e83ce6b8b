"""Schedules as immutable pytrees."""

from collections.abc import Callable, Collection
import sys
from typing import Any, Optional

import jax
from optax._src import base
from optax.pytree import _closures
from optax.pytree import _derive
from optax.pytree import _node
from optax.pytree import _reads
from optax.pytree import _values


class Schedule(_node.Node):
  """A schedule as an immutable pytree of its arguments, equal by value.

  The schedules of :mod:`optax.pytree` derive from it; each has the parameters
  of the function of that name in :mod:`optax.schedules`, which does the work.
  Its values, such as `peak_value`, and what is given as an array are leaves,
  which may change without a new compilation.

  Examples:
    >>> import optax
    >>> schedule = optax.pytree.linear_schedule(1.0, 0.0, transition_steps=4)
    >>> float(schedule(1))
    0.75
    >>> schedule == optax.pytree.linear_schedule(1.0, 0.0, transition_steps=4)
    True
  """

  _LEAVES = ('value',)
  _SUMMARY = 'As an immutable pytree: see :class:`optax.pytree.Schedule`.'

  @classmethod
  def _convert(cls, name: str, x: Any) -> Any:
    return x if name in cls._facts.static else _closures.lift(x)

  @classmethod
  def _kind(cls, name: str, path: str, x: Any) -> Optional[str]:
    if _values.is_number(x) and path.endswith("value']"):  # Of sgdr_schedule.
      return _values.NUMBER
    return super()._kind(name, path, x)

  def _as_argument(self) -> Any:
    return self

  def __call__(self, count: jax.typing.ArrayLike) -> jax.typing.ArrayLike:
    """Returns the value after `count` steps."""
    _reads.check(self)
    return self._call()(count)

  def __float__(self) -> float:
    raise TypeError(
        f'{type(self).__name__} is a schedule; for its value in the next update'
        " write opt.hyperparams['learning_rate'], or call it with a step"
    )

  def __format__(self, spec: str) -> str:
    return format(float(self), spec) if spec else repr(self)


def wrap_schedule(
    factory: Callable[..., base.Schedule],
    *,
    leaves: Collection[str] = (),
    static: Collection[str] = (),
) -> Any:
  """Returns the pytree class for a factory of schedules.

  Args:
    factory: a function that returns a schedule. Its parameters become
      attributes.
    leaves: names of parameters whose numbers are leaves, besides those named
      `value` or ending so.
    static: names of parameters of which nothing is a leaf, for a factory that
      branches on their values.

  Returns:
    A subclass of :class:`optax.pytree.Schedule`, always the same one for the
    same arguments.

  Raises:
    TypeError: `factory` has no signature, or `leaves` and `static` are no
      names.
    ValueError: a parameter is named like a member of
      :class:`optax.pytree.Schedule`, or there is none of a given name.

  Examples:
    >>> import jax
    >>> import optax
    >>> @optax.pytree.wrap_schedule
    ... def inverse_sqrt(peak_value, warmup_steps):
    ...   return lambda count: peak_value * jax.lax.rsqrt(
    ...       jax.numpy.maximum(count, warmup_steps) / warmup_steps
    ...   )
    >>> opt = optax.pytree.adam(inverse_sqrt(1e-3, warmup_steps=100))
    >>> opt.replace(peak_value=2e-3).learning_rate
    inverse_sqrt(peak_value=0.002, warmup_steps=100)
  """
  module = sys._getframe(1).f_globals.get('__name__', '__main__')
  options = _derive.options(None, leaves, static)
  return _derive.derive(Schedule, factory, options, module)
