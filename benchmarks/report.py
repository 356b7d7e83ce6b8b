"""The page, the plot and the JSON of a run."""

from collections.abc import Sequence
import json
import pathlib
import statistics
from typing import Any, NamedTuple

import matplotlib
from matplotlib import pyplot as plt
import measurements
from measurements import ARGUMENT, FUNCTIONAL, INJECT, PROCESSES, PYTREE

matplotlib.use('Agg')


class Target(NamedTuple):
  """What the pytree candidate is held to: its ratio to a floor, at the most."""

  group: str
  prefix: str  # Of the names of the rows.
  floor: str
  limit: float


TARGETS = (
    Target('jitted step', 'MLP 4x64', ARGUMENT, 1.02),
    Target('jitted step', 'transformer', ARGUMENT, 1.02),
    Target('jitted step', '200 leaves', ARGUMENT, 1.03),
    Target('jitted step', '2,000 leaves', ARGUMENT, 1.03),
    Target('jitted step', '2 leaves', ARGUMENT, 1.10),
    Target('eager update', '', FUNCTIONAL, 1.05),
    Target('trace and compile', '', FUNCTIONAL, 1.03),
    Target('peak memory, donated', '', ARGUMENT, 1.00),
    Target('sweep', '20 learning rates', FUNCTIONAL, 0.20),
    Target(PROCESSES, f'{measurements.COMPILATIONS} in 20', FUNCTIONAL, 0.05),
    Target('small operations', 'construct adam', FUNCTIONAL, 5.0),
    Target('small operations', 'change the learning rate of a chain',
           measurements.NOT_IN_CHAIN, 3.0),
    Target('small operations', 'hyperparams of adam',
           measurements.LEAVES, 5.0),
)


def _cell(row: measurements.Row, candidate: str, floor: str) -> str:
  median, low, high = row.ratio(candidate, floor)
  if low == high:
    return f'{median:.2f}'
  return f'{median:.2f} ({low:.2f}–{high:.2f})'


def _amount(row: measurements.Row, candidate: str) -> str:
  median = statistics.median(row.samples[candidate])
  if row.unit == 's':
    scale, unit = next(x for x in ((1e6, 'µs'), (1e3, 'ms'), (1, 's'))
                       if median * x[0] < 1000 or x[0] == 1)
    return f'{median * scale:.3g} {unit}'
  return f'{median:,.0f} {row.unit}'.strip()


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
  return '\n'.join(
      f'| {" | ".join(x)} |' for x in (header, ['---'] * len(header), *rows)
  )


def _group_table(rows: Sequence[measurements.Row]) -> str:
  """Returns the ratios of all candidates to the first one."""
  names = list(rows[0].samples)
  first, *others = names
  body = []
  for row in rows:
    ratio = lambda name, row=row: (
        _cell(row, name, first) if row.samples[first][0] and row.unit
        else _amount(row, name)
    )
    body.append([row.name, _amount(row, first),
                 *(ratio(x) if x in row.samples else '–' for x in others)])
  return _table(['', *names], body)


def _verdict(ratios: tuple[float, float, float], limit: float) -> str:
  median, low, _ = ratios
  if round(median, 2) <= limit:
    return 'reached'
  return 'within the spread' if low <= limit else 'not reached'


def _target_rows(rows: Sequence[measurements.Row]) -> list[list[str]]:
  """Returns each target with what was measured."""
  found = []
  for target in TARGETS:
    for row in rows:
      if row.group == target.group and row.name.startswith(target.prefix):
        ratios = row.ratio(PYTREE, target.floor)
        found.append([
            f'{row.group}: {row.name}', target.floor, f'{target.limit:.2f}',
            _cell(row, PYTREE, target.floor), _verdict(ratios, target.limit),
        ])
  for row in rows:
    if row.unit == 's' and {PYTREE, INJECT} <= row.samples.keys():
      found.append([
          f'{row.group}: {row.name}', INJECT, '1.00',
          _cell(row, PYTREE, INJECT),
          _verdict(row.ratio(PYTREE, INJECT), 1.0),
      ])
  return found


