"""Tests of each JAX transformation on each kind of optimizer.

Each transformation is a function of a `_Side`, which trains either with
`optax.pytree` or with functional optax, with the learning rate in the same
place: what comes out has to be the same, bit for bit, or the same error.
"""

import contextlib
import functools
import importlib.util
import itertools
import os
import pickle
from typing import Any, NamedTuple
import unittest
from unittest import mock

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

_RATE = 0.01
_STEPS = 3


def _user_factory(learning_rate, decay=0.9):
  return optax.chain(optax.trace(decay), optax.scale(-learning_rate))


# Lifted once: transformations are equal only if they are the same object.
_ADAM = optax.adam(_RATE)


def _lifted(o, rate):
  tx = _ADAM if rate is _RATE else optax.adam(rate)
  return tx if o is optax else o.from_gradient_transformation(tx)


def _user_wrapped(o, rate):
  factory = _user_factory if o is optax else o.wrap(_user_factory)
  return factory(rate)


# Each is called with `optax` or `optax.pytree`, and a learning rate.
KINDS = {
    'plain': lambda o, rate: o.adam(rate),
    'scheduled': lambda o, rate: o.adam(o.cosine_decay_schedule(rate, 10)),
    'chain': lambda o, rate: o.chain(
        o.clip_by_global_norm(1.0), o.adamw(rate)),
    'partition': lambda o, rate: o.partition(
        {'matrix': o.adam(rate), 'vector': o.sgd(rate, momentum=0.9)},
        {'w': 'matrix', 'b': 'vector'}),
    'masked': lambda o, rate: o.masked(o.adam(rate), {'w': True, 'b': False}),
    'MultiSteps': lambda o, rate: o.MultiSteps(o.adam(rate), 2),
    'apply_if_finite': lambda o, rate: o.apply_if_finite(o.adam(rate), 2),
    'lbfgs': lambda o, rate: o.lbfgs(rate),
    'schedule_free': lambda o, rate: o.contrib.schedule_free(
        o.sgd(rate), learning_rate=rate),
    'muon': lambda o, rate: o.contrib.muon(rate),
    'lifted': _lifted,
    'wrapped': _user_wrapped,
}
# That whose learning rate is a constant for `optax.pytree` too.
_CONSTANT = ('lifted',)


def _params(scale: float = 1.0) -> Any:
  return {'w': scale * jnp.array([[0.5, -1.0], [2.0, 0.25]]),
          'b': scale * jnp.array([1.0, -0.5])}


class _Carry(NamedTuple):
  params: Any
  opt: Any  # The optimizer, or functional optax's state and learning rate.


