"""Tests of patches/future/: GradientTransformation as a plain class."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from absl.testing import absltest
import optax

ROOT = pathlib.Path(__file__).parents[1]

# The tests of the present that change. Python makes it impossible to load what
# pickle wrote for a named tuple with protocols 0 and 1: they call
# `tuple.__new__` for the class. No function of optax can be pickled so anyway.
CHANGES = [
    *('test_quiet_isinstance_GradientTransformation',
      'test_quiet_isinstance_GradientTransformationExtraArgs',
      'test_quiet_percent_GradientTransformation',
      'test_quiet_percent_GradientTransformationExtraArgs'),
    *('test_loads_what_optax_0_2_8_wrote0',
      'test_loads_what_optax_0_2_8_wrote1'),
]


class FutureTest(absltest.TestCase):

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    folder = tempfile.TemporaryDirectory()
    cls.addClassCleanup(folder.cleanup)
    cls.folder = pathlib.Path(folder.name)
    shutil.copytree(
        pathlib.Path(optax.__file__).parent,
        cls.folder / 'optax',
        ignore=shutil.ignore_patterns('__pycache__'),
    )
    patches = sorted((ROOT / 'patches' / 'future').glob('*.patch'))
    subprocess.run(('git', 'init', '-q'), cwd=cls.folder, check=True)
    subprocess.run(('git', 'apply', *patches), cwd=cls.folder, check=True)

  def failures(self, *args):
    """Runs pytest on the patched copy; returns the names of what failed."""
    done = subprocess.run(
        (sys.executable, '-m', 'pytest', '-q', '--tb=no', '-rfE', *args),
        cwd=self.folder,
        env={**os.environ, 'PYTHONPATH': str(self.folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    self.assertRegex(done.stdout, r'\d+ passed')
    return re.findall(r'^(?:FAILED|ERROR) \S*?(\w+)(?: - .*)?$', done.stdout,
                      re.M)

  def test_the_class_is_no_tuple(self):
    code = (
        'import optax; cls = optax.GradientTransformation;'
        'raise SystemExit(cls.__mro__ != (cls, object))'
    )
    env = {**os.environ, 'PYTHONPATH': str(self.folder)}
    subprocess.run((sys.executable, '-c', code), env=env, check=True)

  def test_does_all_else_as_before(self):
    test = 'optax/_src/sequence_interface_test.py'
    self.assertCountEqual(self.failures(test), CHANGES)

  @unittest.skipUnless('OPTAX_PYTREE_FULL' in os.environ, 'slow')
  def test_upstreams_suite_passes(self):
    ignored = ('--ignore=optax/pytree',
               '--ignore=optax/_src/sequence_interface_test.py')
    self.assertEmpty(self.failures('-n', '2', *ignored, 'optax'))


if __name__ == '__main__':
  absltest.main()
