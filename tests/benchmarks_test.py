"""Tests of the benchmarks: what they count, and that the pages say it."""

import functools
import json
import pathlib
import statistics
import sys
import tempfile
from unittest import mock

from absl.testing import absltest
from matplotlib import image

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / 'benchmarks'))

import measurements  # pylint: disable=g-import-not-at-top
from measurements import ARGUMENT, FUNCTIONAL, INJECT, PYTREE
import report
import workloads

_LEAST = measurements.Effort(
    rounds=2, seconds=0.0, long_rounds=1, processes=2
)


def _published():
  """Returns the rows of benchmarks/results.json, and what else is in it."""
  facts = json.loads((ROOT / 'benchmarks' / 'results.json').read_text())
  return [measurements.Row(**row) for row in facts.pop('rows')], facts


class BenchmarksTest(absltest.TestCase):

  @classmethod
  def setUpClass(cls):
    super().setUpClass()
    small = {'2 leaves': workloads.WORKLOADS['2 leaves']}
    swept = {x: measurements.SWEPT[x] for x in ('a schedule with warmup',)}
    with (
        mock.patch.object(workloads, 'WORKLOADS', small),
        mock.patch.object(measurements, 'SWEPT', swept),
    ):
      cls.rows = [
          row for measure in (
              measurements.jitted_step,
              measurements.sweep_of_processes,
              measurements.small_operations,
              measurements.compiled_step,
          ) for row in measure(_LEAST)
      ]

  def rows_of(self, group):
    found = [row for row in self.rows if row.group == group]
    self.assertNotEmpty(found)
    return found

  def test_a_ratio_is_the_median_over_the_rounds(self):
    row = measurements.Row('', '', {'a': [2.0, 9.0, 4.0], 'b': [1.0, 3.0, 1.0]})
    self.assertEqual(row.ratio('a', 'b'), (3.0, 2.5, 3.5))

  def test_every_candidate_has_every_round(self):
    for row in self.rows_of('jitted step'):
      self.assertIn(PYTREE, row.samples)
      for samples in row.samples.values():
        self.assertLen(samples, 2)
        self.assertGreater(min(samples), 0)

  def test_the_operations_are_those_of_functional_optax(self):
    for row in self.rows_of('operations unlike those of the second floor'):
      self.assertEqual(row.samples[PYTREE], [0.0])
      self.assertGreater(row.samples[FUNCTIONAL], [0.0])

  def test_the_processes_of_a_sweep_share_a_compilation(self):
    compiled, found, seconds = self.rows_of('sweep of processes')
    self.assertEqual(
        compiled.samples, {FUNCTIONAL: [2.0], PYTREE: [1.0], INJECT: [1.0]})
    self.assertEqual(
        found.samples, {FUNCTIONAL: [0.0], PYTREE: [1.0], INJECT: [1.0]})
    for samples in seconds.samples.values():
      self.assertLen(samples, 1)  # The first process filled the cache.

  def test_the_peak_memory_is_that_of_functional_optax(self):
    for row in self.rows_of('peak memory, donated'):
      self.assertEqual(row.samples[PYTREE], row.samples[ARGUMENT])

  def test_page_has_every_row(self):
    page = report.page(self.rows, {'jax': '0'}, 'a machine', 'a command')
    for row in self.rows:
      self.assertIn(f'| {row.name} | ', page)

  def test_plots_are_drawn(self):
    for plot in report.plot, report.plot_processes:
      with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'plot.png'
        plot(self.rows, path)
        self.assertGreater(image.imread(path).std(), 0)

  def test_the_page_is_made_of_the_results(self):
    rows, facts = _published()
    page = report.page(rows, **facts)
    self.assertEqual((ROOT / 'docs' / 'benchmarks.md').read_text(), page)

  def test_other_pages_quote_the_results(self):
    rows = {(row.group, row.name): row for row in _published()[0]}

    def ratio(group, name, floor=ARGUMENT, candidate=PYTREE):
      return f'{rows[group, name].ratio(candidate, floor)[0]:.2f}'

    step = functools.partial(ratio, 'jitted step')
    sweep = ratio('sweep', '20 learning rates x 50 steps', FUNCTIONAL)
    compiled = {
        name: f'{count:.0f}' for name, (count,)
        in rows['sweep', 'compilations of the step'].samples.items()
    }
    self.assertEqual((compiled[PYTREE], compiled[INJECT]), ('1', '1'))
    memory = max(ratio(*x) for x in rows if x[0] == 'peak memory, donated')
    construct = 'small operations', 'construct adam'
    imported = 'import', 'import optax, after jax'
    ms = {name: statistics.median(x) * 1e3
          for name, x in rows[imported].samples.items()}
    costs = {
        'jitted step: 2 leaves': step('2 leaves, adam'),
        'MLP 4x64': step('MLP 4x64, adam'),
        'transformer, 10 M': step('transformer, 10 M, adam'),
        '2,000 leaves': f'{step("2,000 leaves, adam")}, and'
        f' {step("2,000 leaves, clipped adamw")} with clipped adamw',
        'eager update, against functional':
            ratio('eager update', 'MLP 4x64, adam', FUNCTIONAL),
        'to construct, against functional':
            f'{ratio(*construct, FUNCTIONAL)}, that is'
            f' {report._amount(rows[construct], PYTREE)}',
        'peak memory': memory,
        '`import optax`, against functional':
            f'{ratio(*imported, FUNCTIONAL)}, that is'
            f' {ms[PYTREE] - ms[FUNCTIONAL]:.0f} ms',
    }
    for page, text in (
        ('README.md', f'take {sweep} of the time'),
        ('README.md',
         f'| Programs for 20 learning rates | {compiled[FUNCTIONAL]} |'
         f' {compiled[INJECT]} | {compiled[PYTREE]} |'),
        ('docs/why.md', f'take {sweep} of the time'),
        ('docs/rfc.md',
         f'compiles the step {compiled[FUNCTIONAL]} times with functional Optax'
         f' and once with `optax.pytree`, and takes {sweep} of the time'),
        ('docs/rfc.md',
         'a step with 2 leaves takes'
         f' {step("2 leaves, adam", FUNCTIONAL, INJECT)} of the time of'
         ' functional Optax with a constant rate, against'
         f' {step("2 leaves, adam", FUNCTIONAL)};'),
        ('docs/rfc.md',
         f'{compiled["eqx.filter_jit"]} compilations in the sweep with'
         ' `eqx.filter_jit`'),
        *(('docs/rfc.md', f'| {name} | {x} |') for name, x in costs.items()),
    ):
      with self.subTest(text):
        if text not in ' '.join((ROOT / page).read_text().split()):
          self.fail(f'{page} should read: {text}')


if __name__ == '__main__':
  absltest.main()
