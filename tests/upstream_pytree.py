"""Runs upstream's own tests against the pytree classes.

  python tests/upstream_pytree.py [pytest's options]

A pytest plugin. In place of each factory that `optax.pytree` has a class for,
upstream's unchanged test modules see one that returns
`optax.pytree.NAME(...).as_gradient_transformation()`; optax itself does not.
Where such a transformation is an argument, the optimizer is passed on, as a
user of `optax.pytree.chain` would write it. Where a test reads the functional
state, it gets `opt.opt_state`.

The run fails if a file updates no optimizer (nor fails, as it does only with
one) or if fewer than 95 % pass.
"""

import builtins
import collections
import contextlib
import fnmatch
import functools
import operator
import pathlib
import sys
import types
import unittest

import jax
import optax
from optax._src import test_utils
import pytest

FILES = [f'optax.{name}_test' for name in """
    _src.alias _src.base _src.combine _src.factorized _src.float64
    _src.linesearch _src.lookahead _src.sharding _src.transform
    contrib._common contrib._complex_valued contrib._galore contrib._mechanic
    contrib._muon contrib._privacy contrib._reduce_on_plateau contrib._sam
    contrib._schedule_free experimental._aggregating schedules._inject
    schedules._schedule transforms._accumulation transforms._adding
    transforms._clipping transforms._combining transforms._conditionality
    transforms._constraining transforms._freezing transforms._layouts
    transforms._masking transforms._monitoring tree_utils._state_utils
    """.split()]

# Why some tests can't pass: each of these has to fail.
XFAIL = {
    'asserts that the state is a tuple, or equal to one': """
        base_test.py::BaseTest::test_set_to_zero_is_stateless
        base_test.py::Stateless*Test::test_init_returns_emptystate
        combine_test.py::ComposeTest::test_chain
        _combining_test.py::CombiningTest::test_chain
        _state_utils_test.py::StateUtilsTest::test_adam
        _state_utils_test.py::StateUtilsTest::test_dict_based_optimizers
        _state_utils_test.py::StateUtilsTest::test_map_non_params_to_none
        _state_utils_test.py::StateUtilsTest::test_map_params_to_none""",
    'asserts key paths of the state, which begin with .opt_state here': """
        _state_utils_test.py::StateUtilsTest::test_tree_get_all_with_path""",
    'finds an injected number twice: in the state, and in the optimizer': """
        _state_utils_test.py::StateUtilsTest::test_tree_get
        _state_utils_test.py::StateUtilsTest::test_tree_set""",
    'injects hyperparameters; those in the state, the optimizer, win': """
        _inject_test.py::InjectHyperparamsTest::test_overriding_hyperparam
        _inject_test.py::InjectHyperparamsTest::test_updates""",
}

Optimizer = optax.pytree.Optimizer
CLASSES = {
    id(cls._factory): cls
    for module in (optax.pytree, optax.pytree.contrib)
    for cls in vars(module).values() if hasattr(cls, '_factory')
}
# Functions that want the functional state.
READERS = {id(optax.contrib.schedule_free_eval_params)} | {
    id(function) for name, function in vars(test_utils).items()
    if name.startswith('assert_trees_')
}
updates = 0  # How often an optimizer was updated, in this process.
tests = collections.Counter()  # By outcome.
updated = collections.defaultdict(bool)  # By file.
errors = []


class _MultiSteps(optax.GradientTransformationExtraArgs):
  """With the other methods of `optax.MultiSteps`."""

  def gradient_transformation(self):
    return self

  def has_updated(self, opt):
    return opt.has_updated()


def _argument(x):
  """Returns an argument with optimizers for what our factories returned."""
  if isinstance(x, optax.GradientTransformation):
    return getattr(x.update, 'optimizer', x)
  if isinstance(x, dict):
    return {k: _argument(v) for k, v in x.items()}
  return type(x)(map(_argument, x)) if type(x) in (tuple, list) else x


def _factory(cls):
  @functools.wraps(cls._factory)
  def factory(*args, **kwargs):
    opt = cls(*_argument(args), **_argument(kwargs))
    tx = opt.as_gradient_transformation()

    def update(updates, state, *args, **kwargs):
      if not isinstance(state, Optimizer):  # The test has made it itself.
        state = opt.replace(opt_state=() if state is None else state)
      return tx.update(updates, state, *args, **kwargs)

    update.optimizer = opt
    returned = _MultiSteps if cls is optax.pytree.MultiSteps else type(tx)
    return returned(tx.init, update)

  return factory


