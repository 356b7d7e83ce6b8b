"""The table of optimizers that drives the tests of optax.pytree."""

from collections.abc import Callable, Iterator, Mapping
import contextlib
import operator
import types
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax._src import test_utils as optax_test_utils


class Case(NamedTuple):
  """How the tests call a factory.

  Attributes:
    factory: called as factory(o, learning_rate, **leaves), where `o` is
      :mod:`optax` or :mod:`optax.pytree`; returns the transformation or the
      optimizer.
    extra_args: names of the extra arguments of the update.
    scalars: whether it takes scalar parameters.
    per_example: whether it takes a gradient for each example.
    scale: of the updates, for transformations that don't descend.
    wrap_params: makes the parameters from a pytree of arrays.
    leaves: what is a leaf of the optimizer besides the learning rate, by name.
  """

  factory: Callable[..., Any]
  extra_args: tuple[str, ...] = ()
  scalars: bool = True
  per_example: bool = False
  scale: float = 1.0
  wrap_params: Callable[[Any], Any] = lambda params: params
  leaves: Mapping[str, Any] = types.MappingProxyType({})

  def make(self, o: Any, learning_rate: Any, **leaves: Any) -> Any:
    """Returns the transformation or the optimizer."""
    return self.factory(o, learning_rate, **{**self.leaves, **leaves})


_KEY = jax.random.key(0)
_LINESEARCH = ('value', 'grad', 'value_fn')
_MASK = {'layer': {'w': True, 'b': False}, 'scale': True}
_LABELS = {'layer': 'matrix', 'scale': 'scalar'}


def _every_other_step(step: Any) -> jax.Array:
  return step % 2 == 0


def _inverse_square_root(step: Any) -> jax.Array:
  return jax.lax.rsqrt(step + 1.0)


def _half(updates: Any, params: Any = None) -> Any:
  del params
  return optax.tree.scale(0.5, updates)


