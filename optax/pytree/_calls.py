"""Refuses calls as of other libraries, and says what to write."""

from typing import Any

import jax
from optax.pytree import _address
from optax.pytree import _values

_CALLED_AS_FUNCTIONAL = """\
{name}.{method} was called like that of a functional transformation. Write
  updates, opt = opt.update(grads, params)
or, where a functional transformation is expected (flax's TrainState,
optax.chain and others), pass
  opt.as_gradient_transformation()
To chain pytree optimizers, use optax.pytree.chain."""

_NOT_A_SEQUENCE = """\
{name} is not a sequence. Instead of `init, update = opt` write
  opt = opt.init(params)
  updates, opt = opt.update(grads, params)"""

_CALLED_ON_CLASS = """\
update was called on a class. Write
  opt = optax.pytree.adam(1e-3).init(params)
  updates, opt = opt.update(grads, params)"""

# What torch has, and what functional optax calls the state.
_HABITS = {
    'lr': 'Write opt.learning_rate',
    'step': 'Write updates, opt = opt.update(grads, params)',
    'zero_grad': 'There is nothing to reset: jax.grad returns new gradients',
    'param_groups': 'Write opt.hyperparams; groups are optax.pytree.partition',
    'state_dict': 'An optimizer is a pytree, which pickle and orbax save',
    'state': 'What functional optax calls the state is opt.opt_state',
}


def check_subclass(cls: Any, base_class: Any) -> None:
  """Refuses to override what combinators would not call."""
  changed = [name for name in ('__init__', 'init', 'update', 'replace', 'tx')
             if getattr(cls, name) is not getattr(base_class, name)]
  if changed:
    raise TypeError(
        f'{cls.__name__} overrides {", ".join(changed)}, which combinators'
        ' would not call; write a factory of gradient transformations and'
        ' optax.pytree.wrap(factory)'
    )


def check_transformation(opt: Any, tx: Any) -> None:
  """Refuses what a factory returned if it isn't a gradient transformation."""
  if not (hasattr(tx, 'init') and hasattr(tx, 'update')):
    raise TypeError(f'{type(opt).__name__}: the factory returned {tx!r}, not'
                    ' a gradient transformation')


def check_init(opt: Any, params: Any) -> None:
  """Refuses an optimizer in the place of the parameters.

  One without state is a tree of numbers, which another one may optimize.
  """
  if _values.has_state(params):
    raise TypeError(_functional(opt, 'init'))


def check_update(
    opt: Any, updates: Any, params: Any, functional: tuple[Any, ...],
    extra_args: dict[str, Any],
) -> None:
  """Refuses the arguments of a functional transformation."""
  if not (isinstance(opt, _values.Item) and hasattr(opt, 'update')):
    raise TypeError(_CALLED_ON_CLASS)
  if functional or extra_args.keys() & {'state', 'opt_state'} or (
      _values.has_state(params) or _is_state(opt, params, updates)):
    raise TypeError(_functional(opt, 'update'))


def _is_state(opt: Any, params: Any, updates: Any) -> bool:
  """Whether something else was given in the place of the parameters."""
  if params is None or not _values.has_state(opt):
    return False
  known, structure = opt._layout.params, jax.tree.structure
  if known:
    return not known.fit(params) and structure(params) != structure(updates)
  return type(params) is type(opt.opt_state) and (
      structure(params) == structure(opt.opt_state))


def _functional(opt: Any, method: str) -> str:
  return _CALLED_AS_FUNCTIONAL.format(name=type(opt).__name__, method=method)


def not_a_sequence(opt: Any) -> TypeError:
  """Returns the error of an optimizer that is unpacked."""
  return TypeError(_NOT_A_SEQUENCE.format(name=type(opt).__name__))


def find(opt: Any, name: str) -> Any:
  """Returns a hyperparameter of an optimizer or of one inside it.

  Raises:
    AttributeError: there is none, or there are several.
  """
  if name.startswith('_') or hasattr(type(opt), name):
    return object.__getattribute__(opt, name)  # Raises it again.
  try:
    return _address.find(opt, name).value
  except AttributeError as e:
    of_state = hasattr(opt.opt_state, name) and 'state'
    hint = _HABITS.get(of_state or name)
    raise AttributeError(f'{e}. {hint}' if hint else str(e)) from None
