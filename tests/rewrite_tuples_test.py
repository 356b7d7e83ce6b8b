"""Tests of tools/rewrite_tuples.py on what people write."""

import contextlib
import cProfile
import inspect
import io
import pathlib
import re
import sys
import tempfile
import warnings

from absl.testing import absltest
from absl.testing import parameterized
import jax
import optax

ROOT = pathlib.Path(__file__).parents[1]
sys.path.append(str(ROOT / 'tools'))
import rewrite_tuples

# Shapes, the code of each, and what it becomes. Each sets `out`, a function.
REWRITTEN = (
    ('unpack', """
init, update = optax.chain(  # First clip.
    optax.clip(1.0),
    optax.scale(0.1),  # Then scale.
)  # The end.

out = lambda x: update(x, init(x))
""", """
tx = optax.chain(  # First clip.
    optax.clip(1.0),
    optax.scale(0.1),  # Then scale.
)  # The end.
init, update = tx.init, tx.update

out = lambda x: update(x, init(x))
"""),
    ('unpack_into_attributes', """
class Trainer:

  def __init__(self):
    # The optimizer.
    self.init, self.update = optax.adam(0.1)
    init, self.update = optax.sgd(0.1)

out = lambda x: Trainer().update(x, Trainer().init(x))
""", """
class Trainer:

  def __init__(self):
    # The optimizer.
    tx = optax.adam(0.1)
    self.init, self.update = tx.init, tx.update
    tx = optax.sgd(0.1)
    init, self.update = tx.init, tx.update

out = lambda x: Trainer().update(x, Trainer().init(x))
"""),
    ('unpack_an_attribute', """
class Trainer:
  tx: optax.GradientTransformation

  def __init__(self):
    self.opt = optax.sgd(0.1)
    self.tx = optax.adam(0.1)

  def out(self, x):
    init, update = self.tx
    (_, scale) = self.opt  # Two of them.
    return scale(update(x, init(x)), optax.sgd(0.1).init(x))

out = Trainer().out
""", """
class Trainer:
  tx: optax.GradientTransformation

  def __init__(self):
    self.opt = optax.sgd(0.1)
    self.tx = optax.adam(0.1)

  def out(self, x):
    init, update = self.tx.init, self.tx.update
    (_, scale) = self.opt.init, self.opt.update  # Two of them.
    return scale(update(x, init(x)), optax.sgd(0.1).init(x))

out = Trainer().out
"""),
    ('unpack_a_curried_call', """
i, u = optax.inject_hyperparams(optax.sgd)(learning_rate=0.1)
out = lambda x: u(x, i(x))
""", """
tx = optax.inject_hyperparams(optax.sgd)(learning_rate=0.1)
i, u = tx.init, tx.update
out = lambda x: u(x, i(x))
"""),
    ('unpack_a_variable', """
base_opt = optax.adam(0.1) if True else optax.sgd(0.1)
i, u = base_opt
out = lambda x: u(x, i(x))
""", """
base_opt = optax.adam(0.1) if True else optax.sgd(0.1)
i, u = base_opt.init, base_opt.update
out = lambda x: u(x, i(x))
"""),
    ('unpack_an_argument', """
def out(x, opt: 'optax.GradientTransformation | None' = None, tx=None):
  opt = opt or optax.adam(0.1)
  i, u = opt
  return u(x, i(x))
""", """
def out(x, opt: 'optax.GradientTransformation | None' = None, tx=None):
  opt = opt or optax.adam(0.1)
  i, u = opt.init, opt.update
  return u(x, i(x))
"""),
    ('unpack_a_function_of_this_file', """
def make(learning_rate):
  return optax.adam(learning_rate)

if True: i, u = make(0.1); out = lambda x: u(x, i(x))
""", """
def make(learning_rate):
  return optax.adam(learning_rate)

if True: tx = make(0.1); i, u = tx.init, tx.update; out = lambda x: u(x, i(x))
"""),
    ('chained', """
a, b = c, d = optax.adam(0.1)
out = lambda x: b(d(x, a(x))[0], c(x))
""", """
tx = optax.adam(0.1)
a, b = c, d = tx.init, tx.update
out = lambda x: b(d(x, a(x))[0], c(x))
"""),
    ('discard', """
i, _ = optax.adam(0.1)
_, u = optax.adam(0.1)
out = lambda x: u(x, i(x))
""", """
tx = optax.adam(0.1)
i, _ = tx.init, tx.update
tx = optax.adam(0.1)
_, u = tx.init, tx.update
out = lambda x: u(x, i(x))
"""),
    ('rest', """
i, *rest = optax.adam(0.1)
out = lambda x: rest[0](x, i(x))
""", """
tx = optax.adam(0.1)
i, *rest = tx.init, tx.update
out = lambda x: rest[0](x, i(x))
"""),
    ('transpose', """
def chain(*txs: optax.GradientTransformation):
  inits, updates = zip(*txs)
  return lambda x: [u(x, i(x)) for i, u in zip(inits, updates)]

out = chain(optax.adam(0.1), optax.sgd(0.1))
""", """
def chain(*txs: optax.GradientTransformation):
  inits, updates = zip(*((tx.init, tx.update) for tx in txs))
  return lambda x: [u(x, i(x)) for i, u in zip(inits, updates)]

out = chain(optax.adam(0.1), optax.sgd(0.1))
"""),
    ('loop', """
txs = [optax.adam(0.1), optax.sgd(0.1)]
out = lambda x: [u(x, i(x)) for i, u in txs]
""", """
txs = [optax.adam(0.1), optax.sgd(0.1)]
out = lambda x: [u(x, i(x)) for i, u in ((tx.init, tx.update) for tx in txs)]
"""),
    ('loop_over_a_tuple_without_parentheses', """
for i, u in optax.adam(0.1), optax.sgd(0.1):
  out = lambda x: u(x, i(x))
""", """
for i, u in ((tx.init, tx.update) for tx in (optax.adam(0.1), optax.sgd(0.1))):
  out = lambda x: u(x, i(x))
"""),
    ('star', """
base = optax.adam(0.1)
copy = optax.GradientTransformationExtraArgs(*base)
functions = [*base, None]
out = lambda x: functions[1](x, copy.init(x))
""", """
base = optax.adam(0.1)
copy = optax.GradientTransformationExtraArgs(base.init, base.update)
functions = [base.init, base.update, None]
out = lambda x: functions[1](x, copy.init(x))
"""),
    ('iterate', """
t = optax.adam(0.1)
functions = list(t)
assert tuple(t) == tuple(functions)
assert len(t) == 2
assert [f for f in t] == functions
out = lambda x: functions[1](x, functions[0](x))
""", """
t = optax.adam(0.1)
functions = list((t.init, t.update))
assert tuple((t.init, t.update)) == tuple(functions)
assert len((t.init, t.update)) == 2
assert [f for f in (t.init, t.update)] == functions
out = lambda x: functions[1](x, functions[0](x))
"""),
    ('yield_from', """
def functions(t: optax.GradientTransformation):
  yield from t

i, u = functions(optax.adam(0.1))
out = lambda x: u(x, i(x))
""", """
def functions(t: optax.GradientTransformation):
  yield from (t.init, t.update)

i, u = functions(optax.adam(0.1))
out = lambda x: u(x, i(x))
"""),
    ('index', """
state = optax.adam(0.1)[0](1.0)
t = optax.adam(0.1)
a, b, c = t[-1], t[0], t[:2]
out = lambda x: (a(x, state), t[1](x, b(x)), c[1](x, state))
""", """
state = optax.adam(0.1).init(1.0)
t = optax.adam(0.1)
a, b, c = t.update, t.init, (t.init, t.update)[:2]
out = lambda x: (a(x, state), t.update(x, b(x)), c[1](x, state))
"""),
    ('replace', """
tx = optax.adam(0.1)._replace(init=optax.adam(0.2).init)
out = lambda x: tx.update(x, tx.init(x))
""", """
tx = optax.adam(0.1).replace(init=optax.adam(0.2).init)
out = lambda x: tx.update(x, tx.init(x))
"""),
    ('fields', """
tx = optax.adam(0.1)
assert optax.GradientTransformation._fields == tx._fields
first, second = tx
out = lambda x: tx.update(x, tx.init(x))
""", """
tx = optax.adam(0.1)
assert ('init', 'update') == ('init', 'update')
first, second = tx.init, tx.update
out = lambda x: tx.update(x, tx.init(x))
"""),
)

