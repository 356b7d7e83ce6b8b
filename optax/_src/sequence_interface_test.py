"""Tests of the deprecation of the tuple that a transformation is."""

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
    # That these can't warn is for the migration guide and the codemod.
    ('isinstance', lambda tx: isinstance(tx, tuple)),
    ('percent', lambda tx: '%s %s' % tx),
)

# Pickles that optax 0.2.8 wrote, with protocols 0 to 5; `%s` is the class.
OLD_PICKLES = (
    b'ccopy_reg\n_reconstructor\np0\n(coptax._src.base\n%s\np1\n'
    b'c__builtin__\ntuple\np2\n(coptax._src.base\ninit_empty_state\np3\n'
    b'g3\ntp4\ntp5\nRp6\n.',
    b'ccopy_reg\n_reconstructor\nq\x00(coptax._src.base\n%s\nq\x01'
    b'c__builtin__\ntuple\nq\x02(coptax._src.base\ninit_empty_state\nq\x03'
    b'h\x03tq\x04tq\x05Rq\x06.',
    *(
        b'\x80%c' % protocol
        + b'coptax._src.base\n%s\nq\x00coptax._src.base\ninit_empty_state\n'
        b'q\x01h\x01\x86q\x02\x81q\x03.'
        for protocol in (2, 3)
    ),
    # Without their frames, which hold lengths.
    *(
        b'\x80%c' % protocol
        + b'\x8c\x0foptax._src.base\x94\x8c%c%s\x94\x93\x94'
        b'h\x00\x8c\x10init_empty_state\x94\x93\x94h\x04\x86\x94\x81\x94.'
        for protocol in (4, 5)
    ),
)


def old_pickle(protocol, cls):
  """Returns a pickle of `cls(init_empty_state, init_empty_state)`."""
  name = cls.__name__.encode()
  args = (len(name), name) if protocol > 3 else name
  return OLD_PICKLES[protocol] % args


class ToBool(optax.GradientTransformationExtraArgs):
  """A subclass as a large project has one."""
