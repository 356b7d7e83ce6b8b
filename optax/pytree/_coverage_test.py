"""Tests that every factory of optax has a pytree counterpart."""

import inspect
import operator

from absl.testing import absltest
import optax
from optax.pytree import _test_utils

# Names without a counterpart, and why.
_LEFT_OUT = {
    'inject_hyperparams': 'returns a factory; optax.pytree takes its place',
    'inject_stateful_hyperparams':
        'returns a factory; optax.pytree takes its place',
    'microbatch': 'returns a function that accumulates gradients',
    'with_extra_args_support':
        'changes how a functional transformation is called; ours take all'
        ' extra arguments',
}

# Upstream annotates no return type, or that of a class.
_NOT_ANNOTATED = {
    'MultiSteps', 'contrib.dog', 'contrib.dowg',
    'contrib.hutchinson_estimator_diag_hessian', 'monitor',
    'scale_by_factored_rms',
}
_NO_FACTORIES = {
    'bias_correction', 'contrib.schedule_free_eval_params',
    'matrix_inverse_pth_root', 'sigmoid_binary_cross_entropy',
    'update_infinity_moment', 'update_moment', 'update_moment_per_elem_norm',
}


def _public_functions():
  """Yields the path in optax and the value of each public function."""
  for prefix, module in (
      ('', optax), ('', optax.transforms), ('contrib.', optax.contrib)):
    for name, value in vars(module).items():
      if (not name.startswith('_') and callable(value)
          and getattr(value, '__module__', '') != 'typing'
          and (not inspect.isclass(value) or hasattr(value, 'update'))):
        yield prefix + name, value


def _factories():
  """Returns the paths of all that return a gradient transformation."""
  found = set(_NOT_ANNOTATED)
  for path, value in _public_functions():
    try:
      returned = inspect.signature(value).return_annotation
    except (TypeError, ValueError):
      continue  # A type alias.
    if (inspect.isclass(returned)
        and issubclass(returned, optax.GradientTransformation)):
      found.add(path)
  return found


class CoverageTest(absltest.TestCase):

  def test_every_factory_has_a_counterpart_or_a_reason(self):
    for path in sorted(_factories() - _LEFT_OUT.keys()):
      with self.subTest(path):
        try:
          cls = operator.attrgetter(path)(optax.pytree)
        except AttributeError:
          name = path.rpartition('.')[2]
          self.fail(
              f'optax.{path} has no pytree counterpart: add the line'
              f' `{name} = wrap(...)` to optax/pytree')
        self.assertTrue(issubclass(cls, optax.pytree.Optimizer))

  def test_every_function_without_annotation_is_known(self):
    for path, value in _public_functions():
      if inspect.isfunction(value):
        returned = inspect.signature(value).return_annotation
        if returned in (None, inspect.Signature.empty):
          self.assertIn(path, _NOT_ANNOTATED | _NO_FACTORIES)

  def test_every_class_is_in_the_table(self):
    for prefix, module in (
        ('', optax.pytree), ('contrib.', optax.pytree.contrib)):
      for name, value in vars(module).items():
        if (inspect.isclass(value) and issubclass(value, optax.pytree.Optimizer)
            and name not in ('Optimizer', 'from_gradient_transformation')):
          self.assertIn(prefix + name, _test_utils.CASES)

  def test_nothing_else_is_left_out(self):
    for path in _LEFT_OUT:
      self.assertTrue(hasattr(optax, path))
      self.assertFalse(hasattr(optax.pytree, path))


if __name__ == '__main__':
  absltest.main()
