"""Reads the hyperparameters of an optimizer and of those inside it."""

from collections.abc import Iterator
import inspect
from typing import Any, NamedTuple

import jax
import jax.core
import jax.numpy as jnp
from optax.pytree import _leaves
from optax.pytree import _limits
from optax.pytree import _node
from optax.pytree import _scheduled

_UNKNOWN = """\
the value of {path} in the next update is not known: {reason}.
Evaluate the schedule where you know the step."""

_NOT_IN_STEP = 'it is used with counts that differ'

_NOT_CALLED = 'a trial update did not call it'

_NO_STATE = 'the count is in the state, which only init makes'

_NEW_STATE = """\
{name}.replace: the state does not fit another kind of {path} (number, schedule,
None or optimizer). Build a new optimizer and call its init."""

_ONLY_INIT = """\
{name}.replace: only init uses {path}, so that a change would do nothing. Build
a new optimizer and call its init."""


class _Item(NamedTuple):
  path: str
  value: Any
  is_number: bool  # Whether it stands in the place of a number.
  only_init: bool  # Whether no update uses it.


def _items(opt: Any, prefix: str = '') -> Iterator[_Item]:
  """Yields what the hyperparameters hold, also those of inner optimizers."""
  only_init = _limits.ONLY_INIT_USES.get(opt._factory, ())
  for name, value in opt._arguments().items():
    default = opt.__signature__.parameters[name].default
    is_number = name in opt._number_leaves or _leaves.is_number(default)
    items = jax.tree_util.tree_leaves_with_path(value, is_leaf=_node.is_whole)
    for path, x in items:
      path = f'{prefix}{name}{jax.tree_util.keystr(path)}'
      if not _node.is_node(x):
        yield _Item(path, x, is_number, name in only_init)
      elif callable(x):  # A schedule.
        yield _Item(path, x, True, name in only_init)
      else:
        yield _Item(path, type(x), False, False)
        yield from _items(x, f'{path}.')


def numbers(opt: Any) -> dict[str, Any]:
  """Returns the numeric hyperparameters by path, schedules evaluated."""
  found, places = {}, None
  for path, x, is_number, _ in _items(opt):
    if _leaves.is_number(x) or (
        _leaves.is_numeric_array(x) and jnp.issubdtype(x.dtype, jnp.number)):
      found[path] = x
    elif callable(x) and not inspect.isclass(x):
      if places is None:
        places = _scheduled.find_counts(opt)
      where = places.get(path, _NOT_CALLED if is_number else None)
      if isinstance(where, tuple):
        found[path] = _evaluate(opt, path, x, where)
      elif is_number:
        raise ValueError(_UNKNOWN.format(path=path, reason=where))
  return found


def _evaluate(
    opt: Any, path: str, schedule: Any, places: tuple[Any, ...]
) -> Any:
  """Evaluates a schedule with the count at some places in the state."""
  if not opt._has_state():
    raise ValueError(_UNKNOWN.format(path=path, reason=_NO_STATE))
  leaves = dict(jax.tree_util.tree_leaves_with_path(opt.opt_state))
  count, *others = (leaves[place] for place in places)
  value = schedule(count)
  for other in others:  # For instance, one for each group of muon.
    in_step = count == other
    if isinstance(in_step, jax.core.Tracer):
      value = jnp.where(in_step, value, jnp.nan)
    elif not in_step.all():
      raise ValueError(_UNKNOWN.format(path=path, reason=_NOT_IN_STEP))
  return value


def check_same_state(old: Any, new: Any) -> None:
  """Refuses a replacement that the state can't follow."""
  name = type(old).__name__
  kinds = [
      {(x.path, x.value if inspect.isclass(x.value) else callable(x.value))
       for x in _items(y)} for y in (old, new)
  ]
  if differ := kinds[0] ^ kinds[1]:
    path = min(path for path, _ in differ)
    raise TypeError(_NEW_STATE.format(name=name, path=path))
  for x, y in zip(_items(old), _items(new)):
    if x.only_init and _leaves.key(x.value) != _leaves.key(y.value):
      raise TypeError(_ONLY_INIT.format(name=name, path=x.path))
