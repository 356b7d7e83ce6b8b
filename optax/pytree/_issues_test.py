"""What users asked for in optax's issues, answered by optax.pytree.

Each class is named after an issue and reproduces it in its spirit.
"""

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree


class _Counter:
  """A function to be jitted that counts how often it is traced."""

  def __init__(self, function):
    self.count = 0
    self._function = function

  def __call__(self, *args):
    self.count += 1
    return self._function(*args)


def _evaluate(opt, params):
  """A whole run of one step, of either kind of optimizer."""
  grads = jnp.ones_like(params)
  if isinstance(opt, o.Optimizer):
    updates, _ = opt.init(params).update(grads, params)
  else:
    updates, _ = opt.update(grads, opt.init(params), params)
  return optax.apply_updates(params, updates)


class Issue577Test(absltest.TestCase):
  """Optax recompiles when learning rate changes.

  https://github.com/google-deepmind/optax/issues/577
  """

  def test_functional_optimizers_recompile(self):
    evaluate = _Counter(_evaluate)
    for rate in (3e-3, 3e-4):
      jax.jit(evaluate, static_argnums=0)(optax.adam(rate), jnp.array(0.0))
    self.assertEqual(evaluate.count, 2)

  def test_pytree_optimizers_do_not(self):
    evaluate = _Counter(_evaluate)
    new_params = [
        jax.jit(evaluate)(o.adam(jnp.array(rate)), jnp.array(0.0))
        for rate in (3e-3, 3e-4)
    ]
    self.assertEqual(evaluate.count, 1)
    np.testing.assert_allclose(new_params, [-3e-3, -3e-4], rtol=1e-5)

  def test_learning_rate_is_not_embedded_in_the_program(self):
    """So that a sweep hits the persistent compilation cache."""
    params = jnp.ones(8)
    programs = {
        jax.jit(lambda opt: opt.update(params, params)).lower(
            o.adafactor(
                rate, weight_decay_rate=jnp.array(rate), momentum=0.9
            ).init(params)
        ).as_text() for rate in (0.439453, 0.1, 0.2)
    }
    self.assertLen(programs, 1)
    self.assertNotIn('0.439453', programs.pop())

  def test_sweep_compiles_once(self):
    params = jnp.ones(8)
    with _test_utils.compilations('_evaluate') as found:
      for rate in np.geomspace(1e-4, 1e-1, 10):
        opt = o.chain(o.clip_by_global_norm(1.0), o.adamw(rate))
        jax.jit(_evaluate)(opt, params)
    self.assertLen(found, 1)


class Issue353Test(absltest.TestCase):
  """Add __hash__ function to avoid unnecessary recompilations.

  https://github.com/google-deepmind/optax/issues/353
  """

  def _count(self, make):
    """Trains three times with an optimizer that is a static argument."""
    step = _Counter(_evaluate)
    step_jitted = jax.jit(step, static_argnums=0)

    def train():
      opt, params = make(), jnp.zeros(3)
      for _ in range(3):
        params = step_jitted(opt, params)

    for _ in range(3):
      train()
    return step.count

  def test_equal_functional_optimizers_recompile(self):
    self.assertEqual(self._count(lambda: optax.adam(1e-2)), 3)

  def test_equal_pytree_optimizers_do_not(self):
    self.assertEqual(self._count(lambda: o.adam(1e-2)), 1)

  def test_equal_chains_with_a_schedule_do_not(self):
    make = lambda: o.chain(
        o.clip(1.0), o.adam(o.cosine_decay_schedule(1e-2, 100)))
    self.assertEqual(self._count(make), 1)


class _InjectTest(parameterized.TestCase):
  """What inject_hyperparams does to the numbers."""

  def _train(self, name, rate, dtype, **hyperparams):
    """Trains with the alias, with inject_hyperparams and with the pytree."""
    plain = _test_utils.Case(
        lambda m, rate: getattr(m, name)(rate, **hyperparams))
    inject = _test_utils.Case(
        lambda m, rate: m.inject_hyperparams(getattr(m, name))(
            rate, **hyperparams))
    return [
        train(case, rate, dtype, steps=60)[0] for case, train in (
            (plain, _test_utils.train_functional),
            (inject, _test_utils.train_functional),
            (plain, _test_utils.train_pytree))
    ]


class Issue1532Test(_InjectTest):
  """inject_hyperparams causes numerical divergence in Adam.

  https://github.com/google-deepmind/optax/issues/1532
  """

  @parameterized.product(
      name=('adam', 'amsgrad'),
      rate=(0.01, optax.constant_schedule(0.01), o.constant_schedule(0.01)))
  def test_pytree_is_the_alias_bit_by_bit(self, name, rate):
    expected, inject, actual = self._train(name, rate, jnp.float32)
    _test_utils.assert_bit_identical(actual, expected)
    with self.assertRaises(AssertionError):
      _test_utils.assert_bit_identical(inject, expected)

  def test_learning_rate_can_be_changed_nevertheless(self):
    opt = o.adam(0.01).init(jnp.ones(2)).replace(learning_rate=0.0)
    updates, _ = opt.update(jnp.ones(2))
    np.testing.assert_array_equal(updates, [0.0, 0.0])


