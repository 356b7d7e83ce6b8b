"""The items that arguments hold: what they are, and how they compare."""

# pylint: disable=too-many-return-statements

import collections
from collections.abc import Callable, Mapping
import inspect
from typing import Any, NamedTuple

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from optax._src import base
from optax.pytree import _functions

# What an item may be in the pytree; anything else is static.
NUMBER = 'number'  # A leaf that is weakly typed in every update.
ARRAY = 'array'  # A leaf.
NODE = 'node'  # An optimizer or a schedule, with items of its own.

_DICTS = (dict, collections.OrderedDict, collections.defaultdict)


class Child(NamedTuple):
  """Stands in a template for one of the children of a node."""

  index: int


# Values of Python that nothing can write to; and what holds nothing.
PLAIN = frozenset((type(None), bool, int, float, str))
FLAT = PLAIN | {Child}


class Item:
  """A pytree that is one item of an argument, whatever it holds itself."""

  _layout: Any
  _children: tuple[Any, ...]


def has_state(x: Any) -> bool:
  """Whether `x` is an optimizer with state."""
  return isinstance(x, Item) and len(x._children) > len(x._layout.kinds)


def _is_item(x: Any) -> bool:
  return x is None or isinstance(
      x, (int, float, str, Child, Item, base.GradientTransformation)
  ) or jax.tree_util.all_leaves([x])


def children(x: Any) -> tuple[list[Any], Any]:
  """Returns what a container of another kind holds, with the key paths."""
  return jax.tree_util.tree_flatten_with_path(x, is_leaf=lambda y: y is not x)


def map_items(
    f: Callable[[str, Any], Any],
    value: Any,
    path: str = '',
    is_item: Callable[[Any], bool] = lambda x: False,
) -> Any:
  """Maps f(path, item) over an argument, in copies of its containers.

  Args:
    f: the function; its results take the places of the items.
    value: an item, or any container that JAX knows; dicts keep their order.
    path: what the paths begin with, which go on as JAX writes them.
    is_item: what else is an item, though JAX could look into it.

  Returns:
    The same containers with other items.
  """
  if is_item(value) or _is_item(value):
    return f(path, value)
  if type(value) in _DICTS:
    mapped = value.copy()  # JAX would sort the keys.
    for k, x in value.items():
      mapped[k] = map_items(f, x, f'{path}[{k!r}]', is_item)
    return mapped
  if type(value) in (list, tuple):
    return type(value)([
        map_items(f, x, f'{path}[{i}]', is_item) for i, x in enumerate(value)
    ])
  held, treedef = children(value)
  mapped = treedef.unflatten(
      map_items(f, x, path + jax.tree_util.keystr(key), is_item)
      for key, x in held
  )
  if isinstance(value, Mapping) and list(mapped) != list(value):  # Flax's.
    return type(mapped)({k: mapped[k] for k in value})
  return mapped


def items(
    value: Any, path: str = '',
    is_item: Callable[[Any], bool] = lambda x: False,
) -> list[tuple[str, Any]]:
  """Returns the items of an argument with their paths."""
  found: list[Any] = []
  map_items(lambda *item: found.append(item), value, path, is_item)
  return found


def is_number(x: Any) -> bool:
  """Whether `x` is a real Python or NumPy number; a boolean is not."""
  return not isinstance(x, bool) and isinstance(
      x, (int, float, np.integer, np.floating))


def is_array(x: Any) -> bool:
  """Whether `x` is an array, PRNG key or tracer; a boolean array is not."""
  return isinstance(x, jax.Array) and x.dtype != bool or (
      isinstance(x, np.ndarray) and jnp.issubdtype(x.dtype, jnp.number))


def is_weak_scalar(x: Any) -> bool:
  """Whether `x` is to JAX what a Python number becomes in a traced function."""
  return isinstance(x, jax.Array) and x.ndim == 0 and bool(
      getattr(x, 'weak_type', False)
  ) and not jnp.issubdtype(x.dtype, jnp.complexfloating)


def is_value(x: Any) -> bool:
  """Whether `x` is a number or an array, and no placeholder for one."""
  return isinstance(x, (int, float, np.generic, np.ndarray, jax.Array))


def may_be_leaf(x: Any) -> bool:
  """Whether `x` may take a leaf's place: a number, array or placeholder."""
  return _is_item(x) and not (
      x is None or callable(x)
      or isinstance(x, (bool, str, Item, base.GradientTransformation))
  )


def own(x: Any, kind: str = ARRAY) -> Any:
  """Returns a leaf of that kind: a float or an array that nobody can write."""
  if kind == NUMBER and is_number(x):
    return float(x)
  if kind == NUMBER and is_weak_scalar(x) and not jnp.issubdtype(
      x.dtype, jnp.floating):
    return jax.lax.full_like(0.0, x)
  if isinstance(x, np.ndarray):
    x = x.copy()
    x.setflags(write=False)
  return x


def is_holder(x: Any) -> bool:
  """Whether `x` holds an array, as the variables of Flax do."""
  return hasattr(x, '__jax_array__') and not isinstance(x, jax.Array)


def weakly_typed(x: Any) -> Any:
  """Returns a number as an update uses it, whatever its leaf has become."""
  if isinstance(x, (np.generic, np.ndarray)) and not x.ndim:
    return float(x)
  if isinstance(x, jax.Array) and not x.ndim and not is_weak_scalar(x):
    return jax.lax.full_like(0.0, x)
  return x


def static(x: Any) -> Any:
  """Returns an item as a template holds it."""
  if isinstance(x, (jax.Array, np.ndarray)) and x.dtype != object:
    return own(np.asarray(x))  # A constant also where others are traced.
  return x


def key(x: Any) -> Any:
  """Returns a hashable that stands for a static value and its type."""
  if isinstance(x, float):
    return type(x), float.hex(x)  # Two NaNs are equal; 0.0 and -0.0 are not.
  if isinstance(x, complex):
    return type(x), float.hex(x.real), float.hex(x.imag)
  if isinstance(x, np.generic):
    return x.dtype, x.tobytes()  # Of a time, with its unit.
  if isinstance(x, jax.core.Tracer):
    return type(x), id(x)
  if isinstance(x, (jax.Array, np.ndarray)):
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      with jax.ensure_compile_time_eval():  # No tracer in a traced function.
        return x.dtype, key(jax.random.key_data(x))
    x = np.asarray(x)
    return x.dtype, x.shape, x.tobytes()
  if isinstance(x, _functions.FUNCTIONS):
    return type(x), _functions.key(x, key)
  if isinstance(x, (np.dtype, type(jnp.float32))) or (
      inspect.isclass(x) and issubclass(x, np.generic)):
    return np.dtype, np.dtype(x)  # np.float16, jnp.float16, ...
  if _is_item(x):
    return type(x), x
  value: Any = x
  if type(x) in _DICTS:  # The order counts, as it may to a factory.
    factory = getattr(x, 'default_factory', None)
    return type(x), factory, *((key(k), key(y)) for k, y in value.items())
  if type(x) in (list, tuple):
    return type(x), *map(key, value)
  held, treedef = children(x)
  keys = tuple(value) if isinstance(value, Mapping) else ()
  # The type first: some structures can't be compared with anything else.
  return type(x), treedef, keys, *(key(child) for _, child in held)


def tree_key(tree: Any) -> tuple[Any, ...]:
  """Returns a hashable that stands for a pytree's structure and leaves."""
  try:
    leaves, treedef = jax.tree.flatten(tree)
  except ValueError:  # It can't sort the keys of a state with such labels.
    return type(tree), tree._layout, *map(key, tree._children)
  return treedef, *map(key, leaves)
