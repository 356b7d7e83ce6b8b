"""Configuration of Sphinx: `sphinx-build -W docs build/docs`."""

import pathlib
import sys

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
html_theme = 'sphinx_book_theme'
html_theme_options = {'footer_content_items': [], 'navigation_with_keys': False}

nb_execution_mode = 'force'
nb_execution_show_tb = True  # Of a cell that fails, which is a warning.
nb_execution_timeout = 120
