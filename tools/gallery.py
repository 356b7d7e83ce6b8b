"""Writes the notebook for upstream's gallery, a page of our docs."""

import pathlib
import shutil

import jupytext

ROOT = pathlib.Path(__file__).parents[1]

# What ends the first part of upstream's gallery, and our entry before it.
END = """\
.. raw:: html

    </div>


Contrib Examples
"""
ENTRY = """\
.. raw:: html

    <div class="sphx-glr-thumbcontainer" tooltip="{title}.">

.. only:: html

  .. image:: /images/{name}.png
    :alt: {title}.

  :doc:`_collections/{name}`

.. raw:: html

      <div class="sphx-glr-thumbnail-title">{title}.</div>
    </div>


"""
COLAB = 'https://colab.research.google.com'
BADGE = f"""

[![Open in Colab]({COLAB}/assets/colab-badge.svg)]\
({COLAB}/github/google-deepmind/optax/blob/main/{{name}}.ipynb)

"""


def write(path):
  """Writes our notebook, and its entry in upstream's gallery."""
  index = path / 'docs/gallery.rst'
  if not index.exists():
    return  # The source distribution has none.
  name = 'examples/optimizers_as_pytrees'
  page = ROOT / 'docs/optimizers_as_pytrees.md'
  notebook = jupytext.read(page, fmt='md:myst')
  del notebook.metadata['file_format']  # For the build of our docs.
  for i, cell in enumerate(notebook.cells):
    cell.id = str(i)  # Random otherwise.
  first = notebook.cells[0]
  title = first.source.partition('\n')[0].removeprefix('# ')
  first.source = first.source.replace('\n\n', BADGE.format(name=name), 1)
  jupytext.write(notebook, path / f'{name}.ipynb')
  shutil.copy(ROOT / f'docs/_static/{page.stem}.png',
              path / f'docs/images/{name}.png')
  text = index.read_text()
  if name not in text:
    before, after = text.split(END)
    entry = ENTRY.format(name=name, title=title)
    index.write_text(before + entry + END + after)
