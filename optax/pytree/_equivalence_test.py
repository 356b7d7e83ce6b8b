"""Tests that the pytree classes do what the functional factories do."""

import inspect
import operator
import pickle

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import optax
from optax._src import test_utils as optax_test_utils
from optax.pytree import _test_utils


def _class(name):
  return operator.attrgetter(name)(optax.pytree)


class EquivalenceTest(parameterized.TestCase):

  @parameterized.parameters(*sorted(_test_utils.CASES))
  def test_functional_run_gets_every_leaf_as_an_argument(self, name):
    case = _test_utils.CASES[name]

    @jax.jit
    def check(rate, leaves):
      for leaf in jax.tree.leaves(case.make(optax.pytree, rate, **leaves)):
        self.assertIsInstance(leaf, jax.core.Tracer)

    check(0.1, dict(case.leaves))

  @parameterized.product(
      name=sorted(_test_utils.ALIASES), dtype=(jnp.float32, jnp.bfloat16)
  )
  def test_alias_is_bit_identical_over_100_steps(self, name, dtype):
    case = _test_utils.ALIASES[name]
    _test_utils.assert_bit_identical(
        _test_utils.train_pytree(case, dtype=dtype, steps=100),
        _test_utils.train_functional(case, dtype=dtype, steps=100),
    )

  @parameterized.parameters(*sorted(
      (_test_utils.ALIASES | _test_utils.COMBINATORS).keys()
      - {'lbfgs', 'monitor'}  # Without a leaf.
  ))
  def test_constants_differ_by_at_most_a_rounding_a_step(self, name):
    # By how much exactly depends on the processor.
    case = _test_utils.CASES[name]
    _test_utils.assert_a_rounding_a_step(
        _test_utils.train_pytree(case, steps=100),
        _test_utils.train_functional(case, steps=100, as_constants=True),
        steps=100,
    )

  @parameterized.parameters(
      *sorted(_test_utils.CASES.keys() - _test_utils.ALIASES.keys())
  )
  def test_is_bit_identical_over_20_steps(self, name):
    case = _test_utils.CASES[name]
    _test_utils.assert_bit_identical(
        _test_utils.train_pytree(case), _test_utils.train_functional(case)
    )

  def test_scheduled_alias_is_bit_identical(self):
    case = _test_utils.ALIASES['adamw']
    schedule = optax.cosine_decay_schedule(0.1, 50)
    _test_utils.assert_bit_identical(
        _test_utils.train_pytree(case, schedule),
        _test_utils.train_functional(case, schedule),
    )

  def test_alias_with_a_leaf_in_its_schedule_is_bit_identical(self):
    case = _test_utils.Case(
        lambda o, peak: o.adamw(o.cosine_decay_schedule(peak, 50)))
    peak = jnp.asarray(0.1)
    _test_utils.assert_bit_identical(
        _test_utils.train_pytree(case, peak),
        _test_utils.train_functional(case, peak),
    )

  @parameterized.parameters(*sorted(_test_utils.CASES))
  def test_state_is_the_functional_state(self, name):
    case = _test_utils.CASES[name]
    params = _test_utils.params(jnp.bfloat16, case)
    opt = case.make(optax.pytree, 0.1)
    tx = case.make(optax, 0.1)
    _test_utils.assert_bit_identical(
        opt.init(params).opt_state, tx.init(params))
    self.assertEqual(
        jax.eval_shape(opt.init, params).opt_state,
        jax.eval_shape(tx.init, params))

  @parameterized.parameters(*sorted(_test_utils.CASES))
  def test_has_the_signature_of_the_factory(self, name):
    cls = _class(name)
    signature = inspect.signature(operator.attrgetter(name)(optax))
    self.assertEqual(
        inspect.signature(cls),
        signature.replace(return_annotation=signature.empty))

  @parameterized.parameters(
      *sorted(_test_utils.CASES.keys() - {'multi_transform'})
  )
  def test_is_named_by_its_public_path(self, name):
    cls = _class(name)
    self.assertEqual(
        f'{cls.__module__}.{cls.__qualname__}', f'optax.pytree.{name}')

  @parameterized.parameters(*sorted(_test_utils.CASES))
  def test_pickles_to_an_equal_optimizer(self, name):
    case = _test_utils.CASES[name]
    opt = case.make(optax.pytree, 0.1).init(_test_utils.params(case=case))
    # JAX 0.5.3 pickles no key with an older one.
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
      self.assertEqual(pickle.loads(pickle.dumps(opt, protocol)), opt)

  @parameterized.parameters(*sorted(_test_utils.CASES))
  def test_equal_optimizers_share_a_compilation(self, name):
    case = _test_utils.CASES[name]
    f = jax.jit(lambda opt, x: x + len(jax.tree.leaves(opt)))
    with optax_test_utils.log_compilations() as compilations:
      f(case.make(optax.pytree, 0.1), 1.0)
      f(case.make(optax.pytree, 0.2), 1.0)
    self.assertLen(compilations, 1)


if __name__ == '__main__':
  absltest.main()
