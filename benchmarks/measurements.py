"""What is measured, each row with the candidates in turn in one process."""

import collections
from collections.abc import Callable, Iterator
import functools
import itertools
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any, NamedTuple

import candidates
import jax
import jax.numpy as jnp
import optax
from optax._src import test_utils
import workloads

FUNCTIONAL, ARGUMENT, PYTREE, INJECT = list(candidates.CANDIDATES)[:4]
OPTIMIZERS = {
    'adam': candidates.adam,
    'clipped adamw': candidates.clipped_adamw,
}
SWEPT = {
    'a number': candidates.adam,
    'a schedule with warmup': candidates.warmup_adam,
    'a mask made in the process': candidates.masked_adamw,
    'a functional transformation': candidates.partly_functional,
}
PROCESSES = 'sweep of processes'
COMPILATIONS = 'compilations'
FIRST_STEP = 'second and later processes to the first step'
NOT_IN_CHAIN = 'optax.pytree, not in a chain'
LEAVES = 'jax.tree.leaves'
_RATE = 1e-5  # Small, so that thousands of steps stay in the same regime.
_SWEEP_RATES, _SWEEP_STEPS = 20, 50
_POPULATION = 64

Work = Callable[[int], float]  # Runs that many times; returns the seconds.


class Row(NamedTuple):
  """Some work, with the seconds (or bytes, or a count) of each candidate."""

  group: str
  name: str
  samples: dict[str, list[float]]
  unit: str = 's'

  def ratio(self, candidate: str, floor: str) -> tuple[float, float, float]:
    """Returns the median and the quartiles of the ratios in each round."""
    ratios = [
        x / y for x, y in zip(self.samples[candidate], self.samples[floor])
    ]
    if len(ratios) == 1:
      return ratios[0], ratios[0], ratios[0]
    low, median, high = statistics.quantiles(ratios, method='inclusive')
    return median, low, high


class Effort(NamedTuple):
  rounds: int  # Of work that takes less than a second.
  seconds: float  # That each candidate works in a round.
  long_rounds: int  # Of work that takes seconds.
  processes: int  # Of a sweep, for each candidate.


FULL = Effort(rounds=30, seconds=0.03, long_rounds=5, processes=20)
QUICK = Effort(rounds=5, seconds=0.005, long_rounds=1, processes=3)


def _measure(
    work: dict[str, Work], rounds: int, seconds: float = 0.0
) -> dict[str, list[float]]:
  """Returns seconds, in rounds in which each candidate has its turn."""
  for run in work.values():
    run(1)  # To compile, and to fill the caches.
  number = int(seconds / next(iter(work.values()))(1)) + 1
  samples = {name: [] for name in work}
  for i in range(rounds):
    for name in list(work)[i % len(work):] + list(work)[:i % len(work)]:
      samples[name].append(work[name](number) / number)
  return samples


def _timed(function: Callable[[], Any]) -> Work:
  """Returns the work of calling a function and waiting for what it returns."""

  def run(number):
    start = time.perf_counter()
    for _ in range(number):
      jax.block_until_ready(function())
    return time.perf_counter() - start

  return run


def _steps(step: Callable[..., Any], carry: Any) -> Work:
  """Returns the work of calling a step again and again."""

  def run(number):
    nonlocal carry
    start = time.perf_counter()
    for _ in range(number):
      carry = step(*carry)
    jax.block_until_ready(jax.tree.leaves(carry))
    return time.perf_counter() - start

  return run


def _made(loss: candidates.Loss, optimizer: candidates.Optimizer):
  """Returns the candidates that have the optimizer."""
  made = {}
  for name, candidate in candidates.CANDIDATES.items():
    try:
      made[name] = candidate(loss, optimizer)
    except AttributeError:
      if name != 'tjax':  # Not installed, or without this transformation.
        raise
  return made


def jitted_step(effort: Effort) -> Iterator[Row]:
  for workload_name, make_workload in workloads.WORKLOADS.items():
    for name, optimizer in OPTIMIZERS.items():
      params, loss = make_workload()
      work = {
          name: _steps(*candidate.start(params, _RATE))
          for name, candidate in _made(loss, optimizer).items()
      }
      yield Row('jitted step', f'{workload_name}, {name}',
                _measure(work, effort.rounds, effort.seconds))
      jax.clear_caches()


def _run_sweep(
    candidate: Any, params: Any, steps: int = _SWEEP_STEPS
) -> None:
  """Trains once for each learning rate."""
  for i in range(_SWEEP_RATES):
    step, carry = candidate.start(params, 1e-5 * (i + 1))
    for _ in range(steps):
      carry = step(*carry)
    jax.block_until_ready(jax.tree.leaves(carry))


def _sweep_work(name: str, workload: workloads.Workload) -> Work:

  def run(number):
    del number  # Always once: the caches have to be empty.
    jax.clear_caches()
    start = time.perf_counter()
    candidate = candidates.CANDIDATES[name](workload.loss, candidates.adam)
    _run_sweep(candidate, workload.params)
    return time.perf_counter() - start

  return run


