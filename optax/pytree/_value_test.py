"""Tests that an optimizer is a value: immutable, equal by value, complete."""

# pylint: disable=dangerous-default-value, unnecessary-lambda

import collections
import collections.abc
import copy
import dataclasses
import enum
import functools
import inspect
import itertools
import operator
import os
import pickle
import sys
import types
from unittest import mock

from absl.testing import absltest
from absl.testing import parameterized
import cloudpickle
from flax import nnx
from flax import serialization
from flax.core import frozen_dict
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'a': jnp.ones(2), 'b': jnp.ones(2)}
_BFLOAT16 = np.dtype(jnp.bfloat16).type


def _pickled(x):
  return pickle.loads(pickle.dumps(x))


def _tx(opt):
  """Returns the functional transformation that `opt` is, or has."""
  tx = opt.tx if isinstance(opt, o.Optimizer) else opt
  if isinstance(tx, optax.GradientTransformation):
    return optax.with_extra_args_support(tx)
  return tx


def _update(opt, params=_PARAMS):
  """Returns the first update of an optimizer, or of a transformation."""
  if isinstance(opt, o.Optimizer):
    return opt.init(params).update(params, params)[0]
  return opt.update(params, opt.init(params), params)[0]


def _jitted():
  """Returns `_update` jitted, with a cache of its own."""
  return jax.jit(lambda opt: _update(opt))


def _assert_close(actual, desired):
  assert jax.tree.structure(actual) == jax.tree.structure(desired)
  for x, y in zip(*map(jax.tree.leaves, (actual, desired))):
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      x, y = map(jax.random.key_data, (x, y))
    assert x.dtype == y.dtype
    np.testing.assert_allclose(
        np.asarray(x, float), np.asarray(y, float), rtol=1e-6, atol=1e-9)


_LINES = itertools.count()
_FACTORY = """
def factory(learning_rate, b1=0.9):
  return optax.adam(learning_rate, b1)
"""
_WITHOUT_B1 = """
def factory(learning_rate):
  return optax.adam(learning_rate)
"""
_WITH_B2 = """
def factory(learning_rate, b2, b1=0.9):
  return optax.adam(learning_rate, b1, b2)
"""


@parameterized.named_parameters(
    # In other lines, so that the code of the two is never equal.
    ('class', '@optax.pytree.wrap\n'), ('factory', '\n\n'),
)
class RecordTest(parameterized.TestCase):
  """A pickle of an optimizer whose factory has changed since."""

  def _define(self, source):
    """Puts the source into a module; returns the class."""
    module = types.ModuleType('optimizers_of_a_user')
    module.optax = optax
    self.enter_context(mock.patch.dict(sys.modules, {module.__name__: module}))
    # In another line each time, or an equal factory would have its class.
    lines = '\n' * next(_LINES)
    exec(lines + source, vars(module))  # pylint: disable=exec-used
    found = module.factory
    return found if inspect.isclass(found) else o.wrap(found)

  def _assert_refused(self, before, after, name, decorator):
    make = self._define(decorator + before)
    opts = make(0.1, b1=0.5), make(0.1, b1=0.5).init(_PARAMS), make(0.1)
    saved = list(map(pickle.dumps, opts))
    self._define(decorator + after)
    for x in saved:
      with self.assertRaisesRegex(TypeError, rf'\b{name}\b'):
        pickle.loads(x)

  def _assert_kept(self, before, after, decorator):
    make = self._define(decorator + before)
    opts = make(0.1, b1=0.5), make(0.1, b1=0.5).init(_PARAMS), make(0.1, 0.9)
    desired = [_update(x) for x in opts]
    saved = list(map(pickle.dumps, opts))
    cls = self._define(decorator + after)
    for x, opt, update in zip(saved, opts, desired):
      loaded = pickle.loads(x)
      self.assertIs(type(loaded), cls)
      self.assertEqual((loaded.learning_rate, loaded.b1),
                       (opt.learning_rate, opt.b1))
      _test_utils.assert_bit_identical(loaded.opt_state, opt.opt_state)
      _assert_close(_update(loaded), update)

  def test_of_a_renamed_parameter_is_refused(self, decorator):
    after = _FACTORY.replace('b1', 'beta1')
    self._assert_refused(_FACTORY, after, 'b1', decorator)

  def test_of_a_removed_parameter_is_refused(self, decorator):
    self._assert_refused(_FACTORY, _WITHOUT_B1, 'b1', decorator)

  def test_without_a_required_parameter_is_refused(self, decorator):
    self._assert_refused(_FACTORY, _WITH_B2, 'b2', decorator)

  def test_of_a_removed_array_is_refused(self, decorator):
    opt = self._define(decorator + _FACTORY)(0.1, b1=jnp.asarray(0.5))
    saved = pickle.dumps(opt)
    self._define(decorator + _WITHOUT_B1)
    with self.assertRaisesRegex(TypeError, r'\bb1\b'):
      pickle.loads(saved)

  def test_keeps_what_was_the_default(self, decorator):
    after = _FACTORY.replace('0.9', '0.5')
    make = self._define(decorator + _FACTORY)
    saved = pickle.dumps(make(0.1))
    cls = self._define(decorator + after)
    self.assertEqual(pickle.loads(saved).b1, 0.9)
    self.assertEqual(cls(0.1).b1, 0.5)

  def test_keeps_values_if_a_default_changes(self, decorator):
    self._assert_kept(_FACTORY, _FACTORY.replace('0.9', '0.7'), decorator)

  def test_keeps_values_if_a_default_goes(self, decorator):
    self._assert_kept(_FACTORY, _FACTORY.replace('=0.9', ''), decorator)

  def test_keeps_values_if_a_default_comes(self, decorator):
    before = _FACTORY.replace('=0.9', '')
    self._assert_kept(before, _FACTORY, decorator)

  def test_keeps_values_if_the_order_changes(self, decorator):
    before = _FACTORY.replace('=0.9', '')
    after = before.replace('(learning_rate, b1):', '(b1, learning_rate):')
    self.assertNotEqual(before, after)
    self._assert_kept(before, after, decorator)

  def test_keeps_values_if_an_option_comes(self, decorator):
    after = _WITH_B2.replace('b2, b1=0.9', 'b1=0.9, b2=0.999')
    self._assert_kept(_FACTORY, after, decorator)

  def test_keeps_a_learning_rate_that_was_the_default(self, decorator):
    before = _FACTORY.replace('(learning_rate, b1=', '(learning_rate=0.25, b1=')
    saved = pickle.dumps(self._define(decorator + before)())
    self._define(decorator + before.replace('0.25', '0.75'))
    self.assertEqual(pickle.loads(saved).learning_rate, 0.25)


@jax.tree_util.register_pytree_node_class
class _Pairs:
  """A user's container, which keeps an order of its own."""

  def __init__(self, pairs):
    self._pairs = tuple(dict(pairs).items())

  def items(self):
    return self._pairs

  def tree_flatten(self):
    return [x for _, x in self._pairs], [k for k, _ in self._pairs]

  @classmethod
  def tree_unflatten(cls, keys, values):
    return cls(zip(keys, values))


@jax.tree_util.register_pytree_with_keys_class
class _Mapping(collections.abc.MutableMapping):
  """A user's mapping, which JAX knows, with a constructor of its own."""

  def __init__(self, *, name, pairs):
    self._name, self._dict = name, dict(pairs)

  def __getitem__(self, key):
    return self._dict[key]

  def __setitem__(self, key, value):
    self._dict[key] = value

  def __delitem__(self, key):
    del self._dict[key]

  def __iter__(self):
    return iter(self._dict)

  def __len__(self):
    return len(self._dict)

  def tree_flatten_with_keys(self):
    pairs = [(jax.tree_util.DictKey(k), x) for k, x in self._dict.items()]
    return pairs, (self._name, tuple(self._dict))

  @classmethod
  def tree_unflatten(cls, static, values):
    return cls(name=static[0], pairs=zip(static[1], values))


def _clip_and_scale(parts):
  """Makes a chain in the order that a mapping has."""
  while isinstance(parts, (list, tuple)):
    parts = parts[0]
  parts = getattr(parts, 'inner', parts)
  factories = {'clip': optax.clip, 'scale': optax.scale}
  return optax.chain(*(factories[k](x) for k, x in parts.items()))


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class _Holder:
  inner: object


_CONTAINERS = {
    'dict': dict,
    'OrderedDict': collections.OrderedDict,
    'defaultdict': lambda x: collections.defaultdict(float, x),
    'FrozenDict': frozen_dict.FrozenDict,
    'of_a_user': _Pairs,
    'mapping_of_a_user': lambda x: _Mapping(name='x', pairs=x),
    'dict_in_a_list': lambda x: [dict(x)],
    'OrderedDict_in_a_tuple': lambda x: (collections.OrderedDict(x), 'x'),
    'dict_in_a_dataclass': lambda x: _Holder(dict(x)),
    'dict_in_lists': lambda x: [([dict(x)],)],
}


@parameterized.named_parameters(
    (f'{name}_of_{kind}', make, number)
    for name, make in _CONTAINERS.items()
    for kind, number in (('numbers', float), ('arrays', jnp.asarray))
)
class OrderTest(parameterized.TestCase):
  """The order of a dict counts, since factories may depend on it."""

  def setUp(self):
    super().setUp()
    self.factory = o.wrap(_clip_and_scale)

  def _both(self, make, number):
    pairs = [('clip', number(1.0)), ('scale', number(2.0))]
    return make(pairs), make(pairs[::-1])

  def _order(self, parts):
    while isinstance(parts, (list, tuple)):
      parts = parts[0]
    return [k for k, _ in getattr(parts, 'inner', parts).items()]

  def test_one_jitted_function_gives_both_results(self, make, number):
    step = _jitted()
    for parts in self._both(make, number):
      desired = _update(_clip_and_scale(parts))
      _assert_close(step(self.factory(parts)), desired)

  def test_survives(self, make, number):
    opt = None
    for ways in (copy.copy, copy.deepcopy, _pickled, jax.jit(lambda x: x),
                 functools.partial(jax.tree.map, lambda x: x),
                 lambda x: x.replace(parts=x.parts),
                 lambda x: x.init(_PARAMS)):
      for parts in self._both(make, number):
        if ways in (copy.deepcopy, _pickled) and (
            make is frozen_dict.FrozenDict):
          continue  # Flax sorts the keys when it pickles one.
        opt = ways(self.factory(parts))
        self.assertEqual(self._order(opt.parts), self._order(parts))
        _assert_close(_update(opt), _update(_clip_and_scale(parts)))

  def test_distinguishes(self, make, number):
    if make is frozen_dict.FrozenDict:
      self.skipTest('To flax the order is no part of the value.')
    one, other = map(self.factory, self._both(make, number))
    self.assertNotEqual(one, other)
    self.assertNotEqual(one.init(_PARAMS), other.init(_PARAMS))
    self.assertNotEqual(*map(jax.tree.structure, (one, other)))


