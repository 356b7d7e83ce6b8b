"""What stands in the place of a leaf: an array of its type, on its device."""

from collections.abc import Callable
import functools
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from optax.pytree import _values

_identity = jax.jit(lambda x: x)


def to_jax(x: Any) -> Any:
  """Returns a number or a NumPy array as an array of JAX, others as is."""
  if isinstance(x, (float, np.ndarray)):
    with jax.transfer_guard_host_to_device('allow'):
      return _identity(x)
  return x


def read(tree: Any) -> Any:
  """Returns a tree with arrays in the place of what holds them."""
  return jax.tree.map(
      lambda x: x.__jax_array__() if _values.is_holder(x) else x, tree,
      is_leaf=_values.is_holder,
  )


@functools.lru_cache
def _full_like_on(sharding: Any) -> Callable[[Any, Any], Any]:
  return jax.jit(jax.lax.full_like, out_shardings=sharding)


def replace(old: Any, new: Any, kind: str) -> Any:
  """Returns a leaf for the place of another one.

  Args:
    old: the present leaf.
    new: a number, an array or a placeholder.
    kind: of the leaf, `NUMBER` or `ARRAY`.

  Returns:
    A number with the old one's shape, dtype, weak type and sharding, so that
    nothing is traced anew; anything else as it is.
  """
  if _values.is_holder(old):
    return jax.tree.map(lambda x: replace(x, new, kind), old)
  is_scalar = _values.is_number(new) or (
      kind == _values.NUMBER and _values.is_array(new) and not new.ndim
      and not jnp.issubdtype(new.dtype, jnp.complexfloating))
  if kind == _values.ARRAY and isinstance(old, (jax.Array, np.ndarray)):
    # An integer array would lose the fraction.
    is_integer = isinstance(new, (int, np.integer))
    is_scalar &= jnp.issubdtype(
        old.dtype, jnp.number if is_integer else jnp.inexact)
  if is_scalar and isinstance(old, np.ndarray):
    return _values.own(np.asarray(new, old.dtype))
  if not is_scalar or not isinstance(old, jax.Array):
    new = _values.own(new, kind)
    return to_jax(new) if isinstance(old, jax.Array) else new
  if isinstance(old, jax.core.Tracer) or isinstance(new, jax.core.Tracer):
    like = 0.0 if old.weak_type and not old.ndim else old
    return jax.lax.full_like(like, new)
  full_like = _full_like_on(old.sharding if old.committed else None)
  try:
    return full_like(old, new)
  except (jax.errors.JaxRuntimeError, ValueError):
    with jax.transfer_guard('allow'):  # It is asked for, so it may be moved.
      return full_like(old, np.asarray(new))


def apart(opt: Any, *others: Any) -> Any:
  """Returns an optimizer that shares no buffer with other trees.

  Nor has it one twice, since a buffer can be donated only once.

  Args:
    opt: an optimizer.
    *others: the trees.
  """
  seen = {id(x) for x in jax.tree.leaves(others)}

  def own(_, x):
    if isinstance(x, _values.Item):
      return jax.tree.map(lambda leaf: own('', leaf), x)
    if id(x) in seen and isinstance(x, jax.Array):
      return jnp.copy(x)
    seen.add(id(x))
    return x

  # Not by JAX, which sorts the keys of the state.
  children = _values.map_items(own, opt._children)
  return opt._unflatten(opt._layout, children)
