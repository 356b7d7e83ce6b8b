"""Tries an optimizer with the shapes of its parameters, and computes nothing.

What an optimizer does is known to the functional transformation alone. So its
`init` and its `update` are traced, once for all optimizers that are alike, the
latter with a probe in the place of each schedule. The programs tell which
leaves they depend on, and which leaf of the state a schedule is called with.
"""

# pylint: disable=dangerous-default-value, unidiomatic-typecheck

from collections.abc import Iterator, Mapping
import dataclasses
import functools
import inspect
import itertools
import re
from typing import Any, NamedTuple

import jax
import jax.core
import jax.numpy as jnp
from jax.interpreters import partial_eval
from optax._src import base
from optax.pytree import _leaves
from optax.pytree import _node
from optax.pytree import _reads
from optax.pytree import _text
from optax.pytree import _values
from optax.tree_utils import _state_utils

_SCALAR = jax.ShapeDtypeStruct((), jnp.float32)

# How Python says which arguments a user's transformation needs besides.
_MISSING = re.compile(r'missing \d+ required .*?argument.*?: (.*)')
_NAMES = re.compile(r"'(\w+)'")

_PROBE = 'optax_pytree_probe_'


class Params:
  """What can be compared of parameters: the structure, shapes and dtypes."""

  def __init__(self, params: Any):
    leaves, treedef = jax.tree.flatten(params)
    self._compared = treedef, tuple(map(_shape, leaves))

  def tree(self) -> Any:
    treedef, shapes = self._compared
    return treedef.unflatten(shapes)

  def fit(self, tree: Any) -> bool:
    """Whether a tree has the structure of the parameters."""
    return jax.tree.structure(tree) == self._compared[0]

  def __eq__(self, other: Any) -> bool:
    if type(other) is not Params:
      return NotImplemented
    return self._compared == other._compared

  def __repr__(self) -> str:
    as_text = lambda x: _text.Text(f'{x.dtype}{list(x.shape)}')
    text = repr(jax.tree.map(as_text, self.tree()))
    return text if len(text) < 200 else f'{text[:200]}...'

  def __reduce__(self) -> tuple[Any, ...]:
    # Some structures don't pickle, nor do the shapes by all protocols.
    treedef, shapes = self._compared
    shapes = [(x.shape, x.dtype) if isinstance(x, jax.ShapeDtypeStruct) else x
              for x in shapes]
    return _unpickle, (treedef.unflatten(range(len(shapes))), shapes)


def _unpickle(tree: Any, shapes: list[Any]) -> Params:
  return Params(jax.tree.map(
      lambda i: jax.ShapeDtypeStruct(*shapes[i])
      if isinstance(shapes[i], tuple) else shapes[i], tree))


class _AnyParams:
  """Is equal to any parameters, for :func:`optax.tree.map_params`."""

  def fit(self, tree: Any) -> bool:
    return True  # It is asked after a state that was mapped like that.

  def __eq__(self, other: Any) -> bool:
    return True


class Program(NamedTuple):
  """What `init` or an update does, or the reason why it isn't known.

  Attributes:
    reason: why there is no program, if there is none.
    text: the program, without what it computes in vain.
    result: what it returns.
    used: the paths of the leaves that the result depends on.
    counts: for each function that is called with numbers, by its path: their
      paths, None for what is not a leaf, and what they are after `init`.
  """

  reason: str = ''
  text: str = ''
  result: Any = None  # `Params`.
  used: frozenset[str] = frozenset()
  counts: Mapping[str, dict[Any, int]] = {}


class _HoldsTracers(Exception):
  """What was found for an optimizer with tracers, which no cache may keep."""


def with_params(opt: Any, params: Any) -> Any:
  """Returns an optimizer that knows the parameters that its `init` saw."""
  is_any = isinstance(params, _state_utils._ParamsPlaceholder)  # pylint: disable=protected-access
  saw = _AnyParams() if is_any else Params(params)
  layout = dataclasses.replace(opt._layout, params=saw)
  return opt._unflatten(layout, opt._children)


def _shape(x: Any) -> Any:
  if hasattr(x, 'shape') and hasattr(x, 'dtype'):
    return jax.ShapeDtypeStruct(x.shape, x.dtype)
  if isinstance(x, (bool, int, float, complex)):
    return jax.ShapeDtypeStruct((), jnp.result_type(x))
  return type(x)  # A function, for instance, which some leave alone.


def _leaf(x: Any) -> Any:
  if hasattr(x, 'aval'):
    return x.aval
  if hasattr(x, 'shape') and hasattr(x, 'dtype'):
    return jax.ShapeDtypeStruct(x.shape, x.dtype)
  return jax.ShapeDtypeStruct((), jnp.result_type(float), weak_type=True)


