"""Trains a small transformer on the text of Python's reference manual.

AdamW with warmup and cosine decay, weight decay of the matrices alone, clipped
gradients, accumulated over four batches. The compiled step reads the learning
rate in use through all of that, without a count of steps of its own; and the
peak of the schedule is lowered half way, without compiling again.
"""

import argparse
import functools
import pathlib
import pydoc_data.topics

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
import tqdm

WIDTH, HEADS, LAYERS, LENGTH, BATCH = 96, 4, 2, 64, 16
ACCUMULATE = 4
CHARACTERS = 128  # Of ASCII.


def init_params(rng):
  matrix = lambda *shape: jnp.array(
      rng.standard_normal(shape, np.float32) / shape[0]**0.5)
  return {
      'embedding': matrix(CHARACTERS, WIDTH),
      'position': matrix(LENGTH, WIDTH),
      'blocks': [{
          'scale1': jnp.ones(WIDTH),
          'qkv': matrix(WIDTH, 3 * WIDTH),
          'out': matrix(WIDTH, WIDTH),
          'scale2': jnp.ones(WIDTH),
          'up': matrix(WIDTH, 4 * WIDTH),
          'down': matrix(4 * WIDTH, WIDTH),
      } for _ in range(LAYERS)],
      'scale': jnp.ones(WIDTH),
      'logits': matrix(WIDTH, CHARACTERS),
  }


def normalize(x, scale):
  return scale * x * jax.lax.rsqrt(jnp.mean(x**2, -1, keepdims=True) + 1e-6)


def predict(params, text):
  """Returns the logits of the character after each one of `text`."""
  x = params['embedding'][text] + params['position']
  for p in params['blocks']:
    qkv = normalize(x, p['scale1']) @ p['qkv']
    q, k, v = jnp.split(qkv.reshape(*text.shape, 3 * HEADS, -1), 3, axis=2)
    attention = jax.nn.dot_product_attention(q, k, v, is_causal=True)
    x += attention.reshape(x.shape) @ p['out']
    x += jax.nn.gelu(normalize(x, p['scale2']) @ p['up']) @ p['down']
  return normalize(x, params['scale']) @ params['logits']


def loss_fn(params, text):
  return optax.softmax_cross_entropy_with_integer_labels(
      predict(params, text[:, :-1]), text[:, 1:]).mean()


def matrices(params):
  return jax.tree.map(lambda x: x.ndim > 1, params)


def make_optimizer(updates):
  schedule = optax.pytree.warmup_cosine_decay_schedule(
      0.0, 1e-2, warmup_steps=updates // 10, decay_steps=updates)
  adamw = optax.pytree.adamw(schedule, weight_decay=0.1, mask=matrices)
  clip = optax.pytree.clip_by_global_norm(1.0)
  return optax.pytree.MultiSteps(optax.pytree.chain(clip, adamw), ACCUMULATE)


@functools.partial(jax.jit, donate_argnums=(0, 1))
def step(params, opt, text):
  tqdm.tqdm.write('compiling the step')  # Runs only while JAX compiles.
  rate = opt.hyperparams['learning_rate']  # That this update will use.
  loss, grads = jax.value_and_grad(loss_fn)(params, text)
  updates, opt = opt.update(grads, params)
  return optax.apply_updates(params, updates), opt, loss, rate


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--steps', type=int, default=1000)
  parser.add_argument(
      '--out', type=pathlib.Path, default='build/language_model.png')
  args = parser.parse_args()

  text = '\n'.join(pydoc_data.topics.topics.values())
  text = np.frombuffer(text.encode('ascii', 'ignore'), np.uint8)
  rng = np.random.default_rng(0)
  params = init_params(rng)
  opt = make_optimizer(args.steps // ACCUMULATE).init(params)
  history = []
  for i in tqdm.trange(args.steps):
    if i == args.steps // 2:
      opt = opt.replace(peak_value=3e-3)  # Keeps the state.
    starts = rng.integers(len(text) - LENGTH, size=(BATCH, 1))
    batch = text[starts + np.arange(LENGTH + 1)]
    params, opt, *numbers = step(params, opt, batch)
    history.append(numbers)
  losses, rates = np.array(history).T
  for i in np.linspace(0, args.steps - 1, 5, dtype=int):
    near = losses[max(0, i - 20):i + 20].mean()
    print(f'step {i}: learning rate {rates[i]:.1e}, loss {near:.2f}')

  fig, (top, bottom) = plt.subplots(
      2, sharex=True, figsize=(4.5, 3.5), layout='constrained')
  top.plot(losses, '.', markersize=2)
  top.set(ylabel='loss of a character')
  bottom.plot(rates, color='C1')
  bottom.set(ylabel='learning rate', xlabel='step')
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
