"""Checks that a state and an optimizer fit together."""

from collections.abc import Iterator, Mapping
from typing import Any

import jax
import jax.core
import numpy as np
from optax._src import base
from optax.pytree import _address
from optax.pytree import _arguments
from optax.pytree import _node
from optax.pytree import _trial
from optax.pytree import _values

_OTHER_STATE = """\
{name}.replace: the state can't follow this change of {path}: {problem}. Build a
new optimizer and call its init."""

_FOR_A_SCHEDULE = """
To keep the state, put another schedule in the place of one:
  opt.replace({{'{path}': optax.pytree.constant_schedule(x)}})"""

_FOR_A_VALUE = """
  opt.replace({{'{path}.{value}': x}})"""

_UNKNOWN_PARAMS = """\
{name}.replace: whether the state can follow this change of {path} is not known,
since the state was put in and init saw no parameters. Begin with those:
  opt = opt.init(params).replace(opt_state=state)"""

_ONLY_INIT = """\
{name}.replace: only init uses {path}, so that a change would do nothing. Build
a new optimizer and call its init."""

_INIT_USES = """\
{name}.replace: init uses {path}, and whether the update does is not known:
{reason}. Build a new optimizer and call its init."""

_NOT_OF_THIS = (
    '{}: the state is not one of this optimizer for these parameters'
)

_ABSTRACT = """\
{name}.update: {path} has no value: the optimizer is abstract, as jax.eval_shape
returns it. Write
  opt.replace({{{path!r}: x}})"""

_DEAD = """\
{name}.update reads what was traced by a transformation that has ended. If a
function does, of {path}: what it holds itself would be a leaf, if nothing else
that it reads could change. Give a schedule of optax.pytree, such as
  optax.pytree.linear_schedule(x, 0.0, steps)
or the class of a function that makes yours:
  optax.pytree.wrap_schedule(make_schedule)(x)"""

_BRANCHES = """\
{name}.update needs the value of what may be traced. If it is a hyperparameter,
one of {path}, give it a number instead of an array or a schedule, or make it
static:
  optax.pytree.wrap(factory, static=('name',))"""


def check(expected: Any, found: Any, name: str = 'opt_state') -> None:
  """Refuses a tree with other leaves or shapes, and names the first one.

  Args:
    expected: what it should be like.
    found: the tree that was given.
    name: what the paths begin with.

  Raises:
    ValueError: a leaf is missing, is too many or has another shape.
  """
  if problem := _difference(expected, found, name):
    raise ValueError(_NOT_OF_THIS.format(problem))


def explain(opt: Any, error: Exception, updates: Any, params: Any) -> None:
  """Raises why an update has failed, if it is known."""
  if problem := _reason(opt, error, updates, params):
    of_state = problem.startswith('opt_state')  # As `replace` has it.
    is_value = of_state or isinstance(error, ValueError)
    raise (ValueError if is_value else TypeError)(problem) from error


def _reason(opt: Any, error: Exception, updates: Any, params: Any) -> str:
  """Returns why an update has failed, '' if it isn't known."""
  name, found = type(opt).__name__, list(_address.walk(opt))
  paths = lambda test: ', '.join(x.path for x in found if test(x.value))
  if path := paths(lambda x: isinstance(x, jax.ShapeDtypeStruct)):
    return _ABSTRACT.format(name=name, path=path)
  if isinstance(error, jax.errors.UnexpectedTracerError) and (
      path := paths(lambda x: callable(x) or isinstance(
          x, base.GradientTransformation))):
    return _DEAD.format(name=name, path=path)
  if isinstance(error, _arguments.NEEDS_A_VALUE) and (path := paths(
      lambda x: isinstance(x, jax.core.Tracer) or callable(x))):
    return _BRANCHES.format(name=name, path=path)
  try:
    if saw := opt._layout.params:
      fits = saw.fit(getattr(params, 'fast', updates))
      return '' if fits else _difference(saw.tree(), updates, 'updates')
    # The state was put in.
    expected = jax.eval_shape(
        opt.tx.init, updates if params is None else params)
  except Exception:  # pylint: disable=broad-exception-caught
    return ''  # The error of the update says more than that of init.
  problem = _difference(expected, opt.opt_state, 'opt_state')
  return problem and _NOT_OF_THIS.format(problem)


def conform(old: Any, new: Any, state: Any) -> Any:
  """Returns a state in the structure of an optimizer's.

  Checkpoint libraries return lists for tuples, and dicts for named tuples.

  Args:
    old: an optimizer, perhaps with state.
    new: the one that was made from it, which gets the state.
    state: the one to be put in.

  Raises:
    ValueError: it has other leaves or shapes.
  """
  if isinstance(state, _values.Item):
    raise TypeError(f'{type(old).__name__}.replace: opt_state is an optimizer;'
                    ' write opt_state=other.opt_state')
  expected, params = old.opt_state, old._layout.params
  if new._layout is not old._layout:
    after = params and _trial.init(new._with_state(state, params)).result
    if not after or after != _trial.init(old).result:
      expected = after and after.tree()  # Else it may be a population's.
  if expected is None:
    return state
  structure = jax.tree.structure(expected)
  if structure != jax.tree.structure(state):
    state = structure.unflatten(_in_order(expected, state, 'opt_state'))
  check(expected, state)
  return state


