"""What the page of each class says: a Sphinx extension.

A page has the summary and the parameters from the documentation of Optax's
function, a link to the rest of it, what is a leaf, and an example.
"""

import inspect
import operator
import pathlib
import re
import sys

import jax
import optax
from optax.pytree import _test_utils

# The arguments in the examples, of classes that need others than learning_rate.
ARGUMENTS = {
    'noisy_sgd': 'learning_rate=0.1, key=jax.random.key(0)',
    'polyak_sgd': 'max_learning_rate=1.0',
    'adaptive_grad_clip': '0.1',
    'add_decayed_weights': "1e-4, mask={'w': True, 'b': False}",
    'add_noise': '0.1, 0.55, key=jax.random.key(0)',
    'clip': '1.0',
    'clip_by_block_rms': '1.0',
    'clip_by_global_norm': '1.0',
    'ema': '0.9',
    'freeze': "{'w': False, 'b': True}",
    'scale': '-0.1',
    'scale_by_backtracking_linesearch': '15',
    'scale_by_schedule': 'optax.pytree.linear_schedule(1.0, 0.0, 100)',
    'scale_by_zoom_linesearch': '15',
    'stateless': 'lambda updates, params: optax.tree.scale(0.5, updates)',
    'stateless_with_tree_map': 'lambda update, param: 0.5 * update',
    'trace': '0.9',
    'apply_if_finite': 'optax.pytree.adam(0.1), 5',
    'chain': 'optax.pytree.clip(1.0), optax.pytree.adam(0.1)',
    'conditionally_mask': 'optax.pytree.sgd(0.1), lambda step: step % 2 == 0',
    'conditionally_transform':
        'optax.pytree.clip(1.0), lambda step: step < 100',
    'flatten': 'optax.pytree.adam(0.1)',
    'lookahead': 'optax.pytree.sgd(0.1), sync_period=5, slow_step_size=0.5',
    'masked': "optax.pytree.sgd(0.1), {'w': True, 'b': False}",
    'measure_with_ema': 'optax.tree.norm, 0.9',
    'monitor': "{'norm': optax.tree.norm}",
    'MultiSteps': 'optax.pytree.adam(0.1), every_k_schedule=4',
    'named_chain':
        "('clip', optax.pytree.clip(1.0)), ('adam', optax.pytree.adam(0.1))",
    'partition': "{'fast': optax.pytree.adam(0.1), 'slow': "
                 "optax.pytree.sgd(0.01)}, {'w': 'fast', 'b': 'slow'}",
    'selective_transform':
        "optax.pytree.adam(0.1), freeze_mask={'w': False, 'b': True}",
    'snapshot': "'norm', optax.tree.norm",
    'from_gradient_transformation': 'optax.sgd(0.1)',
    'constant_schedule': '0.1',
    'cosine_decay_schedule': '0.1, decay_steps=100',
    'cosine_onecycle_schedule': 'transition_steps=100, peak_value=0.1',
    'exponential_decay': '0.1, transition_steps=10, decay_rate=0.9',
    'join_schedules':
        '[optax.pytree.linear_schedule(0.0, 0.1, 10), '
        'optax.pytree.constant_schedule(0.1)], boundaries=[10]',
    'linear_onecycle_schedule': 'transition_steps=100, peak_value=0.1',
    'linear_schedule': '0.1, 0.01, transition_steps=100',
    'piecewise_constant_schedule': '0.1, {50: 0.1}',
    'piecewise_interpolate_schedule': "'cosine', 0.1, {50: 0.1}",
    'polynomial_schedule': '0.1, 0.01, power=2, transition_steps=100',
    'sgdr_schedule':
        "[{'init_value': 0.0, 'peak_value': 0.1, 'warmup_steps': 5, "
        "'decay_steps': 50}]",
    'warmup_constant_schedule': '0.0, 0.1, warmup_steps=10',
    'warmup_cosine_decay_schedule':
        '0.0, 0.1, warmup_steps=10, decay_steps=100',
    'warmup_exponential_decay_schedule':
        '0.0, 0.1, warmup_steps=10, transition_steps=10, decay_rate=0.9',
    'differentially_private_aggregate':
        '1.0, 0.5, key=jax.random.key(0)',
    'dpsgd': '0.1, l2_norm_clip=1.0, noise_multiplier=0.5, seed=0',
    'mechanize': 'optax.pytree.sgd(0.1)',
    'sam': 'optax.pytree.sgd(0.1), optax.pytree.sgd(0.01)',
    'scale_by_muon':
        'weight_dimension_numbers=optax.contrib.MuonDimensionNumbers()',
    'schedule_free': 'optax.pytree.sgd(0.1), learning_rate=0.1',
    'split_real_and_imaginary': 'optax.pytree.adam(0.1)',
}
ARGUMENTS['multi_transform'] = ARGUMENTS['partition']