class _Side:
  """Training with optax.pytree, or with functional optax."""

  def __init__(self, kind: str, is_pytree: bool):
    self.kind, self.is_pytree = kind, is_pytree

  def new(self, rate: Any = _RATE) -> Any:
    """Returns an optimizer without state, or a transformation."""
    return KINDS[self.kind](optax.pytree if self.is_pytree else optax, rate)

  def init(self, opt: Any, params: Any, rate: Any = _RATE) -> _Carry:
    if self.is_pytree:
      return _Carry(params, opt.init(params))
    rate = None if self.kind in _CONSTANT else rate
    return _Carry(params, (opt.init(params), rate))

  def arguments(self, params: Any) -> tuple[Any, dict[str, Any]]:
    """Returns the gradient, and what else an update takes."""
    value, grad = jax.value_and_grad(_test_utils.loss)(params)
    if self.kind != 'lbfgs':
      return grad, {}
    return grad, {'value': value, 'grad': grad, 'value_fn': _test_utils.loss}

  def step(self, carry: _Carry, rate: Any = _RATE) -> _Carry:
    params, opt = carry
    grad, extra_args = self.arguments(params)
    if self.is_pytree:
      updates, opt = opt.update(grad, params, **extra_args)
    else:
      state, in_carry = opt
      tx = self.new(rate if in_carry is None else in_carry)
      updates, state = tx.update(grad, state, params, **extra_args)
      opt = state, in_carry
    return _Carry(optax.apply_updates(params, updates), opt)

  def with_rate(self, carry: _Carry, rate: Any) -> _Carry:
    """Replaces the learning rate, if it isn't a constant."""
    params, opt = carry
    if self.kind in _CONSTANT:
      return carry
    if not self.is_pytree:
      return _Carry(params, (opt[0], rate))
    leaves = jax.tree_util.tree_leaves_with_path(opt.replace(opt_state=None))
    names = [jax.tree_util.keystr(path).removeprefix('.') for path, _ in leaves]
    return _Carry(params, opt.replace(dict.fromkeys(names, rate)))

  def start(self, params: Any = None, rate: Any = _RATE) -> _Carry:
    params = _params() if params is None else params
    return self.init(self.new(rate), params, rate)

  def loop(self, carry: _Carry, rate: Any = _RATE) -> _Carry:
    for _ in range(_STEPS):
      carry = self.step(carry, rate)
    return carry

  def run(self, params: Any, rate: Any = _RATE) -> _Carry:
    return self.loop(self.start(params, rate), rate)

  def after(self, params: Any, rate: Any) -> jax.Array:
    """Returns the loss after training, for derivatives."""
    return _test_utils.loss(self.run(params, rate).params)

  def result(self, carry: _Carry) -> Any:
    """Returns the part of the carry that both sides have."""
    params, opt = carry
    return params, opt.opt_state if self.is_pytree else opt[0]


def _stacked(trees: Any) -> Any:
  return jax.tree.map(lambda *x: jnp.stack(x), *trees)


_RATES = np.array([0.1, 0.01, 0.001], np.float32)


def _batch() -> Any:
  return _stacked([_params(scale) for scale in (0.5, 1.0, 2.0)])


def _devices() -> Any:
  """Returns a device for each example of the batch, or the only one."""
  devices = jax.devices()[:3]
  return devices if len(devices) == 3 else devices[:1]


# Each returns what is compared, a _Carry where there is one.


def jit_init(side):
  return side.loop(jax.jit(side.start)(_params()))


def jit_update(side):
  carry, step = side.start(), jax.jit(side.step)
  for _ in range(_STEPS):
    carry = step(carry)
  return carry


def jit_init_and_update(side):
  return jax.jit(side.loop)(jax.jit(side.start)(_params()))


def jit_whole_loop(side):
  return jax.jit(lambda: side.run(_params()))()


def nested_jit(side):
  step = jax.jit(side.step)
  return jax.jit(lambda carry: jax.jit(step)(step(carry)))(side.start())


def bound_methods(side):
  """All but the arguments is a constant, the state as well."""
  opt, params = side.new(), _params()
  grad, extra_args = side.arguments(params)
  opt_or_state = jax.jit(opt.init)(params)
  if side.is_pytree:
    update = opt_or_state.update
  else:
    update = functools.partial(opt.update, state=opt_or_state)
  updates, opt_or_state = jax.jit(update, static_argnames='value_fn')(
      grad, params=params, **extra_args
  )
  return updates, opt_or_state.opt_state if side.is_pytree else opt_or_state


def closure(side):
  carry = side.start()
  return jax.jit(lambda: side.loop(carry))()


def static_argument(side):

  @functools.partial(jax.jit, static_argnums=0)
  def train(opt, params):
    return side.loop(side.init(opt, params))

  return train(side.new(), _params())


def default_argument(side):

  @jax.jit
  def train(params, opt=side.new()):
    return side.loop(side.init(opt, params))

  return train(_params())


def donated(side):
  step = jax.jit(side.step, donate_argnums=0)
  carry = side.start()
  if not side.is_pytree:  # Where functional optax has one array in two places.
    carry = jax.tree.map(jnp.array, carry)
  for _ in range(_STEPS):
    old, carry = carry, step(carry)
  deleted = [x.is_deleted() for x in jax.tree.leaves(side.result(old))]
  return side.result(carry), np.array(deleted)