def _reader(function):
  @functools.wraps(function)
  def reader(*args, **kwargs):
    is_optimizer = lambda x: isinstance(x, Optimizer)
    return function(*jax.tree.map(
        lambda x: x.opt_state if is_optimizer(x) else x, args,
        is_leaf=is_optimizer,
    ), **kwargs)

  return reader


class _Module(types.ModuleType):
  """A module of optax as the tests see it."""

  def __init__(self, module):
    super().__init__(module.__name__)
    self.__wrapped__ = module

  def __getattr__(self, name):
    return _seen_by_tests(getattr(self.__wrapped__, name))


def _seen_by_tests(x):
  if isinstance(x, types.ModuleType) and x.__name__.split('.')[0] == 'optax':
    return _Module(x)
  if id(x) in CLASSES:
    cls = CLASSES[id(x)]
    return _factory(cls) if issubclass(cls, Optimizer) else cls
  return _reader(x) if id(x) in READERS else x


def _import(name, globals=None, *args, real=builtins.__import__, **kwargs):
  module = real(name, globals, *args, **kwargs)
  by_test = globals is not None and globals.get('__name__') in FILES
  return _seen_by_tests(module) if by_test else module


def _forward(method, read):
  """Lets the tests, and nobody else, read fields and items of the state."""
  real = getattr(Optimizer, method)

  def forward(self, *args):
    by_test = sys._getframe(1).f_globals.get('__name__') in FILES
    return read(self.opt_state, *args) if by_test else real(self, *args)

  setattr(Optimizer, method, forward)


def pytest_configure():
  builtins.__import__ = _import
  _forward('__getattr__', getattr)
  _forward('__getitem__', operator.getitem)
  _forward('__iter__', iter)
  real = Optimizer.update

  def update(self, *args, **kwargs):
    global updates
    updates += 1
    return real(self, *args, **kwargs)

  Optimizer.update = update


def pytest_collection_modifyitems(items):
  for item in items:
    for reason, names in XFAIL.items():
      if any(fnmatch.fnmatch(item.nodeid, f'*/{n}') for n in names.split()):
        item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
  before = updates
  with pytest.MonkeyPatch.context() as patch:
    if item.get_closest_marker('xfail'):  # The test fails, not each subtest.
      patch.setattr(unittest.TestCase, 'subTest', contextlib.nullcontext)
    try:
      return (yield)
    finally:
      item.user_properties.append(('updated', updates > before))


def pytest_runtest_logreport(report):  # With xdist, from all workers.
  file = report.nodeid.split('::')[0]
  updated[file] |= False
  if report.when == 'call' and not hasattr(report, 'context'):  # No subtest.
    is_updated = dict(report.user_properties)['updated']
    is_xfailed = hasattr(report, 'wasxfail')  # As optax itself does not.
    updated[file] |= is_updated or is_xfailed
    tests['that update an optimizer'] += is_updated
    tests['xfailed' if is_xfailed else report.outcome] += 1


def pytest_sessionfinish(session):
  if hasattr(session.config, 'workerinput'):  # A worker of xdist.
    return
  errors.extend(
      f'No optimizer was seen in {file}' for file in updated
      if not updated[file]
  )
  run = tests['passed'] + tests['failed'] + tests['xfailed']
  if tests['passed'] < 0.95 * run:
    errors.append(f'Fewer than 95 % of {run} tests passed')
  if errors:
    session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
  counts = ', '.join(f'{n} {outcome}' for outcome, n in tests.items())
  terminalreporter.write_line(f'{len(updated)} files, tests: {counts}')
  for error in errors:
    terminalreporter.write_line(f'ERROR {error}', red=True)


if __name__ == '__main__':
  sys.exit(pytest.main([
      '-p', 'upstream_pytree', '-p', 'no:cacheprovider',
      '--rootdir', str(pathlib.Path(optax.__file__).parents[1]),
      '-o', 'consider_namespace_packages=true',  # optax._src is one.
      *sys.argv[1:], '--pyargs', *FILES,
  ]))
