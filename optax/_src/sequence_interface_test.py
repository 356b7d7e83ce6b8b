"""Tests of the deprecation of the tuple that a transformation is."""

# pylint: disable=comparison-with-itself, consider-using-f-string
# pylint: disable=unnecessary-comprehension, unnecessary-direct-lambda-call
# pylint: disable=method-hidden, unnecessary-lambda

import copy
import dataclasses
import functools
import operator
import os
import pickle
import pprint
import subprocess
import sys
from typing import NamedTuple
import unittest.mock
import warnings

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import optax
from optax._src import base
from optax._src import sequence_interface


class Pair(NamedTuple):
  """What a transformation was before: each operation gives what it gave."""

  init: object
  update: object


CLASSES = (
    optax.GradientTransformation,
    optax.GradientTransformationExtraArgs,
)
PLAIN = (len, abs)  # Any two functions.


def match_sequence(tx):
  match tx:
    case (i, u):
      return i, u


def match_class(tx):
  match tx:
    case Pair(i, u) | optax.GradientTransformation(i, u):
      return i, u


def call_static(tx):
  return int(jax.jit(lambda tx, x: x + 1, static_argnums=0)(tx, 1))


def call_cached(tx):
  function = functools.lru_cache(lambda tx: 1)
  return function(tx), function(tx), function.cache_info().hits


@dataclasses.dataclass
class Holder:
  tx: object


# Warn. Names and operations; each stands on one line.
DEPRECATED = (
    ('unpack', lambda tx: [(i, u) for i, u in [tx]]),
    ('star_rest', lambda tx: [rest for _, *rest in [tx]]),
    ('for', lambda tx: [f for f in tx]),
    ('iter', lambda tx: next(iter(tx))),
    ('zip', lambda tx: list(zip(tx, 'ab'))),
    ('transpose', lambda tx: list(zip(*[tx, tx]))),
    ('map', lambda tx: list(map(callable, tx))),
    ('star_arguments', lambda tx: (lambda *args: args)(*tx)),
    ('tuple', lambda tx: tuple(tx)),
    ('list', lambda tx: list(tx)),
    ('star_display', lambda tx: [*tx]),
    ('match_sequence', match_sequence),
    ('index', lambda tx: tx[0]),
    ('negative_index', lambda tx: tx[-1]),
    ('slice', lambda tx: tx[:2]),
    ('len', lambda tx: len(tx)),
    ('in', lambda tx: abs in tx),
    ('index_method', lambda tx: tx.index(abs)),
    ('count_method', lambda tx: tx.count(abs)),
    ('add', lambda tx: tx + (1,)),
    ('add_two', lambda tx: tx + tx),
    ('radd', lambda tx: (1,) + tx),
    ('mul', lambda tx: tx * 2),
    ('rmul', lambda tx: 2 * tx),
    ('sum', lambda tx: sum([tx], ())),
    ('less', lambda tx: tx < PLAIN),
    ('less_or_equal', lambda tx: tx <= PLAIN),
    ('greater', lambda tx: tx > PLAIN),
    ('greater_or_equal', lambda tx: tx >= PLAIN),
    ('rless', lambda tx: PLAIN < tx),
    ('less_two', lambda tx: tx < tx),
    ('reversed', lambda tx: list(reversed(tx))),
    ('equal', lambda tx: tx == PLAIN),
    ('requal', lambda tx: PLAIN == tx),
    ('unequal', lambda tx: tx != PLAIN),
    ('equal_to_another_tuple', lambda tx: tx == (1,)),
)

# Warn with a message of their own: names, operations, and what it names.
SUCCEEDED = (
    ('replace', lambda tx: tx._replace(init=id), 'tx.replace(init=..., upd'),
    ('asdict', lambda tx: tx._asdict(), "{'init': tx.init, 'update': tx.upd"),
    ('make', lambda tx: tx._make(PLAIN), 'GradientTransformation(init, upd'),
)

