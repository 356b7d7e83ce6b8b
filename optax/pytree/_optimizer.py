"""Optimizers as immutable pytrees."""

# pylint: disable=keyword-arg-before-vararg

from collections.abc import Callable, Collection, Mapping
import dataclasses
import sys
from typing import Any, NoReturn, Optional, TypeVar
from typing import Generic, overload, ParamSpec, TYPE_CHECKING

import jax
from optax._src import base
from optax.pytree import _calls
from optax.pytree import _closures
from optax.pytree import _derive
from optax.pytree import _flax
from optax.pytree import _hyperparams
from optax.pytree import _leaves
from optax.pytree import _node
from optax.pytree import _reads
from optax.pytree import _scheduled
from optax.pytree import _state
from optax.pytree import _trial
from optax.pytree import _values
from optax.pytree import _view

_Self = TypeVar('_Self', bound='Optimizer')
_Updates = TypeVar('_Updates')
_P = ParamSpec('_P')

_NO_STATE = """\
{name}.update needs the state that init makes. Write
  opt = opt.init(params)
  updates, opt = opt.update(grads, params)"""


class Optimizer(_node.Node):
  """An optimizer as an immutable pytree of its hyperparameters and its state.

  The classes of :mod:`optax.pytree` derive from it; each has the parameters of
  the function of that name in :mod:`optax`, which does the work. An optimizer
  has an attribute for each parameter. The learning rate, and whatever is given
  as an array, are leaves: they may change, be batched and be differentiated
  without a new compilation. Everything else is static.

  Optimizers are equal by value, and hashable unless a leaf is an array.

  Examples:
    >>> import jax.numpy as jnp
    >>> import optax
    >>> params = {'w': jnp.ones(2)}
    >>> opt = optax.pytree.sgd(0.1).init(params)
    >>> updates, opt = opt.update({'w': jnp.ones(2)}, params)
    >>> optax.apply_updates(params, updates)['w'].tolist()
    [0.8999999761581421, 0.8999999761581421]
    >>> float(opt.replace(learning_rate=0.5).learning_rate)
    0.5

  References:
    Pytree-based optimizers, https://github.com/google-deepmind/optax/issues/432
  """

  _LEAVES = ('learning_rate',)
  _SUMMARY = 'As an immutable pytree: see :class:`optax.pytree.Optimizer`.'

  @property
  def opt_state(self) -> Any:
    """The state of the functional transformation, None before `init`."""
    state = self._children[-1] if _values.has_state(self) else None
    return _values.map_items(  # In containers of its own.
        lambda _, x: x, state, is_item=_values.is_holder)

  def _with_state(self: _Self, state: Any, params: Any = None) -> _Self:
    """Returns the optimizer with a state, for parameters as `init` saw them."""
    _flax.register(type(self))
    opt = self._without_state()
    layout = dataclasses.replace(
        opt._layout, paths=(*opt._layout.paths, 'opt_state'), params=params)
    children = opt._children
    children = jax.tree.map(_leaves.to_jax, children)
    return self._unflatten(layout, (*children, state))

  def _without_state(self: _Self) -> _Self:
    if not _values.has_state(self):
      return self
    layout = self._layout
    layout = dataclasses.replace(layout, paths=layout.paths[:-1], params=None)
    return self._unflatten(layout, self._children[:-1])

  def __init_subclass__(cls, **kwargs: Any):
    super().__init_subclass__(**kwargs)
    _calls.check_subclass(cls, Optimizer)

  @classmethod
  def _convert(cls, name: str, x: Any) -> Any:
    if (isinstance(x, base.GradientTransformation)
        and cls is not from_gradient_transformation):
      return from_gradient_transformation(x)
    if name not in cls._facts.static:
      x = _closures.lift(x)
    return x

  def init(self: _Self, params: Any) -> _Self:
    """Returns the optimizer with the initial state for some parameters.

    Args:
      params: a pytree of arrays, the initial parameters.

    Returns:
      An optimizer with the same hyperparameters, whose `opt_state` is new.

    Raises:
      TypeError: `params` is an optimizer.
    """
    _calls.check_init(self, params)
    opt = self._with_state(self.tx.init(params))
    opt = _trial.with_params(opt, params)
    opt = _leaves.apart(opt, self, params)
    return opt

  def update(
      self: _Self,
      updates: _Updates,
      params: Any = None,
      *functional: NoReturn,
      **extra_args: Any,
  ) -> tuple[_Updates, _Self]:
    """Transforms updates, usually gradients.

    Args:
      updates: a pytree like the parameters.
      params: the current parameters, which some optimizers need.
      *functional: refused; a functional transformation takes its state here.
      **extra_args: what some optimizers need besides, such as `value`.

    Returns:
      The transformed updates for :func:`optax.apply_updates`, and the optimizer
      with its next state.

    Raises:
      ValueError: `init` wasn't called.
      TypeError: the call is that of a functional transformation.
    """
    _calls.check_update(self, updates, params, functional, extra_args)
    if not _values.has_state(self):
      raise ValueError(_NO_STATE.format(name=type(self).__name__))
    try:
      tx: Any = self.tx
      if isinstance(tx, base.GradientTransformation):
        tx = base.with_extra_args_support(tx)
      new_updates, state = tx.update(
          updates, self._children[-1], params, **extra_args
      )
    except Exception as e:
      _state.explain(self, e, updates, params)
      raise
    return new_updates, self._unflatten(
        self._layout, (*self._children[:-1], state)
    )

  @property
  def tx(self) -> base.GradientTransformation:
    """The functional transformation with these hyperparameters."""
    _reads.check(self)
    return self._call()

  def _call_with(
      self, arguments: dict[str, Any]
  ) -> base.GradientTransformation:
    call = super()._call_with
    call = _scheduled.injecting(type(self), call)
    tx = call(arguments)
    if isinstance(tx, Optimizer):
      return tx.tx
    _calls.check_transformation(self, tx)
    return tx

  def as_gradient_transformation(self) -> base.GradientTransformationExtraArgs:
    """Returns a functional transformation whose state is the optimizer.

    It is for everything that expects a functional transformation. The
    optimizer in the state has the say: to change a hyperparameter, replace it
    there. A later `replace` on this object has no effect. The transformation is
    a pytree with the leaves of the optimizer, and equal by value, so that what
    is compiled for one serves all that are equal.

    Returns:
      A transformation whose `init` returns an optimizer with state, and whose
      `update` takes and returns one in the place of the state.

    Examples:
      >>> import jax.numpy as jnp
      >>> import optax
      >>> tx = optax.pytree.sgd(0.1).as_gradient_transformation()
      >>> opt = tx.init(jnp.ones(2)).replace(learning_rate=0.5)
      >>> updates, opt = tx.update(jnp.ones(2), opt)
      >>> updates.tolist()
      [-0.5, -0.5]
    """
    return _view.view(self._without_state())

  @property
  def hyperparams(self) -> _hyperparams.Hyperparams:
    """The numeric hyperparameters by path, such as ``args[1].learning_rate``.

    For a scheduled hyperparameter it is the value that the next update will
    use, by the count in the state. Where an update uses it with several counts
    they have to be equal; in a traced function, NaN stands for a value with
    counts that differ.

    Raises:
      ValueError: it isn't known where the update takes a schedule's count from,
        or there is no state yet.

    Examples:
      >>> import jax.numpy as jnp
      >>> import optax
      >>> schedule = optax.pytree.linear_schedule(1.0, 0.0, transition_steps=4)
      >>> opt = optax.pytree.sgd(schedule, momentum=0.9).init(jnp.ones(2))
      >>> _, opt = opt.update(jnp.ones(2))
      >>> {name: float(x) for name, x in opt.hyperparams.items()}
      {'learning_rate': 0.75, 'momentum': 0.9}
    """
    return _hyperparams.numbers(self)

  def replace(
      self: _Self, changes: Optional[Mapping[str, Any]] = None, /,
      **by_name: Any,
  ) -> _Self:
    """Returns a copy with some hyperparameters changed.

    What is a leaf stays a leaf, so a value of the same dtype, weak type and
    sharding in its place never causes a new compilation.

    Args:
      changes: new values by path, such as `args[1].learning_rate`.
      **by_name: new values by name; `opt_state` too may be given, None for no
        state.

    Returns:
      An optimizer with the same state, if none was given.

    Raises:
      TypeError: there is no hyperparameter of that name or path; or the state
        can't follow, since a number would become a schedule, None a value, or
        the reverse, or since only `init` uses the hyperparameter.
      ValueError: `opt_state` has other leaves or shapes than the present one.

    Examples:
      >>> import optax
      >>> optax.pytree.sgd(0.1).replace(learning_rate=0.01).learning_rate
      0.01
    """
    changes = self._changes(changes, by_name)
    gives_state = 'opt_state' in changes
    opt_state = changes.pop('opt_state', None)
    opt = self._replace(changes)
    if not gives_state:
      if _values.has_state(self):
        _state.check_replacement(self, opt, changes)
      return opt
    if opt_state is None:
      return opt._without_state()
    opt_state = _values.map_items(  # The owner may write to it.
        lambda _, x: _values.own(x), opt_state, is_item=_values.is_holder)
    opt_state = _state.conform(self, opt, opt_state)
    return opt._with_state(opt_state, self._layout.params)

  def _rearrange(self: _Self, changes: dict[str, Any]) -> _Self:
    opt: Any = super()._rearrange(changes)
    if _values.has_state(self):
      opt = opt._with_state(self._children[-1], self._layout.params)
    return opt

  if not TYPE_CHECKING:  # Which would accept any attribute.

    def __getattr__(self, name: str):
      return _calls.find(self, name)

  def __iter__(self, *index: Any):
    raise _calls.not_a_sequence(self)

  __getitem__ = __iter__