@dataclasses.dataclass
class _Mutable:
  """Has no hash, since it has `__eq__`."""

  value: float


def _scheduled(boundaries_and_scales):
  return o.sgd(o.piecewise_constant_schedule(1.0, boundaries_and_scales))


def _scaled(make):
  """A factory of a user's with a container of numbers."""
  return o.wrap(lambda parts: optax.scale(make(parts)))


@functools.partial(o.wrap, static=('number',))
def _static_scale(number):
  return optax.scale(np.asarray(number).item())


# How to make an optimizer of what is written to, that, and the write.
_WRITES = {
    'mask': (
        lambda x: o.masked(o.sgd(0.1), x),
        lambda: {'a': True, 'b': False},
        lambda x: x.update(b=True),
    ),
    'nested_mask': (
        lambda x: o.masked(o.sgd(0.1), {'a': x[0], 'b': False}),
        lambda: [True],
        lambda x: x.__setitem__(0, False),
    ),
    'numpy_mask': (
        lambda x: o.masked(o.sgd(0.1), {'a': x, 'b': True}),
        lambda: np.array(True),
        lambda x: x.__setitem__((), False),
    ),
    'weight_decay_mask': (
        lambda x: o.adamw(0.1, weight_decay=10.0, mask=x),
        lambda: {'a': True, 'b': False},
        lambda x: x.update(b=True),
    ),
    'labels': (
        lambda x: o.partition({'x': o.sgd(0.1), 'y': o.sgd(1.0)}, x),
        lambda: {'a': 'x', 'b': 'y'},
        lambda x: x.update(b='x'),
    ),
    'transforms': (
        lambda x: o.partition(x, {'a': 'x', 'b': 'x'}),
        lambda: {'x': o.sgd(0.1)},
        lambda x: x.update(x=o.sgd(1.0)),
    ),
    'boundaries_and_scales': (
        _scheduled,
        lambda: {0: 0.5},
        lambda x: x.update({0: 0.25}),
    ),
    'numpy_learning_rate': (
        o.sgd,
        lambda: np.array(0.1),
        lambda x: x.__setitem__((), 1.0),
    ),
    'numpy_schedule_value': (
        lambda x: o.sgd(o.constant_schedule(x)),
        lambda: np.array(0.1),
        lambda x: x.__setitem__((), 1.0),
    ),
    'numpy_static_number': (
        _static_scale,
        lambda: np.array(0.1),
        lambda x: x.__setitem__((), 1.0),
    ),
    'OrderedDict': (
        _scaled(lambda x: x['x']),
        lambda: collections.OrderedDict(x=1.0),
        lambda x: x.update(x=2.0),
    ),
    'defaultdict': (
        _scaled(lambda x: x['x']),
        lambda: collections.defaultdict(float, x=1.0),
        lambda x: x.update(x=2.0),
    ),
    'list_in_a_dict': (
        _scaled(lambda x: x['x'][0]),
        lambda: {'x': [1.0]},
        lambda x: x['x'].append(x['x'].insert(0, 2.0)),
    ),
    'mapping_of_a_user': (
        _scaled(lambda x: x['x']),
        lambda: _Mapping(name='x', pairs={'x': 1.0}),
        lambda x: x.update(x=2.0),
    ),
    'array_in_a_mapping_of_a_user': (
        _scaled(lambda x: x['x']),
        lambda: _Mapping(name='x', pairs={'x': jnp.asarray(1.0)}),
        lambda x: x.update(x=2.0),
    ),
    'of_a_user': (
        _scaled(lambda x: x.inner['x']),
        lambda: _Holder({'x': 1.0}),
        lambda x: x.inner.update(x=2.0),
    ),
    'attribute_of_a_user': (
        _scaled(lambda x: x.inner),
        lambda: _Holder(1.0),
        lambda x: setattr(x, 'inner', 2.0),
    ),
    'of_a_tree_util_partial': (
        lambda x: o.sgd(jax.tree_util.Partial(lambda x, _: x['x'], x)),
        lambda: {'x': 0.1},
        lambda x: x.update(x=1.0),
    ),
}

# How to write to what an optimizer hands out.
_HANDED_OUT = {
    'mask': ('mask', lambda opt: opt.mask.update(b=True)),
    'labels': ('labels', lambda opt: opt.param_labels.update(b='x')),
    'transforms': (
        'transforms', lambda opt: opt.transforms.update(x=o.sgd(1.0))),
    'boundaries_and_scales': (
        'boundaries_and_scales',
        lambda opt: opt.learning_rate.boundaries_and_scales.update({0: 9.0})),
    'address': (
        'boundaries_and_scales',
        lambda opt: opt.boundaries_and_scales.update({0: 9.0})),
    'OrderedDict': ('OrderedDict', lambda opt: opt.parts.update(x=2.0)),
    'defaultdict': ('defaultdict', lambda opt: opt.parts['y']),
    'mapping_of_a_user': (
        'mapping_of_a_user', lambda opt: opt.parts.update(x=2.0)),
    'array_in_a_mapping_of_a_user': (
        'array_in_a_mapping_of_a_user', lambda opt: opt.parts.update(x=2.0)),
    'list_in_a_dict': (
        'list_in_a_dict', lambda opt: opt.parts['x'].insert(0, 2.0)),
    'of_a_user': ('of_a_user', lambda opt: opt.parts.inner.update(x=2.0)),
    'attribute_of_a_user': (
        'attribute_of_a_user', lambda opt: setattr(opt.parts, 'inner', 2.0)),
}


