"""Sweeps the learning rate of PPO: all runs are one compiled program.

An agent balances a pole on a cart. Its whole training is a `scan`, of which
`vmap` makes one for each peak of a decaying learning rate: the optimizer is
made inside of it, of a rate that is traced. The progress bar is moved by the
program.
"""

import argparse
import pathlib

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
import tqdm

CARTS, LENGTH, EPOCHS = 16, 128, 4
DISCOUNT, SMOOTHING, CLIP = 0.99, 0.95, 0.2


def start(key):
  return jax.random.uniform(key, (CARTS, 4), minval=-0.05, maxval=0.05)


def move(state, action, key):
  """Returns the carts 0.02 s later, and which poles fell and start anew."""
  x, v, angle, spin = state.T
  push = (jnp.where(action, 10.0, -10.0)
          + 0.05 * spin**2 * jnp.sin(angle)) / 1.1
  turn = (9.8 * jnp.sin(angle) - jnp.cos(angle) * push) / (
      0.5 * (4 / 3 - 0.1 * jnp.cos(angle)**2 / 1.1))
  slide = push - 0.05 * turn * jnp.cos(angle) / 1.1
  state += 0.02 * jnp.stack([v, slide, spin, turn], -1)
  fell = (abs(state[:, 0]) > 2.4) | (abs(state[:, 2]) > 0.21)
  return jnp.where(fell[:, None], start(key), state), fell


def init_params(key):
  initializer = jax.nn.initializers.lecun_normal()
  layer = lambda key, *shape: (initializer(key, shape), jnp.zeros(shape[1]))
  keys = jax.random.split(key, 3)
  return [layer(keys[0], 4, 64), layer(keys[1], 64, 64), layer(keys[2], 64, 3)]


def apply(params, state):
  """Returns the logits of the actions, and the value of the state."""
  for w, b in params[:-1]:
    state = jnp.tanh(state @ w + b)
  w, b = params[-1]
  out = state @ w + b
  return jax.nn.log_softmax(out[..., :2]), out[..., 2]


def loss_fn(params, states, actions, old_log_probs, advantages, returns):
  log_probs, values = apply(params, states)
  entropy = -jnp.sum(jnp.exp(log_probs) * log_probs, -1)
  log_probs = jnp.take_along_axis(log_probs, actions[..., None], -1)[..., 0]
  ratio = jnp.exp(log_probs - old_log_probs)
  gain = jnp.minimum(
      ratio * advantages, jnp.clip(ratio, 1 - CLIP, 1 + CLIP) * advantages)
  return jnp.mean((values - returns)**2 / 2 - gain - 0.01 * entropy)


def play(params, carts, key):
  """Returns the carts after a step, and what happened in it."""
  keys = jax.random.split(key)
  log_probs, value = apply(params, carts)
  action = jax.random.categorical(keys[0], log_probs)
  after, fell = move(carts, action, keys[1])
  log_prob = jnp.take_along_axis(log_probs, action[:, None], -1)[:, 0]
  return after, (carts, action, log_prob, value, fell)


def estimate(later, now):
  """Returns the advantage and the value of a step, from those of the next."""
  advantage, next_value = later
  value, fell = now
  alive = DISCOUNT * (1.0 - fell)
  error = 1.0 + alive * next_value - value
  advantage = error + alive * SMOOTHING * advantage
  return (advantage, value), advantage


def learn(agent, key):
  """Plays, and takes a few steps; returns how long a pole stays up."""
  params, opt, carts = agent
  carts, (states, actions, log_probs, values, fell) = jax.lax.scan(
      lambda *args: play(params, *args), carts, jax.random.split(key, LENGTH))
  _, advantages = jax.lax.scan(
      estimate, (jnp.zeros(CARTS), apply(params, carts)[1]), (values, fell),
      reverse=True)
  normal = jax.nn.standardize(advantages, axis=None)
  batch = states, actions, log_probs, normal, advantages + values

  def step(carry, _):
    params, opt = carry
    updates, opt = opt.update(jax.grad(loss_fn)(params, *batch), params)
    return (optax.apply_updates(params, updates), opt), None

  (params, opt), _ = jax.lax.scan(step, (params, opt), length=EPOCHS)
  return (params, opt, carts), 0.02 * CARTS * LENGTH / (1 + fell.sum())


def make_agent(rate, rounds):
  params = init_params(jax.random.key(0))
  schedule = optax.pytree.linear_schedule(rate, 0.0, rounds * EPOCHS)
  opt = optax.pytree.chain(
      optax.pytree.clip_by_global_norm(0.5), optax.pytree.adam(schedule))
  return params, opt.init(params), start(jax.random.key(1))


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument('--rounds', type=int, default=300)
  parser.add_argument('--out', type=pathlib.Path, default='build/sweep_ppo.png')
  args = parser.parse_args()
  bar = tqdm.tqdm(total=args.rounds)

  @jax.jit
  def train(rates):
    tqdm.tqdm.write('compiling the training')  # Runs only while JAX compiles.

    def round_(agents, key):
      jax.debug.callback(lambda: bar.update())
      return jax.vmap(learn, in_axes=(0, None))(agents, key)

    agents = jax.vmap(lambda rate: make_agent(rate, args.rounds))(rates)
    keys = jax.random.split(jax.random.key(2), args.rounds)
    return jax.lax.scan(round_, agents, keys)[1]

  rates = np.geomspace(3e-4, 0.1, 6)
  seconds = np.asarray(train(rates))
  jax.effects_barrier()  # The bar's last moves.
  bar.close()

  fig, axes = plt.subplots(figsize=(4.5, 3), layout='constrained')
  for i, rate in enumerate(rates):
    print(f'learning rate {rate:.0e}: a pole stays up'
          f' {np.median(seconds[-20:, i]):.1f} s')
    smooth = np.convolve(np.log(seconds[:, i]), np.ones(20) / 20, 'valid')
    axes.semilogy(np.exp(smooth), label=f'{rate:.0e}',
                  color=plt.cm.viridis(i / len(rates)))
  axes.set(xlabel='round', ylabel='seconds that a pole stays up')
  fig.legend(title='learning rate', loc='outside right')
  args.out.parent.mkdir(parents=True, exist_ok=True)
  fig.savefig(args.out, dpi=150)
  print(f'picture: {args.out}')


if __name__ == '__main__':
  main()
