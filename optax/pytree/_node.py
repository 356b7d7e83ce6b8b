"""The arguments of a factory as an immutable pytree."""

# pylint: disable=inconsistent-quotes, too-many-boolean-expressions
# pylint: disable=unidiomatic-typecheck

from collections.abc import Callable, Iterable, Mapping
import dataclasses
import functools
import inspect
import operator
from typing import Any, ClassVar, Optional, TypeVar

import jax
import jax.core
from optax._src import base
from optax.pytree import _address
from optax.pytree import _derive
from optax.pytree import _values

_Self = TypeVar('_Self', bound='Node')


_HOW_TO_REPLACE = """\
{name}.replace takes each hyperparameter once, by name or in a mapping; write
  opt.replace(learning_rate=x) or opt.replace({{'args[1].learning_rate': x}})"""


NEEDS_A_VALUE = (
    jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError
)

_BRANCHES = """\
{name}: the factory needs the value of a leaf, which may be traced: {paths}.
Give a Python number instead of an array, or make it static:
  optax.pytree.wrap(factory, static=('{parameter}',))"""


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
  # What may read what changes: the parameters that hold functions, and '' for
  # the factory, with what stands for their values.
  functions: tuple[tuple[str, Any], ...] = dataclasses.field(compare=False)
  # What an optimizer's `init` saw: the structure of the parameters, and their
  # shapes and dtypes.
  params: Any = dataclasses.field(default=None, hash=False)

  entries = functools.cached_property(_address.entries)

  def __repr__(self) -> str:  # What JAX shows where two structures differ.
    as_kind = lambda _, x: (
        _values.Text(f'<{self.kinds[x.index]}>') if type(x) is _values.Child
        else x)
    texts = [f'{name}={_values.map_items(as_kind, x)!r}'
             for name, x in self.template.items()]
    return ', '.join(texts + [f'init saw {self.params!r}'] * bool(self.params))


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
  _is_own: ClassVar[bool]  # Whether the factory is of optax itself.
  # The defaults that are static, and what stands for them in comparisons.
  _static_defaults: ClassVar[dict[str, tuple[Any, Any]]]

  _layout: _Layout
  _children: tuple[Any, ...]

  def __init_subclass__(cls, **kwargs: Any):
    super().__init_subclass__(**kwargs)
    jax.tree_util.register_pytree_with_keys(
        cls, _flatten_with_keys, cls._unflatten, flatten
    )

  def __init__(self, /, *args: Any, **kwargs: Any):
    if not hasattr(self, '_factory'):
      raise TypeError(f'{type(self).__name__} has no factory; write'
                      ' optax.pytree.wrap(factory)')
    try:
      arguments = self._bind(*args, **kwargs)
    except TypeError as e:
      parameters = [p.replace(annotation=p.empty)
                    for p in self.__signature__.parameters.values()]
      raise TypeError(
          f'{e}; write {type(self).__name__}{inspect.Signature(parameters)}'
      ) from None
    vars(self).update(vars(self._from_template(arguments)))
    self._call()  # What the factory rejects is rejected at once.

  @classmethod
  def _bind(cls, /, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Returns the arguments by name; makes the function that does, first."""
    cls._bind = staticmethod(_derive.binder(cls.__name__, cls.__signature__))
    return cls._bind(*args, **kwargs)

  @classmethod
  def _from_template(
      cls: type[_Self], template: Mapping[str, Any], old: Any = None
  ) -> _Self:
    """Returns the node of some arguments.

    Args:
      template: the arguments by name; what isn't a `Child` yet becomes one, or
        static.
      old: the node whose children the template tells of, and whose leaves are
        replaced where the template has something else.
    """
    paths, kinds, children, present, leaves = [], [], [], [], {}
    functions = {}
    if old is not None:
      present = list(zip(old._children, old._layout.kinds))
      leaves = {path: child for path, child in zip(old._layout.paths, present)
                if child[1] != _values.NODE}

    def place(path, x):
      if type(x) is _values.Child:
        x, kind = present[x.index]
      else:
        if x is not cls.__signature__.parameters[name].default:
          x = cls._convert(name, path, x)
        kind = cls._kind(name, path, x)
        if path in leaves and _values.may_be_leaf(x):
          leaf, kind = leaves[path]
          x = _values.replace_leaf(leaf, x, kind)
        elif kind == _values.NUMBER:
          x = _values.number(x)
        elif kind is None:
          if callable(x) or isinstance(x, base.GradientTransformation):
            functions[name] = None
          return _values.static(x, f'{cls.__name__}: {path}')
      paths.append(path)
      kinds.append(kind)
      children.append(_values.own(x))
      return _values.Child(len(children) - 1)

    arguments, keys = {}, []
    for name, value in template.items():
      default = cls._static_defaults.get(name)
      if default is not None and value is default[0]:  # As most are.
        arguments[name] = value
        keys.append(default[1])
        continue
      if hasattr(value, '__next__'):
        value = list(value)  # It may be read twice.
      cls._check(name, value)
      arguments[name] = _values.map_items(place, value, name)
      keys.append(_values.key(arguments[name]))
      if name in functions:
        functions[name] = keys[-1]
    if not cls._is_own:
      functions[''] = _values.key(cls._factory)
      keys.append(functions[''])
    layout = _Layout(tuple(paths), tuple(kinds), arguments, tuple(keys),
                     tuple(functions.items()))
    return cls._unflatten(layout, children)

  @classmethod
  def _check(cls, name: str, value: Any) -> None:
    """Refuses what the annotation of a parameter does not allow."""
    parameter = cls.__signature__.parameters[name]
    several = parameter.kind == parameter.VAR_POSITIONAL
    for i, x in enumerate(value if several else (value,)):
      path = f'{name}[{i}]' if several else name
      if x is parameter.default or type(x) is _values.Child:
        continue
      if x is None and name in cls._facts.optional:
        continue
      if callable(x) and not inspect.isclass(x) and (
          name in cls._facts.static - cls._facts.masks
          and name not in cls._options.static):
        expected, line = 'what its annotation says', f'{name}=...'
      elif name in cls._facts.optimizers and not (
          hasattr(x, 'init') and hasattr(x, 'update')):
        expected, line = 'an optimizer', 'optax.pytree.chain(a, b)'
      elif name in cls._facts.scalars and not callable(x) and (
          isinstance(x, (str, Node)) or not _values.may_be_leaf(x)
          and not isinstance(x, bool)
          or isinstance(x, complex) and name in cls._facts.leaves):
        expected, line = 'a number, an array or a schedule', f'{name}=0.1'
      elif name in cls._facts.scalars and hasattr(x, 'init') and callable(x):
        expected = 'a schedule of the count'
        line = 'wrap(optax.inject_hyperparams(factory)) for one with a state'
      else:
        continue
      raise TypeError(
          f'{cls.__name__}: {path} must be {expected}, not a'
          f' {type(x).__name__}; write {line}'
      )

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
  def _convert(cls, name: str, path: str, x: Any) -> Any:
    """Returns an item as the node holds it."""
    del name
    if inspect.isclass(x) and issubclass(x, Node):
      raise TypeError(
          f'{cls.__name__}: {path} is the class {x.__name__}, not an instance;'
          f' write {x.__name__}(...)'
      )
    return x

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

  def _fill(self, x: Any) -> Any:
    """Returns what a part of the template stands for."""
    if type(x) is _values.Child:
      return self._children[x.index]
    if _values.is_plain(x):
      return x
    return _values.map_items(
        lambda _, y: self._children[y.index] if type(y) is _values.Child else y,
        x)

  def _call(self, convert: Optional[Callable[[str, Any], Any]] = None) -> Any:
    """Calls the factory.

    Args:
      convert: returns what the factory is given for each node and function, by
        its path.

    Returns:
      What the factory returns.
    """

    layout = self._layout
    for name, key in layout.functions:
      if _values.key(layout.template.get(name, self._factory)) != key:
        # Its program would serve what is equal.
        raise TypeError(f'{type(self).__name__}: {name or "the factory"} reads'
                        ' what has changed; make a new optimizer')

    def fill(_, x):
      if type(x) is _values.Child:
        kind, x = layout.kinds[x.index], self._children[x.index]
        if kind == _values.NUMBER:
          return _values.weakly_typed(x)
      return x._as_argument() if isinstance(x, Node) and not convert else x

    arguments = {
        name: x if _values.is_plain(x) else _values.map_items(fill, x, name)
        for name, x in layout.template.items()
    }
    if convert:
      arguments = {
          name: x if name in self._facts.masks
          else _values.map_items(convert, x, name, callable)
          for name, x in arguments.items()
      }
    return self._call_with(arguments)

  def _call_with(self, arguments: dict[str, Any]) -> Any:
    args, kwargs = (), arguments
    if not self._by_name:
      bound = inspect.BoundArguments(self.__signature__, arguments)
      args, kwargs = bound.args, bound.kwargs
    try:
      return self._factory(*args, **kwargs)
    except NEEDS_A_VALUE as e:
      paths = [n for n, x in arguments.items() if any(
          isinstance(y, jax.core.Tracer) for y in jax.tree.leaves(x))]
      raise TypeError(_BRANCHES.format(
          name=type(self).__name__, paths=', '.join(paths), parameter=paths[0]
      )) from e

  def _as_argument(self) -> Any:
    """Returns what a factory is given for this node."""
    return self

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
    if changes is not None:
      if not isinstance(changes, Mapping) or changes.keys() & by_name.keys():
        raise TypeError(_HOW_TO_REPLACE.format(name=type(self).__name__))
      by_name = {**changes, **by_name}
    found = {}
    for path, x in by_name.items():
      path = str(path).removeprefix('.')  # As JAX writes it.
      if path not in self._layout.paths and not (
          path == 'opt_state' and hasattr(self, path)):
        try:
          path = _address.find(self, path).path
        except AttributeError as e:
          raise TypeError(f'{type(self).__name__}.replace: {e}') from None
      if any(_overlap(path, other) for other in found):
        raise TypeError(_HOW_TO_REPLACE.format(name=type(self).__name__))
      found[path] = x
    return found

  def _replace(self: _Self, changes: Mapping[str, Any]) -> _Self:
    """Puts leaves where leaves are, and arranges anew what else changes."""
    layout, children, others = self._layout, list(self._children), dict(changes)
    for i, (path, old) in enumerate(zip(layout.paths, self._children)):
      if isinstance(old, Node):
        if inner := _pop_inside(path, others):
          children[i] = old._replace(inner)
          if children[i]._layout is not old._layout:
            others[path] = children[i]
      elif path in others and _values.may_be_leaf(others[path]):
        children[i] = _values.replace_leaf(
            old, others.pop(path), layout.kinds[i])
    node = self._unflatten(layout, children)
    return node._rearrange(others) if others else node

  def _rearrange(self: _Self, changes: dict[str, Any]) -> _Self:
    """Returns a copy with some arguments, or items of them, changed."""

    def put(path, x):
      if path in changes:
        return changes[path]
      if isinstance(x, Node):  # One without leaves.
        return x._replace(_pop_inside(path, changes))
      return x

    template = {
        name: changes[name] if name in changes
        else _values.map_items(put, x, name)
        for name, x in self._layout.template.items()
    }
    node = self._from_template(template, self)
    if all(map(_values.is_value, jax.tree.leaves(node._children))):
      with jax.transfer_guard('allow'):  # For constants of the factory.
        node._call()
    return node

  def __setattr__(self, name: str, value: Any):
    name = {'lr': 'learning_rate'}.get(name, name)
    raise dataclasses.FrozenInstanceError(
        f'{type(self).__name__} is immutable; write'
        f' opt = opt.replace({name}={value!r})'
    )

  def __delattr__(self, name: str):
    raise dataclasses.FrozenInstanceError(f'{type(self).__name__} is immutable')

  def __eq__(self, other: Any) -> bool:
    if type(self) is not type(other):
      return NotImplemented
    return _values.tree_key(self) == _values.tree_key(other)

  def __hash__(self) -> int:
    for leaf in jax.tree.leaves(self):
      hash(leaf)  # An array raises TypeError.
    return hash(_values.tree_key(self))

  def __repr__(self) -> str:
    as_text = lambda _, x: _values.as_text(x)
    arguments = [f'{n}={_values.map_items(as_text, self._get(n))!r}'
                 for n in self._layout.template]
    return f'{type(self).__name__}({", ".join(arguments)})'

  def __reduce__(self) -> tuple[Any, ...]:
    # A record of the call. It leaves out functions that are the defaults, since
    # some of them are closures.
    cls, layout = type(self), self._layout
    parameters = cls.__signature__.parameters
    defaults = [name for name, key in layout.functions
                if name and key == _values.key(parameters[name].default)]
    template = {
        n: x for n, x in layout.template.items() if n not in defaults}
    target, how = cls, None
    if '_factory' in vars(cls):
      how = cls.__base__, *cls._options
      if not _values.is_global(cls):
        target = cls._factory  # What the module has by that name.
    children = self._children[:len(layout.kinds)]
    return _from_record, (target, how, template, layout.kinds, children)


def _overlap(path: str, other: str) -> bool:
  """Whether one of two hyperparameters is the other, or a part of it."""
  short, long = sorted((path, other), key=len)
  return long.startswith(short) and long[len(short):][:1] in ('', '.', '[')


def _pop_inside(path: str, changes: dict[str, Any]) -> dict[str, Any]:
  """Takes out what changes inside a node, by the paths there."""
  start = f'{path}.'
  return {other.removeprefix(start): changes.pop(other)
          for other in list(changes) if other.startswith(start)}


def _from_record(
    target: Any, how: Any, template: dict[str, Any], kinds: tuple[str, ...],
    children: tuple[Any, ...],
) -> Node:
  """Returns the node that a pickle tells of.

  Args:
    target: the node's class, or its factory: what the module has today.
    how: for a factory, the base class and the options of the class.
    template: the arguments by name, as in the layout.
    kinds: of the children.
    children: the arguments' children.

  Raises:
    TypeError: the factory has other parameters now.
  """
  cls = target
  if not inspect.isclass(target) or not issubclass(target, Node):
    base_class, *options = how
    cls = _derive.derive(base_class, target, _derive.Options(*options))
  bound = inspect.BoundArguments(cls.__signature__, dict(template))
  bound.apply_defaults()
  parameters = cls.__signature__.parameters.keys()
  lacks = parameters - bound.arguments.keys()
  if differ := template.keys() - parameters or lacks:
    raise TypeError(
        f'{cls.__name__}: the parameters are {", ".join(parameters)}, so that'
        f' what was saved has no place for, or lacks, {", ".join(differ)}'
    )
  old = cls._unflatten(_Layout((), kinds, {}, (), ()), children)
  return cls._from_template(bound.arguments, old)


def _restore(
    target: Any, how: Any, arguments: dict[str, Any], leaves: list[str]
) -> Node:
  """Returns the node that a pickle of the first version tells of."""
  kinds, children = [], []

  def place(path, x):
    if path not in leaves or isinstance(x, Node):
      return x
    is_array = _values.is_array(x) and not _values.is_weak_scalar(x)
    kinds.append(_values.ARRAY if is_array else _values.NUMBER)
    children.append(x)
    return _values.Child(len(children) - 1)

  template = {n: _values.map_items(place, x, n) for n, x in arguments.items()}
  if isinstance(how, tuple):
    how = *how[:2], tuple(how[2])
  return _from_record(target, how, template, tuple(kinds), tuple(children))


flatten = operator.attrgetter('_children', '_layout')


def _flatten_with_keys(node: Node) -> tuple[Any, _Layout]:
  keys = map(jax.tree_util.GetAttrKey, node._layout.paths)
  return tuple(zip(keys, node._children)), node._layout
