"""Derives a class from the signature of a factory."""

import collections.abc
from collections.abc import Callable, Collection
import functools
import inspect
import operator
import typing
from typing import Any, NamedTuple, Optional, TypeVar

from optax.pytree import _values

_Class = TypeVar('_Class', bound=type)

_classes: dict[tuple[Any, ...], Any] = {}


class Facts(NamedTuple):
  """What a class knows of the parameters of its factory, by their names.

  Attributes:
    leaves: those whose numbers are leaves.
    static: those of which nothing is a leaf.
    masks: the static ones that are masks or labels, not numbers.
    numbers: those that are numbers, so that `wrap` evaluates a schedule there.
  """

  leaves: frozenset[str]
  static: frozenset[str]
  masks: frozenset[str]
  numbers: frozenset[str]


class Options(NamedTuple):
  """The arguments of `wrap`, which a pickle tells as well."""

  name: Optional[str] = None
  leaves: tuple[str, ...] = ()
  static: tuple[str, ...] = ()
  schedules: Optional[tuple[str, ...]] = None


def _facts(factory: Callable[..., Any], options: Options) -> Facts:
  """Finds out what can be known of each parameter."""
  try:
    signature = inspect.signature(factory, eval_str=True)
  except NameError:  # Of what is imported for type checkers only.
    signature = inspect.signature(factory)
  leaves, static, masks, numbers = set(), set(), set(), set()
  for name, parameter in signature.parameters.items():
    annotation, default = parameter.annotation, parameter.default
    types = typing.get_args(annotation) or (annotation,)
    is_mask = name.endswith(('mask', 'labels'))
    takes_schedules = any(
        typing.get_origin(t) is collections.abc.Callable for t in types
    ) or annotation is parameter.empty and name.endswith('learning_rate')
    if options.schedules is not None:
      takes_schedules = name in options.schedules
    if is_mask:
      masks.add(name)
    if is_mask or name in options.static or all(
        t in (bool, int, str, type(None)) for t in types):
      static.add(name)
    elif name in options.leaves or name.endswith('learning_rate'):
      leaves.add(name)
    if not takes_schedules and not is_mask and (
        _values.is_number(default) or float in types or name in leaves):
      numbers.add(name)
  return Facts(*map(frozenset, (leaves, static, masks, numbers)))


def _factory_key(factory: Callable[..., Any]) -> tuple[Any, ...]:
  """Returns a hashable for a factory; equal partial objects have one."""
  if isinstance(factory, functools.partial):
    arguments = factory.args, factory.keywords
    return _factory_key(factory.func), _values.tree_key(arguments)
  return _values.key(factory)


def derive(
    base: _Class,
    factory: Callable[..., Any],
    options: Options = Options(),
    module: Optional[str] = None,
) -> _Class:
  """Returns the subclass of `base` that holds the arguments of `factory`.

  Args:
    base: a subclass of :class:`Node`.
    factory: a function, a partial object or a class.
    options: the arguments of `wrap`.
    module: the module of the class, by default that of the factory.

  Returns:
    The class; always the same one for the same arguments.

  Raises:
    TypeError: `factory` is not callable.
    ValueError: a parameter is named like a member of `base`, or there is none
      for a name in `options`.
  """
  if not callable(factory):
    raise TypeError(f'wrap: {factory!r} is not callable; write wrap(optax.adam)'
                    ' for a factory, from_gradient_transformation(tx) for a'
                    ' transformation')
  key = base, options, _factory_key(factory)
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
  for name in *options.leaves, *options.static, *(options.schedules or ()):
    if name not in signature.parameters:
      raise ValueError(f'wrap: {function.__qualname__} has no parameter'
                       f' {name!r}; it has {", ".join(signature.parameters)}')
  is_undocumented = factory.__doc__ == type(factory).__doc__  # A partial.
  summary, _, details = (
      inspect.getdoc(function if is_undocumented else factory) or ''
  ).partition('\n')
  name = options.name or function.__name__
  cls: Any = type(base)(name, (base,), {
      **{n: property(operator.methodcaller('_get', n))
         for n in signature.parameters},
      '__doc__': f'{summary}\n\n{base._SUMMARY}\n{details}',
      '__module__': module or function.__module__,
      '__qualname__': options.name or function.__qualname__,
      '__signature__': signature.replace(return_annotation=signature.empty),
      '_factory': staticmethod(factory),
      '_facts': _facts(factory, options),
      '_options': options,
  })
  return _classes.setdefault(key, cls)  # Another thread may have been faster.
