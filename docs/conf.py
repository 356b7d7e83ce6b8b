"""Configuration of Sphinx: `sphinx-build -W docs build/docs`."""

import re

project = 'optax.pytree'
extensions = [
    'sphinx.ext.autodoc',
    'sphinx.ext.autosummary',
    'sphinx.ext.napoleon',
    'myst_nb',
]

autodoc_typehints = 'none'

html_title = project
html_theme = 'sphinx_book_theme'
html_theme_options = {'navigation_with_keys': False}
html_show_copyright = False

nb_execution_mode = 'force'
nb_execution_show_tb = True  # Of a cell that fails, which is a warning.
nb_execution_timeout = 120


# Optax's docstrings that are not valid reStructuredText.
_VERBATIM = ('muon', 'scale_by_muon', 'sophia')


def _mend(app, what, name, obj, options, lines):
  """Makes Optax's docstrings fit for this site."""
  # Name the pages of Optax's site, which are not here to be linked to.
  lines[:] = [re.sub(r':doc:`[^`]*/(\w+)`', r'``\1``', x) for x in lines]
  if name.rpartition('.')[-1] in _VERBATIM:
    lines[2:] = ['::', ''] + ['  ' + x for x in lines[2:]]


def setup(app):
  app.connect('autodoc-process-docstring', _mend, priority=400)