def sweep(effort: Effort) -> Iterator[Row]:
  workload = workloads.mlp()
  made = _made(workload.loss, candidates.adam)
  name = f'{_SWEEP_RATES} learning rates x {_SWEEP_STEPS} steps'
  work = {name: _sweep_work(name, workload) for name in made}
  yield Row('sweep', name, _measure(work, effort.long_rounds))

  compilations = {}
  for name, candidate in made.items():
    jax.clear_caches()
    with test_utils.log_compilations() as found:
      _run_sweep(candidate, workload.params, steps=2)
    compilations[name] = [float(sum(
        bool(re.search(r'\bjit\((step|call|_?fun|cached)', x.getMessage()))
        for x in found
    ))]
  yield Row('sweep', 'compilations of the step', compilations, unit='')


def sweep_of_processes(effort: Effort) -> Iterator[Row]:
  """A process for each learning rate, with a persistent compilation cache."""
  script = pathlib.Path(__file__).with_name('sweep_process.py')
  rows = []
  for optimizer in SWEPT:
    runs = {name: [] for name in (FUNCTIONAL, PYTREE, INJECT)}
    with tempfile.TemporaryDirectory() as folder:
      for i, name in itertools.product(range(effort.processes), runs):
        runs[name].append(json.loads(subprocess.run(
            (sys.executable, script, name, optimizer, str(1e-5 * (i + 1)),
             pathlib.Path(folder) / name),
            check=True, capture_output=True, text=True,
        ).stdout))
    seconds, compiled, found = (
        {name: [run[i] for run in runs[name]] for name in runs}
        for i in range(3)
    )
    total = lambda counts: {name: [sum(x)] for name, x in counts.items()}
    rows += [
        Row(PROCESSES, f'{COMPILATIONS} in {effort.processes} processes,'
            f' {optimizer}', total(compiled), unit=''),
        Row(PROCESSES, f'found in the cache, {optimizer}', total(found),
            unit=''),
        Row(PROCESSES, f'{FIRST_STEP}, {optimizer}',
            {name: x[1:] for name, x in seconds.items()}),
    ]
  yield from sorted(rows, key=lambda row: row.name.partition(',')[0])


def population(effort: Effort) -> Iterator[Row]:
  params, loss = workloads.mlp()
  rates = [1e-5 * (i + 1) for i in range(_POPULATION)]
  work = {}
  for name in (ARGUMENT, PYTREE, INJECT):
    candidate = candidates.CANDIDATES[name](loss, candidates.adam)
    step, _ = candidate.start(params, _RATE)
    carries = [candidate.start(params, rate)[1] for rate in rates]

    def loop(*carries, step=step):
      return [step(*carry) for carry in carries]

    stacked = jax.tree.map(lambda *x: jnp.stack(x), *carries)
    work[f'{name}, loop'] = _steps(loop, carries)
    work[f'{name}, vmap'] = _steps(jax.jit(jax.vmap(step)), stacked)
  yield Row('population', f'a step of {_POPULATION} networks, MLP 4x64',
            _measure(work, effort.rounds, effort.seconds))


def eager_update(effort: Effort) -> Iterator[Row]:
  for name, optimizer in OPTIMIZERS.items():
    params, _ = workloads.mlp()
    grads = jax.tree.map(lambda x: 0.1 * x, params)
    tx = optimizer(optax)(_RATE)
    state = tx.init(params)
    injected = optax.inject_hyperparams(optimizer(optax))(learning_rate=_RATE)
    injected_state = injected.init(params)
    opt = optimizer(optax.pytree)(_RATE).init(params)
    work = {
        FUNCTIONAL: functools.partial(tx.update, grads, state, params),
        PYTREE: functools.partial(opt.update, grads, params),
        INJECT: functools.partial(
            injected.update, grads, injected_state, params
        ),
    }
    work = {name: _timed(update) for name, update in work.items()}
    yield Row('eager update', f'MLP 4x64, {name}',
              _measure(work, effort.rounds, effort.seconds))


