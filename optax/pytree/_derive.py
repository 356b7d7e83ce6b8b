"""Derives a class from the signature of a factory."""

from collections.abc import Callable, Collection
import functools
import inspect
import operator
import typing
from typing import Any, TypeVar

from optax.pytree import _leaves

_Class = TypeVar('_Class', bound=type)

# Annotations of parameters that can't be arrays, evaluated or not.
_STATIC = (bool, int, str, type(None), 'bool', 'int', 'str')

_classes: dict[tuple[Any, ...], Any] = {}


def _factory_key(factory: Callable[..., Any]) -> tuple[Any, ...]:
  """Returns a hashable for a factory; equal partial objects have one."""
  if isinstance(factory, functools.partial):
    arguments = factory.args, factory.keywords
    return _factory_key(factory.func), _leaves.tree_key(arguments)
  return _leaves.key(factory)


def derive(
    base: _Class,
    factory: Callable[..., Any],
    name: str | None = None,
    module: str | None = None,
    leaves: Collection[str] = (),
) -> _Class:
  """Returns the subclass of `base` that holds the arguments of `factory`.

  Args:
    base: a subclass of :class:`Node`.
    factory: a function, a partial object or a class.
    name: the name of the class, by default that of the factory.
    module: the module of the class, by default that of the factory.
    leaves: further parameters whose numbers are leaves.

  Returns:
    The class; always the same one for the same arguments.

  Raises:
    TypeError: `factory` is not callable.
    ValueError: a parameter is named like a member of `base`, or there is none
      for a name in `leaves`.
  """
  if not callable(factory):
    raise TypeError(f'wrap: {factory!r} is not callable; write wrap(optax.adam)'
                    ' for a factory, from_gradient_transformation(tx) for a'
                    ' transformation')
  key = base, name, frozenset(leaves), _factory_key(factory)
  if key in _classes:
    return _classes[key]
  function = factory
  while isinstance(function, functools.partial):
    function = function.func
  signature = inspect.signature(factory)
  for parameter in signature.parameters:
    if parameter.startswith('_') or hasattr(base, parameter):
      raise ValueError(f'wrap: {function.__qualname__} has a parameter'
                       f' {parameter!r}, a name that {base.__name__} uses;'
                       ' rename the parameter')
  for leaf in leaves:
    if leaf not in signature.parameters:
      raise ValueError(f'wrap: {function.__qualname__} has no parameter'
                       f' {leaf!r}; it has {", ".join(signature.parameters)}')
  is_undocumented = factory.__doc__ == type(factory).__doc__  # A partial.
  summary, _, details = (
      inspect.getdoc(function if is_undocumented else factory) or ''
  ).partition('\n')
  annotations = {
      n: typing.get_args(p.annotation) or (p.annotation,)
      for n, p in signature.parameters.items()
  }
  cls: Any = type(base)(name or function.__name__, (base,), {
      **{n: property(operator.methodcaller('_get', n)) for n in annotations},
      '__doc__': f'{summary}\n\n{base._SUMMARY}\n{details}',
      '__module__': module or function.__module__,
      '__qualname__': name or function.__qualname__,
      '__signature__': signature.replace(return_annotation=signature.empty),
      '_factory': staticmethod(factory),
      '_number_leaves': frozenset(
          n for n in annotations if n.endswith('learning_rate') or n in leaves
      ),
      '_options': (name, tuple(leaves)),
      '_static_arrays': frozenset(
          n for n, types in annotations.items()
          if all(t in _STATIC for t in types)
      ),
  })
  return _classes.setdefault(key, cls)  # Another thread may have been faster.
