"""Trains a generator and a discriminator of digits, each with its optimizer.

A discriminator that is too good teaches the generator nothing. So the compiled
step itself changes the discriminator's learning rate: lower when it is right
too often, higher when it is wrong too often. The rate is a number in the
optimizer, which the step takes and returns like its moments.
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

NOISE = 32


def init_params(key, *sizes):
  initializer = jax.nn.initializers.he_normal()
  keys = jax.random.split(key, len(sizes) - 1)
  return [
      (initializer(k, shape), jnp.zeros(shape[1]))
      for k, shape in zip(keys, zip(sizes, sizes[1:]))
  ]


def apply(params, x):
  for w, b in params[:-1]:
    x = jax.nn.leaky_relu(x @ w + b, 0.2)
  w, b = params[-1]
  return x @ w + b


def generate(params, noise):
  return jax.nn.sigmoid(apply(params, noise))


def discriminator_loss(params, real, fake):
  real, fake = apply(params, real), apply(params, fake)
  right = jnp.mean(jnp.concatenate([real > 0, fake < 0]))
  return jnp.mean(jax.nn.softplus(-real) + jax.nn.softplus(fake)), right


def generator_loss(params, discriminator, noise):
  return jnp.mean(
      jax.nn.softplus(-apply(discriminator, generate(params, noise))))


def descend(player, grads):
  params, opt = player
  updates, opt = opt.update(grads, params)
  return optax.apply_updates(params, updates), opt


@jax.jit
def step(generator, discriminator, real, noise):
  tqdm.tqdm.write('compiling the step')  # Runs only while JAX compiles.
  grads, right = jax.grad(discriminator_loss, has_aux=True)(
      discriminator[0], real, generate(generator[0], noise))
  params, opt = descend(discriminator, grads)
  rate = opt.learning_rate * jnp.where(right > 0.75, 0.998, 1.002)
  discriminator = params, opt.replace(learning_rate=rate)

  grads = jax.grad(generator_loss)(generator[0], discriminator[0], noise)
  return descend(generator, grads), discriminator, right, rate


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--steps', type=int, default=10000)
  parser.add_argument('--out', type=pathlib.Path, default='build/gan.png')
  args = parser.parse_args()

  images = (datasets.load_digits().data / 16).astype(np.float32)
  keys = jax.random.split(jax.random.key(0))
  opt = optax.pytree.adam(3e-4, b1=0.5)
  players = [
      (params, opt.init(params)) for params in (
          init_params(keys[0], NOISE, 128, 128, 64),
          init_params(keys[1], 64, 128, 128, 1))
  ]
  rng, history = np.random.default_rng(0), []
  for _ in tqdm.trange(args.steps):
    real = images[rng.choice(len(images), 64)]
    noise = rng.standard_normal((64, NOISE), np.float32)
    *players, right, rate = step(*players, real, noise)
    history.append((right, rate))
  right, rates = np.array(history).T
  print(f'discriminator: learning rate from {rates[0]:.1e} to {rates[-1]:.1e}'
        f', right in {right[-1000:].mean():.0%} of the last cases')

  samples = generate(players[0][0], noise[:40]).reshape(4, 10, 8, 8)
  samples = np.pad(samples, ((0, 0), (0, 0), (1, 1), (1, 1)))
  fig, axes = plt.subplots(
      3, figsize=(4.5, 5), height_ratios=(4, 2, 2), layout='constrained')
  axes[0].imshow(np.block([[*row] for row in samples]), cmap='gray')
  axes[0].set_axis_off()
  axes[1].plot(np.convolve(right, np.ones(50) / 50, 'valid'))
  axes[1].set(ylabel='right')
  axes[2].semilogy(rates, color='C1')
  axes[2].set(ylabel='learning rate', xlabel='step of the discriminator')
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
