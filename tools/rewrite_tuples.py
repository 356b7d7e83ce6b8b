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
returned, or what is annotated as one, in the files that it is given. What it
leaves is listed as `file:line: why`, for a person to look at: rare operations
such as `tx + (1,)`, and what may be a transformation, as in
`init, update = make()` where it can't see what `make` returns. An annotation
settles that, also where the value is a real tuple.

The exit status is 1 if something is left or, without `--write`, would be
changed. Skipped are files that do not mention optax, what begins with a dot in
a folder, such as `.venv`, and notebooks: convert these with `jupytext --to py`,
or run them with the warning on.
"""

import argparse
import collections
import difflib
import functools
import pathlib
import re
import sys

import libcst as cst
from libcst import matchers as m
from libcst import metadata

# Besides those called `scale_by_...`.
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
    schedule_free schedule_free_adamw schedule_free_sgd selective_transform
    set_to_zero sgd sign_sgd signum simplified_ademamix sm3 snapshot sophia
    split_real_and_imaginary stateless stateless_with_tree_map trace
    with_extra_args_support yogi zero_nans
    GradientTransformation GradientTransformationExtraArgs
    """.split())

# What an expression is, if known: one of these, or (FUNCTION, what it returns).
TX, TXS, OTHER = 'a transformation', 'an iterable of them', 'neither'
FUNCTION = 'a function'
MAYBE, MAYBES = 'may be or return a transformation', 'an iterable of such'
UNKNOWNS = 'an iterable of what is not known'
PENDING = 'says nothing'  # None as a default, or a name in its own definition.
COPIES = {TX: OTHER, MAYBE: None}  # What these are as a list or a slice.

# Expressions that are what these parts of them are.
PARTS = {
    cst.IfExp: ('body', 'orelse'), cst.BooleanOperation: ('left', 'right'),
    cst.NamedExpr: ('value',), cst.Await: ('expression',),
}

# Those that take any iterable or sized object as a positional argument.
ITERATE = frozenset("""
    all any enumerate filter iter len list map reversed set sorted sum tuple zip
    """.split())

# Annotations, with @ for a transformation, without modules and quotes.
ANNOTATIONS = (
    (r'None', OTHER),
    (r'(@|None)( \| (@|None))*|(Optional|Union)\[(@|None)(, (@|None))*\]', TX),
    (r'(Sequence|Iterable|[Ll]ist|[Tt]uple)\[@(, \.{3})?\]', TXS),
    (r'[Tt]uple(\[.*\])?', OTHER),
    (r'Callable\[.*, @\]', (FUNCTION, TX)),
)
IN_QUOTES = r'optax\.(\w+\.)*GradientTransformation(ExtraArgs)?'

# Names of what is likely a transformation.
LIKELY = re.compile(r'(^|_)(tx|opt|optimizer|transform(ation)?)$', re.I)

# Names of the two functions, of which one may be discarded.
PAIR = re.compile(
    r'\w*init(?!ial)\w* \w*update(?!d)\w*'
    r'|_*([^\W_]+_)?init(_f\w+)? _+|_+ _*([^\W_]+_)?update(_f\w+)?')

INDICES = {'0': 'init', '-2': 'init', '1': 'update', '-1': 'update'}
SEQUENCE = (cst.Tuple, cst.List)


def _dotted(node):
  """Returns 'a.b' of `a.b`, and '' of what is more than names."""
  if isinstance(node, cst.Attribute):
    start = _dotted(node.value)
    return start and f'{start}.{node.attr.value}'
  return node.value if isinstance(node, cst.Name) else ''


def _atom(node):
  """Returns an expression with parentheses, unless it can stand anywhere."""
  plain = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseList)
  if isinstance(node, plain) or node.lpar:
    return node
  return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _pair(node):
  """Returns `(node.init, node.update)`."""
  node = node.with_changes(lpar=[], rpar=[])
  return cst.Tuple([
      cst.Element(cst.Attribute(node, cst.Name(name)))
      for name in ('init', 'update')
  ])


