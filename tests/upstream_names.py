"""Prints Optax's transformations and schedules, and their parameters.

What one release has and another has not:

  diff <(python tests/upstream_names.py) \\
    <(PYTHONPATH=/path/to/optax python tests/upstream_names.py)
"""

import inspect

import optax

_MADE = optax.GradientTransformation, optax.MultiSteps


def main():
  seen = set()
  for module in optax, optax.contrib, optax.schedules, optax.transforms:
    for name, x in sorted(vars(module).items()):
      if name.startswith('_') or x in seen or not (
          inspect.isfunction(x) or x is optax.MultiSteps):
        continue
      seen.add(x)
      signature = inspect.signature(x)
      returned = signature.return_annotation  # Some have none.
      if returned in (None, optax.Schedule, signature.empty) or (
          inspect.isclass(returned) and issubclass(returned, _MADE)):
        print(f'{module.__name__}.{name}')
        for parameter in signature.parameters.values():
          default = parameter.replace(annotation=parameter.empty)
          print(f'{module.__name__}.{name}', str(default).split(' at 0x')[0])


if __name__ == '__main__':
  main()
