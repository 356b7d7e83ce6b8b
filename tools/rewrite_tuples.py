# /// script
# requires-python = ">=3.10"
# dependencies = ["libcst>=1.1"]
# ///
"""Rewrites code that uses optax.GradientTransformation as a tuple.

  uv run tools/rewrite_tuples.py src/            # or: pipx run
  uv run tools/rewrite_tuples.py --write src/

Given files and folders, it shows what it would change as a diff, or with
`--write` changes it:

  init, update = optax.adam(1e-3)     ->  tx = optax.adam(1e-3)
                                          init, update = tx.init, tx.update
  inits, updates = zip(*transforms)   ->  ... zip(*((tx.init, tx.update)
                                                    for tx in transforms))
  tx[0](params)                       ->  tx.init(params)
  tx._replace(init=f)                 ->  tx.replace(init=f)

It changes only what it knows to be a transformation: what a factory of optax
returned, in the same file, or what is annotated as one. What it leaves is
listed as `file:line: why`, for a person to look at, such as
`init, update = make()` where it can't see what `make` returns. An annotation
settles that, also where the value is a real tuple.

The exit status is 1 if something is left or, without `--write`, would be
changed. Files that do not mention optax are skipped, and so are notebooks:
convert these with `jupytext --to py`, or run them with the warning on.
"""

import argparse
import difflib
import itertools
import pathlib
import re
import sys

import libcst as cst
from libcst import matchers as m
from libcst import metadata

FACTORIES = frozenset("""
    acprop adabelief adadelta adafactor adagrad adam adamax adamaxw adamw adan
    adaptive_grad_clip add_decayed_weights add_noise ademamix adopt amsgrad
    apply_every apply_if_finite centralize chain clip clip_by_block_rms
    clip_by_global_norm cocob conditionally_mask conditionally_transform
    dadapt_adamw differentially_private_aggregate dog dowg dpsgd ema flatten
    freeze fromage galore hutchinson_estimator_diag_hessian identity
    keep_params_nonnegative lamb lars lbfgs lion lookahead madgrad masked
    measure_with_ema mechanize momo momo_adam monitor multi_transform muon
    named_chain noisy_sgd normalize normalize_by_update_norm novograd
    optimistic_adam optimistic_adam_v2 optimistic_gradient_descent partition
    polyak_sgd prodigy radam reduce_on_plateau rmsprop rprop sam scale
    scale_by_acprop scale_by_adadelta scale_by_adam scale_by_adamax
    scale_by_adan scale_by_ademamix scale_by_adopt scale_by_amsgrad
    scale_by_backtracking_linesearch scale_by_belief scale_by_cocob
    scale_by_distance_over_gradients scale_by_factored_rms scale_by_galore
    scale_by_lbfgs scale_by_learning_rate scale_by_lion scale_by_madgrad
    scale_by_muon scale_by_novograd scale_by_optimistic_gradient
    scale_by_param_block_norm scale_by_param_block_rms scale_by_polyak
    scale_by_radam scale_by_rms scale_by_rprop scale_by_rss scale_by_schedule
    scale_by_sign scale_by_simplified_ademamix scale_by_sm3 scale_by_stddev
    scale_by_trust_ratio scale_by_yogi scale_by_zoom_linesearch schedule_free
    schedule_free_adamw schedule_free_sgd selective_transform set_to_zero sgd
    sign_sgd signum simplified_ademamix sm3 snapshot sophia
    split_real_and_imaginary stateless stateless_with_tree_map trace
    with_extra_args_support yogi zero_nans
    GradientTransformation GradientTransformationExtraArgs
    """.split())
CURRIED = ('inject_hyperparams', 'inject_stateful_hyperparams')

# Modules of optax whose functions are called like a factory, but are none.
OTHERS = re.compile(r'optax\.(tree|tree_utils|pytree)\.')

# What an expression is, if known: one of these, or (FUNCTION, what it returns).
TX, TXS, OTHER = 'a transformation', 'an iterable of them', 'neither'
FUNCTION = 'a function'
PENDING = 'says nothing'  # None as a default, or a name in its own definition.

# Those that take any iterable or sized object as a positional argument.
ITERATE = frozenset("""
    all any enumerate filter iter len list map reversed set sorted sum tuple zip
    """.split())

