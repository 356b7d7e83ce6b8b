"""Makes the series of pull requests for upstream, in a checkout of upstream.

  python tools/export.py PATH [--onto REF] [--check]

PATH is a clean checkout of Optax, and REF a commit there, by default HEAD. Each
commit of the series gets a branch, `pytree/NAME`, which begins where the one
before ends, and the deprecation where the rewritten tuples do. A table of their
sizes is printed; with `--check` also of what they pass: the import, their own
tests, and upstream's of the modules that they change.

The first commits hold modules without the statements that name what comes with
a later one. A test goes with the first commit that has everything that it
names; what Optax's extra `test` doesn't install is never there. Needs git,
jupytext and libcst.
"""

import argparse
import ast
import io
import os
import pathlib
import re
import subprocess
import sys
import tokenize
from typing import NamedTuple

import cut
import gallery

ROOT = pathlib.Path(__file__).parents[1]
FOREIGN = {'cloudpickle', 'equinox', 'hypothesis', 'orbax'}
CORE = {'adam', 'adamw', 'sgd'}


class Commit(NamedTuple):
  """One pull request.

  Attributes:
    branch: the name; `patches/series/` may have a patch of that name.
    message: of the commit; by default that of its patch.
    patch: the one in `patches/`.
    files: what is new, below `optax/`.
    names: what modules of earlier commits get besides.
    tests: those, and classes of those, that need it though they name nothing
      of it.
    onto: the branch where it begins, by default the one before.
    exclude: what another commit has changed so already.
  """

  branch: str
  message: str = ''
  patch: str = ''
  files: str = ''
  names: str = ''
  tests: str = ''
  onto: str = ''
  exclude: tuple[str, ...] = ()


