"""Tests of derivatives with respect to hyperparameters, in float64."""

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax

o = optax.pytree

_STEPS = 3

# Called with jnp.float64; each number that goes through it is differentiated.
_OPTIMIZERS = {
    'sgd': lambda a: o.sgd(a(0.05), momentum=a(0.8)),
    'adamw': lambda a: o.adamw(
        a(0.05), b1=a(0.8), b2=a(0.95), eps=a(0.1), weight_decay=a(0.1)),
    'chain': lambda a: o.chain(
        o.clip_by_global_norm(a(0.5)), o.sgd(a(0.05), momentum=a(0.8))),
    'cosine_decay': lambda a: o.adam(o.cosine_decay_schedule(a(0.05), 9)),
    'linear': lambda a: o.sgd(o.linear_schedule(a(0.1), a(0.02), 8)),
    'warmup_and_decay': lambda a: o.adam(
        o.warmup_cosine_decay_schedule(a(0.01), a(0.05), 1, 5, a(0.001))),
}


def _loss(params, data):
  x, y = data
  return jnp.mean((jnp.tanh(x @ params['w']) + params['b'] - y) ** 2)


def _params():
  return {'w': jnp.array([0.5, -0.3, 0.2]), 'b': jnp.array(0.1)}


def _data(seed):
  x = np.random.default_rng(seed).normal(size=(16, 3))
  return x, np.sin(x.sum(1))


def _step(carry, _=None):
  params, opt = carry
  updates, opt = opt.update(jax.grad(_loss)(params, _data(0)), params)
  return (optax.apply_updates(params, updates), opt), None


def _scan(step, carry):
  return jax.lax.scan(step, carry, length=_STEPS)[0]


def _loop(step, carry):
  for _ in range(_STEPS):
    carry, _ = step(carry)
  return carry


def _validation_loss(opt, train=_scan, step=_step):
  """Returns the loss after some steps with an optimizer without state."""
  params = _params()
  params, _ = train(step, (params, opt.init(params)))
  return _loss(params, _data(1))


def _difference(f, x, h=1e-4):
  """Returns the finite difference of f at a vector, of the fourth order."""
  steps = jnp.array([-2, -1, 1, 2])[:, None, None] * jnp.eye(x.size) * h
  values = jax.vmap(jax.vmap(f))(x + steps)
  return jnp.array([1, -8, 8, -1]) @ values / (12 * h)


class HypergradientTest(parameterized.TestCase):

  def setUp(self):
    super().setUp()
    self.addCleanup(
        jax.config.update, 'jax_enable_x64', jax.config.jax_enable_x64)
    jax.config.update('jax_enable_x64', True)

  @parameterized.parameters(*_OPTIMIZERS)
  def test_equals_finite_difference(self, name):
    leaves, treedef = jax.tree.flatten(_OPTIMIZERS[name](jnp.float64))
    f = lambda x: _validation_loss(treedef.unflatten(x))
    x = jnp.stack(leaves)
    self.assertEqual(x.dtype, jnp.float64)
    difference = jax.jit(lambda x: _difference(f, x))(x)
    self.assertGreater(abs(difference).min(), 1e-5)
    np.testing.assert_allclose(
        jax.jit(jax.grad(f))(x), difference, rtol=1e-8)

  def test_gradient_is_an_optimizer(self):
    opt = _OPTIMIZERS['chain'](jnp.float64)
    grad = jax.jit(jax.grad(_validation_loss))(opt)
    self.assertEqual(jax.tree.structure(grad), jax.tree.structure(opt))
    f = lambda x: _validation_loss(opt.replace({'args[1].momentum': x[0]}))
    np.testing.assert_allclose(
        grad.args[1].momentum,
        jax.jit(lambda x: _difference(f, x))(jnp.array([0.8]))[0], rtol=1e-8)

  def test_loop_equals_scan(self):
    opt = _OPTIMIZERS['adamw'](jnp.float64)
    grad = jax.jit(jax.grad(_validation_loss), static_argnums=1)
    for x, y in zip(*map(jax.tree.leaves, (grad(opt, _loop), grad(opt)))):
      np.testing.assert_allclose(x, y, rtol=1e-11)

  def test_checkpoint_changes_nothing(self):
    opt = _OPTIMIZERS['adamw'](jnp.float64)
    grad = jax.jit(jax.grad(_validation_loss), static_argnums=(1, 2))
    actual = grad(opt, _scan, jax.checkpoint(_step))
    for x, y in zip(*map(jax.tree.leaves, (actual, grad(opt)))):
      np.testing.assert_allclose(x, y, rtol=1e-11)

  def test_checkpoint_saves_less(self):
    opt = _OPTIMIZERS['adamw'](jnp.float64)

    def saved(step):
      _, f_vjp = jax.eval_shape(
          lambda opt: jax.vjp(
              lambda opt: _validation_loss(opt, step=step), opt), opt)
      return sum(x.size for x in jax.tree.leaves(f_vjp))

    self.assertLess(saved(jax.checkpoint(_step)), saved(_step) / 2)

  def test_forward_mode_equals_reverse_mode(self):
    f = lambda x: _validation_loss(o.adam(0.05, b2=x))
    np.testing.assert_allclose(
        jax.jit(jax.jacfwd(f))(0.95), jax.jit(jax.jacrev(f))(0.95), rtol=1e-10)

  def test_of_an_optimizer_with_state(self):
    params = _params()
    (params, opt), _ = jax.jit(_step)((params, o.adam(0.05).init(params)))

    def f(x):
      trained, _ = _scan(_step, (params, opt.replace(learning_rate=x[0])))
      return _loss(trained, _data(1))

    x = jnp.array([0.05])
    np.testing.assert_allclose(
        jax.jit(jax.grad(f))(x), jax.jit(lambda x: _difference(f, x))(x),
        rtol=1e-8)

  def test_with_respect_to_the_state_as_well(self):
    params = _params()
    opt = o.adam(0.05).init(params)

    def f(opt):
      (trained, _), _ = _step((params, opt))
      return _loss(trained, _data(1))

    grad = jax.jit(jax.grad(f, allow_int=True))(opt)
    self.assertEqual(grad.opt_state[0].count.dtype, jax.dtypes.float0)
    self.assertNotEqual(grad.learning_rate, 0.0)
    self.assertNotEqual(grad.opt_state[0].mu['b'], 0.0)

  def test_an_optimizer_trains_an_optimizer(self):
    opt = o.sgd(0.01, momentum=jnp.float64(0.5))
    f = jax.jit(jax.value_and_grad(lambda x: _validation_loss(opt.replace(x))))
    hyperparams = opt.hyperparams
    meta = o.sgd(0.05).init(hyperparams)
    losses = []
    for _ in range(8):
      loss, grads = f(hyperparams)
      updates, meta = meta.update(grads)
      hyperparams = optax.apply_updates(hyperparams, updates)
      losses.append(float(loss))
    self.assertEqual(losses, sorted(losses, reverse=True))
    self.assertLess(losses[-1], 0.9 * losses[0])


if __name__ == '__main__':
  absltest.main()