def _in_order(expected: Any, found: Any, path: str) -> Iterator[Any]:
  """Yields what a tree has in the places of the leaves of the expected one."""
  if jax.tree_util.all_leaves([expected]):
    yield found
    return
  types = type(expected), type(found)
  if types[0] != types[1] and all(hasattr(x, '_fields') for x in types):
    raise ValueError(_NOT_OF_THIS.format(
        f'{path} is a {types[1].__name__}, not a {types[0].__name__}'))
  places, given = _places(expected), _places(found)
  if type(found) in (list, tuple) and not isinstance(expected, Mapping):
    names = *places, *list(given)[len(places):]
    given = dict(zip(names, given.values()))
  for name, (key, x) in (places | given | places).items():
    if name in places and name in given:
      yield from _in_order(x, given[name][1], path + key)
    elif jax.tree.leaves(x):
      problem = 'is missing' if name in places else 'does not belong there'
      raise ValueError(_NOT_OF_THIS.format(f'{path}{key} {problem}'))


def _places(tree: Any) -> dict[str, tuple[str, Any]]:
  """Returns what a container holds, and its key, by name or by number."""
  return {
      str(getattr(key, 'name', getattr(key, 'key', i))): (
          jax.tree_util.keystr((key,)), x)
      for i, (path, x) in enumerate(_values.children(tree)[0])
      for key in path  # There is none if it is a leaf.
  }


def _difference(
    expected: Any, found: Any, name: str, what: str = 'shape'
) -> str:
  """Returns how a tree differs from the expected one, '' if it doesn't."""
  expected, found = (
      {jax.tree_util.keystr(path): x
       for path, x in jax.tree_util.tree_leaves_with_path(y)}
      for y in (expected, found)
  )
  for path in expected | found:
    if path not in found:
      return f'{name}{path} is missing'
    if path not in expected:
      return f'{name}{path} does not belong there'
    old, new = (_attribute(x[path], what) for x in (expected, found))
    if old != new and None not in (old, new):
      return f'{name}{path} has the {what} {new}, not {old}'
  return ''


def _attribute(x: Any, what: str) -> Any:
  """Returns the shape or the dtype of a leaf, None for a placeholder."""
  return getattr(np.asarray(x) if _values.is_number(x) else x, what, None)


def check_replacement(old: Any, new: Any, changes: Mapping[str, Any]) -> None:
  """Refuses a change that the state can't follow, or that would do nothing.

  Args:
    old: an optimizer with state.
    new: the one that was made from it.
    changes: what was given, by path.

  Raises:
    TypeError: the state of the new optimizer has another structure, shapes or
      dtypes; or the change is one of what only `init` uses.
  """
  name, layout = type(old).__name__, old._layout
  if new._layout is layout:  # Leaves only, as in a training loop.
    if 'used' not in vars(layout):  # It is the same for all that share it.
      vars(layout)['used'] = _trial.init(old).used
    if used := vars(layout)['used']:
      update = _trial.update(old)
      for path in used - update.used:
        values = (_address.find(opt, path).value for opt in (old, new))
        if len(set(map(_values.tree_key, values))) > 1:
          problem = _INIT_USES if update.reason else _ONLY_INIT
          raise TypeError(problem.format(
              name=name, path=path, reason=update.reason))
    return
  if new == old:
    return
  path, before = ', '.join(changes), _trial.init(old)
  after = _trial.init(new)
  if layout.params is None:
    raise TypeError(_UNKNOWN_PARAMS.format(name=name, path=path))
  problem = before.reason or after.reason
  if not problem and before.result != after.result:
    states = before.result.tree(), after.result.tree()
    problem = (_difference(*states, 'opt_state', 'shape')
               or _difference(*states, 'opt_state', 'dtype')
               or 'its structure differs')
  if problem:
    raise TypeError(
        _OTHER_STATE.format(name=name, path=path, problem=problem)
        + ''.join(_hint(old, *change) for change in changes.items()))
  if before.text != after.text:
    programs = {_trial.update(opt).text for opt in (old, new)}
    if len(programs) == 1 and '' not in programs:
      raise TypeError(_ONLY_INIT.format(name=name, path=path))


def _hint(opt: Any, path: str, value: Any) -> str:
  """Returns how to keep the moments where a number replaces a schedule."""
  schedule = _address.find(opt, path).value
  if not callable(schedule) or callable(value):
    return ''
  hint = _FOR_A_SCHEDULE.format(path=path)
  if isinstance(schedule, _node.Node):
    for name in schedule._layout.template:
      if name in schedule._facts.leaves:
        hint += _FOR_A_VALUE.format(path=path, value=name)
  return hint