# What is right, and stays.
KEPT = (
    ('truth', """
def make(opt: optax.GradientTransformation = None):
  if not opt:
    opt = None
  return opt or optax.adam(0.1)

out = lambda x: make().update(x, make().init(x))
"""),
    ('subclass', """
class Sized(optax.GradientTransformationExtraArgs):

  def __new__(cls, init, update, size):
    self = super().__new__(cls, init, update)
    self.size = size
    return self

tx = Sized(optax.sgd(0.1).init, optax.sgd(0.1).update, 3)
out = lambda x: tx.update(x, tx.init(x))
"""),
    ('optimizers_of_jax', """
from jax.example_libraries import optimizers
opt_init, opt_update, get_params = optimizers.adam(0.1)
init, update = optimizers.adam(0.1)[:2]
out = lambda x: get_params(opt_update(0, x, opt_init(x)))
"""),
    ('periodic_update', """
init, update = optax.periodic_update((1.0, 2.0), (3.0, 4.0), 0, 2)
out = lambda x: (init, update)
"""),
    ('functions_of_optax_tree', """
init, update = optax.tree.scale(2.0, (1.0, 2.0))
out = lambda x: (init, update)
"""),
    ('real_tuples', """
def make():
  opt = optax.adam(0.1)
  return opt.init, opt.update

def annotated(pair: tuple):
  init, update = pair
  return init, update

init, update = make()
state_init, state_update = annotated(make())
inits, updates = zip(*[make(), make()])
(init, update), tx = make(), optax.adam(0.1)
init, update = tx.init, tx.update
pair = tx.init, tx.update
init, update = pair
init, update = [f for f in pair]
for init, update in zip(inits, updates):
  pass
out = lambda x: update(x, init(x))
"""),
    ('transformations_in_a_tuple', """
init_tx, update_tx = optax.adam(0.1), optax.sgd(0.1)
out = lambda x: update_tx.update(x, update_tx.init(x))
"""),
    ('three_of_an_unknown', """
make = [lambda: (1.0, 2.0, 3.0)][0]
opt_init, opt_update, get_params = make()
a, b, c = opt = make()
initial_params, updated_params = make()[:2]
out = lambda x: (opt_init, opt_update, get_params)
"""),
    ('keyword_arguments', """
def names(**transforms: optax.GradientTransformation):
  assert 'adam' in transforms and len(transforms) == 2
  return [*transforms], [name for name in transforms], list(transforms)

assert names(adam=optax.adam(0.1), sgd=optax.sgd(0.1))
out = lambda x: x
"""),
    ('sequences_as_arguments', """
from typing import Sequence

def chain(*groups: Sequence[optax.GradientTransformation]):
  return [optax.chain(a, b) for a, b in groups] + [*zip(*groups)]

assert chain([optax.adam(0.1), optax.sgd(0.1)])
out = lambda x: x
"""),
    ('items_of_others', """
make = [lambda: ((1.0, 2.0), 3.0)][0]
(first, _), _ = make()
value = make()[0]
_, updates = make()
_, state_after_update = make()
pair = make()[0][:2]
tx = optax.GradientTransformation(*[lambda p: p, lambda u, s, p: (u, s)])
out = lambda x: (value, updates, pair)
"""),
    ('functions_of_libraries', """
import jax
state = jax.vjp(lambda x: x, 2.0)[1](3.0)
init, _ = jax.vjp(lambda x: x, 2.0)
out = lambda x: state
"""),
    ('generator', """
def make():
  yield 1.0
  yield 2.0
  return optax.adam(0.1)

a, b = make()
out = lambda x: (a, b)
"""),
    ('annotated_generator', """
def make() -> optax.GradientTransformation:
  yield 1.0
  yield 2.0

a, b = make()
out = lambda x: (a, b)
"""),
    ('pairs_with_transformations', """
named = [('adam', optax.adam(0.1)), ('sgd', optax.sgd(0.1))]
for name, tx in named:
  pass
names, txs = zip(*named)
for name, tx in {'adam': optax.adam(0.1)}.items():
  pass
for i, (name, tx) in enumerate(zip(names, txs)):
  pass
out = lambda x: tx.update(x, tx.init(x))
"""),
    ('comparison', """
opt = 'adam'
assert opt == 'adam' and 'a' in opt
if opt == 'adam':
  opt = optax.adam(0.1)
assert opt != None and opt == opt and opt is not None and opt in [opt]
out = lambda x: opt.update(x, opt.init(x))
"""),
    ('another_library_is_called_optax_too', """
def out(x, optax=None):
  optax = {'scale': (1.0, 2.0)}.get
  a, b = optax('scale')
  return a, b
"""),
    ('state', """
tx = optax.adam(0.1)
(adam_state, empty) = tx.init(1.0)
updates, state = tx.update(1.0, (adam_state, empty))
out = lambda x: (updates, state[0])
"""),
)

