"""Derives a class from the signature of a factory."""

import collections.abc
from collections.abc import Callable
import contextlib
import functools
import inspect
import operator
import sys
import typing
from typing import Any, NamedTuple, Optional, TypeVar, Union

from optax.pytree import _arguments
from optax.pytree import _values

_Class = TypeVar('_Class', bound=Any)

_classes: dict[tuple[Any, ...], Any] = {}


class Facts(NamedTuple):
  """What a class knows of the parameters of its factory, by their names.

  Attributes:
    types: what the annotation of each allows.
    leaves: those whose numbers are leaves.
    static: those of which nothing is a leaf.
    masks: the static ones that are masks or labels, not numbers.
  """

  types: dict[str, tuple[Any, ...]]
  leaves: set[str]
  static: set[str]
  masks: set[str]


class Options(NamedTuple):
  """The arguments of `wrap`, which a pickle tells as well."""

  name: Optional[str] = None
  leaves: tuple[str, ...] = ()
  static: tuple[str, ...] = ()
  schedules: Optional[tuple[str, ...]] = None


def options(name: Optional[str], *names: Any) -> Options:
  """Returns the arguments of `wrap`, if they are names of parameters."""
  _arguments.check_options(*names)
  chosen: Any = (x if x is None else tuple(x) for x in names)
  return Options(name, *chosen)


def _inner(annotation: Any) -> tuple[Any, ...]:
  """Returns what a container of that type holds, or the type itself."""
  if typing.get_origin(annotation) is collections.abc.Callable:
    return (annotation,)
  return tuple(x for x in typing.get_args(annotation) if x is not ...) or (
      annotation,)


def _facts(
    signature: inspect.Signature, how: Options, endings: tuple[str, ...],
    scope: dict[str, Any]) -> Facts:
  """Finds out what can be known of each parameter.

  Args:
    signature: of the factory.
    how: the arguments of `wrap`.
    endings: of the names of parameters whose numbers are leaves.
    scope: the names that annotations may use.
  """
  facts = Facts({}, set(), set(), set())
  for name, parameter in signature.parameters.items():
    annotation = parameter.annotation
    if isinstance(annotation, str):
      with contextlib.suppress(Exception):  # It may be unknown at run time.
        annotation = eval(annotation, scope)  # pylint: disable=eval-used
    is_union = typing.get_origin(annotation) in (Union, type(int | None))
    types = typing.get_args(annotation) if is_union else (annotation,)
    facts.types[name] = types
    if name.endswith(('mask', 'labels')):
      facts.masks.add(name)
    if name in facts.masks or name in how.static or all(
        t in (bool, int, str, type(None)) for x in types for t in _inner(x)):
      facts.static.add(name)
    elif name in how.leaves or name.endswith(endings):
      facts.leaves.add(name)
  return facts


def binder(name: str, signature: inspect.Signature) -> Callable[..., Any]:
  """Returns a function that binds arguments, as fast as any call."""
  parameters = signature.parameters.values()
  bare = inspect.Signature([
      p.replace(annotation=p.empty, default=p.empty) for p in parameters])
  bound = ', '.join(f'{p.name!r}: {p.name}' for p in parameters)
  text = f'lambda {str(bare)[1:-1]}: {{{bound}}}'
  bind = eval(text)  # pylint: disable=eval-used
  bind.__qualname__ = name  # For its errors.
  has_default = [p for p in parameters if p.default is not p.empty]
  bind.__defaults__ = tuple(
      p.default for p in has_default if p.kind is not p.KEYWORD_ONLY)
  bind.__kwdefaults__ = {
      p.name: p.default for p in has_default if p.kind is p.KEYWORD_ONLY}
  return bind


def derive(
    base_class: _Class,
    factory: Callable[..., Any],
    how: Options = Options(),
    module: Optional[str] = None,
) -> _Class:
  """Returns the subclass of `base_class` that holds the arguments of `factory`.

  Args:
    base_class: a subclass of :class:`Node`.
    factory: a function, a partial object or a class.
    how: the arguments of `wrap`.
    module: the module of the class, by default that of the factory.

  Returns:
    The class; always the same one for the same arguments.

  Raises:
    TypeError: `factory` is not callable.
    ValueError: a parameter is named like a member of `base_class`, or there is
      none for a name in `how`.
  """
  function = factory
  while isinstance(function, functools.partial):
    function = function.func
  try:
    signature, _ = inspect.signature(factory), function.__qualname__
  except (TypeError, ValueError, AttributeError):
    raise _arguments.no_signature(factory) from None
  annotations = [repr(p.annotation) for p in signature.parameters.values()]
  key = base_class, how, tuple(annotations), _values.key(factory)
  known = _classes.get(key)
  if known and _values.key(known._factory) == key[-1]:  # It reads the same.
    known._factory = staticmethod(factory)  # Which its module has now.
    return known
  _arguments.check_signature(base_class, function, signature, how)
  is_undocumented = factory.__doc__ == type(factory).__doc__  # A partial.
  summary, _, details = (
      inspect.getdoc(function if is_undocumented else factory) or ''
  ).partition('\n')
  scope = getattr(sys.modules.get(function.__module__), '__dict__', {})
  cls: Any = type(base_class)(how.name or function.__name__, (base_class,), {
      **{n: property(operator.methodcaller('_get', n))
         for n in signature.parameters},
      '__doc__': f'{summary}\n\n{base_class._SUMMARY}\n{details}',
      '__module__': module or function.__module__,
      '__qualname__': how.name or function.__qualname__,
      '__signature__': signature.replace(return_annotation=signature.empty),
      '_factory': staticmethod(factory),
      '_default_keys': {
          n: _values.key(p.default) for n, p in signature.parameters.items()
          if type(p.default) in _values.PLAIN},
      '_facts': _facts(signature, how, base_class._LEAVES, scope),
      '_options': how,
      '_by_name': all(p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
                      for p in signature.parameters.values()),
  })
  if known:
    _classes[key] = cls
  return _classes.setdefault(key, cls)  # Another thread may have been faster.
