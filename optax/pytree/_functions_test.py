"""Tests that functions are equal by value only where nothing can change."""

# pylint: disable=cell-var-from-loop, exec-used

import collections
import functools
import math
import operator
import types

from absl.testing import absltest
from absl.testing import parameterized
import cloudpickle
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _functions
from optax.pytree import _test_utils


def _value_key(x):
  """Tells values apart, and no types."""
  if isinstance(x, jax.Array):
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
      x = jax.random.key_data(x)
    return np.asarray(x).tobytes()
  return str(x)


_key = functools.partial(_functions.key, value_key=_value_key)


def _user(source, **names):
  """Returns the `f` that a user's module defines."""
  module = {
      '__name__': 'user', 'functools': functools, 'jax': jax, 'jnp': jnp,
      'math': math, 'np': np, 'operator': operator, 'optax': optax, **names,
  }
  exec(source, module)
  return module['f']


def _in_cell(value):
  return lambda x: x * value


class EqualTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('lambda', 'f = lambda tree: jax.tree.map(lambda x: x.ndim > 1, tree)'),
      ('global_number', 'c = 2.0\nf = lambda x: c * x'),
      ('global_of_a_nested_function', 'c = 2.0\nf = lambda x: lambda y: c'),
      ('global_tuple', 'c = (1, "a", None, (2.0, ...))\nf = lambda x: c'),
      ('global_dtypes',
       'c = (np.dtype("int8"), np.float32, jnp.bfloat16)\nf = lambda x: c'),
      ('numpy_scalar', 'c = np.float32(2)\nf = lambda x: c * x'),
      ('array', 'c = jnp.arange(3.0)\nf = lambda x: c * x'),
      ('prng_key', 'c = jax.random.key(3)\nf = lambda x: c'),
      ('absent_global', 'f = lambda x: absent'),
      ('own_variable_of_a_nested_function',
       'def f(x):\n  y = x\n  y += 1\n  return (lambda: y)()'),
      ('cell', 'def make(c):\n  return lambda x: c * x\nf = make(2.0)'),
      ('empty_cell',
       'def make():\n  if 0: c = 1\n  return lambda x: c\nf = make()'),
      ('defaults', 'def f(x, a=1.0, *, b="b"):\n  return a'),
      ('attribute', 'def f(x):\n  return f.a\nf.a = 1'),
      ('helper', 'def g(x):\n  return 2 * x\nf = lambda x: g(x)'),
      ('recursion', 'def f(x):\n  return f(x - 1) if x else x'),
      ('mutual_recursion',
       'def g(x):\n  return f(x)\ndef f(x):\n  return g(x) if x else x'),
      ('wrapper',
       'def g(x):\n  return x\n@functools.wraps(g)\ndef f(x):\n  return g(x)'),
      ('partial', 'f = functools.partial(lambda x, y, z: y, 1, z=2)'),
      ('partial_in_a_cell',
       'f = (lambda g: lambda x: g(x))(functools.partial(pow, 2))'),
      ('libraries',
       'from re import match\nfrom functools import reduce\n'
       'from math import pi, sin\nfrom operator import add, itemgetter\n'
       'from numpy import prod, maximum\nfrom jax.nn import relu\n'
       'from jax.numpy import add as plus, where\nfrom optax import adam\n'
       'f = lambda x: (match, reduce, pi, sin, add, itemgetter, prod, maximum,'
       ' relu, plus, where, adam, len, dict, math, operator, optax, jax)'),
      ('jax_random', 'f = lambda x: jax.random.key(len(x))'),
  )
  def test_two_evaluations_are_equal(self, source):
    f, g = _user(source), _user(source)
    self.assertIsNot(_key(f), f)
    self.assertEqual(_key(f), _key(g))
    self.assertEqual(hash(_key(f)), hash(_key(g)))

  def test_masks_made_in_a_loop_are_equal(self):
    masks = [
        lambda tree: jax.tree.map(lambda x: jnp.ndim(x) > 1, tree)
        for _ in range(3)
    ]
    self.assertLen({_key(mask) for mask in masks}, 1)

  def test_a_function_of_a_library_is_itself(self):
    for f in (optax.adam, jnp.where, jax.nn.relu, np.add, len):
      self.assertIs(_key(f)[1], f)

  @parameterized.parameters(
      'c = 2.0\ndef g(x):\n  return c * x\nf = lambda x: g(x) + f(x)',
      'f = (lambda c: lambda x: c * x)((1.0, jnp.ones(2)))',
      'f = functools.partial(lambda x, y: y, 1, y=2)',
  )
  def test_two_loads_of_a_cloudpickle_are_equal(self, source):
    f = _user(source)
    data = cloudpickle.dumps(f)
    loaded = cloudpickle.loads(data), cloudpickle.loads(data)
    self.assertIsNot(_key(f), f)
    self.assertEqual([_key(g) for g in loaded], [_key(f)] * 2)


class UnequalTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('code', 'f = lambda x: x + x', 'f = lambda x: x * x'),
      ('constant', 'f = lambda x: 1', 'f = lambda x: 2'),
      ('type_of_a_constant', 'f = lambda x: 1', 'f = lambda x: 1.0'),
      ('boolean_constant', 'f = lambda x: 1', 'f = lambda x: True'),
      ('sign_of_a_zero', 'f = lambda x: 0.0', 'f = lambda x: -0.0'),
      ('nested_constant', 'f = lambda x: lambda y: (1, y)',
       'f = lambda x: lambda y: (1.0, y)'),
      ('kind_of_arguments', 'f = lambda *x: x', 'f = lambda **x: x'),
      ('kind_of_nested_arguments', 'f = lambda x: lambda *y: y',
       'f = lambda x: lambda **y: y'),
      ('global', 'c = 1\nf = lambda x: c', 'c = 2\nf = lambda x: c'),
      ('unit_of_a_time', 'c = np.timedelta64(1, "s")\nf = lambda x: c',
       'c = np.timedelta64(1, "m")\nf = lambda x: c'),
      ('type_of_a_global', 'c = 1\nf = lambda x: c',
       'c = np.int32(1)\nf = lambda x: c'),
      ('type_of_a_tuple', 'c = ()\nf = lambda x: c',
       'c = optax.EmptyState()\nf = lambda x: c'),
      ('kind_of_a_dtype', 'c = np.float32\nf = lambda x: c',
       'c = jnp.float32\nf = lambda x: c'),
      ('weak_type', 'c = jnp.asarray(1.0)\nf = lambda x: c',
       'c = jnp.float32(1)\nf = lambda x: c'),
      ('dtype_of_an_array', 'c = jnp.zeros(1, "int32")\nf = lambda x: c',
       'c = jnp.zeros(1, "float32")\nf = lambda x: c'),
      ('committed_array', 'c = jnp.zeros(1)\nf = lambda x: c',
       'c = jax.device_put(jnp.zeros(1), jax.devices()[0])\nf = lambda x: c'),
      ('global_of_a_nested_function', 'c = 1\nf = lambda x: lambda: c',
       'c = 2\nf = lambda x: lambda: c'),
      ('shadowed_builtin', 'f = lambda x: len(x)',
       'len = sum\nf = lambda x: len(x)'),
      ('cell', 'f = (lambda c: lambda x: c)(1)',
       'f = (lambda c: lambda x: c)(2)'),
      ('empty_cell',
       'def g(c):\n  if c is None: del c\n  return lambda x: c\nf = g(None)',
       'def g(c):\n  if c is None: del c\n  return lambda x: c\nf = g(False)'),
      ('default', 'def f(x=1):\n  return x', 'def f(x=2):\n  return x'),
      ('keyword_default', 'def f(*, x=1):\n  return x',
       'def f(*, x=2):\n  return x'),
      ('attribute', 'def f():\n  return f.a\nf.a = 1',
       'def f():\n  return f.a\nf.a = 2'),
      ('helper', 'g = lambda x: 1\nf = lambda x: g(x)',
       'g = lambda x: 2\nf = lambda x: g(x)'),
      ('helper_of_a_helper',
       'c = 1\nh = lambda: c\ng = lambda: h()\nf = lambda: g()',
       'c = 2\nh = lambda: c\ng = lambda: h()\nf = lambda: g()'),
      ('which_helper', 'g, h = lambda: 1, lambda: 2\nf = lambda: (g, h)',
       'h, g = lambda: 1, lambda: 2\nf = lambda: (g, h)'),
      ('helper_or_itself', 'f = lambda: g and f\ng = f',
       'g = lambda: g and f\nf = lambda: g and f'),
      ('which_of_two_recurs', 'g = lambda: c()\nf = lambda: g()\nc = f',
       'g = lambda: c()\nf = lambda: g()\nc = g'),
      ('name_of_a_global', 'a = 1\nf = lambda: (a, b)',
       'b = 1\nf = lambda: (a, b)'),
      ('partial_argument', 'f = functools.partial(pow, 1)',
       'f = functools.partial(pow, 2)'),
      ('partial_keyword', 'f = functools.partial(pow, exp=1)',
       'f = functools.partial(pow, mod=1)'),
      ('partial_function', 'f = functools.partial(lambda: 1)',
       'f = functools.partial(lambda: 2)'),
      ('library', 'f = (lambda c: lambda: c)(sum)',
       'f = (lambda c: lambda: c)(len)'),
  )
  def test_other_values_are_unequal(self, first, second):
    f, g = _user(first), _user(second)
    self.assertIsNot(_key(f), f)
    self.assertIsNot(_key(g), g)
    self.assertNotEqual(_key(f), _key(g))

  def test_a_default_where_there_was_a_keyword_default(self):
    f, g = _user('def f(*x, y=1):\n  return y'), _user('def f(*x, y=1): 0')
    g.__code__ = f.__code__
    g.__defaults__, g.__kwdefaults__ = (('y', 1),), None
    self.assertNotEqual(_key(f), _key(g))

  def test_a_cell_that_changes_changes_the_key(self):
    f = _in_cell(1.0)
    before = _key(f)
    f.__closure__[0].cell_contents = 2.0
    self.assertNotEqual(_key(f), before)
    self.assertEqual(_key(f), _key(_in_cell(2.0)))

  def test_a_loop_variable_that_changes_changes_the_key(self):
    functions, keys = [], []
    for value in (1.0, 2.0):
      functions.append(lambda x: x * value)  # noqa: B023
      keys.append(_key(functions[-1]))
    self.assertNotEqual(keys[0], keys[1])
    self.assertEqual(_key(functions[0]), keys[1])

  @parameterized.parameters('c', 'g')
  def test_a_global_that_changes_changes_the_key(self, name):
    f = _user('c = 1\ndef g():\n  return c\nf = lambda x: g()')
    before = _key(f)
    f.__globals__[name] = 2
    self.assertNotEqual(_key(f), before)

  def test_an_attribute_set_later_changes_the_key(self):
    f = _user('def f():\n  return f.rate')
    before = _key(f)
    f.rate = 1.0
    self.assertNotEqual(_key(f), before)