def page(
    rows: Sequence[measurements.Row], versions: dict[str, str], machine: str,
    command: str,
) -> str:
  """Returns the page of the documentation, in Markdown."""
  groups = {row.group: [] for row in rows}
  for row in rows:
    groups[row.group].append(row)
  software = ', '.join(f'{k} {v}' for k, v in versions.items())
  parts = [
      '# Benchmarks',
      f"""\
Made by `{command}`
with {software},
on {machine}.
The numbers of each round are in `benchmarks/results.json`. To reproduce it, run
the same command in a checkout; tjax needs that Python.

All candidates work in turn in one process, round after round. A cell is the
median over the rounds of the ratio to the first candidate in the same round,
with the quartiles in parentheses; below 1 is faster. There are two floors:
functional Optax with the learning rate closed over, a constant that the
compiler folds, and functional Optax with the learning rate as an argument of
the jitted step, which is what `optax.pytree` compiles to: the operations in the
compiled programs are counted, at the end. Hence a target is also taken as met
where it lies within the spread, above the lower quartile, of a median that
misses it. What `optax.pytree` adds to a call is flatten and unflatten, a few
microseconds (small operations, below); the rest of a row's distance from 1 is
how the time of one and the same program varies.""",
      '![Time of the jitted step](_static/benchmarks.png)',
      '## Targets',
      _table(['measured', 'floor', 'at most', 'optax.pytree', ''],
             _target_rows(rows)),
  ]
  for name, members in groups.items():
    # One table for the rows that have the same candidates.
    parts.append(f'## {name.capitalize()}')
    if name == PROCESSES:
      parts += ["""\
A process for each learning rate, as on a cluster, with JAX's persistent
compilation cache, which is empty at first. JAX's events tell whether a process
compiles its step or finds it there. The time is that from making the optimizer
to the end of the first step; starting Python and the imports are not in it.""",
                '![A sweep of processes](_static/benchmarks_processes.png)']
    for candidates in dict.fromkeys(tuple(row.samples) for row in members):
      parts.append(_group_table(
          [row for row in members if tuple(row.samples) == candidates]
      ))
  return '\n\n'.join(parts) + '\n'


def as_json(rows: Sequence[measurements.Row], **facts: Any) -> str:
  return json.dumps({**facts, 'rows': [row._asdict() for row in rows]}) + '\n'


def plot(rows: Sequence[measurements.Row], path: pathlib.Path) -> None:
  """Draws the ratios of the jitted steps to the first floor."""
  rows = [row for row in rows if row.group == 'jitted step']
  names = [x for x in rows[0].samples if x != FUNCTIONAL]
  figure, axes = plt.subplots(figsize=(9, 5), layout='constrained')
  height = 0.85 / len(names)
  for i, name in enumerate(names):
    places = [j for j, row in enumerate(rows) if name in row.samples]
    ratios = [rows[j].ratio(name, FUNCTIONAL) for j in places]
    axes.barh(
        [j + (i - len(names) / 2) * height for j in places],
        [median for median, _, _ in ratios], height, label=name,
        xerr=[[median - low for median, low, _ in ratios],
              [high - median for median, _, high in ratios]],
    )
  axes.axvline(1.0, color='black', linewidth=0.8)
  axes.set(xscale='log', xlabel='time of a step / functional optax',
           yticks=range(len(rows)), yticklabels=[row.name for row in rows])
  axes.set_xticks([1, 2, 5, 10, 20], labels=['1', '2', '5', '10', '20'])
  axes.invert_yaxis()
  axes.legend()
  figure.savefig(path, dpi=120)


def plot_processes(
    rows: Sequence[measurements.Row], path: pathlib.Path
) -> None:
  """Draws how often the processes of a sweep compile, and their times."""
  figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout='constrained',
                              sharey=True)
  for ax, start, title in (
      (axes[0], measurements.COMPILATIONS, None),
      (axes[1], measurements.FIRST_STEP, 'seconds to the first step'),
  ):
    found = [row for row in rows
             if row.group == PROCESSES and row.name.startswith(start)]
    for i, name in enumerate(found[0].samples):
      ax.barh([j + (i - 1) * 0.28 for j in range(len(found))],
              [statistics.median(row.samples[name]) for row in found],
              0.28, label=name)
    what, swept = zip(*(row.name.split(', ') for row in found))
    ax.set(xlabel=title or what[0], yticks=range(len(found)),
           yticklabels=swept)
  axes[0].invert_yaxis()
  figure.legend(*axes[0].get_legend_handles_labels(), ncols=3,
                loc='outside upper center')
  figure.savefig(path, dpi=120)
