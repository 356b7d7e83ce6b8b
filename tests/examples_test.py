"""Tests that the examples do what they claim; demo_test.py tests the demo."""

import contextlib
import io
import os
import pathlib
import re
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from unittest import mock

from absl.testing import absltest
from absl.testing import parameterized
from matplotlib import image
import matplotlib.pyplot as plt
import numpy as np
from optax.pytree import _test_utils

ROOT = pathlib.Path(__file__).parents[1]
EXAMPLES = ROOT / 'examples'


def _load(name):
  """Returns what a module of the examples defines."""
  with mock.patch('sys.path', [str(EXAMPLES), *sys.path]):
    return runpy.run_path(str(EXAMPLES / f'{name}.py'))


# How the examples are run, the function that they compile, once if they say so,
# and what they print.
_SHOWN = {
    'freeze_and_thaw': (
        '--steps=3', 'step',
        r"head: .* \['layer1', 'layer2'\]\n.*2: .* \['layer1'\]\n.*1: .* \[\]"),
    'gan': ('--steps=60', 'step', r'from 3\.0e-04 to 2\.\de-04'),
    'language_model': (
        '--steps=40', 'step',
        # By hand: 10 updates, one of them for warmup.
        r'0\.0e\+00.*\n.*9\.7e-03.*\n.*7\.5e-03.*\n.*7\.5e-04.*\n.*9\.0e-05'),
    'lbfgs': (
        '--steps=60', 'fit',
        r'L-BFGS: \[([1-5]\d ?){5}\] steps\nAdam: \[(60 ?){5}\] steps'),
    'resume_linen': (
        '--steps=120', 'step',
        r'from step 75: learning rate 0\.001\nsame .*: True'),
    'sweep_ppo': (
        '--rounds=20', 'train', r'(learning rate \de-0\d: .* s\n){6}'),
    'sweep_processes': (
        '--processes=2 --steps=3', 'step',
        r'functional .*2 processes: 2\n(.*\n)+.*pytree: .*2 processes: 1\n'),
    'train_equinox': (
        '--steps=300', 'step',
        r'/ 10: \d\.\de-0[234]\ntest accuracy: 9\d\.\d%'),
    'train_nnx': (
        '--epochs=30', 'step',
        r'learning rate 0\.0033\n(.*\n)*.* accuracy 9\d\.\d%'),
}


class ExamplesTest(parameterized.TestCase):

  def test_every_example_is_tested_and_on_the_page(self):
    examples = {path.stem for path in EXAMPLES.glob('*.py')}
    self.assertEqual(
        examples,
        {'learn_learning_rate', 'plot_hyperparams',
         'population_based_training', 'train_digits', 'train_distributed',
         *_SHOWN})
    page = (ROOT / 'docs' / 'examples.md').read_text()
    for each in r'\(\.\./examples/(\w+)\.py\)', r'^python examples/(\w+)\.py':
      self.assertCountEqual(re.findall(each, page, re.M), examples)

  @parameterized.parameters(*_SHOWN)
  def test_shows(self, name):
    if name == 'train_nnx' and sys.version_info < (3, 11):
      self.skipTest('its last Flax has another nnx.Optimizer.update')
    options, function, pattern = _SHOWN[name]
    folder = self.enter_context(tempfile.TemporaryDirectory())
    out = pathlib.Path(folder) / 'new' / f'{name}.png'
    self.addCleanup(plt.close, 'all')
    with (
        mock.patch('sys.argv', ['', *options.split(), f'--out={out}']),
        contextlib.redirect_stdout(io.StringIO()) as output,
        contextlib.redirect_stderr(io.StringIO()) as bar,
        _test_utils.compilations(function) as compilations,
    ):
      runpy.run_path(str(EXAMPLES / f'{name}.py'), run_name='__main__')
    self.assertRegex(output.getvalue(), pattern)
    self.assertIn('100%', bar.getvalue())
    if 'compiling' in output.getvalue():
      self.assertEqual(output.getvalue().count('compiling'), 1)
      self.assertLen(compilations, 1)
    for picture in out, ROOT / 'docs' / '_static' / f'{name}.png':
      self.assertGreater(np.std(image.imread(picture)), 0.01)
      self.assertLess(picture.stat().st_size, 100_000)


