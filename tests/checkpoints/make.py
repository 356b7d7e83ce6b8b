"""Writes states of functional optax with whatever release is installed.

  tests/checkpoints/make.sh

runs it once for each release that the tests load. With the fork it pickles
optimizers of `optax.pytree` instead.
"""

import pathlib
import pickle
import shutil
import sys
import tempfile

from flax import serialization
import jax
import jax.numpy as jnp
import numpy as np
import optax
import orbax.checkpoint

PARAMS = {'w': np.array([[0.5, -1.0], [2.0, 0.25]], np.float32),
          'b': np.array([1.0, -0.5], np.float32)}
_STEPS = 3

# Called with `optax` or `optax.pytree`.
OPTIMIZERS = {
    'adam': lambda o, rate=0.01: o.adam(rate),
    'adamw with schedule': lambda o, rate=0.01: o.adamw(
        o.cosine_decay_schedule(rate, 9)),
    'sgd with momentum': lambda o, rate=0.01: o.sgd(rate, momentum=0.9),
    'chain with clipping': lambda o, rate=0.01: o.chain(
        o.clip_by_global_norm(1.0), o.adam(rate)),
    'partition': lambda o, rate=0.01: getattr(
        o, 'partition', o.multi_transform)(
        {'matrix': o.adam(rate), 'vector': o.sgd(rate, momentum=0.9)},
        {'w': 'matrix', 'b': 'vector'}),
    'MultiSteps': lambda o, rate=0.01: o.MultiSteps(o.adam(rate), 2),
}


def train(o, make):
  """Returns the state of an optimizer after some updates."""
  params, tx = jax.tree_util.tree_map(jnp.asarray, PARAMS), make(o)
  state = tx.init(params)
  for _ in range(_STEPS):
    # The gradient of half the squared norm.
    if o is optax:
      updates, state = tx.update(params, state, params)
    else:
      updates, state = state.update(params, params)
    params = optax.apply_updates(params, updates)
  return state


def main(folder):
  folder = pathlib.Path(folder)
  if hasattr(optax, 'pytree'):
    opts = {k: train(optax.pytree, make) for k, make in OPTIMIZERS.items()}
    (folder / 'optimizers.pickle').write_bytes(pickle.dumps(opts))
    return
  folder /= optax.__version__
  folder.mkdir(parents=True, exist_ok=True)
  states = {k: train(optax, make) for k, make in OPTIMIZERS.items()}
  host = jax.tree_util.tree_map(np.asarray, states)
  (folder / 'jax.pickle').write_bytes(pickle.dumps(states))
  (folder / 'host.pickle').write_bytes(pickle.dumps(host))
  (folder / 'flax.msgpack').write_bytes(serialization.to_bytes(states))
  with tempfile.TemporaryDirectory() as temporary:
    orbax.checkpoint.PyTreeCheckpointer().save(f'{temporary}/states', states)
    shutil.make_archive(str(folder / 'orbax'), 'zip', f'{temporary}/states')


if __name__ == '__main__':
  main(*sys.argv[1:])