SERIES = (
    Commit('traced-peak', patch='0003'),
    Commit('schedules-that-depend-on-nothing', patch='0005'),
    Commit('tree-attributes', patch='0004'),
    Commit('attributes', """\
Use the attributes of transformations instead of tuples

`init, update = tx` works only as long as a transformation is a pair. Use
`tx.init` and `tx.update` throughout, and the new method `replace` instead of
`_replace`.
"""),
    Commit('core', """\
Add optax.pytree: optimizers as immutable pytrees

`wrap(optax.adam)` derives a class from the signature. An instance holds the
hyperparameters and the state. Learning rates and arrays are leaves, so that
another value compiles nothing. An update calls the function with the present
values, so that no arithmetic is repeated here. adam, adamw and sgd come first.

https://github.com/google-deepmind/optax/issues/432
""", patch='0001', files="""
pytree/__init__.py pytree/_derive.py pytree/_node.py pytree/_optimizer.py
pytree/_values.py pytree/_test_utils.py pytree/_optimizer_test.py"""),
    Commit('calls', """\
Refuse calls in optax.pytree as of other libraries, and say what to write

Such as the update of a functional transformation.
""", files='pytree/_calls.py', tests="""
SubclassTest test_functional_chain_names_the_way_in
test_one_with_state_is_refused test_optimizer_in_the_place_of_params"""),
    Commit('types', """\
Show the parameters of optimizers in optax.pytree to type checkers

They are those of the function that is wrapped.
""", names='overload TYPE_CHECKING ParamSpec'),
    Commit('text', """\
Show optimizers in optax.pytree as the calls that make them

Below stand the paths, dtypes and shapes of what the state holds.
""", files='pytree/_text.py', names='items', tests="""
test_repr_of_a_large_state_fits_on_a_screen
test_repr_of_tracers_and_sentinels"""),
    Commit('leaves', """\
Keep the dtype, weak type and sharding of leaves in optax.pytree

A number that replaces a leaf gets them, so that nothing is compiled again.
`init` makes arrays of numbers, and copies what it would share with the
parameters, since a buffer can be donated only once.
""", files='pytree/_leaves.py pytree/_kinds_test.py'),
    Commit('pickles', """\
Pickle optimizers in optax.pytree as records of the call

A record names the function and the values, so that later versions can read it.
A parameter that is gone, or that lacks a value, is refused.
""", files='pytree/_record.py pytree/_value_test.py', tests="""
test_factory_may_keep_its_name
test_named_leaves_of_a_factory_that_keeps_its_name_pickle"""),
    Commit('view', """\
Use optimizers of optax.pytree where a transformation is expected

The state of the functional view is the optimizer.
""", files='pytree/_view.py', tests='GradientTransformationTest'),
    Commit('arguments', """\
Refuse arguments in optax.pytree that can't work

The error names the argument and shows what to write.
""", files='pytree/_arguments.py pytree/_errors_test.py',
           names='is_value', tests="""
test_a_factory_may_check_a_number test_iterator_is_refused
test_what_has_no_hash_is_refused_by_name"""),
    Commit('addresses', """\
Find hyperparameters in optax.pytree by name or by path

A name that one optimizer inside a combinator has is an address.
""", files='pytree/_address.py pytree/_address_test.py', names='_calls.find'),
    Commit('numbers', """\
Take schedules for numbers in optax.pytree

Where the function takes no schedule, `inject_hyperparams` evaluates it.
""", files='pytree/_scheduled.py'),
    Commit('states', """\
Refuse changes of an optimizer in optax.pytree that its state can't follow

`init` and an update are traced with the shapes of the parameters, which tells
what each depends on. An update that fails names what doesn't fit.
""", files='pytree/_state.py pytree/_trial.py', tests="""
StateInOtherContainersTest test_abstract_optimizer test_differ_in_the_parameters
test_gradients_of_another_structure
test_other_parameters_make_another_value
test_refuses_another_value_where_the_update_is_not_known
test_replace_is_refused_where_the_state_can_not_follow"""),
    Commit('hyperparams', """\
Show the hyperparameters of optimizers in optax.pytree by path

A schedule is shown as its value in the next update. The traced update tells
which count in the state it is called with.
""", files='pytree/_hyperparams.py', tests="""
test_gradients test_hyperparams_are_read_only test_hyperparams_are_the_numbers
test_replace_compiles_nothing test_wrap_refuses_a_parameter_that_is_taken"""),
    Commit('classes', """\
Add the other optimizers and combinators to optax.pytree

Each is a line that wraps the function. The tests compare all of them with the
functions, bit for bit.
""", files="""
pytree/contrib.py pytree/_multi_steps.py pytree/_combinators_test.py
pytree/_coverage_test.py pytree/_equivalence_test.py
pytree/_hypergradient_test.py pytree/_hyperparams_test.py
pytree/_issues_test.py pytree/_population_test.py pytree/_precision_test.py
pytree/_properties_test.py pytree/_scheduled_test.py""", tests="""
test_each_hyperparameter test_of_the_arguments_of_a_partial_object""",
           names='from_gradient_transformation _convert cls._convert'
           ' _as_argument x._as_argument'),
    Commit('schedules', """\
Add schedules to optax.pytree

Their values are leaves, so that a sweep over a peak compiles once.
""", files="""
pytree/_schedule.py pytree/_schedule_test.py pytree/_fuzz_test.py""", tests="""
TracedScheduleTest test_error_of_the_factory_at_construction"""),
    Commit('flax', """\
Let flax.serialization write and read optimizers of optax.pytree

It knows no pytrees of other libraries, so that the bytes of a `TrainState`
would lack them. It is registered only if the program has imported Flax.
""", files='pytree/_flax.py'),
    Commit('functions', """\
Compare functions in optax.pytree by value

A mask, a label function or a functional transformation that is made anew in
each run is equal to the last one if nothing that it reads may change, and the
arrays that it closes over are leaves.
""", files="""
pytree/_functions.py pytree/_functions_test.py pytree/_closures.py
pytree/_closures_test.py pytree/_devices_test.py pytree/_reads.py
pytree/_recompilation_test.py pytree/_transforms_test.py""", tests="""
test_equal_partial_objects_have_one_class
test_schedule_that_closes_over_a_tracer FactoryTest ReloadTest
test_wrapped_in_a_loop_is_one_class
test_a_cell_that_changes_before_the_first_use"""),
    Commit('deprecation', patch='0002', onto='attributes', files="""
_src/sequence_interface.py _src/sequence_interface_test.py""",
           exclude=('optax/CHANGELOG.md', 'optax/transforms/*')),
)