def _final_name(node):
  """Returns `name` of `name`, `object.name` and `names[index]`."""
  if m.matches(node, m.Subscript(slice=[m.SubscriptElement(m.Index())])):
    return _final_name(node.value).removesuffix('s')
  if isinstance(node, cst.Attribute):
    node = node.attr
  return node.value if isinstance(node, cst.Name) else ''


def _has_init_and_update(target):
  """Whether `init, update`, or names like these, are in a target."""
  def matches(node):
    names = ' '.join(_final_name(x.value).lower() for x in node.elements)
    return PAIR.fullmatch(names)

  return any(map(matches, m.findall(target, m.Tuple() | m.List())))


def _unsure(kind):
  return {TX: MAYBE, (FUNCTION, TX): MAYBE, TXS: MAYBES}.get(kind, kind)


def _same(kinds):
  """Returns what something is that is one of several kinds."""
  kinds = set(kinds) - {PENDING}
  if len(kinds) == 1:
    return kinds.pop()
  kinds = set(map(_unsure, kinds))
  return next((x for x in (MAYBE, MAYBES) if x in kinds), None)


def _holding(kinds):
  """Returns what holds elements of these kinds."""
  kinds = set(kinds)
  if kinds == {TX}:
    return TXS
  if MAYBE in map(_unsure, kinds):
    return MAYBES
  # An empty list may be filled later.
  return UNKNOWNS if not kinds or None in kinds else OTHER


def _function(kind):
  return kind if kind in (None, MAYBE, MAYBES) else (FUNCTION, kind)


def _imported(name):
  last = name.split('.')[-1]
  # Functions of some modules are called like a factory, but are none.
  if re.match(r'optax\.(?!(tree|tree_utils|pytree)\.)', name):
    if last in FACTORIES or last.startswith('scale_by_'):
      return FUNCTION, TX
    if last in ('inject_hyperparams', 'inject_stateful_hyperparams'):
      return FUNCTION, (FUNCTION, TX)
  others = r'(flax|haiku|jax|optax)\.'
  return (FUNCTION, OTHER) if re.match(others, name) else None


def _once(pending):
  """Remembers what a method returns; `pending` if its result needs itself."""
  def decorate(method):
    @functools.wraps(method)
    def remembered(self, *args):
      key = method.__name__, *args
      if key not in self.known:
        self.known[key] = pending
        try:
          self.known[key] = method(self, *args)
        except Exception:
          del self.known[key]
          raise
      return self.known[key]
    return remembered
  return decorate


class Files:
  """The files that are given, among which imports are followed."""

  def __init__(self, paths):
    self.known = {}
    self.paths = collections.defaultdict(list)
    for path in paths:
      names = self._names(path)
      if names[-1] == '__init__':
        names.pop()
      for i in range(len(names)):
        self.paths['.'.join(names[i:])].append(path)

  def _names(self, path):
    return list(path.resolve().with_suffix('').parts[1:])

  @_once(None)
  def module(self, path):
    return Module(self, path)

  def definitions(self, name, importer):
    """Returns the definitions of what a file imports from another."""
    absolute = name.lstrip('.')
    dots = len(name) - len(absolute)
    if dots:
      absolute = '.'.join([*self._names(importer)[:-dots], absolute])
    return self._definitions(absolute)

  @_once(())
  def _definitions(self, name):
    module, _, name = name.rpartition('.')
    found = []
    for path in self.paths.get(module, ()):
      try:
        found += self.module(path).definitions(name)
      except Exception:  # It can't be read, which is listed where it stands.
        continue
    return found


class Parents(cst.CSTVisitor):
  """Finds the parent of each node, faster than the one of libcst."""

  def __init__(self):
    super().__init__()
    self.parents, self.path = {}, [None]

  def on_visit(self, node):
    self.parents[node] = self.path[-1]
    self.path.append(node)
    return True

  def on_leave(self, original_node):
    self.path.pop()