class PopulationBasedTrainingTest(absltest.TestCase):

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    main = _load('population_based_training')['main']
    with (
        contextlib.redirect_stdout(io.StringIO()) as output,
        _test_utils.compilations('train') as cls.compilations,
    ):
      cls.history = main(rounds=4)
    cls.output = output.getvalue()

  def test_all_end_better_than_the_best_began(self):
    (_, first), *_, (_, last) = self.history
    self.assertLess(last.min(), 0.8 * first.min())
    self.assertLess(last.max(), first.min())

  def test_compiles_once(self):
    self.assertLen(self.compilations, 1)

  def test_prints_a_line_for_each_round(self):
    self.assertRegex(
        self.output, r'^(losses from 0\.\d+ to \d+\.\d+\n){4}$')

  def test_better_half_goes_on(self):
    (before, losses), (after, _) = self.history[:2]
    better = losses <= np.median(losses)
    for name in ('learning_rate', 'b1'):
      np.testing.assert_array_equal(after[name][better], before[name][better])

  def test_worse_half_has_perturbed_hyperparameters_of_the_best(self):
    (before, losses), (after, _) = self.history[:2]
    worse, best = losses > np.median(losses), losses.argmin()
    factors = after['learning_rate'][worse] / before['learning_rate'][best]
    self.assertEqual(set(np.round(factors, 4).tolist()), {0.5, 2.0})
    np.testing.assert_allclose(
        after['b1'][worse], before['b1'][best] ** factors, rtol=1e-6)

  def test_has_at_most_60_lines(self):
    text = (EXAMPLES / 'population_based_training.py').read_text()
    self.assertLessEqual(text.count('\n'), 60)


class LearnLearningRateTest(absltest.TestCase):

  def test_learned_rate_beats_the_one_it_started_from(self):
    main = _load('learn_learning_rate')['main']
    self.addCleanup(plt.close, 'all')
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict(main.__globals__, STEPS=200),
        contextlib.redirect_stdout(io.StringIO()) as output,
    ):
      path = pathlib.Path(folder) / 'new' / 'picture.png'
      main(path)
      picture = image.imread(path)
    self.assertGreater(np.std(picture), 0.01)
    number = r'(\d+\.\d+)'
    rows = [
        [float(x) for x in row] for row in re.findall(
            f'^{number} -> {number}; {number} -> {number}$',
            output.getvalue(), re.M)
    ]
    good = main.__globals__['GOOD_RATE']
    self.assertEqual([row[0] for row in rows], [10 * good, good / 10])
    for first_rate, last_rate, fixed, learned in rows:
      self.assertLess(learned, fixed / 2)
      self.assertLess(
          abs(np.log(last_rate / good)), abs(np.log(first_rate / good)))


class PlotHyperparamsTest(absltest.TestCase):

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    cls.example = _load('plot_hyperparams')
    with _test_utils.compilations() as cls.compilations:
      cls.rates = cls.example['train_with_a_manual_drop']()

  def test_learning_rate_warms_up_and_decays(self):
    self.assertEqual(self.rates[0], 0.0)
    self.assertEqual(self.rates.argmax(), 50)
    np.testing.assert_allclose(self.rates.max(), 0.1, rtol=1e-6)
    self.assertLess(self.rates[-1], 1e-4)

  def test_drop_is_seen_in_the_learning_rate(self):
    half = self.example['STEPS'] // 2
    drop = self.rates[half] / self.rates[half - 1]
    np.testing.assert_allclose(drop, 1 / 3, rtol=0.02)

  def test_drop_does_not_recompile(self):
    self.assertLen(self.compilations, 1)

  def test_picture_is_drawn(self):
    folder = self.enter_context(tempfile.TemporaryDirectory())
    path = pathlib.Path(folder) / 'new' / 'picture.png'
    history = [({'learning_rate': np.array([0.1, 0.2])}, np.array([2.0, 1.0]))]
    self.addCleanup(plt.close, 'all')
    self.example['plot'](path, self.rates, history * 3)
    self.assertGreater(np.std(image.imread(path)), 0.01)

  def test_picture_of_the_readme_is_small(self):
    path = ROOT / 'docs' / '_static' / 'hyperparams.png'
    self.assertLess(path.stat().st_size, 100_000)
    self.assertGreater(np.std(image.imread(path)), 0.01)