# What is left for a person, at the lines with a `# !`.
LEFT = (
    ('a_function_of_another_file', """
import optimizers_of_ours
init, update = optimizers_of_ours.make()  # !
"""),
    ('one_function_of_an_unknown', """
opt_init, _ = make()  # !
_, opt_update = make()  # !
_, opt_update = self.optimizer(lr)  # !
self._init_fn, _ = self.optimizer(lr)  # !
inits = [init for init, _ in args]  # !
"""),
    ('an_item_of_an_unknown', """
state = make()[0](params)  # !
opt_init = make()[0]  # !
update_fn = trainer.make()[1]  # !
f = make_optimizer()[0]  # !
"""),
    ('star_of_an_unknown', """
tx = optax.GradientTransformation(*make())  # !
tx = optax.GradientTransformationExtraArgs(*pair)  # !
"""),
    ('slice_of_an_unknown', """
def chain(ts):
  return optax.chain(*[gt[:2] for gt in ts])  # !
"""),
    ('an_argument', """
def train(optimizer, base_opt):
  opt_init, opt_update = optimizer  # !
  self.init_fn, self.update_fn = optimizer  # !
  i, u = base_opt  # !
  i, u = base_opt or optax.adam(0.1)  # !
  wrap(*optimizer)  # !
  return optimizer[0](params), optimizer._replace(init=i)  # !
"""),
    ('an_argument_with_a_default', """
def train(a=optax.adam(0.1)):
  i, u = a  # !
"""),
    ('a_field_with_a_default', """
class Config:
  a: Any = optax.adam(0.1)

  def train(self):
    i, u = self.a  # !
"""),
    ('transpose_of_an_argument', """
def chain(*transforms):
  init_fns, update_fns = zip(*transforms)  # !
"""),
    ('transpose_of_a_list', """
txs = [make(c) for c in cfgs]
inits, updates = zip(*txs)  # !
"""),
    ('transpose_of_a_list_that_is_filled', """
txs = [optax.adam(0.1)]
txs.append(make())
a, b = zip(*txs)  # !
"""),
    ('loop_over_an_argument', """
def chain(*transforms):
  for init, update in transforms:  # !
    pass
  return [update for init, update in transforms]  # !
"""),
    ('loop_over_a_list_that_is_filled', """
txs = [optax.adam(0.1)]
txs.append(make())
for i, u in txs:  # !
  pass
"""),
    ('nested_loops', """
txs = [optax.adam(0.1)]
for n, (i, u) in enumerate(txs):  # !
  pass
for n, (init, update) in enumerate(others):  # !
  pass
for (i, u), p in zip(txs, params):  # !
  pass
for name, (init, update) in others.items():  # !
  pass
"""),
    ('dict', """
opts = {'adam': optax.adam(0.1)}
init, update = opts['adam']  # !
i, u = opts[name]  # !
i, u = others.opts['adam']  # !
i, u = {'adam': optax.adam, 'sgd': optax.sgd}[name](0.1)  # !
"""),
    ('property', """
class Trainer:

  @property
  def tx(self) -> optax.GradientTransformation:
    return optax.adam(0.1)

  @functools.cached_property
  def a(self):
    return optax.adam(0.1)

  def train(self):
    init, update = self.tx  # !
    i, u = self.a  # !
"""),
    ('coroutine', """
async def make() -> optax.GradientTransformation:
  return optax.adam(0.1)

async def train():
  i, u = await make()  # !
"""),
    ('nested_targets', """
(i, u), s = optax.adam(0.1), 3  # !
[(i, u)] = [optax.adam(0.1)]  # !
"""),
    ('chained_with_a_name', """
i, u = opt = optax.adam(0.1)  # !
"""),
    ('the_body_of_a_class', """
class Kind(enum.Enum):
  A, B = optax.adam(0.1)  # !
"""),
    ('a_fallback_for_an_import', """
try:
  from optax import adam
except ImportError:
  def adam(learning_rate):
    return init, update

i, u = adam(0.1)  # !
"""),
    ('a_definition_after_an_import', """
from optax import chain

def chain(*functions):
  return functions

i, u = chain(f, g)  # !
"""),
    ('isinstance', """
tx = optax.adam(0.1)
assert isinstance(tx, tuple)  # !
assert isinstance(tx, (list, tuple))  # !

def train(optimizer):
  assert isinstance(optimizer, tuple)  # !
"""),
    ('percent', """
tx = optax.adam(0.1)
print('%s %s' % tx)  # !
"""),
    ('operators', """
tx = optax.adam(0.1)
a = tx + (1,)  # !
b = (1,) + tx  # !
c = tx * 2  # !
assert len in tx  # !
assert tx == (f, g)  # !
assert (f, g) != tx  # !
assert tx < tx  # !
"""),
    ('operators_of_another_class', """
tx = optax.adam(0.1)
pipeline = Pipeline() + tx  # !
"""),
    ('operators_in_place', """
tx = optax.adam(0.1)
tx += (1,)  # !
functions += optax.adam(0.1)  # !
"""),
    ('operators_of_an_argument', """
def train(opt):
  return opt + (1,), opt == (f, g)  # !
"""),
    ('a_class_with_methods_of_its_own', """
class Parts(optax.GradientTransformation):

  def __iter__(self):
    return iter(self.parts)

parts = Parts(f, g)
a, b = parts  # !
for part in parts:  # !
  pass
"""),
    ('new_of_tuple', """
class Sized(optax.GradientTransformation):

  def __new__(cls, init, update, size):
    return tuple.__new__(cls, (init, update))  # !
"""),
    ('format_string', """
tx = optax.adam(0.1)
print(f'{optax.GradientTransformation._fields}')  # !
print(f'{tx[0]=}')  # !
print(f'{tx.init} {tx!r}')
"""),
    ('what_would_be_evaluated_twice', """
print(*optax.adam(0.1))  # !
"""),
    ('match', """
match optax.adam(0.1):  # !
  case (init, update):
    pass
"""),
    ('methods_of_a_tuple', """
tx = optax.adam(0.1)
tx.index(None)  # !
tx._asdict()  # !
optax.GradientTransformation._make(pair)  # !
optax.GradientTransformation._make(iterable=pair)  # !
"""),
    ('a_variable_that_may_be_another_thing', """
a = optax.adam(0.1)
a = compile(a)
i, u = a  # !
"""),
)


