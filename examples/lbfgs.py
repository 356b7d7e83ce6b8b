"""Minimizes with L-BFGS and with Adam, by one function.

The function is a `while_loop` that carries the optimizer, whichever it is, and
ends when the gradient is small: every optimizer takes the extra arguments of
the line search. `vmap` makes it fit a logistic regression for each of several
strengths of regularization, each of which ends at a step of its own.
"""

import argparse
import pathlib

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
from sklearn import datasets
from sklearn import preprocessing
import tqdm


def minimize(loss_fn, params, opt, max_steps, tolerance=1e-4):
  """Returns the parameters, and the norms of the gradients on the way."""

  def goes_on(carry):
    *_, norms, i = carry
    return (i < max_steps) & (norms[i - 1] > tolerance)

  def step(carry):
    params, opt, norms, i = carry
    value, grads = jax.value_and_grad(loss_fn)(params)
    updates, opt = opt.update(
        grads, params, value=value, grad=grads, value_fn=loss_fn)
    norms = norms.at[i].set(optax.tree.norm(grads))
    return optax.apply_updates(params, updates), opt, norms, i + 1

  norms = jnp.full(max_steps, jnp.nan).at[-1].set(jnp.inf)
  params, _, norms, _ = jax.lax.while_loop(
      goes_on, step, (params, opt.init(params), norms, 0))
  return params, norms


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--steps', type=int, default=2000, help='at most')
  parser.add_argument('--out', type=pathlib.Path, default='build/lbfgs.png')
  args = parser.parse_args()

  x, y = datasets.load_breast_cancer(return_X_y=True)
  x = preprocessing.scale(x).astype(np.float32)
  strengths = np.geomspace(1e-4, 1.0, 5)

  def fit(strength, opt):

    def loss_fn(params):
      logits = x @ params['w'] + params['b']
      return optax.sigmoid_binary_cross_entropy(logits, y).mean() + (
          strength * optax.tree.norm(params['w'], squared=True) / 2)

    params = {'w': jnp.zeros(x.shape[1]), 'b': jnp.zeros(())}
    return minimize(loss_fn, params, opt, args.steps)

  fit = jax.jit(jax.vmap(fit, in_axes=(0, None)))
  optimizers = {
      'L-BFGS': optax.pytree.lbfgs(),
      'Adam': optax.pytree.adam(0.1),
  }
  fig, all_axes = plt.subplots(
      2, sharex=True, sharey=True, figsize=(4.5, 4), layout='constrained')
  for name, axes in zip(tqdm.tqdm(optimizers), all_axes):
    _, norms = fit(strengths, optimizers[name])
    steps = np.isfinite(norms).sum(1)
    tqdm.tqdm.write(f'{name}: {steps} steps')
    for strength, row in zip(strengths, norms):
      axes.loglog(1 + np.arange(args.steps), row, label=f'{strength:g}')
    axes.set(title=name, ylabel='gradient')
  all_axes[0].legend(title='strength')
  all_axes[1].set(xlabel='step')
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
