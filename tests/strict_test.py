"""Tests what the strict mode of the deprecation breaks in upstream's suite."""

import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from xml.etree import ElementTree

from absl.testing import absltest
import optax

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = pathlib.Path(optax.__file__).parent

# How many tests of each module unpack a transformation. They are upstream's to
# rewrite.
UNPACK = {
    'combine_test': 7,
    'lookahead_test': 7,
    '_mechanic_test': 1,
    '_accumulation_test': 8,
    '_combining_test': 7,
    '_masking_test': 17,
}


@unittest.skipUnless('OPTAX_PYTREE_FULL' in os.environ, 'slow')
class StrictTest(absltest.TestCase):

  def test_only_what_unpacks_fails(self):
    folder = self.enter_context(tempfile.TemporaryDirectory())
    ours = [
        f'--ignore={PACKAGE.parent / path.relative_to(ROOT)}'
        for path in ROOT.glob('optax/**/*_test.py')
    ]
    subprocess.run(
        (sys.executable, '-m', 'pytest', '-q', '-n', 'auto', '-p',
         'no:cacheprovider', '--junitxml=results.xml', *ours, '--pyargs',
         'optax'),
        cwd=folder,
        env={**os.environ, 'OPTAX_STRICT_TRANSFORMATIONS': '1'},
        stdout=subprocess.DEVNULL,
    )
    failed = collections.Counter()
    for case in ElementTree.parse(f'{folder}/results.xml').iter('testcase'):
      for failure in (*case.iter('failure'), *case.iter('error')):
        with self.subTest(case.get('name')):
          self.assertIn('GradientTransformation as a tuple', failure.text)
        failed[case.get('classname').split('.')[-2]] += 1
    self.assertEqual(failed, UNPACK)


if __name__ == '__main__':
  absltest.main()