def rewrite(code, **others):
  """Returns the new code, and the lines that are left, beside other files."""
  with tempfile.TemporaryDirectory() as folder:
    files = {'program': code, **others}
    paths = [pathlib.Path(folder, f'{name}.py') for name in files]
    for path, text in zip(paths, files.values()):
      path.write_text(text)
    new, left = rewrite_tuples.rewrite(rewrite_tuples.Files(paths), paths[0])
  return new.decode(), sorted({line for line, _ in left})


def run(code):
  """Returns the numbers that the code gives, and if it warned."""
  namespace = {'optax': optax}
  with warnings.catch_warnings(record=True) as shown:
    warnings.simplefilter('always')
    exec(code, namespace)
    out = jax.tree.leaves(namespace['out'](2.0))
  return out, any('as a tuple' in str(x.message) for x in shown)


class RewriteTest(parameterized.TestCase):

  @parameterized.named_parameters(*REWRITTEN)
  def test_rewrites(self, before, after):
    before, after = 'import optax\n' + before, 'import optax\n' + after
    self.assertEqual(rewrite(before), (after, []))
    self.assertEqual(rewrite(after), (after, []))

  @parameterized.named_parameters(*REWRITTEN)
  def test_what_it_rewrites_gives_the_same_without_a_warning(
      self, before, after
  ):
    numbers, warned = run(before)
    self.assertTrue(warned)
    self.assertEqual(run(after), (numbers, False))

  @parameterized.named_parameters(*KEPT)
  def test_keeps(self, code):
    code = 'import optax\n' + code
    self.assertEqual(rewrite(code), (code, []))
    _, warned = run(code)
    self.assertFalse(warned)

  @parameterized.named_parameters(*LEFT)
  def test_leaves(self, code):
    code = 'import optax' + code
    lines = [n for n, line in enumerate(code.splitlines(), 1) if '# !' in line]
    self.assertEqual(rewrite(code), (code, lines))

  @parameterized.parameters(
      'import optax as ox\ni, u = ox.adam(0.1)',
      'from optax import adam\ni, u = adam(0.1)',
      'from optax import adam as a\ni, u = a(0.1)',
      'from optax import contrib\ni, u = contrib.muon(0.1)',
      'import optax.contrib\ni, u = optax.contrib.muon(0.1)',
      'from optax._src import alias\ni, u = alias.adam(0.1)',
      'import optax, functools\nmake = functools.partial(optax.adam, b1=0)\n'
      'i, u = make(0.1)',
      'import optax\nmake = lambda: optax.adam(0.1)\ni, u = make()',
      'import optax\ni, u = optax.MultiSteps(x, 2).gradient_transformation()',
      'from optax import GradientTransformation as G\n'
      'def f(tx: G):\n  i, u = tx',
      'from optax import GradientTransformation as G\n'
      'def f(make) -> G: pass\ni, u = f(1)',
      'import optax, typing\n'
      'def f(m: typing.Callable[[int], optax.GradientTransformation]):\n'
      '  i, u = m(0)',
      'import optax, typing\n'
      'def f(m: typing.Sequence[optax.GradientTransformation]):\n'
      '  i, u = m[0]',
      'import optax, typing\n'
      'def f(x: typing.Union[optax.GradientTransformation, None]):\n'
      '  i, u = x',
      'import optax\n'
      'def f(x: None | optax.GradientTransformation):\n  i, u = x',
      'import optax\nG = optax.GradientTransformation\n'
      'def f(x: G):\n  i, u = x',
      'import optax\nclass G(optax.GradientTransformation): pass\n'
      'def f(x: G):\n  i, u = x',
      'try:\n  import optax\nexcept ImportError:\n  optax = None\n'
      'i, u = optax.adam(0.1)',
  )
  def test_knows_it_however_it_is_imported_or_annotated(self, code):
    new, left = rewrite(code)
    self.assertRegex(new, r'i, u = (\w+).init, \1.update')
    self.assertEmpty(left)

  @parameterized.parameters(
      'import other\ni, u = other.make()',
      'from other import make\ni, u = make()',
      'from other import make as m\ni, u = m()',
      'from .other import make\ni, u = make()',
      'from . import other\ni, u = other.make()',
      'from other import *\ni, u = make()',
      'from .other import *\ni, u = make()',
      'from again import make\ni, u = make()',
      'from all_again import make\ni, u = make()',
      'import other\ni, u = other.annotated()',
      'import other\ni, u = other.TX',
      'import other\nfor i, u in other.TXS: pass',
      'import other\ndef f(tx: other.Tx):\n  i, u = tx',
      'import other\nclass C(other.Maker):\n'
      '  def f(self):\n    i, u = self.make()',
      'import other\nclass C(other.Maker):\n'
      '  def f(self):\n    i, u = self.tx',
      'import other\nclass B(other.Maker): pass\nclass C(B):\n'
      '  def f(self):\n    i, u = self.tx',
      'from optax import *\ni, u = adam(0.1)',
      'from optax.contrib import *\ni, u = muon(0.1)',
  )
  def test_follows_imports(self, code):
    other = """
import optax
from program import *
Tx = optax.GradientTransformation
def make(): return _make(0.1)
def _make(learning_rate): return optax.adam(learning_rate)
def annotated(learning_rate) -> optax.GradientTransformation: ...
TX = make()
TXS = [TX]
class Maker:
  def __init__(self): self.tx = make()
  def make(self): return self.tx
"""
    new, left = rewrite(
        'import optax\n' + code, other=other, broken='(',
        again='from other import make', all_again='from again import *',
    )
    self.assertRegex(new, r'i, u = [\w.]+\.init, |in \(\(tx.init, tx.update\)')
    self.assertEmpty(left)

  @parameterized.parameters(
      'import missing\ninit, update = missing.make()',
      'import broken\ninit, update = broken.make()',
      'import other\ninit, update = other.missing()',
      'import other\ninit, update = other.unsure()',
      'from again import unknown\ninit, update = unknown()',
      'import other\nclass C(other.Maker):\n'
      '  def f(self):\n    init, _ = self.make()',
      'from optax import *\nfrom missing import *\ninit, update = adam(0.1)',
      'class C(C):\n  def f(self):\n    init, update = self.make()',
  )
  def test_leaves_what_imports_do_not_settle(self, code):
    other = """
import optax
def unsure(x): return optax.adam(0.1) if x else x
class Maker: pass
"""
    code = 'import optax\n' + code
    new, left = rewrite(
        code, other=other, broken='(', again='from again import unknown')
    self.assertEqual((new, left), (code, [len(code.splitlines())]))

  def test_keeps_what_another_file_returns_as_a_tuple(self):
    code = 'import optax, other\ninit, update = other.make()'
    new, left = rewrite(code, other='def make(): return f, g')
    self.assertEqual((new, left), (code, []))

  def test_leaves_what_two_files_of_one_name_disagree_on(self):
    with tempfile.TemporaryDirectory() as folder:
      paths = [pathlib.Path(folder, name) for name in
               ('program.py', 'a/other.py', 'b/other.py')]
      for path, text in zip(paths, (
          'import other\nimport a.other\nimport b.other\n'
          'i, u = a.other.make()\ni, u = b.other.make()\n'
          'i, u = other.make()\n',
          'import optax\ndef make(): return optax.adam(0.1)',
          'def make(): return f, g')):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
      new, left = rewrite_tuples.rewrite(rewrite_tuples.Files(paths), paths[0])
    self.assertEqual(new.count(b'tx = a.other.make()'), 1)
    self.assertEqual(new.count(b'tx.init'), 1)
    self.assertEqual([line for line, _ in left], [6])

  def test_takes_time_in_proportion_to_a_class(self):
    method = """
  def method_{0}(self, x):
    self.a_{0} = self.model.apply(self.params, x)
    return self.fn(self.a_{0}, self.state[0])
"""

    def count(n):
      code = 'import optax\nclass A:\n' + ''.join(map(method.format, range(n)))
      profile = cProfile.Profile()
      profile.runcall(rewrite, code)
      return sum(x.callcount for x in profile.getstats())

    self.assertLess(count(80), 2.5 * count(40))

  def test_does_not_take_a_name_that_is_used(self):
    new, _ = rewrite('import optax\ntx = 1\ni, u = optax.adam(tx)')
    self.assertEndsWith(
        new, 'tx_1 = optax.adam(tx)\ni, u = tx_1.init, tx_1.update'
    )

  def test_knows_every_factory_and_no_other_function(self):
    modules = [optax, *(x for _, x in inspect.getmembers(optax)
                        if inspect.ismodule(x) and x is not optax._src)]
    expected, found = set(), set()
    for module in modules:
      for name, value in inspect.getmembers(module):
        if name.startswith('_'):
          continue
        if inspect.isfunction(value):
          value = inspect.signature(value).return_annotation
        elif not inspect.isclass(value):
          continue
        name = f'{module.__name__}.{name}'
        code = f'import {module.__name__}\ni, u = {name}()'
        if rewrite(code)[0] != code:
          found.add(name)
        if inspect.isclass(value) and (
            issubclass(value, optax.GradientTransformation)):
          expected.add(name)
    # Without an annotation.
    expected |= {
        f'optax.{x}' for x in (
            'contrib.dog', 'contrib.dowg', 'monitor', 'transforms.monitor',
            'contrib.hutchinson_estimator_diag_hessian',
            'scale_by_factored_rms',
        )
    }
    self.assertEqual(found, expected)