def vmap_params(side):
  return jax.vmap(side.run)(_batch())


def vmap_hyperparams(side):
  return jax.vmap(lambda rate: side.run(_params(), rate))(_RATES)


def vmap_both(side):
  return jax.jit(jax.vmap(side.run))(_batch(), _RATES)


def vmap_axes_as_optimizer(side):
  """A batch of all but the scalars: the learning rate, the counts."""
  axes = jax.tree.map(lambda x: 0 if jnp.ndim(x) else None, side.start())
  carry = jax.vmap(side.start, out_axes=axes)(_batch())
  return jax.vmap(side.step, in_axes=(axes,))(carry)


def vmap_axes_of_hyperparams(side):
  """The learning rates are a batch, the state is not."""
  single = side.start()
  carry = side.with_rate(single, jnp.asarray(_RATES))
  axes = jax.tree.map(
      lambda x, y: None if jnp.shape(x) == jnp.shape(y) else 0, single, carry
  )
  carry, axes = carry._replace(params=_batch()), axes._replace(params=0)
  return jax.vmap(side.step, in_axes=(axes,))(carry)


def vmap_replaced(side):
  """Other learning rates in the middle."""

  def train(rate):
    return side.step(side.with_rate(side.step(side.start()), rate))

  return jax.jit(jax.vmap(train))(_RATES)


def vmap_shared_optimizer(side):
  carry = side.start()
  return jax.vmap(
      lambda params, opt: side.step(_Carry(params, opt)), in_axes=(0, None)
  )(_batch(), carry.opt)


def pmap(side):
  devices = _devices()
  params = jax.tree.map(lambda x: x[:len(devices)], _batch())
  train = jax.pmap(lambda x: side.loop(side.start(x)), devices=devices)
  return train(params)


def pmap_donated(side):
  devices = _devices()
  params = jax.tree.map(lambda x: x[:len(devices)], _batch())
  carry = jax.vmap(side.start)(params)
  return jax.pmap(side.loop, devices=devices, donate_argnums=0)(carry)


def _shard_map(function, spec, argument, check=True):
  """Applies a function on several devices; `spec` is for each leaf."""
  if hasattr(jax, 'shard_map'):
    shard, options = jax.shard_map, {'check_vma': check}
  else:
    from jax.experimental.shard_map import shard_map as shard  # pylint: disable=import-outside-toplevel
    options = {'check_rep': check}
  specs = jax.tree.map(lambda _: spec, argument)
  mesh = jax.sharding.Mesh(np.array(_devices()), ('x',))
  return jax.jit(shard(
      function, mesh=mesh, in_specs=(specs,), out_specs=specs, **options
  ))(argument)


def shard_map(side):
  """A part of a batch on each device; the specs are an optimizer."""
  # JAX checks what varies between devices; the branches of the line search
  # differ in that.
  check = side.kind != 'lbfgs'
  carry = jax.vmap(side.start)(_batch())
  return _shard_map(
      jax.vmap(side.loop), jax.sharding.PartitionSpec('x'), carry, check
  )


def shard_map_replicated(side):
  spec = jax.sharding.PartitionSpec()
  return _shard_map(side.loop, spec, side.start())


def grad(side):
  return jax.grad(side.after, argnums=(0, 1))(_params(), _RATE)


def value_and_grad(side):
  return jax.jit(jax.value_and_grad(side.after))(_params(), _RATE)


def jacfwd(side):
  return jax.jacfwd(side.after, argnums=(0, 1))(_params(), _RATE)


def jvp(side):
  primals = _params(), _RATE
  return jax.jvp(side.after, primals, jax.tree.map(jnp.ones_like, primals))


def vjp(side):
  value, pullback = jax.vjp(side.after, _params(), _RATE)
  return value, pullback(jnp.ones(()))


