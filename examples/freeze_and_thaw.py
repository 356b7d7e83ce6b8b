"""Fine-tunes a network whose layers are frozen at first, and thaw one by one.

The network learns the digits 0 to 4, and then 5 to 9 from a hundred images.
Each layer has an optimizer of its own. The layers below the last are frozen by
a learning rate of zero, and thaw, from the top, when `replace` gives them
another one: that keeps all moments, and compiles nothing.
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

LAYERS = ('layer1', 'layer2', 'head')


def init_params(key):
  shapes = zip(LAYERS, jax.random.split(key, 3), (64, 128, 128), (128, 128, 10))
  initializer = jax.nn.initializers.he_normal()
  return {
      name: {'w': initializer(key, (inputs, outputs)), 'b': jnp.zeros(outputs)}
      for name, key, inputs, outputs in shapes
  }


def predict(params, x):
  for name in LAYERS[:-1]:
    x = jax.nn.relu(x @ params[name]['w'] + params[name]['b'])
  return x @ params['head']['w'] + params['head']['b']


def loss_fn(params, images, labels):
  return optax.softmax_cross_entropy_with_integer_labels(
      predict(params, images), labels).mean()


@jax.jit
def step(params, opt, images, labels):
  tqdm.tqdm.write('compiling the step')  # Runs only while JAX compiles.
  grads = jax.grad(loss_fn)(params, images, labels)
  updates, opt = opt.update(grads, params)
  return optax.apply_updates(params, updates), opt


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--steps', type=int, default=400, help='of each stage')
  parser.add_argument(
      '--out', type=pathlib.Path, default='build/freeze_and_thaw.png')
  args = parser.parse_args()

  images, labels = datasets.load_digits(return_X_y=True)
  images = images / 16
  old, new = np.flatnonzero(labels < 5), np.flatnonzero(labels >= 5)
  few, test = new[:100], new[100:]
  rng = np.random.default_rng(0)
  params = init_params(jax.random.key(0))
  opt = optax.pytree.partition(
      {name: optax.pytree.adam(1e-3) for name in LAYERS},
      {name: name for name in LAYERS})
  rate = "transforms['{}'].learning_rate".format
  stages = [
      ('digits 0 to 4', old, {}),
      ('5 to 9, head', few, {rate('layer2'): 0.0, rate('layer1'): 0.0}),
      ('+ layer2', few, {rate('layer2'): 3e-4}),
      ('+ layer1', few, {rate('layer1'): 1e-4}),
  ]

  opt, history = opt.init(params), []
  bar = tqdm.tqdm(total=len(stages) * args.steps)
  for stage, indices, changes in stages:
    opt = opt.replace(changes)
    before = params
    for _ in range(args.steps):
      batch = rng.choice(indices, 64)
      params, opt = step(params, opt, images[batch], labels[batch])
      right = predict(params, images[test]).argmax(-1) == labels[test]
      history.append(right.mean())
      bar.update()
    frozen = [name for name in LAYERS
              if np.array_equal(before[name]['w'], params[name]['w'])]
    tqdm.tqdm.write(
        f'{stage}: accuracy {history[-1]:.1%}, unchanged: {frozen}')
  bar.close()

  fig, axes = plt.subplots(figsize=(4.5, 3), layout='constrained')
  axes.plot(history[args.steps:])
  for i, (stage, *_) in enumerate(stages[1:]):
    axes.axvline(i * args.steps, color='C1', linestyle='--')
    axes.text(i * args.steps, 0.7, f' {stage}')
  axes.set(xlabel='step', ylabel='test accuracy, 5 to 9', ylim=(0.69, 0.9))
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
