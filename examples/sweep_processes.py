"""Sweeps the learning rate with a process for each, which compile once.

JAX can keep compiled programs in a folder, for other processes. In functional
Optax a learning rate is a constant of the program: each process compiles its
own. Here it is an argument: the first process compiles, for all of them.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
import tqdm

LAYERS = 20


def init_params(rng):
  shapes = [(8, 64)] + [(64, 64)] * LAYERS + [(64, 8)]
  return [rng.standard_normal(shape, np.float32) / shape[0]**0.5
          for shape in shapes]


def loss_fn(params, numbers):
  """Of a network that sorts eight numbers."""
  first, *layers, last = params
  x = numbers @ first
  for w in layers:
    x += jax.nn.relu(x @ w) / LAYERS
  return jnp.mean((x @ last - jnp.sort(numbers)) ** 2)


def train(rate, steps, functional):
  """What a process does: prints the time of the first step, and the loss."""
  rng = np.random.default_rng(0)
  params = init_params(rng)
  if functional:
    tx = optax.adam(rate)
    state = tx.init(params)
    update = tx.update
  else:
    state = optax.pytree.adam(rate).init(params)
    update = lambda grads, opt, params: opt.update(grads, params)

  @jax.jit
  def step(params, state, numbers):
    loss, grads = jax.value_and_grad(loss_fn)(params, numbers)
    updates, state = update(grads, state, params)
    return optax.apply_updates(params, updates), state, loss

  times = [time.perf_counter()]
  for _ in range(steps):
    numbers = rng.standard_normal((64, 8), np.float32)
    params, state, loss = jax.block_until_ready(step(params, state, numbers))
    times.append(time.perf_counter())
  print(json.dumps([times[1] - times[0], loss.item()]))


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--steps', type=int, default=500)
  parser.add_argument('--processes', type=int, default=4, help='of each kind')
  parser.add_argument(
      '--out', type=pathlib.Path, default='build/sweep_processes.png')
  # What the processes are started with.
  parser.add_argument('--rate', type=float, help=argparse.SUPPRESS)
  parser.add_argument(
      '--functional', action='store_true', help=argparse.SUPPRESS)
  args = parser.parse_args()
  if args.rate:
    train(args.rate, args.steps, args.functional)
    return

  rates = np.geomspace(1e-4, 1e-1, args.processes)
  fig, axes = plt.subplots(figsize=(4.5, 3), layout='constrained')
  bar = tqdm.tqdm(total=2 * len(rates))
  for options in ['--functional'], []:
    seconds = []
    with tempfile.TemporaryDirectory() as cache:
      env = os.environ | {
          'JAX_COMPILATION_CACHE_DIR': cache,
          'JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS': '0',
          'TF_CPP_MIN_LOG_LEVEL': '3',  # XLA warns of the processor it is on.
      }
      for rate in rates:
        command = [sys.executable, __file__, f'--rate={rate}',
                   f'--steps={args.steps}', *options]
        output = subprocess.check_output(command, env=env, text=True)
        first, loss = json.loads(output)
        tqdm.tqdm.write(f'learning rate {rate:.0e}: loss {loss:.3f},'
                        f' first step after {first:.2f} s')
        seconds.append(first)
        bar.update()
      programs = len(list(pathlib.Path(cache).glob('jit_step-*-cache')))
    name = 'functional Optax' if options else 'optax.pytree'
    tqdm.tqdm.write(f'{name}: compilations of the step in {len(rates)}'
                    f' processes: {programs}')
    axes.plot(range(1, len(rates) + 1), seconds, 'o-', label=name)
  bar.close()
  axes.set(xlabel='process', ylabel='seconds of its first step', ylim=0,
           xticks=range(1, len(rates) + 1))
  axes.legend()
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
