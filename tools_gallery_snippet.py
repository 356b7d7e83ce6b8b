"""A part of tools/export.py: the notebook for upstream's gallery.

`write` is to call it after the reference, from the first commit that has all
that the notebook uses:

  if 'pytree/_schedule.py' in present:
    gallery(path)

`sizes` is to take the picture for no lines, which git shows as a dash:

    found[kind] += int(added.replace('-', '0'))  # A picture has no lines.

The docstring of the module is to name jupytext among what it needs. The test,
with the folders `docs/images/examples` and `examples`, and END written to
`docs/gallery.rst`, in `setUpClass`:

  def test_the_notebook_comes_with_the_schedules(self):
    name = 'examples/optimizers_as_pytrees.ipynb'
    self.assertNotIn(name, self.files('classes'))
    notebook = json.loads(self.show('schedules', name))
    self.assertIn('Open in Colab', notebook['cells'][0]['source'][2])
    self.assertEqual(self.show('functions', 'docs/gallery.rst').count(
        ':doc:`_collections/examples/optimizers_as_pytrees`'), 1)

Run by itself, `PATH` being a clone of upstream: `python SNIPPET PATH`.
"""

import pathlib
import shutil
import sys

import jupytext

ROOT = pathlib.Path(__file__).parent

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


def gallery(path):
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


if __name__ == '__main__':
  gallery(pathlib.Path(sys.argv[1]))
