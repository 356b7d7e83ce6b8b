"""The arguments of a factory as an immutable pytree."""

# pylint: disable=unidiomatic-typecheck, use-dict-literal

from collections.abc import Callable, Iterable, Mapping, Sequence
import dataclasses
import functools
import inspect
import operator
from typing import Any, ClassVar, Optional, TypeVar

import jax
from optax.pytree import _address
from optax.pytree import _arguments
from optax.pytree import _derive
from optax.pytree import _leaves
from optax.pytree import _reads
from optax.pytree import _record
from optax.pytree import _text
from optax.pytree import _values

_Self = TypeVar('_Self', bound='Node')


@dataclasses.dataclass(frozen=True)
class _Layout:
  """The static part of a node: its auxiliary data as a pytree."""

  # Of the children, in their order: where they stand in the template, and
  # 'opt_state' for an optimizer's.
  paths: tuple[str, ...]
  kinds: tuple[str, ...]  # Of the children that stand in the template.
  # The arguments by name, with a `Child` in the place of each child.
  template: dict[str, Any] = dataclasses.field(compare=False)
  key: tuple[Any, ...]  # Stands for the template in comparisons.
  # What an optimizer's `init` saw: the structure of the parameters, and their
  # shapes and dtypes.
  params: Any = dataclasses.field(default=None, hash=False)

  entries = functools.cached_property(_address.entries)
  functions = functools.cached_property(_reads.find)

  def __repr__(self) -> str:
    return _text.of_layout(self)