# Are quiet.
QUIET = (
    ('equal_to_its_like', lambda tx: tx == type(tx)(*PLAIN)),
    ('unequal_to_its_like', lambda tx: tx != type(tx)(*PLAIN)),
    ('equal_to_one_unlike_it', lambda tx: tx == type(tx)(id, id)),
    ('equal_to_none', lambda tx: operator.eq(tx, None)),
    ('unequal_to_none', lambda tx: operator.ne(None, tx)),
    ('equal_to_a_list', lambda tx: tx == [*PLAIN]),
    ('in_a_list', lambda tx: tx in [None, type(tx)(*PLAIN)]),
    ('hash', hash),
    ('key', lambda tx: {tx: 1}[type(tx)(*PLAIN)]),
    ('cache_key', call_cached),
    ('dataclass_equality', lambda tx: Holder(tx) == Holder(type(tx)(*PLAIN))),
    ('bool', bool),
    ('or', lambda tx: (tx or None) is tx),
    ('repr', lambda tx: repr(tx).partition('(')[2]),
    ('str', lambda tx: str(tx).partition('(')[2]),
    ('pprint', lambda tx: pprint.pformat(tx).partition('(')[2]),
    ('attributes', lambda tx: (tx.init, tx.update)),
    ('fields', lambda tx: tx._fields),
    ('match_class', match_class),
    ('copy', lambda tx: copy.copy(tx) == tx),
    ('deepcopy', lambda tx: copy.deepcopy(tx) == tx),
    ('dataclasses_asdict', lambda tx: dataclasses.asdict(Holder((tx,)))),
    ('dataclasses_astuple', lambda tx: dataclasses.astuple(Holder(tx))),
    ('tree_leaves', jax.tree.leaves),
    ('tree_paths', lambda tx: jax.tree_util.tree_flatten_with_path(tx)[0]),
    ('tree_map', lambda tx: jax.tree.map(lambda f: f, tx) == tx),
    ('tree_broadcast', lambda tx: jax.tree.broadcast(tx, tx) == tx),
    ('static_argument', call_static),
)

# Can't warn; so the migration guide has them, and tools/rewrite_tuples.py.
SILENT = (
    ('isinstance', lambda tx: isinstance(tx, tuple)),
    ('percent', lambda tx: '%s %s' % tx),
)

# What optax 0.2.8 wrote for GradientTransformationExtraArgs(init_empty_state,
# init_empty_state) with the pickle protocols 0 to 5.
OLD_PICKLES = (
    b'ccopy_reg\n_reconstructor\np0\n(coptax._src.base\n'
    b'GradientTransformationExtraArgs\np1\nc__builtin__\ntuple\np2\n'
    b'(coptax._src.base\ninit_empty_state\np3\ng3\ntp4\ntp5\nRp6\n.',
    b'ccopy_reg\n_reconstructor\nq\x00(coptax._src.base\n'
    b'GradientTransformationExtraArgs\nq\x01c__builtin__\ntuple\nq\x02'
    b'(coptax._src.base\ninit_empty_state\nq\x03h\x03tq\x04tq\x05Rq\x06.',
    b'\x80\x02coptax._src.base\nGradientTransformationExtraArgs\nq\x00'
    b'coptax._src.base\ninit_empty_state\nq\x01h\x01\x86q\x02\x81q\x03.',
    b'\x80\x03coptax._src.base\nGradientTransformationExtraArgs\nq\x00'
    b'coptax._src.base\ninit_empty_state\nq\x01h\x01\x86q\x02\x81q\x03.',
    b'\x80\x04\x95T\x00\x00\x00\x00\x00\x00\x00\x8c\x0foptax._src.base\x94'
    b'\x8c\x1fGradientTransformationExtraArgs\x94\x93\x94h\x00'
    b'\x8c\x10init_empty_state\x94\x93\x94h\x04\x86\x94\x81\x94.',
    b'\x80\x05\x95T\x00\x00\x00\x00\x00\x00\x00\x8c\x0foptax._src.base\x94'
    b'\x8c\x1fGradientTransformationExtraArgs\x94\x93\x94h\x00'
    b'\x8c\x10init_empty_state\x94\x93\x94h\x04\x86\x94\x81\x94.',
)


class Sized(optax.GradientTransformationExtraArgs):
  """A subclass as a large project has one, with a `__new__` of its own."""

  def __new__(cls, init, update, size):
    self = super().__new__(cls, init, update)
    self.size = size
    return self


def record(operation, tx):
  """Returns what an operation gives, and the warnings that a user sees."""
  with warnings.catch_warnings(record=True) as shown:
    warnings.simplefilter('default')
    return operation(tx), shown