class TrainDistributedTest(parameterized.TestCase):

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    folder = tempfile.TemporaryDirectory()
    cls.addClassCleanup(folder.cleanup)
    cls.folder = pathlib.Path(folder.name)
    cls.run_to_the_end('whole', processes=2)

  @classmethod
  def command(cls, name, processes):
    return (sys.executable, EXAMPLES / 'train_distributed.py',
            f'--folder={cls.folder / name}', f'--processes={processes}')

  @classmethod
  def run_to_the_end(cls, name, processes, *options):
    return subprocess.run(
        (*cls.command(name, processes), *options), check=True, timeout=240,
        stdout=subprocess.PIPE, text=True,
    ).stdout

  def start(self, name):
    process = subprocess.Popen(
        self.command(name, processes=2), stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )
    self.addCleanup(process.stdout.close)
    timer = threading.Timer(240, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    self.addCleanup(timer.cancel)
    return process

  def assert_same_parameters(self, name, tolerance=None):
    with (
        np.load(self.folder / 'whole' / 'params.npz') as desired,
        np.load(self.folder / name / 'params.npz') as actual,
    ):
      self.assertEqual(set(actual), {'in', 'out'})
      for key in actual:
        if tolerance:
          np.testing.assert_allclose(
              actual[key], desired[key], tolerance, tolerance)
        else:
          self.assertEqual(actual[key].tobytes(), desired[key].tobytes())

  def test_goes_on_bit_for_bit_after_sigkill(self):
    process = self.start('killed')
    for line in process.stdout:
      if line == 'step 130\n':
        os.killpg(process.pid, signal.SIGKILL)
    self.assertEqual(process.wait(), -signal.SIGKILL)
    self.assertFalse((self.folder / 'killed' / 'params.npz').exists())
    output = self.run_to_the_end('killed', processes=2)
    # From a checkpoint, of which the last one may not have been complete.
    first = re.search(r'^step (\d+)$', output, re.M)
    self.assertBetween(int(first[1]), 90, 130)
    self.assert_same_parameters('killed')

  def test_processes_end_when_the_launcher_is_killed(self):
    process = self.start('orphaned')
    for line in process.stdout:  # Until the last process closes it.
      if line == 'step 20\n':
        process.kill()
    self.assertNotEqual(line, 'step 200\n')
    self.assertFalse((self.folder / 'orphaned' / 'params.npz').exists())

  def test_a_run_that_hardly_saves_ends(self):
    self.run_to_the_end('rarely', 2, '--save-every=1000')
    self.assert_same_parameters('rarely')

  @parameterized.parameters(1, 2)
  def test_processes_go_on_from_what_two_wrote(self, processes):
    name = f'on_{processes}'
    shutil.copytree(self.folder / 'whole', self.folder / name)
    (self.folder / name / 'params.npz').unlink()
    shutil.rmtree(self.folder / name / 'checkpoints' / '200')
    output = self.run_to_the_end(name, processes)
    self.assertEqual(
        re.findall('^step .*', output, re.M), ['step 190', 'step 200'])
    # One process sums gradients in another order.
    self.assert_same_parameters(name, None if processes == 2 else 1e-6)


if __name__ == '__main__':
  absltest.main()
