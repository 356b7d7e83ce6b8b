"""Schedules in the place of numbers that a factory takes no schedules for."""

import collections.abc
from collections.abc import Callable
import functools
import inspect
import typing
from typing import Any

import jax.numpy as jnp
from optax.pytree import _values
from optax.schedules import _inject


@functools.cache
def numbers(cls: Any) -> frozenset[str]:
  """Returns the parameters in the place of whose numbers schedules may be."""
  found = []
  for name, parameter in cls.__signature__.parameters.items():
    types, facts = cls._facts.types[name], cls._facts
    takes_schedules = any(
        typing.get_origin(t) is collections.abc.Callable for t in types
    ) or types == (parameter.empty,) and name.endswith('learning_rate')
    if cls._options.schedules is not None:
      takes_schedules = name in cls._options.schedules
    if not takes_schedules and name not in facts.masks and (
        _values.is_number(parameter.default) or float in types
        or name in facts.leaves):
      found.append(name)
  return frozenset(found)


def injecting(
    cls: Any, call: Callable[[dict[str, Any]], Any]
) -> Callable[[dict[str, Any]], Any]:
  """Returns a function that calls a factory with the values of schedules.

  Args:
    cls: the class of the factory.
    call: calls it with arguments by name.
  """

  def call_with(arguments):
    scheduled = {n: x for n, x in arguments.items()
                 if callable(x) and n in numbers(cls)}
    if not scheduled:
      return call(arguments)

    def factory(**values):
      values = {n: _values.weakly_typed(x) for n, x in values.items()}
      return call(arguments | values)

    # pyrefly: ignore [missing-attribute]
    factory.__signature__ = inspect.Signature([
        inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in scheduled
    ])
    return _inject.inject_hyperparams(
        factory, hyperparam_dtype=jnp.result_type(float))(**scheduled)

  return call_with