# Annotations, without quotes and with the full names of what is of optax.
_CLASS = r'optax\.(?:\w+\.)*GradientTransformation(?:ExtraArgs)?'
ANNOTATIONS = (
    (rf'(\w+\.)?Optional\[{_CLASS}\]|{_CLASS}( \| None)?', TX),
    (rf'(\w+\.)*(Sequence|Iterable|[Ll]ist|[Tt]uple)\[{_CLASS}(, \.{{3}})?\]',
     TXS),
    (rf'(\w+\.)*Callable\[.*, {_CLASS}\]', (FUNCTION, TX)),
    (r'(\w+\.)*[Tt]uple(\[.*\])?', OTHER),
)


def _is_pure(node):
  """Whether a node may be evaluated twice: `name` or `name.attribute`."""
  while isinstance(node, cst.Attribute):
    node = node.value
  return isinstance(node, cst.Name)


def _atom(node):
  """Returns an expression that may stand before a dot."""
  plain = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)
  if isinstance(node, plain) or node.lpar:
    return node
  return node.with_changes(
      lpar=[cst.LeftParen()], rpar=[cst.RightParen()]
  )


def _attribute(node, name):
  return cst.Attribute(_atom(node), cst.Name(name))


def _pair(node, parentheses=True):
  """Returns `(node.init, node.update)`."""
  node = node.with_changes(lpar=[], rpar=[]) if _is_pure(node) else node
  return cst.Tuple(
      [cst.Element(_attribute(node, name)) for name in ('init', 'update')],
      lpar=[cst.LeftParen()] if parentheses else [],
      rpar=[cst.RightParen()] if parentheses else [],
  )


def _final_name(node):
  if isinstance(node, cst.Attribute):
    node = node.attr
  return node.value if isinstance(node, cst.Name) else ''


def _looks_like_init_and_update(target):
  return (
      isinstance(target, (cst.Tuple, cst.List))
      and len(target.elements) == 2
      and 'init' in _final_name(target.elements[0].value).lower()
      and 'update' in _final_name(target.elements[1].value).lower()
  )


