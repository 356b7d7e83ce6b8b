"""The functional view of an optimizer, whose state is the optimizer."""

# pylint: disable=unidiomatic-typecheck

import dataclasses
from typing import Any, Optional

import jax
from optax._src import base

_OTHER_STATE = """\
the state of opt.as_gradient_transformation() is the optimizer that its init
returns, not a {state}. For a functional state write
  opt.replace(opt_state=state)"""


def view(opt: Any) -> base.GradientTransformationExtraArgs:
  """Returns a functional transformation whose `init` is an optimizer's."""
  return base.GradientTransformationExtraArgs(_Init(opt), _Update())


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class _Init:
  """The `init` of an optimizer as a pytree, equal by value."""

  opt: Any

  def __call__(self, params: base.Params) -> Any:
    return self.opt.init(params)

  def __eq__(self, other: Any) -> bool:
    return type(other) is _Init and self.opt == other.opt and all(
        getattr(x, 'weak_type', None) == getattr(y, 'weak_type', None)
        for x, y in zip(*map(jax.tree.leaves, (self, other))))

  def __hash__(self) -> int:  # Also with arrays, which nothing can write to.
    return hash(self.opt._layout)


@jax.tree_util.register_static
@dataclasses.dataclass(frozen=True)
class _Update:
  """Updates the optimizer that is the state; itself it holds nothing."""

  def __call__(
      self,
      updates: base.Updates,
      state: Any,
      params: Optional[base.Params] = None,
      **extra_args: Any,
  ) -> tuple[base.Updates, Any]:
    if not hasattr(state, 'as_gradient_transformation'):
      raise TypeError(_OTHER_STATE.format(state=type(state).__name__))
    return state.update(updates, params, **extra_args)
