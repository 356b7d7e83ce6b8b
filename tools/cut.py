"""Takes out of a module what names what isn't there yet."""

import ast
import re

import libcst as cst
from libcst import codemod
from libcst import helpers
from libcst import matchers as m
from libcst.codemod.commands import remove_unused_imports

_SUPER = m.SimpleStatementLine([
    m.Expr(m.Call(m.Attribute(m.Call(m.Name('super')))))])
_DOC = m.SimpleStatementLine([m.Expr(m.SimpleString())])


class _Cut(cst.CSTTransformer):
  """Takes out statements, and definitions of which nothing is left.

  A `try` goes with its last handler, and what it tries stays. So does what is
  returned at once.
  """

  def __init__(self, gone):
    super().__init__()
    self.gone = set(gone)
    self.definitions = frozenset(gone)

  def _is_gone(self, *nodes):
    found = [x for node in nodes
             for x in m.findall(node, m.Name() | m.Attribute())]
    attributes = {id(x.attr) for x in found if isinstance(x, cst.Attribute)}
    names = {helpers.get_full_name_for_node(x).removeprefix('self.')
             for x in found if id(x) not in attributes}
    return any(f'{name}.'.startswith(f'{g}.')
               for name in names for g in self.gone)

  def visit_ImportFrom(self, node):
    return False  # Its names are no uses.

  def leave_ImportFrom(self, original_node, updated_node):
    source = helpers.get_full_name_for_node(original_node.module)
    names = {x.name.value for x in original_node.names
             if f'{source}.{x.name.value}' in self.gone}
    self.gone |= names
    return cst.RemoveFromParent() if names else updated_node

  def leave_SimpleStatementLine(self, original_node, updated_node):
    is_import = m.matches(original_node.body[0], m.ImportFrom())
    if updated_node.body and (is_import or not self._is_gone(original_node)):
      return updated_node
    return cst.RemoveFromParent()

  def leave_IndentedBlock(self, original_node, updated_node):
    # `x = f()` and `return x`, where what stood between them is gone.
    body = list(updated_node.body)
    if len(body) < 2 or len(body) == len(original_node.body) or not m.matches(
        body[-1], m.SimpleStatementLine([m.Return(m.Name())])):
      return updated_node
    name = body[-1].body[0].value.value
    if not m.matches(body[-2], m.SimpleStatementLine(
        [m.Assign([m.AssignTarget(m.Name(name))])])):
      return updated_node
    value = body[-2].body[0].value
    body[-2:] = [body[-2].with_changes(body=[cst.Return(value)])]
    return updated_node.with_changes(body=body)

  def leave_Try(self, original_node, updated_node):
    handlers = [
        new for old, new in zip(original_node.handlers, updated_node.handlers)
        if not self._is_gone(old)]
    if not handlers:
      return cst.FlattenSentinel(updated_node.body.body)
    return updated_node.with_changes(handlers=handlers)

  def leave_If(self, original_node, updated_node):
    return self._unless_empty(original_node, updated_node, updated_node.test)

  def leave_ClassDef(self, original_node, updated_node):
    return self._unless_empty(original_node, updated_node, *updated_node.bases)

  def leave_FunctionDef(self, original_node, updated_node):
    old, new = original_node, updated_node
    left = self._unless_empty(old, new, new.params, *new.decorators)
    if new.name.value in self.definitions:
      left = cst.RemoveFromParent()
    if left is not new and not m.findall(old, m.Decorator(m.Name('overload'))):
      self.gone.add(new.name.value)
    return left

  def _unless_empty(self, old, new, *headers):
    lost = len(new.body.body) < len(old.body.body)
    left = [x for x in new.body.body if not m.matches(x, _SUPER | _DOC)]
    if lost and not left or self._is_gone(*headers):
      return cst.RemoveFromParent()
    return new


def cut_module(source, gone):
  """Returns a module without the statements that name what is gone.

  Args:
    source: the module.
    gone: dotted names, as the module writes them.
  """
  module = cst.parse_module(source).visit(_Cut(gone))
  unused = remove_unused_imports.RemoveUnusedImportsCommand(
      codemod.CodemodContext())
  code = unused.transform_module(module).code
  # Libraries follow Python's own modules after a line, which may have gone.
  return re.sub(r'(\nfrom typing import .*\n)(?=from optax|import )',
                r'\1\n', code)


def cut_tests(source, gone, waiting=()):
  """Returns a module without the definitions and tests that name what is gone.

  Args:
    source: the module.
    gone: dotted names, as the module writes them.
    waiting: variables, tests and classes of tests that go besides.
  """
  module, names, dropped = ast.parse(source), set(waiting), set()
  classes = [x for x in module.body if isinstance(x, ast.ClassDef)]
  bodies = [module.body, *(x.body for x in classes)]
  imports = (ast.Import, ast.ImportFrom)

  def binds(x):
    if isinstance(x, imports):
      return {a.asname or a.name.split('.')[0] for a in x.names}
    if isinstance(x, ast.Assign):
      return {t.id for t in x.targets if isinstance(t, ast.Name)}
    return {x.name} if hasattr(x, 'name') else set()

  def mentioned(x):
    for y in ast.walk(x):
      if isinstance(y, imports):
        start = f'{y.module}.' if isinstance(y, ast.ImportFrom) else ''
        yield from (start + a.name for a in y.names)
      elif isinstance(y, (ast.Name, ast.Attribute)):
        yield ast.unparse(y).removeprefix('self.')

  def is_gone(x):
    if not binds(x).isdisjoint(waiting):
      return True
    if hasattr(x, 'body'):  # Of a class or a function: its tests alone.
      tests = [y for y in x.body if getattr(y, 'name', '').startswith('test')]
      if tests:
        set_up = [y for y in x.body if getattr(y, 'name', '') == 'setUp']
        return dropped.issuperset(tests) or not dropped.isdisjoint(set_up)
    return any(
        f'{name}.'.startswith(f'{g}.') for name in set(mentioned(x))
        for g in gone | names)

  found = None
  while found != len(dropped):
    found = len(dropped)
    for x in (x for body in bodies for x in body if x not in dropped):
      if is_gone(x):
        dropped.add(x)
        names |= binds(x)

  def used(without):
    """Returns the variables that are read outside of some statements."""
    kept = [x for body in bodies for x in body if x not in without
            and not isinstance(x, (*imports, ast.ClassDef))]
    kept += [y for x in classes if x not in without
             for y in (*x.bases, *x.decorator_list)]
    return {name.split('.')[0] for x in kept for name in mentioned(x)}

  unused = used(()) - used(dropped)
  dropped |= {x for x in module.body
              if isinstance(x, imports) and binds(x) <= unused}
  lines = source.splitlines(keepends=True)

  def start(x):
    line = min(y.lineno for y in (x, *getattr(x, 'decorator_list', ()))) - 1
    while lines[line - 1].lstrip().startswith('#'):
      line -= 1
    return line

  for x in dropped:
    lines[start(x):x.end_lineno] = [''] * (x.end_lineno - start(x))
  text = re.sub(r'\n{4,}', '\n\n\n', ''.join(lines))
  return re.sub(r'\n{3,}(?=  )', '\n\n', text).rstrip('\n') + '\n'
