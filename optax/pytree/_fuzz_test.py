"""Tests of random compositions, against functional optax and themselves."""

import collections
import copy
import itertools
import os
import pickle

from absl.testing import absltest
import cloudpickle
import hypothesis
from hypothesis import strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'b': jnp.asarray([0.5, -1.5]), 'w': jnp.asarray([[1.0, -0.25, 2.0]])}
_GRADS = [
    jax.tree.map(lambda x, i=i: jnp.cos(x + i) * 0.75**i, _PARAMS)
    for i in range(4)
]
_RATES = (0.125, 0.03, 0.7, 0.01, 0.25, 0.3, 0.05, 0.9)
_LIFTED = optax.chain(optax.clip(0.75), optax.ema(0.5))


def _schedule(step):
  return 0.1 / (step + 1.0)


def _decay(rate):
  return lambda step: rate * 0.5**step


def _is_even(step, **unused_extra_args):
  return step % 2 == 0


def _mask_of(params):
  return jax.tree.map(lambda x: x.ndim > 1, params)


def _labels_of(params):
  return jax.tree.map(lambda x: 'x' if x.ndim > 1 else 'y', params)


class _Builder:
  """What a composition is built from, in the order that it asks.

  Attributes:
    given: the containers that were given away.
  """

  def __init__(self, module, rates):
    self.o = module
    self.given = []
    self._rates = iter(rates)
    self._is_flat = False  # The parameters are one vector, not a dict.

  def rate(self):
    return next(self._rates)

  def array(self):
    rate = self.rate()
    return jnp.asarray(rate) if self.o is o else rate

  def give(self, x):
    self.given.append(x)
    return x

  def mask(self, kind):
    if kind == 'function' or self._is_flat:
      return _mask_of
    return self.give({
        'dict': lambda: {'w': True, 'b': False},
        'numpy': lambda: {'w': np.array(True), 'b': np.array(False)},
        'integers': lambda: {'w': jnp.array(0), 'b': np.array(1)},
    }[kind]())

  def labels(self, kind):
    if kind == 'function' or self._is_flat:
      return _labels_of
    return self.give({'w': 'x', 'b': 'y'} if kind == 'dict' else
                     {'b': 'x', 'w': 'y'})

  def flat(self, spec):
    was_flat, self._is_flat = self._is_flat, True
    built = self.build(spec)
    self._is_flat = was_flat
    return built

  def build(self, spec):
    name, *arguments = spec
    return (_LEAVES | _COMBINATORS)[name](self, *arguments)


def _piecewise(b):
  boundaries = b.give({1: 0.5, 2: 0.25})
  schedules = o if b.o is o else optax
  return b.o.sgd(schedules.piecewise_constant_schedule(0.5, boundaries))


def _multi_steps(b, inner):
  built = b.o.MultiSteps(b.build(inner), 2)
  return built if b.o is o else built.gradient_transformation()


def _in_a_dict(parts):
  return optax.chain(*parts.values())


def _in_lists(parts):
  return optax.chain(*(x for part in parts for x in part))


def _with_slow_params(lookahead):
  lift = lambda params: optax.LookaheadParams(
      params, jax.tree.map(lambda x: 0.5 * x, params))

  def update(updates, state, params):
    updates, state = lookahead.update(updates, state, lift(params))
    return updates.fast, state

  return optax.GradientTransformation(
      lambda params: lookahead.init(lift(params)), update)


_wrapped = {
    f: o.wrap(f) for f in (_in_a_dict, _in_lists, _with_slow_params)
}


def _by_a_user(b, factory, parts):
  parts = b.give(parts)
  return (_wrapped[factory] if b.o is o else factory)(parts)


