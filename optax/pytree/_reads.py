"""Refuses to call functions again that read what has changed."""

from typing import Any

from optax.pytree import _record
from optax.pytree import _values


def key_of_factory(cls: Any) -> list[Any]:
  """Returns what stands for a factory, nothing for one of optax itself."""
  is_own = str(cls._factory.__module__).partition('.')[0] == 'optax'
  return [] if is_own else [_values.key(cls._factory)]


def find(layout: Any) -> list[tuple[str, Any]]:
  """Returns the functions of a layout, with what stands for their values.

  Args:
    layout: of a node.

  Returns:
    The parameters that hold functions, and '' for the factory, each with what
    its key was when the node was made.
  """
  found = [
      (name, key) for (name, x), key in zip(layout.template.items(), layout.key)
      if type(x) not in _values.FLAT and _record.holds_functions(x)]
  return found + [('', key) for key in layout.key[len(layout.template):]]


def check(node: Any) -> None:
  """Refuses a node whose program would serve what isn't equal to it any more.

  Raises:
    TypeError: a function, or the factory, reads what has changed.
  """
  for name, key in node._layout.functions:
    function = node._layout.template.get(name, node._factory)
    if _values.key(function) != key:
      raise TypeError(f'{type(node).__name__}: {name or "the factory"} reads'
                      ' what has changed; make a new optimizer')
