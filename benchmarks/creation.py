"""Compares the creation of transformations with that of plain named tuples.

  python benchmarks/creation.py

Creates each with optax.GradientTransformation as it is and as the named tuple
that it was, in turns in one process, and prints the least times and their
ratio: 1.00 is as fast as before.
"""

import timeit
from typing import Any, NamedTuple
from unittest import mock

import optax
from optax._src import base


class Plain(NamedTuple):
  init: Any
  update: Any


class PlainExtraArgs(Plain):
  pass


CREATE = {
    'one': lambda: base.GradientTransformationExtraArgs(len, abs),
    'adam': lambda: optax.adam(1e-3),
    'chain of five': lambda: optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.scale_by_adam(),
        optax.add_decayed_weights(1e-4),
        optax.scale_by_trust_ratio(),
        optax.scale_by_learning_rate(1e-3),
    ),
}


def main():
  before = mock.patch.multiple(
      base,
      GradientTransformation=Plain,
      GradientTransformationExtraArgs=PlainExtraArgs,
  )
  print(f'{"":15} before, us    now, us  ratio')
  for name, create in CREATE.items():
    number = int(100 * 0.005 / timeit.timeit(create, number=100)) + 1
    old = new = float('inf')
    for _ in range(50):
      with before:
        old = min(old, timeit.timeit(create, number=number))
      new = min(new, timeit.timeit(create, number=number))
    scale = 1e6 / number
    print(f'{name:15} {old * scale:10.2f} {new * scale:10.2f} {new / old:6.2f}')


if __name__ == '__main__':
  main()
