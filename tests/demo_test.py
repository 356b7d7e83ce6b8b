"""Tests of the demo: the example is run, and what it claims is checked."""

import logging
import pathlib
import pickle
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from unittest import mock

from absl.testing import absltest
from absl.testing import parameterized
import jax
from matplotlib import image
import numpy as np
import optax

EXAMPLE = pathlib.Path(__file__).parents[1] / 'examples' / 'train_digits.py'


class TrainDigitsTest(parameterized.TestCase):

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    folder = tempfile.TemporaryDirectory()
    cls.addClassCleanup(folder.cleanup)
    cls.out = pathlib.Path(folder.name) / 'new' / 'folder'
    cls.done = subprocess.run(
        (sys.executable, EXAMPLE, '--steps=500', '--out', cls.out),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )

  def load(self, name):
    return pickle.loads((self.out / name).read_bytes())

  def test_succeeds_and_shows_no_log(self):
    self.assertEqual(self.done.returncode, 0, self.done.stderr)
    self.assertNotIn('jit(step)', self.done.stdout + self.done.stderr)

  def test_prints_what_happens(self):
    lines = self.done.stdout.splitlines()
    # Without what a progress bar showed before it was full.
    lines = [x for x in lines if x and ('| ' not in x or '| 250/250 ' in x)]
    bar = r'\|█+\| 250/250 steps, loss 0\.\d+\n'
    self.assertRegex(
        '\n'.join(lines),
        r'^opt = adam\(learning_rate=0\.01, .*\)\n'
        rf'  opt\.learning_rate = 0\.01 +{bar}'
        r'  compilations of the step: 1\n'
        r'opt = opt\.replace\(learning_rate=0\.001\)\n'
        rf'  opt\.learning_rate = 0\.001 +{bar}'
        r'  compilations of the step: 1\n'
        r'.*new process\n'
        rf'  opt\.learning_rate = 0\.001 +{bar}'
        r'  same parameters and optimizer, bit for bit: True\n'
        r'test accuracy: (9[789]\.\d|100\.0)%, expected: at least 97%\n'
        r'.*for each of 5 peaks\n'
        rf'(  opt\.peak_value = 0\.\d+ +{bar}){{5}}'
        r'  compilations of the step: 1\n'
        rf'picture: {re.escape(str(self.out))}/digits\.png$',
    )

  def test_resumed_run_equals_uninterrupted_one(self):
    checkpoint = self.load('checkpoint.pkl')
    final, resumed = self.load('final.pkl'), self.load('resumed.pkl')
    self.assertEqual(*map(jax.tree.structure, (final, resumed)))
    for x, y in zip(*map(jax.tree.leaves, (final, resumed))):
      self.assertEqual(np.asarray(x).tobytes(), np.asarray(y).tobytes())

    for (params, opt), steps in (checkpoint, 250), (final, 500):
      self.assertIsInstance(opt, optax.pytree.adam)
      self.assertEqual(opt.opt_state[0].count, steps)
      self.assertAlmostEqual(float(opt.learning_rate), 0.001)
      self.assertEqual(params['w1'].shape, (64, 512))
    self.assertFalse(np.array_equal(checkpoint[0]['w1'], final[0]['w1']))

  def test_picture_shows_something(self):
    picture = image.imread(self.out / 'digits.png')
    self.assertGreater(min(picture.shape[:2]), 400)
    self.assertGreater(np.std(picture), 0.01)

  @parameterized.parameters(
      ('final.pkl', 500, False),
      ('checkpoint.pkl', 500, True),  # Other parameters.
      ('final.pkl', 2, True),  # Low accuracy.
  )
  def test_exit_status(self, resumed, steps, fails):
    out = self.out / f'{steps} {resumed}'
    self.addCleanup(jax.config.update, 'jax_log_compiles', False)
    with (
        mock.patch.object(logging.getLogger('jax'), 'handlers', []),
        mock.patch('sys.argv', ['', f'--steps={steps}', f'--out={out}']),
        # In the place of the new process.
        mock.patch('subprocess.run', lambda *_, **__: shutil.copy(
            out / resumed, out / 'resumed.pkl'
        )),
        self.assertRaises(SystemExit) as end,
    ):
      runpy.run_path(str(EXAMPLE), run_name='__main__')
    self.assertEqual(end.exception.code, fails)


if __name__ == '__main__':
  absltest.main()
