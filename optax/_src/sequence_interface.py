"""Deprecates what `GradientTransformation` can do only because it is a tuple.

Every such operation still gives what it gave, and a DeprecationWarning at the
line of the caller. See docs/sequence_interface.md for the stages to come.
"""

from collections.abc import Callable
import os
import sys
from typing import Any, TypeVar
import warnings

_T = TypeVar('_T', bound=Any)

# The release in which the operations below become errors by default.
ERROR_RELEASE = '0.4.0'

# Makes them errors today.
_STRICT = os.environ.get('OPTAX_STRICT_TRANSFORMATIONS', '') not in ('', '0')

# One text for all operations: `f(*tx)` calls both `__iter__` and `__len__`, and
# Python's filter shows a text only once for each line.
_MESSAGE = (
    'GradientTransformation as a tuple is deprecated, and an error from optax'
    f' {ERROR_RELEASE}: use %s. To make this an error now:'
    ' python -W "error:GradientTransformation as a tuple".'
)
_ATTRIBUTES = (
    'its attributes `.init` and `.update`, such as'
    ' `init, update = tx.init, tx.update`'
)

# Modules that walk through any tuple that they meet, for users who did nothing
# wrong.
_WALKERS = (
    *('dataclasses', 'rich.pretty'),
    *('flax.linen.module', 'flax.linen.transforms', 'flax.nnx.reprlib'),
)

_OPERATIONS = {
    **{
        name: getattr(tuple, name)
        for name in (
            *('__iter__', '__len__', '__getitem__', '__contains__'),
            *('__add__', '__mul__', '__rmul__', 'index', 'count'),
            *('__lt__', '__le__', '__gt__', '__ge__'),
        )
    },
    # What a tuple does without such a method.
    '__radd__': lambda pair, other: other + pair,
    '__reversed__': reversed,
}


def _warn(instead: str) -> None:
  """Warns at the line that called the caller of this function."""
  if sys._getframe(2).f_globals.get('__name__') in _WALKERS:  # pylint: disable=protected-access
    return
  if _STRICT:
    raise TypeError(_MESSAGE % instead)
  warnings.warn(_MESSAGE % instead, DeprecationWarning, stacklevel=3)


def replace(
    self: _T, *, init: Callable | None = None, update: Callable | None = None
) -> _T:
  """Returns this transformation with another `init` or `update` function.

  Args:
    self: The transformation.
    init: The new `init` function, if it is to change.
    update: The new `update` function, if it is to change.

  Returns:
    A transformation of the same class, with the same further attributes.
  """
  # As `_replace` does, without the `__new__` of a subclass.
  new: Any = tuple.__new__(type(self), (
      self.init if init is None else init,
      self.update if update is None else update,
  ))
  for name, value in getattr(self, '__dict__', {}).items():
    setattr(new, name, value)
  return new


def deprecate(cls: type[_T]) -> type[_T]:
  """Makes the tuple operations of a class of `init` and `update` warn.

  Args:
    cls: The class; its subclasses inherit the change.

  Returns:
    The class.
  """
  new = cls.__new__

  def pair(x):  # Works too when `cls` is no tuple.
    return (x.init, x.update) if isinstance(x, cls) else x

  def deprecated(operation):
    def method(self, *args):
      _warn(_ATTRIBUTES)
      return operation(pair(self), *map(pair, args))

    return method

  def comparison(operation):
    def method(self, other):
      if type(other) is tuple:  # pylint: disable=unidiomatic-typecheck
        _warn(_ATTRIBUTES)  # It will be unequal when `cls` is no tuple.
      return operation(pair(self), pair(other))

    return method

  def _replace(self, **functions):
    _warn('`tx.replace(init=..., update=...)`')
    return self.replace(**functions)

  def _asdict(self):
    _warn("`{'init': tx.init, 'update': tx.update}`")
    return {'init': self.init, 'update': self.update}

  def _make(subclass, functions):
    _warn('`GradientTransformation(init, update)`')
    return new(subclass, *functions)

  methods = {
      **{name: deprecated(x) for name, x in _OPERATIONS.items()},
      '__eq__': comparison(tuple.__eq__),
      '__ne__': comparison(tuple.__ne__),
      '__bool__': lambda self: True,  # Else `__len__` is asked.
      '__replace__': cls.replace,  # For `copy.replace`.
      '_replace': _replace,
      '_asdict': _asdict,
      '_make': classmethod(_make),
      # Pickle and copy without a walk through the tuple.
      '__getnewargs__': lambda self: (self.init, self.update),
      '__reduce_ex__': lambda self, protocol: object.__reduce_ex__(
          self, max(protocol, 2)
      ),
  }
  for name, method in methods.items():
    setattr(cls, name, method)
  return cls