class Issue583Test(_InjectTest):
  """Inconsistent results when wrapping with inject_hyperparams.

  https://github.com/google-deepmind/optax/issues/583
  """

  def test_pytree_is_the_alias_bit_by_bit(self):
    expected, inject, actual = self._train(
        'adamw', 0.01, jnp.float32, weight_decay=0.1)
    _test_utils.assert_bit_identical(actual, expected)
    with self.assertRaises(AssertionError):
      _test_utils.assert_bit_identical(inject, expected)

  def test_bfloat16_is_finite(self):
    """In bfloat16, b2=0.999 is 1."""
    expected, inject, actual = self._train(
        'adamw', 0.01, jnp.bfloat16, weight_decay=0.1)
    _test_utils.assert_bit_identical(actual, expected)
    self.assertTrue(all(jnp.isfinite(x).all() for x in jax.tree.leaves(actual)))
    self.assertTrue(any(jnp.isnan(x).any() for x in jax.tree.leaves(inject)))


class Issue206Test(absltest.TestCase):
  """Extracting learning rate from optimizer state directly.

  https://github.com/google-deepmind/optax/issues/206
  """

  def test_logged_rate_is_right_though_the_step_of_the_user_is_not(self):
    schedule = o.warmup_cosine_decay_schedule(0.0, 0.1, 3, 10)
    opt = o.chain(
        o.clip_by_global_norm(1e3),
        o.apply_if_finite(o.sgd(schedule), 5)).init(jnp.zeros(()))

    @jax.jit
    def step(opt, grads):
      rate = opt.hyperparams['args[1].inner.learning_rate']
      updates, opt = opt.update(grads)
      return updates, opt, {'learning_rate': rate}

    logged, updates_done = [], 0
    for step_of_user in range(9):
      # Every third step is skipped, which the user's count doesn't know.
      is_finite = step_of_user % 3 != 1
      grads = jnp.array(1.0 if is_finite else np.nan)
      updates, opt, metrics = step(opt, grads)
      if is_finite:
        self.assertEqual(-updates, metrics['learning_rate'])
        np.testing.assert_allclose(
            metrics['learning_rate'], schedule(updates_done), rtol=1e-6)
        updates_done += 1
      logged.append(float(metrics['learning_rate']))
    self.assertLen(set(logged), 6)
    self.assertNotAlmostEqual(logged[-1], float(schedule(8)))


class Issue4Test(absltest.TestCase):
  """Setting the learning rate in the middle of a run.

  https://github.com/google-deepmind/optax/issues/4
  """

  def test_rate_is_set_when_the_loss_stops_falling(self):

    @jax.jit
    def step(params, opt):
      loss, grads = jax.value_and_grad(lambda x: jnp.abs(x).sum())(params)
      updates, opt = opt.update(grads, params)
      return optax.apply_updates(params, updates), opt, loss

    params = jnp.array([0.95, -0.35])
    opt, best, changes = o.sgd(0.1).init(params), np.inf, 0
    with _test_utils.compilations() as found:
      for _ in range(60):
        params, opt, loss = step(params, opt)
        if loss >= best - 1e-7:
          opt = opt.replace(learning_rate=opt.learning_rate / 3)
          changes += 1
        best = min(best, loss)
    self.assertGreater(changes, 3)
    self.assertLess(loss, 1e-2)
    self.assertLen(found, 1)

  def test_moments_are_kept(self):
    """As if two functional optimizers handed on one state."""
    params, grads = jnp.ones(3), jnp.array([1.0, -2.0, 0.5])
    opt = o.adam(0.1).init(params)
    _, opt = opt.update(grads)
    updates, opt = opt.replace(learning_rate=0.01).update(grads)
    _, state = optax.adam(0.1).update(grads, optax.adam(0.1).init(params))
    expected, state = optax.adam(0.01).update(grads, state)
    _test_utils.assert_bit_identical(
        (updates, opt.opt_state), (expected, state))


class Issue1Test(absltest.TestCase):
  """Optimizers that can be differentiated, compared and mapped over.

  https://github.com/google-deepmind/optax/issues/1
  """

  def _loss_after_training(self, opt):
    params = jnp.array([1.0, -1.0])
    opt = opt.init(params)

    def step(carry, _):
      params, opt = carry
      grads = jax.grad(lambda x: jnp.sum(x**2))(params)
      updates, opt = opt.update(grads, params)
      return (optax.apply_updates(params, updates), opt), None

    (params, _), _ = jax.lax.scan(step, (params, opt), length=5)
    return jnp.sum(params**2)

  def test_hyperparameters_are_differentiated(self):
    """The loss is 2 (1 - 2 x)^10 for the learning rate x."""
    grad = jax.grad(self._loss_after_training)(o.sgd(0.1))
    np.testing.assert_allclose(
        grad.learning_rate, 2 * 10 * 0.8**9 * -2, rtol=1e-5)

  def test_optimizers_are_mapped_over(self):
    rates = jnp.array([0.05, 0.1, 0.2])
    losses = jax.vmap(self._loss_after_training)(o.sgd(rates))
    np.testing.assert_allclose(losses, 2 * (1 - 2 * rates)**10, rtol=1e-5)

  def test_optimizers_are_compared_and_inspected(self):
    opt = o.adam(0.1, b1=0.8)
    self.assertEqual(opt, o.adam(0.1, b1=0.8))
    self.assertNotEqual(opt, o.adam(0.1))
    self.assertEqual(opt.b1, 0.8)
    self.assertIn('b1=0.8', repr(opt))


if __name__ == '__main__':
  absltest.main()
