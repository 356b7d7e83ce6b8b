"""Finds a learning rate for an Equinox model, and trains with it.

The learning rate grows from step to step until the loss does too: a range
test. `eqx.filter_jit` takes a Python number for static and compiles for each
value, but the leaves of an optimizer that has a state are arrays: the test of
all rates, and the training with the best, are one program.
"""

import argparse
import pathlib

import equinox as eqx
import jax
import matplotlib.pyplot as plt
import numpy as np
import optax
from sklearn import datasets
import tqdm


def make_model(key):
  keys = jax.random.split(key)
  return eqx.nn.Sequential([
      eqx.nn.Conv2d(1, 32, 3, padding=1, key=keys[0]),
      eqx.nn.Lambda(jax.nn.relu),
      eqx.nn.MaxPool2d(2, 2),
      eqx.nn.Lambda(lambda x: x.ravel()),
      eqx.nn.Linear(16 * 32, 10, key=keys[1]),
  ])


def loss_fn(model, images, labels):
  return optax.softmax_cross_entropy_with_integer_labels(
      jax.vmap(model)(images), labels).mean()


@eqx.filter_jit
def step(model, opt, images, labels):
  tqdm.tqdm.write('compiling the step')  # Runs only while JAX compiles.
  loss, grads = eqx.filter_value_and_grad(loss_fn)(model, images, labels)
  updates, opt = opt.update(grads, eqx.filter(model, eqx.is_array))
  return eqx.apply_updates(model, updates), opt, loss


def train(model, opt, rates, images, labels):
  """Takes a step with each of the rates; returns the model and the losses."""
  rng, losses = np.random.default_rng(0), []
  opt = opt.init(eqx.filter(model, eqx.is_array))
  for rate in tqdm.tqdm(rates):
    i = rng.choice(len(images), 64)
    opt = opt.replace(learning_rate=rate)
    model, opt, loss = step(model, opt, images[i], labels[i])
    losses.append(float(loss))
  return model, np.array(losses)


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--steps', type=int, default=1500)
  parser.add_argument(
      '--out', type=pathlib.Path, default='build/train_equinox.png')
  args = parser.parse_args()

  images, labels = datasets.load_digits(return_X_y=True)
  images = images.reshape(-1, 1, 8, 8).astype(np.float32) / 16
  training = images[500:], labels[500:]
  model = make_model(jax.random.key(0))
  opt = optax.pytree.adam(0.0)

  tried = np.geomspace(1e-5, 1.0, args.steps // 3)
  _, losses = train(model, opt, tried, *training)
  smooth = np.exp(np.convolve(  # Over 25 steps.
      np.pad(np.log(losses), 12, 'edge'), np.ones(25) / 25, 'valid'))
  rate = tried[smooth.argmin()] / 10  # A usual choice.
  print(f'learning rate of the lowest loss / 10: {rate:.1e}')

  model, final_losses = train(model, opt, [rate] * args.steps, *training)
  logits = jax.vmap(model)(images[:500])
  accuracy = (logits.argmax(-1) == labels[:500]).mean()
  print(f'test accuracy: {accuracy:.1%}')

  fig, axes = plt.subplots(
      2, sharey=True, figsize=(4.5, 4), layout='constrained')
  axes[0].loglog(tried, losses, '.', markersize=2)
  axes[0].loglog(tried, smooth)
  axes[0].axvline(rate, color='C3', linestyle='--')
  axes[0].set(ylabel='loss', xlabel='learning rate, one for each step')
  axes[1].semilogy(final_losses, '.', markersize=2)
  axes[1].set(ylabel='loss', xlabel='step with the rate found')
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