def small_operations(effort: Effort) -> Iterator[Row]:
  """Construction, replacement, flatten and unflatten."""
  params, _ = workloads.mlp()
  make_injected = lambda rate: optax.inject_hyperparams(optax.adam)(
      learning_rate=rate
  )
  state = optax.adam(_RATE).init(params)
  opt = optax.pytree.adam(_RATE).init(params)
  injected = make_injected(_RATE).init(params)
  chained = optax.pytree.chain(
      optax.pytree.clip_by_global_norm(1.0), optax.pytree.adam(_RATE)
  ).init(params)
  trees = {FUNCTIONAL: (state, _RATE), PYTREE: opt, INJECT: injected}
  flat = {name: jax.tree.flatten(tree) for name, tree in trees.items()}
  operations = {
      'construct adam': {
          FUNCTIONAL: lambda: optax.adam(_RATE),
          PYTREE: lambda: optax.pytree.adam(_RATE),
          INJECT: lambda: make_injected(_RATE),
      },
      'change the learning rate of adam': {
          FUNCTIONAL: lambda: optax.adam(1e-4),
          PYTREE: lambda: opt.replace(learning_rate=1e-4),
          INJECT: lambda: injected._replace(hyperparams={
              **injected.hyperparams, 'learning_rate': jnp.asarray(1e-4)
          }),
      },
      'change the learning rate of a chain': {
          NOT_IN_CHAIN: lambda: opt.replace(learning_rate=1e-4),
          PYTREE: lambda: chained.replace({'args[1].learning_rate': 1e-4}),
      },
      'hyperparams of adam, MLP 4x64': {
          LEAVES: lambda: jax.tree.leaves(opt),
          PYTREE: lambda: opt.hyperparams,
      },
      'flatten adam, MLP 4x64': {
          name: lambda tree=tree: jax.tree.flatten(tree)
          for name, tree in trees.items()
      },
      'unflatten adam, MLP 4x64': {
          name: lambda leaves=leaves, treedef=treedef: treedef.unflatten(leaves)
          for name, (leaves, treedef) in flat.items()
      },
  }
  for name, functions in operations.items():
    work = {key: _called(function) for key, function in functions.items()}
    yield Row('small operations', name,
              _measure(work, effort.rounds, effort.seconds / 10))


def _called(function: Callable[[], Any]) -> Work:

  def run(number):
    start = time.perf_counter()
    for _ in range(number):
      function()
    return time.perf_counter() - start

  return run


def trace_and_compile(effort: Effort) -> Iterator[Row]:
  """The first call of the step: all but the run itself is overhead."""
  for workload_name in ('MLP 4x64', '200 leaves'):
    params, loss = workloads.WORKLOADS[workload_name]()
    work = {
        name: _first_call(candidates.CANDIDATES[name], loss, params)
        for name in _made(loss, candidates.adam)
    }
    yield Row('trace and compile', f'{workload_name}, adam',
              _measure(work, 3 * effort.long_rounds))


def _first_call(candidate: Any, loss: candidates.Loss, params: Any) -> Work:

  def run(number):
    del number
    jax.clear_caches()
    step, carry = candidate(loss, candidates.adam).start(params, _RATE)
    jax.block_until_ready(jax.tree.leaves(carry))
    return _steps(step, carry)(1)

  return run


def import_time(effort: Effort) -> Iterator[Row]:
  """`import optax` after `import jax`, this one and upstream's release."""
  release = optax.__version__.partition('+')[0]
  code = ('import jax, time; start = time.perf_counter(); import optax;'
          ' print(time.perf_counter() - start)')
  with tempfile.TemporaryDirectory() as folder:
    subprocess.run(
        (sys.executable, '-m', 'pip', 'install', '-q', '--no-deps',
         '--disable-pip-version-check', '--target', folder,
         f'optax==={release}'), check=True,
    )

    def imported(**environment):
      return lambda number: float(subprocess.run(
          (sys.executable, '-c', code), check=True, capture_output=True,
          text=True, env=os.environ | environment,
      ).stdout)

    work = {FUNCTIONAL: imported(PYTHONPATH=folder), PYTREE: imported()}
    yield Row('import', 'import optax, after jax',
              _measure(work, 3 * effort.long_rounds))


def compiled_step(effort: Effort) -> Iterator[Row]:
  """Peak memory of a donated step, and the operations of the compiled one."""
  del effort  # Neither varies.
  for workload_name, make_workload in workloads.WORKLOADS.items():
    for name, optimizer in OPTIMIZERS.items():
      params, loss = make_workload()
      peaks, operations = {}, {}
      for key in (FUNCTIONAL, ARGUMENT, PYTREE, INJECT):
        candidate = candidates.CANDIDATES[key](loss, optimizer)
        step, carry = candidate.start(params, _RATE)
        step = jax.jit(step, donate_argnums=tuple(range(len(carry))))
        compiled = step.lower(*carry).compile()
        memory = compiled.memory_analysis()
        peaks[key] = [float(
            memory.argument_size_in_bytes + memory.output_size_in_bytes
            + memory.temp_size_in_bytes - memory.alias_size_in_bytes
        )]
        operations[key] = collections.Counter(
            re.findall(r'^\s*(?:ROOT )?\S+ = .*? ([\w-]+)\(',
                       compiled.as_text(), re.MULTILINE)
        )
      yield Row('peak memory, donated', f'{workload_name}, {name}', peaks,
                unit='bytes')
      differ = {
          key: [float(sum(((counts - operations[ARGUMENT])
                           + (operations[ARGUMENT] - counts)).values()))]
          for key, counts in operations.items()
      }
      yield Row('operations unlike those of the second floor',
                f'{workload_name}, {name}', differ, unit='')


MEASUREMENTS = (
    jitted_step, sweep, sweep_of_processes, population, eager_update,
    small_operations, trace_and_compile, import_time, compiled_step,
)