def vjp_of_a_step(side):
  carry = jax.tree.map(jnp.asarray, side.start())

  def differentiable(tree):
    return [x for x in jax.tree.leaves(tree)
            if jnp.issubdtype(x.dtype, jnp.floating)]

  _, pullback = jax.vjp(lambda c: differentiable(side.step(c)), carry)
  (cotangent,) = pullback(
      [jnp.ones_like(x) for x in differentiable(side.step(carry))]
  )
  return cotangent


def hessian(side):
  return jax.hessian(side.after)(_params(), _RATE)


def scan(side):
  body = lambda carry, _: (side.step(carry), None)
  return jax.lax.scan(body, side.start(), length=_STEPS)[0]


def fori_loop(side):
  body = lambda _, carry: side.step(carry)
  return jax.lax.fori_loop(0, _STEPS, body, side.start())


def while_loop(side):
  _, carry = jax.lax.while_loop(
      lambda x: x[0] < _STEPS,
      lambda x: (x[0] + 1, side.step(x[1])),
      (0, side.start()),
  )
  return carry


def cond(side):

  @jax.jit
  def step(predicate, carry):
    return jax.lax.cond(predicate, side.step, lambda x: x, carry)

  return step(True, step(False, side.start()))


def switch(side):

  @jax.jit
  def steps(index, carry):
    return jax.lax.switch(index, (lambda x: x, side.step, side.loop), carry)

  return steps(2, steps(1, side.start()))


def branch_result(side):
  """The optimizer is made in a branch."""
  make = lambda params: side.step(side.start(params))
  return jax.lax.cond(True, make, side.start, _params())


def checkpoint(side):
  step = jax.checkpoint(side.step)
  return jax.grad(
      lambda params: _test_utils.loss(step(side.start(params)).params)
  )(_params())


def eval_shape(side):
  shapes = side.result(jax.eval_shape(side.loop, side.start()))
  return jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), shapes)


def make_jaxpr(side):
  carry = side.start()
  jaxpr, shape = jax.make_jaxpr(side.step, return_shape=True)(carry)
  leaves = jax.core.eval_jaxpr(
      jaxpr.jaxpr, jaxpr.consts, *map(jnp.asarray, jax.tree.leaves(carry))
  )
  return jax.tree.unflatten(jax.tree.structure(shape), leaves)


def export(side):
  exported = jax.export.export(jax.jit(side.step))(
      jax.tree.map(jnp.asarray, side.start())
  )
  return exported.call(jax.tree.map(jnp.asarray, side.start()))


def _serialize(exported):
  if importlib.util.find_spec('flatbuffers') is None:
    raise unittest.SkipTest('jax.export needs flatbuffers for it.')
  return exported.serialize()


def export_of_leaves(side):
  """What is serialized: jax.export knows no types of optax's."""
  leaves, treedef = jax.tree.flatten(jax.tree.map(jnp.asarray, side.start()))
  exported = jax.export.export(jax.jit(
      lambda leaves: jax.tree.leaves(side.step(treedef.unflatten(leaves)))
  ))(leaves)
  exported = jax.export.deserialize(_serialize(exported))
  return treedef.unflatten(exported.call(leaves))


def _replaced(side, value):
  """Puts something in the place of each leaf, and the leaves back."""
  carry = side.start()
  replaced = jax.tree.map(lambda _: value, carry)
  back = jax.tree.map(
      lambda _, x: x, replaced, carry, is_leaf=lambda x: x is value
  )
  return side.step(back)


def none_leaves(side):
  return _replaced(side, None)


def sentinel_leaves(side):
  return _replaced(side, object())


def bool_leaves(side):
  return _replaced(side, True)


def stop_gradient(side):

  def after(params):
    params, opt = side.step(side.start(params))
    opt = jax.lax.stop_gradient(opt)
    return _test_utils.loss(side.step(_Carry(params, opt)).params)

  gradient = jax.grad(after)(_params())
  assert all(map(jnp.any, jax.tree.leaves(gradient)))
  return gradient


