"""Trains a network of Flax Linen, with checkpoints of Orbax to resume from.

Half way the learning rate is lowered by hand. In functional Optax it is part of
the program, and a restart would go back to the one that is written there; here
it is part of the optimizer, hence of the `TrainState` and of the checkpoint.
"""

import argparse
import pathlib
import tempfile

from flax import linen
from flax.training import train_state
import jax
import matplotlib.pyplot as plt
import numpy as np
import optax
import orbax.checkpoint as ocp
from sklearn import datasets
import tqdm


class Network(linen.Module):

  @linen.compact
  def __call__(self, images):
    x = linen.relu(linen.Conv(32, (3, 3))(images))
    x = linen.max_pool(x, (2, 2), (2, 2))
    return linen.Dense(10)(x.reshape(len(x), -1))


MODEL = Network()


def make_state():
  """What a program starts from, and restores to."""
  return train_state.TrainState.create(
      apply_fn=MODEL.apply,
      params=MODEL.init(jax.random.key(0), np.zeros((1, 8, 8, 1))),
      tx=optax.pytree.adam(0.01).as_gradient_transformation())


@jax.jit
def step(state, images, labels):

  def loss_fn(params):
    return optax.softmax_cross_entropy_with_integer_labels(
        state.apply_fn(params, images), labels).mean()

  loss, grads = jax.value_and_grad(loss_fn)(state.params)
  return state.apply_gradients(grads=grads), loss


def train(folder, steps, images, labels, drop_at=None):
  """Trains up to a step, from the last checkpoint in the folder if any."""
  state, history = make_state(), []
  options = ocp.CheckpointManagerOptions(save_interval_steps=25, max_to_keep=2)
  with ocp.CheckpointManager(folder, options=options) as manager:
    start = manager.latest_step() or 0
    if start:
      state = manager.restore(start, args=ocp.args.StandardRestore(state))
    print(f'from step {start}: learning rate {state.opt_state.learning_rate:g}')
    for i in tqdm.trange(start, steps):
      if i == drop_at:
        opt = state.opt_state.replace(learning_rate=0.001)
        state = state.replace(opt_state=opt)
      # Seeded by the step, so that a resumed run draws the same batches.
      batch = np.random.default_rng(i).choice(len(images), 64)
      state, loss = step(state, images[batch], labels[batch])
      history.append((i, loss, state.opt_state.learning_rate))
      manager.save(i + 1, args=ocp.args.StandardSave(state))
  return state, history


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--steps', type=int, default=1500, help=(
      'at least 100, so that it is saved between the drop and the stop'))
  parser.add_argument(
      '--out', type=pathlib.Path, default='build/resume_linen.png')
  args = parser.parse_args()

  images, labels = datasets.load_digits(return_X_y=True)
  data = images.reshape(-1, 8, 8, 1).astype(np.float32) / 16, labels
  half, stop = args.steps // 2, args.steps * 3 // 4
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    whole, _ = train(folder / 'whole', args.steps, *data, drop_at=half)
    _, first = train(folder / 'stopped', stop, *data, drop_at=half)
    resumed, second = train(folder / 'stopped', args.steps, *data)
  same = jax.tree.all(jax.tree.map(
      np.array_equal, (whole.params, whole.opt_state),
      (resumed.params, resumed.opt_state)))
  print(f'same parameters and optimizer as in a run that went on: {same}')

  fig, (top, bottom) = plt.subplots(
      2, sharex=True, figsize=(4.5, 3.5), layout='constrained')
  for history, label in (first, 'until it stopped'), (second, 'resumed'):
    steps, losses, rates = np.array(history).T
    top.semilogy(steps, losses, '.', markersize=2)
    bottom.semilogy(steps, rates, label=label)
  top.set(ylabel='loss')
  bottom.set(ylabel='learning rate', xlabel='step')
  bottom.legend()
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