def git(path, *args):
  """Runs git, and ends with what it says if it fails."""
  done = subprocess.run(
      ('git', '-C', path, *args), stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT, text=True)
  if done.returncode:
    sys.exit(f'git {" ".join(map(str, args))}:\n{done.stdout}')
  return done.stdout.strip()


def reference(rst, gone):
  """Returns our page of the reference as upstream writes them."""
  title = 'Optimizers as Pytrees'
  rst = rst.replace('API\n===', f'{title}\n{"=" * len(title)}')
  rst = re.sub(r'\nA page says (.+\n)+', '', rst)  # Ours only.
  rst = re.sub(r':toctree: .+\n +:nosignatures:', ':toctree: generated/', rst)
  first, *sections = re.split(r'(?=\n\w.*\n-+\n)', rst)
  for section in sections:
    start = 'o.contrib.' if 'pytree.contrib' in section else 'o.'
    lines = [x for x in section.splitlines(keepends=True)
             if gone.isdisjoint((start[:-1], start + x.strip()))]
    if any(re.match(r'    \w', x) for x in lines):
      first += ''.join(lines)
  return first


def write(path, present, later):
  """Writes our files, without what later commits add to them.

  Args:
    path: the checkout.
    present: all files, below `optax/`, that are there with this commit.
    later: the commits after it.
  """
  licensed = (path / 'optax/__init__.py').read_text()
  header = re.match(r'#(.*\n)+?# =+\n', licensed)[0]
  absent = {name for commit in later for name in commit.files.split()}
  gone = FOREIGN | {'optax.' + name[:-3].replace('/', '.') for name in absent}
  waiting = [name for commit in later for name in commit.tests.split()]
  if 'pytree/_flax.py' in absent:
    gone.add('flax.serialization')
  init = (ROOT / 'optax/pytree/__init__.py').read_text()
  everything = set(re.findall(r'^(\w+) = ', init, re.M))
  without = everything - CORE if 'pytree/contrib.py' in absent else set()
  new_names = {name for commit in later for name in commit.names.split()}
  init = cut.cut_tests(init, gone, without | new_names)
  everything |= {'Schedule', 'wrap_schedule', 'MultiSteps', 'contrib',
                 'from_gradient_transformation'}
  for name in everything:
    if not re.search(rf'\b{name}( = |$)', init, re.M):
      gone |= {f'o.{name}', f'optax.pytree.{name}'}
  for name in present:
    text = (ROOT / 'optax' / name).read_text()
    if name == 'pytree/__init__.py':
      text = init
    elif name.endswith('_test.py'):
      text = cut.cut_tests(text, gone, waiting)
      if 'def test' not in text:
        continue
    elif '_test' not in name:
      text = cut.cut_module(text, gone | new_names)
    file = path / 'optax' / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(header + text)
  if 'pytree/_schedule.py' in present:
    gallery.write(path)
  index = path / 'docs/index.rst'
  if index.exists() and 'pytree/__init__.py' in present:
    rst = (ROOT / 'docs/api/pytree.rst').read_text()
    (path / 'docs/api/pytree.rst').write_text(reference(rst, gone))
    text = index.read_text()
    if 'api/pytree' not in text:
      index.write_text(text.replace(
          '   api/optimizer_schedules\n',
          '   api/optimizer_schedules\n   api/pytree\n'))


