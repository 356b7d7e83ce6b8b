"""Starts one run of a sweep, as a process of its own.

  python benchmarks/sweep_process.py CANDIDATE OPTIMIZER LEARNING_RATE CACHE

Prints the seconds from making the optimizer to the end of the first step, and
how often the step was compiled and was found in JAX's persistent cache.
"""

import collections
import json
import sys
import time

import candidates
import jax
import measurements
import workloads

_CACHE = '/jax/compilation_cache/'


def main():
  name, optimizer, learning_rate, cache = sys.argv[1:]
  jax.config.update('jax_compilation_cache_dir', cache)
  jax.config.update('jax_persistent_cache_min_compile_time_secs', 0)
  jax.config.update('jax_persistent_cache_min_entry_size_bytes', -1)
  workload = workloads.mlp()
  params = jax.block_until_ready(workload.params)
  events = collections.Counter()
  jax.monitoring.register_event_listener(
      lambda event, **_: events.update([event])
  )
  start = time.perf_counter()
  candidate = candidates.CANDIDATES[name](
      workload.loss, measurements.SWEPT[optimizer]
  )
  step, carry = candidate.start(params, float(learning_rate))
  jax.block_until_ready(jax.tree.leaves(carry))
  events.clear()  # Of what makes the state.
  jax.block_until_ready(jax.tree.leaves(step(*carry)))
  seconds = time.perf_counter() - start
  counts = [float(events[_CACHE + x]) for x in ('cache_misses', 'cache_hits')]
  print(json.dumps([seconds, *counts]))


if __name__ == '__main__':
  main()