class OwnershipTest(parameterized.TestCase):
  """Nobody else's writes reach an optimizer."""

  @parameterized.named_parameters((x, *y) for x, y in _WRITES.items())
  def test_of_what_was_given(self, make, make_value, write):
    given, step = make_value(), _jitted()
    bad = make(given)
    desired = step(bad)
    write(given)
    for opt in bad, make(make_value()):
      _test_utils.assert_bit_identical(step(opt), desired)
      _assert_close(_update(opt), desired)  # The factory is called again.

  @parameterized.named_parameters((x, *y) for x, y in _WRITES.items())
  def test_after_the_write_is_another_value(self, make, make_value, write):
    given, step = make_value(), _jitted()
    before = step(make(given))
    write(given)
    after = make(given)
    _assert_close(step(after), _update(_tx(after)))
    with self.assertRaises(AssertionError):
      _assert_close(step(after), before)

  def test_of_a_state(self):
    given = optax.sgd(0.5, momentum=0.5).init(
        jax.tree.map(np.asarray, _PARAMS))
    opt = o.sgd(0.5, momentum=0.5).init(_PARAMS)
    desired = _update(opt)
    opt = opt.replace(opt_state=given)
    for state in given, opt.opt_state, opt.replace(learning_rate=0.5).opt_state:
      state[0].trace['a'] = jnp.full(2, 9.0)
      _assert_close(_update(opt), desired)
    array = np.zeros(2)
    opt = opt.replace(opt_state=optax.tree.set(
        opt.opt_state, trace={'a': array, 'b': array}))
    array[0] = 9.0
    _assert_close(_update(opt), desired)

  @parameterized.named_parameters(
      ('mask', 'mask', 'mask'), ('labels', 'labels', 'param_labels'),
      ('numpy_learning_rate', 'numpy_learning_rate', 'learning_rate'),
      ('boundaries', 'boundaries_and_scales', 'boundaries_and_scales'),
      ('OrderedDict', 'OrderedDict', 'parts'),
  )
  def test_of_what_was_given_to_replace(self, name, parameter):
    make, make_value, write = _WRITES[name]
    other, step = make_value(), _jitted()
    write(other)
    opts = [make(other)]
    if parameter == 'learning_rate':
      opts += [o.sgd(0.5), o.sgd(jnp.asarray(0.5)), o.sgd(0.5).init(_PARAMS)]
    desired = step(make(make_value()))
    for opt in opts:
      given = make_value()
      bad = opt.replace({parameter: given})
      write(given)
      _assert_close(step(bad), desired)
      _assert_close(_update(bad), desired)

  @parameterized.parameters(
      (np.ones(()),), (np.ones(2),), (np.float32(1.0),), (1.0,), (1,))
  def test_leaves_are_jax_arrays_once_there_is_a_state(self, x):
    params = {'a': jnp.ones(2), 'b': jnp.ones(2)}
    for opt in (o.sgd(x).init(params),
                o.sgd(0.1).init(params).replace(learning_rate=x),
                o.sgd(0.1).replace(learning_rate=x).init(params)):
      self.assertIsInstance(opt.learning_rate, jax.Array)
      np.testing.assert_array_equal(opt.learning_rate, x)
      if not isinstance(x, np.ndarray):
        self.assertTrue(opt.learning_rate.weak_type)

  @parameterized.named_parameters((x, *y) for x, y in _HANDED_OUT.items())
  def test_of_what_was_handed_out(self, name, write):
    make, make_value, _ = _WRITES[name]
    opt, step = make(make_value()), _jitted()
    desired = step(opt)
    write(opt)
    for x in opt, make(make_value()):
      self.assertEqual(x, make(make_value()))
      _test_utils.assert_bit_identical(step(x), desired)
      _assert_close(_update(x), desired)

  @parameterized.named_parameters(
      ('learning_rate', lambda: o.sgd(np.array(0.1)).learning_rate),
      ('several', lambda: o.sgd(np.array([0.1, 0.2])).learning_rate),
      ('mask', lambda: o.masked(
          o.sgd(0.1), {'a': np.array(True), 'b': True}).mask['a']),
      ('static', lambda: _static_scale(np.array(2.0)).number),
      ('replaced', lambda: o.sgd(0.1).replace(
          learning_rate=np.ones(2)).learning_rate),
      ('replaced_scalar', lambda: o.sgd(0.1).replace(
          learning_rate=np.ones(())).learning_rate),
      ('unpickled', lambda: _pickled(_static_scale(np.array(2.0))).number),
      ('unpickled_leaf', lambda: _pickled(o.sgd(np.ones(2))).learning_rate),
      ('copied', lambda: copy.deepcopy(o.sgd(np.ones(2))).learning_rate),
  )
  def test_numpy_arrays_are_read_only(self, get):
    array = get()
    self.assertIsInstance(array, np.ndarray)
    with self.assertRaisesRegex(ValueError, 'read-only'):
      array[...] = 0

  def test_hyperparams_are_read_only(self):
    opt = o.sgd(0.1)
    with self.assertRaises(TypeError):
      opt.hyperparams['learning_rate'] = 1.0
    self.assertEqual(opt.hyperparams, {'learning_rate': 0.1})

  def test_of_the_arguments_of_a_partial_object(self):
    masked = lambda inner, mask: optax.masked(inner, mask)
    mask, step = {'a': True, 'b': False}, _jitted()
    desired = _update(optax.masked(optax.sgd(0.1), dict(mask)))
    bad = o.wrap(functools.partial(masked, mask=mask))(o.sgd(0.1))
    _assert_close(step(bad), desired)
    mask['b'] = True
    good = o.wrap(functools.partial(masked, mask={'a': True, 'b': False}))
    for x in bad, good(o.sgd(0.1)):
      _assert_close(step(x), desired)
      _assert_close(_update(x), desired)
    changed = o.wrap(functools.partial(masked, mask=mask))(o.sgd(0.1))
    self.assertNotEqual(changed, bad)
    _assert_close(
        step(changed), _update(optax.masked(optax.sgd(0.1), dict(mask))))

  @parameterized.parameters(
      lambda: {'x': [jnp.asarray(1.0)]},
      lambda: collections.OrderedDict(x=jnp.asarray(1.0)),
      lambda: frozen_dict.FrozenDict(x=jnp.asarray(1.0)),
      lambda: nnx.State({'x': jnp.asarray(1.0)}),
      lambda: _Mapping(name='x', pairs={'x': jnp.asarray(1.0)}),
      lambda: _Pairs({'x': jnp.asarray(1.0)}),
      lambda: _Holder({'x': jnp.asarray(1.0)}),
  )
  def test_leaves_alone_what_it_is_given(self, make_value):
    given = make_value()
    opt = o.wrap(lambda parts: optax.identity())(given)
    opt = jax.tree.map(lambda x: x + 1.0, opt.init(_PARAMS))
    opt = opt.replace(parts=jax.tree.map(lambda x: x + 1.0, given))
    self.assertEqual(jax.tree.leaves(given), [1.0])
    self.assertEqual(jax.tree.leaves(opt.parts), [2.0])
    self.assertEqual(*map(jax.tree.structure, (given, make_value())))
    self.assertEqual(*map(jax.tree.structure, (given, opt.parts)))

  def test_of_a_factory_that_writes_to_its_arguments(self):

    def factory(parts):
      return optax.chain(optax.scale(parts.pop('scale')), optax.clip(
          parts.pop('clip')))

    opt = o.wrap(factory)({'scale': 2.0, 'clip': 1.0})
    self.assertEqual(opt.parts, {'scale': 2.0, 'clip': 1.0})
    _assert_close(_update(opt), _PARAMS)
    _assert_close(_update(opt), _PARAMS)

  def test_of_a_default(self):
    default = {'scale': 2.0}

    def factory(parts=default):
      return optax.scale(parts['scale'])

    cls = o.wrap(factory)
    opt = cls()
    opt.parts['scale'] = 3.0
    self.assertEqual(default, {'scale': 2.0})
    default['scale'] = 4.0
    self.assertEqual(opt.parts, {'scale': 2.0})
    self.assertEqual(copy.copy(opt).parts, {'scale': 2.0})
    self.assertEqual(cls().parts, {'scale': 4.0})

  def test_of_options(self):
    leaves = ['b1']
    cls = o.wrap(optax.adam, leaves=leaves)
    leaves[0] = 'b2'
    self.assertIs(o.wrap(optax.adam, leaves=('b1',)), cls)
    self.assertLen(jax.tree.leaves(cls(0.1)), 2)

  @parameterized.named_parameters(
      ('dataclass', _Mutable(2.0)), ('set', {2.0}),
      ('bytearray', bytearray(b'x')), ('deque', collections.deque([2.0])),
      ('Counter', collections.Counter(x=2)),
      ('objects', np.array([_Mutable(2.0)], object)),
      ('in_a_container', {'y': [1.0, _Mutable(2.0)]}),
      ('in_a_tuple', (1.0, {2.0})),
  )
  def test_what_has_no_hash_is_refused_by_name(self, value):
    cls = o.wrap(lambda part: optax.scale(1.0))
    with self.assertRaisesRegex(TypeError, r'\bpart\b.*not hashable'):
      cls(value)
    with self.assertRaisesRegex(TypeError, r'\bpart\b.*not hashable'):
      cls(1.0).replace(part=value)


def _injected(learning_rate):
  return optax.inject_hyperparams(optax.adam)(learning_rate)


def _with_rprop(learning_rate):
  return optax.chain(optax.clip(1.0), optax.rprop(learning_rate))


# Optimizers whose learning rate is read by `init` alone, and the path.
_ONLY_INIT = {
    'rprop': (lambda rate: o.rprop(rate), 'learning_rate'),
    'inject_hyperparams': (
        lambda rate: o.wrap(optax.inject_hyperparams(optax.adam))(rate),
        'learning_rate'),
    'injected_by_a_user': (
        lambda rate: o.wrap(_injected)(rate), 'learning_rate'),
    'factory_of_a_user': (
        lambda rate: o.wrap(_with_rprop)(rate), 'learning_rate'),
    'partial': (
        lambda rate: o.wrap(
            functools.partial(optax.rprop, eta_minus=0.4))(rate),
        'learning_rate'),
    'partial_of_a_user': (
        lambda rate: o.wrap(functools.partial(_with_rprop))(rate),
        'learning_rate'),
    'leaves_of_another_name': (
        lambda rate: o.wrap(
            lambda rate: optax.rprop(rate), leaves=('rate',))(rate),
        'rate'),
    'class_of_a_user': (
        lambda rate: o.wrap(lambda learning_rate: o.rprop(learning_rate))(rate),
        'learning_rate'),
    'chain': (
        lambda rate: o.chain(o.clip(1.0), o.rprop(rate)),
        'args[1].learning_rate'),
    'chain_in_a_chain': (
        lambda rate: o.chain(o.chain(o.rprop(rate)), o.sgd(0.1)),
        'args[0].args[0].learning_rate'),
    'named_chain': (
        lambda rate: o.named_chain(('r', o.rprop(rate)), ('s', o.sgd(0.1))),
        'args[0][1].learning_rate'),
    'masked': (
        lambda rate: o.masked(o.rprop(rate), {'a': True, 'b': False}),
        'inner.learning_rate'),
    'partition': (
        lambda rate: o.partition(
            {'x': o.rprop(rate), 'y': o.sgd(0.1)}, {'a': 'x', 'b': 'y'}),
        "transforms['x'].learning_rate"),
    'MultiSteps': (
        lambda rate: o.MultiSteps(o.rprop(rate), 2), 'opt.learning_rate'),
    'apply_if_finite': (
        lambda rate: o.apply_if_finite(o.rprop(rate), 2),
        'inner.learning_rate'),
    'conditionally_mask': (
        lambda rate: o.conditionally_mask(o.rprop(rate), lambda step: True),
        'inner.learning_rate'),
    'flatten': (lambda rate: o.flatten(o.rprop(rate)), 'inner.learning_rate'),
    'number_of_init': (
        lambda x: o.adagrad(0.1, initial_accumulator_value=x),
        'initial_accumulator_value'),
    'array_of_init': (
        lambda x: o.adagrad(0.1, initial_accumulator_value=jnp.asarray(x)),
        'initial_accumulator_value'),
    'key_of_init': (
        lambda x: o.add_noise(0.1, 0.5, jax.random.key(int(10 * x))), 'key'),
}


