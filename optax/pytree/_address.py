"""Finds hyperparameters by their names, in an optimizer and inside it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from optax.pytree import _values

_NONE = """\
{name} has no {given!r}; it has {paths}"""

_SEVERAL = """\
{name} has several {given!r}: {paths}. Write one of these, such as
  opt.replace({{{path!r}: x}})"""


_HOW_TO_REPLACE = """\
{name}.replace takes each hyperparameter once, by name or in a mapping; write
  opt.replace(learning_rate=x) or opt.replace({{'args[1].learning_rate': x}})"""


class Hyperparameter(NamedTuple):
  """A hyperparameter of a node, or of one inside.

  Attributes:
    path: where it stands, as an expression: `args[1][1].learning_rate`.
    names: the same with the names that `named_chain` gives:
      `adam.learning_rate`.
    value: an item, or a container of items.
    node: the node that has it.
    parameter: the node's parameter that holds it.
  """

  path: str
  names: str
  value: Any
  node: Any
  parameter: str


def entries(layout: Any) -> list[tuple[str, str, str, Any]]:
  """Returns the containers of a layout, and their items.

  Args:
    layout: of a node.

  Returns:
    For each the parameter that holds it, its path, what `named_chain` calls it,
    and what stands there.
  """
  found = []
  for parameter, value in layout.template.items():
    items, name = _values.items(value, parameter, callable), ''
    if len(items) != 1 or items[0][0] != parameter:  # A container.
      found.append((parameter, parameter, parameter, value))
    for path, x in items:
      found.append((parameter, path, name or path, x))
      # The pairs of named_chain.
      name = x if isinstance(x, str) and path.endswith('[0]') else ''
  return found


def walk(
    node: Any, path: str = '', names: str = ''
) -> Iterator[Hyperparameter]:
  """Yields the hyperparameters of a node and of those inside."""
  for parameter, inner, name, x in node._layout.entries:
    inner, name, x = path + inner, names + name, node._fill(x)
    yield Hyperparameter(inner, name, x, node, parameter)
    if isinstance(x, _values.Item):
      yield from walk(x, f'{inner}.', f'{name}.')


def match(given: Any, names: Mapping[str, str]) -> list[str]:
  """Returns the paths of what is given, or else of what ends so.

  Args:
    given: a path, or the end of one, with or without the dot that JAX writes
      first.
    names: what `named_chain` calls the hyperparameters, by their paths.
  """
  given = str(given).removeprefix('.')
  exact = [path for path in names if given in (path, names[path])]
  return exact or [path for path in names if path.endswith(f'.{given}')
                   or names[path].endswith(f'.{given}')]


def find(node: Any, given: Any) -> Hyperparameter:
  """Finds a hyperparameter.

  Args:
    node: where to look.
    given: a path, with or without the dot that JAX writes first, or the end of
      one that only one hyperparameter has.

  Raises:
    AttributeError: there is none, or there are several.
  """
  everything = {x.path: x for x in walk(node)}
  found = match(given, {path: x.names for path, x in everything.items()})
  if len(found) == 1:
    return everything[found[0]]
  raise AttributeError((_SEVERAL if found else _NONE).format(
      name=type(node).__name__, given=given,
      paths=', '.join(found or everything), path=found[0] if found else '',
  ))


def how_to_replace(node: Any) -> TypeError:
  """Returns the error of other arguments than `replace` takes."""
  return TypeError(_HOW_TO_REPLACE.format(name=type(node).__name__))


def resolve(node: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
  """Returns the arguments of `replace` by path.

  Args:
    node: whose they are.
    changes: new values by what :func:`find` takes.

  Raises:
    TypeError: there is no such hyperparameter, or one was given twice.
  """
  found = {}
  for given, x in changes.items():
    path = given.removeprefix('.')  # As JAX writes it.
    if path not in node._layout.paths and not (
        path == 'opt_state' and hasattr(node, path)):
      try:
        path = find(node, path).path
      except AttributeError as e:
        raise TypeError(f'{type(node).__name__}.replace: {e}') from None
    if any(_overlap(path, other) for other in found):
      raise how_to_replace(node)
    found[path] = x
  return found


def _overlap(path: str, other: str) -> bool:
  """Whether one of two hyperparameters is the other, or a part of it."""
  short, long = sorted((path, other), key=len)
  return long.startswith(short) and long[len(short):][:1] in ('', '.', '[')


def pop_inside(path: str, changes: dict[str, Any]) -> dict[str, Any]:
  """Takes out what changes inside a node, by the paths there."""
  start = f'{path}.'
  return {other.removeprefix(start): changes.pop(other)
          for other in list(changes) if other.startswith(start)}
