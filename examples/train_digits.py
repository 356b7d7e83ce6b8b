"""Trains a small network on handwritten digits with `optax.pytree.adam`.

After half of the steps the learning rate is lowered and a checkpoint is saved.
A new process resumes from it, and has to end with the same bits as the first
one, since both run one program. Then it sweeps over the peak of a schedule, in
which all runs share one program too. The folder then holds the checkpoints and
a picture of the loss and the learning rate.
"""

import argparse
import logging
import pathlib
import pickle
import subprocess
import sys

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
from sklearn import datasets
from sklearn import model_selection
import tqdm


PEAKS = (0.001, 0.003, 0.01, 0.03, 0.1)  # Of the sweep.


class CompilationCounter(logging.Handler):
  """Counts the compilations of `step` in JAX's log."""

  count = 0

  def emit(self, record):
    self.count += 'XLA compilation of jit(step)' in record.getMessage()


def init_params(seed):
  """Returns the initial parameters of a network with one hidden layer."""
  key1, key2 = jax.random.split(jax.random.key(seed))
  he_normal = jax.nn.initializers.he_normal()
  return {
      'w1': he_normal(key1, (64, 512)),
      'b1': jnp.zeros(512),
      'w2': he_normal(key2, (512, 10)),
      'b2': jnp.zeros(10),
  }


def predict(params, images):
  """Returns the logits of each image."""
  hidden = jax.nn.relu(images @ params['w1'] + params['b1'])
  return hidden @ params['w2'] + params['b2']


def loss_fn(params, images, labels):
  """Returns the mean cross entropy of a batch."""
  return optax.softmax_cross_entropy_with_integer_labels(
      predict(params, images), labels
  ).mean()


@jax.jit
def step(params, opt, images, labels):
  """Returns the next parameters and the next optimizer, and the loss."""
  loss, grads = jax.value_and_grad(loss_fn)(params, images, labels)
  updates, opt = opt.update(grads, params)
  return optax.apply_updates(params, updates), opt, loss


def train(params, opt, images, labels, steps, seed, name='learning_rate'):
  """Returns the parameters, the optimizer, and what happened at each step."""
  history = []
  bar = tqdm.tqdm(
      steps, f'  opt.{name} = {getattr(opt, name):<6.2g}',
      bar_format='{desc} |{bar:20}| {n}/{total} steps{postfix}',
      file=sys.stdout,
  )
  for i in bar:
    # Seeded by the step, so that a resumed run draws the same batches.
    batch = np.random.default_rng((seed, i)).choice(len(images), 32)
    params, opt, loss = step(params, opt, images[batch], labels[batch])
    history.append((i, loss, opt.learning_rate))
    bar.set_postfix_str(f'loss {loss:.4f}', refresh=False)
  return params, opt, history


def plot(path, history):
  """Draws the loss and the learning rate."""
  steps, losses, learning_rates = np.array(history).T
  fig, (top, bottom) = plt.subplots(
      2, sharex=True, height_ratios=(2, 1), layout='constrained')
  top.semilogy(steps, losses, '.', markersize=4)
  top.set(title='Digits with optax.pytree.adam', ylabel='training loss')
  bottom.step(steps, learning_rates, color='C1', where='post')
  bottom.annotate('  opt.replace(learning_rate=...)',
                  (steps[len(steps) // 2], learning_rates.mean()))
  bottom.set(xlabel='step', ylabel='opt.learning_rate', ylim=0)
  for axes in top, bottom:
    axes.grid(alpha=0.3)
  fig.savefig(path, dpi=150)


def main():
  parser = argparse.ArgumentParser(
      description=__doc__,
      formatter_class=argparse.ArgumentDefaultsHelpFormatter)
  add = parser.add_argument
  add('--steps', type=int, default=600, help='number of training steps')
  add('--learning_rate', type=float, default=0.01,
      help='in the first half of the steps; then a tenth of it')
  add('--seed', type=int, default=0, help='of the parameters and the batches')
  add('--out', type=pathlib.Path, default='build/digits',
      help='folder to write to')
  add('--resume', action='store_true',
      help='only do the second half, from the checkpoint in the folder')
  args = parser.parse_args()
  out = args.out
  out.mkdir(parents=True, exist_ok=True)

  counter = CompilationCounter()
  jax.config.update('jax_log_compiles', True)
  logging.getLogger('jax').handlers = [counter]  # Instead of the screen.

  images, labels = datasets.load_digits(return_X_y=True)
  images, test_images, labels, test_labels = model_selection.train_test_split(
      images / 16, labels, test_size=0.2, stratify=labels, random_state=0
  )
  half = args.steps // 2
  first = images, labels, range(half), args.seed
  second = images, labels, range(half, args.steps), args.seed

  if args.resume:
    params, opt = pickle.loads((out / 'checkpoint.pkl').read_bytes())
    params, opt, _ = train(params, opt, *second)
    (out / 'resumed.pkl').write_bytes(pickle.dumps((params, opt)))
    return

  params = init_params(args.seed)
  opt = optax.pytree.adam(args.learning_rate)
  print(f'opt = {opt}')
  params, opt, history = train(params, opt.init(params), *first)
  print(f'  compilations of the step: {counter.count}')
  opt = opt.replace(learning_rate=opt.learning_rate / 10)
  (out / 'checkpoint.pkl').write_bytes(pickle.dumps((params, opt)))
  print(f'opt = opt.replace(learning_rate={opt.learning_rate:.2g})')
  params, opt, more = train(params, opt, *second)
  print(f'  compilations of the step: {counter.count}')
  (out / 'final.pkl').write_bytes(pickle.dumps((params, opt)))

  print('The second half again, from a checkpoint in a new process', flush=True)
  command = [sys.executable, __file__, *sys.argv[1:], '--resume']
  subprocess.run(command, check=True)
  resumed = pickle.loads((out / 'resumed.pkl').read_bytes())
  same_bits = lambda x, y: x.tobytes() == y.tobytes()
  equal = jax.tree.all(jax.tree.map(same_bits, (params, opt), resumed))
  print(f'  same parameters and optimizer, bit for bit: {equal}')

  accuracy = (predict(params, test_images).argmax(-1) == test_labels).mean()
  print(f'test accuracy: {accuracy:.1%}, expected: at least 97%')

  print(f'The first half with a schedule, for each of {len(PEAKS)} peaks')
  before = counter.count
  for peak in PEAKS:
    params = init_params(args.seed)
    opt = optax.pytree.adam(optax.pytree.warmup_cosine_decay_schedule(
        0.0, peak, warmup_steps=half // 10, decay_steps=half
    ))
    train(params, opt.init(params), *first, name='peak_value')
  swept = counter.count - before
  print(f'  compilations of the step: {swept}')

  plot(out / 'digits.png', history + more)
  print(f'picture: {out / "digits.png"}')
  sys.exit(not (before == swept == 1 and equal and accuracy >= 0.97))


if __name__ == '__main__':
  main()