class Module:
  """Finds out which expressions of a file are transformations."""

  def __init__(self, files, path):
    self.files, self.path, self.known = files, path, {}
    self.wrapper = metadata.MetadataWrapper(
        cst.parse_module(path.read_bytes()), unsafe_skip_copy=True)
    self.scopes = self.wrapper.resolve(metadata.ScopeProvider)
    parents = Parents()
    self.wrapper.module.visit(parents)
    self.parents = parents.parents
    self.results = collections.defaultdict(list)  # Of each function.
    self.attributes = collections.defaultdict(list)  # Of each `self`.
    self.stars = []  # Modules of which everything is imported.
    for node in self.parents:
      if isinstance(node, (cst.Return, cst.Yield)):
        self.results[self.around(node, cst.FunctionDef)].append(node)
      elif isinstance(node, cst.Attribute) and _dotted(node.value) == 'self':
        owner = self.around(node, cst.ClassDef)
        self.attributes[owner, node.attr.value].append(node)
      elif m.matches(node, m.ImportFrom(names=m.ImportStar())):
        name = '.' * len(node.relative) + _dotted(node.module)
        self.stars.append(name.removesuffix('.'))

  @_once(PENDING)
  def kind(self, node):
    """Returns what an expression or a definition is, or None."""
    method = getattr(self, f'_{type(node).__name__.lower()}', None)
    if method:
      return method(node)
    if isinstance(node, tuple(PARTS)):
      return _same(self.kind(getattr(node, x)) for x in PARTS[type(node)])
    known = (cst.BaseNumber, cst.BaseString, cst.BaseSet, cst.Comparison)
    return OTHER if isinstance(node, known) else None

  def definitions(self, name, scope=None):
    """Returns (module, node) of each definition of a name, dotted or not.

    It is (None, name) if imported from no file that is given, and the node is
    None if it is a builtin.
    """
    scope = scope or self.scopes[self.wrapper.module]
    root, _, rest = name.partition('.')
    found = scope[root] if name else ()
    imported = [f'{x}.{name}' for x in self.stars] if name and not found else [
        x.name for x in scope.get_qualified_names_for(name)
        if x.source is metadata.QualifiedNameSource.IMPORT
    ]
    if rest and not imported:
      return []
    definitions = [
        (self, getattr(x, 'node', None)) for x in found
        if not isinstance(x, metadata.ImportAssignment)
    ]
    for name in imported:
      own = not _imported(name) and self.files.definitions(name, self.path)
      definitions += own or [(None, name)]
    return definitions

  def kinds(self, node):
    """Returns what the definitions of a name, dotted or not, are."""
    return [
        module.assigned(x) if module else _imported(x)
        for module, x in self.definitions(_dotted(node), self.scopes.get(node))
    ]

  def is_builtin(self, node, *names):
    if not isinstance(node, cst.Name) or node.value not in names:
      return False
    found = self.definitions(node.value, self.scopes.get(node))
    return all(x is None for _, x in found)

  def around(self, node, cls):
    """Returns the node of a class that is or holds a node, or None."""
    while node is not None and not isinstance(node, cls):
      node = self.parents.get(node)
    return node

  def _call(self, node):
    function = self.kind(node.func)
    if isinstance(function, tuple):
      return function[1]
    if function in (MAYBE, MAYBES):
      return function
    if isinstance(node.func, cst.Attribute):
      name = node.func.attr.value
      if name in ('gradient_transformation', 'as_gradient_transformation'):
        return TX
      if name in ('replace', '_replace'):
        return self.kind(node.func.value)
    kinds = [self.kind(x.value) for x in node.args]
    if kinds and (None, 'functools.partial') in self.definitions(
        _dotted(node.func), self.scopes.get(node)):
      return kinds[0]
    if kinds and self.is_builtin(node.func, 'list', 'tuple', 'reversed'):
      return COPIES.get(kinds[0], kinds[0])
    if self.is_builtin(node.func, 'zip') and not (
        {None, MAYBE, MAYBES, UNKNOWNS} & set(kinds)):
      return OTHER
    return None

  def _name(self, node):
    if node.value == 'None':
      return PENDING
    scope = self.scopes.get(node)
    if scope is None:
      return None
    uses = (x.node for x in scope[node.value] for x in x.references)
    return self._unless_filled(_same(self.kinds(node)), uses)

  def _unless_filled(self, kind, nodes):
    """Forgets what a list holds that is changed, as by `nodes.append(...)`."""
    filled = kind == TXS and any(
        isinstance(self.parents.get(x), cst.Attribute) for x in nodes)
    return MAYBES if filled else kind

  def assigned(self, node):
    """Returns what a name is by one of its definitions."""
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
      return _unsure(self.kind(parent.value)) if kind is None else kind
    if isinstance(parent, (cst.For, cst.CompFor)) and parent.target is node:
      return TX if self.kind(parent.iter) == TXS else None
    return None

  def _annotation(self, annotation):
    is_class = m.MatchIfTrue(
        lambda x: isinstance(x, (cst.Name, cst.Attribute))
        and self.kind(x) == (FUNCTION, TX))
    text = cst.Module([]).code_for_node(
        m.replace(annotation.annotation, is_class, cst.Name('__tx__')))
    text = re.sub(r'(?<!\.)__tx__|' + IN_QUOTES, '@', text)
    text = re.sub(r'[\'"]|\w+\.', '', ' '.join(text.split()))
    for pattern, kind in ANNOTATIONS:
      if re.fullmatch(pattern, text):
        return kind
    return None

  def _param(self, node):
    if node.annotation is None:
      return _same((None, self.kind(node.default)))
    kind = self._annotation(node.annotation)
    if node.star:  # A tuple of those, or a dict.
      return TXS if (node.star, kind) == ('*', TX) else None
    return kind

  def _functiondef(self, node):
    own = self.results[node]
    if any(isinstance(x, cst.Yield) for x in own):
      return None
    if node.returns is not None:
      kind = self._annotation(node.returns)
    else:
      kind = _same(self.kind(x.value) for x in own if x.value is not None)
    if node.decorators or node.asynchronous:  # Such as of a property.
      kind = _unsure(kind)
    return _function(kind)

  def _classdef(self, node):
    kind = _same(self.kind(x.value) for x in node.bases)
    defined = {
        x.name.value for x in node.body.body if isinstance(x, cst.FunctionDef)}
    unlike = defined & vars(tuple).keys() - {'__new__', '__repr__', '__hash__'}
    return _unsure(kind) if unlike else kind

  def _lambda(self, node):
    return _function(self.kind(node.body))

  def _attribute(self, node):
    """Returns what `module.name` or `self.name` is."""
    kinds = self.kinds(node)
    if kinds:
      return _same(kinds)
    owner = self.around(node, cst.ClassDef)
    if owner is None or _dotted(node.value) != 'self':
      return None
    return self.member(owner, node.attr.value)

  @_once(PENDING)
  def member(self, owner, name):
    """Returns what `self.name` is by its assignments, or by those of bases."""
    scope = self.scopes[owner.body.body[0]]
    kinds = [self.assigned(x.node) for x in scope[name] if x.scope is scope]
    found = self.attributes[owner, name]
    for x in found:
      target = self.parents[x]
      while isinstance(target, (cst.Element, cst.Tuple, cst.List)):
        target = self.parents[target]
      if isinstance(target, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign)):
        kinds.append(self.assigned(x))
    kinds = kinds or [
        module.member(x, name) for base in owner.bases
        for module, x in self.definitions(
            _dotted(base.value), self.scopes.get(base.value))
        if isinstance(x, cst.ClassDef)
    ]
    return self._unless_filled(_same(kinds), found)

  def _elements(self, node):
    one = (cst.Element, cst.DictElement)
    return _holding(self.kind(x.value) if isinstance(x, one) else None
                    for x in node.elements)

  _tuple = _list = _elements

  def _dict(self, node):
    return _unsure(self._elements(node))

  def _listcomp(self, node):
    return _holding([self.kind(node.elt)])

  _generatorexp = _listcomp

  def _subscript(self, node):
    kind = self.kind(node.value)
    if isinstance(node.slice[0].slice, cst.Index):
      return {TXS: TX, MAYBES: MAYBE}.get(kind)
    return COPIES.get(kind, kind)