class Inference:
  """Finds out which expressions of a module are transformations."""

  def __init__(self, wrapper):
    self.scopes = wrapper.resolve(metadata.ScopeProvider)
    self.parents = wrapper.resolve(metadata.ParentNodeProvider)
    self.known = {}

  def kind(self, node):
    """Returns what an expression or a definition is, or None."""
    if node not in self.known:
      self.known[node] = PENDING  # While it is asked for.
      self.known[node] = self._kind(node)
    return self.known[node]

  def names(self, node):
    """Returns the qualified names that a node may have."""
    scope = self.scopes.get(node)
    return scope.get_qualified_names_for(node) if scope else ()

  def is_builtin(self, node, names):
    found = {x.name for x in self.names(node)}
    return bool(found) and found <= {f'builtins.{name}' for name in names}

  def _kind(self, node):
    imported = [
        x.name for x in self.names(node)
        if x.source is metadata.QualifiedNameSource.IMPORT
    ]
    if imported and _is_pure(node):
      return self._same(map(self._imported, imported))
    method = getattr(self, f'_{type(node).__name__.lower()}', None)
    if method:
      return method(node)
    if isinstance(node, (cst.BaseNumber, cst.BaseString, cst.BaseDict,
                         cst.BaseSet, cst.Comparison)):
      return OTHER
    return None

  def _same(self, kinds):
    kinds = set(kinds) - {PENDING}
    return kinds.pop() if len(kinds) == 1 else None

  def _imported(self, name):
    module, _, last = name.rpartition('.')
    if name.startswith('optax.') and not OTHERS.match(name):
      if last in FACTORIES:
        return FUNCTION, TX
      if last in CURRIED:
        return FUNCTION, (FUNCTION, TX)
      return FUNCTION, OTHER
    if module.partition('.')[0] in ('jax', 'optax'):
      return FUNCTION, OTHER
    return None

  def _call(self, node):
    function = self.kind(node.func)
    if isinstance(function, tuple):
      return function[1]
    if isinstance(node.func, cst.Attribute):
      name = node.func.attr.value
      if name in ('gradient_transformation', 'as_gradient_transformation'):
        return TX
      if name in ('replace', '_replace'):
        return self.kind(node.func.value)
    if node.args and (
        {'functools.partial'} & {x.name for x in self.names(node.func)}
    ):
      return self.kind(node.args[0].value)
    kinds = [self.kind(x.value) for x in node.args]
    if self.is_builtin(node.func, ('list', 'tuple')) and kinds == [TXS]:
      return TXS
    if self.is_builtin(node.func, ('zip',)) and None not in kinds:
      return OTHER
    return None

  def _name(self, node):
    if node.value == 'None':
      return PENDING
    try:
      scope = self.scopes[node]
    except KeyError:
      return None
    return self._same(
        self._assigned(getattr(x, 'node', None)) for x in scope[node.value]
    )

  def _assigned(self, node):
    """Returns what a name is by one of its assignments."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Param)):
      return self.kind(node)
    if not isinstance(node, (cst.Name, cst.Attribute)):
      return None
    parent = self.parents[node]
    if isinstance(parent, cst.AssignTarget):
      return self.kind(self.parents[parent].value)
    if isinstance(parent, cst.NamedExpr):
      return self.kind(parent.value)
    if isinstance(parent, cst.AnnAssign):
      kind = self._annotation(parent.annotation)
      return self.kind(parent.value) if kind is None and parent.value else kind
    if isinstance(parent, (cst.For, cst.CompFor)) and parent.target is node:
      return TX if self.kind(parent.iter) == TXS else None
    return None

  def _annotation(self, annotation):
    text = cst.Module([]).code_for_node(annotation.annotation)
    for node in m.findall(annotation, m.Attribute() | m.Name()):
      for name in self.names(node):
        if name.name.startswith('optax.'):
          written = re.escape(cst.Module([]).code_for_node(node))
          text = re.sub(rf'(?<![\w.]){written}\b', name.name, text)
    text = ' '.join(re.sub('[\'"]', '', text).split())
    for pattern, kind in ANNOTATIONS:
      if re.fullmatch(pattern, text):
        return kind
    return None

  def _param(self, node):
    if node.annotation is None:
      return None
    kind = self._annotation(node.annotation)
    return TXS if node.star == '*' and kind == TX else kind

  def _functiondef(self, node):
    if node.returns is not None:
      kind = self._annotation(node.returns)
      return None if kind is None else (FUNCTION, kind)
    if node.decorators or node.asynchronous:
      return None
    own = [x for x in m.findall(node.body, m.Return(value=m.DoNotCare()))
           if self._function_of(x) is node]
    kind = self._same(self.kind(x.value) for x in own if x.value is not None)
    return None if kind is None else (FUNCTION, kind)

  def _function_of(self, node):
    while not isinstance(node, cst.FunctionDef):
      node = self.parents[node]
    return node

  def _classdef(self, node):
    return self._same(self.kind(x.value) for x in node.bases)

  def _lambda(self, node):
    kind = self.kind(node.body)
    return None if kind is None else (FUNCTION, kind)

  def _attribute(self, node):
    """Returns what `self.name` is by all its assignments in the class."""
    if not m.matches(node.value, m.Name('self')):
      return None
    owner = node
    while not isinstance(owner, cst.ClassDef):
      owner = self.parents.get(owner)
      if owner is None:
        return None
    name, kinds = node.attr.value, []
    for x in m.findall(owner, m.Attribute(m.Name('self'), m.Name(name))):
      target = self.parents[x]
      while isinstance(target, (cst.Element, cst.Tuple, cst.List)):
        target = self.parents[target]
      if isinstance(target, (cst.AssignTarget, cst.AnnAssign)):
        kinds.append(self._assigned(x))
    for x in owner.body.body:
      if isinstance(x, cst.FunctionDef) and x.name.value == name:
        kinds.append(self.kind(x))
      elif m.matches(x, m.SimpleStatementLine([m.AnnAssign(m.Name(name))])):
        kinds.append(self._assigned(x.body[0].target))
    return self._same(kinds)

  def _ifexp(self, node):
    return self._same((self.kind(node.body), self.kind(node.orelse)))

  def _booleanoperation(self, node):
    return self._same((self.kind(node.left), self.kind(node.right)))

  def _namedexpr(self, node):
    return self.kind(node.value)

  def _elements(self, node):
    kinds = {self.kind(x.value) for x in node.elements
             if isinstance(x, cst.Element)}
    if len(kinds) == 1 and len(node.elements) and kinds == {TX}:
      return TXS
    return OTHER if kinds else None  # An empty list may be filled later.

  _tuple = _list = _elements

  def _listcomp(self, node):
    return TXS if self.kind(node.elt) == TX else OTHER

  _generatorexp = _listcomp

  def _subscript(self, node):
    kind = self.kind(node.value)
    if kind == TXS and isinstance(node.slice[0].slice, cst.Index):
      return TX
    return kind if kind in (TXS, OTHER) else None


class Rewriter(cst.CSTTransformer):
  """Rewrites one module, and lists what it leaves."""

  def __init__(self, wrapper):
    super().__init__()
    self.inference = Inference(wrapper)
    self.positions = wrapper.resolve(metadata.PositionProvider)
    self.functions = [wrapper.module]  # Those around the current node.
    self.left = []

  def visit_FunctionDef(self, node):
    self.functions.append(node)

  def leave_FunctionDef(self, original_node, updated_node):
    self.functions.pop()
    return updated_node

  def is_tx(self, node):
    return self.inference.kind(node) == TX

  def leave_to_person(self, node, why):
    self.left.append((self.positions[node].start.line, why))

  def new_name(self):
    used = {x.value for x in m.findall(self.functions[-1], m.Name())}
    names = itertools.chain(['tx'], (f'tx_{i}' for i in itertools.count(1)))
    return cst.Name(next(x for x in names if x not in used))

  def pair(self, original, updated):
    """Returns a transformation as a pair, where one is iterated or so."""
    if not self.is_tx(original):
      return updated
    if not _is_pure(original):
      self.leave_to_person(
          original, 'uses a transformation as a tuple: give it a name first'
      )
      return updated
    return _pair(updated)

  def pairs(self, updated):
    """Returns an iterable of transformations as one of pairs."""
    name = self.new_name()
    return cst.GeneratorExp(
        _pair(name),
        cst.CompFor(
            name,
            _atom(updated) if isinstance(updated, cst.IfExp) else updated,
        ),
    )

  # Unpacking.

  def leave_SimpleStatementLine(self, original_node, updated_node):
    if len(updated_node.body) != 1:
      return updated_node.with_changes(body=self._flat(original_node,
                                                       updated_node))
    (statement,) = original_node.body
    first, *more = self._statements(statement, updated_node.body[0])
    if not more:
      return updated_node.with_changes(body=[first])
    return cst.FlattenSentinel([
        updated_node.with_changes(body=[first]),
        *(cst.SimpleStatementLine([x]) for x in more),
    ])

  def leave_SimpleStatementSuite(self, original_node, updated_node):
    return updated_node.with_changes(body=self._flat(original_node,
                                                     updated_node))

  def _flat(self, original, updated):
    """Returns the statements of a line that holds several."""
    body = []
    for old, new in zip(original.body, updated.body):
      *before, last = self._statements(old, new)
      body += [
          x.with_changes(semicolon=cst.Semicolon(
              whitespace_after=cst.SimpleWhitespace(' ')))
          for x in before
      ] + [last.with_changes(semicolon=new.semicolon)]
    return body

  def _statements(self, original, updated):
    """Returns the statements that take the place of one."""
    if not isinstance(original, cst.Assign):
      return [updated]
    targets = [x.target for x in original.targets]
    sequences = [isinstance(x, (cst.Tuple, cst.List)) for x in targets]
    if not any(sequences):
      return [updated]
    if not self.is_tx(original.value):
      kind = self.inference.kind(original.value)
      if kind is None and any(map(_looks_like_init_and_update, targets)):
        self.leave_to_person(
            original, 'may unpack a transformation: annotate what it unpacks'
        )
      return [updated]
    if len(targets) == 1:
      kept = self._kept(targets[0])
      if kept is not None:
        name, target = kept
        return [updated.with_changes(
            targets=[cst.AssignTarget(target)],
            value=_attribute(updated.value, name),
        )]
    others = [x for x, s in zip(updated.targets, sequences) if not s]
    updated = updated.with_changes(
        targets=[x for x, s in zip(updated.targets, sequences) if s],
        semicolon=cst.MaybeSentinel.DEFAULT,
    )
    if not others and _is_pure(updated.value):
      value = _pair(updated.value, parentheses=False)
      return [updated.with_changes(value=value)]
    others = others or [cst.AssignTarget(self.new_name())]
    name = next((x.target for x in others if _is_pure(x.target)), None)
    if name is None:
      others = [cst.AssignTarget(self.new_name()), *others]
      name = others[0].target
    return [
        cst.Assign(others, updated.value),
        updated.with_changes(value=_pair(name, parentheses=False)),
    ]

  def _kept(self, target):
    """Returns the part that is kept by `init, _ = ...`, if one is dropped."""
    if len(target.elements) != 2:
      return None
    dropped = [m.matches(x, m.Element(m.Name('_'))) for x in target.elements]
    if sum(dropped) != 1 or self._is_read('_', target):
      return None
    kept = dropped.index(False)
    element = target.elements[kept]
    if isinstance(element, cst.StarredElement):
      return None
    return ('init', 'update')[kept], element.value

  def _is_read(self, name, node):
    """Whether a name is read in the scope of a node."""
    scope = self.inference.scopes[node]
    return any(x.references for x in scope[name])

  # Iteration.

  def _leave_loop(self, original_node, updated_node):
    value = original_node.iter
    if self.inference.kind(value) == TXS and isinstance(
        original_node.target, (cst.Tuple, cst.List)):
      return updated_node.with_changes(iter=self.pairs(updated_node.iter))
    return updated_node.with_changes(iter=self.pair(value, updated_node.iter))

  leave_For = leave_CompFor = _leave_loop

  def leave_StarredElement(self, original_node, updated_node):
    pair = self.pair(original_node.value, updated_node.value)
    if pair is updated_node.value:
      return updated_node
    first, second = pair.elements
    return cst.FlattenSentinel(
        [first, second.with_changes(comma=updated_node.comma)]
    )

  def leave_Call(self, original_node, updated_node):
    inference, args = self.inference, []
    is_zip = inference.is_builtin(original_node.func, ('zip',))
    iterates = inference.is_builtin(original_node.func, ITERATE)
    for old, new in zip(original_node.args, updated_node.args):
      if is_zip and old.star == '*' and inference.kind(old.value) == TXS:
        args.append(new.with_changes(value=self.pairs(new.value)))
      elif old.star == '*' and self.is_tx(old.value):
        pair = self.pair(old.value, new.value)
        if pair is new.value:
          args.append(new)
        else:
          first, second = (cst.Arg(x.value) for x in pair.elements)
          args += [first, second.with_changes(
              comma=new.comma,
              whitespace_after_arg=new.whitespace_after_arg)]
      elif iterates and not old.star and not old.keyword:
        args.append(new.with_changes(value=self.pair(old.value, new.value)))
      else:
        args.append(new)
    if (inference.is_builtin(original_node.func, ('isinstance',))
        and self.is_tx(original_node.args[0].value)
        and m.findall(original_node.args[1], m.Name('tuple'))):
      self.leave_to_person(
          original_node, 'isinstance(tx, tuple) becomes False: ask for'
          ' optax.GradientTransformation'
      )
    updated_node = updated_node.with_changes(args=args)
    if (inference.is_builtin(original_node.func, ('tuple',))
        and len(args) == 1 and self.is_tx(original_node.args[0].value)
        and isinstance(args[0].value, cst.Tuple)):
      return args[0].value
    return self._named_tuple_method(original_node, updated_node)

  def leave_Subscript(self, original_node, updated_node):
    if not self.is_tx(original_node.value):
      return updated_node
    index = cst.Module([]).code_for_node(original_node.slice[0].slice)
    name = {'0': 'init', '-2': 'init', '1': 'update', '-1': 'update'}.get(index)
    if name:
      return _attribute(updated_node.value, name).with_changes(
          lpar=updated_node.lpar, rpar=updated_node.rpar)
    pair = self.pair(original_node.value, updated_node.value)
    if pair is not updated_node.value and index in (':', ':2', '0:2', '0:'):
      return pair
    return updated_node.with_changes(value=pair)

  # Operators.

  def leave_BinaryOperation(self, original_node, updated_node):
    operator = original_node.operator
    if isinstance(operator, (cst.Add, cst.Multiply)):
      return updated_node.with_changes(
          left=self.pair(original_node.left, updated_node.left),
          right=self.pair(original_node.right, updated_node.right),
      )
    if isinstance(operator, cst.Modulo) and self.is_tx(original_node.right):
      self.leave_to_person(
          original_node, "'%s %s' % tx will format one value: use tx.init and"
          ' tx.update'
      )
    return updated_node

  def leave_Comparison(self, original_node, updated_node):
    if len(original_node.comparisons) != 1:
      return updated_node
    (old,), (new,) = original_node.comparisons, updated_node.comparisons
    operator = old.operator
    if isinstance(operator, (cst.In, cst.NotIn)):
      right = self.pair(old.comparator, new.comparator)
      return updated_node.with_changes(
          comparisons=[new.with_changes(comparator=right)])
    if isinstance(operator, (cst.Is, cst.IsNot)):
      return updated_node
    sides = (original_node.left, old.comparator)
    if isinstance(operator, (cst.Equal, cst.NotEqual)) and not any(
        isinstance(x, cst.Tuple) for x in sides):
      return updated_node
    right = self.pair(old.comparator, new.comparator)
    return updated_node.with_changes(
        left=self.pair(original_node.left, updated_node.left),
        comparisons=[new.with_changes(comparator=right)],
    )

  def visit_Match(self, node):
    if self.is_tx(node.subject) and any(
        isinstance(x.pattern, cst.MatchSequence) for x in node.cases):
      self.leave_to_person(
          node, 'matches a transformation as a sequence: match'
          ' optax.GradientTransformation(init, update)'
      )

  # The methods of a named tuple.

  def leave_Attribute(self, original_node, updated_node):
    name = original_node.attr.value
    kind = self.inference.kind(original_node.value)
    if name == '_replace' and kind == TX:
      return updated_node.with_changes(attr=cst.Name('replace'))
    if name == '_fields' and kind in (TX, (FUNCTION, TX)):
      return cst.parse_expression("('init', 'update')")
    if name in ('index', 'count') and kind == TX:
      self.leave_to_person(original_node, f'tx.{name} is of a tuple')
    return updated_node

  def _named_tuple_method(self, original, updated):
    if not isinstance(original.func, cst.Attribute):
      return updated
    name, value = original.func.attr.value, original.func.value
    kind = self.inference.kind(value)
    if name == '_asdict' and kind == TX:
      pair = self.pair(value, updated.func.value)
      if isinstance(pair, cst.Tuple):
        return cst.Dict([
            cst.DictElement(cst.SimpleString(f"'{x.value.attr.value}'"),
                            x.value)
            for x in pair.elements
        ])
    if name == '_make' and kind == (FUNCTION, TX) and len(updated.args) == 1:
      return updated.with_changes(
          func=updated.func.value,
          args=[updated.args[0].with_changes(star='*')],
      )
    return updated


def rewrite(code):
  """Returns a module's new code, and (line, why) of what it leaves."""
  wrapper = metadata.MetadataWrapper(
      cst.parse_module(code), unsafe_skip_copy=True
  )
  rewriter = Rewriter(wrapper)
  return wrapper.module.visit(rewriter).bytes, sorted(rewriter.left)


