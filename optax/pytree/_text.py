"""Optimizers and layouts as text."""

# pylint: disable=unidiomatic-typecheck

from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from optax.pytree import _values

_LINES = 16  # Of a state, at the most.


class Text:
  """Is shown as it is, without quotes."""

  def __init__(self, value: Any):
    self._value = value

  def __repr__(self) -> str:
    return str(self._value)


def numbers(tree: Any) -> Any:
  """Returns a tree with its scalars as they are shown: as numbers."""

  def as_text(_, x):
    if (isinstance(x, jax.Array) and not isinstance(x, jax.core.Tracer)
        and not x.ndim and jnp.issubdtype(x.dtype, jnp.number)
        and x.is_fully_addressable):
      return Text('deleted' if x.is_deleted() else np.asarray(x)[()])
    return x

  return _values.map_items(as_text, tree)


def of_layout(layout: Any) -> str:
  """Returns what JAX shows where two structures differ."""
  as_kind = lambda _, x: (
      Text(f'<{layout.kinds[x.index]}>') if type(x) is _values.Child else x)
  texts = [f'{name}={_values.map_items(as_kind, x)!r}'
           for name, x in layout.template.items()]
  return ', '.join(texts + [f'init saw {layout.params!r}'] * bool(
      layout.params))


def of_node(node: Any) -> str:
  """Returns the call that makes a node, and below it what its state holds."""
  arguments = [f'{n}={numbers(node._get(n))!r}' for n in node._layout.template]
  lines = [f'{type(node).__name__}({", ".join(arguments)})']
  for state in node._children[len(node._layout.kinds):]:
    for path, x in _values.items(state, '.opt_state'):
      shape = f'{x.dtype}{list(x.shape)}' if hasattr(x, 'dtype') else repr(x)
      lines.append(f'  {path}: {shape}')
  if len(lines) > _LINES:
    lines[_LINES:] = [f'  and {len(lines) - _LINES} more arrays']
  return '\n'.join(lines)
