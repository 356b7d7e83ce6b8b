"""Composes the fork: upstream's release, `patches/`, then `optax/` over it.

Hatchling puts the repository's `optax/` into the wheel. This hook adds
upstream's files, which the build environment holds as an installed package.
"""

import ast
import importlib.metadata
import pathlib
import shutil

from hatchling.builders.hooks.plugin import interface
from packaging import requirements


class CustomBuildHook(interface.BuildHookInterface):
  """Adds upstream's files, patched, to the wheel or the editable install."""

  def initialize(self, version, build_data):
    """Stages upstream under `build/`; hatchling calls it before a build."""
    root = pathlib.Path(self.root)
    staged = root / 'build' / version
    shutil.rmtree(staged, ignore_errors=True)

    upstream = self._upstream()
    for file in upstream.files:
      target = staged / file
      if file.parts[0] == 'optax' and file.suffix != '.pyc':
        if (root / file).exists():
          self.app.abort(
              f'{file} would replace a file of upstream optax: change that file'
              ' by a patch in patches/, or give yours another name.'
          )
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.locate(), target)
      elif file.name == 'LICENSE':
        info = f'{self.build_config.builder.artifact_project_id}.dist-info'
        build_data['force_include'][str(file.locate())] = (
            f'{info}/licenses/optax/LICENSE'
        )
    for patch in sorted((root / 'patches').glob('*.patch')):
      self._apply(patch, staged)

    if version == 'editable':
      _overlay(root / 'optax', staged / 'optax')
    else:
      build_data['force_include'][str(staged / 'optax')] = 'optax'

  def _upstream(self):
    """Returns upstream's distribution, if it is the one that we fork."""
    ours = self.metadata
    release = ours.version.partition('+')[0]
    found = next(iter(importlib.metadata.distributions(name='optax')), None)
    if found is None or found.version != release:
      self.app.abort(
          f'{ours.version} is composed from optax {release}, but the build'
          f' environment holds {found.version if found else "none"}: make the'
          ' version and "optax===..." in pyproject.toml agree, and install that'
          ' release if you build without isolation.'
      )
    theirs = map(requirements.Requirement, found.requires)
    theirs = {r for r in theirs if 'extra' not in str(r.marker)}
    differ = theirs ^ set(map(requirements.Requirement, ours.core.dependencies))
    if differ:
      self.app.abort(
          'The dependencies in pyproject.toml have to be those of optax'
          f' {release}, but these are not in both:'
          f' {", ".join(sorted(map(str, differ)))}.'
      )
    return found

  def _apply(self, patch, staged):
    """Applies one patch to the staged files."""
    import patch_ng  # Not there yet when hatchling asks what the hook needs.

    changes = patch_ng.fromfile(str(patch)) or []
    targets = [staged / change.target.decode() for change in changes]
    before = [t.read_bytes() for t in targets if t.exists()]
    # What is already patched counts as a success there: look at the files.
    if not (
        changes
        and changes.apply(root=staged)
        and len(before) == len(targets)
        and all(t.read_bytes() != b for t, b in zip(targets, before))
    ):
      self.app.abort(
          f'patches/{patch.name} does not apply, or is already in: make it anew'
          f' for optax {self.metadata.version.partition("+")[0]}.'
      )


def _overlay(ours, staged):
  """Lays our package over the staged one, so that edits and new files are live.

  Python finds our modules through `__path__`, under their own file names and
  however new they are. Type checkers and editors do not run that line: they
  find the modules through links.

  Args:
    ours: The repository's `optax/`.
    staged: Upstream's `optax/`, patched.
  """
  init = staged / '__init__.py'
  lines = init.read_text(encoding='utf-8').splitlines(keepends=True)
  end = ast.parse(''.join(lines)).body[0].end_lineno  # Of the docstring.
  lines.insert(end, f'\n__path__.insert(0, {str(ours)!r})\n')
  init.write_text(''.join(lines), encoding='utf-8')
  _link(ours, staged)


def _link(ours, staged):
  for path in ours.iterdir():
    target = staged / path.name
    if target.is_dir():
      _link(path, target)
    elif path.name != '__pycache__':
      target.symlink_to(path)
