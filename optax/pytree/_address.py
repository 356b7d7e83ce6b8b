"""Finds hyperparameters by their names, in an optimizer and inside it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from optax.pytree import _values

_NONE = """\
{name} has no {given!r}; it has {paths}"""

_SEVERAL = """\
{name} has several {given!r}: {paths}. Write one of these, such as
  opt.replace({{{path!r}: x}})"""


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


class Entry(NamedTuple):
  """An item or a container in the template of a layout.

  Attributes:
    parameter: the parameter that holds it.
    path: where it stands.
    name: the same, or what `named_chain` calls it.
    value: what stands there.
  """

  parameter: str
  path: str
  name: str
  value: Any


def entries(layout: Any) -> list[Entry]:
  """Returns the containers of a layout, and their items."""
  found = []
  for parameter, value in layout.template.items():
    items, name = _values.items(value, parameter, callable), ''
    if len(items) != 1 or items[0][0] != parameter:  # A container.
      found.append(Entry(parameter, parameter, parameter, value))
    for path, x in items:
      found.append(Entry(parameter, path, name or path, x))
      # The pairs of named_chain.
      name = x if isinstance(x, str) and path.endswith('[0]') else ''
  return found


def walk(
    node: Any, path: str = '', names: str = ''
) -> Iterator[Hyperparameter]:
  """Yields the hyperparameters of a node and of those inside."""
  for entry in node._layout.entries:
    x, name = node._fill(entry.value), names + entry.name
    yield Hyperparameter(path + entry.path, name, x, node, entry.parameter)
    if isinstance(x, _values.Item):
      yield from walk(x, f'{path}{entry.path}.', f'{name}.')


def find(node: Any, given: str) -> Hyperparameter:
  """Finds a hyperparameter.

  Args:
    node: where to look.
    given: a path, with or without the dot that JAX writes first, or the end of
      one that only one hyperparameter has.

  Raises:
    AttributeError: there is none, or there are several.
  """
  everything = list(walk(node))
  given = given.removeprefix('.')
  for found in everything:
    if given in (found.path, found.names):
      return found
  matches = [
      x for x in everything
      if x.names.endswith(f'.{given}') or x.path.endswith(f'.{given}')
  ]
  if len(matches) == 1:
    return matches[0]
  paths = [x.path for x in matches or everything]
  raise AttributeError((_SEVERAL if matches else _NONE).format(
      name=type(node).__name__, given=given, paths=', '.join(paths),
      path=paths[0] if paths else '',
  ))
