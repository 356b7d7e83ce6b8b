"""Measures optax.pytree against functional optax and other ways to train.

  benchmarks/run.sh           the figures of the documentation, up to an hour
  benchmarks/run.sh --quick   all of it, roughly, in a few minutes

run.sh installs the fork and what it is compared with, and runs this. It writes
the page and the plots to docs/ and the samples to benchmarks/results.json; with
--quick all three to build/benchmarks/. --out chooses another folder for them.
"""

import argparse
from importlib import metadata
import os
import pathlib
import platform
import sys

import measurements
import report
import tqdm

ROOT = pathlib.Path(__file__).parents[1]
PACKAGES = ('jax', 'optax', 'flax', 'equinox', 'tjax')


def _versions() -> dict[str, str]:
  found = {'Python': platform.python_version()}
  for name in PACKAGES:
    try:
      found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
      found[name] = 'not installed'
  return found


def _machine() -> str:
  return f'{os.cpu_count()} cores, {platform.machine()}, {platform.system()}'


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter
  )
  parser.add_argument('--quick', action='store_true')
  parser.add_argument('--out', type=pathlib.Path)
  args = parser.parse_args()
  effort = measurements.QUICK if args.quick else measurements.FULL
  command = (f'PYTHON=python{sys.version_info[0]}.{sys.version_info[1]}'
             f' benchmarks/run.sh{" --quick" * args.quick}')
  out = args.out or (ROOT / 'build' / 'benchmarks' if args.quick else None)
  docs, data = out or ROOT / 'docs', out or ROOT / 'benchmarks'
  (docs / '_static').mkdir(parents=True, exist_ok=True)

  rows = []
  for measure in tqdm.tqdm(measurements.MEASUREMENTS):
    rows += measure(effort)
  facts = {
      'command': command, 'versions': _versions(), 'machine': _machine()
  }
  page = report.page(rows, **facts)
  (docs / 'benchmarks.md').write_text(page)
  (data / 'results.json').write_text(
      report.as_json(rows, **facts)
  )
  report.plot(rows, docs / '_static' / 'benchmarks.png')
  report.plot_processes(rows, docs / '_static' / 'benchmarks_processes.png')
  print(page)


if __name__ == '__main__':
  main()
