"""Lets flax.serialization, if the program has it, write and read optimizers."""

from collections.abc import Iterator
import sys
from typing import Any

import jax
import numpy as np
from optax.pytree import _state
from optax.pytree import _values


def _static(opt: Any, prefix: str = '') -> Iterator[tuple[str, str]]:
  """Yields what is static in an optimizer, in words that can be compared."""
  yield prefix, type(opt).__name__
  for name in opt._layout.template:
    items = _values.items(opt._get(name), f'{prefix}.{name}')
    yield f'{prefix}.{name}', ' '.join(path for path, _ in items)
    for path, x in items:
      if isinstance(x, _values.Item):
        yield from _static(x, path)
      elif path[len(prefix) + 1:] not in opt._layout.paths:
        yield path, _in_words(x)


def _in_words(x: Any) -> str:
  if isinstance(x, np.ndarray):
    return f'{x.dtype} {x.tolist()}'
  if callable(x) or ' at 0x' in repr(x):  # An address.
    return getattr(x, '__qualname__', type(x).__qualname__)
  return f'{type(x).__name__} {x!r}'


def register(cls: type[Any]) -> None:
  """Registers a class of optimizers, unless that was done or Flax is unused."""
  serialization = sys.modules.get('flax.serialization')
  if serialization is None:
    return

  def to_state_dict(opt):
    leaves = jax.tree_util.tree_leaves_with_path(opt.replace(opt_state=None))
    return {
        'hyperparams': {jax.tree_util.keystr(path): x for path, x in leaves},
        'opt_state': serialization.to_state_dict(opt.opt_state),
        'static': dict(_static(opt)),
    }

  def from_state_dict(opt, state):
    expected = to_state_dict(opt)
    if not isinstance(state, dict):
      raise ValueError(
          f'{cls.__name__}: state_dict is a {type(state).__name__}, not a dict'
      )
    if 'opt_state' not in state:
      state = {'opt_state': state}  # Functional optax's.
    state = {**expected, **state}  # Earlier versions wrote nothing static.
    static = expected.pop('static'), state.pop('static')
    # Flax would leave out what it does not expect.
    _state.check(expected, state, f'{cls.__name__}: state_dict')
    for path in sorted(static[0].keys() | static[1].keys()):
      here, there = (x.get(path, 'nothing') for x in static)
      if here != there:
        name = path[1:] or 'the class'
        raise ValueError(
            f'{cls.__name__}: {name} was {there} when it was'
            f' saved, and is {here}; restore to an optimizer with the same'
            ' hyperparameters'
        )
    hyperparams = jax.tree_util.tree_map_with_path(
        lambda path, _: state['hyperparams'][jax.tree_util.keystr(path)],
        opt.replace(opt_state=None),
    )
    opt_state = serialization.from_state_dict(
        opt.opt_state, state['opt_state'], name='opt_state'
    )
    return hyperparams._with_state(opt_state, opt._layout.params)

  try:
    serialization.register_serialization_state(
        cls, to_state_dict, from_state_dict
    )
  except ValueError:  # It is registered.
    pass