def device_put(side):
  device = jax.devices()[-1]
  carry = jax.jit(side.step)(jax.device_put(side.start(), device))
  assert all(x.devices() == {device} for x in jax.tree.leaves(carry))
  return carry


def block_until_ready(side):
  return side.step(jax.block_until_ready(side.start()))


def _in_context(make_context, name):

  def transform(side):
    with make_context():
      return jit_update(side)

  transform.__name__ = name
  return transform


@contextlib.contextmanager
def _config(name: str, value: Any):
  before = getattr(jax.config, name)
  jax.config.update(name, value)
  try:
    yield
  finally:
    jax.config.update(name, before)


TRANSFORMS = (
    # jit, and the optimizer in every place where a user may put it.
    *(jit_init, jit_update, jit_init_and_update, jit_whole_loop, nested_jit),
    *(bound_methods, closure, static_argument, default_argument, donated),
    # Batches and devices.
    *(vmap_params, vmap_hyperparams, vmap_both, vmap_axes_as_optimizer),
    *(vmap_axes_of_hyperparams, vmap_replaced, vmap_shared_optimizer),
    *(pmap, pmap_donated, shard_map, shard_map_replicated),
    # Derivatives.
    *(grad, value_and_grad, jacfwd, jvp, vjp, vjp_of_a_step, hessian),
    *(checkpoint, stop_gradient),
    # Control flow.
    *(scan, fori_loop, while_loop, cond, branch_result, switch),
    # Programs and leaves.
    *(eval_shape, make_jaxpr, export, export_of_leaves),
    *(none_leaves, sentinel_leaves, bool_leaves, device_put),
    *(block_until_ready,),
    *(
        _in_context(functools.partial(_config, name, value), name)
        for name, value in {
            'jax_enable_x64': True,
            'jax_numpy_dtype_promotion': 'strict',
            'jax_debug_nans': True,
            'jax_check_tracer_leaks': True,
            'jax_disable_jit': True,
        }.items()
    ),
)


# What JAX cannot do, with functional optax as little as with optax.pytree.
_NO_REVERSE_MODE = 'Reverse-mode differentiation does not work for lax.while_'
# Of the bias correction of adam and muon, and of MultiSteps.
_NO_PROMOTION = 'no available implicit dtype promotion path'
LIMITS = {
    **{(name, 'lbfgs'): _NO_REVERSE_MODE for name in (
        'grad', 'value_and_grad', 'vjp', 'vjp_of_a_step', 'checkpoint',
        'stop_gradient')},
    # JAX 0.9 fails in its own code before it can say so.
    ('hessian', 'lbfgs'): f'{_NO_REVERSE_MODE}|unsupported operand',
    **{('jax_numpy_dtype_promotion', kind): _NO_PROMOTION for kind in (
        'plain', 'scheduled', 'chain', 'partition', 'masked', 'MultiSteps',
        'apply_if_finite', 'muon', 'lifted')},
}
if jax.__version_info__ < (0, 7):
  LIMITS['shard_map', 'MultiSteps'] = 'varying manual axes do not match'
# Derivatives by one learning rate that is used in several places: they are
# added up in another order, with another rounding.
_SUMS = {(name, kind) for name in ('grad', 'value_and_grad', 'vjp')
         for kind in ('partition', 'schedule_free', 'lifted')}

# Kinds that are strict about dtypes, where what they hold is.
_WITHOUT_ADAM = {
    'plain': lambda o, rate: o.sgd(rate, momentum=0.9),
    'scheduled': lambda o, rate: o.sgd(o.linear_schedule(rate, 0.0, 10)),
    'chain': lambda o, rate: o.chain(o.clip_by_global_norm(1.0), o.sgd(rate)),
    'partition': lambda o, rate: o.partition(
        {'matrix': o.sgd(rate), 'vector': o.lion(rate)},
        {'w': 'matrix', 'b': 'vector'}),
    'masked': lambda o, rate: o.masked(o.sgd(rate), {'w': True, 'b': False}),
    'apply_if_finite': lambda o, rate: o.apply_if_finite(o.sgd(rate), 2),
}

