"""Tests of tools/export.py, on the source distribution of Optax."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

from absl.testing import absltest

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / 'tools'))

import export  # pylint: disable=g-import-not-at-top
import gallery  # pylint: disable=g-import-not-at-top

_TOML = (ROOT / 'pyproject.toml').read_text()
RELEASE = re.search('optax===([0-9.]+)', _TOML)[1]

_IDENTITY = ('-c', 'user.name=A. Contributor',
             '-c', 'user.email=contributor@example.com')


class ExportTest(absltest.TestCase):

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    cls.folder = pathlib.Path(tempfile.mkdtemp())
    cls.addClassCleanup(shutil.rmtree, cls.folder)
    done = subprocess.run(
        (sys.executable, '-m', 'pip', 'download', '-q', '--no-deps',
         '--no-binary', ':all:', '-d', cls.folder, f'optax=={RELEASE}'),
        capture_output=True, text=True)
    if done.returncode:
      raise unittest.SkipTest(f'no source distribution: {done.stderr}')
    with tarfile.open(cls.folder / f'optax-{RELEASE}.tar.gz') as archive:
      archive.extractall(cls.folder, filter='data')
    cls.upstream = cls.folder / f'optax-{RELEASE}'
    (cls.upstream / 'docs/api').mkdir(parents=True)  # They are not in it.
    (cls.upstream / 'docs/index.rst').write_text('   api/optimizer_schedules\n')
    (cls.upstream / 'docs/images/examples').mkdir(parents=True)
    (cls.upstream / 'docs/gallery.rst').write_text(gallery.END)
    (cls.upstream / 'examples').mkdir()
    cls.git('init', '-q')
    cls.git('config', 'user.name', 'A. Contributor')
    cls.git('config', 'user.email', 'contributor@example.com')
    cls.git('add', '-A')
    cls.git('commit', '-qm', RELEASE)
    cls.git('branch', 'release')
    cls.done = cls.export()

  @classmethod
  def git(cls, *args):
    return subprocess.run(
        ('git', *args), cwd=cls.upstream, check=True, text=True,
        capture_output=True).stdout

  @classmethod
  def export(cls, root=ROOT, upstream=None):
    return subprocess.run(
        (sys.executable, root / 'tools/export.py', upstream or cls.upstream,
         '--onto', 'release'), capture_output=True, text=True)

  def changed_copy(self):
    """Returns a copy of this repository, with a checkout `up` of upstream."""
    root = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory()))
    for name in ('optax', 'tools', 'patches', 'docs'):
      shutil.copytree(ROOT / name, root / name)
    self.git('clone', '-q', '-b', 'release', *_IDENTITY, self.upstream,
             root / 'up')
    return root

  def show(self, branch, path):
    return self.git('show', f'pytree/{branch}:{path}')

  def files(self, branch):
    return self.git('ls-tree', '-r', '--name-only', f'pytree/{branch}').split()

  def test_makes_every_branch(self):
    self.assertEqual(self.done.returncode, 0, self.done.stderr)
    branches = re.findall(r'^\| ([a-z-]+) \| \d+', self.done.stdout, re.M)
    self.assertEqual(branches, [entry.branch for entry in export.SERIES])
    for branch in branches:
      with self.subTest(branch):
        parents = self.git('rev-list', '--count', f'release..pytree/{branch}')
        self.assertGreater(int(parents), 0)

  def test_each_commit_imports_without_what_comes_later(self):
    for branch in self.git('branch', '--format=%(refname:short)',
                           '--list', 'pytree/*').split():
      with self.subTest(branch), tempfile.TemporaryDirectory() as folder:
        self.git('worktree', 'add', '-qf', '--detach', folder, branch)
        subprocess.run(
            (sys.executable, '-c', 'import optax; optax.adam(0.1)'),
            cwd=folder, check=True)
        self.git('worktree', 'remove', '-f', folder)

  def test_new_files_have_the_licence(self):
    header = self.show('core', 'optax/__init__.py').split('"""')[0]
    for branch in ('functions', 'deprecation'):
      names = self.git('diff', '--name-only', '--diff-filter=A', 'release',
                       f'pytree/{branch}', '--', '*.py').split()
      for name in names:
        with self.subTest(name):
          self.assertTrue(self.show(branch, name).startswith(header))

  def test_holds_no_stub_and_nothing_that_upstream_does_not_install(self):
    files = self.files('functions')
    self.assertIn('optax/pytree/_functions_test.py', files)
    self.assertNoCommonElements(
        files, [f for f in files if f.endswith('.pyi') or 'tools/' in f])
    for name in files:
      if name.startswith('optax/pytree/'):
        self.assertNotRegex(
            self.show('functions', name),
            r'(?m)^ *(import|from) (cloudpickle|equinox|hypothesis|orbax)')

  def test_the_last_commit_has_our_modules(self):
    for path in (ROOT / 'optax/pytree').glob('*.py'):
      if not path.name.endswith('_test.py'):
        with self.subTest(path.name):
          text = self.show('functions', f'optax/pytree/{path.name}')
          self.assertEndsWith(text, path.read_text())

  def test_the_core_is_without_what_later_commits_add(self):
    files = self.files('core')
    self.assertNotIn('optax/pytree/_functions.py', files)
    self.assertNotIn('_trial', self.show('core', 'optax/pytree/_optimizer.py'))
    self.assertNotIn(
        'def hyperparams', self.show('states', 'optax/pytree/_optimizer.py'))
    self.assertNotIn('lamb', self.show('core', 'optax/pytree/__init__.py'))
    self.assertNotIn(
        '_functions', self.show('flax', 'optax/pytree/_values.py'))
    tests = self.show('core', 'optax/pytree/_optimizer_test.py')
    self.assertIn('def test', tests)
    self.assertNotIn('o.chain', tests)

  def test_the_core_has_less_than_500_lines_of_code(self):
    sizes = re.search(r'^\| core \| (\d+)', self.done.stdout, re.M)
    self.assertBetween(int(sizes[1]), 300, 499)

  def test_the_notebook_comes_with_the_schedules(self):
    name = 'examples/optimizers_as_pytrees.ipynb'
    self.assertNotIn(name, self.files('classes'))
    notebook = json.loads(self.show('schedules', name))
    self.assertIn('Open in Colab', notebook['cells'][0]['source'][2])
    self.assertEqual(self.show('functions', 'docs/gallery.rst').count(
        ':doc:`_collections/examples/optimizers_as_pytrees`'), 1)

  def test_the_reference_has_the_classes_of_each_commit(self):
    entries = lambda text: re.findall(r'^ {4}(\w+)$', text, re.M)
    ours = entries((ROOT / 'docs/api/pytree.rst').read_text())
    page = self.show('functions', 'docs/api/pytree.rst')
    self.assertEqual(entries(page), ours)
    self.assertNotIn('nosignatures', page)
    self.assertEqual(
        entries(self.show('core', 'docs/api/pytree.rst')),
        ['Optimizer', 'wrap', 'adam', 'adamw', 'sgd'])
    self.assertIn('api/pytree\n', self.show('core', 'docs/index.rst'))

  def test_names_have_what_is_new_in_a_checkout(self):
    root = self.changed_copy()
    alias = root / 'up/optax/_src/alias.py'
    alias.write_text(alias.read_text().replace('def yogi(', 'def yogi(new, '))
    names = subprocess.run(
        (sys.executable, ROOT / 'tests/upstream_names.py'), text=True,
        env={**os.environ, 'PYTHONPATH': str(root / 'up')}, check=True,
        capture_output=True).stdout
    self.assertIn('\noptax.yogi new\n', names)

  def test_refuses_a_dirty_tree(self):
    path = self.upstream / 'new.txt'
    path.write_text('x')
    self.addCleanup(path.unlink)
    self.assertIn('has changes', self.export().stderr)

  def test_says_which_hunk_fails(self):
    root = self.changed_copy()
    patch = root / 'patches/series/traced-peak.patch'
    patch.write_text(patch.read_text().replace('def test_mono', 'def test_mo'))
    self.assertIn('patch failed: optax/schedules/_schedule_test.py:',
                  self.export(root, root / 'up').stderr)

  def test_refuses_a_file_that_is_in_no_commit(self):
    root = self.changed_copy()
    (root / 'optax/pytree/_new.py').touch()
    self.assertIn('pytree/_new.py', self.export(root, root / 'up').stderr)


if __name__ == '__main__':
  absltest.main()