class WarningTest(parameterized.TestCase):

  def check(self, cls, operation, sentence):
    value, shown = record(operation, cls(*PLAIN))
    self.assertEqual(value, operation(Pair(*PLAIN)))
    (warning,) = shown
    self.assertIs(warning.category, DeprecationWarning)
    self.assertEqual(warning.filename, __file__)
    lines = {line for *_, line in operation.__code__.co_lines()}
    self.assertIn(warning.lineno, lines)
    self.assertIn(sentence, str(warning.message))
    release = sequence_interface.ERROR_RELEASE
    self.assertIn(f'an error from optax {release}:', str(warning.message))

  @parameterized.named_parameters(
      (f'{name}_{cls.__name__}', cls, operation)
      for name, operation in DEPRECATED
      for cls in CLASSES
  )
  def test_once_at_the_line_of_the_user(self, cls, operation):
    self.check(cls, operation, 'its attributes `.init` and `.update`')

  @parameterized.named_parameters(
      (f'{name}_{cls.__name__}', cls, operation, successor)
      for name, operation, successor in SUCCEEDED
      for cls in CLASSES
  )
  def test_names_the_successor(self, cls, operation, successor):
    self.check(cls, operation, successor)

  @parameterized.named_parameters(
      (f'{name}_{cls.__name__}', cls, operation)
      for name, operation in QUIET + SILENT
      for cls in CLASSES
  )
  def test_quiet(self, cls, operation):
    with warnings.catch_warnings():
      warnings.simplefilter('error')
      value = operation(cls(*PLAIN))
    self.assertEqual(value, operation(Pair(*PLAIN)))

  @parameterized.product(cls=CLASSES, function=(iter, reversed))
  def test_an_iterator_warns_when_it_is_made(self, cls, function):
    iterator, shown = record(function, cls(*PLAIN))
    self.assertLen(shown, 1)
    functions, shown = record(list, iterator)
    self.assertEmpty(shown)
    self.assertCountEqual(functions, PLAIN)

  def test_quiet_in_optax_itself(self):
    params = jnp.ones(2)
    with warnings.catch_warnings():
      warnings.simplefilter('error', DeprecationWarning)
      for tx in (
          optax.chain(optax.clip(1.0), optax.adam(0.1)),
          optax.named_chain(('a', optax.sgd(0.1))),
          optax.monitor({'mean': optax.measure_with_ema(jnp.mean, 0.9)}),
          optax.inject_hyperparams(optax.sgd)(0.1),
          optax.partition({0: optax.sgd(0.1)}, lambda _: 0),
      ):
        tx.update(params, tx.init(params), params)

  def test_the_text_names_the_filter_that_makes_it_an_error(self):
    with self.assertWarns(DeprecationWarning) as context:
      len(optax.sgd(0.1))
    _, _, option = str(context.warning).partition('python -W ')
    action, message = option.rstrip('.').strip('"').split(':')
    self.assertEqual(action, 'error')
    self.assertStartsWith(str(context.warning), message)


class WithMethods(optax.GradientTransformation):
  """A subclass whose functions are methods."""

  def __new__(cls):
    return super().__new__(cls, None, None)

  def init(self, params):
    return ('state', params)

  def update(self, updates, state, params=None):
    return updates, state


class SubclassTest(absltest.TestCase):

  def test_may_define_the_functions_as_methods(self):
    tx = WithMethods()
    self.assertEqual(tx.update(1, tx.init(2)), (1, ('state', 2)))

  def test_may_have_a_new_of_its_own(self):
    tx = Sized(*PLAIN, size=3)
    self.assertEqual((tx.init, tx.update, tx.size), (*PLAIN, 3))


class ImmutabilityTest(parameterized.TestCase):

  @parameterized.product(cls=CLASSES, name=('init', 'update'))
  def test_a_function_cannot_be_set(self, cls, name):
    tx = cls(*PLAIN)
    with self.assertRaises(AttributeError):
      setattr(tx, name, id)
    with self.assertRaises(AttributeError):
      delattr(tx, name)
    self.assertEqual((tx.init, tx.update), PLAIN)


