"""Trains a convolutional network of Flax NNX on digits.

The learning rate is divided by three whenever the validation loss has not
improved for three epochs. It is read from, and written to, the optimizer that
`nnx.Optimizer` holds; the step is compiled once.
"""

import argparse
import pathlib

from flax import nnx
import matplotlib.pyplot as plt
import numpy as np
import optax
from sklearn import datasets
import tqdm


class Network(nnx.Module):

  def __init__(self, rngs):
    self.conv = nnx.Conv(1, 32, (3, 3), rngs=rngs)
    self.norm = nnx.BatchNorm(32, rngs=rngs)
    self.dropout = nnx.Dropout(0.3, rngs=rngs)
    self.dense = nnx.Linear(16 * 32, 10, rngs=rngs)

  def __call__(self, images):
    x = nnx.relu(self.norm(self.conv(images)))
    x = nnx.max_pool(x, (2, 2), (2, 2)).reshape(len(images), -1)
    return self.dense(self.dropout(x))


def loss_fn(model, images, labels):
  return optax.softmax_cross_entropy_with_integer_labels(
      model(images), labels).mean()


@nnx.jit
def step(model, optimizer, images, labels):
  tqdm.tqdm.write('compiling the step')  # Runs only while JAX compiles.
  optimizer.update(model, nnx.grad(loss_fn)(model, images, labels))


@nnx.jit
def validate(model, images, labels):
  accuracy = (model(images).argmax(-1) == labels).mean()
  return loss_fn(model, images, labels), accuracy


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--epochs', type=int, default=30)
  parser.add_argument('--out', type=pathlib.Path, default='build/train_nnx.png')
  args = parser.parse_args()

  images, labels = datasets.load_digits(return_X_y=True)
  images = images.reshape(-1, 8, 8, 1).astype(np.float32) / 16
  rng = np.random.default_rng(0)
  model = Network(nnx.Rngs(0))
  optimizer = nnx.Optimizer(
      model, optax.pytree.adam(0.01).as_gradient_transformation(),
      wrt=nnx.Param)
  history, best, waited = [], np.inf, 0
  for epoch in tqdm.trange(args.epochs):
    model.train()
    # The first 500 are for validation.
    for i in 500 + rng.permutation(len(images) - 500)[:1280].reshape(-1, 64):
      step(model, optimizer, images[i], labels[i])
    model.eval()
    loss, accuracy = map(float, validate(model, images[:500], labels[:500]))
    opt = optimizer.opt_state  # Of optax.pytree.adam.
    history.append((loss, float(opt.hyperparams['learning_rate'])))
    best, waited = (loss, 0) if loss < best else (best, waited + 1)
    if waited == 3:
      rate = history[-1][1] / 3
      optimizer.opt_state, waited = opt.replace(learning_rate=rate), 0
      tqdm.tqdm.write(f'epoch {epoch}: learning rate {rate:.2g}')
  print(f'validation loss {loss:.3f}, accuracy {accuracy:.1%}')

  losses, rates = np.array(history).T
  fig, (top, bottom) = plt.subplots(
      2, sharex=True, figsize=(4.5, 3.5), layout='constrained')
  top.plot(losses)
  top.set(ylabel='validation loss')
  bottom.semilogy(rates, color='C1', drawstyle='steps-mid')
  bottom.set(ylabel='learning rate', xlabel='epoch')
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