class OnlyInitTest(parameterized.TestCase):
  """With a state, a change that only `init` would see is refused."""

  def _value(self, path, x):
    return jax.random.key(int(10 * x)) if path == 'key' else x

  @parameterized.named_parameters((x, *y) for x, y in _ONLY_INIT.items())
  def test_refuses_another_value(self, make, path):
    opt = make(0.1).init(_PARAMS)
    with self.assertRaises(TypeError) as raised:
      opt.replace({path: self._value(path, 100.0)})
    self.assertIn(f'only init uses {path}', str(raised.exception))

  @parameterized.named_parameters((x, *y) for x, y in _ONLY_INIT.items())
  def test_refuses_another_value_after_an_update(self, make, path):
    opt = make(0.1).init(_PARAMS).update(_PARAMS, _PARAMS)[1]
    with self.assertRaisesRegex(TypeError, 'only init uses'):
      opt.replace({path: self._value(path, 100.0)})

  @parameterized.named_parameters((x, *y) for x, y in _ONLY_INIT.items())
  def test_takes_another_value_before_init(self, make, path):
    replaced = make(0.1).replace({path: self._value(path, 0.2)})
    _assert_close(_update(replaced), _update(make(0.2)))
    _assert_close(replaced.init(_PARAMS).opt_state,
                  make(0.2).init(_PARAMS).opt_state)

  def test_refuses_another_value_where_the_update_is_not_known(self):

    @o.wrap
    def factory(learning_rate):
      tx = optax.rprop(learning_rate)

      def update(updates, state, params=None, *, scales):
        return tx.update(
            jax.tree.map(lambda x: x * scales['x'], updates), state, params)

      return optax.GradientTransformationExtraArgs(tx.init, update)

    opt = factory(0.1).init(_PARAMS)
    opt.replace(learning_rate=0.1)
    with self.assertRaisesRegex(
        TypeError, '(?s)init uses learning_rate, and .* known:\na trial'):
      opt.replace(learning_rate=0.2)

  @parameterized.named_parameters((x, *y) for x, y in _ONLY_INIT.items())
  def test_takes_the_same_value(self, make, path):
    opt = make(0.1).init(_PARAMS)
    self.assertEqual(opt.replace({path: self._value(path, 0.1)}), opt)

  def test_takes_other_hyperparameters(self):
    opt = o.chain(o.rprop(0.1), o.sgd(0.5)).init(_PARAMS)
    opt = opt.replace({'args[1].learning_rate': 2.0})
    updates, _ = opt.update(_PARAMS, _PARAMS)
    _assert_close(updates, _update(optax.chain(optax.rprop(0.1),
                                               optax.sgd(2.0))))

  def test_refuses_a_mapping_with_one_of_them(self):
    opt = o.chain(o.rprop(0.1), o.sgd(0.5)).init(_PARAMS)
    with self.assertRaisesRegex(TypeError, r'args\[0\].learning_rate'):
      opt.replace({'args[1].learning_rate': 2.0, 'args[0].learning_rate': 2.0})

  def test_refuses_in_jit(self):
    opt = o.rprop(0.1).init(_PARAMS)
    with self.assertRaisesRegex(TypeError, 'only init uses learning_rate'):
      jax.jit(lambda opt: opt.replace(learning_rate=100.0))(opt)

  def test_refuses_for_a_population(self):
    opt = jax.vmap(lambda rate: o.rprop(rate).init(_PARAMS))(jnp.ones(2))
    with self.assertRaisesRegex(TypeError, 'only init uses learning_rate'):
      opt.replace(learning_rate=jnp.zeros(2))

  def test_takes_what_init_and_update_use(self):
    factory = lambda learning_rate: optax.chain(
        optax.rprop(learning_rate), optax.scale(learning_rate))
    opt = o.wrap(factory)(0.1).init(_PARAMS)
    updates, _ = opt.replace(learning_rate=0.5).update(_PARAMS, _PARAMS)
    desired, _ = factory(0.5).update(_PARAMS, opt.opt_state, _PARAMS)
    _assert_close(updates, desired)

  def test_takes_a_learning_rate_that_init_reads_too(self):
    opt = o.contrib.schedule_free_sgd(0.1).init(_PARAMS)
    replaced = opt.replace(learning_rate=0.5)
    updates, _ = replaced.update(_PARAMS, _PARAMS)
    desired, _ = optax.contrib.schedule_free_sgd(0.5).update(
        _PARAMS, opt.opt_state, _PARAMS)
    _assert_close(updates, desired)


_LARGE = {'a': jnp.ones((130, 130)), 'b': jnp.ones(2)}
_SMALL = {'a': jnp.ones((4, 3)), 'b': jnp.ones(2)}
_TX = optax.sgd(0.1)


def _decay(value):
  return optax.cosine_decay_schedule(value, 100)


# What the state can't follow: the optimizer, the parameters, the changes.
_REFUSED = {
    'factored': (lambda: o.adafactor(0.1), _LARGE, {'factored': False}),
    'unfactored': (
        lambda: o.adafactor(0.1, factored=False), _LARGE, {'factored': True}),
    'min_dim_size_to_factor': (
        lambda: o.adafactor(0.1), _SMALL, {'min_dim_size_to_factor': 2}),
    'multiply_by_parameter_scale': (
        lambda: o.adafactor(0.1), _SMALL,
        {'multiply_by_parameter_scale': False}),
    'adafactor_momentum': (lambda: o.adafactor(0.1), _SMALL, {'momentum': 0.9}),
    'adafactor_clipping': (
        lambda: o.adafactor(0.1), _SMALL, {'clipping_threshold': None}),
    'adafactor_dtype': (
        lambda: o.adafactor(0.1, momentum=0.9), _SMALL,
        {'dtype_momentum': jnp.bfloat16}),
    'centered': (lambda: o.rmsprop(0.1), _SMALL, {'centered': True}),
    'bias_correction': (
        lambda: o.rmsprop(0.1), _SMALL, {'bias_correction': True}),
    'rank': (lambda: o.contrib.galore(0.1, rank=2), _SMALL, {'rank': 1}),
    'momentum': (lambda: o.sgd(0.1), _SMALL, {'momentum': 0.9}),
    'no_momentum': (lambda: o.sgd(0.1, 0.9), _SMALL, {'momentum': None}),
    'accumulator_dtype': (
        lambda: o.sgd(0.1, 0.9), _SMALL, {'accumulator_dtype': jnp.bfloat16}),
    'mu_dtype': (lambda: o.adam(0.1), _SMALL, {'mu_dtype': jnp.bfloat16}),
    'memory_size': (lambda: o.lbfgs(), _SMALL, {'memory_size': 3}),
    'mask': (
        lambda: o.masked(o.adam(0.1), {'a': True, 'b': False}), _SMALL,
        {'mask': {'a': False, 'b': True}}),
    'mask_for_none': (
        lambda: o.adamw(0.1), _SMALL, {'mask': {'a': True, 'b': False}}),
    'item_of_a_mask': (
        lambda: o.masked(o.adam(0.1), {'a': True, 'b': False}), _SMALL,
        {"mask['b']": True}),
    'labels': (
        lambda: o.partition({'x': o.adam(0.1), 'y': o.adam(0.2)},
                            {'a': 'x', 'b': 'y'}), _SMALL,
        {'param_labels': {'a': 'y', 'b': 'x'}}),
    'members_of_partition': (
        lambda: o.partition({'x': o.sgd(0.1)}, {'a': 'x', 'b': 'x'}), _SMALL,
        {'transforms': {'x': o.sgd(0.1), 'y': o.sgd(0.1)}}),
    'name_in_named_chain': (
        lambda: o.named_chain(('x', o.adam(0.1)), ('y', o.adam(0.1))), _SMALL,
        {'args[0][0]': 'z'}),
    'order_of_a_chain': (
        lambda: o.chain(o.adam(0.1), o.sgd(0.1)), _SMALL,
        {'args': (o.sgd(0.1), o.adam(0.1))}),
    'member_of_a_chain': (
        lambda: o.chain(o.adam(0.1), o.sgd(0.1)), _SMALL,
        {'args[0]': o.sgd(0.1)}),
    'shorter_chain': (
        lambda: o.chain(o.clip(1.0), o.sgd(0.1)), _SMALL,
        {'args': (o.sgd(0.1),)}),
    'inner': (
        lambda: o.apply_if_finite(o.adam(0.1), 2), _SMALL,
        {'inner': o.sgd(0.1)}),
    'inside': (
        lambda: o.chain(o.clip(1.0), o.masked(o.rmsprop(0.1), {
            'a': True, 'b': False})), _SMALL,
        {'args[1].inner.centered': True}),
    'another_tx': (
        lambda: o.from_gradient_transformation(_TX), _SMALL,
        {'transformation': optax.adam(0.1)}),
    'num_betas': (
        lambda: o.contrib.mechanize(o.sgd(0.1)), _SMALL, {'num_betas': 3}),
    'schedule_for_a_number': (
        lambda: o.adam(0.1), _SMALL, {'learning_rate': _decay(0.1)}),
    'number_for_a_schedule': (
        lambda: o.adam(_decay(0.1)), _SMALL, {'learning_rate': 0.1}),
    'schedule_where_none_is_taken': (
        lambda: o.adam(0.1), _SMALL, {'b1': optax.constant_schedule(0.5)}),
    'ema_dtype': (
        lambda: o.ema(0.9), _SMALL, {'accumulator_dtype': jnp.bfloat16}),
    'measure': (
        lambda: o.measure_with_ema(optax.tree.norm, 0.9), _SMALL,
        {'measure': lambda tree: jnp.ones(2)}),
}