class ReplaceTest(parameterized.TestCase):

  @parameterized.product(
      cls=CLASSES, changes=({'init': id}, {'update': id}, {}),
  )
  def test_changes_what_is_given(self, cls, changes):
    tx = cls(*PLAIN).replace(**changes)
    self.assertIs(type(tx), cls)
    expected = {'init': len, 'update': abs, **changes}
    self.assertEqual({'init': tx.init, 'update': tx.update}, expected)

  @parameterized.parameters('replace', '__replace__')
  def test_keeps_the_attributes_of_a_subclass(self, name):
    tx = getattr(Sized(len, abs, size=3), name)(init=id)
    self.assertIsInstance(tx, Sized)
    self.assertEqual((tx.init, tx.update, tx.size), (id, abs, 3))

  def test_takes_a_callable_that_is_false(self):
    init = unittest.mock.MagicMock(__bool__=lambda self: False)
    self.assertIs(optax.sgd(0.1).replace(init=init).init, init)

  def test_refuses_other_names(self):
    with self.assertRaises(TypeError):
      optax.sgd(0.1).replace(inti=len)  # pylint: disable=unexpected-keyword-arg


class PickleTest(parameterized.TestCase):

  @parameterized.product(cls=CLASSES, protocol=[*range(6)])
  def test_round_trip_is_quiet(self, cls, protocol):
    with warnings.catch_warnings():
      warnings.simplefilter('error')
      tx = pickle.loads(pickle.dumps(cls(*PLAIN), protocol))
    self.assertIs(type(tx), cls)
    self.assertEqual((tx.init, tx.update), PLAIN)

  @parameterized.parameters(range(6))
  def test_loads_what_optax_0_2_8_wrote(self, protocol):
    with warnings.catch_warnings():
      warnings.simplefilter('error')
      tx = pickle.loads(OLD_PICKLES[protocol])
    self.assertIs(type(tx), optax.GradientTransformationExtraArgs)
    self.assertIs(tx.update, base.init_empty_state)

  @parameterized.parameters(copy.copy, copy.deepcopy)
  def test_copies_keep_the_attributes_of_a_subclass(self, function):
    tx = optax.GradientTransformationExtraArgs(*PLAIN)
    tx.note = 'mine'
    self.assertEqual(function(tx).note, 'mine')


class PytreeTest(absltest.TestCase):

  def test_a_subclass_may_register_itself(self):

    @jax.tree_util.register_pytree_node_class
    class Leaf(optax.GradientTransformation):

      def tree_flatten(self):
        return (), (self.init, self.update)

      @classmethod
      def tree_unflatten(cls, functions, children):
        del children
        return cls(*functions)

    leaves, treedef = jax.tree.flatten(Leaf(*PLAIN))
    self.assertEmpty(leaves)
    self.assertIsInstance(treedef.unflatten(leaves), Leaf)


class StrictTest(parameterized.TestCase):
  """Each in a process of its own, since the variable is read at import."""

  def run_in_python(self, code, *options, **variables):
    done = subprocess.run(
        (sys.executable, *options, '-c', code),
        check=False,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    self.assertEqual(done.returncode, 0, done.stdout)

  @parameterized.named_parameters(
      ('variable', 'TypeError', (), {'OPTAX_STRICT_TRANSFORMATIONS': '1'}),
      (
          'filter',
          'DeprecationWarning',
          ('-W', 'error:GradientTransformation as a tuple'),
          {},
      ),
  )
  def test_raises_for_the_same_operations(self, error, options, variables):
    code = f"""if True:
        from absl.testing import absltest
        from optax._src import sequence_interface_test as tested

        class Test(absltest.TestCase):

          def test(self):
            for cls in tested.CLASSES:
              tx = cls(*tested.PLAIN)
              for name, operation in tested.QUIET:
                operation(tx)
              for name, operation in tested.DEPRECATED:
                with self.subTest(name, cls=cls), self.assertRaisesRegex(
                    {error}, '`init, update = tx.init, tx.update`'):
                  operation(tx)
              for name, operation, _ in tested.SUCCEEDED:
                with self.subTest(name, cls=cls), self.assertRaisesRegex(
                    {error}, 'GradientTransformation as a tuple'):
                  operation(tx)

        absltest.main()
    """
    self.run_in_python(code, *options, **variables)

  @parameterized.parameters('', '0')
  def test_is_off_when_the_variable_is(self, value):
    code = 'import optax; init, update = optax.sgd(0.1)'
    self.run_in_python(code, OPTAX_STRICT_TRANSFORMATIONS=value)


if __name__ == '__main__':
  absltest.main()
