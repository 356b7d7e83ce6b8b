"""Trains on several processes, with a sharded optimizer and checkpoints.

  python examples/train_distributed.py --processes=2 --folder=run

The processes run on this machine, each with its share of four devices. Kill
them at any time: the same command goes on from the last checkpoint, and ends
with the parameters of a run that was not killed, bit for bit. Another number of
processes can go on from it too; then gradients are summed in another order.

The network removes noise from images of digits. A device holds some of its
output pixels, with the optimizer's state for them.
"""

import argparse
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

import jax
from jax.experimental import multihost_utils
import jax.numpy as jnp
import numpy as np
import optax
import orbax.checkpoint as ocp
from sklearn import datasets
import tqdm

_DEVICES = 4
P = jax.sharding.PartitionSpec


def launch(args: argparse.Namespace) -> int:
  """Starts the processes and waits until all, or one with an error, end."""
  with socket.socket() as s:
    s.bind(('localhost', 0))
    address = f'localhost:{s.getsockname()[1]}'
  devices = _DEVICES // args.processes
  flags = f'--xla_force_host_platform_device_count={devices}'
  processes = [
      subprocess.Popen(
          (sys.executable, __file__, *sys.argv[1:], f'--process={i}',
           f'--address={address}'), env=os.environ | {'XLA_FLAGS': flags},
          stdin=subprocess.PIPE,
      ) for i in range(args.processes)
  ]
  while not any(statuses := [process.poll() for process in processes]):
    if None not in statuses:
      return 0
    time.sleep(0.1)
  return 1  # The others end with this process.


def end_with_launcher() -> None:
  """Ends this process when its launcher ends, however that happens."""
  sys.stdin.read()
  os._exit(1)


@jax.jit
def step(params, opt, noisy, images):

  def loss(params):
    hidden = jnp.tanh(noisy @ params['in'])
    return jnp.mean((hidden @ params['out'] - images) ** 2)

  grads = jax.grad(loss)(params)
  updates, opt = opt.update(grads, params)
  return optax.apply_updates(params, updates), opt


def train(args: argparse.Namespace) -> None:
  """Trains in one of the processes; all of them run the same."""
  threading.Thread(target=end_with_launcher, daemon=True).start()
  if args.processes > 1:
    jax.config.update('jax_cpu_collectives_implementation', 'gloo')
    jax.distributed.initialize(
        args.address, args.processes, args.process,
        coordinator_bind_address=args.address,
    )
  mesh = jax.sharding.Mesh(np.array(jax.devices()), ('pixels',))

  def put(x, spec):
    sharding = jax.sharding.NamedSharding(mesh, spec)
    return jax.make_array_from_callback(x.shape, sharding, lambda i: x[i])

  rng = np.random.default_rng(0)
  images = (datasets.load_digits().data / 16).astype(np.float32)
  noisy = images + 0.3 * rng.standard_normal(images.shape, np.float32)
  weights = 0.1 * rng.standard_normal((2, 64, 64), np.float32)
  noisy, images = put(noisy, P()), put(images, P(None, 'pixels'))
  params = {
      'in': put(weights[0], P()),
      'out': put(weights[1], P(None, 'pixels')),
  }

  # A compiled identity puts the learning rate and the count on all devices.
  opt = jax.jit(lambda opt: opt)(optax.pytree.adam(1e-3).init(params))
  abstract = jax.tree.map(
      lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=x.sharding),
      (params, opt),
  )
  options = ocp.CheckpointManagerOptions(
      save_interval_steps=args.save_every, max_to_keep=2
  )
  with ocp.CheckpointManager(
      args.folder.resolve() / 'checkpoints', options=options
  ) as manager:
    start = manager.latest_step() or 0
    if start:
      params, opt = manager.restore(
          start, args=ocp.args.StandardRestore(abstract)
      )
    bar = tqdm.tqdm(
        range(start + 1, args.steps + 1), initial=start, total=args.steps,
        disable=args.process > 0,
    )
    for i in bar:
      # With several steps under way, gloo's sums could wait for each other.
      params, opt = jax.block_until_ready(step(params, opt, noisy, images))
      manager.save(i, args=ocp.args.StandardSave((params, opt)))
      if args.process == 0 and i % 10 == 0:
        with bar.external_write_mode():
          print(f'step {i}', flush=True)
  result = multihost_utils.process_allgather(params, tiled=True)
  if args.process == 0:
    np.savez(args.folder / 'params.npz', **result)


def main() -> int:
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter
  )
  parser.add_argument('--processes', type=int, choices=(1, 2, 4), default=2)
  parser.add_argument('--folder', type=pathlib.Path, required=True)
  parser.add_argument('--steps', type=int, default=200)
  parser.add_argument('--save-every', type=int, default=20)
  # What the processes are started with.
  parser.add_argument('--process', type=int, help=argparse.SUPPRESS)
  parser.add_argument('--address', help=argparse.SUPPRESS)
  args = parser.parse_args()
  args.folder.mkdir(parents=True, exist_ok=True)
  if args.process is None:
    return launch(args)
  train(args)
  return 0


if __name__ == '__main__':
  sys.exit(main())