# What it can: the optimizer of `o`, the parameters, changes, the new one.
_TAKEN = {
    'b1': (lambda o: o.adam(0.1), {'b1': 0.5}, lambda o: o.adam(0.1, b1=0.5)),
    'nesterov': (
        lambda o: o.adam(0.1), {'nesterov': True},
        lambda o: o.adam(0.1, nesterov=True)),
    'several': (
        lambda o: o.adam(0.1), {'learning_rate': 0.5, 'b2': 0.5},
        lambda o: o.adam(0.5, b2=0.5)),
    'momentum': (
        lambda o: o.sgd(0.1, 0.9), {'momentum': 0.5},
        lambda o: o.sgd(0.1, 0.5)),
    'weight_decay': (
        lambda o: o.adamw(0.1), {'weight_decay': 0.5},
        lambda o: o.adamw(0.1, weight_decay=0.5)),
    'weight_decay_mask': (
        lambda o: o.adamw(
            0.1, weight_decay=0.5, mask={'a': True, 'b': True}),
        {'mask': {'a': True, 'b': False}},
        lambda o: o.adamw(
            0.1, weight_decay=0.5, mask={'a': True, 'b': False})),
    'same_dtype': (
        lambda o: o.sgd(0.1, 0.9), {'accumulator_dtype': jnp.float32},
        lambda o: o.sgd(0.1, 0.9, accumulator_dtype=jnp.float32)),
    'factored_but_too_small': (
        lambda o: o.adafactor(0.1), {'factored': False},
        lambda o: o.adafactor(0.1, factored=False)),
    'mask_of_what_has_no_state': (
        lambda o: o.masked(o.sgd(0.1), {'a': True, 'b': False}),
        {'mask': {'a': False, 'b': True}},
        lambda o: o.masked(o.sgd(0.1), {'a': False, 'b': True})),
    'schedule_for_a_schedule': (
        lambda o: o.adam(o.constant_schedule(0.1)),
        {'learning_rate': o.linear_schedule(1.0, 0.0, 4)},
        lambda o: o.adam(o.linear_schedule(1.0, 0.0, 4))),
    'value_of_a_schedule': (
        lambda o: o.adam(o.constant_schedule(0.1)),
        {'learning_rate.value': 0.5},
        lambda o: o.adam(o.constant_schedule(0.5))),
    'inside': (
        lambda o: o.chain(o.clip(1.0), o.adam(0.1)), {'args[1].b1': 0.5},
        lambda o: o.chain(o.clip(1.0), o.adam(0.1, b1=0.5))),
    'without_leaves': (
        lambda o: o.chain(o.clip(1.0), o.adam(0.1)),
        {'args[0].max_delta': 0.5},
        lambda o: o.chain(o.clip(0.5), o.adam(0.1))),
    'member': (
        lambda o: o.chain(o.clip(1.0), o.adam(0.1)), {'args[0]': o.clip(0.5)},
        lambda o: o.chain(o.clip(0.5), o.adam(0.1))),
    'member_of_another_class': (
        lambda o: o.chain(o.clip(1.0), o.adam(0.1)), {'args[0]': o.scale(0.5)},
        lambda o: o.chain(o.scale(0.5), o.adam(0.1))),
    'all_members': (
        lambda o: o.chain(o.clip(1.0), o.adam(0.1)),
        {'args': (o.clip(0.5), o.adam(0.3, b1=0.2))},
        lambda o: o.chain(o.clip(0.5), o.adam(0.3, b1=0.2))),
    'member_of_partition': (
        lambda o: o.partition(
            {'x': o.sgd(0.1), 'y': o.adam(0.1)}, {'a': 'x', 'b': 'y'}),
        {"transforms['y']": o.adam(0.5)},
        lambda o: o.partition(
            {'x': o.sgd(0.1), 'y': o.adam(0.5)}, {'a': 'x', 'b': 'y'})),
    'labels_where_states_are_alike': (
        lambda o: o.partition(
            {'x': o.sgd(0.1), 'y': o.sgd(1.0)}, {'a': 'x', 'b': 'y'}),
        {'param_labels': {'a': 'y', 'b': 'x'}},
        lambda o: o.partition(
            {'x': o.sgd(0.1), 'y': o.sgd(1.0)}, {'a': 'y', 'b': 'x'})),
    'every_k_schedule': (
        lambda o: o.MultiSteps(o.sgd(0.1), 1), {'every_k_schedule': 2},
        lambda o: o.MultiSteps(o.sgd(0.1), 2)),
    'max_consecutive_errors': (
        lambda o: o.apply_if_finite(o.sgd(0.1), 1),
        {'max_consecutive_errors': 2},
        lambda o: o.apply_if_finite(o.sgd(0.1), 2)),
}


_SLOW = ('contrib.muon', 'contrib.scale_by_muon', 'lbfgs', 'adabelief')


def _others(name, x):
  """Returns other values for a hyperparameter, of types it may have."""
  if isinstance(x, int):
    return [not x if isinstance(x, bool) else x + 1]
  if isinstance(x, float):
    return [0.75 * x if x else 0.125]
  if x is None:
    return [jnp.bfloat16] if 'dtype' in name else [0.5]
  if isinstance(x, jax.Array):
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      return [jax.random.key(7)]
    return [x + 1 if jnp.issubdtype(x.dtype, jnp.integer) else 0.75 * x]
  return []


def _functional(name, arguments):
  """Calls a functional factory with the arguments of an optimizer."""
  factory = operator.attrgetter(name)(optax)
  is_optimizer = lambda x: isinstance(x, o.Optimizer)
  arguments = {
      n: jax.tree.map(
          lambda x: x.tx if is_optimizer(x) else x, x, is_leaf=is_optimizer)
      for n, x in arguments.items()
  }
  bound = inspect.BoundArguments(inspect.signature(factory), arguments)
  return _tx(factory(*bound.args, **bound.kwargs))


def _shapes(tree):
  leaves, treedef = jax.tree.flatten(tree)
  return treedef, [(x.shape, x.dtype) for x in leaves]


def _differ(x, y):
  try:
    _assert_close(x, y)
  except AssertionError:
    return True
  return False


class StateTest(parameterized.TestCase):
  """`replace` of an optimizer with state takes what the state can follow."""

  @parameterized.named_parameters((x, *y) for x, y in _REFUSED.items())
  def test_refuses_by_name(self, make, params, changes):
    opt = make().init(params)
    with self.assertRaises(TypeError) as raised:
      opt.replace(changes)
    self.assertIn(*changes, str(raised.exception))

  @parameterized.named_parameters((x, *y) for x, y in _REFUSED.items())
  def test_takes_before_init_what_it_refuses_later(self, make, params, changes):
    replaced = make().replace(changes)
    (path, x), = changes.items()
    if '.' not in path and '[' not in path and isinstance(x, (int, float)):
      self.assertEqual(getattr(replaced, path), x)
    desired = jax.eval_shape(replaced.tx.init, params)
    self.assertEqual(jax.eval_shape(replaced.init, params).opt_state, desired)

  @parameterized.named_parameters((x, *y) for x, y in _TAKEN.items())
  def test_goes_on_as_functional_optax(self, make, changes, make_new):
    opt = make(o).init(_SMALL)
    grads = jax.tree.map(lambda x: 0.5 * x, _SMALL)
    _, opt = opt.update(grads, _SMALL)
    updates, replaced = opt.replace(changes).update(_SMALL, _SMALL)
    tx = _tx(make_new(optax if '_schedule' not in str(changes) else o))
    desired = tx.update(_SMALL, opt.opt_state, _SMALL)
    _assert_close((updates, replaced.opt_state), desired)
    old = _tx(make(o)).update(_SMALL, opt.opt_state, _SMALL)
    if next(iter(changes)) not in (
        'factored', 'accumulator_dtype', 'max_consecutive_errors'):
      self.assertTrue(_differ(old, desired))

  def test_takes_another_lifted_transformation_of_the_same_state(self):
    opt = o.from_gradient_transformation(_TX).init(_SMALL)
    opt = opt.replace(transformation=optax.sgd(0.5))
    _assert_close(opt.update(_SMALL)[0], _update(optax.sgd(0.5), _SMALL))

  def test_refuses_for_a_population(self):
    opt = jax.vmap(lambda rate: o.rmsprop(rate).init(_SMALL))(jnp.ones(2))
    with self.assertRaisesRegex(TypeError, 'centered'):
      opt.replace(centered=True)

  def test_refuses_in_jit(self):
    opt = o.rmsprop(0.1).init(_SMALL)
    with self.assertRaisesRegex(TypeError, 'centered'):
      jax.jit(lambda opt: opt.replace(centered=True))(opt)

  def test_a_factory_may_check_a_number(self):

    def factory(learning_rate, momentum=None, nesterov=False):
      if learning_rate <= 0:
        raise ValueError('The learning rate is not positive.')
      return optax.sgd(learning_rate, momentum, nesterov)

    opt = o.wrap(factory)(0.1)
    self.assertEqual(opt.replace(momentum=0.5).momentum, 0.5)
    self.assertEqual(opt.replace(momentum=0.5, learning_rate=0.2),
                     o.wrap(factory)(0.2, 0.5))
    with self.assertRaisesRegex(ValueError, 'not positive'):
      opt.replace(momentum=0.5, learning_rate=-0.2)

  def test_refuses_if_the_parameters_are_not_known(self):
    opt = o.adafactor(0.1).replace(
        opt_state=optax.adafactor(0.1).init(_LARGE))
    with self.assertRaisesRegex(TypeError, 'factored'):
      opt.replace(factored=False)

  def test_new_state_comes_with_the_change(self):
    state = optax.adafactor(0.1, factored=False).init(_LARGE)
    opt = o.adafactor(0.1).init(_LARGE)
    opt = opt.replace(factored=False, opt_state=state)
    _assert_close(
        opt.update(_LARGE, _LARGE)[0],
        _update(optax.adafactor(0.1, factored=False), _LARGE))

  @parameterized.named_parameters(
      (name, name, case) for i, (name, case)
      in enumerate(_test_utils.CASES.items())
      if 'OPTAX_PYTREE_FULL' in os.environ or i % 3 == 0 and name not in _SLOW
  )
  def test_each_hyperparameter(self, name, case):
    """Refused by name, or the same as functional optax from the same state."""
    params = _test_utils.params(case=case)
    value, grads = _test_utils.value_and_grad(params)
    grads, extra_args = _test_utils.update_arguments(case, value, grads)
    opt = case.make(o, 0.01).init(params)
    _, opt = opt.update(grads, params, **extra_args)
    parameters = inspect.signature(type(opt)).parameters
    arguments = {n: getattr(opt, n) for n in parameters}
    old = _functional(name, arguments)
    desired = lambda tx: tx.update(grads, opt.opt_state, params, **extra_args)
    for path, x in arguments.items():
      for new in _others(path, x):
        with self.subTest(f'{path}={new!r}'):
          try:
            tx = _functional(name, {**arguments, path: new})
            state = jax.eval_shape(tx.init, params)
          except Exception:  # pylint: disable=broad-exception-caught
            with self.assertRaises(Exception):
              opt.replace({path: new})
            continue
          follows = _shapes(state) == _shapes(opt.opt_state)
          if follows and _differ(old.init(params), tx.init(params)):
            follows = _differ(desired(old), desired(tx))
          if not follows:
            with self.assertRaises(TypeError) as raised:
              opt.replace({path: new})
            self.assertIn(path, str(raised.exception))
            continue
          try:
            expected = desired(tx)
          except Exception:  # pylint: disable=broad-exception-caught
            continue  # A value that functional optax refuses later, too.
          updates, replaced = opt.replace({path: new}).update(
              grads, params, **extra_args)
          _assert_close((updates, replaced.opt_state), expected)


class _Color(enum.Enum):
  RED = 'red'
  BLUE = 'blue'


@dataclasses.dataclass(frozen=True)
class _Frozen:
  value: float


