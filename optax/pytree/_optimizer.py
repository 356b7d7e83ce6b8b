"""Optimizers as immutable pytrees."""

from collections.abc import Callable, Iterator, Mapping
import dataclasses
import inspect
import sys
from typing import Any, NamedTuple, Optional, TYPE_CHECKING, TypeVar

import jax
import jax.numpy as jnp
from optax._src import base
from optax.pytree import _derive
from optax.pytree import _leaves
from optax.pytree import _limits
from optax.pytree import _node
from optax.pytree import _schedule
from optax.pytree import _scheduled

_Self = TypeVar('_Self', bound='Optimizer')

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

_NO_STATE = """\
{name}.update needs the state that init makes. Write
  opt = opt.init(params)
  updates, opt = opt.update(grads, params)"""

_CALLED_ON_CLASS = """\
update was called on a class. Write
  opt = optax.pytree.adam(1e-3).init(params)
  updates, opt = opt.update(grads, params)"""

_UNKNOWN_VALUE = """\
the value of {path} in the next update is not known: {reason}.
Evaluate the schedule where you know the step."""

_NEW_STATE = """\
{name}.replace: the state does not fit another kind of {path} (number, schedule
or None). Build a new optimizer and call its init."""

_ONLY_INIT = """\
{name}.replace: only init uses {path}, so that a change would do nothing. Build
a new optimizer and call its init."""

_NOT_IN_STEP = 'it is used with counts that differ'

_NOT_CALLED = 'a trial update did not call it'

_REPR_LINES = 16  # What `repr` shows at the most.