_LEAVES = {
    'adam': lambda b: b.o.adam(b.rate()),
    'nesterov': lambda b: b.o.sgd(b.rate(), momentum=0.9, nesterov=True),
    'adamw': lambda b, mask: b.o.adamw(
        b.rate(), weight_decay=0.5, mask=b.mask(mask)),
    'adafactor': lambda b: b.o.adafactor(b.rate(), momentum=0.5),
    'rprop': lambda b: b.o.rprop(0.125),
    'scheduled': lambda b: b.o.adam(_schedule),
    'piecewise': _piecewise,
    'closure': lambda b: b.o.sgd(_decay(b.array())),
    'array': lambda b: b.o.scale_by_adam(b1=b.array()),
    'clip': lambda b: b.o.clip(0.5),
    'global_norm': lambda b: b.o.clip_by_global_norm(0.5),
    'decay': lambda b, mask: b.o.add_decayed_weights(0.25, b.mask(mask)),
    'noise': lambda b: b.o.add_noise(0.1, 0.5, jax.random.key(3)),
    'lifted': lambda b: _LIFTED,
}
_COMBINATORS = {
    'chain': lambda b, *inner: b.o.chain(*map(b.build, inner)),
    'named_chain': lambda b, *inner: b.o.named_chain(
        *((f'n{i}', b.build(x)) for i, x in enumerate(inner))),
    'masked': lambda b, inner, mask: b.o.masked(b.build(inner), b.mask(mask)),
    'partition': lambda b, x, y, labels: b.o.partition(
        b.give({'x': b.build(x), 'y': b.build(y)}), b.labels(labels)),
    'reversed': lambda b, x, y, labels: b.o.partition(
        b.give({'y': b.build(y), 'x': b.build(x)}), b.labels(labels)),
    'MultiSteps': _multi_steps,
    'apply_if_finite': lambda b, inner: b.o.apply_if_finite(b.build(inner), 3),
    'conditionally_mask': lambda b, inner: b.o.conditionally_mask(
        b.build(inner), _is_even),
    'conditionally_transform': lambda b, inner: b.o.conditionally_transform(
        b.build(inner), _is_even),
    'flatten': lambda b, inner: b.o.flatten(b.flat(inner)),
    'selective_transform': lambda b, inner, mask: b.o.selective_transform(
        b.build(inner), freeze_mask=b.mask(mask)),
    'schedule_free': lambda b, inner: b.o.contrib.schedule_free(
        b.build(inner), learning_rate=b.rate()),
    'mechanize': lambda b, inner: b.o.contrib.mechanize(b.build(inner)),
    'split': lambda b, inner: b.o.contrib.split_real_and_imaginary(
        b.build(inner)),
    'lookahead': lambda b, inner: _by_a_user(
        b, _with_slow_params, b.o.lookahead(b.build(inner), 2, 0.25)),
    'in_a_dict': lambda b, x, y: _by_a_user(
        b, _in_a_dict, {'z': b.build(x), 'a': b.build(y)}),
    'in_an_OrderedDict': lambda b, x, y: _by_a_user(
        b, _in_a_dict, collections.OrderedDict(z=b.build(x), a=b.build(y))),
    'in_lists': lambda b, x, y: _by_a_user(
        b, _in_lists, [[b.build(x)], [b.build(y)]]),
}
_MASKS = st.sampled_from(['dict', 'numpy', 'integers', 'function'])
_LABELS = st.sampled_from(['dict', 'other', 'function'])


def _specs(depth):
  """A strategy for compositions, as tuples of a name and what it takes."""
  leaf = st.sampled_from(list(_LEAVES)).flatmap(
      lambda name: st.tuples(st.just(name), _MASKS)
      if name in ('adamw', 'decay') else st.just((name,)))
  if not depth:
    return leaf

  def combine(name):
    inner = st.one_of(_specs(depth - 1), leaf)
    if name in ('chain', 'named_chain'):
      return st.lists(inner, min_size=1, max_size=3).map(lambda x: (name, *x))
    arguments = [inner]
    if name in ('partition', 'reversed'):
      arguments += [leaf, _LABELS]
    elif name.startswith('in_'):
      arguments += [leaf]
    elif name in ('masked', 'selective_transform'):
      arguments += [_MASKS]
    return st.tuples(st.just(name), *arguments)

  return st.sampled_from(list(_COMBINATORS)).flatmap(combine)


