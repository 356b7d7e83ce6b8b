"""Finds the counts with which an update evaluates its schedules.

A schedule is called deep inside a functional transformation, with a count that
the state holds somewhere. A trial finds out where: an update of tiny parameters
in which a probe, in the place of the schedule, notes the very array it is
given. That array is then looked up among the leaves of the state. What the
trial can't see is a factory that, depending on its data, gives a schedule one
count or another.
"""

from collections.abc import Iterator
import functools
import inspect
import itertools
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from optax._src import base
from optax._src import lookahead
from optax.pytree import _node


def _sum(params: Any, *unused_args: Any) -> Any:
  return sum(map(jnp.sum, jax.tree.leaves(params)))


# What optax's own transformations take: none, or some of these.
_VALUE = {'value': np.float32(1.0), 'value_fn': _sum}
_EXTRA_ARGS = (
    {'obj_fn': _sum, 'grad_fn': lambda params, *_: params, **_VALUE},
    _VALUE,  # The line searches pass what else they get to value_fn.
    {},
)

_UNKNOWN = 'its argument in a trial update was not a leaf of the state'


class _HoldsTracers(Exception):
  """What was found for an optimizer with tracers, which no cache may keep."""

  def __init__(self, found: dict[str, Any]):
    super().__init__()
    self.found = found


class _Probe:
  """Takes the place of a callable and notes what it is called with."""

  def __init__(self, function: Any):
    self._function = function
    self.counts = []

  def __call__(self, *args: Any, **kwargs: Any) -> Any:
    result = self._function(*args, **kwargs)
    if (len(args) == 1
        and isinstance(args[0], (jax.Array, np.ndarray, np.generic, int))
        and jnp.ndim(args[0]) == 0
        and not jnp.issubdtype(jnp.result_type(result), jnp.bool_)):
      self.counts.append(args[0])
    return result


def find_counts(opt: Any) -> dict[str, Any]:
  """Finds where each schedule of an optimizer gets its count from.

  Args:
    opt: an optimizer.

  Returns:
    For each callable hyperparameter that an update calls with a number, by its
    path: the paths of that number in the state, or a string that says why it
    isn't known.
  """
  leaves, treedef = jax.tree.flatten(opt._without_state())
  shapes = tuple(jax.eval_shape(lambda: leaves))
  try:
    return _find_counts(treedef, shapes, opt._layout.params_treedef)
  except _HoldsTracers as e:
    return e.found


@functools.lru_cache
def _find_counts(
    treedef: Any, shapes: tuple[Any, ...], params_treedef: Any
) -> dict[str, Any]:
  """Makes the trial, once for all optimizers of a structure."""
  probes, reason = {}, ''
  with jax.disable_jit(), jax.ensure_compile_time_eval():
    # Without the first axis too: that of a population.
    opts = [treedef.unflatten(
        jax.random.key(0) if jnp.issubdtype(x.dtype, jax.dtypes.prng_key)
        else jnp.full(x.shape[axes:], 0.5, x.dtype) for x in shapes
    ) for axes in (0, 1)]
    for opt, params, extra_args in itertools.product(
        opts, _trial_params(opts[0], params_treedef), _EXTRA_ARGS):
      tx = _with_probes(opt, '', probes)
      if isinstance(tx, base.GradientTransformation):
        tx = base.with_extra_args_support(tx)
      updates = getattr(params, 'fast', params)
      if extra_args:
        extra_args = {**extra_args, 'grad': updates}
      try:
        state = jax.tree.map(jnp.copy, tx.init(params))  # No array twice.
        for probe in probes.values():
          probe.counts.clear()  # Of the factory and of init.
        result = tx.update(updates, state, params, **extra_args)
        break
      except Exception as e:  # pylint: disable=broad-exception-caught
        reason = reason or f'a trial update failed with {e!r}'
    else:
      return dict.fromkeys(probes, reason)
  paths = {
      id(x): path for path, x in jax.tree_util.tree_leaves_with_path(state)
  }
  found = {}
  for name, probe in probes.items():
    if probe.counts:
      places = {paths.get(id(x)) for x in probe.counts}
      found[name] = _UNKNOWN if None in places else tuple(places)
  if any(isinstance(x, jax.core.Tracer) for x in jax.tree.leaves(result)):
    raise _HoldsTracers(found)
  return found


def _with_probes(opt: Any, prefix: str, probes: dict[str, _Probe]) -> Any:
  """Calls an optimizer's factory with probes in the place of callables."""

  def convert(path, x):
    path = prefix + path
    if isinstance(x, _node.Node) and not callable(x):
      return _with_probes(x, f'{path}.', probes)
    if callable(x) and not inspect.isclass(x):
      x = probes[path] = _Probe(x)
    return x

  return opt._call(convert)


def _trial_params(opt: Any, treedef: Any) -> Iterator[Any]:
  """Yields small parameters, of the known structure or such as may fit."""
  leaf = jnp.full((2, 2), 0.5)
  if treedef is not None:
    yield treedef.unflatten([leaf] * treedef.num_leaves)
  else:
    yield leaf
    yield lookahead.LookaheadParams(leaf, leaf)
    for mask in _masks(opt):
      yield jax.tree.map(lambda _: leaf, mask)


def _masks(opt: Any) -> Iterator[Any]:
  """Yields the containers among the static hyperparameters."""
  for value in opt._arguments().values():
    items, treedef = jax.tree.flatten(value, is_leaf=_node.is_node)
    nodes = [x for x in items if _node.is_node(x)]
    for node in nodes:
      yield from _masks(node)
    if not nodes and not jax.tree_util.treedef_is_leaf(treedef):
      yield value
