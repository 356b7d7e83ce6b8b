"""What is a number or an array, and how static values compare."""

from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np


def is_number(x: Any) -> bool:
  """Whether `x` is a real Python or NumPy number; a boolean is not."""
  return (
      isinstance(x, (int, float, np.integer, np.floating))
      and not isinstance(x, bool)
  )


def is_numeric_array(x: Any) -> bool:
  """Whether `x` is an array, PRNG key or tracer; a boolean array is not."""
  return isinstance(x, (jax.Array, np.ndarray)) and x.dtype != bool


class _Unhashable:
  """Makes a value that can't be hashed usable in a key."""

  def __init__(self, value: Any):
    self.value = value

  def __eq__(self, other: Any) -> bool:
    try:
      return isinstance(other, _Unhashable) and bool(self.value == other.value)
    except ValueError:  # An array inside.
      return False

  def __hash__(self) -> int:
    return hash(type(self.value))


def key(x: Any) -> tuple[Any, ...]:
  """Returns a hashable that stands for a leaf's type and value."""
  if isinstance(x, (int, float, complex, np.generic)):
    return type(x), repr(x)  # Two NaNs are equal; 0.0 and -0.0 are not.
  if isinstance(x, jax.core.Tracer):
    return type(x), id(x)
  if isinstance(x, (jax.Array, np.ndarray)):
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      with jax.ensure_compile_time_eval():  # No tracer in a traced function.
        return x.dtype, key(jax.random.key_data(x))
    x = np.asarray(x)
    return x.dtype, x.shape, x.tobytes()
  if isinstance(x, (np.dtype, type(jnp.float32))) or (
      isinstance(x, type) and issubclass(x, np.generic)):
    return np.dtype, np.dtype(x)  # np.float16, jnp.float16, ...
  try:
    hash(x)
  except TypeError:
    return type(x), _Unhashable(x)
  return type(x), x


def tree_key(tree: Any) -> tuple[Any, ...]:
  """Returns a hashable that stands for a pytree's structure and leaves."""
  leaves, treedef = jax.tree.flatten(tree)
  return treedef, *map(key, leaves)
