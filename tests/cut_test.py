"""Tests of tools/cut.py."""

import pathlib
import sys
import textwrap

from absl.testing import absltest
from absl.testing import parameterized

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'tools'))

import cut  # pylint: disable=g-import-not-at-top


class CutModuleTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('a_statement', 'x = 1\nx = late.f(x)\n', 'x = 1\n'),
      ('a_method_of_nothing_else', '''\
          class A:

            def f(self):
              """Doc."""
              return late.f(self)

            def g(self):
              return 1
          ''', '''\
          class A:

            def g(self):
              return 1
          '''),
      ('an_override_that_only_calls_the_base', '''\
          class A(B):

            def f(self):
              super().f()
              late.check(self)

            x = 1
          ''', '''\
          class A(B):

            x = 1
          '''),
      ('a_handler', '''\
          def f(x):
            try:
              x += 1  # Kept.
            except TypeError:
              raise late.error(x) from None
            return x
          ''', '''\
          def f(x):
            x += 1  # Kept.
            return x
          '''),
      ('a_variable_that_is_returned_at_once', '''\
          def f(x):
            y = g(x)
            y = late.f(y)
            return y
          ''', '''\
          def f(x):
            return g(x)
          '''),
      ('a_condition', '''\
          def f(x):
            if late.is_odd(x):
              x += 1
            return x
          ''', '''\
          def f(x):
            return x
          '''),
      ('a_method_but_not_that_of_another_class', '''\
          class A:

            def f(self):
              return late.f(self)

            x = 1

          class B:

            def f(self):
              return 1
          ''', '''\
          class A:

            x = 1

          class B:

            def f(self):
              return 1
          '''),
      ('what_names_a_lost_method', '''\
          class A:

            def f(self):
              return late.f(self)

            g = f
            x = 1
          ''', '''\
          class A:
            x = 1
          '''),
  )
  def test_takes_out(self, source, expected):
    source = 'from here import late\n' + textwrap.dedent(source)
    self.assertEqual(
        cut.cut_module(source, {'here.late'}).strip(),
        textwrap.dedent(expected).strip())

  def test_keeps_what_was_empty(self):
    source = 'class A:\n  """Doc."""\n'
    self.assertEqual(cut.cut_module(source, {'late'}), source)


if __name__ == '__main__':
  absltest.main()