class Optimizer(_node.Node):
  """An optimizer as an immutable pytree of its hyperparameters and its state.

  The classes of :mod:`optax.pytree` derive from it; each has the parameters of
  the function of that name in :mod:`optax`, which does the work. An optimizer
  has an attribute for each parameter. The learning rate, and whatever is given
  as an array, are leaves: they may change, be batched and be differentiated
  without a new compilation. Everything else is static.

  Optimizers are equal by value, and hashable unless a leaf is an array.

  Attributes:
    opt_state: the state of the functional transformation, None before `init`.

  Examples:
    >>> import jax.numpy as jnp
    >>> import optax
    >>> params = {'w': jnp.ones(2)}
    >>> opt = optax.pytree.sgd(0.1).init(params)
    >>> updates, opt = opt.update({'w': jnp.ones(2)}, params)
    >>> optax.apply_updates(params, updates)['w'].tolist()
    [0.8999999761581421, 0.8999999761581421]
    >>> opt.replace(learning_rate=0.01).learning_rate
    0.01

  References:
    Pytree-based optimizers, https://github.com/google-deepmind/optax/issues/432
  """

  _SUMMARY = 'As an immutable pytree: see :class:`optax.pytree.Optimizer`.'

  opt_state: Any = None

  def _has_state(self) -> bool:
    return 'opt_state' in vars(self)

  def _with_state(self: _Self, state: Any, params_treedef: Any) -> _Self:
    """Returns the optimizer with a state for parameters of that structure."""
    layout, children = self._layout, self._children
    if self._has_state():
      children = children[:-1]
    else:
      layout = dataclasses.replace(layout, leaves=(*layout.leaves, 'opt_state'))
    if layout.params_treedef is not params_treedef:
      layout = dataclasses.replace(layout, params_treedef=params_treedef)
    return self._unflatten(layout, (*children, state))

  @classmethod
  def _convert_item(cls, path: str, x: Any) -> Any:
    if isinstance(x, Optimizer) and x._has_state():
      raise TypeError(
          f'{cls.__name__}: {path} has a state of its own; pass it as it was'
          f' before init: {path}.replace(opt_state=None)'
      )
    if (isinstance(x, base.GradientTransformation)
        and cls is not from_gradient_transformation):
      return from_gradient_transformation(x)
    if callable(x) and path in _limits.TAKES_NO_SCHEDULE.get(cls._factory, ()):
      raise TypeError(
          f'{cls.__name__}: {path} may not be a schedule; write {path}=0.1, or'
          ' another number'
      )
    return super()._convert_item(path, x)

  def init(self: _Self, params: base.Params) -> _Self:
    """Returns the optimizer with the initial state for some parameters.

    Args:
      params: a pytree of arrays, the initial parameters.

    Returns:
      An optimizer with the same hyperparameters, whose `opt_state` is new.

    Raises:
      TypeError: `params` is an optimizer.
    """
    if isinstance(params, Optimizer):
      raise TypeError(_functional_call(self, 'init'))
    opt = self._with_state(self.tx.init(params), jax.tree.structure(params))
    # No buffer may belong to two trees, or be twice in one: it could be donated
    # only once.
    seen = {id(x) for x in jax.tree.leaves((self, params))}

    def own(x):
      if id(x) in seen and isinstance(x, jax.Array):
        return jnp.copy(x)
      seen.add(id(x))
      return x

    return jax.tree.map(own, opt)

  def update(
      self: _Self,
      updates: base.Updates,
      params: Optional[base.Params] = None,
      *functional: Any,
      **extra_args: Any,
  ) -> tuple[base.Updates, _Self]:
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
    if not isinstance(self, Optimizer):
      raise TypeError(_CALLED_ON_CLASS)
    if functional or isinstance(params, Optimizer):
      raise TypeError(_functional_call(self, 'update'))
    if not self._has_state():
      raise ValueError(_NO_STATE.format(name=type(self).__name__))
    tx = self.tx
    if isinstance(tx, base.GradientTransformation):
      tx = base.with_extra_args_support(tx)
    new_updates, state = tx.update(
        updates, self.opt_state, params, **extra_args
    )
    treedef = self._layout.params_treedef or jax.tree.structure(updates)
    return new_updates, self._with_state(state, treedef)

  @property
  def tx(self) -> base.GradientTransformation:
    """The functional transformation with these hyperparameters."""
    return self._call()

  def _call(self, convert=None) -> base.GradientTransformation:
    tx = super()._call(convert)
    if isinstance(tx, Optimizer):
      return tx.tx
    if not (hasattr(tx, 'init') and hasattr(tx, 'update')):
      raise TypeError(f'{type(self).__name__}: the factory returned {tx!r}, not'
                      ' a gradient transformation')
    return tx

  _as_argument = _call

  def as_gradient_transformation(self) -> base.GradientTransformationExtraArgs:
    """Returns a functional transformation whose state is the optimizer.

    It is for everything that expects a functional transformation. The
    optimizer in the state has the say: to change a hyperparameter, replace it
    there. A later `replace` on this object has no effect.

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
    return base.GradientTransformationExtraArgs(self.init, _update)

  @property
  def hyperparams(self) -> dict[str, Any]:
    """The numeric hyperparameters by path, such as ``args[1].learning_rate``.

    For a scheduled hyperparameter it is the value that the next update will
    use, by the count in the state.

    Raises:
      ValueError: it isn't known where the update takes a schedule's count from,
        or there is no state yet.
    """
    found, places = {}, None
    for item in self._items(''):
      path, x = item.path, item.value
      if _leaves.is_number(x) or _leaves.is_numeric_array(x):
        found[path] = x
      elif callable(x) and not inspect.isclass(x):
        if places is None:
          places = _scheduled.find_counts(self)
        where = places.get(path, _NOT_CALLED if item.is_number else ())
        if where and not self._has_state():
          where = 'the count is in the state, which only init makes'
        if isinstance(where, str):
          if not item.is_number:
            continue  # Perhaps a mask.
          raise ValueError(_UNKNOWN_VALUE.format(path=path, reason=where))
        if where:
          found[path] = self._scheduled_value(path, x, where)
    return found

  def _scheduled_value(self, path: str, schedule: Any, places: Any) -> Any:
    """Evaluates a schedule with the count at some places in the state."""
    leaves = dict(jax.tree_util.tree_leaves_with_path(self.opt_state))
    count, *others = (leaves[place] for place in places)
    value = schedule(count)
    for other in others:  # For instance, the groups of muon.
      in_step = count == other
      if isinstance(in_step, jax.core.Tracer):
        value = jnp.where(in_step, value, jnp.nan)
      elif not in_step.all():
        raise ValueError(_UNKNOWN_VALUE.format(path=path, reason=_NOT_IN_STEP))
    return value

  def _items(self, prefix: str) -> Iterator['_Item']:
    """Yields what the hyperparameters hold, also those of inner optimizers."""
    only_init = _limits.ONLY_INIT_USES.get(self._factory, ())
    for name, value in self._arguments().items():
      default = self.__signature__.parameters[name].default
      is_number = name in self._number_leaves or _leaves.is_number(default)
      items = jax.tree_util.tree_leaves_with_path(value, is_leaf=_node.is_item)
      for path, x in items:
        path = f'{prefix}{name}{jax.tree_util.keystr(path)}'
        if isinstance(x, Optimizer):
          yield from x._items(f'{path}.')
        else:
          is_number |= isinstance(x, _schedule.Schedule)
          yield _Item(path, x, is_number, name in only_init)

  def replace(
      self: _Self, changes: Optional[Mapping[str, Any]] = None, /, **by_name: Any
  ) -> _Self:
    """Returns a copy with some hyperparameters changed.

    What is a leaf stays a leaf, so a number in the place of a number or of an
    array never causes a new compilation.

    Args:
      changes: new values by path, as in `hyperparams`.
      **by_name: new values by name; `opt_state` too may be given, None for no
        state.

    Returns:
      An optimizer with the same state, if none was given.

    Raises:
      TypeError: there is no hyperparameter of that name or path.

    Examples:
      >>> import optax
      >>> opt = optax.pytree.chain(
      ...     optax.pytree.clip(1.0), optax.pytree.sgd(0.1)
      ... )
      >>> opt.replace({'args[1].learning_rate': 0.01}).args[1].learning_rate
      0.01
    """
    state, has_state = self.opt_state, self._has_state()
    if 'opt_state' in by_name:
      state = by_name.pop('opt_state')
      has_state = state is not None
    opt = super().replace(changes, **by_name)
    if not has_state:
      return opt
    if state is self.opt_state:
      self._check_same_state(opt)
    return opt._with_state(state, self._layout.params_treedef)

  def _check_same_state(self, other: 'Optimizer') -> None:
    """Refuses changes that the state of `self` can't follow."""
    kinds = lambda opt: {
        (x.path, callable(x.value)) for x in opt._items('')
    }
    if differ := kinds(self) ^ kinds(other):
      path = min(differ)[0]
      raise TypeError(_NEW_STATE.format(name=type(self).__name__, path=path))
    for x, y in zip(self._items(''), other._items('')):
      if x.only_init and x.value is not y.value:
        raise TypeError(_ONLY_INIT.format(name=type(self).__name__, path=x.path))

  def __reduce__(self) -> tuple[Any, ...]:
    if not self._has_state():
      return super().__reduce__()
    return *super().__reduce__(), (self.opt_state,)

  def __setstate__(self, state: tuple[Any]) -> None:
    self._fill(*_node.flatten(self._with_state(*state, None)))

  def __repr__(self) -> str:
    lines = [super().__repr__()]
    if self._has_state():
      for path, x in jax.tree_util.tree_leaves_with_path(self.opt_state):
        shape = f'{x.dtype}{list(x.shape)}' if hasattr(x, 'dtype') else repr(x)
        lines.append(f'  .opt_state{jax.tree_util.keystr(path)}: {shape}')
      if len(lines) > _REPR_LINES:
        lines[_REPR_LINES:] = [f'  and {len(lines) - _REPR_LINES} more arrays']
    return '\n'.join(lines)

  if not TYPE_CHECKING:  # Which would accept any attribute.

    def __getattr__(self, name: str):
      raise AttributeError(
          f'{type(self).__name__} has no attribute {name!r}; what functional'
          ' optax calls the state is opt.opt_state'
      )

  def __iter__(self, *index: Any):
    raise TypeError(_NOT_A_SEQUENCE.format(name=type(self).__name__))

  __getitem__ = __iter__


