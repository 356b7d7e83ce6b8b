"""The sweep of one candidate in a process of its own; prints its seconds.

  python benchmarks/sweep_process.py CANDIDATE CACHE
"""

import sys
import time

import candidates
import jax
import measurements
import workloads


def main():
  name, cache = sys.argv[1:]
  jax.config.update('jax_compilation_cache_dir', cache)
  jax.config.update('jax_persistent_cache_min_compile_time_secs', 0)
  jax.config.update('jax_persistent_cache_min_entry_size_bytes', -1)
  params, loss = jax.block_until_ready(workloads.mlp()[0]), workloads.mlp().loss
  start = time.perf_counter()
  candidate = candidates.CANDIDATES[name](loss, candidates.adam)
  measurements.run_sweep(candidate, params)
  print(time.perf_counter() - start)


if __name__ == '__main__':
  main()
