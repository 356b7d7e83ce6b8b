"""Configuration of Sphinx: `sphinx-build -W docs build/docs`."""

import html
import pathlib
import sys

from docutils import nodes

sys.path.insert(0, str(pathlib.Path(__file__).parent))

project = 'optax.pytree'
extensions = [
    'sphinx.ext.autodoc',
    'sphinx.ext.autosummary',
    'sphinx.ext.intersphinx',
    'sphinx.ext.napoleon',
    'sphinx.ext.viewcode',
    'myst_nb',
    'api_pages',
]
templates_path = ['_templates']
intersphinx_mapping = {}  # See api_pages.py.

autodoc_typehints = 'none'

html_title = project
html_static_path = ['_static']
html_css_files = ['narrow.css']
html_theme = 'sphinx_book_theme'
html_theme_options = {
    'footer_content_items': [],
    'max_navbar_depth': 1,  # The pages of the classes are in api/pytree.
    'navbar_persistent': [],  # Else it has a second search button.
    'navigation_with_keys': False,
}
html_context = {'default_mode': 'auto'}

nb_execution_mode = 'force'
nb_execution_show_tb = True  # Of a cell that fails, which is a warning.
nb_execution_timeout = 120


def _describe(app, page, template, context, doctree):
  """Makes the first paragraph of a page its description."""
  paragraph = doctree and next(doctree.findall(nodes.paragraph), None)
  text = ' '.join(paragraph.astext().split()) if paragraph else project
  context['metatags'] = context.get('metatags', '') + (
      f'<meta name="description" content="{html.escape(text)}">')


def setup(app):
  app.connect('html-page-context', _describe)
