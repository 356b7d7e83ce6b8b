"""Tests of the build: each builds the fork from a copy of this checkout."""

import email
import importlib.metadata
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
import zipfile

from absl.testing import absltest
from absl.testing import parameterized

ROOT = pathlib.Path(__file__).parents[1]
_TOML = (ROOT / 'pyproject.toml').read_text()
RELEASE = re.search('optax===([0-9.]+)', _TOML)[1]

# Upstream and what builds the fork, apart from the packages of this process,
# among which is the fork itself. Set by setUpModule.
TOOLS = pathlib.Path()


def setUpModule():
  global TOOLS
  TOOLS = pathlib.Path(tempfile.mkdtemp())
  install = [sys.executable, '-m', 'pip', 'install', '-q', '--target', TOOLS]
  run(*install, 'hatchling', 'patch-ng')
  run(*install, '--no-deps', f'optax==={RELEASE}')


def tearDownModule():
  shutil.rmtree(TOOLS)


def run(*command, ok=True, **kwargs):
  """Runs a command and returns what it printed."""
  done = subprocess.run(
      command,
      stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT,
      text=True,
      **kwargs,
  )
  if (done.returncode == 0) != ok:
    raise AssertionError(f'{command} ended so:\n{done.stdout}')
  return done.stdout


def upstream():
  """Returns the contents of upstream's files by name."""
  (found,) = importlib.metadata.distributions(name='optax', path=[str(TOOLS)])
  return {str(f): f.read_binary() for f in found.files if f.suffix != '.pyc'}


def requirements(metadata):
  """Returns the dependencies in a METADATA file, without those of extras."""
  all_ = email.message_from_bytes(metadata).get_all('Requires-Dist')
  return {r.replace(' ', '') for r in all_ if 'extra' not in r}


class BuildTestCase(parameterized.TestCase):

  def setUp(self):
    super().setUp()
    self.tmp = pathlib.Path(tempfile.mkdtemp()).resolve()
    self.addCleanup(shutil.rmtree, self.tmp)
    self.repo = self.tmp / 'repo'
    files = run(
        'git', 'ls-files', '-co', '--exclude-standard', '-z', cwd=ROOT
    )
    for name in filter(None, files.split('\0')):
      if (ROOT / name).exists():
        self.write(name, (ROOT / name).read_bytes())

  def write(self, name, content):
    path = self.repo / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
      content = content.encode()
    path.write_bytes(content)

  def edit(self, name, old, new):
    text = (self.repo / name).read_text()
    self.assertIn(old, text)
    self.write(name, text.replace(old, new, 1))

  def wheel(self, source=None, ok=True):
    """Builds a wheel and returns its contents by name, or pip's output."""
    dist = self.tmp / 'dist'
    shutil.rmtree(dist, ignore_errors=True)
    printed = run(
        *(sys.executable, '-m', 'pip', 'wheel', '--no-deps'),
        *('--no-build-isolation', '-w', dist, source or self.repo),
        env={**os.environ, 'PYTHONPATH': str(TOOLS)},
        ok=ok,
    )
    if not ok:
      return printed
    (path,) = dist.iterdir()
    with zipfile.ZipFile(path) as archive:
      return {name: archive.read(name) for name in archive.namelist()}


class WheelTest(BuildTestCase):

  def test_is_upstream_patched_with_ours_over_it(self):
    self.write('optax/_src/new_module.py', 'x = 1\n')
    wheel = self.wheel()
    theirs = {k: v for k, v in upstream().items() if k.startswith('optax/')}
    ours = [
        str(path.relative_to(self.repo))
        for path in (self.repo / 'optax').rglob('*')
        if path.is_file()
    ]
    self.assertIn('optax/pytree/__init__.py', ours)
    self.assertCountEqual(
        [*theirs, *ours], [k for k in wheel if k.startswith('optax/')]
    )
    for name in ours:
      self.assertEqual(wheel[name], (self.repo / name).read_bytes(), name)
    patches = (self.repo / 'patches').glob('*.patch')
    patched = re.findall(
        r'^\+\+\+ b/(.*)$', '\n'.join(p.read_text() for p in patches), re.M
    )
    for name, content in theirs.items():
      check = self.assertNotEqual if name in patched else self.assertEqual
      check(wheel[name], content, name)
    self.assertIn(b'from optax import pytree\n', wheel['optax/__init__.py'])
    self.assertIn(b'    "pytree",\n', wheel['optax/__init__.py'])

  def test_carries_upstreams_licence_and_dependencies(self):
    wheel = self.wheel()
    ours = re.search('^version = "(.*)"$', _TOML, re.M)[1]
    info, theirs = f'optax-{ours}.dist-info', f'optax-{RELEASE}.dist-info'
    self.assertStartsWith(ours, f'{RELEASE}+pytree.')
    self.assertEqual(
        wheel[f'{info}/licenses/optax/LICENSE'],
        upstream()[f'{theirs}/licenses/LICENSE'],
    )
    self.assertIn(f'{info}/licenses/LICENSE', wheel)
    self.assertEqual(
        requirements(wheel[f'{info}/METADATA']),
        requirements(upstream()[f'{theirs}/METADATA']),
    )

  def test_from_an_sdist_is_the_same(self):
    # Without TOOLS but for hatchling: an sdist needs no upstream.
    code = (
        'import sys, hatchling.build as b;'
        'assert b.get_requires_for_build_sdist() == [];'
        'b.build_sdist(sys.argv[1])'
    )
    shutil.copytree(
        TOOLS, self.tmp / 'tools', ignore=lambda *_: ['optax', 'patch_ng.py']
    )
    env = {**os.environ, 'PYTHONPATH': str(self.tmp / 'tools')}
    run(sys.executable, '-c', code, self.tmp, cwd=self.repo, env=env)
    (sdist,) = self.tmp.glob('*.tar.gz')
    with tarfile.open(sdist) as archive:
      names = [name.partition('/')[2] for name in archive.getnames()]
    self.assertIn('tests/build_test.py', names)
    self.assertNotIn('optax/__init__.py', names)
    self.assertEqual(self.wheel(sdist), self.wheel())