_EXTRA = {
    'value': 'value=value',
    'grad': 'grad=grads',
    'value_fn': 'value_fn=loss_fn',
    'obj_fn': 'obj_fn=loss_fn',
}
_BEFORE = {
    'lookahead': 'params = optax.LookaheadParams.init_synced(params)',
    'scale_by_muon': "params, grads = params['w'], grads['w']",
}
_ONLY_INIT_USES_IT = ('rprop', 'scale_by_rprop')

# Functions of which Optax's site says nothing.
_NOT_ON_OPTAXS_SITE = (
    'measure_with_ema', 'monitor', 'multi_transform', 'normalize',
    'optimistic_adam', 'scale_by_cocob', 'scale_by_distance_over_gradients',
    'scale_by_galore',
)

_NOT_RESTRUCTURED_TEXT = ('muon', 'scale_by_muon')


def _is_derived(x):
  return inspect.isclass(x) and hasattr(x, '_factory')


def _functional(name):
  """Returns the name that Optax's site has for the function of a class."""
  is_schedule = issubclass(_find(name), optax.pytree.Schedule)
  return name.replace('.pytree', '.schedules' if is_schedule else '')


def _find(name):
  return operator.attrgetter(name.removeprefix('optax.'))(optax)


def _make(name):
  """Returns the lines that make an instance in the example, and what it is."""
  cls, short = _find(name), name.rpartition('.')[-1]
  is_schedule = issubclass(cls, optax.pytree.Schedule)
  variable = 'schedule' if is_schedule else 'opt'
  default = 'learning_rate=0.1' * ('learning_rate' in cls._facts.leaves)
  arguments = ARGUMENTS.get(short, default)
  text = f'{variable} = {name}({arguments})'
  if len(text) > 72:
    text = f'{variable} = {name}(\n    {arguments}\n)'
  namespace = {'jax': jax, 'optax': optax}
  exec(text, namespace)
  return text.split('\n'), namespace[variable]


def _leaves(node):
  """Returns the paths of the leaves, and those of numbers among them."""
  leaves = jax.tree_util.tree_leaves_with_path(node)
  paths = [jax.tree_util.keystr(path)[1:] for path, _ in leaves]
  return paths, [p for p, (_, x) in zip(paths, leaves) if isinstance(x, float)]


def example(name):
  """Returns the lines of a program that uses a class."""
  lines, node = _make(name)
  short = name.rpartition('.')[-1]
  if isinstance(node, optax.pytree.Schedule):
    lines.append('opt = optax.pytree.adam(schedule).init(params)')
  else:
    case = _test_utils.CASES.get(name.removeprefix('optax.pytree.'))
    extra = [_EXTRA[x] for x in case.extra_args] if case else []
    lines.append('opt = opt.init(params)')
    if extra == [_EXTRA['value'], _EXTRA['grad'], _EXTRA['value_fn']]:
      lines += ['updates, opt = opt.update(',
                f'    grads, params, {", ".join(extra)}', ')']
    else:
      arguments = ', '.join(['grads', 'params', *extra])
      lines.append(f'updates, opt = opt.update({arguments})')
  if short in _BEFORE:
    lines.insert(0, _BEFORE[short])
  _, numbers = _leaves(node)
  if numbers and short not in _ONLY_INIT_USES_IT:
    path = next((p for p in numbers if 'peak' in p), numbers[0])
    if isinstance(node, optax.pytree.Schedule):
      path = f'learning_rate.{path}'
    new = f'{path}=0.01' if path.isidentifier() else f'{{{path!r}: 0.01}}'
    lines.append(f'opt = opt.replace({new})')
  return lines