_OBJECT = 'class C:\n  a = 1\n  def m(self, x=0):\n    return self.a\nc = C()\n'


class OnlyItselfTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('attribute_of_an_object', _OBJECT + 'f = lambda x: c.a'),
      ('attribute_of_a_class', _OBJECT + 'f = lambda x: C.a'),
      ('bound_method', _OBJECT + 'f = c.m'),
      ('bound_method_in_a_cell',
       _OBJECT + 'f = (lambda m: lambda x: m(x))(c.m)'),
      ('bound_builtin', 'f = (lambda g: lambda x: g(x))([].append)'),
      ('method', _OBJECT + 'f = (lambda m: lambda x: m(c))(c)'),
      ('callable_object',
       'class C:\n  def __call__(self, x):\n    return x\nf = C()'),
      ('callable_object_as_helper',
       'class C:\n  def __call__(self, x):\n    return x\n'
       'c = C()\nf = lambda x: c(x)'),
      ('named_tuple', 'import typing\nclass C(typing.NamedTuple):\n  a: int\n'
       'c = C(1)\nf = lambda x: c.a'),
      ('subclass_of_float', 'class C(float): pass\nc = C(1)\nf = lambda x: c'),
      ('attribute_like_items', 'class C(dict):\n  __getattr__ = '
       'dict.__getitem__\nc = C(a=1)\nf = lambda x: c.a'),
      ('attribute_of_a_transformation', 'c = optax.with_extra_args_support('
       'optax.identity())\nc.a = 1\nf = lambda x: c.a'),
      ('file', 'f = lambda x: jax.numpy.load("a")'),
      ('file_by_import', 'from numpy import load\nf = lambda x: load("a")'),
      ('file_by_an_argument', 'f = functools.partial(np.fromfile, "a")'),
      ('configuration', 'f = lambda x: jax.config.jax_debug_nans'),
      ('what_is_typed', 'f = lambda x: input()'),
      ('name_of_an_attribute',
       'f = lambda x: operator.attrgetter("random.rand")(np)()'),
      ('global_dict', 'c = {"a": 1}\nf = lambda x: c["a"]'),
      ('global_list', 'c = [1]\nf = lambda x: c[0]'),
      ('global_set', 'c = {1}\nf = lambda x: 1 in c'),
      ('dict_in_a_cell', 'f = (lambda c: lambda x: c["a"])({"a": 1})'),
      ('object_in_a_frozenset',
       _OBJECT + 'c = frozenset([c])\nf = lambda x: x in c'),
      ('list_in_a_tuple', 'c = (1, [2])\nf = lambda x: c[1][0]'),
      ('array_of_numpy', 'c = np.ones(2)\nf = lambda x: c * x'),
      ('view_of_an_array',
       'c = np.ones(2)[:]\nc.flags.writeable = False\nf = lambda x: c'),
      ('structured_scalar',
       'c = np.zeros(1, "i4,i4")[0]\nf = lambda x: c["f0"]'),
      ('memoryview', 'c = memoryview(bytearray(1))\nf = lambda x: c[0]'),
      ('default', 'def f(x, c=[1]):\n  return c[0]'),
      ('keyword_default', 'def f(x, *, c=[1]):\n  return c[0]'),
      ('attribute', 'def f(x):\n  return f.a[0]\nf.a = [1]'),
      ('module', 'import time\nf = lambda x: time.time()'),
      ('module_of_the_user', 'f = lambda x: user.a'),
      ('module_in_a_cell', 'f = (lambda m: lambda x: m.a)(user)'),
      ('helper', 'c = [1]\ng = lambda: c\nf = lambda x: g()'),
      ('helper_of_a_helper',
       'c = [1]\nh = lambda: c\ng = lambda: h()\nf = lambda x: g()'),
      ('helper_in_a_cell',
       'c = [1]\nf = (lambda g: lambda x: g())(lambda: c)'),
      ('helper_that_recurs',
       'c = [1]\ndef g(x):\n  return f(x), c\ndef f(x):\n  return g(x)'),
      ('method_of_a_helper', 'c = [1]\ng = lambda: c\n'
       'f = (lambda g: lambda x: g())(functools.partial(g))'),
      ('global_of_a_nested_function', 'c = [1]\nf = lambda x: lambda: c'),
      ('shadowed_builtin', 'class len: a = 1\nf = lambda x: len.a'),
      ('shadowed_library', 'class jnp: a = 1\nf = lambda x: jnp.a'),
      ('name_of_a_library', 'class C: a = 1\nC.__module__ = "jax.numpy"\n'
       'C.__name__ = "sum"\nf = lambda x: C.a'),
      ('wrapper_of_a_library', 'c = [1]\n@functools.wraps(jnp.sum)\n'
       'def g(x):\n  return c\nf = lambda x: g(x)'),
      ('jitted_helper', 'c = [1]\ng = jax.jit(lambda: c)\nf = lambda x: g()'),
      ('cached_helper',
       'c = [1]\ng = functools.cache(lambda: c)\nf = lambda x: g()'),
      ('partial', 'f = functools.partial(lambda c, x: c, [1])'),
      ('partial_keyword', 'f = functools.partial(lambda x, c: c, c=[1])'),
      ('partial_function', 'c = [1]\nf = functools.partial(lambda: c)'),
      ('partial_attribute',
       'f = functools.partial(lambda: f.a)\nf.a = 1'),
      ('iterator', 'c = iter((1, 2))\nf = lambda x: next(c)'),
      ('generator', 'f = (lambda c: lambda x: next(c))(y for y in (1, 2))'),
      ('state_of_numpy', 'f = lambda x: np.random.rand()'),
      ('state_of_numpy_in_a_cell',
       'f = (lambda n: lambda x: n.random.rand())(np)'),
      ('state_of_numpy_by_import',
       'from numpy import random\nf = lambda x: random.rand()'),
      ('function_of_numpy_random',
       'from numpy.random import rand\nf = lambda x: rand()'),
      ('unseeded_generator_of_numpy',
       'from numpy.random import default_rng\nf = lambda x: default_rng()'),
      ('vectorized',
       'c = np.frompyfunc(lambda x: x, 1, 1)\nf = lambda x: c(x)'),
      ('import', 'def f(x):\n  import user\n  return user.a'),
      ('import_from', 'def f(x):\n  from user import a\n  return a'),
      ('import_by_name', 'f = lambda x: __import__("user").a'),
      ('globals', 'a = [1]\nf = lambda x: globals()["a"]'),
      ('globals_by_another_name',
       'a = [1]\nc = globals\nf = lambda x: c()["a"]'),
      ('globals_of_a_helper',
       'a = [1]\ng = lambda: 0\nf = lambda x: g.__globals__["a"]'),
      ('eval', 'a = [1]\nf = lambda x: eval("a")'),
      ('eval_of_builtins',
       'import builtins\na = [1]\nf = lambda x: builtins.eval("a")'),
      ('exec', 'a = [1]\nf = lambda x: exec("a")'),
      ('vars', 'f = lambda x: vars(jax)'),
      ('nested_class', 'def f(x):\n  class C:\n    a = x\n  return C.a'),
      ('write_to_a_global', 'c = 0\ndef f(x):\n  global c\n  c += 1'),
      ('write_to_a_cell', 'def make(c):\n  def f(x):\n    nonlocal c\n'
       '    c += 1\n    return c\n  return f\nf = make(0)'),
      ('write_to_a_cell_by_a_nested_function',
       'def make(c):\n  def f(x):\n    def g():\n      nonlocal c\n'
       '      c += 1\n    return g()\n  return f\nf = make(0)'),
      ('deletion_of_a_cell', 'def make(c):\n  def f(x):\n    nonlocal c\n'
       '    del c\n  return f\nf = make(0)'),
      ('write_to_an_attribute', 'def f(x):\n  f.a = 1'),
  )
  def test_what_may_change_is_equal_only_to_itself(self, source):
    user = types.ModuleType('user')
    user.a = 1
    f = _user(source, user=user)
    self.assertIs(_key(f), f)

  def test_a_tracer_in_a_cell(self):

    @jax.jit
    def step(x):
      f = _in_cell(x)
      self.assertIs(_key(f), f)
      return x

    step(1.0)

  def test_a_deleted_array_in_a_cell(self):
    x = jnp.ones(2)
    f = _in_cell(x)
    x.delete()
    self.assertIs(_key(f), f)

  def test_asks_a_user_for_nothing(self):
    config = type('Config', (collections.defaultdict,), {
        '__module__': 'user',
        '__getattr__': collections.defaultdict.__getitem__})(list)
    f = _in_cell(config)
    self.assertIs(_key(f), f)
    self.assertEmpty(config)

  def test_too_many_calls(self):
    f = len
    for _ in range(5000):
      f = _in_cell(f)
    self.assertIs(_key(f), f)

  def test_a_tuple_of_functions(self):
    tx = optax.GradientTransformation(_in_cell(1.0), _in_cell([1.0]))
    self.assertIs(_key(tx), tx)


