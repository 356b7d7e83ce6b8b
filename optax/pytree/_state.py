"""Checks the state that is put into an optimizer."""

from typing import Any

import jax


def check(expected: Any, state: Any, name: str = 'opt_state') -> None:
  """Refuses a state with other leaves or shapes, and names the first one.

  Args:
    expected: a state of the optimizer.
    state: the one to be put in.
    name: what the paths begin with.

  Raises:
    ValueError: a leaf is missing, is too many or has another shape.
  """
  expected, found = (
      {jax.tree_util.keystr(path): x for path, x in
       jax.tree_util.tree_leaves_with_path(y, is_leaf=lambda x: x is None)}
      for y in (expected, state)
  )
  for path in expected | found:
    if path not in found:
      problem = 'is missing'
    elif path not in expected:
      problem = 'does not belong there'
    else:
      shape, new = (getattr(x[path], 'shape', None) for x in (expected, found))
      if shape == new or None in (shape, new):  # A placeholder has no shape.
        continue
      problem = f'has the shape {new}, not {shape}'
    raise ValueError(
        f'{name}{path} {problem}: the state is not one of this optimizer'
        ' for these parameters'
    )