_SPECS = st.one_of(*map(_specs, range(1, 5)))


def _given(*strategies, examples=6):
  if 'OPTAX_PYTREE_FULL' in os.environ:
    examples *= 40
  settings = hypothesis.settings(
      max_examples=examples, deadline=None, derandomize=True, database=None,
      suppress_health_check=list(hypothesis.HealthCheck),
  )
  return lambda test: settings(hypothesis.given(*strategies)(test))


def _make(spec, rates=_RATES):
  """Returns the optimizer, and the containers that it was given."""
  builder = _Builder(o, itertools.cycle(rates))
  return builder.build(spec), builder.given


def _functional(spec, rates):
  return _Builder(optax, itertools.cycle(rates)).build(spec)


def _start(spec, rates=_RATES):
  """Returns the optimizer with its state; skips what functional optax can't.

  For instance flatten of no parameters.
  """
  try:
    jax.eval_shape(
        lambda rates: (tx := _functional(spec, rates)).update(
            _PARAMS, tx.init(_PARAMS), _PARAMS), list(rates))
  except Exception:  # pylint: disable=broad-exception-caught
    hypothesis.reject()
  opt, _ = _make(spec, rates)
  return opt.init(_PARAMS)


def _step(opt, grads, params):
  return opt.update(grads, params)


def _run(opt, params=_PARAMS, update=_step):
  """Returns the updates of several steps, and the last optimizer."""
  found = []
  for grads in _GRADS:
    updates, opt = update(opt, grads, params)
    found.append(updates)
    params = optax.apply_updates(params, updates)
  return found, opt


def _pickled(x, spec, module=pickle):
  """Returns what a pickle gives, or a copy where functional optax has none."""
  if 'lifted' in str(spec) or 'closure' in str(spec):
    return copy.copy(x)
  return module.loads(module.dumps(x))


def _without_state(opt):
  return opt.replace(opt_state=None)


def _leaves(opt):
  """Returns the leaves of the hyperparameters by path."""
  leaves = jax.tree_util.tree_leaves_with_path(_without_state(opt))
  return {jax.tree_util.keystr(path): x for path, x in leaves}


def _program(opt):
  """Returns the program of a step, which a jitted function compiles."""
  return str(jax.make_jaxpr(_step)(opt, _GRADS[0], _PARAMS))


def _assert_close(actual, desired):
  """Allows one rounding a step."""
  assert jax.tree.structure(actual) == jax.tree.structure(desired)
  for x, y in zip(*map(jax.tree.leaves, (actual, desired))):
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      x, y = map(jax.random.key_data, (x, y))
    np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)


def _write(x):
  """Writes to every container and array in something."""
  if isinstance(x, np.ndarray):
    if x.flags.writeable:
      x[...] = 1 - x
  elif isinstance(x, dict):
    for y in x.values():
      _write(y)
    for key in list(x):
      x[key] = x.pop(next(iter(x)))  # In another order, then with others.
      x[key] = None
    x['other'] = True
  elif type(x) in (list, tuple):
    for y in x:
      _write(y)
    if isinstance(x, list):
      x.append(None)
      x.reverse()


def _write_to_all(opt):
  """Writes to everything that an optimizer hands out, and those inside."""
  for name in type(opt).__signature__.parameters:
    value = getattr(opt, name)
    for x in jax.tree.leaves(
        value, is_leaf=lambda x: isinstance(x, o.Optimizer)):
      if isinstance(x, (o.Optimizer, o.Schedule)):
        _write_to_all(x)
    _write(value)


