"""Tests that README.md and docs/ are true; Sphinx runs the cells of docs/."""

import doctest
import importlib.util
import inspect
import operator
import os
import pathlib
import re

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import optax
from optax.pytree import _node
from optax.pytree import _test_utils

ROOT = pathlib.Path(__file__).parents[1]
PAGES = [
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob('*.md'), *ROOT.glob('docs/**/*.md'))
]

# A path of this repository: it ends in a slash or a suffix, or starts with ./
_PATH = re.compile(
    r'\./[\w./-]+|[\w-][\w./-]*(?:/|\.(?:md|patch|py|rst|sh|toml|txt))'
)


def _fenced(text, language):
  return re.findall(rf'^```{language}\n(.*?)^```', text, re.M | re.S)


def _public_names():
  """Returns the full names of what optax.pytree and its submodules export."""
  modules = [optax.pytree] + [
      x for name, x in vars(optax.pytree).items()
      if inspect.ismodule(x) and x.__name__ == f'optax.pytree.{name}'
      and not name.startswith('_')
  ]
  names = {}
  for module in modules:
    for name, x in vars(module).items():
      if callable(x) and not name.startswith('_'):
        # A submodule may import what the package exports, such as `wrap`.
        names.setdefault((name, id(x)), f'{module.__name__}.{name}')
  return list(names.values())


def _find(name):
  return operator.attrgetter(name.removeprefix('optax.'))(optax)


def _api_pages():
  path = ROOT / 'docs/api_pages.py'
  spec = importlib.util.spec_from_file_location('api_pages', path)
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  return module


class DocsTest(parameterized.TestCase):

  def test_snippets_of_readme(self):
    namespace = {'__name__': 'readme'}
    snippets = _fenced((ROOT / 'README.md').read_text(), 'python')
    self.assertNotEmpty(snippets)
    for i, snippet in enumerate(snippets):
      name = f'README.md, snippet {i + 1}'
      if not snippet.startswith('>>>'):
        exec(compile(snippet, name, 'exec'), namespace)
        continue
      test = doctest.DocTestParser().get_doctest(
          snippet, namespace, name, None, None
      )
      report = []
      runner = doctest.DocTestRunner(verbose=False)
      runner.run(test, out=report.append, clear_globs=False)
      self.assertEmpty(''.join(report))
      namespace = test.globs  # The parser gave the test a copy.

  def test_what_replaces_pytorch_is_run(self):
    page = (ROOT / 'docs/migrating.md').read_text()
    table = re.findall(r'^\| .* \| (`.*) \|$', page, re.M)
    self.assertNotEmpty(table)
    cells = ''.join(_fenced(page, '{code-cell}'))
    for line in re.findall(r'`([^`]+)`', ' '.join(table)):
      self.assertIn(line, cells)

  @parameterized.parameters(*PAGES)
  def test_files_that_are_named_exist(self, page):
    text = (ROOT / page).read_text()
    words = re.findall(r'`([^`\n]+)`', text)
    words += _fenced(text, 'sh')
    for path in filter(_PATH.fullmatch, ' '.join(words).split()):
      if path.startswith('build/'):
        continue  # Made by what the page tells of.
      with self.subTest(path):
        self.assertTrue((ROOT / path).exists())
        if path.startswith('./'):
          self.assertTrue(os.access(ROOT / path, os.X_OK))

  @parameterized.parameters(*PAGES)
  def test_links_lead_to_files(self, page):
    links = re.findall(r'\]\(([^)\s]+)\)', (ROOT / page).read_text())
    for link in links:
      if '://' not in link:
        with self.subTest(link):
          path = (ROOT / page).parent / link.partition('#')[0]
          self.assertTrue(path.exists())

  def test_contributors_page_names_every_module(self):
    page = (ROOT / 'docs/contributing.md').read_text()
    self.assertCountEqual(
        re.findall(r'^\| `(\w+)` \|', page, re.M),
        [path.stem for path in ROOT.glob('optax/pytree/*.py')
         if not path.stem.endswith('_test')])

  def test_what_contributors_page_names_exists(self):
    page = (ROOT / 'docs/contributing.md').read_text()
    names = re.findall(r'`((?:_\w+|Node|Optimizer)\.\w+)`', page)
    self.assertNotEmpty(names)
    for module, name in (x.split('.') for x in names):
      with self.subTest(f'{module}.{name}'):
        owner = getattr(_node, module, None) or getattr(
            optax.pytree, module, None)
        self.assertTrue(hasattr(owner, name))

  def test_api_page_has_every_public_name(self):
    page = (ROOT / 'docs/api/pytree.rst').read_text()
    _, *parts = re.split(r'^\.\. currentmodule:: (\S+)$', page, flags=re.M)
    documented = [
        f'{module}.{name}' for module, part in zip(parts[::2], parts[1::2])
        for name in re.findall(r'^    (\w+)$', part, re.M)
    ]
    self.assertCountEqual(documented, _public_names())

  @parameterized.parameters(
      name for name in _public_names()
      if hasattr(_find(name), '_factory'))
  def test_examples_of_api_pages_work(self, name):
    lines = _api_pages().example(name)
    params = {'w': jnp.ones((3, 2)), 'b': jnp.ones(2)}
    case = _test_utils.CASES.get(name.removeprefix('optax.pytree.'))
    per_example = case is not None and case.per_example
    names = {
        'grads': jax.tree.map(lambda x: jnp.stack([x, x]), params)
                 if per_example else params,
        'value': jnp.ones(()), 'loss_fn': optax.tree.norm,
        'jax': jax, 'optax': optax,
    }
    self.assertIn(name, '\n'.join(lines))
    jax.eval_shape(
        lambda params: exec('\n'.join(lines), {**names, 'params': params}),
        params)


if __name__ == '__main__':
  absltest.main()
