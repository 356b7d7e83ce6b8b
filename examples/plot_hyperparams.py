"""Plots learning rates as read from optimizers while they train.

On the left a schedule whose peak is lowered by hand in the middle of the run;
on the right those of a population, see population_based_training.py.
"""

import argparse
import pathlib

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
import population_based_training
import tqdm

STEPS = 400


def train_with_a_manual_drop():
  """Returns the learning rate before each step."""
  schedule = optax.pytree.warmup_cosine_decay_schedule(0.0, 0.1, 50, STEPS)
  params = {'w': jnp.ones(3)}
  opt = optax.pytree.adam(schedule).init(params)

  @jax.jit
  def step(params, opt):
    grads = jax.grad(optax.tree.norm)(params)
    updates, opt = opt.update(grads, params)
    return optax.apply_updates(params, updates), opt

  rates = []
  for i in tqdm.trange(STEPS):
    if i == STEPS // 2:
      opt = opt.replace(peak_value=0.1 / 3)
    rates.append(opt.hyperparams['learning_rate'])
    params, opt = step(params, opt)
  return np.array(rates)


def plot(path, rates, history):
  """Draws both."""
  fig, (left, right) = plt.subplots(
      1, 2, figsize=(9, 3.2), layout='constrained')
  left.plot(rates)
  left.annotate('  opt.replace(...)', (STEPS // 2, rates[STEPS // 2 - 1]))
  left.set(title='Warm-up and cosine decay, with a drop by hand',
           xlabel='step', ylabel='learning rate')

  population = np.array([x['learning_rate'] for x, _ in history])
  losses = np.array([x for _, x in history])
  right.semilogy(population, color='C0', alpha=0.3)
  right.semilogy(
      population[np.arange(len(losses)), losses.argmin(1)], 'o', color='C1',
      label='the best member')
  right.set(title='Population-based training', xlabel='round',
            ylabel='learning rates')
  right.legend()
  for axes in left, right:
    axes.grid(alpha=0.3)
  path.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(path, dpi=100)


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument('--out', type=pathlib.Path, help='the picture',
                      default='build/hyperparams.png')
  args = parser.parse_args()
  plot(args.out, train_with_a_manual_drop(), population_based_training.main())
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