_value_of = o.wrap(lambda part: optax.scale(part.value), name='value_of')
_values_of = o.wrap(_clip_and_scale)
_length_of = o.wrap(
    lambda part: optax.scale(len(part.value)), name='length_of')

# What an optimizer may not be restored to: what was saved, and the other one.
_OTHERS = {
    'number': (o.adam(0.1, b1=0.5), o.adam(0.1, b1=0.9), 'b1'),
    'numpy_number': (
        o.adam(0.1, b1=np.float32(0.5)), o.adam(0.1, b1=np.float32(0.9)), 'b1'),
    'flag': (o.adam(0.1), o.adam(0.1, nesterov=True), 'nesterov'),
    'none': (
        o.adafactor(0.1, weight_decay_rate=0.5), o.adafactor(0.1),
        'weight_decay_rate'),
    'class': (o.adam(0.1), o.adabelief(0.1), 'adam.*adabelief'),
    'inner_class': (
        o.chain(o.clip(1.0), o.sgd(0.1)), o.chain(o.scale(1.0), o.sgd(0.1)),
        'args.0.'),
    'inner_number': (
        o.chain(o.clip(1.0), o.sgd(0.1)), o.chain(o.clip(2.0), o.sgd(0.1)),
        'max_delta'),
    'mask': (
        o.adamw(0.1, mask={'a': True, 'b': False}),
        o.adamw(0.1, mask={'a': True, 'b': True}), 'mask'),
    'numpy_mask': (
        o.adamw(0.1, mask={'a': np.array(True), 'b': np.array(False)}),
        o.adamw(0.1, mask={'a': np.array(True), 'b': np.array(True)}), 'mask'),
    'no_mask': (
        o.adamw(0.1, mask={'a': True, 'b': False}), o.adamw(0.1), 'mask'),
    'labels': (
        o.partition({'x': o.sgd(0.1), 'y': o.sgd(0.1)}, {'a': 'x', 'b': 'y'}),
        o.partition({'x': o.sgd(0.1), 'y': o.sgd(0.1)}, {'a': 'y', 'b': 'x'}),
        'param_labels'),
    'order': (
        _values_of({'clip': 1.0, 'scale': 2.0}),
        _values_of({'scale': 2.0, 'clip': 1.0}), 'parts'),
    'pytree_schedule': (
        o.sgd(o.linear_schedule(0.1, 0.0, 4)),
        o.sgd(o.linear_schedule(0.1, 0.0, 5)), 'transition_steps'),
    'enum': (
        _length_of(_Color.RED), _length_of(_Color.BLUE), 'part'),
    'dataclass': (_value_of(_Frozen(1.0)), _value_of(_Frozen(2.0)), 'part'),
    'more_steps': (
        o.MultiSteps(o.sgd(0.1), 2), o.MultiSteps(o.sgd(0.1), 3),
        'every_k_schedule'),
}


class FlaxTest(parameterized.TestCase):
  """Flax restores an optimizer as it was, or refuses by name."""

  @parameterized.named_parameters((x, *y) for x, y in _OTHERS.items())
  def test_refuses_another_optimizer(self, saved, other, message):
    data = serialization.to_bytes(saved.init(_PARAMS))
    with self.assertRaisesRegex(ValueError, message):
      serialization.from_bytes(other.init(_PARAMS), data)

  @parameterized.named_parameters((x, *y[:2]) for x, y in _OTHERS.items())
  def test_restores_to_the_same_optimizer(self, opt, other):
    for x in opt, other:
      x = x.init(_PARAMS)
      _, desired = x.update(_PARAMS, _PARAMS)
      restored = serialization.from_bytes(x, serialization.to_bytes(desired))
      self.assertEqual(restored, desired)

  def test_restores_leaves(self):
    opt = o.adam(0.1, b1=jnp.asarray(0.5)).init(_PARAMS)
    data = serialization.to_bytes(opt)
    other = o.adam(0.2, b1=jnp.asarray(0.9)).init(_PARAMS)
    restored = serialization.from_bytes(other, data)
    self.assertEqual(restored, opt)
    _test_utils.assert_bit_identical(
        restored.update(_PARAMS)[0], opt.update(_PARAMS)[0])

  @parameterized.named_parameters(
      ('of_the_learning_rate', o.adam(jnp.ones(2)), o.adam(0.1),
       'learning_rate'),
      ('of_a_number', o.adam(0.1), o.adam(jnp.ones(2)), 'learning_rate'),
      ('of_an_array', o.adam(0.1, b1=jnp.ones((1, 2))),
       o.adam(0.1, b1=jnp.ones((2,))), 'b1'),
      ('of_an_inner_rate', o.chain(o.sgd(jnp.ones(2))), o.chain(o.sgd(0.1)),
       r'args\[0\].learning_rate'),
  )
  def test_refuses_another_shape(self, saved, other, message):
    saved = saved.replace(opt_state=o.sgd(0.1).init(_PARAMS).opt_state)
    other = other.replace(opt_state=o.sgd(0.1).init(_PARAMS).opt_state)
    with self.assertRaisesRegex(ValueError, message):
      serialization.from_bytes(other, serialization.to_bytes(saved))

  def test_refuses_a_leaf_that_is_static_here(self):
    saved = o.adam(0.1, b1=jnp.asarray(0.5)).init(_PARAMS)
    other = o.adam(0.1, b1=0.5).init(_PARAMS)
    for x, y in (saved, other), (other, saved):
      with self.assertRaisesRegex(ValueError, r'\bb1\b'):
        serialization.from_bytes(x, serialization.to_bytes(y))

  def test_refuses_a_state_of_other_parameters(self):
    saved = o.adam(0.1).init({'a': jnp.ones(2)})
    for params in _PARAMS, {'a': jnp.ones(3)}, {'b': jnp.ones(2)}:
      with self.assertRaisesRegex(ValueError, 'opt_state'):
        serialization.from_bytes(
            o.adam(0.1).init(params), serialization.to_bytes(saved))

  def test_restores_a_functional_state_that_has_hyperparams(self):
    opt = o.adam(0.1, b1=optax.linear_schedule(0.9, 0.5, 3)).init(_PARAMS)
    _, desired = opt.update(_PARAMS)
    state = serialization.to_state_dict(desired.opt_state)
    self.assertIn('hyperparams', state)  # Of inject_hyperparams.
    self.assertEqual(serialization.from_state_dict(opt, state), desired)

  @parameterized.parameters(None, [[]], [[1.0]], 1.0, 'x', [()])
  def test_refuses_what_is_no_state_dict(self, state):
    with self.assertRaisesRegex(ValueError, 'adam.*state_dict'):
      serialization.from_state_dict(o.adam(0.1).init(_PARAMS), state)


def _label(params):
  return {k: 'x' if k == 'a' else 'y' for k in params}


class HiddenTest(parameterized.TestCase):
  """Nothing is hidden from equality, and nothing is lost on the way."""

  def _scheduled(self):
    """An optimizer that is read with the shapes of its parameters."""
    schedule = o.linear_schedule(1.0, 0.0, 4)
    return o.partition(
        {'x': o.sgd(schedule), 'y': o.sgd(0.1)},
        _label)

  @parameterized.parameters(itertools.permutations(range(4)))
  def test_any_order_of_callers(self, *order):
    step = jax.jit(lambda opt: opt.update(_PARAMS, _PARAMS)[1])
    opt = self._scheduled()
    callers = [
        opt.init(_PARAMS), opt.replace(opt_state=opt.tx.init(_PARAMS)),
        copy.copy(opt.init(_PARAMS)), jax.jit(opt.init)(_PARAMS),
    ]
    for i in order:
      if i == 1:  # No parameters were seen, so that there is no trial.
        step(callers[i])
        continue
      rate = step(callers[i]).hyperparams["transforms['x'].learning_rate"]
      self.assertEqual(rate, 0.75)

  def test_equal_optimizers_have_seen_the_same_parameters(self):
    opt = self._scheduled()
    self.assertEqual(opt.init(_PARAMS), opt.init(_PARAMS))
    self.assertNotEqual(
        opt.init(_PARAMS), opt.replace(opt_state=opt.tx.init(_PARAMS)))

  @parameterized.parameters(
      (o.sgd(0.1), {'a': jnp.ones(2)}, {'a': jnp.ones(3)}),
      (o.sgd(0.1), {'a': jnp.ones(2)}, {'b': jnp.ones(2)}),
      (o.sgd(0.1), {'a': jnp.ones(2)}, {'a': jnp.ones(2, jnp.bfloat16)}),
      (o.sgd(0.1), [jnp.ones(2)], (jnp.ones(2),)),
  )
  def test_other_parameters_make_another_value(self, opt, params, other):
    self.assertEqual(opt.init(params), opt.init(params))
    self.assertNotEqual(opt.init(params), opt.init(other))

  @parameterized.named_parameters(
      ('copy', copy.copy), ('deepcopy', copy.deepcopy),
      ('cloudpickle', lambda x: cloudpickle.loads(cloudpickle.dumps(x))),
      ('map', lambda x: jax.tree.map(lambda y: y, x)),
      ('jit', jax.jit(lambda x: x)),
      ('device_put', jax.device_put),
      ('eval_shape', lambda x: jax.tree.map(
          lambda _, y: y, jax.eval_shape(lambda: x), x)),
      ('flax', lambda x: serialization.from_bytes(
          x, serialization.to_bytes(x))),
      ('replace', lambda x: x.replace(
          {"transforms['y'].learning_rate": 0.1})),
      ('replace_static', lambda x: x.replace(
          {"transforms['y'].nesterov": True}).replace(
              {"transforms['y'].nesterov": False})),
      ('replace_state', lambda x: x.replace(opt_state=x.opt_state)),
      ('scan', lambda x: jax.lax.scan(lambda x, _: (x, None), x, None, 1)[0]),
  )
  def test_keeps_the_shapes_of_the_parameters(self, function):
    opt = self._scheduled().init(_PARAMS)
    _, opt = opt.update(_PARAMS, _PARAMS)
    found = function(opt)
    self.assertEqual(jax.tree.structure(found), jax.tree.structure(opt))
    self.assertEqual(found, opt)
    self.assertEqual(found.hyperparams, opt.hyperparams)
    self.assertEqual(
        found.hyperparams["transforms['x'].learning_rate"], 0.75)

  @parameterized.parameters(range(pickle.HIGHEST_PROTOCOL + 1))
  def test_pickle_keeps_the_shapes_of_the_parameters(self, protocol):
    params = {'a': [jnp.ones(2)], 'b': (jnp.ones(2, jnp.bfloat16), None, 1.0)}
    opt = o.adam(o.linear_schedule(1.0, 0.0, 4)).init(params)
    found = pickle.loads(pickle.dumps(opt, protocol))
    self.assertEqual(found, opt)
    self.assertEqual(found.hyperparams, opt.hyperparams)
    found.replace(b1=0.5)  # Needs them.


