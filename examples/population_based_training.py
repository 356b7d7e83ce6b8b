"""Population-based training: a batch of optimizers for a batch of networks.

Each round the worse half copies the best and perturbs its hyperparameters.
"""
import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn import datasets
import tqdm


def init(key, learning_rate, b1):
  keys, normal = jax.random.split(key), jax.nn.initializers.lecun_normal()
  params = {'w1': normal(keys[0], (64, 64)), 'w2': normal(keys[1], (64, 10))}
  return params, optax.pytree.adam(learning_rate, b1=b1).init(params)


def loss_fn(params, images, labels):
  logits = jnp.tanh(images @ params['w1']) @ params['w2']
  return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def step(member, batch):
  params, opt = member
  updates, opt = opt.update(jax.grad(loss_fn)(params, *batch), params)
  return (optax.apply_updates(params, updates), opt), None


@jax.jit
def train(population, batches, validation):
  population, _ = jax.lax.scan(jax.vmap(step, (0, None)), population, batches)
  return population, jax.vmap(lambda p: loss_fn(p, *validation))(population[0])


def exploit_and_explore(population, losses, rng):
  worse = losses > np.median(losses)
  source = np.where(worse, losses.argmin(), np.arange(len(losses)))
  params, opt = jax.tree.map(lambda x: x[source], population)
  factor = np.where(worse, rng.choice([0.5, 2.0], len(losses)), 1.0)
  return params, opt.replace(
      learning_rate=opt.learning_rate * factor, b1=opt.b1**factor)


def main(members=8, rounds=8):
  (x, y), rng = datasets.load_digits(return_X_y=True), np.random.default_rng(0)
  keys, x, history = jax.random.split(jax.random.key(0), members), x / 16, []
  population = jax.vmap(init)(
      keys, np.geomspace(1e-5, 1.0, members), np.full(members, 0.9))
  for _ in tqdm.trange(rounds):
    i = rng.integers(500, len(y), (30, 64))  # The first 500 are for validation.
    population, losses = train(population, (x[i], y[i]), (x[:500], y[:500]))
    history.append((population[1].hyperparams, np.asarray(losses)))
    tqdm.tqdm.write(f'losses from {losses.min():.3f} to {losses.max():.3f}')
    population = exploit_and_explore(population, history[-1][1], rng)
  return history


if __name__ == '__main__':
  main()