class _Subject(NamedTuple):
  """What the programs of an optimizer with state depend on."""

  cls: Any
  layout: Any
  treedef: Any  # Of the hyperparameters.
  leaves: tuple[Any, ...]

  def params(self) -> Any:
    """Returns the shapes of the parameters; one scalar if init saw none."""
    return (self.layout.params or Params(0.0)).tree()

  def opt(self, leaves: Any) -> Any:
    children = _leaves.read(self.treedef.unflatten(leaves))
    return self.cls._unflatten(self.layout, children)

  def init(self, leaves: Any, params: Any) -> Any:
    return self.opt(leaves)._call().init(params)

  def paths(self, state: Any) -> list[str]:
    """Returns the paths of the leaves, those of a state included."""
    children = *self.treedef.unflatten(self.leaves), state
    tree = self.cls._unflatten(self.layout, children)
    return [jax.tree_util.keystr(path)[1:] for path, _ in
            jax.tree_util.tree_leaves_with_path(tree)]


def init(opt: Any) -> Program:
  """Returns the program of the `init` of an optimizer with state."""
  return _try('its init', _trace_init, opt)


def update(opt: Any) -> Program:
  """Returns the program of an update of an optimizer with state."""
  return _try('a trial update', _trace_update, opt)


def _try(what: str, trace: Any, opt: Any) -> Program:
  _reads.check(opt)
  leaves, treedef = jax.tree.flatten(opt._children[:-1])
  subject = _Subject(
      type(opt), opt._layout, treedef, tuple(map(_leaf, leaves)))
  try:
    return _try_once(what, trace, subject, jax.dtypes.canonicalize_dtype(float))
  except _HoldsTracers as e:
    return e.args[0]


@functools.lru_cache(maxsize=64)
def _try_once(
    what: str, trace: Any, subject: _Subject, unused_float: Any
) -> Program:
  """Traces with the leaves, or without their first axis: a population's."""
  error = None
  for axes in (0, 1) if any(x.ndim for x in subject.leaves) else (0,):
    leaves = [jax.ShapeDtypeStruct(
        x.shape[axes:], x.dtype, weak_type=x.weak_type) for x in subject.leaves]
    try:
      program, result, state = trace(subject, leaves)
    except Exception as e:  # pylint: disable=broad-exception-caught
      error = error or e
      continue
    text, used, counts = _read(program, subject.paths(state))
    if any(len(places) > 1 for places in counts.values()):
      starts = _starts(subject, leaves)
      counts = {path: {place: int(starts.get(place, 0)) for place in places}
                for path, places in counts.items()}
    found = Program('', text, Params(result), used, counts)
    if any(isinstance(x, jax.core.Tracer) for x in program.consts):
      raise _HoldsTracers(found)
    return found
  return Program(f'{what} fails with {error!r}')


def _starts(subject: _Subject, leaves: Any) -> dict[str, Any]:
  """Returns the numbers in the state that init makes, by their paths."""

  @jax.jit  # Which computes these alone.
  def numbers():
    given = leaves, subject.params()
    state = subject.init(*jax.tree.map(
        lambda x: jnp.ones(x.shape, x.dtype) if hasattr(x, 'dtype') else x,
        given))
    paths = subject.paths(state)[len(leaves):]
    return {path: x for path, x in zip(paths, jax.tree.leaves(state))
            if not jnp.ndim(x) and jnp.issubdtype(x.dtype, jnp.integer)}

  return numbers()


def _trace_init(subject: _Subject, leaves: Any) -> tuple[Any, Any, Any]:
  """Returns the program, what it returns, and the state that it is given."""
  program, state = jax.make_jaxpr(subject.init, return_shape=True)(
      leaves, subject.params())
  return program, state, None


def _trace_update(subject: _Subject, leaves: Any) -> tuple[Any, Any, Any]:
  """Returns the program, what it returns, and the state that it is given."""
  params, error = subject.params(), None
  state = jax.eval_shape(subject.init, leaves, params)
  attempts = list(itertools.product(_updates(params), _extra_args()))
  for updates, extra_args in attempts:
    functions = {k: f for k, f in extra_args.items() if callable(f)}
    arrays = {k: x for k, x in extra_args.items() if k not in functions}
    if arrays:
      arrays['grad'] = updates

    def call(leaves, state, updates, params, arrays, functions=functions):
      tx = _with_probes(subject.opt(leaves))
      if isinstance(tx, base.GradientTransformation):
        tx = base.with_extra_args_support(tx)
      return tx.update(updates, state, params, **functions, **arrays)

    try:
      program, result = jax.make_jaxpr(call, return_shape=True)(
          leaves, state, updates, params, arrays)
      return program, result, state
    except Exception as e:  # pylint: disable=broad-exception-caught
      error = error or e
      missing = _MISSING.search(str(e))
      if missing and not extra_args.keys() & set(_NAMES.findall(missing[1])):
        scalars = dict.fromkeys(_NAMES.findall(missing[1]), _SCALAR)
        attempts.append((updates, {**extra_args, **scalars}))
  assert error is not None
  raise error


