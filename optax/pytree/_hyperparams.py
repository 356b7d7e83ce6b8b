"""Reads the hyperparameters of an optimizer and of those inside it."""

from collections.abc import Iterator
import inspect
from typing import Any, NamedTuple

import jax
import jax.core
import jax.numpy as jnp
from optax.pytree import _node
from optax.pytree import _trial
from optax.pytree import _values

_UNKNOWN = """\
the value of {path} in the next update is not known: {reason}.
Evaluate the schedule where you know the step."""

_NOT_IN_STEP = 'it is used with counts that differ'

_NOT_CALLED = 'a trial update did not call it'

_NOT_A_LEAF = 'its argument in a trial update was not a leaf of the state'

_NO_STATE = 'the count is in the state, which only init makes'


class _Item(NamedTuple):
  path: str
  value: Any
  is_number: bool  # Whether it stands in the place of a number.


def _items(opt: Any, prefix: str = '') -> Iterator[_Item]:
  """Yields what the hyperparameters hold, also those of inner optimizers."""
  facts = opt._facts
  for name in opt._layout.template:
    if name in facts.masks:
      continue
    default = opt.__signature__.parameters[name].default
    is_number = (
        name in facts.leaves | facts.numbers or _values.is_number(default)
    )
    for path, x in _values.items(opt._get(name), prefix + name, callable):
      if isinstance(x, _node.Node) and not callable(x):
        yield from _items(x, f'{path}.')
      else:
        yield _Item(path, x, is_number or isinstance(x, _node.Node))


def numbers(opt: Any) -> dict[str, Any]:
  """Returns the numeric hyperparameters by path, schedules evaluated."""
  found, trial = {}, None
  for path, x, is_number in _items(opt):
    if _values.is_number(x) or (
        _values.is_array(x) and jnp.issubdtype(x.dtype, jnp.number)):
      found[path] = x
    elif callable(x) and not inspect.isclass(x):
      if not opt._has_state():
        if is_number:
          raise ValueError(_UNKNOWN.format(path=path, reason=_NO_STATE))
        continue
      trial = trial or _trial.trial(opt)
      places = trial.counts.get(path, ())
      if places and None not in places:
        found[path] = _evaluate(opt, path, x, places)
      elif is_number:
        reason = _NOT_A_LEAF if places else trial.reason or _NOT_CALLED
        raise ValueError(_UNKNOWN.format(path=path, reason=reason))
  return found


def _evaluate(opt: Any, path: str, schedule: Any, places: set[str]) -> Any:
  """Evaluates a schedule with the count at some places in the optimizer."""
  leaves = {
      jax.tree_util.keystr(place)[1:]: x
      for place, x in jax.tree_util.tree_leaves_with_path(opt)
  }
  count, *others = (leaves[place] for place in places)
  value = schedule(count)
  for other in others:  # For instance, one for each group of muon.
    in_step = count == other
    if isinstance(in_step, jax.core.Tracer):
      value = jnp.where(in_step, value, jnp.nan)
    elif not in_step.all():
      raise ValueError(_UNKNOWN.format(path=path, reason=_NOT_IN_STEP))
  return value
