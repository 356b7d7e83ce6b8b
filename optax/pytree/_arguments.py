"""Refuses arguments that can't work, and says what to write."""

# pylint: disable=too-many-boolean-expressions, unidiomatic-typecheck

import collections.abc
from collections.abc import Callable, Collection
import inspect
import typing
from typing import Any, Optional

import jax
import jax.core
from optax._src import base
from optax.pytree import _values

_OPTIMIZER = (base.GradientTransformation, type(None))

NEEDS_A_VALUE = (
    jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError
)

_BRANCHES = """\
{name}: the factory needs the value of a leaf, which may be traced: {paths}.
Give a Python number instead of an array, or make it static:
  optax.pytree.wrap(factory, static=('{parameter}',))"""


def check_options(*options: Optional[Collection[str]]) -> None:
  """Refuses options of `wrap` that are no names of parameters."""
  for x in options:
    if isinstance(x, str) or not isinstance(x, (Collection, type(None))):
      raise TypeError(f'wrap: {x!r} are no names of parameters; write'
                      " leaves=('b1',)")


def no_signature(factory: Any) -> TypeError:
  """Returns the error of what is no factory."""
  return TypeError(
      f'wrap: {factory!r} is no function with a signature; write'
      ' wrap(optax.adam) for a factory, from_gradient_transformation(tx) for a'
      ' transformation, or give a function that calls it'
  )


def check_signature(
    base_class: Any, function: Callable[..., Any],
    signature: inspect.Signature, how: Any,
) -> None:
  """Refuses names of parameters that are taken, or that there are not."""
  for parameter in signature.parameters:
    if parameter.startswith('_') or hasattr(base_class, parameter):
      raise ValueError(f'wrap: {function.__qualname__} has a parameter'
                       f' {parameter!r}, a name that {base_class.__name__}'
                       ' uses; rename the parameter')
  for name in *how.leaves, *how.static, *(how.schedules or ()):
    if name not in signature.parameters:
      raise ValueError(f'wrap: {function.__qualname__} has no parameter'
                       f' {name!r}; it has {", ".join(signature.parameters)}')


def check_class(cls: Any) -> None:
  """Refuses to call a class that nothing was derived for."""
  if not hasattr(cls, '_factory'):
    raise TypeError(f'{cls.__name__} has no factory; write'
                    ' optax.pytree.wrap(factory)')


def not_bound(cls: Any, error: TypeError) -> TypeError:
  """Returns the error of a call with other parameters."""
  parameters = [p.replace(annotation=p.empty)
                for p in cls.__signature__.parameters.values()]
  problem = str(error).partition('. ')[0]  # Newer Pythons guess a name.
  return TypeError(
      f'{problem}; write {cls.__name__}{inspect.Signature(parameters)}')


def needs_a_value(cls: Any, arguments: dict[str, Any]) -> TypeError:
  """Returns the error of a factory that branches on what is traced."""
  paths = [n for n, x in arguments.items() if any(
      isinstance(y, jax.core.Tracer) for y in jax.tree.leaves(x))]
  return TypeError(_BRANCHES.format(
      name=cls.__name__, paths=', '.join(paths), parameter=paths[0]))


def check_item(cls: Any, path: str, x: Any) -> None:
  """Refuses a class, and an optimizer with a state of its own."""
  if inspect.isclass(x) and issubclass(x, _values.Item):
    raise TypeError(
        f'{cls.__name__}: {path} is the class {x.__name__}, not an instance;'
        f' write {x.__name__}(...)'
    )
  if _values.has_state(x):
    raise TypeError(
        f'{cls.__name__}: {path} has a state of its own; pass it as it was'
        f' before init: {path}.replace(opt_state=None)'
    )


def check_static(cls: Any, path: str, x: Any) -> None:
  """Refuses what is static and traced, or can't be compared by value."""
  path = f'{cls.__name__}: {path}'
  if isinstance(x, jax.core.Tracer):
    raise TypeError(f'{path} is static, so that it may not be traced; give it a'
                    ' Python value')
  if isinstance(x, collections.abc.Iterator):
    raise TypeError(f'{path} can be read only once; write list(...)')
  try:
    hash(_values.static(x) is x and x)  # Arrays are copied.
  except TypeError:
    raise TypeError(
        f'{path} is a {type(x).__name__}, which is not hashable, so that'
        ' nothing could tell if it changed; give it a hashable value, such as'
        ' a frozen dataclass, or a container that JAX knows'
    ) from None


def check_factory_takes(node: Any) -> None:
  """Calls the factory of a node, if its arguments have values."""
  if all(map(_values.is_value, jax.tree.leaves(node._children))):
    with jax.transfer_guard('allow'):  # For constants of the factory.
      node._call()


def check(cls: Any, name: str, value: Any) -> None:
  """Refuses what the annotation of a parameter does not allow."""
  parameter = cls.__signature__.parameters[name]
  types, facts = cls._facts.types[name], cls._facts
  several = parameter.kind == parameter.VAR_POSITIONAL
  if several and not isinstance(value, (tuple, list)):
    raise TypeError(f'{cls.__name__}: {name} must be a tuple, not a'
                    f' {type(value).__name__}')
  for i, x in enumerate(value if several else (value,)):
    path = f'{name}[{i}]' if several else name
    if type(x) is _values.Child or type(x) in types and type(x) is not complex:
      continue
    if callable(x) and not inspect.isclass(x) and (
        name in facts.static - facts.masks
        and name not in cls._options.static):
      expected, line = 'what its annotation says', f'{name}=...'
    elif all(inspect.isclass(t) and issubclass(t, _OPTIMIZER)
             for t in types) and not (
                 hasattr(x, 'init') and hasattr(x, 'update')):
      expected, line = 'an optimizer', 'optax.pytree.chain(a, b)'
    elif not _is_scalar(types) or name in facts.masks:
      continue
    elif not callable(x) and (
        isinstance(x, (str, _values.Item))
        or not _values.may_be_leaf(x) and not isinstance(x, bool)
        or isinstance(x, complex) and name in facts.leaves):
      expected, line = 'a number, an array or a schedule', f'{name}=0.1'
    elif hasattr(x, 'init') and callable(x):
      expected = 'a schedule of the count'
      line = 'wrap(optax.inject_hyperparams(factory)) for one with a state'
    else:
      continue
    raise TypeError(f'{cls.__name__}: {path} must be {expected}, not a'
                    f' {type(x).__name__}; write {line}')


def _is_scalar(types: tuple[Any, ...]) -> bool:
  """Whether an annotation says one number or array, or a schedule."""
  return float in types and all(
      typing.get_origin(t) is collections.abc.Callable
      or inspect.isclass(t) and not issubclass(t, tuple) for t in types)
