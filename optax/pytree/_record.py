"""Pickles: an optimizer or a schedule as a record of its call."""

import inspect
import sys
from typing import Any

from optax._src import base
from optax.pytree import _derive
from optax.pytree import _values


def reduce(node: Any) -> tuple[Any, ...]:
  """Returns the record of a node, as `__reduce__` does."""
  # It leaves out functions that are the defaults: some of them are closures.
  cls, layout = type(node), node._layout
  parameters = cls.__signature__.parameters
  template = {
      n: x for n, x in layout.template.items()
      if not holds_functions(x)
      or _values.key(x) != _values.key(parameters[n].default)}
  target, how = cls, None
  if '_factory' in vars(cls):
    how = cls.__base__, *cls._options
    if not is_global(cls):
      target = cls._factory  # What the module has by that name.
  count = len(layout.kinds)
  children, state = node._children[:count], node._children[count:]
  return restore, (target, how, template, layout.kinds, children,
                   *state, *(layout.params,) * bool(state))


def holds_functions(x: Any) -> bool:
  """Whether an argument is, or holds, a function or a transformation."""
  return any(callable(y) or isinstance(y, base.GradientTransformation)
             for _, y in _values.items(x))


def is_global(x: Any) -> bool:
  """Whether a function or a class is found in its module under its name."""
  module = sys.modules.get(getattr(x, '__module__', ''))
  return getattr(module, getattr(x, '__qualname__', ''), None) is x


def restore(
    target: Any, how: Any, template: dict[str, Any], kinds: tuple[str, ...],
    children: tuple[Any, ...], *state: Any,
) -> Any:
  """Returns the node that a record tells of.

  Args:
    target: the node's class, or its factory: what the module has today.
    how: for a factory, the base class and the options of the class.
    template: the arguments by name, as in the layout.
    kinds: of the children.
    children: the arguments' children.
    *state: if there is one, it and what `init` saw of the parameters.

  Raises:
    TypeError: the factory has other parameters now.
  """
  cls = target
  if not inspect.isclass(target) or not issubclass(target, _values.Item):
    base_class, *options = how
    cls = _derive.derive(base_class, target, _derive.Options(*options))
  bound = inspect.BoundArguments(cls.__signature__, dict(template))
  bound.apply_defaults()
  parameters = cls.__signature__.parameters.keys()
  lacks = parameters - bound.arguments.keys()
  if differ := template.keys() - parameters or lacks:
    raise TypeError(
        f'{cls.__name__}: the parameters are {", ".join(parameters)}, so that'
        f' what was saved has no place for, or lacks, {", ".join(differ)}'
    )
  present = list(zip(map(_values.own, children), kinds))
  node = cls._from_template(bound.arguments, present)
  return node._with_state(*state) if state else node
