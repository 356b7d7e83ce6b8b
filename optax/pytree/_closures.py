"""Functions that hold arrays, as immutable pytrees of these.

A schedule that closes over a learning rate hides an array where JAX can't see
it: it is a constant of the program, or a tracer that is dead when the
transformed function has returned. Where nothing that the function reads may
change otherwise, as `_functions` proves, the function is a template as other
arguments are: placeholders stand in its cells, and the arrays are leaves.
"""

# pylint: disable=unidiomatic-typecheck

from collections.abc import Callable
import functools
import operator
import types
from typing import Any, NoReturn, Optional

import jax
import jax.core
import jax.numpy as jnp
from optax.pytree import _derive
from optax.pytree import _functions
from optax.pytree import _node
from optax.pytree import _record
from optax.pytree import _values


class Closure(_node.Node):
  """A function, or a transformation, whose arrays are leaves."""

  _LEAVES = ('cells',)
  _SUMMARY = 'Its arrays are leaves.'

  def _call_with(self, arguments: dict[str, Any]) -> Any:
    cells = arguments['cells'].values()
    if any(isinstance(x, jax.core.Tracer) for x in cells):
      return super()._call_with(arguments)
    # Once for all updates: JAX compiles for each function.
    if '_function' not in vars(self):
      vars(self)['_function'] = super()._call_with(arguments)
    return vars(self)['_function']

  @classmethod
  def _kind(cls, name: str, path: str, x: Any) -> Optional[str]:
    kind = super()._kind(name, path, x)
    # Others than floats count, index or seed.
    is_float = kind == _values.NUMBER and jnp.issubdtype(
        jnp.result_type(x), jnp.floating)
    return kind if is_float or kind is None else _values.ARRAY

  def _rearrange(self, changes: dict[str, Any]) -> NoReturn:
    raise TypeError(
        f'in a function only arrays are replaced, not {", ".join(changes)};'
        ' give another function')


class _Callable(Closure):

  def __call__(self, *args: Any, **kwargs: Any) -> Any:
    return self._as_argument()(*args, **kwargs)


def _closure(template: Any, cells: dict[str, jax.Array]) -> Any:
  """Returns a function.

  Args:
    template: the function, with placeholders in its cells.
    cells: what they stand for, by the names of the variables.
  """
  arrays = list(cells.values())
  return _rebuild(template, lambda _, x: (
      arrays[x.index] if type(x) is _values.Child else x))


transformation = _derive.derive(
    Closure, _closure, _derive.Options('transformation'))
function = _derive.derive(_Callable, _closure, _derive.Options('function'))


def lift(x: Any) -> Any:
  """Returns a function that holds arrays as a node with leaves.

  Args:
    x: anything.

  Returns:
    A node if `x` is a function, a partial object or a transformation, if it
    holds tracers or arrays of floating type in its cells, and if it can't
    change otherwise; else `x` itself.
  """
  # What pickles by its name stays as it is.
  if not isinstance(x, _functions.FUNCTIONS) or _record.is_global(x):
    return x
  cells = {}

  def take(name, y):
    # What is committed to a device could not follow the parameters.
    if not _values.is_array(y) or not (
        isinstance(y, jax.core.Tracer) or isinstance(y, jax.Array)
        and jnp.issubdtype(y.dtype, jnp.floating) and not y.committed):
      return y
    for i, other in enumerate(cells.values()):
      if other is y:  # One leaf, as it is one array.
        return _values.Child(i)
    while name in cells:
      name += '_'
    cells[name] = y
    return _values.Child(len(cells) - 1)

  def value_key(y):
    if any(y is array for array in cells.values()):
      raise ValueError('It is found by a global as well.')
    return _values.key(y)

  try:
    template = _rebuild(x, take)
  except RecursionError:
    return x
  if not cells or _functions.key(template, value_key) is template:
    return x
  return (function if callable(x) else transformation)(template, cells)


def _rebuild(function: Any, f: Callable[[str, Any], Any]) -> Any:
  """Returns a function with f(name, content) in the cells of its variables."""
  known = {}  # By identity: a function may hold itself.

  def rebuild(x, name=''):
    if type(x) is _values.Child:
      return f(name, x)
    if isinstance(x, tuple):  # Iterated like this, none gives a warning.
      old = [*tuple.__iter__(x)]
      new = [rebuild(y, name) for y in old]
      return x if all(map(operator.is_, old, new)) else tuple.__new__(
          type(x), new)
    if type(x) is functools.partial and not vars(x):
      return functools.partial(
          rebuild(x.func), *rebuild(x.args, 'args'),
          **{k: rebuild(y, k) for k, y in x.keywords.items()})
    if type(x) is not types.FunctionType or not x.__closure__:
      return f(name, x)
    if x not in known:
      empty = types.CellType()  # As some are, for now or for good.
      cells = tuple(cell if cell == empty else types.CellType()
                    for cell in x.__closure__)
      known[x] = new = types.FunctionType(
          x.__code__, x.__globals__, x.__name__, x.__defaults__, cells)
      new.__kwdefaults__, new.__qualname__ = x.__kwdefaults__, x.__qualname__
      vars(new).update({k: rebuild(y, k) for k, y in vars(x).items()})
      for variable, old, cell in zip(
          x.__code__.co_freevars, x.__closure__, cells):
        if old is not cell:
          cell.cell_contents = rebuild(old.cell_contents, variable)
      if all(old is cell or old.cell_contents is cell.cell_contents
             for old, cell in zip(x.__closure__, cells)) and (
                 vars(new) == vars(x)):
        known[x] = x  # Something may ask if it is this one.
    return known[x]

  return rebuild(function)