class Node(_values.Item):
  """The arguments of a factory as an immutable pytree, equal by value.

  An argument is an item, or a container of items. Each item is of one kind: a
  number, an array or a node, which are children of the pytree, or static, which
  is part of the layout.
  """

  # Set in each subclass by `derive`.
  __signature__: ClassVar[inspect.Signature]
  _factory: ClassVar[Callable[..., Any]]
  _facts: ClassVar[_derive.Facts]
  _options: ClassVar[_derive.Options]
  _by_name: ClassVar[bool]  # Whether it takes all arguments by name.
  _default_keys: ClassVar[dict[str, Any]]  # What stands for defaults.

  def __init_subclass__(cls, **kwargs: Any):
    super().__init_subclass__(**kwargs)
    jax.tree_util.register_pytree_with_keys(
        cls, _flatten_with_keys, cls._unflatten, flatten)

  def __init__(self, /, *args: Any, **kwargs: Any):
    _arguments.check_class(type(self))
    try:
      arguments = self._bind(*args, **kwargs)
    except TypeError as e:
      raise _arguments.not_bound(type(self), e) from None
    vars(self).update(vars(self._from_template(arguments)))
    self._call()  # What the factory rejects is rejected at once.

  @classmethod
  def _bind(cls, /, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Returns the arguments by name; makes the function that does, first."""
    cls._bind = staticmethod(_derive.binder(cls.__name__, cls.__signature__))
    return cls._bind(*args, **kwargs)

  @classmethod
  def _from_template(
      cls: type[_Self], template: Mapping[str, Any],
      present: Sequence[tuple[Any, str]] = (), replaced: Any = (),
  ) -> _Self:
    """Returns the node of some arguments.

    Args:
      template: the arguments by name; what isn't a `Child` yet becomes one, or
        static.
      present: the children that the template tells of, with their kinds.
      replaced: a mapping of those, by path, whose place others may take.
    """
    paths, kinds, children, arguments, keys = [], [], [], {}, []

    def place(path, x):
      if type(x) is _values.Child:
        x, kind = present[x.index]
      else:
        if x is not parameter.default:
          _arguments.check_item(cls, path, x)
          x = cls._convert(name, x)
        kind = cls._kind(name, path, x)
        if path in replaced and _values.may_be_leaf(x):
          kind = replaced[path][1]
          x = _leaves.replace(replaced[path][0], x, kind)
        if kind is None:
          _arguments.check_static(cls, path, x)
          return _values.static(x)
        x = _values.own(x, kind)
      paths.append(path)
      kinds.append(kind)
      children.append(x)
      return _values.Child(len(children) - 1)

    parameters = cls.__signature__.parameters.values()
    for (name, value), parameter in zip(template.items(), parameters):
      if hasattr(value, '__next__'):
        value = list(value)  # It can be read only once.
      key = cls._default_keys.get(name)
      if value is not parameter.default:
        _arguments.check(cls, name, value)
        key = None
      if type(value) not in _values.PLAIN or name in cls._facts.leaves:
        value, key = _values.map_items(place, value, name), None
      arguments[name] = value
      keys.append(key or _values.key(value))
    keys += _reads.key_of_factory(cls)
    layout = _Layout(tuple(paths), tuple(kinds), arguments, tuple(keys))
    return cls._unflatten(layout, children)

  @classmethod
  def _kind(cls, name: str, path: str, x: Any) -> Optional[str]:
    """Returns what an item of an argument is, None if it is static."""
    del path
    if isinstance(x, Node):
      # Without leaves it is static: each node costs at every call.
      return _values.NODE if x._layout.paths else None
    if name in cls._facts.static:
      return None
    if name in cls._facts.leaves and (
        _values.is_number(x) or _values.is_weak_scalar(x)):
      return _values.NUMBER
    return _values.ARRAY if _values.is_array(x) else None

  @classmethod
  def _convert(cls, name: str, x: Any) -> Any:
    """Returns an item as the node holds it."""
    del name
    return x

  def _as_argument(self) -> Any:
    """Returns what a factory is given for this node."""
    _reads.check(self)
    return self._call()

  @classmethod
  def _unflatten(
      cls: type[_Self], layout: _Layout, children: Iterable[Any]
  ) -> _Self:
    # Nothing more: it is on the path of every call of a jitted function.
    node = object.__new__(cls)
    attributes = node.__dict__
    attributes['_children'] = tuple(children)
    attributes['_layout'] = layout
    return node

  def _get(self, name: str) -> Any:
    """Returns the value of a parameter of the factory, in new containers."""
    return self._fill(self._layout.template[name])

  def _fill(
      self, x: Any, convert: Callable[[Any, Any], Any] = lambda y, kind: y
  ) -> Any:
    """Returns what a part of the template stands for.

    Args:
      x: an argument in the template, or a part of one.
      convert: is called with each item and the kind of a child, else None.
    """

    def fill(_, y):
      if type(y) is _values.Child:
        return convert(self._children[y.index], self._layout.kinds[y.index])
      return convert(y, None)

    return fill('', x) if type(x) in _values.FLAT else _values.map_items(
        fill, x)

  def _call(self) -> Any:
    """Calls the factory, and returns what it returns."""

    def as_argument(x, kind):
      if kind == _values.NUMBER:
        return _values.weakly_typed(x)
      if isinstance(x, Node):
        return x._as_argument()
      return x

    return self._call_with({
        name: x if type(x) in _values.PLAIN else self._fill(x, as_argument)
        for name, x in self._layout.template.items()
    })

  def _call_with(self, arguments: dict[str, Any]) -> Any:
    args, kwargs = (), arguments
    if not self._by_name:
      bound = inspect.BoundArguments(self.__signature__, arguments)
      args, kwargs = bound.args, bound.kwargs
    try:
      return self._factory(*args, **kwargs)
    except _arguments.NEEDS_A_VALUE as e:
      raise _arguments.needs_a_value(type(self), arguments) from e

  def replace(
      self: _Self, changes: Optional[Mapping[str, Any]] = None, /,
      **by_name: Any,
  ) -> _Self:
    """Returns a copy with some arguments changed; a leaf stays a leaf."""
    return self._replace(self._changes(changes, by_name))

  def _changes(
      self, changes: Optional[Mapping[str, Any]], by_name: dict[str, Any]
  ) -> dict[str, Any]:
    """Returns the arguments of `replace` by path."""
    try:
      changes = {} if changes is None else changes
      changes = dict(**{str(k): x for k, x in changes.items()}, **by_name)
    except (AttributeError, TypeError):
      raise _address.how_to_replace(self) from None
    changes = _address.resolve(self, changes)
    return changes

  def _replace(self: _Self, changes: Mapping[str, Any]) -> _Self:
    """Puts leaves where leaves are, and arranges anew what else changes."""
    layout, children, others = self._layout, list(self._children), dict(changes)
    for i, (path, old) in enumerate(zip(layout.paths, self._children)):
      if path in others and not isinstance(old, Node) and (
          _values.may_be_leaf(others[path])):
        x = _values.own(others.pop(path), layout.kinds[i])
        x = _leaves.replace(old, x, layout.kinds[i])
        children[i] = x
      if isinstance(old, Node) and (
          inner := _address.pop_inside(path, others)):
        children[i] = old._replace(inner)
        if children[i]._layout is not old._layout:
          others[path] = children[i]
    node = self._unflatten(layout, children)
    return node._rearrange(others) if others else node

  def _rearrange(self: _Self, changes: dict[str, Any]) -> _Self:
    """Returns a copy with some arguments, or items of them, changed."""

    def put(path, x):
      if inner := _address.pop_inside(path, changes):  # One without leaves.
        return x._replace(inner)
      return changes.pop(path, x)

    template = {name: changes.pop(name) if name in changes
                else _values.map_items(put, x, name)
                for name, x in self._layout.template.items()}
    if changes:
      raise TypeError(f'{type(self).__name__}.replace: there is no'
                      f' {", ".join(changes)}')
    present = list(zip(self._children, self._layout.kinds))
    leaves = {path: x for path, x in zip(self._layout.paths, present)
              if x[1] != _values.NODE}
    node = self._from_template(template, present, leaves)
    _arguments.check_factory_takes(node)
    return node

  def __setattr__(self, name: str, value: Any):
    name = {'lr': 'learning_rate'}.get(name, name)
    raise dataclasses.FrozenInstanceError(
        f'{type(self).__name__} is immutable; write opt = opt.replace('
        f'{name}={value!r})')

  def __delattr__(self, name: str):
    raise dataclasses.FrozenInstanceError(f'{type(self).__name__} is immutable')

  def __eq__(self, other: Any) -> bool:
    if type(self) is not type(other):
      return NotImplemented
    return _values.tree_key(self) == _values.tree_key(other)

  def __hash__(self) -> int:
    hash(tuple(jax.tree.leaves(self)))  # An array raises TypeError.
    return hash(_values.tree_key(self))

  def __repr__(self) -> str:
    return _text.of_node(self)

  def __reduce__(self) -> tuple[Any, ...]:
    return _record.reduce(self)


flatten = operator.attrgetter('_children', '_layout')


def _flatten_with_keys(node: Node) -> tuple[Any, _Layout]:
  keys = map(jax.tree_util.GetAttrKey, node._layout.paths)
  return tuple(zip(keys, node._children)), node._layout
