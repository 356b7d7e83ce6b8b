"""Tests of the deprecation of the tuple that a transformation is."""

import copy
import dataclasses
import functools
import inspect
import os
import pickle
import pprint
import subprocess
import sys
from typing import NamedTuple
import warnings

from absl.testing import absltest
from absl.testing import parameterized
import jax
import optax
from optax._src import base
from optax._src import sequence_interface


class Pair(NamedTuple):
  """What a transformation was before: the operations give what they gave."""

  init: object
  update: object


CLASSES = (
    optax.GradientTransformation,
    optax.GradientTransformationExtraArgs,
)
PLAIN = (len, abs)  # Any two functions.

# Those that warn: a name and the operation, each on one line.
WARN = (
    ('unpack', lambda tx: [(i, u) for i, u in [tx]]),
    ('star_rest', lambda tx: [rest for _, *rest in [tx]]),
    ('for', lambda tx: [f for f in tx]),
    ('iter', lambda tx: next(iter(tx))),
    ('zip', lambda tx: list(zip(tx, 'ab'))),
    ('transpose', lambda tx: list(zip(*[tx, tx]))),
    ('map', lambda tx: list(map(callable, tx))),
    ('call', lambda tx: (lambda *args: args)(*tx)),
    ('tuple', lambda tx: tuple(tx)),
    ('list', lambda tx: list(tx)),
    ('display', lambda tx: [*tx]),
    ('sequence_pattern', lambda tx: match_pair(tx)),
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

# Those of a named tuple, which name their successors.
WARN_WITH_SUCCESSOR = (
    ('replace', lambda tx: tx._replace(init=id)[:], 'tx.replace(init=...'),
    ('asdict', lambda tx: tx._asdict(), "{'init': tx.init, 'update': tx.upd"),
    ('make', lambda tx: tx._make(PLAIN)[:], 'GradientTransformation(init, '),
)


@dataclasses.dataclass
class Holder:
  tx: object


def match_class(tx):
  match tx:
    case Pair(i, u) | base.GradientTransformation(i, u):
      return i, u


def static(tx):
  return jax.jit(lambda tx, x: x + 1, static_argnums=0)(tx, 1)


def cached(tx):
  function = functools.lru_cache(lambda tx: 1)
  return function(tx), function(tx), function.cache_info().hits


# Those that do not, and never did.
QUIET = (
    ('equal_to_its_like', lambda tx: tx == type(tx)(*PLAIN)),
    ('unequal_to_its_like', lambda tx: tx != type(tx)(*PLAIN)),
    ('unequal_to_others_like_it', lambda tx: tx == type(tx)(id, id)),
    ('equal_to_none', lambda tx: (tx == None, None != tx)),
    ('equal_to_a_list', lambda tx: tx == [*PLAIN]),
    ('in_a_list', lambda tx: tx in [None, type(tx)(*PLAIN)]),
    ('hash', hash),
    ('key', lambda tx: {tx: 1}[type(tx)(*PLAIN)]),
    ('cache_key', cached),
    ('dataclass_equality', lambda tx: Holder(tx) == Holder(type(tx)(*PLAIN))),
    ('bool', lambda tx: (bool(tx), not tx)),
    ('or', lambda tx: (tx or None) is tx),
    ('repr', lambda tx: repr(tx).partition('(')[2]),
    ('str', lambda tx: str(tx).partition('(')[2]),
    ('pprint', lambda tx: pprint.pformat(tx).partition('(')[2]),
    ('attributes', lambda tx: (tx.init, tx.update)),
    ('fields', lambda tx: (tx._fields, type(tx)._fields)),
    ('class_pattern', match_class),
    ('copy', lambda tx: copy.copy(tx) == tx),
    ('deepcopy', lambda tx: copy.deepcopy(tx) == tx),
    ('asdict_of_a_dataclass', lambda tx: dataclasses.asdict(Holder((tx,)))),
    ('astuple_of_a_dataclass', lambda tx: dataclasses.astuple(Holder(tx))),
    ('leaves', jax.tree.leaves),
    ('paths', lambda tx: jax.tree_util.tree_flatten_with_path(tx)[0]),
    ('map', lambda tx: jax.tree.map(lambda f: f, tx) == tx),
    ('broadcast', lambda tx: jax.tree.broadcast(tx, tx)),
    ('static_argument', lambda tx: int(static(tx))),
    ('isinstance', lambda tx: isinstance(tx, tuple)),
    ('percent', lambda tx: '%s %s' % tx),
)


@dataclasses.dataclass
class Found:
  value: object
  messages: list[warnings.WarningMessage]


def record(operation, tx):
  with warnings.catch_warnings(record=True) as messages:
    warnings.simplefilter('default')
    return Found(operation(tx), messages)


def match_pair(tx):
  match tx:  # The line at which it warns, as asserted below.
    case (i, u):
      return i, u


class OldStyle(optax.GradientTransformationExtraArgs):
  """A subclass as a large project has one."""

  def __new__(cls, init, update, extra):
    self = super().__new__(cls, init, update)
    self.extra = extra
    return self


class WarningTest(parameterized.TestCase):

  def check(self, cls, operation):
    found = record(operation, cls(*PLAIN))
    self.assertEqual(found.value, operation(Pair(*PLAIN)))
    self.assertLen(found.messages, 1)
    (warning,) = found.messages
    self.assertEqual(warning.category, DeprecationWarning)
    self.assertEqual(warning.filename, __file__)
    return warning

  @parameterized.product(cls=CLASSES, row=WARN)
  def test_once_at_the_line_of_the_user(self, cls, row):
    name, operation = row
    warning = self.check(cls, operation)
    if name == 'sequence_pattern':
      operation = match_pair
    lines, first = inspect.getsourcelines(operation)
    self.assertBetween(warning.lineno, first, first + len(lines) - 1)
    self.assertIn('`.init` and `.update`', str(warning.message))

  @parameterized.product(cls=CLASSES, row=WARN_WITH_SUCCESSOR)
  def test_names_the_successor(self, cls, row):
    _, operation, successor = row
    warning = self.check(
        cls, lambda tx: operation(tx) if isinstance(tx, Pair) else operation(tx)
    )
    self.assertIn(successor, str(warning.message))
