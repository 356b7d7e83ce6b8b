"""Reads the numeric hyperparameters of an optimizer and of those inside it."""

from collections.abc import Iterator, Mapping
import inspect
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from optax.pytree import _address
from optax.pytree import _leaves
from optax.pytree import _scheduled
from optax.pytree import _text
from optax.pytree import _trial
from optax.pytree import _values

_UNKNOWN = """\
the value of {path} in the next update is not known: {reason}.
Evaluate the schedule where you know the step."""

_ABSTRACT = """\
{path} has no value: the optimizer is abstract, as jax.eval_shape returns it."""

_NOT_IN_STEP = 'it is used with counts that differ'

_NOT_CALLED = 'a trial update did not call it'

_NOT_A_LEAF = 'its argument in a trial update was not a leaf of the state'

_AMBIGUOUS = (
    'it holds an array, of one optimizer or of all; write'
    ' jax.vmap(lambda opt: opt.hyperparams)(opts)'
)

_OTHER_STATE = 'the state that was put in is not one of this optimizer'

_NO_STATE = 'the count is in the state, which only init makes'


@jax.tree_util.register_pytree_with_keys_class
class Hyperparams(Mapping):
  """The numeric hyperparameters by path, which only `replace` changes."""

  __slots__ = ('_values', '_names')

  def __init__(self, values: dict[str, Any], names: Mapping[str, str]):
    self._values = values
    self._names = names  # By path, with the names of `named_chain`.

  def __getitem__(self, given: str) -> Any:
    found = _address.match(given, self._names)
    if len(found) == 1:
      return self._values[found[0]]
    raise KeyError(f'{given!r}: there is {", ".join(found or self._values)}')

  def __iter__(self) -> Iterator[str]:
    return iter(self._values)

  def __len__(self) -> int:
    return len(self._values)

  def __setitem__(self, path: str, value: Any):
    raise TypeError(
        'hyperparams can only be read; write'
        f' opt = opt.replace({{{path!r}: {value!r}}})'
    )

  def __repr__(self) -> str:
    return repr(_text.numbers(self._values))

  def tree_flatten_with_keys(self) -> tuple[Any, tuple[Any, ...]]:
    children = [(jax.tree_util.DictKey(k), x) for k, x in self._values.items()]
    return children, tuple(self._names.items())

  @classmethod
  def tree_unflatten(cls, names: tuple[Any, ...], values: Any) -> 'Hyperparams':
    return cls(dict(zip(dict(names), values)), dict(names))


def numbers(opt: Any) -> Hyperparams:
  """Returns the numeric hyperparameters by path, schedules evaluated."""
  found, names, trial, leaves = {}, {}, None, {}
  for path, names[path], x, node, name in _address.walk(opt):
    facts = node._facts
    if name in facts.masks or callable(node):  # Of a schedule.
      continue
    x = x.__jax_array__() if _values.is_holder(x) else x
    if _values.is_number(x) or (
        _values.is_array(x) and jnp.issubdtype(x.dtype, jnp.number)):
      found[path] = x
    elif not _values.is_value(x) and _values.may_be_leaf(x) and (
        name in facts.leaves or isinstance(x, jax.ShapeDtypeStruct)):
      raise ValueError(_ABSTRACT.format(path=path))
    elif callable(x) and not inspect.isclass(x):
      is_number = _values.is_number(
          node.__signature__.parameters[name].default
      ) or name in facts.leaves | _scheduled.numbers(type(node))
      if not _values.has_state(opt):
        if is_number:
          raise ValueError(_UNKNOWN.format(path=path, reason=_NO_STATE))
        continue
      if trial is None:
        trial = _trial.update(opt)
        if not trial.reason:
          leaves = {jax.tree_util.keystr(place)[1:]: y for place, y in
                    jax.tree_util.tree_leaves_with_path(_leaves.read(opt))}
      starts = trial.counts.get(path)
      if starts and None not in starts:
        found[path] = _evaluate(path, x, leaves, starts)
      elif is_number:
        reason = _NOT_A_LEAF if starts else trial.reason or _NOT_CALLED
        raise ValueError(_UNKNOWN.format(path=path, reason=reason))
  return Hyperparams(found, {path: names[path] for path in found})


def _evaluate(
    path: str, schedule: Any, leaves: dict[str, Any], starts: dict[str, int]
) -> Any:
  """Evaluates a schedule with the count that the next update will use.

  Args:
    path: of the schedule.
    schedule: a function, or a node that is one.
    leaves: those of the optimizer by path.
    starts: the paths of the counts, with what they are after `init`.
  """
  if not starts.keys() <= leaves.keys():
    raise ValueError(_UNKNOWN.format(path=path, reason=_OTHER_STATE))
  first = min(starts, key=starts.__getitem__)
  count = leaves[first]
  if any(isinstance(x, jax.ShapeDtypeStruct)
         for x in jax.tree.leaves((count, schedule))):
    raise ValueError(_ABSTRACT.format(path=path))
  is_node = isinstance(schedule, _values.Item)
  held = jax.tree.leaves(schedule) if not is_node else [
      x.value for x in _address.walk(schedule)
      if x.parameter == 'cells']  # Of a function.
  if jnp.ndim(count) and any(getattr(x, 'ndim', 0) for x in held):
    raise ValueError(_UNKNOWN.format(path=path, reason=_AMBIGUOUS))
  value: Any
  if is_node:
    value = _call(schedule, count)
  else:  # Not compiled, since what it reads may change.
    for _ in range(jnp.ndim(count)):
      schedule = jax.vmap(schedule)
    value = schedule(count)
  for place in starts.keys() - {first}:  # For instance, one for each group.
    in_step = leaves[place] - starts[place] == count - starts[first]
    if isinstance(in_step, jax.core.Tracer):
      value = jnp.where(in_step, value, jnp.nan)
    elif not np.all(in_step):
      raise ValueError(_UNKNOWN.format(path=path, reason=_NOT_IN_STEP))
  return value


@jax.jit
def _call(schedule: Any, count: jax.Array) -> jax.Array:
  """Calls a schedule, or each of a population."""
  if not count.ndim:
    return schedule(count)
  axes = jax.tree.map(lambda x: 0 if x.ndim else None, schedule)
  return jax.vmap(_call, (axes, 0))(schedule, count)