def _named(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
  """Calls a factory with arguments that do not depend on the learning rate."""
  return lambda o, rate, **leaves: operator.attrgetter(name)(o)(
      *args, **kwargs, **leaves)


def _with_rate(name: str, **kwargs: Any) -> Callable[..., Any]:
  return lambda o, rate, **leaves: operator.attrgetter(name)(o)(
      learning_rate=rate, **kwargs, **leaves)


ALIASES = {
    name: Case(_with_rate(name))
    for name in (
        'adabelief', 'adadelta', 'adafactor', 'adagrad', 'adam', 'adamax',
        'adamaxw', 'adamw', 'adan', 'amsgrad', 'fromage', 'lamb', 'lars',
        'lion', 'nadam', 'nadamw', 'novograd', 'optimistic_adam',
        'optimistic_adam_v2', 'optimistic_gradient_descent', 'radam', 'rmsprop',
        'rprop', 'sgd', 'sign_sgd', 'signum', 'yogi',
    )
} | {
    'lbfgs': Case(_named('lbfgs'), _LINESEARCH),
    'noisy_sgd': Case(_with_rate('noisy_sgd'), leaves={'key': _KEY}),
    'polyak_sgd': Case(
        _named('polyak_sgd'), ('value',), leaves={'max_learning_rate': 1.0}),
    'sm3': Case(_with_rate('sm3'), scalars=False),
}

TRANSFORMATIONS = {
    name: Case(_named(name))
    for name in (
        'centralize', 'identity', 'keep_params_nonnegative',
        'normalize_by_update_norm', 'scale_by_adadelta', 'scale_by_adam',
        'scale_by_adamax', 'scale_by_adan', 'scale_by_amsgrad',
        'scale_by_belief', 'scale_by_distance_over_gradients',
        'scale_by_factored_rms', 'scale_by_lbfgs', 'scale_by_lion',
        'scale_by_novograd', 'scale_by_optimistic_gradient',
        'scale_by_param_block_norm', 'scale_by_param_block_rms',
        'scale_by_radam', 'scale_by_rms', 'scale_by_rss', 'scale_by_sign',
        'scale_by_stddev', 'scale_by_trust_ratio', 'scale_by_yogi',
        'set_to_zero', 'zero_nans',
    )
} | {
    'adaptive_grad_clip': Case(_named('adaptive_grad_clip', 0.1)),
    'add_decayed_weights': Case(_named('add_decayed_weights', 0.1)),
    'add_noise': Case(_named('add_noise', 0.1, 0.5), leaves={'key': _KEY}),
    'apply_every': Case(_named('apply_every', 2)),
    'clip': Case(_named('clip', 0.5)),
    'clip_by_block_rms': Case(_named('clip_by_block_rms', 0.5)),
    'clip_by_global_norm': Case(_named('clip_by_global_norm', 0.5)),
    'ema': Case(_named('ema', 0.9)),
    'freeze': Case(_named('freeze', _MASK)),
    'scale': Case(_named('scale', -0.01)),
    'scale_by_backtracking_linesearch': Case(
        _named('scale_by_backtracking_linesearch', 5), _LINESEARCH,
        leaves={'max_learning_rate': 1.0}),
    'scale_by_polyak': Case(
        _named('scale_by_polyak'), ('value',),
        leaves={'max_learning_rate': 1.0}),
    'scale_by_rprop': Case(_with_rate('scale_by_rprop')),
    'scale_by_schedule': Case(
        _named('scale_by_schedule', _inverse_square_root)),
    'scale_by_sm3': Case(_named('scale_by_sm3'), scalars=False),
    'scale_by_zoom_linesearch': Case(
        _named('scale_by_zoom_linesearch', 5), _LINESEARCH),
    'stateless': Case(_named('stateless', _half)),
    'stateless_with_tree_map': Case(_named('stateless_with_tree_map', _half)),
    'trace': Case(_named('trace', 0.9)),
    'measure_with_ema': Case(_named('measure_with_ema', optax.tree.norm, 0.9)),
    'snapshot': Case(_named('snapshot', 'norm', optax.tree.norm)),
}

TRANSFORMATIONS = {
    name: case._replace(scale=-0.01) for name, case in TRANSFORMATIONS.items()
} | {
    'scale_by_learning_rate': Case(_with_rate('scale_by_learning_rate')),
}

COMBINATORS = {
    'MultiSteps': Case(lambda o, rate: o.MultiSteps(o.adam(rate), 2)),
    'apply_if_finite': Case(lambda o, rate: o.apply_if_finite(o.adam(rate), 3)),
    'chain': Case(
        lambda o, rate: o.chain(o.clip_by_global_norm(1.0), o.adamw(rate))),
    'conditionally_mask': Case(
        lambda o, rate: o.conditionally_mask(o.adam(rate), _every_other_step)),
    'conditionally_transform': Case(
        lambda o, rate: o.conditionally_transform(
            o.adam(rate), _every_other_step)),
    'flatten': Case(lambda o, rate: o.flatten(o.adam(rate))),
    'lookahead': Case(
        lambda o, rate: o.lookahead(o.sgd(rate), 5, 0.5),
        wrap_params=optax.LookaheadParams.init_synced),
    'masked': Case(lambda o, rate: o.masked(o.adam(rate), _MASK)),
    'monitor': Case(lambda o, rate: o.monitor(
        {'norm': optax.tree.norm, 'ema': o.measure_with_ema(
            optax.tree.norm, 0.9)})),
    'named_chain': Case(lambda o, rate: o.named_chain(
        ('clip', o.clip(1.0)), ('sgd', o.sgd(rate)))),
    'partition': Case(
        lambda o, rate, of_scalar: o.partition(
            {'matrix': o.adam(rate), 'scalar': o.sgd(of_scalar)}, _LABELS),
        leaves={'of_scalar': 0.01}),
    'selective_transform': Case(
        lambda o, rate: o.selective_transform(o.adam(rate), freeze_mask=_MASK)),
}
COMBINATORS['multi_transform'] = COMBINATORS['partition']

CONTRIB = {
    f'contrib.{name}': Case(_with_rate(f'contrib.{name}'))
    for name in (
        'acprop', 'ademamix', 'adopt', 'cocob', 'dadapt_adamw', 'dog', 'dowg',
        'galore', 'madgrad', 'muon', 'prodigy', 'scale_by_madgrad',
        'schedule_free_adamw', 'schedule_free_sgd', 'simplified_ademamix',
    )
} | {
    f'contrib.{name}': Case(_named(f'contrib.{name}'))
    for name in (
        'normalize', 'scale_by_acprop', 'scale_by_ademamix',
        'scale_by_adopt', 'scale_by_cocob', 'scale_by_galore',
        'scale_by_simplified_ademamix',
    )
} | {
    'contrib.differentially_private_aggregate': Case(
        _named('contrib.differentially_private_aggregate', 1.0, 0.1),
        per_example=True, leaves={'key': _KEY}),
    'contrib.dpsgd': Case(
        _with_rate('contrib.dpsgd', l2_norm_clip=1.0, noise_multiplier=0.1,
                   seed=0),
        per_example=True),
    'contrib.hutchinson_estimator_diag_hessian': Case(
        _named('contrib.hutchinson_estimator_diag_hessian'), ('obj_fn',),
        leaves={'random_seed': jax.random.key_data(_KEY)}),
    'contrib.mechanize': Case(lambda o, rate: o.contrib.mechanize(o.sgd(rate))),
    'contrib.momo': Case(_with_rate('contrib.momo'), ('value',)),
    'contrib.momo_adam': Case(_with_rate('contrib.momo_adam'), ('value',)),
    'contrib.reduce_on_plateau': Case(
        _named('contrib.reduce_on_plateau'), ('value',)),
    'contrib.scale_by_muon': Case(
        _named('contrib.scale_by_muon',
               weight_dimension_numbers=optax.contrib.MuonDimensionNumbers()),
        wrap_params=lambda params: params['layer']['w']),
    'contrib.sam': Case(
        lambda o, rate, ascent: o.contrib.sam(
            o.sgd(rate), o.chain(o.contrib.normalize(), o.sgd(ascent))),
        leaves={'ascent': 0.01}),
    'contrib.schedule_free': Case(
        lambda o, rate, weight: o.contrib.schedule_free(
            o.sgd(rate), learning_rate=weight),
        leaves={'weight': 0.01}),
    'contrib.sophia': Case(_with_rate('contrib.sophia'), ('obj_fn',)),
    'contrib.split_real_and_imaginary': Case(
        lambda o, rate: o.contrib.split_real_and_imaginary(o.adam(rate))),
}

CASES = ALIASES | TRANSFORMATIONS | COMBINATORS | CONTRIB


def _compiles_float16() -> bool:
  """Whether XLA knows it: not for x86 processors without F16C."""
  try:
    jax.jit(lambda x: x * x)(jnp.float16(1.0))
  except jax.errors.JaxRuntimeError:
    return False
  return True


LOW_PRECISION = (jnp.bfloat16,) + _compiles_float16() * (jnp.float16,)


def params(dtype: Any = jnp.float32, case: Case = ALIASES['adam']) -> Any:
  """Returns a small nested pytree of parameters."""
  keys = jax.random.split(jax.random.key(1), 3)
  return case.wrap_params({
      'layer': {
          'w': jax.random.normal(keys[0], (4, 3), dtype),
          'b': jax.random.normal(keys[1], (3,), dtype),
      },
      'scale': jax.random.normal(keys[2], () if case.scalars else (1,), dtype),
  })


def loss(tree: Any) -> Any:
  """A quadratic with a different curvature in each direction."""
  return sum(
      jnp.vdot(jnp.square(x - 0.3), jnp.arange(1, x.size + 1, dtype=x.dtype))
      for x in map(jnp.ravel, jax.tree.leaves(tree))
  )


def update_arguments(
    case: Case, value: jax.Array, grad: Any
) -> tuple[Any, dict[str, Any]]:
  """Returns the updates and the extra arguments for a case's update."""
  extra = {'value': value, 'grad': grad, 'value_fn': loss, 'obj_fn': loss}
  if case.per_example:
    grad = jax.tree.map(lambda x: jnp.stack([x, x / 2]), grad)
  return grad, {name: extra[name] for name in case.extra_args}


def value_and_grad(tree: Any) -> tuple[jax.Array, Any]:
  """Returns the loss and its gradient, for lookahead at the fast parameters."""
  return jax.value_and_grad(loss)(getattr(tree, 'fast', tree))


def _train(
    case: Case, state: Any, update: Callable[..., Any], dtype: Any, steps: int
) -> tuple[Any, Any]:
  """Returns the parameters and the states after each step, stacked."""

  @jax.jit
  def step(tree, state):
    grad, extra_args = update_arguments(case, *value_and_grad(tree))
    updates, state = update(grad, state, tree, **extra_args)
    if jax.tree.structure(updates) == jax.tree.structure(tree):
      updates = jax.tree.map(lambda x: x * case.scale, updates)
      tree = optax.apply_updates(tree, updates)
    return tree, state

  tree, history = params(dtype, case), []
  for _ in range(steps):
    tree, state = step(tree, state)
    history.append((tree, state))
  return jax.tree.map(lambda *x: jnp.stack(x), *history)


def train_pytree(
    case: Case, learning_rate: Any = 0.01, dtype: Any = jnp.float32,
    steps: int = 20,
) -> tuple[Any, Any]:
  """Trains with an optimizer that is an argument of the step."""
  opt = case.make(optax.pytree, learning_rate).init(params(dtype, case))
  update = lambda updates, opt, *args, **kw: opt.update(updates, *args, **kw)
  trees, opts = _train(case, opt, update, dtype, steps)
  return trees, opts.opt_state


def train_functional(
    case: Case, learning_rate: Any = 0.01, dtype: Any = jnp.float32,
    steps: int = 20, *, as_constants: bool = False,
) -> tuple[Any, Any]:
  """Trains with functional optax, by the same program.

  Args:
    case: the row of the table.
    learning_rate: a number or a schedule.
    dtype: of the parameters.
    steps: how many.
    as_constants: whether what is a leaf of the optimizer is a constant of the
      jitted step, which XLA may fold, instead of an argument. A schedule is
      one anyhow.

  Returns:
    The parameters and the states after each step, stacked.
  """
  leaves = {'learning_rate': learning_rate, **case.leaves}
  constants = {
      k: v for k, v in leaves.items() if as_constants or callable(v)
  }
  arguments = {k: v for k, v in leaves.items() if k not in constants}

  def update(updates, carry, *args, **kwargs):
    arguments, state = carry
    tx = case.make(optax, **constants, **arguments)
    if isinstance(tx, optax.GradientTransformation):
      tx = optax.with_extra_args_support(tx)
    updates, state = tx.update(updates, state, *args, **kwargs)
    return updates, (arguments, state)

  state = case.make(optax, learning_rate).init(params(dtype, case))
  trees, (_, states) = _train(case, (arguments, state), update, dtype, steps)
  return trees, states


@contextlib.contextmanager
def compilations(name: str = 'step') -> Iterator[list[Any]]:
  """Yields a list of the compilations of a function, filled in at the end."""
  found = []
  with optax_test_utils.log_compilations() as logged:  # pylint: disable=contextmanager-generator-missing-cleanup
    yield found
  found += [x for x in logged if f'jit({name})' in x.getMessage()]


def _pairs(actual: Any, desired: Any) -> Iterator[tuple[Any, Any, Any]]:
  """Yields the path of each leaf, and the two leaves as NumPy arrays."""
  actual, treedef = jax.tree_util.tree_flatten_with_path(actual)
  desired, desired_treedef = jax.tree_util.tree_flatten_with_path(desired)
  assert treedef == desired_treedef, f'{treedef} is not {desired_treedef}'
  for (path, x), (_, y) in zip(actual, desired):
    assert x.dtype == y.dtype and x.shape == y.shape, (path, x, y)
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      x, y = jax.random.key_data(x), jax.random.key_data(y)
    yield jax.tree_util.keystr(path), np.asarray(x), np.asarray(y)


def assert_bit_identical(actual: Any, desired: Any) -> None:
  """Asserts that structures, dtypes, shapes and all bits are equal."""
  for path, x, y in _pairs(actual, desired):
    if x.tobytes() != y.tobytes():
      difference = np.max(np.abs(x.astype(float) - y.astype(float)))
      raise AssertionError(f'{path}: {difference}')


def assert_a_rounding_a_step(actual: Any, desired: Any, steps: int) -> None:
  """Asserts that two programs gave the same, up to how they round.

  Args:
    actual: a pytree.
    desired: a pytree of the same structure, dtypes and shapes. A leaf may
      differ by a unit in the last place for each step, of the largest magnitude
      in that leaf; if it is not of a floating dtype, it has to be equal.
    steps: how many.
  """
  for path, x, y in _pairs(actual, desired):
    bound = 0
    if y.size and jnp.issubdtype(y.dtype, jnp.floating):
      bound = steps * float(jnp.finfo(y.dtype).eps) * np.abs(y).max()
    np.testing.assert_allclose(
        x.astype(float), y.astype(float), rtol=0, atol=bound, err_msg=path)
