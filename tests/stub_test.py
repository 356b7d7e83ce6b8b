"""Tests of the type stubs: that they are up to date, and of who reads them."""

import ast
import importlib
import inspect
import pathlib
import subprocess
import sys
import tempfile
import types

from absl.testing import absltest
import jedi
import optax
from optax import contrib

ROOT = pathlib.Path(__file__).parents[1]
sys.path.append(str(ROOT / 'tools'))
import make_stub

USE = '''
import jax.numpy as jnp
import optax

params = {'w': jnp.ones(2)}
updates, opt = optax.pytree.adam(1e-3).init(params).update(params, params)
reveal_type(opt)
opt.replace(lerning_rate=0.1)
opt.update(params, opt.opt_state, params)
optax.apply_updates(params, updates)
'''

CHAIN = '''
class chain(Optimizer):
  """Applies a list of chainable update transformations."""
  args: Final[tuple[Any, ...]]
  def __init__(
      self,
      *args: base.GradientTransformation | Optimizer,
  ) -> None: ...
'''


class StubTest(absltest.TestCase):

  def pyright(self, *files, cwd=ROOT):
    command = [sys.executable, '-m', 'pyright', '--pythonpath', sys.executable]
    done = subprocess.run(
        [*command, *files], cwd=cwd, stdout=subprocess.PIPE, text=True
    )
    self.assertEqual(done.returncode, 0, done.stdout)

  def test_is_up_to_date(self):
    for path, module in make_stub.STUBS.items():
      with self.subTest(path):
        text = make_stub.stub(importlib.import_module(module))
        self.assertEqual(
            (ROOT / path).read_text(), text, 'Run python tools/make_stub.py'
        )

  def test_has_every_public_name(self):
    for path, module in make_stub.STUBS.items():
      with self.subTest(path):
        names = set()
        for node in ast.parse((ROOT / path).read_text()).body:
          if isinstance(node, ast.ClassDef):
            names.add(node.name)
          elif isinstance(node, ast.ImportFrom):
            names |= {x.name for x in node.names if x.asname == x.name}
          elif isinstance(node, ast.Assign):
            names |= {x.id for x in node.targets if isinstance(x, ast.Name)}
        module = importlib.import_module(module)
        self.assertContainsSubset([
            name for name, value in vars(module).items()
            if not (name.startswith('_') or inspect.ismodule(value))
        ], names)

  def test_sample(self):
    self.pyright('tests/typing_sample.py')

  def test_package(self):
    files = (ROOT / 'optax/pytree').glob('*.py*')
    self.pyright(*(file for file in files if 'test' not in file.name))

  def test_mypy(self):
    with tempfile.TemporaryDirectory() as directory:
      pathlib.Path(directory, 'use.py').write_text(USE)
      done = subprocess.run(
          (sys.executable, '-m', 'mypy', '--follow-untyped-imports', 'use.py'),
          cwd=directory, stdout=subprocess.PIPE, text=True,
      )
    found = [line.split(': ')[:2] for line in done.stdout.splitlines()[:-1]]
    self.assertEqual(found, [
        ['use.py:7', 'note'],
        ['use.py:8', 'error'],
        ['use.py:8', 'note'],
        ['use.py:9', 'error'],
    ], done.stdout)
    self.assertIn('"optax.pytree.adam"', done.stdout)

  def test_completion_after_update(self):
    names = {x.name for x in jedi.Script(f'{USE}opt.').complete()}
    self.assertContainsSubset({'learning_rate', 'b1', 'opt_state'}, names)

  def test_other_kinds_of_factories(self):
    module = types.ModuleType('sample')
    for factory in (
        optax.chain,
        optax.MultiSteps,  # A class.
        optax.scale_by_distance_over_gradients,  # Without annotations.
        contrib.muon,  # Has types of its own module, and long ones.
    ):
      setattr(module, factory.__name__, optax.pytree.wrap(factory))
    text = make_stub.stub(module)
    self.assertIn(CHAIN, text)
    with tempfile.TemporaryDirectory() as directory:
      pathlib.Path(directory, 'sample.pyi').write_text(text)
      self.pyright('sample.pyi', cwd=directory)


if __name__ == '__main__':
  absltest.main()