class _Item(NamedTuple):
  path: str
  value: Any
  is_number: bool  # Whether it stands in the place of a number.
  only_init: bool  # Whether no update uses it.


def _functional_call(opt: Optimizer, method: str) -> str:
  return _CALLED_AS_FUNCTIONAL.format(name=type(opt).__name__, method=method)


def _update(
    updates: base.Updates,
    state: Any,
    params: Optional[base.Params] = None,
    **extra_args: Any,
) -> tuple[base.Updates, Optimizer]:
  return state.update(updates, params, **extra_args)


def wrap(
    factory: Callable[..., Any],
    *,
    name: Optional[str] = None,
) -> type[Optimizer]:
  """Returns the pytree class for a factory of gradient transformations.

  It may be used as a decorator.

  Args:
    factory: a function (or a partial object, or a class) that returns a
      gradient transformation. Its parameters become attributes.
    name: the name of the class, by default that of the factory.

  Returns:
    A subclass of :class:`optax.pytree.Optimizer`, always the same one for the
    same factory.

  Raises:
    TypeError: `factory` is not callable.
    ValueError: a parameter is named like a member of
      :class:`optax.pytree.Optimizer`.

  Examples:
    >>> import optax
    >>> @optax.pytree.wrap
    ... def clipped_sgd(learning_rate, max_norm=1.0):
    ...   return optax.chain(
    ...       optax.clip_by_global_norm(max_norm), optax.sgd(learning_rate)
    ...   )
    >>> clipped_sgd(0.1)
    clipped_sgd(learning_rate=0.1, max_norm=1.0)
  """
  module = sys._getframe(1).f_globals['__name__']  # As in namedtuple.
  return _derive.derive(Optimizer, factory, name, module)


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
