"""Writes the type stubs of `optax.pytree`, whose classes are made at run time.

  pip install -e .
  python tools/make_stub.py

Annotations are the text in the source of the factories: evaluated, they would
be long unions that depend on the version of JAX.
"""

import ast
import builtins
import functools
import importlib
import inspect
import pathlib
import re
import textwrap
import types
from typing import Any

import optax
from optax.pytree import _scheduled

ROOT = pathlib.Path(__file__).parents[1]
STUBS = {
    'optax/pytree/__init__.pyi': 'optax.pytree',
    'optax/pytree/contrib.pyi': 'optax.pytree.contrib',
}
_VALUES = ('value', 'init_value', 'peak_value', 'end_value')


def stub(module: types.ModuleType) -> str:
  """Returns the text of the stub of a module."""
  imports = {x: f'from typing import {x}' for x in ('Any', 'Final')}
  exports, classes = {}, []
  for name, value in vars(module).items():
    if name.startswith('_'):
      continue
    if hasattr(value, '_factory'):
      classes.append(_class(name, value, imports))
    elif not inspect.ismodule(value):
      exports[name] = f'from {value.__module__} import {name} as {name}'
    elif value.__name__ == f'{module.__name__}.{name}':
      exports[name] = f'from {module.__name__} import {name} as {name}'
  lines = sorted({**imports, **exports}.values(), key=lambda x: x.split()[1::2])
  lines = ['# Written by tools/make_stub.py.', *lines]
  return '\n\n'.join(['\n'.join(lines), *classes]) + '\n'


def _class(name: str, cls: Any, imports: dict[str, str]) -> str:
  """Returns a derived class as a stub has it; adds the imports it needs."""
  if name != cls.__name__:  # Two names for one class.
    return f'{name} = {cls.__name__}'
  base = next(x for x in cls.__mro__ if not hasattr(x, '_factory'))
  imports[base.__name__] = f'from {base.__module__} import {base.__name__}'
  factory = cls._factory
  while isinstance(factory, functools.partial):
    factory = factory.func
  factory = factory.__init__ if inspect.isclass(factory) else factory
  annotations = {
      # An optimizer may be given where the factory takes a transformation.
      x.arg: re.sub(r'[\w.]*\bGradientTransformation(ExtraArgs)?\b',
                    r'\g<0> | Optimizer', ast.unparse(x.annotation))
      for x in ast.walk(_definition(factory, imports).args)
      if isinstance(x, ast.arg) and x.annotation
  }
  summary = (cls.__doc__ or '').partition('\n')[0].replace('\\', '')
  attributes, parameters, last = [], ['self,'], None
  values = []
  for p in inspect.signature(cls).parameters.values():
    if p.kind is p.KEYWORD_ONLY and last not in (p.kind, p.VAR_POSITIONAL):
      parameters.append('*,')
    last = p.kind
    star, annotation = '', annotations.get(p.name, 'Any')
    # A union would refuse `opt.learning_rate / 2` and `opt.args[0].b1`.
    held = 'Any' if re.search('Schedule|Optimizer', annotation) else annotation
    attribute = f'{p.name}: Final[{held}]'
    if p.kind is p.VAR_POSITIONAL:
      star, attribute = '*', f'{p.name}: Final[tuple[{held}, ...]]'
    if p.name in _scheduled.numbers(cls):
      annotation += ' | base.Schedule'
      imports.setdefault('base', 'from optax._src import base')
    default = '' if p.default is p.empty else f' = {_literal(p.default)}'
    attributes.append(attribute)
    values.append(f'{p.name}: {annotation} = ...,')
    if p.kind is p.VAR_POSITIONAL:
      values[-1] = f'{p.name}: tuple[{annotation}, ...] = ...,'
    parameters.append(f'{star}{p.name}: {annotation}{default},')
  methods = [
      ast.unparse(_definition(f, imports)).replace(':\n    ...', ': ...')
      for f in vars(cls).values() if inspect.isfunction(f)
  ]
  return '\n'.join([
      f'class {name}({base.__name__}):',
      _fill(2, f'"""{summary}"""'),
      *(_fill(2, line) for line in attributes),
      '  def __init__(',
      *(_fill(6, line) for line in parameters),
      '  ) -> None: ...',
      *(_replace(values, imports) if base is optax.pytree.Optimizer else ()),
      *(f'  {line}' for line in methods),
  ])


def _replace(values: list[str], imports: dict[str, str]) -> list[str]:
  """Returns the lines of `replace`, unless there are optimizers inside."""
  if any('Optimizer' in x for x in values):
    return []
  imports['Mapping'] = 'from collections.abc import Mapping'
  imports['Self'] = 'from typing_extensions import Self'
  return [
      '  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]',
      '      self,',
      '      changes: Mapping[str, Any] | None = None,',
      '      /,',
      '      *,',
      *(_fill(6, line) for line in values),
      '      opt_state: Any = ...,',
      # The values of pytree schedules.
      *(f'      {name}: Any = ...,' for name in _VALUES),
      '  ) -> Self: ...',
  ]


def _fill(indent: int, line: str) -> str:
  return textwrap.fill(
      line, 80, break_long_words=False, break_on_hyphens=False,
      initial_indent=' ' * indent, subsequent_indent=' ' * (indent + 4),
  )


def _literal(value: Any) -> str:
  try:
    ast.literal_eval(repr(value))
  except (SyntaxError, ValueError):
    return '...'
  return repr(value)


def _definition(function: Any, imports: dict[str, str]) -> Any:
  """Returns a function as a stub has it; adds the imports it needs."""
  module = inspect.getmodule(function)
  (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
  tree.body = [ast.Expr(ast.Constant(...))]
  arguments = ast.iter_child_nodes(tree.args)
  annotations = [getattr(x, 'annotation', None) for x in arguments]
  for annotation in filter(None, [*annotations, tree.returns]):
    for node in ast.walk(annotation):
      if isinstance(node, ast.Name) and not hasattr(builtins, node.id):
        name, statement = node.id, _imported(module).get(node.id)
        if statement is None:  # Defined there.
          package, _, name = module.__name__.rpartition('.')
          statement = f'from {package} import {name}'
          node.id = f'{name}.{node.id}'
        imports.setdefault(name, statement)
  return tree


@functools.cache
def _imported(module: types.ModuleType) -> dict[str, str]:
  """Returns, for each name that a module imports, the statement for it."""
  statements = {}
  for node in ast.walk(ast.parse(inspect.getsource(module))):
    if isinstance(node, (ast.Import, ast.ImportFrom)):
      for alias in node.names:
        node.names = [alias]
        name = alias.asname or alias.name.split('.')[0]
        statements[name] = ast.unparse(node)
  return statements


if __name__ == '__main__':
  for path, module in STUBS.items():
    (ROOT / path).write_text(stub(importlib.import_module(module)))
