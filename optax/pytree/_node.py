"""The arguments of a factory as an immutable pytree."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
import dataclasses
import inspect
import operator
import sys
from typing import Any, ClassVar, Optional, TypeVar

import jax
import jax.core
import numpy as np
from optax._src import base
from optax.pytree import _derive
from optax.pytree import _leaves

_Self = TypeVar('_Self', bound='Node')


class _LEAF:
  """Stands for a leaf in a template; a class pickles by its name."""


def _in_order(mapped: Any, value: Any) -> Any:
  """Gives dicts, which JAX sorts, the order they had: monitor depends on it."""
  if type(value) is dict:
    return {k: _in_order(mapped[k], x) for k, x in value.items()}
  if type(value) in (list, tuple):
    return type(value)(map(_in_order, mapped, value))
  return mapped


def _order(value: Any) -> tuple[Any, ...]:
  """Returns the order of the keys of all dicts, empty if there is none."""
  if type(value) is dict:
    return tuple((k, _order(x)) for k, x in value.items())
  if type(value) in (list, tuple):
    orders = tuple(map(_order, value))
    return orders if any(orders) else ()
  return ()


def map_items(
    f: Callable[..., Any], value: Any, *rest: Any, name: str = '',
    is_leaf: Optional[Callable[[Any], bool]] = None,
) -> Any:
  """Maps f(path, item, ...) over an argument; its name begins the path."""
  mapped = jax.tree_util.tree_map_with_path(
      lambda path, *xs: f(name + jax.tree_util.keystr(path), *xs),
      value, *rest, is_leaf=is_leaf,
  )
  return _in_order(mapped, value)


def _merge(template: Any, child: Any) -> Any:
  """Puts the leaves of a child among the static items of its template."""
  try:
    return map_items(
        lambda _, item, leaf: leaf if item is _LEAF else item, template, child,
        is_leaf=is_item,
    )
  except (TypeError, ValueError):
    return child  # Somebody's placeholder for the whole container.


@dataclasses.dataclass(frozen=True)
class _Layout:
  """The static part of a node: its auxiliary data as a pytree."""

  leaves: tuple[str, ...]  # The attributes that are children, in order.
  # The parameters that hold nodes.
  holders: tuple[str, ...] = dataclasses.field(compare=False, repr=False)
  paths: frozenset[str] = dataclasses.field(compare=False, repr=False)
  key: tuple[Any, ...] = dataclasses.field(repr=False)  # Of what is static.
  # By parameter: the value without its leaves, _LEAF if the child is the value.
  static: dict[str, Any] = dataclasses.field(compare=False)
  # The structure of the parameters, for optimizers that saw it.
  params_treedef: Any = dataclasses.field(
      default=None, compare=False, repr=False
  )


class Node:
  """The arguments of a factory as an immutable pytree, equal by value."""

  # Set in each subclass by `derive`.
  __signature__: ClassVar[inspect.Signature]
  _factory: ClassVar[Callable[..., Any]]
  _number_leaves: ClassVar[frozenset[str]]  # Parameters: numbers are leaves.
  _static_arrays: ClassVar[frozenset[str]]  # Parameters: arrays are static.
  _options: ClassVar[tuple[Any, ...]]  # What else it was derived with.

  _layout: _Layout
  _children: tuple[Any, ...]

  def __init_subclass__(cls, **kwargs: Any):
    super().__init_subclass__(**kwargs)
    jax.tree_util.register_pytree_with_keys(
        cls, _flatten_with_keys, cls._unflatten, flatten
    )

  def __init__(self, *args: Any, **kwargs: Any):
    try:
      bound = self.__signature__.bind(*args, **kwargs)
    except TypeError as e:
      parameters = [p.replace(annotation=p.empty)
                    for p in self.__signature__.parameters.values()]
      raise TypeError(
          f'{type(self).__name__}: {e}; write'
          f' {type(self).__name__}{inspect.Signature(parameters)}'
      ) from None
    for name, value in bound.arguments.items():
      bound.arguments[name] = self._convert(name, value)
    bound.apply_defaults()
    children, layout = self._sort(bound.arguments, self._number_leaves)
    vars(self).update(_children=children, _layout=layout)
    self._call()  # What the factory rejects is rejected at once.

  @classmethod
  def _convert(cls, name: str, value: Any) -> Any:
    """Returns an argument as the node holds it: each item converted."""
    if name in cls._static_arrays:  # A constant also where others are traced.
      value = jax.tree.map(
          lambda x: np.asarray(x) if isinstance(x, jax.Array)
          and not isinstance(x, jax.core.Tracer) else x,
          value, is_leaf=is_item,
      )
    return map_items(cls._convert_item, value, name=name, is_leaf=is_item)

  @classmethod
  def _convert_item(cls, path: str, x: Any) -> Any:
    if inspect.isclass(x) and issubclass(x, Node):
      raise TypeError(
          f'{cls.__name__}: {path} is the class {x.__name__}, not an instance;'
          f' write {x.__name__}(...)'
      )
    return list(x) if isinstance(x, Iterator) else x  # It may be read twice.

  @classmethod
  def _sort(
      cls, arguments: dict[str, Any], leaves: Collection[str]
  ) -> tuple[tuple[Any, ...], _Layout]:
    """Sorts the factory's arguments into static ones and children.

    Args:
      arguments: the value of each parameter.
      leaves: the paths of items that are leaves even if they are numbers.

    Returns:
      The children and the layout.
    """
    children, static = {}, {}
    holders, key, paths = [], [], []
    for name, value in arguments.items():
      if (value is None or isinstance(value, (bool, str))
          or _leaves.is_number(value) and name not in leaves):  # As most are.
        static[name] = value
        key.append((name, _leaves.key(value)))
        continue
      if (name in leaves and _leaves.is_number(value)
          and isinstance(value, (int, np.integer))):
        value = float(value)  # One compilation for 1 and 0.5.
      items, treedef = jax.tree_util.tree_flatten_with_path(
          value, is_leaf=is_item
      )
      item_paths = [name + jax.tree_util.keystr(path) for path, _ in items]
      items = [x for _, x in items]
      is_leaf = [
          is_node(x) and bool(x._layout.leaves)  # Each costs at every call.
          or _leaves.is_numeric_array(x) and name not in cls._static_arrays
          # Anything that isn't static by its nature may be a placeholder.
          or path in leaves and not (callable(x) or isinstance(x, (bool, str)))
          for path, x in zip(item_paths, items)
      ]
      paths += [path for path, y in zip(item_paths, is_leaf) if y]
      items_static = [_LEAF if y else x for x, y in zip(items, is_leaf)]
      if any(map(is_node, items)):
        holders.append(name)
      if any(isinstance(x, jax.core.Tracer) for x in items_static):
        raise TypeError(
            f'{cls.__name__}: {name} is static, so that it may not be traced;'
            f' give {name} a Python value'
        )
      # The order tells masks no more apart than `==` does.
      is_data = not any(is_leaf) and not any(
          is_node(x) or callable(x) for x in items
      )
      order = () if is_data else _order(value)
      key.append((name, treedef, order, *map(_leaves.key, items_static)))
      static[name] = _in_order(treedef.unflatten(items_static), value)
      if any(is_leaf):
        children[name] = treedef.unflatten(
            x if y else None for x, y in zip(items, is_leaf)
        )
        if all(is_leaf) and not order:
          static[name] = _LEAF
    layout = _Layout(
        tuple(children), tuple(holders), frozenset(paths), tuple(key), static
    )
    return tuple(children.values()), layout

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
    """Returns the value of a parameter of the factory."""
    layout = self._layout
    static = layout.static[name]
    if name not in layout.leaves:
      return static
    child = self._children[layout.leaves.index(name)]
    return child if static is _LEAF else _merge(static, child)

  def _arguments(self) -> dict[str, Any]:
    """Returns the value of each parameter of the factory."""
    return {name: self._get(name) for name in self.__signature__.parameters}

  def _call(
      self, convert: Optional[Callable[[str, Any], Any]] = None
  ) -> Any:
    """Calls the factory, with each item as `convert(path, item)` returns it."""
    arguments = self._arguments()
    names = arguments.keys()
    if convert is None:
      names = self._layout.holders
      convert = lambda _, x: x._as_argument() if is_node(x) else x
    for name in names:
      arguments[name] = map_items(
          convert, arguments[name], name=name, is_leaf=is_whole
      )
    bound = inspect.BoundArguments(self.__signature__, arguments)
    return self._factory(*bound.args, **bound.kwargs)

  def _as_argument(self) -> Any:
    """Returns what a factory is given for this node."""
    return self

  def replace(
      self: _Self, changes: Optional[Mapping[str, Any]] = None, /,
      **by_name: Any,
  ) -> _Self:
    """Returns a copy with some arguments changed; a leaf stays a leaf."""
    changes = {**(changes or {}), **by_name}
    arguments = self._arguments()
    for name in arguments.keys() & changes.keys():
      arguments[name] = self._convert(name, changes.pop(name))

    def replace_inside(path, x):
      if path in changes:
        return self._convert(path, changes.pop(path))
      inner = {n.removeprefix(f'{path}.'): n for n in changes
               if is_node(x) and n.startswith(f'{path}.')}
      if not inner:
        return x
      inner = {n: changes.pop(path) for n, path in inner.items()}
      return self._convert(path, x.replace(inner))

    if changes:
      for name, value in arguments.items():
        arguments[name] = map_items(
            replace_inside, value, name=name, is_leaf=is_node
        )
    if changes:
      raise TypeError(
          f'{type(self).__name__}.replace: there is no {next(iter(changes))!r};'
          f' the hyperparameters are {", ".join(arguments)}'
      )
    leaves = self._number_leaves | self._layout.paths
    children, layout = self._sort(arguments, leaves)
    node = self._unflatten(layout, children)
    node._call()
    return node

  def __setattr__(self, name: str, value: Any):
    raise dataclasses.FrozenInstanceError(
        f'{type(self).__name__} is immutable; write'
        f' opt = opt.replace({name}={value!r})'
    )

  def __delattr__(self, name: str):
    raise dataclasses.FrozenInstanceError(f'{type(self).__name__} is immutable')

  def __eq__(self, other: Any) -> bool:
    if type(self) is not type(other):
      return NotImplemented
    return _leaves.tree_key(self) == _leaves.tree_key(other)

  def __hash__(self) -> int:
    for leaf in jax.tree.leaves(self):
      hash(leaf)  # An array raises TypeError.
    return hash(_leaves.tree_key(self))

  def __repr__(self) -> str:
    arguments = [f'{n}={v!r}' for n, v in self._arguments().items()]
    return f'{type(self).__name__}({", ".join(arguments)})'

  def __reduce__(self) -> tuple[Any, ...]:
    # A record of the call, whatever the layout. It leaves out defaults, since
    # some of them are closures.
    cls = type(self)
    arguments = {
        name: value for name, value in self._arguments().items()
        if not self._is_default(name, value)
    }
    target, how = cls, None
    if '_factory' in vars(cls):
      how = cls.__base__, *cls._options
      module = sys.modules.get(cls.__module__)
      if getattr(module, cls.__qualname__, None) is not cls:
        target = cls._factory  # What the module has by that name.
    return _restore, (target, how, arguments, sorted(self._layout.paths))

  def _is_default(self, name: str, value: Any) -> bool:
    default = self.__signature__.parameters[name].default
    return value is default or (
        name not in self._layout.leaves
        and _leaves.tree_key(value) == _leaves.tree_key(default)
    )


def _restore(
    target: Any, how: Any, arguments: dict[str, Any], leaves: Collection[str]
) -> Node:
  """Returns the node that a pickle tells of.

  Args:
    target: the node's class, or its factory: what the module has today.
    how: for a factory, the base class and the options of the class.
    arguments: those that differ from the defaults.
    leaves: the paths of the items that are leaves.
  """
  cls = target
  if not inspect.isclass(target) or not issubclass(target, Node):
    base_class, name, number_leaves = how
    cls = _derive.derive(base_class, target, name, None, number_leaves)
  bound = inspect.BoundArguments(cls.__signature__, arguments)
  bound.apply_defaults()
  children, layout = cls._sort(bound.arguments, leaves)
  return cls._unflatten(layout, children)


def is_node(x: Any) -> bool:
  return isinstance(x, Node)


def is_item(x: Any) -> bool:
  return isinstance(x, (Node, base.GradientTransformation))


def is_whole(x: Any) -> bool:
  """Whether a factory gets it as it is; a callable may be a pytree."""
  return is_item(x) or callable(x)


flatten = operator.attrgetter('_children', '_layout')


def _flatten_with_keys(node: Node) -> tuple[Any, _Layout]:
  keys = map(jax.tree_util.GetAttrKey, node._layout.leaves)
  return tuple(zip(keys, node._children)), node._layout
