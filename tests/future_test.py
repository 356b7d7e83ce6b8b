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

  def run_python(self, *args):
    return subprocess.run(
        (sys.executable, *args),
        cwd=self.folder,
        env={**os.environ, 'PYTHONPATH': str(self.folder)},
        stdout=subprocess.PIPE,
        text=True,
    )

  def test_the_class_is_no_tuple(self):
    code = 'import optax; print(optax.GradientTransformation.__mro__[1:])'
    done = self.run_python('-c', code)
    self.assertEqual(done.stdout, "(<class 'object'>,)\n")

  def test_does_all_else_as_before(self):
    test = 'optax/_src/sequence_interface_test.py'
    done = self.run_python('-m', 'pytest', '-q', '--tb=no', '-rfE', test)
    failed = re.findall(r'^(?:FAILED|ERROR) .*::(\w+)', done.stdout, re.M)
    self.assertCountEqual(failed, CHANGES, done.stdout)

  @unittest.skipUnless('OPTAX_PYTREE_FULL' in os.environ, 'slow')
  def test_upstreams_suite_passes(self):
    ours = [
        f'--ignore={path.relative_to(ROOT)}'
        for path in ROOT.glob('optax/**/*_test.py')
    ]
    done = self.run_python('-m', 'pytest', '-q', '-n', 'auto', *ours, 'optax')
    self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == '__main__':
  absltest.main()