class RefusalTest(BuildTestCase):

  def refuse(self, sentence):
    self.assertIn(sentence, self.wheel(ok=False))

  def test_wrong_release_of_upstream(self):
    self.edit('pyproject.toml', f'"{RELEASE}+pytree', '"0.2.1+pytree')
    self.refuse(
        f'is composed from optax 0.2.1, but the build environment holds'
        f' {RELEASE}: make the version and "optax===..." in pyproject.toml'
        ' agree, and install that release if you build without isolation.'
    )

  @parameterized.parameters(
      ('"jax>=0.5.3"', '"jax>=0.6"', 'jax>=0.5.3, jax>=0.6'),
      ('"numpy>=1.18.0"', '"numpy>=1.18.0", "chex"', 'chex'),
  )
  def test_other_dependencies(self, old, new, differ):
    self.edit('pyproject.toml', old, new)
    self.refuse(
        'The dependencies in pyproject.toml have to be those of optax'
        f' {RELEASE}, but these are not in both: {differ}.'
    )

  @parameterized.named_parameters(
      ('of_another_release', 'from optax import projections', 'import other'),
      ('of_a_missing_file', 'optax/CHANGELOG.md', 'optax/MISSING.md'),
      ('that_is_no_patch', '', None),
  )
  def test_patch(self, old, new):
    (patch,) = (self.repo / 'patches').glob('0001-*.patch')
    text = patch.read_text()
    self.assertIn(old, text)
    patch.write_text('' if new is None else text.replace(old, new))
    self.refuse(
        f'patches/{patch.name} does not apply, or is already in: make it anew'
        f' for optax {RELEASE}.'
    )

  def test_patch_that_is_already_in(self):
    (patch,) = (self.repo / 'patches').glob('0001-*.patch')
    shutil.copy(patch, patch.with_name('9999-again.patch'))
    self.refuse('patches/9999-again.patch does not apply, or is already in')

  def test_file_that_would_replace_one_of_upstreams(self):
    self.write('optax/_src/alias.py', '')
    self.refuse(
        'optax/_src/alias.py would replace a file of upstream optax: change'
        ' that file by a patch in patches/, or give yours another name.'
    )


class EditableTest(BuildTestCase):

  def test_is_live(self):
    # An environment that sees TOOLS and then the packages of this process.
    # pip's `_optax.pth` comes before `parents.pth`.
    venv.create(self.tmp / 'env')
    python = self.tmp / 'env' / 'bin' / 'python'
    (site,) = (self.tmp / 'env').glob('lib/*/site-packages')
    packages = sysconfig.get_path('purelib')
    (site / 'parents.pth').write_text(f'{TOOLS}\n{packages}\n')
    run(
        *(sys.executable, '-m', 'pip', '--python', python, 'install', '-q'),
        *('--no-build-isolation', '--no-deps', '-e', self.repo),
    )
    self.assertEqual(
        (site / '_optax.pth').read_text(), f'{self.repo}/build/editable'
    )

    self.write('optax/pytree/live.py', 'from optax._src import live_too\n')
    self.write('optax/_src/live_too.py', 'import optax._src.alias\n')
    self.write(
        'optax/pytree/_live_test.py',
        'def test_name():\n  assert __name__ == "optax.pytree._live_test"\n',
    )
    for cwd in self.repo, self.tmp:
      code = 'import optax.pytree.live as m; print(m.live_too.__file__)'
      self.assertEqual(
          run(python, '-c', code, cwd=cwd),
          f'{self.repo}/optax/_src/live_too.py\n',
      )
    test = 'optax/pytree/_live_test.py'
    run(python, '-m', 'pytest', '-p', 'no:xdist', test, cwd=self.repo)
    linked = self.repo / 'build' / 'editable' / 'optax' / 'pytree' / 'live.py'
    self.assertTrue(linked.samefile(self.repo / 'optax/pytree/live.py'))


class PatchesTest(BuildTestCase):

  def test_git_am_gives_what_the_wheel_holds(self):
    for name, content in upstream().items():
      self.write(f'../git/{name}', content)
    git = ['git', '-c', 'user.name=t', '-c', 'user.email=t@t.invalid']
    env = {**os.environ, 'GIT_CONFIG_GLOBAL': os.devnull}
    for args in (
        ['init', '-q'],
        ['add', '-A', '-f', 'optax'],
        ['commit', '-q', '-m', 'Upstream'],
        ['am', '-3', *sorted((self.repo / 'patches').glob('*.patch'))],
    ):
      run(*git, *args, cwd=self.tmp / 'git', env=env)
    wheel = self.wheel()
    for name in upstream():
      if name.startswith('optax/'):
        content = (self.tmp / 'git' / name).read_bytes()
        self.assertEqual(content, wheel[name], name)


if __name__ == '__main__':
  absltest.main()