class Rewriter(cst.CSTTransformer):
  """Rewrites one module, and lists what it leaves."""

  def __init__(self, module):
    super().__init__()
    self.module = module
    self.kind, self.is_builtin = module.kind, module.is_builtin
    self.left = []

  def leave_to_person(
      self, node, why='may use a transformation as a tuple: write .init and'
      ' .update, or annotate what it is'
  ):
    position = self.module.wrapper.resolve(metadata.PositionProvider)[node]
    self.left.append((position.start.line, why))

  def may_be_tx(self, node):
    kind = self.kind(node)
    likely = kind is None and LIKELY.search(_final_name(node))
    return kind in (TX, MAYBE) or bool(likely)

  def new_name(self, node):
    around = self.module.around(node, (cst.FunctionDef, cst.Module))
    used = {x.value for x in m.findall(around, m.Name())}
    names = ['tx', *(f'tx_{i + 1}' for i in range(len(used)))]
    return cst.Name(next(x for x in names if x not in used))

  def pair(self, original, updated):
    """Returns a transformation as a pair, where one is iterated or so."""
    if self.kind(original) == TX and _dotted(original):
      return _pair(updated)
    if self.may_be_tx(original):
      self.leave_to_person(original)
    return updated

  def pairs(self, original, updated):
    """Returns an iterable of transformations as one of pairs."""
    name = self.new_name(original)
    return cst.GeneratorExp(_pair(name), cst.CompFor(name, _atom(updated)))

  # Unpacking.

  def leave_Assign(self, original_node, updated_node):
    value = original_node.value
    targets = [x.target for x in original_node.targets]
    pure = _dotted(value)  # May be evaluated twice.
    # A new name in the body of a class would be an attribute of it.
    in_class = isinstance(self.module.scopes[value], metadata.ClassScope)
    if all(isinstance(x, SEQUENCE) for x in targets) and (
        pure or not in_class) and self.kind(value) == TX:
      name = updated_node.value if pure else self.new_name(value)
      first = cst.Assign([cst.AssignTarget(name)], updated_node.value)
      pair = _pair(name).with_changes(lpar=[], rpar=[])
      second = updated_node.with_changes(value=pair)
      return second if pure else cst.FlattenSentinel([first, second])
    for target in targets:
      self.leave_unpacking(target, value)
    return updated_node

  def leave_SimpleStatementLine(self, original_node, updated_node):
    if len(original_node.body) > 1 or len(updated_node.body) == 1:
      return updated_node
    first, second = updated_node.body
    first = updated_node.with_changes(body=[first])
    return cst.FlattenSentinel([first, cst.SimpleStatementLine([second])])

  def leave_unpacking(self, target, value):
    """Lists an assignment that may unpack a transformation."""
    if not isinstance(target, SEQUENCE):
      return
    if isinstance(value, SEQUENCE):
      for x, y in zip(target.elements, value.elements):
        self.leave_unpacking(x.value, y.value)
    elif (len(target.elements) < 3 and self.may_be_tx(value)) or (
        self.kind(value) is None and _has_init_and_update(target)):
      self.leave_to_person(value)

  def leave_For(self, original_node, updated_node):
    value, target = original_node.iter, original_node.target
    if self.kind(value) == TXS and isinstance(target, SEQUENCE):
      new = self.pairs(value, updated_node.iter)
    else:
      self.leave_loop(target, value)
      new = self.pair(value, updated_node.iter)
    return updated_node.with_changes(iter=new)

  leave_CompFor = leave_For

  def leave_loop(self, target, value):
    """Lists a loop that may unpack transformations."""
    if not isinstance(target, SEQUENCE):
      return
    kind, function = self.kind(value), getattr(value, 'func', None)
    if self.is_builtin(function, 'enumerate', 'zip'):
      skipped = self.is_builtin(function, 'enumerate')
      for x, y in zip(target.elements[skipped:], value.args):
        self.leave_loop(x.value, y.value)
    elif (kind in (TXS, MAYBES) and len(target.elements) < 3) or (
        kind in (None, UNKNOWNS) and _has_init_and_update(target)):
      self.leave_to_person(value)

  # Iteration.

  def leave_StarredElement(self, original_node, updated_node):
    pair = self.pair(original_node.value, updated_node.value)
    if pair is updated_node.value:
      return updated_node
    init, update = pair.elements
    return cst.FlattenSentinel(
        [init, update.with_changes(comma=updated_node.comma)])

  def leave_Arg(self, original_node, updated_node):
    value, new = original_node.value, updated_node.value
    function = getattr(self.module.parents[original_node], 'func', None)
    if original_node.star == '*':
      kind, is_zip = self.kind(value), self.is_builtin(function, 'zip')
      is_class = _final_name(function).startswith('GradientTransformation')
      if is_zip and kind == TXS:
        new = self.pairs(value, new)
      elif is_zip and kind == MAYBES or is_class and kind is None:
        self.leave_to_person(value)
      pair = self.pair(value, new)
      if pair is not new:
        init, update = (x.value for x in pair.elements)
        last = updated_node.with_changes(star='', value=update)
        return cst.FlattenSentinel([cst.Arg(init), last])
    elif not (original_node.star or original_node.keyword) and self.is_builtin(
        function, *ITERATE):
      new = self.pair(value, new)
    return updated_node.with_changes(value=new)

  def leave_From(self, original_node, updated_node):
    return updated_node.with_changes(
        item=self.pair(original_node.item, updated_node.item))

  def leave_Subscript(self, original_node, updated_node):
    value = original_node.value
    index = cst.Module([]).code_for_node(original_node.slice[0].slice)
    if self.kind(value) == TX and index in INDICES:
      return cst.Attribute(
          _atom(updated_node.value), cst.Name(INDICES[index]),
          lpar=updated_node.lpar, rpar=updated_node.rpar)
    if self.kind(value) is None:
      if self.may_be_part(original_node, index):
        self.leave_to_person(value)
      if index not in INDICES:  # As in `opt['lr']`.
        return updated_node
    return updated_node.with_changes(value=self.pair(value, updated_node.value))

  def may_be_part(self, node, index):
    """Whether an item or a slice of an unknown may be that of a transformation.

    As in `make()[0](params)`, `opt_init = make()[0]`, `make_optimizer()[0]` and
    `chain(x[:2])`.
    """
    parent = self.module.parents[node]
    if index == ':2':
      return self.kind(self.module.around(parent, cst.Call)) == TX
    if not isinstance(node.value, cst.Call) or index not in INDICES:
      return False
    names = [_final_name(x.target) for x in getattr(parent, 'targets', ())]
    return (
        getattr(parent, 'func', None) is node
        or LIKELY.search(_final_name(node.value.func))
        or any(PAIR.fullmatch(f'{x} _') or PAIR.fullmatch(f'_ {x}')
               for x in names))

  def leave_Attribute(self, original_node, updated_node):
    name, value = original_node.attr.value, original_node.value
    if self.is_builtin(value, 'tuple'):
      owner = self.module.around(original_node, cst.ClassDef)
      if self.kind(owner) in ((FUNCTION, TX), MAYBE):
        self.leave_to_person(original_node, f'will fail: call super().{name}')
    elif name in ('index', 'count'):
      if self.kind(value) == TX:
        self.leave_to_person(original_node)
    elif name in ('_replace', '_fields', '_asdict', '_make'):
      is_class = self.kind(value) == (FUNCTION, TX)
      if name == '_replace' and self.kind(value) == TX:
        return updated_node.with_changes(attr=cst.Name('replace'))
      if name == '_fields' and (self.kind(value) == TX or is_class):
        return cst.parse_expression("('init', 'update')")
      if is_class or self.may_be_tx(value):
        self.leave_to_person(original_node)
    return updated_node

  # What is too rare to rewrite.

  def leave_FormattedStringExpression(self, original_node, updated_node):
    if not original_node.deep_equals(updated_node):  # Quotes, or `{tx[0]=}`.
      self.leave_to_person(original_node)
    return original_node

  def visit_Call(self, node):
    if (self.is_builtin(node.func, 'isinstance') and len(node.args) == 2
        and self.may_be_tx(node.args[0].value)
        and m.findall(node.args[1], m.Name('tuple'))):
      self.leave_to_person(node, 'isinstance(tx, tuple) will be False')

  def visit_BinaryOperation(self, node):
    if isinstance(node.operator, (cst.Add, cst.Multiply, cst.Modulo)):
      self.leave_operands(node, node.left, node.right)

  def visit_AugAssign(self, node):
    if self.may_be_tx(node.target) or self.kind(node.value) == TX:
      self.leave_to_person(node)

  def visit_Comparison(self, node):
    sides = [node.left, *(x.comparator for x in node.comparisons)]
    for x, left, right in zip(node.comparisons, sides, sides[1:]):
      if isinstance(x.operator, (cst.In, cst.NotIn)):
        self.leave_operands(node, right)
      elif cst.Tuple in (type(left), type(right)) or not isinstance(
          x.operator, (cst.Equal, cst.NotEqual, cst.Is, cst.IsNot)):
        self.leave_operands(node, left, right)

  def leave_operands(self, node, *operands):
    with_tuple = cst.Tuple in map(type, operands)
    if any(self.kind(x) == TX or with_tuple and self.may_be_tx(x)
           for x in operands):
      self.leave_to_person(node)

  def visit_Match(self, node):
    if self.may_be_tx(node.subject) and any(
        isinstance(x.pattern, cst.MatchSequence) for x in node.cases):
      self.leave_to_person(node, 'match optax.GradientTransformation(...)')