class _Short(float):

  def __repr__(self):
    return '1.0'


class _Rounded(float):

  def __repr__(self):
    return f'{float(self):.1f}'

  __str__ = __repr__


class NumberTest(parameterized.TestCase):
  """Numbers are told apart by all of their bits, and by their types."""

  @parameterized.parameters(
      (_Short(1.0), _Short(2.0)),
      (_Rounded(1.01), _Rounded(1.02)),
      (_Short(1.0), 1.0),
      (1.0, np.nextafter(1.0, 2.0).item()),
      (np.float32(1.0), np.nextafter(np.float32(1.0), np.float32(2.0))),
      (np.float32(1.0), np.float16(1.0)),
      (np.float64(1.0), 1.0),
      (1.0, 1), (1, True), (0, False), (0.0, -0.0), (np.float32(0), -0.0),
      (complex(0.0, 1.0), complex(-0.0, 1.0)),
      (complex(1.0, 0.0), 1.0),
      (_BFLOAT16(1.0), _BFLOAT16(1.0078125)),
      (float('nan'), 1.0), (float('inf'), float('-inf')),
  )
  def test_others_do_not_share_a_program(self, one, other):
    step = _jitted()
    for x in one, other, one:
      desired = _update(optax.scale(x))
      _test_utils.assert_bit_identical(step(o.scale(x)), desired)
    self.assertNotEqual(o.scale(one), o.scale(other))
    self.assertNotEqual(o.scale([one][0]).init(_PARAMS),
                        o.scale(other).init(_PARAMS))

  @parameterized.parameters(
      0.1, -0.0, float('nan'), float('inf'), 1, True, _Short(0.3),
      np.float32(0.1), _BFLOAT16(0.1), complex(0.1, float('nan')),
      5e-324, 10**30,
  )
  def test_equal_ones_do(self, x):
    make = o.wrap(lambda x: optax.identity())
    one, other = make(x), make(copy.deepcopy(x))
    self.assertEqual(one, other)
    self.assertEqual(hash(one), hash(other))
    step = jax.jit(lambda opt: opt.init(_PARAMS).update(_PARAMS)[0])
    step(one)
    with _test_utils.compilations('<lambda>') as found:
      step(other)
    self.assertEmpty(found)

  @parameterized.parameters(
      ((0.1, 0.2), [0.1, 0.2]), ({'x': 0.1}, {'x': np.float32(0.1)}),
      ({1: 0.1}, {True: 0.1}), ({1: 0.1}, {1.0: 0.1}),
      (collections.OrderedDict(x=0.1), {'x': 0.1}), ((), []), ((), None),
      (collections.defaultdict(int, x=0.1),
       collections.defaultdict(float, x=0.1)),
      ((0.1, (0.2, 0.3)), ((0.1, 0.2), 0.3)),
      (np.zeros(2, bool), np.zeros(3, bool)),
      (np.zeros((1, 2), bool), np.zeros((2, 1), bool)),
      ('x', b'x'), ('1', 1),
      (_Mapping(name='x', pairs={'x': 0.1}),
       _Mapping(name='y', pairs={'x': 0.1})),
  )
  def test_containers_are_told_apart(self, one, other):
    make = o.wrap(lambda x: optax.identity())
    self.assertEqual(make(one), make(copy.deepcopy(one)))
    self.assertNotEqual(make(one), make(other))
    self.assertNotEqual(*(jax.tree.structure(make(x)) for x in (one, other)))


class _Number(enum.IntEnum):
  ONE = 1
  TWO = 2


_MASKS = {
    'jax_integers': {'a': jnp.array(1), 'b': jnp.array(0)},
    'jax_booleans': {'a': jnp.array(True), 'b': jnp.array(False)},
    'numpy_integers': {'a': np.array(1), 'b': np.array(0)},
    'numpy_scalars': {'a': np.int8(1), 'b': np.int8(0)},
    'numpy_booleans': {'a': np.bool_(True), 'b': np.bool_(False)},
    'integers': {'a': 1, 'b': 0},
    'floats': {'a': 1.0, 'b': 0.0},
    'mixed': {'a': jnp.array(1), 'b': False},
    'function': lambda params: {'a': np.array(1), 'b': 0},
}

_LABELS = {
    'enum': (_Color.RED, _Color.BLUE),
    'int_enum': (_Number.ONE, _Number.TWO),
    'mixed': ('x', 1),
    'mixed_types': (_Color.RED, 'x'),
    'integers': (0, 1),
    'booleans': (True, False),
    'floats': (0.5, 1.5),
    'dtypes': (jnp.float32, jnp.bfloat16),
    'dataclasses': (_Frozen(1.0), _Frozen(2.0)),
}


class MaskTest(parameterized.TestCase):
  """Masks are static, whatever they are made of."""

  @parameterized.named_parameters(_MASKS.items())
  def test_agrees_with_functional_optax(self, mask):
    opt = o.masked(o.sgd(0.1, 0.9), mask)
    desired = _update(optax.masked(optax.sgd(0.1, 0.9), mask))
    _assert_close(_update(opt), desired)
    _assert_close(_jitted()(opt), desired)
    updates, _ = jax.jit(lambda opt: opt.update(_PARAMS))(opt.init(_PARAMS))
    _assert_close(updates, desired)

  @parameterized.named_parameters(_MASKS.items())
  def test_agrees_where_a_parameter_is_a_mask(self, mask):
    desired = _update(optax.adamw(0.1, weight_decay=0.5, mask=mask))
    opt = o.adamw(0.1, weight_decay=0.5, mask=mask)
    _assert_close(_jitted()(opt), desired)
    desired = _update(optax.selective_transform(
        optax.sgd(0.1), freeze_mask=mask))
    opt = o.selective_transform(o.sgd(0.1), freeze_mask=mask)
    _assert_close(_jitted()(opt), desired)
    desired = _update(optax.freeze(mask))
    _assert_close(_jitted()(o.freeze(mask)), desired)

  @parameterized.named_parameters(
      x for x in _MASKS.items() if x[0] != 'function')
  def test_is_a_value(self, mask):
    opt = o.masked(o.sgd(0.1), mask)
    self.assertLen(jax.tree.leaves(opt), 1)
    self.assertLen(opt.hyperparams, 1)
    others = {k: 1 - x if x is not False else True for k, x in mask.items()}
    self.assertEqual(opt, o.masked(o.sgd(0.1), copy.deepcopy(mask)))
    self.assertNotEqual(opt, o.masked(o.sgd(0.1), others))
    for x in _pickled(opt), jax.tree.map(lambda x: x, opt):
      self.assertEqual(x, opt)
      _assert_close(_update(x), _update(opt))

  @parameterized.named_parameters(
      x for x in _MASKS.items() if x[0] != 'function')
  def test_made_in_jit(self, mask):
    update = jax.jit(lambda: _update(o.masked(o.sgd(0.1), mask)))
    _assert_close(update(), _update(optax.masked(optax.sgd(0.1), mask)))

  def test_a_traced_one_is_refused_by_name(self):
    make = jax.jit(lambda x: _update(o.masked(o.sgd(0.1), {'a': x, 'b': True})))
    with self.assertRaisesRegex(TypeError, r"mask\['a'\] is static"):
      make(jnp.array(1))


@parameterized.named_parameters((x, *y) for x, y in _LABELS.items())
class LabelsTest(parameterized.TestCase):
  """Labels may be what functional optax takes, also what JAX can't sort."""

  def _make(self, module, one, other, rate=0.1):
    return module.partition(
        {one: module.sgd(rate), other: module.sgd(1.0)}, {'a': one, 'b': other})

  def test_agree_with_functional_optax(self, one, other):
    desired = _update(self._make(optax, one, other))
    opt = self._make(o, one, other)
    _assert_close(_update(opt), desired)
    _assert_close(_jitted()(opt), desired)

  def test_replace_after_init(self, one, other):
    opt = self._make(o, one, other).init(_PARAMS)
    path, = (k for k, x in opt.hyperparams.items() if x < 0.5)
    updates, _ = opt.replace({path: 0.5}).update(_PARAMS)
    _assert_close(updates, _update(self._make(optax, one, other, 0.5)))

  def test_make_a_value(self, one, other):
    opt = self._make(o, one, other)
    for x in (self._make(o, one, other), _pickled(opt), copy.deepcopy(opt),
              jax.tree.map(lambda x: x, opt)):
      self.assertEqual(x, opt)
      self.assertEqual(hash(x), hash(opt))
    for x in opt, jax.jit(lambda x: x)(opt):
      self.assertEqual(x.param_labels, {'a': one, 'b': other})
      self.assertEqual(list(x.transforms), [one, other])
    self.assertNotEqual(self._make(o, other, one), opt)

  def test_make_a_value_after_init(self, one, other):
    opt = self._make(o, one, other).init(_PARAMS)
    for x in self._make(o, one, other).init(_PARAMS), _pickled(opt):
      self.assertEqual(x, opt)
      self.assertEqual(x.opt_state, opt.opt_state)
    self.assertNotEqual(self._make(o, other, one).init(_PARAMS), opt)

  def test_step_in_jit(self, one, other):
    tx = self._make(optax, one, other)
    step = jax.jit(lambda opt: opt.update(_PARAMS))
    opt = self._make(o, one, other).init(_PARAMS)
    try:
      desired, _ = jax.jit(tx.update)(_PARAMS, tx.init(_PARAMS))
    except ValueError as e:  # JAX can't sort the keys of the state.
      with self.assertRaisesRegex(type(e), 'sort'):
        step(opt)
      return
    updates, opt = step(opt)
    _assert_close(updates, desired)
    self.assertEqual(_pickled(opt), opt)