class FuzzTest(absltest.TestCase):

  @_given(_SPECS, examples=5)
  def test_computes_what_functional_optax_does(self, spec):
    opt = _start(spec)
    rates = list(_RATES)
    state = jax.jit(lambda r: _functional(spec, r).init(_PARAMS))(rates)
    self.assertEqual(*map(jax.tree.structure, (opt.opt_state, state)))

    @jax.jit
    def functional(state, grads, params):
      rates, state = state
      updates, state = _functional(spec, rates).update(grads, state, params)
      return updates, (rates, state)

    desired, (_, state) = _run((rates, state), update=functional)
    updates, opt = _run(opt, update=jax.jit(_step))
    _test_utils.assert_bit_identical((updates, opt.opt_state), (desired, state))

  @_given(_SPECS, examples=10)
  def test_survives_what_copies(self, spec):
    opt = _start(spec)
    for x in _without_state(opt), opt, opt.update(_GRADS[0], _PARAMS)[1]:
      leaves, treedef = jax.tree.flatten(x)
      paths = jax.tree_util.tree_leaves_with_path(x)
      self.assertLen({path for path, _ in paths}, len(leaves))
      for y in (
          treedef.unflatten(leaves), copy.copy(x), copy.deepcopy(x),
          _pickled(x, spec), _pickled(x, spec, cloudpickle),
          jax.tree.map(lambda z: z, x), jax.device_put(x),
      ):
        self.assertEqual(jax.tree.structure(y), treedef)
        if isinstance(jax.tree.leaves([*leaves, 0])[0], jax.Array):
          self.assertEqual(y, x)
        self.assertEqual(*(repr(_without_state(z)) for z in (x, y)))

  @_given(_SPECS, examples=10)
  def test_made_again_is_equal(self, spec):
    opt, again = _make(spec)[0], _make(spec)[0]
    self.assertEqual(opt, again)
    self.assertEqual(*map(jax.tree.structure, (opt, again)))
    self.assertEqual(*(hash(jax.tree.structure(x)) for x in (opt, again)))
    _start(spec)
    self.assertEqual(opt.init(_PARAMS), again.init(_PARAMS))

  @_given(_SPECS, examples=6)
  def test_replace_with_its_own_values(self, spec):
    opt = _start(spec)
    names = type(opt).__signature__.parameters
    for x in _without_state(opt), opt:
      self.assertEqual(x.replace({name: getattr(x, name) for name in names}), x)
      self.assertEqual(x.replace(_leaves(x)), x)
      self.assertEqual(x.replace(opt_state=x.opt_state), x)

  @_given(_SPECS, st.permutations(_RATES), examples=6)
  def test_replaced_rates_are_those_of_a_new_one(self, spec, rates):
    opt, other = _start(spec), _start(spec, rates)
    leaves = _leaves(other)
    self.assertEqual(
        _without_state(opt).replace(leaves), _without_state(other))
    self.assertEqual(opt.replace(leaves), other.replace(
        opt_state=opt.opt_state))

  @_given(_SPECS, examples=8)
  def test_eval_shape(self, spec):
    opt = _start(spec)
    for function in (
        lambda: opt.init(_PARAMS), lambda: _step(opt, _GRADS[0], _PARAMS)):
      abstract, concrete = jax.eval_shape(function), function()
      self.assertEqual(*map(jax.tree.structure, (abstract, concrete)))
      for x, y in zip(*map(jax.tree.leaves, (abstract, concrete))):
        self.assertEqual((x.shape, x.dtype), (y.shape, y.dtype))

  @_given(_SPECS, examples=4)
  def test_scan_does_what_a_loop_does(self, spec):
    opt = _start(spec)
    updates, last = _run(opt, update=jax.jit(_step))

    def body(carry, grads):
      updates, opt = _step(carry[0], grads, carry[1])
      return (opt, optax.apply_updates(carry[1], updates)), updates

    stacked = jax.tree.map(lambda *x: jnp.stack(x), *_GRADS)
    (found, _), stacked = jax.jit(
        lambda opt: jax.lax.scan(body, (opt, _PARAMS), stacked))(opt)
    _assert_close(stacked, jax.tree.map(lambda *x: jnp.stack(x), *updates))
    _assert_close(found, last)

  @_given(_SPECS, examples=4)
  def test_vmap_does_what_single_runs_do(self, spec):
    # It amplifies roundings: functional optax with and without jit differs by
    # percents.
    hypothesis.assume('mechanize' not in str(spec))
    _start(spec)
    rates = jnp.asarray([_RATES, _RATES[::-1]])

    @jax.jit
    def run(rates):
      return _run(_make(spec, list(rates))[0].init(_PARAMS))

    found = jax.vmap(run)(rates)
    singles = [run(x) for x in rates]
    _assert_close(found, jax.tree.map(lambda *x: jnp.stack(x), *singles))

  @_given(_SPECS, st.permutations(range(4)), examples=4)
  def test_jit_after_any_order_of_callers(self, spec, order):
    opt = _start(spec)
    other = _start(spec, _RATES[::-1])
    step = jax.jit(lambda *args: _step(*args))
    callers = [opt, _pickled(opt, spec), other,
               opt.replace(opt_state=opt.opt_state)]
    with _test_utils.compilations('<lambda>') as compiled:
      found = {i: step(callers[i], _GRADS[0], _PARAMS) for i in order}
    self.assertLen(compiled, 1)
    for i in 1, 3:
      _test_utils.assert_bit_identical(found[i], found[0])
    desired = jax.jit(lambda *args: _step(*args))(other, _GRADS[0], _PARAMS)
    _test_utils.assert_bit_identical(found[2], desired)
    self.assertEqual(found[0][1].hyperparams, found[1][1].hyperparams)

  @_given(_SPECS, _SPECS, st.data(), examples=12)
  def test_equal_structures_have_one_program(self, spec, other, data):
    # Another one, or nearly the same.
    other = data.draw(st.one_of(st.just(other), _changed(spec)))
    one, other = _start(spec), _start(other)
    if jax.tree.structure(one) == jax.tree.structure(other):
      self.assertEqual(_program(one), _program(other))
    else:
      self.assertNotEqual(one, other)

  @_given(_SPECS, examples=12)
  def test_writes_to_what_goes_in_or_comes_out(self, spec):
    _start(spec)
    opt, given = _make(spec)
    desired = _make(spec)[0]
    with_state = opt.init(_PARAMS)
    program = _program(with_state)
    for x in given:
      _write(x)
    for x in opt, with_state:
      _write_to_all(x)
    self.assertEqual(opt, desired)
    self.assertEqual(with_state, desired.init(_PARAMS))
    jax.clear_caches()  # Or make_jaxpr finds what it traced before.
    self.assertEqual(_program(with_state), program)
    self.assertEqual(_program(opt.init(_PARAMS)), program)


def _changed(spec):
  """A strategy for compositions that differ from one in one place."""
  choices = [_specs(0)]
  for i, x in enumerate(spec):
    if isinstance(x, tuple):
      choices.append(_changed(x).map(
          lambda y, i=i: (*spec[:i], y, *spec[i + 1:])))
    elif x in ('dict', 'numpy', 'integers'):
      choices.append(st.sampled_from(['dict', 'numpy', 'integers']).map(
          lambda y, i=i: (*spec[:i], y, *spec[i + 1:])))
  if spec[0] in ('chain', 'named_chain'):
    choices.append(st.permutations(spec[1:]).map(lambda x: (spec[0], *x)))
  if spec[0] in ('partition', 'reversed'):
    choices.append(st.just(
        ({'partition': 'reversed', 'reversed': 'partition'}[spec[0]],
         *spec[1:])))
  return st.one_of(*choices)


if __name__ == '__main__':
  absltest.main()