def _what_is_a_leaf(name):
  """Returns a sentence on the parameters, and one on the example."""
  cls = _find(name)
  names = lambda found: ', '.join(
      f'``{n}``' for n in cls.__signature__.parameters if n in found)
  if not cls.__signature__.parameters:
    return 'There is none but those of the state.'
  text = 'An array is a leaf if given as any parameter'
  if numbers := names(cls._facts.leaves):
    floats = ' that is written as a float' * issubclass(
        cls, optax.pytree.Schedule)
    text = (f'A number{floats} is a leaf if given as {numbers}, an array if'
            ' given as any parameter')
  if static := names(cls._facts.static):
    text += f' but {static}'
  text += ('. Of optimizers, schedules and functions given there, what is a'
           ' leaf in them is one here.')
  paths, _ = _leaves(_make(name)[1])
  if paths:
    listed = ', '.join(f'``{p}``' for p in paths)
    text += f' In the example: {listed}.'
  return text


def _write(app, what, name, obj, options, lines):
  """Writes the text of a derived class in the place of that of its factory."""
  # Name the pages of Optax's site, which are not here to be linked to.
  lines[:] = [re.sub(r':doc:`[^`]*/(\w+)`', r'``\1``', x) for x in lines]
  short = name.rpartition('.')[-1]
  if not _is_derived(obj) or short == 'from_gradient_transformation':
    return
  lines.remove(obj._SUMMARY)
  if short not in _NOT_ON_OPTAXS_SITE:
    summary = '\n'.join(lines).split('\n\n')[0].split('\n')
    args = ''.join(re.findall(
        r'^Args:\n(?:(?: .*)?\n)*', '\n'.join(lines) + '\n', re.M)).split('\n')
    if short in _NOT_RESTRUCTURED_TEXT:
      args = ['::', '', *('  ' + x for x in args)]
    lines[:] = [
        *summary, '',
        f'Optax says more of the function: :func:`{_functional(name)}`.', '',
        *args,
    ]
  lines += [
      '', '.. rubric:: Leaves', '', _what_is_a_leaf(name),
      '', '.. rubric:: Example', '', '.. code-block:: python', '',
      *('   ' + x for x in example(name)), '',
  ]


def _shorten(app, what, name, obj, options, signature, returns):
  """Names functions, classes and transformations that are defaults."""
  if signature:
    signature = re.sub(r'\(<function (\w+)[^)]*\)', r'\1()', signature)
    signature = re.sub(r"<function <lambda>[^>]*>", '...', signature)
    signature = re.sub(
        r"<(?:function|class) '?([\w.]+)[^>]*>", r'\1', signature)
  return signature, returns


def _optaxs_pages(app):
  """Yields where Optax's site has each function.

  That site groups the functions by pages as docs/api/pytree.rst does.
  """
  page = pathlib.Path(app.srcdir, 'api/pytree.rst').read_text()
  module = ''
  for line in page.splitlines():
    if match := re.match(r'\.\. currentmodule:: (\S+)', line):
      module = match[1]
    elif match := re.match(r'    :toctree: (\w+)', line):
      group = match[1]
    elif (match := re.match(r'    (\w+)$', line)) and group != 'interface':
      name = f'{module}.{match[1]}'
      if match[1] not in _NOT_ON_OPTAXS_SITE:
        yield f'{_functional(name)} function api/{group}.html'


def _jaxs_pages(app):
  """Yields where JAX's site has the functions that our pages refer to."""
  for path in pathlib.Path(app.srcdir).glob('*.md'):
    for name in re.findall(r'{py:obj}`jax\.([\w.]+)`', path.read_text()):
      operator.attrgetter(name)(jax)  # Fails if there is none.
      yield f'jax.{name} function _autosummary/jax.{name}.html'


def _inventories(app, config):
  """Tells intersphinx where other sites have functions.

  To read their own inventories would need them each time that the site is
  built.
  """
  for project, url, pages in (
      ('optax', 'https://optax.readthedocs.io/en/latest/', _optaxs_pages(app)),
      ('jax', 'https://docs.jax.dev/en/latest/', _jaxs_pages(app)),
  ):
    lines = ['# Sphinx inventory version 1', f'# Project: {project}',
             '# Version: 0', *pages, '']
    path = pathlib.Path(app.doctreedir, f'{project}.inv')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('\n'.join(lines))
    config.intersphinx_mapping[project] = url, str(path)


def _source(app, modname, attribute):
  """Returns the module of a function, which is the source of its class."""
  x = getattr(sys.modules.get(modname), attribute, None)
  return x._factory.__module__ if _is_derived(x) else None


def setup(app):
  app.connect('config-inited', _inventories)
  app.connect('autodoc-process-docstring', _write, priority=400)
  app.connect('autodoc-process-signature', _shorten)
  app.connect('viewcode-follow-imported', _source)