def _read(program: Any, names: list[str]) -> tuple[str, frozenset[str], Any]:
  """Reads a program whose first inputs have those names.

  Args:
    program: the program.
    names: of its first inputs.

  Returns:
    What can be compared of it, without what it computes in vain; the names of
    the inputs that its outputs depend on; and those with which the probes are
    called.
  """
  jaxpr, counts = program.jaxpr, {}
  _follow(jaxpr, names + [None] * (len(jaxpr.invars) - len(names)), counts)
  needed = [True] * len(jaxpr.outvars)
  _, is_used = partial_eval.dce_jaxpr(jaxpr, needed)
  jaxpr, _ = partial_eval.dce_jaxpr(jaxpr, needed, instantiate=True)
  text = f'{jaxpr} {_values.key(tuple(program.consts))}'
  return text, frozenset(itertools.compress(names, is_used)), counts


def _follow(jaxpr: Any, inputs: list[Any], counts: dict[str, Any]) -> None:
  """Finds the probes in a program.

  Args:
    jaxpr: the program.
    inputs: the names of its inputs, or None.
    counts: gets the name of what each probe is called with, by its path.
  """
  known = dict(zip(map(id, jaxpr.invars), inputs))
  for eqn in jaxpr.eqns:
    values = [known.get(id(x)) for x in eqn.invars]
    name = str(eqn.params.get('name', ''))
    if name.startswith(_PROBE):
      counts.setdefault(name.removeprefix(_PROBE), {})[values[0]] = 0
    if eqn.primitive.name in ('scan', 'while'):
      values = [None] * len(values)
    for inner in _inner_programs(eqn.params.values()):
      # A branch has no predicate, so that the first ones may be missing.
      _follow(inner, values[len(values) - len(inner.invars):], counts)


def _inner_programs(params: Any) -> Iterator[Any]:
  for x in params:
    if isinstance(x, (tuple, list)):
      yield from _inner_programs(x)
    elif hasattr(x, 'eqns'):
      yield getattr(x, 'jaxpr', x)


def _with_probes(node: Any, prefix: str = '') -> Any:
  """Calls the factory of a node with probes in the place of functions."""

  def probe(path, x):
    path = prefix + path
    if isinstance(x, _node.Node) and not callable(x):
      return _with_probes(x, f'{path}.')
    return _probe(x, path) if callable(x) and not inspect.isclass(x) else x

  number = lambda x, kind: (
      _values.weakly_typed(x) if kind == _values.NUMBER else x)
  arguments = {name: node._fill(x, number)
               for name, x in node._layout.template.items()}
  return node._call_with({
      name: x if name in node._facts.masks
      else _values.map_items(probe, x, name, callable)
      for name, x in arguments.items()
  })


def _probe(function: Any, path: str) -> Any:
  """Returns the function, which marks a number that it is called with."""

  def mark(count):
    return count

  mark.__name__ = _PROBE + path
  mark = jax.jit(mark)

  def probe(*args, **kwargs):
    result = function(*args, **kwargs)
    if len(args) == 1 and not kwargs and _is_scalar(args[0]) and not (
        jnp.issubdtype(jnp.result_type(result), jnp.bool_)):
      mark(args[0])
    return result

  return probe


def _is_scalar(x: Any) -> bool:
  return (_values.is_number(x) or _values.is_array(x)) and jnp.ndim(x) == 0


def _updates(params: Any) -> Iterator[Any]:
  """Yields the updates that may fit parameters."""
  updates = getattr(params, 'fast', params)  # Those of lookahead.
  yield updates
  yield jax.tree.map(  # A gradient for each example.
      lambda x: jax.ShapeDtypeStruct((1, *x.shape), x.dtype), updates)


def _extra_args() -> Iterator[dict[str, Any]]:
  """Yields what optax's own transformations take: none, or some of these."""
  value = {'value': _SCALAR, 'value_fn': _sum}
  grad_fn = {'grad_fn': lambda params, *_: params}
  yield {'obj_fn': _sum, **grad_fn, **value}
  yield grad_fn
  yield value  # The line searches pass what else they get to value_fn.
  yield {}


def _sum(params: Any, *unused_args: Any) -> Any:
  return sum(map(jnp.sum, jax.tree.leaves(params)))