# They hold the containers that they were given, or others of their own.
_ONLY_THEMSELVES = {
    'MultiSteps', 'contrib.muon', 'freeze', 'lookahead', 'masked', 'monitor',
    'multi_transform', 'named_chain', 'partition', 'selective_transform',
}

_SCHEDULES = {
    'constant_schedule': (0.1,),
    'cosine_decay_schedule': (0.1, 10),
    'cosine_onecycle_schedule': (10, 0.1),
    'exponential_decay': (0.1, 10, 0.5),
    'linear_onecycle_schedule': (10, 0.1),
    'linear_schedule': (0.1, 0.0, 10),
    'piecewise_interpolate_schedule': ('linear', 0.1, {5: 0.5}),
    'polynomial_schedule': (0.1, 0.0, 2, 10),
    'sgdr_schedule': ([{'init_value': 0.1, 'peak_value': 0.2,
                        'decay_steps': 9, 'warmup_steps': 3}],),
    'warmup_constant_schedule': (0.0, 0.1, 2),
    'warmup_cosine_decay_schedule': (0.0, 0.1, 2, 10),
    'warmup_exponential_decay_schedule': (0.0, 0.1, 2, 10, 0.5),
}


class FilesTest(absltest.TestCase):

  def test_function_that_reads_a_file_is_equal_only_to_itself(self):
    for make in (lambda: lambda params: np.load('mask.npy'),
                 lambda: lambda params: jnp.load('mask.npy'),
                 lambda: lambda params: getattr(np, 'random').rand()):
      function = make()
      self.assertIs(_functions.key(function, repr), function)