_CELLS = list(itertools.product(TRANSFORMS, KINDS))
if 'OPTAX_PYTREE_FULL' not in os.environ:
  # A third, such that each transformation and each kind has its share.
  _CELLS = [
      cell for i, cell in enumerate(_CELLS)
      if (i + i // len(KINDS)) % 3 == 0 or cell in LIMITS
  ]


class TransformsTest(parameterized.TestCase):

  @parameterized.named_parameters(
      (f'_{transform.__name__}_{kind}', transform, kind)
      for transform, kind in _CELLS
  )
  def test_agrees_with_functional_optax(self, transform, kind):
    cell = transform.__name__, kind
    results = []
    for side in _Side(kind, is_pytree=True), _Side(kind, is_pytree=False):
      if cell in LIMITS:
        with self.assertRaisesRegex(Exception, LIMITS[cell]):
          transform(side)
        continue
      result = transform(side)
      is_carry = isinstance(result, _Carry)
      results.append(side.result(result) if is_carry else result)
    if cell in _SUMS:
      _test_utils.assert_a_rounding_a_step(*results, steps=_STEPS)
    elif results:
      _test_utils.assert_bit_identical(*results)

  @parameterized.named_parameters((x, x) for x in _WITHOUT_ADAM)
  def test_agrees_under_strict_promotion_without_adam(self, kind):
    results = []
    with (mock.patch.dict(KINDS, _WITHOUT_ADAM),
          _config('jax_numpy_dtype_promotion', 'strict')):
      for side in _Side(kind, is_pytree=True), _Side(kind, is_pytree=False):
        results.append(side.result(jit_update(side)))
    _test_utils.assert_bit_identical(*results)

  def test_branches_share_a_lifted_transformation(self):
    lift = optax.pytree.from_gradient_transformation
    tx, other = optax.sgd(0.1), optax.sgd(0.1)
    jax.lax.cond(True, lambda: lift(tx), lambda: lift(other))
    with self.assertRaisesRegex(TypeError, 'same pytree structure'):
      jax.lax.cond(True, lambda: lift(tx), lambda: lift(optax.sgd(0.2)))

  def test_a_static_argument_holds_no_array(self):
    opt = optax.pytree.sgd(jnp.asarray(0.1))
    with self.assertRaisesRegex(ValueError, 'Non-hashable static arguments'):
      jax.jit(lambda opt: 1, static_argnums=0)(opt)

  @parameterized.parameters(True, False)
  def test_export_serializes_no_type_that_it_does_not_know(self, is_pytree):
    side = _Side('plain', is_pytree)
    exported = jax.export.export(jax.jit(side.step))(
        jax.tree.map(jnp.asarray, side.start())
    )
    with self.assertRaisesRegex(ValueError, 'Cannot serialize'):
      _serialize(exported)

  def test_export_serializes_registered_types(self):
    cls = optax.pytree.signum
    jax.export.register_pytree_node_serialization(
        cls, serialized_name='optax.pytree.signum',
        serialize_auxdata=pickle.dumps, deserialize_auxdata=pickle.loads,
    )
    for state in optax.EmaState, optax.EmptyState:
      jax.export.register_namedtuple_serialization(
          state, serialized_name=f'optax.{state.__name__}'
      )
    opt = cls(0.1, beta=0.5).init(_params())
    opt, params = jax.tree.map(jnp.asarray, (opt, _params()))
    step = jax.jit(lambda opt: opt.update(params))
    exported = jax.export.export(step)(opt)
    exported = jax.export.deserialize(_serialize(exported))
    desired = opt
    for _ in range(2):
      (updates, opt), (_, desired) = exported.call(opt), step(desired)
    self.assertEqual(opt, desired)
    self.assertTrue(np.any(updates['w']))


if __name__ == '__main__':
  absltest.main()