def rewrite(files, path):
  """Returns a file's new code, and (line, why) of what it leaves."""
  module = files.module(path)
  rewriter = Rewriter(module)
  return module.wrapper.module.visit(rewriter).bytes, sorted(set(rewriter.left))


def find(path):
  """Returns the files to read, in a folder without those hidden in it."""
  if not path.is_dir():
    return [path]
  return [x for x in sorted(path.rglob('*'))
          if x.suffix in ('.py', '.ipynb') and x.is_file()
          and '/.' not in f'/{x.relative_to(path).as_posix()}']


def main(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
  )
  parser.add_argument('--write', action='store_true', help='change the files')
  parser.add_argument('paths', nargs='+', type=pathlib.Path)
  args = parser.parse_args(argv)
  for path in args.paths:
    if not path.exists():
      parser.error(f'{path} does not exist')

  found = [x for path in args.paths for x in find(path)]
  files = Files(found)
  read, changed, left, notebooks = 0, 0, 0, 0
  for file in found:
    if file.suffix == '.ipynb':
      notebooks += 1
      continue
    try:
      old = file.read_bytes()
      if b'optax' not in old:
        continue
      read += 1
      new, reasons = rewrite(files, file)
      if new != old and args.write:
        file.write_bytes(new)
      elif new != old:
        lines = (x.decode(errors='replace').splitlines() for x in (old, new))
        diff = difflib.unified_diff(*lines, str(file), str(file), lineterm='')
        print(*diff, sep='\n')
      changed += new != old
    except Exception as e:  # Go on with the other files.
      reasons = [(1, f'cannot be read or rewritten: {e!r}')]
    for line, why in reasons:
      print(f'{file}:{line}: {why}', file=sys.stderr)
    left += len(reasons)
  verb = 'changed' if args.write else 'to change'
  print(
      f'{read} files mention optax: {changed} {verb}, {left} places left for a'
      f' person. {notebooks} notebooks were not read.',
      file=sys.stderr,
  )
  return int(bool(left or (changed and not args.write)))


if __name__ == '__main__':
  sys.exit(main())