def commit(path, entry, present, later):
  """Makes one commit of the series on the present branch."""
  message, series = entry.message, ROOT / 'patches/series'
  patches = list(series.glob(f'{entry.branch}.patch'))
  if entry.patch:
    (patch,) = (ROOT / 'patches').glob(f'{entry.patch}-*.patch')
    patches.append(patch)
    message = message or re.search(
        r'\[PATCH\] (.*?)\n---\n', patch.read_text(), re.S)[1]
  if entry.branch == 'attributes':
    subprocess.run((sys.executable, ROOT / 'tools/rewrite_tuples.py', '--write',
                    path / 'optax'), stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    if not git(path, 'status', '--porcelain'):
      sys.exit('tools/rewrite_tuples.py changed nothing')
  for patch in patches:
    exclude = [f'--exclude={name}' for name in entry.exclude
               if patch.parent != series]
    other = series / 'main' / patch.name  # Where upstream's main differs.
    if other.exists() and subprocess.run(
        ('git', '-C', path, 'apply', '--check', patch), capture_output=True
    ).returncode:
      patch = other
    git(path, 'apply', *exclude, patch)
  if present:
    write(path, present, later)
  git(path, 'add', '-A')
  git(path, 'commit', '-qm', message)


def code(source):
  """Returns how many lines are no docstring, no comment and not blank."""
  docs, lines = set(), set()
  for x in ast.walk(ast.parse(source)):
    if isinstance(x, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (
        ast.get_docstring(x)):
      docs.update(range(x.body[0].lineno, x.body[0].end_lineno + 1))
  for token in tokenize.generate_tokens(io.StringIO(source).readline):
    if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE,
                          tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
      lines.update(range(token.start[0], token.end[0] + 1))
  return len(lines - docs)


def sizes(path):
  """Returns what the last commit adds: code, and lines of all kinds."""
  found = dict.fromkeys(('code', 'modules', 'tests', 'docs'), 0)
  for line in git(path, 'show', '--numstat', '--format=').splitlines():
    added, _, name = line.split('\t')
    test = name.endswith(('_test.py', '_test_utils.py'))
    kind = 'tests' if test else 'modules' if name.endswith('.py') else 'docs'
    found[kind] += int(added.replace('-', '0'))  # A picture has no lines.
    if kind == 'modules':
      old = git(path, 'ls-tree', '-r', '--name-only', 'HEAD~', name)
      found['code'] += code(git(path, 'show', f'HEAD:{name}'))
      found['code'] -= code(git(path, 'show', f'HEAD~:{name}')) if old else 0
  return list(found.values())


def check(path):
  """Returns what the last commit passes, and whether it is all."""
  changed = git(path, 'show', '--name-only', '--format=').splitlines()
  tests = {name if name.endswith('_test.py') else f'{name[:-3]}_test.py'
           for name in changed if name.endswith('.py')}
  tests = sorted(name for name in tests if (path / name).exists())
  env = {**os.environ, 'PYTHONPATH': str(path), 'PYTHONDONTWRITEBYTECODE': '1'}
  done = subprocess.run(
      (sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider',
       '-o', 'consider_namespace_packages=true', '-o', 'verbosity_subtests=0',
       '-c', os.devnull, '--rootdir', path, *tests),
      cwd=path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
      text=True)
  if done.returncode:
    print(done.stdout, file=sys.stderr)
  result = re.sub(r' in .*|=|, \d+ warnings?', '', done.stdout.split('\n')[-2])
  return result.strip(), not done.returncode


def main():
  parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
  parser.add_argument('path', type=pathlib.Path)
  parser.add_argument('--onto', default='HEAD', metavar='REF')
  parser.add_argument('--check', action='store_true')
  args = parser.parse_args()
  path = args.path.resolve()
  if git(path, 'status', '--porcelain'):
    sys.exit(f'{path} has changes: commit or stash them')
  known = {name for entry in SERIES for name in entry.files.split()}
  ours = {str(x.relative_to(ROOT / 'optax'))
          for x in (ROOT / 'optax').rglob('*.py')}
  if known ^ ours:
    sys.exit(f'in no commit, or in no file: {", ".join(sorted(known ^ ours))}')
  start, passed = git(path, 'rev-parse', f'{args.onto}^{{commit}}'), True
  print('| branch | code | modules | tests | docs | result |\n'
        '|---|---|---|---|---|---|')
  for i, entry in enumerate(SERIES):
    git(path, 'checkout', '-q', '-B', f'pytree/{entry.branch}',
        f'pytree/{entry.onto}' if entry.onto else start)
    group = [x for x in SERIES[:i + 1] if x.onto == entry.onto]
    present = sorted(name for x in group for name in x.files.split())
    later = [x for x in SERIES[i + 1:] if x.onto == entry.onto]
    commit(path, entry, present, later)
    start = git(path, 'rev-parse', 'HEAD')
    result, ok = check(path) if args.check else ('not run', True)
    passed &= ok
    print('|', ' | '.join(map(str, (entry.branch, *sizes(path), result))), '|',
          flush=True)
  return 0 if passed else 1


if __name__ == '__main__':
  sys.exit(main())
