"""Learns its learning rate while it trains on handwritten digits.

At each step, the loss of the next batch is differentiated with respect to the
logarithm of the learning rate, which another optimizer then improves. That
works from a learning rate that is tenfold too large, and from one that is
tenfold too small.
"""

import argparse
import pathlib

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
from sklearn import datasets
import tqdm

GOOD_RATE = 0.01  # Found by hand.
STEPS = 400


def init_params():
  initializer = jax.nn.initializers.lecun_normal()
  key1, key2 = jax.random.split(jax.random.key(0))
  return {'w1': initializer(key1, (64, 64)), 'b1': jnp.zeros(64),
          'w2': initializer(key2, (64, 10)), 'b2': jnp.zeros(10)}


def loss_fn(params, batch):
  images, labels = batch
  hidden = jnp.tanh(images @ params['w1'] + params['b1'])
  return optax.softmax_cross_entropy_with_integer_labels(
      hidden @ params['w2'] + params['b2'], labels).mean()


def step(params, opt, batch):
  updates, opt = opt.update(jax.grad(loss_fn)(params, batch), params)
  return optax.apply_updates(params, updates), opt


@jax.jit
def learning_step(params, opt, meta, batch, next_batch):
  """A step with the optimizer `opt`, and one of `meta` on its learning rate."""

  def loss_after_step(log_rate):
    opt_then = opt.replace(learning_rate=jnp.exp(log_rate))
    return loss_fn(step(params, opt_then, batch)[0], next_batch)

  log_rate = jnp.log(opt.learning_rate)
  updates, meta = meta.update(jax.grad(loss_after_step)(log_rate))
  opt = opt.replace(learning_rate=jnp.exp(log_rate + updates))
  params, opt = step(params, opt, batch)
  return params, opt, meta


def train(rate, learn):
  """Returns the loss of all digits at last, and the learning rates."""
  images, labels = datasets.load_digits(return_X_y=True)
  rng = np.random.default_rng(0)
  batches = [(images[i] / 16, labels[i])
             for i in rng.choice(len(labels), (STEPS + 1, 64))]
  params = init_params()
  opt = optax.pytree.adam(rate).init(params)
  meta = optax.pytree.adam(0.1).init(jnp.log(rate))
  rates = []
  for batch, next_batch in zip(tqdm.tqdm(batches[:-1]), batches[1:]):
    if learn:
      params, opt, meta = learning_step(params, opt, meta, batch, next_batch)
    else:
      params, opt = jax.jit(step)(params, opt, batch)
    rates.append(opt.learning_rate)
  return loss_fn(params, (images / 16, labels)), rates


def main(out):
  fig, axes = plt.subplots(figsize=(4.5, 3), layout='constrained')
  print('learning rate at first -> at last; loss with it fixed -> learned')
  for rate in (GOOD_RATE * 10, GOOD_RATE / 10):
    fixed, _ = train(rate, learn=False)
    learned, rates = train(rate, learn=True)
    print(f'{rate:.2g} -> {rates[-1]:.2g}; {fixed:.4f} -> {learned:.4f}')
    axes.semilogy(rates, label=f'from {rate:g}')
  axes.set(xlabel='step', ylabel='learning rate')
  axes.legend()
  out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(out, dpi=150)
  print(f'picture: {out}')


if __name__ == '__main__':
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument('--out', type=pathlib.Path, help='the picture',
                      default='build/learn_learning_rate.png')
  main(parser.parse_args().out)