if TYPE_CHECKING:

  class _Wrapped(Optimizer):

    def __getattr__(self, name: str) -> Any:
      ...

  class _WrappedClass(type, Generic[_P]):
    """A class with the parameters of its factory."""

    def __call__(cls, *args: _P.args, **kwargs: _P.kwargs) -> _Wrapped:
      ...


@overload
def wrap(
    factory: Callable[_P, Any], *, leaves: Collection[str] = (),
    static: Collection[str] = (), schedules: Optional[Collection[str]] = None,
    name: Optional[str] = None,
) -> '_WrappedClass[_P]':
  ...


@overload
def wrap(
    *, leaves: Collection[str] = (), static: Collection[str] = (),
    schedules: Optional[Collection[str]] = None, name: Optional[str] = None
) -> Callable[[Callable[_P, Any]], '_WrappedClass[_P]']:
  ...


def wrap(
    factory: Optional[Callable[..., Any]] = None,
    *,
    leaves: Collection[str] = (),
    static: Collection[str] = (),
    schedules: Optional[Collection[str]] = None,
    name: Optional[str] = None,
) -> Any:
  """Returns the pytree class for a factory of gradient transformations.

  It may be used as a decorator, with or without arguments.

  Args:
    factory: a function (or a partial object, or a class) that returns a
      gradient transformation. Its parameters become attributes.
    leaves: names of parameters whose numbers are leaves, besides those named
      `learning_rate` or ending so.
    static: names of parameters of which nothing is a leaf, for a factory that
      branches on their values.
    schedules: names of the parameters that the factory takes schedules for, by
      default those whose annotation says so. In the place of other numbers a
      schedule is evaluated as by :func:`optax.inject_hyperparams`.
    name: the name of the class, by default that of the factory.

  Returns:
    A subclass of :class:`optax.pytree.Optimizer`, always the same one for the
    same arguments; without a factory, a decorator.

  Raises:
    TypeError: `factory` has no signature, or `leaves`, `static` or `schedules`
      are no names.
    ValueError: a parameter is named like a member of
      :class:`optax.pytree.Optimizer`, or there is none of a given name.

  Examples:
    >>> import optax
    >>> @optax.pytree.wrap
    ... def clipped_sgd(learning_rate, max_norm=1.0):
    ...   return optax.chain(
    ...       optax.clip_by_global_norm(max_norm), optax.sgd(learning_rate)
    ...   )
    >>> clipped_sgd(0.1).max_norm
    1.0
  """
  # As in namedtuple.
  module = sys._getframe(1).f_globals.get('__name__', '__main__')
  options = _derive.options(name, leaves, static, schedules)
  derive = lambda factory: _derive.derive(Optimizer, factory, options, module)
  return derive if factory is None else derive(factory)


@wrap
def from_gradient_transformation(
    transformation: base.GradientTransformation,
) -> base.GradientTransformation:
  """Lifts a functional transformation, which has no hyperparameters to show.

  Args:
    transformation: the functional transformation.

  Returns:
    An optimizer whose `tx` is the transformation.

  Examples:
    >>> import optax
    >>> tx = optax.sgd(0.1)
    >>> optax.pytree.from_gradient_transformation(tx).tx is tx
    True
  """
  return transformation
