"""Functions that are equal by value, so that a program serves them all.

A function is its code and what the code reads from cells, defaults, attributes
and globals, also in nested functions. It is equal by value if all of that is:

* numbers, strings, None, dtypes, jax arrays, tuples;
* modules of the libraries below, and what is found there under its own name;
* functions and partial objects that read nothing else.

Anything else makes it equal only to itself, since it may change and nothing
would tell: lists, dicts, sets, NumPy arrays (someone may write to them),
tracers, objects, classes and modules of the user's, methods; and so does
code that imports, defines a class, assigns to what isn't its own variable, or
can read what it doesn't name.

A key tells what a function reads when the key is taken. Nothing can prove that
a cell or a global won't be bound to another value later: who calls the function
later, and keeps the result under the key, has to compare the key once more just
before the call.
"""

# pylint: disable=too-many-return-statements, unidiomatic-typecheck

from collections.abc import Callable
import dis
import functools
import sys
import types
from typing import Any

import jax
import jax.core
import numpy as np
from optax._src import base

FUNCTIONS = (
    types.FunctionType, functools.partial, base.GradientTransformation
)

_LIBRARIES = ('builtins', 'functools', 'jax', 'jaxlib', 'math', 'ml_dtypes',
              'numpy', 'operator', 'optax', 're')
_PLAIN = {*np.ScalarType, type(None), type(...)} - {memoryview, np.void}
# Of a library, these read more than what they are given.
_OUTSIDE = {*'''.attrgetter .builtins .config .DataSource .eval .exec .fromfile
.fromregex .genfromtxt .getattr .globals .input .load .loadtxt .locals .matlib
.memmap .modules .open_memmap .vars'''.split()}
_READS = {'LOAD_GLOBAL': '', 'LOAD_ATTR': '.', 'LOAD_METHOD': '.'}


def key(function: Any, value_key: Callable[[Any], Any]) -> Any:
  """Returns a hashable that stands for a function.

  Args:
    function: a function, a partial object, or a tuple of them.
    value_key: returns a hashable that stands for the value of a number, a
      string, a dtype or a jax array.

  Returns:
    The function itself if it is equal only to itself.
  """
  try:
    return _key(function, value_key, {})
  except Exception:  # pylint: disable=broad-exception-caught
    return function  # Also for a deleted array, or recursion.


def _key(x: Any, value_key: Callable[[Any], Any], seen: dict[Any, int]) -> Any:
  """As `key`, but raises; `seen` numbers the functions in their order."""
  recur = functools.partial(_key, value_key=value_key, seen=seen)
  if type(x) in _PLAIN or isinstance(x, np.dtype):
    return type(x), value_key(x)
  if isinstance(x, jax.Array) and not isinstance(x, jax.core.Tracer):
    return x.aval, x.sharding, x.committed, value_key(x)
  if isinstance(x, tuple) and _is_of_library(type(x)) and not getattr(
      x, '__dict__', None):
    return type(x), *map(recur, tuple.__iter__(x))  # Without a deprecation.
  if _is_of_library(x):
    return type(x), x  # jnp.float32 == np.float32, but of another type.
  if type(x) is functools.partial and not vars(x):
    return type(x), *map(recur, (x.func, x.args, *x.keywords.items()))
  if type(x) is not types.FunctionType:
    raise ValueError('It may change.')
  if x in seen:
    return seen[x]  # It calls itself, or is called from two places.
  seen[x] = len(seen)
  names, scope = _names(x.__code__), x.__builtins__ | x.__globals__
  cells, empty = x.__closure__ or (), types.CellType()
  parts = (
      *(cell != empty and (cell.cell_contents,) for cell in cells),
      x.__defaults__, (*(x.__kwdefaults__ or {}).items(),), (*vars(x).items(),),
      *((name, scope[name]) for name in sorted(names & scope.keys())))
  if any('__' in name for name in names) or any(
      y is np and '.random' in names or names & _OUTSIDE
      for y in jax.tree.leaves(parts, is_leaf=lambda y: type(y) is not tuple)
      if isinstance(y, types.ModuleType)):
    raise ValueError('It may read what changes.')
  # Code is equal by value, with the types of its constants.
  return type(x), x.__code__, *map(recur, parts)


def _is_of_library(x: Any) -> bool:
  """Whether `x` is a module of a library, or found in one under its name."""
  if type(x).__module__.partition('.')[0] not in _LIBRARIES and not isinstance(
      x, type):
    return False  # An attribute of a user's object may be anything.
  name = str(getattr(x, '__name__', ''))
  module = sys.modules.get(source := str(getattr(x, '__module__', name)))
  found = x is module or x is getattr(module, name, None)
  return (found and source.lstrip('_').partition('.')[0] in _LIBRARIES
          and f'.{name}' not in _OUTSIDE and 'numpy.random' not in source)


@functools.lru_cache(1024)
def _names(code: types.CodeType) -> frozenset[str]:
  """Returns the globals that code reads, `.attributes`, and `__` for writes."""
  nested = [x for x in code.co_consts if isinstance(x, types.CodeType)]
  return frozenset().union(*map(_names, nested), (
      _READS.get(x.opname, '__') + x.argval for x in dis.get_instructions(code)
      if x.opcode in dis.hasname or x.argval in code.co_freevars
      and x.opname in ('DELETE_DEREF', 'STORE_DEREF')))