def main(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
  )
  parser.add_argument('--write', action='store_true', help='change the files')
  parser.add_argument('paths', nargs='+', type=pathlib.Path)
  args = parser.parse_args(argv)

  files, changed, left, notebooks = 0, 0, 0, 0
  for path in args.paths:
    notebooks += len([*path.rglob('*.ipynb')]) + (path.suffix == '.ipynb')
    for file in sorted(path.rglob('*.py')) if path.is_dir() else [path]:
      if file.suffix == '.ipynb':
        continue
      old = file.read_bytes()
      if b'optax' not in old:
        continue
      files += 1
      try:
        new, reasons = rewrite(old)
      except (cst.ParserSyntaxError, UnicodeDecodeError) as e:
        new, reasons = old, [(1, f'cannot be parsed: {e}')]
      for line, why in reasons:
        print(f'{file}:{line}: {why}', file=sys.stderr)
      left += len(reasons)
      if new != old:
        changed += 1
        if args.write:
          file.write_bytes(new)
        else:
          lines = (x.decode().splitlines(keepends=True) for x in (old, new))
          sys.stdout.writelines(
              difflib.unified_diff(*lines, str(file), str(file))
          )
  verb = 'changed' if args.write else 'to change'
  print(
      f'{files} files mention optax: {changed} {verb}, {left} places left for a'
      f' person. {notebooks} notebooks were not read.',
      file=sys.stderr,
  )
  return int(bool(left or (changed and not args.write)))


if __name__ == '__main__':
  sys.exit(main())