def _locally_wrapped(scale):

  def factory(learning_rate, momentum=None):
    return optax.chain(optax.sgd(learning_rate, momentum), optax.scale(scale))

  return o.wrap(factory)


class LocalClassTest(absltest.TestCase):
  """A factory made again has the class that it had."""

  def test_each_load_of_cloudpickle_gives_one_class(self):
    opt = _locally_wrapped(2.0)(0.1).init(_PARAMS)
    data = cloudpickle.dumps(opt)
    loads = [cloudpickle.loads(data) for _ in range(3)]
    self.assertLen({type(x) for x in loads}, 1)
    self.assertEqual(loads[0], loads[1])
    step = jax.jit(lambda opt: opt.update(_PARAMS)[0])
    desired = step(loads[0])
    with _test_utils.compilations('<lambda>') as found:
      _test_utils.assert_bit_identical(step(loads[1]), desired)
    self.assertEmpty(found)
    _assert_close(desired, _update(opt))

  def test_each_dump_of_cloudpickle_gives_one_class(self):
    loads = [
        cloudpickle.loads(cloudpickle.dumps(_locally_wrapped(2.0)(0.1)))
        for _ in range(3)
    ]
    self.assertLen({type(x) for x in loads}, 1)

  def test_wrapped_in_a_loop_is_one_class(self):
    classes = {_locally_wrapped(2.0) for _ in range(5)}
    self.assertLen(classes, 1)
    classes = {o.wrap(lambda learning_rate: optax.sgd(learning_rate))
               for _ in range(5)}
    self.assertLen(classes, 1)

  def test_another_factory_is_another_class(self):
    one, other = _locally_wrapped(2.0), _locally_wrapped(3.0)
    self.assertIsNot(one, other)
    self.assertNotEqual(one(0.1), other(0.1))
    step = _jitted()
    for cls, scale in (one, 2.0), (other, 3.0), (one, 2.0):
      desired = _update(optax.scale(-0.1 * scale))
      _assert_close(step(cls(0.1)), desired)

  def test_a_factory_whose_cell_changes_later(self):
    scale = 2.0

    def make():
      return o.wrap(lambda learning_rate: optax.sgd(scale * learning_rate))

    step = _jitted()
    _assert_close(step(make()(0.1)), _update(optax.sgd(0.2)))
    scale = 3.0
    # The old class may go on with either scale, a new one has the new scale.
    _assert_close(step(make()(0.1)), _update(optax.sgd(0.3)))


class FactoryTest(parameterized.TestCase):
  """A factory that reads what changes, as in a notebook."""

  @parameterized.named_parameters(
      ('factory', 'mine = optax.pytree.wrap(lambda learning_rate:'
       ' optax.sgd(learning_rate * scale()))'),
      ('schedule', 'mine = lambda learning_rate: optax.pytree.sgd(make('
       'learning_rate))\nmake = optax.pytree.wrap_schedule(lambda init_value:'
       ' lambda count: init_value * scale())'),
      ('partial', 'mine = optax.pytree.wrap(functools.partial('
       'optax.masked, mask=lambda tree: jax.tree.map(lambda x: scale() > 2,'
       ' tree)))', optax.sgd),
  )
  def test_another_optimizer(self, source, convert=float):
    module = {'functools': functools, 'jax': jax, 'optax': optax}
    exec(source, module)  # pylint: disable=exec-used
    exec('def scale(): return number', module)  # pylint: disable=exec-used
    make = lambda: module['mine'](convert(0.1)).init(_PARAMS)
    module['number'], step = 1.0, _jitted()
    opt = make()
    self.assertEqual(opt, make())
    before = step(opt)
    module['number'] = 3.0
    self.assertNotEqual(make(), opt)
    self.assertNotEqual(step(make())['a'][0], before['a'][0])
    _assert_close(step(make()), _update(make()))
    with self.assertRaisesRegex(TypeError, 'reads what has changed'):
      _update(opt)

  def test_that_has_changed_back(self):
    module = {'optax': optax, 'scale': 1.0}
    exec('make = optax.pytree.wrap(lambda rate: optax.scale_by_schedule('  # pylint: disable=exec-used
         'lambda count: scale * rate(count)), schedules=("rate",))', module)
    opt = module['make'](o.linear_schedule(0.0, 1.0, 4)).init(_PARAMS)
    module['scale'] = 2.0
    with self.assertRaisesRegex(TypeError, 'reads what has changed'):
      opt.hyperparams  # pylint: disable=pointless-statement
    module['scale'] = 1.0
    self.assertEqual(opt.hyperparams['rate'], 0.0)


class DefaultTest(absltest.TestCase):

  def test_container_of_functions_is_left_out_of_a_pickle(self):
    module = types.ModuleType('module_with_a_default')
    module.optax = optax
    exec('@optax.pytree.wrap\n'  # pylint: disable=exec-used
         'def factory(learning_rate, fns=(lambda x: x, 3)):\n'
         '  return optax.sgd(learning_rate)', vars(module))
    with mock.patch.dict(sys.modules, {module.__name__: module}):
      opt = pickle.loads(pickle.dumps(module.factory(0.1)))
    self.assertIs(opt.fns[0], module.factory(0.1).fns[0])


class ReloadTest(parameterized.TestCase):
  """A module or a cell of a notebook that runs again, as it was."""

  @parameterized.parameters(
      '@optax.pytree.wrap\ndef factory(learning_rate):',
      'def factory(learning_rate):',
  )
  def test_pickles(self, head):
    source = f'{head}\n  return optax.sgd(learning_rate)\n'
    module = types.ModuleType('module_that_runs_twice')
    module.optax = optax
    self.enter_context(mock.patch.dict(sys.modules, {module.__name__: module}))
    opts = []
    for _ in range(2):
      exec(source, vars(module))  # pylint: disable=exec-used
      cls = module.factory
      cls = cls if inspect.isclass(cls) else o.wrap(cls)
      opts.append(cls(0.1).init(_PARAMS))
    self.assertEqual(*opts)
    for x in opts:
      self.assertEqual(_pickled(x), x)


def _mask_with_a_cell(value):

  def mask(params):
    del params
    return {'a': True, 'b': value}

  def write(new):
    nonlocal value
    value = new

  return mask, write


class FunctionTest(absltest.TestCase):
  """What a function reads may change, but not what an optimizer does."""

  def _make(self, value):
    mask, write = _mask_with_a_cell(value)
    return o.masked(o.sgd(0.1), mask), write

  def test_a_cell_that_changes_after_the_first_use(self):
    step = _jitted()
    bad, write = self._make(False)
    desired = step(bad)
    write(True)
    for x in self._make(False)[0], bad:
      _test_utils.assert_bit_identical(step(x), desired)

  def test_a_cell_that_changes_before_the_first_use(self):
    step = _jitted()
    bad, write = self._make(False)
    write(True)
    with self.assertRaisesRegex(TypeError, 'mask .*changed'):
      step(bad)
    good, _ = self._make(False)
    _assert_close(step(good), _update(optax.masked(
        optax.sgd(0.1), {'a': True, 'b': False})))

  def test_another_cell_is_another_value(self):
    step = _jitted()
    for value in False, True, False:
      desired = optax.masked(optax.sgd(0.1), {'a': True, 'b': value})
      _assert_close(step(self._make(value)[0]), _update(desired))
    self.assertNotEqual(self._make(False)[0], self._make(True)[0])


class TransferTest(parameterized.TestCase):
  """`replace` moves nothing, and computes nothing on the device."""

  def setUp(self):
    super().setUp()
    self.array, self.other = jnp.asarray(0.25), jnp.asarray(0.75)
    jax.block_until_ready((self.array, self.other))

  def _opts(self):
    adam = o.adam(0.1)
    return {
        'learning_rate': adam,
        'args[1].learning_rate': o.chain(o.clip(1.0), adam),
        "transforms['x'].learning_rate": o.partition(
            {'x': adam}, {'a': 'x', 'b': 'x'}),
        'learning_rate.value': o.adam(o.constant_schedule(self.other)),
    }

  def test_replace_by_an_array(self):
    for path, opt in self._opts().items():
      for x in opt, opt.init(_PARAMS), opt.replace({path: self.other}):
        with jax.transfer_guard('disallow'):
          replaced = x.replace({path: self.array})
        self.assertEqual(jax.tree.leaves(replaced)[0], 0.25)

  def test_replace_by_a_number(self):
    for path, opt in self._opts().items():
      for x in opt, opt.init(_PARAMS), opt.replace({path: self.other}):
        with jax.transfer_guard('disallow'):
          replaced = x.replace({path: 0.25})
        self.assertEqual(jax.tree.leaves(replaced)[0], 0.25)

  def test_replace_a_number_by_an_array_that_stays(self):
    opt = o.adam(0.1, b1=self.array)
    with jax.transfer_guard('disallow'):
      replaced = opt.replace(b1=self.other)
    self.assertIs(replaced.b1, self.other)

  @parameterized.parameters(False, True)
  def test_replace_what_is_static_beside_an_array(self, has_state):
    for path, opt in self._opts().items():
      opt = opt.replace({path: self.array})
      opt = opt.init(_PARAMS) if has_state else opt
      with jax.transfer_guard('disallow'):
        replaced = opt.replace(b1=0.5)
      self.assertEqual(replaced.b1, 0.5)

  def test_replaced_optimizer_steps(self):
    opt = o.adam(0.1).init(_PARAMS)
    step = jax.jit(lambda opt, grads: opt.update(grads)[0])
    step(opt, _PARAMS)
    with jax.transfer_guard('disallow'):
      updates = step(opt.replace(learning_rate=self.array), _PARAMS)
    _assert_close(updates, _update(optax.adam(0.25)))


if __name__ == '__main__':
  absltest.main()