class MainTest(absltest.TestCase):

  OLD = 'import optax\ni, u = optax.adam(0.1)\n'
  NEW = 'import optax\ntx = optax.adam(0.1)\ni, u = tx.init, tx.update\n'
  LEFT = 'import optax\ninit, update = unknown()\n'

  def setUp(self):
    super().setUp()
    folder = self.enter_context(tempfile.TemporaryDirectory())
    self.folder = pathlib.Path(folder)
    self.file = self.folder / 'inner' / 'a.py'
    self.file.parent.mkdir()
    self.file.write_text(self.OLD)

  def main(self, *args):
    """Returns the exit status, and what is written to stdout and stderr."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
      with contextlib.redirect_stderr(io.StringIO()) as err:
        status = rewrite_tuples.main([*args, str(self.folder)])
    return status, out.getvalue(), err.getvalue()

  def test_shows_a_diff_and_fails(self):
    status, out, _ = self.main()
    self.assertEqual(status, 1)
    self.assertIn('-i, u = optax.adam(0.1)\n+tx = optax.adam(0.1)\n', out)
    self.assertEqual(self.file.read_text(), self.OLD)

  def test_writes_and_succeeds(self):
    status, out, _ = self.main('--write')
    self.assertEqual((status, out), (0, ''))
    self.assertEqual(self.file.read_text(), self.NEW)
    self.assertEqual(self.main()[0], 0)

  def test_lists_what_it_leaves_and_fails(self):
    self.file.write_text(self.LEFT)
    status, _, err = self.main('--write')
    self.assertEqual(status, 1)
    self.assertIn(f'{self.file}:2: ', err)

  def test_lists_what_it_cannot_parse_and_goes_on(self):
    bad = self.folder / 'bad.py'
    (self.folder / 'a_user_of_it.py').write_text(
        'import optax, bad\na, b = bad.make()')
    for code in ('import optax\nprint "Python 2"\n',
                 '# coding: foo\nimport optax\n'):
      bad.write_text(code)
      status, out, err = self.main()
      self.assertEqual(status, 1)
      self.assertIn(f'{bad}:1: cannot be read or rewritten: ', err)
      self.assertNotIn('AttributeError', err)
      self.assertIn(str(self.file), out)

  def test_skips_files_that_do_not_mention_optax(self):
    self.file.write_text('init, update = unknown()\n')
    self.assertEqual(self.main()[0], 0)

  def test_skips_what_is_no_file(self):
    (self.folder / 'lock.py').symlink_to('nobody@host')
    (self.folder / 'folder.py').mkdir()
    self.assertIn('1 files mention optax: 1 to change, 0 ', self.main()[2])

  def test_skips_what_is_hidden_in_a_folder(self):
    self.file.parent.rename(self.folder / '.venv')
    self.file = self.folder / '.a.py'
    self.file.write_text(self.OLD)
    self.assertEqual(self.main()[0], 0)
    with contextlib.redirect_stdout(io.StringIO()):
      self.assertEqual(rewrite_tuples.main([str(self.file)]), 1)

  def test_refuses_a_path_that_is_missing(self):
    with self.assertRaises(SystemExit) as raised:
      self.main(str(self.folder / 'missing'))
    self.assertEqual(raised.exception.code, 2)

  def test_counts_the_notebooks_that_it_skips(self):
    (self.folder / 'optax.ipynb').write_text('{}')
    self.assertIn('1 notebooks were not read.', self.main()[2])

  def test_keeps_line_ends_and_encoding(self):
    old = '# coding: latin-1\r\n# \xe9\r\n' + self.OLD.replace('\n', '\r\n')
    self.file.write_bytes(old.encode('latin-1'))
    self.assertIn('+tx = optax.adam(0.1)', self.main()[1])
    self.main('--write')
    new = '# coding: latin-1\r\n# \xe9\r\n' + self.NEW.replace('\n', '\r\n')
    self.assertEqual(self.file.read_bytes(), new.encode('latin-1'))

  def test_names_its_dependency_for_uv_and_pipx(self):
    text = pathlib.Path(rewrite_tuples.__file__).read_text()
    block = re.match(r'# /// script\n((?:# .*\n)+)# ///\n', text)
    self.assertIn('# dependencies = ["libcst', block[1])


if __name__ == '__main__':
  absltest.main()