class OptaxTest(parameterized.TestCase):

  @parameterized.parameters(sorted(_test_utils.CASES.keys() - _ONLY_THEMSELVES))
  def test_a_transformation_made_twice_is_equal(self, name):
    make = _test_utils.CASES[name].make
    tx = make(optax, 0.1)
    self.assertIsNot(_key(tx), tx)
    self.assertEqual(_key(tx), _key(make(optax, 0.1)))
    loaded = cloudpickle.loads(cloudpickle.dumps(tx))
    self.assertEqual(_key(tx), _key(loaded))

  @parameterized.parameters(sorted(_ONLY_THEMSELVES))
  def test_a_transformation_that_holds_containers(self, name):
    tx = _test_utils.CASES[name].make(optax, 0.1)
    self.assertIs(_key(tx), tx)

  @parameterized.parameters(*_test_utils.ALIASES)
  def test_another_rate_makes_another_transformation(self, name):
    make = _test_utils.ALIASES[name].make
    same = name in ('lbfgs', 'polyak_sgd')  # They have none in the table.
    self.assertEqual(
        _key(make(optax, 0.1)) == _key(make(optax, 0.2)), same)

  @parameterized.parameters(sorted(_SCHEDULES))
  def test_a_schedule_made_twice_is_equal(self, name):
    make = functools.partial(getattr(optax, name), *_SCHEDULES[name])
    schedule = make()
    self.assertIsNot(_key(schedule), schedule)
    self.assertEqual(_key(schedule), _key(make()))
    before = _key(schedule)
    schedule(1)
    self.assertEqual(_key(schedule), before)

  def test_a_schedule_that_may_change_is_equal_only_to_itself(self):
    schedule = optax.piecewise_constant_schedule(0.1, {5: 0.5})
    self.assertIs(_key(schedule), schedule)


if __name__ == '__main__':
  absltest.main()
