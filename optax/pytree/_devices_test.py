"""Tests of optimizers on several devices, and of the buffers they donate."""

import collections
import pathlib
import re
import tempfile
import unittest

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils
from optax.pytree import _transforms_test
import orbax.checkpoint

o = optax.pytree
P = jax.sharding.PartitionSpec

_DEVICES = 8
_COLLECTIVES = re.compile(
    r'\b(all-gather|all-to-all|collective-permute|reduce-scatter|all-reduce)'
    r'(?:-start)?\('
)


def _mesh():
  return jax.sharding.Mesh(np.array(jax.devices()[:_DEVICES]), ('x',))


def _sharded(spec):
  params = {'w': jnp.linspace(-1.0, 1.0, 128).reshape(16, 8),
            'b': jnp.linspace(0.0, 1.0, 8)}
  return jax.device_put(params, jax.sharding.NamedSharding(_mesh(), spec))


def _collectives(function, *args):
  """Returns how often each collective is in the compiled function."""
  text = jax.jit(function).lower(*args).compile().as_text()
  return collections.Counter(_COLLECTIVES.findall(text))


_LAYOUTS = parameterized.product(
    spec=(P(), P('x')), kind=list(_transforms_test.KINDS)
)


# JAX has as many devices as the process asked for before it started.
@unittest.skipIf(jax.device_count() < _DEVICES,
                 'needs XLA_FLAGS=--xla_force_host_platform_device_count=8')
class ShardingTest(parameterized.TestCase):

  @_LAYOUTS
  def test_state_follows_the_parameters(self, spec, kind):
    side = _transforms_test._Side(kind, is_pytree=True)
    params, opt = side.start(_sharded(spec))
    shardings = {x.shape: x.sharding for x in params.values()}
    found = [x for x in jax.tree.leaves(opt.opt_state) if x.shape in shardings]
    self.assertNotEmpty(found)
    for x in found:
      self.assertEqual(x.sharding, shardings[x.shape])

  @_LAYOUTS
  def test_step_moves_no_state(self, spec, kind):
    found = []
    for is_pytree in True, False:
      side = _transforms_test._Side(kind, is_pytree)
      found.append(_collectives(side.step, side.start(_sharded(spec))))
    self.assertEqual(*found)
    self.assertLessEqual(found[0].keys(), {'all-reduce'})  # Norms and sums.

  @_LAYOUTS
  def test_values_are_those_of_functional_optax(self, spec, kind):
    results = []
    for is_pytree in True, False:
      side = _transforms_test._Side(kind, is_pytree)
      carry, step = side.start(_sharded(spec)), jax.jit(side.step)
      results.append(side.result(step(step(carry))))
    _test_utils.assert_bit_identical(*results)

  def test_replace_moves_what_is_elsewhere(self):
    opt = jax.device_put(
        o.adam(0.5).init(jnp.ones(2)), jax.sharding.NamedSharding(_mesh(), P()))
    other = jax.device_put(jnp.asarray(0.25), jax.devices()[1])
    new = opt.replace(learning_rate=other)
    self.assertEqual(new.learning_rate, 0.25)
    self.assertEqual(*(
        (x.sharding, x.weak_type) for x in map(
            lambda opt: opt.learning_rate, (opt, new))))

  def test_data_parallel_step_only_sums_gradients(self):
    params, opt = _sharded(P()), o.adam(1e-3)
    opt = opt.init(params)
    batch = jax.device_put(
        jnp.ones((32, 16)), jax.sharding.NamedSharding(_mesh(), P('x'))
    )

    def step(params, opt, batch):
      grads = jax.grad(
          lambda p: jnp.mean((batch @ p['w'] + p['b']) ** 2)
      )(params)
      updates, opt = opt.update(grads, params)
      return optax.apply_updates(params, updates), opt

    self.assertEqual(
        _collectives(step, params, opt, batch).keys(), {'all-reduce'}
    )

  # The lines of docs/transforms.md.
  @_LAYOUTS
  def test_one_line_gives_the_shardings(self, spec, kind):
    side = _transforms_test._Side(kind, is_pytree=True)
    params, opt = side.start(_sharded(spec))
    opt = jax.jit(lambda opt: opt)(opt)
    shardings = jax.tree.map(lambda x: x.sharding, opt)
    step = jax.jit(
        lambda params, opt: side.step(_transforms_test._Carry(params, opt)).opt,
        out_shardings=shardings,
    )
    for x in jax.tree.leaves(shardings):
      self.assertLen(x.device_set, _DEVICES)
    self.assertEqual(
        jax.tree.map(lambda x: x.sharding, step(params, opt)), shardings
    )

  # The lines of docs/checkpoints.md.
  def test_orbax_restores_onto_another_sharding(self):
    to_bfloat16 = lambda x: x.astype(jnp.bfloat16)
    params = jax.tree.map(to_bfloat16, _sharded(P('x')))
    step = jax.jit(lambda opt: opt.update(params, params))
    _, opt = step(jax.jit(lambda opt: opt)(o.adam(1e-3).init(params)))
    fresh = jax.jit(lambda opt: opt)(o.adam(0.5).init(params))
    shardings = jax.tree.map(
        lambda _: jax.sharding.NamedSharding(_mesh(), P()), fresh
    )
    abstract = jax.tree.map(
        lambda x, s: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=s),
        fresh, shardings,
    )
    with tempfile.TemporaryDirectory() as folder:
      path = pathlib.Path(folder) / 'opt'
      with orbax.checkpoint.StandardCheckpointer() as checkpointer:
        checkpointer.save(path, opt)
        checkpointer.wait_until_finished()
        restored = checkpointer.restore(path, abstract)
    self.assertEqual(jax.tree.map(lambda x: x.sharding, restored), shardings)
    _test_utils.assert_bit_identical(restored.opt_state, opt.opt_state)
    restored = jax.tree.map(
        lambda x, y: float(y) if isinstance(x, float) or x.weak_type else y,
        fresh, restored,
    )
    (actual, restored), (desired, opt) = step(restored), step(opt)
    _test_utils.assert_bit_identical(
        (actual, restored.opt_state), (desired, opt.opt_state)
    )


def _donating_update():
  return jax.jit(
      lambda opt, grads: opt.update(grads, grads)[1], donate_argnums=0
  )


class DonationTest(parameterized.TestCase):

  def test_buffers_are_reused(self):
    params = _test_utils.params()
    opt = o.adam(0.1).init(params)
    old = jax.tree.leaves(opt.opt_state)
    pointers = {x.unsafe_buffer_pointer() for x in old}
    opt = _donating_update()(opt, params)
    self.assertEqual(
        {x.unsafe_buffer_pointer() for x in jax.tree.leaves(opt.opt_state)},
        pointers,
    )
    self.assertTrue(all(x.is_deleted() for x in old))

  def test_one_array_in_two_parts_is_not_donated_twice(self):
    rate, params = jnp.asarray(0.1), _test_utils.params()
    opt = o.chain(o.trace(rate), o.sgd(rate)).init(params)
    opt = _donating_update()(opt, params)
    self.assertEqual(opt.args[0].decay, opt.args[1].learning_rate)

  def test_one_array_put_in_the_places_of_two_numbers_is_donated(self):
    params = _test_utils.params()
    opt = o.chain(o.sgd(0.1), o.sgd(0.2)).init(params)
    names = ('args[0].learning_rate', 'args[1].learning_rate')
    rate = jnp.asarray(0.5)
    _donating_update()(opt.replace(dict.fromkeys(names, rate)), params)
    self.assertEqual(rate, 0.5)

  def test_optimizer_before_init_stays_alive(self):
    before, params = o.sgd(jnp.asarray(0.1)), _test_utils.params()
    _donating_update()(before.init(params), params)
    self.assertEqual(before.learning_rate, jnp.asarray(0.1))

  @parameterized.parameters('cocob', 'dog', 'prodigy')
  def test_parameters_that_are_part_of_a_state_stay_alive(self, name):
    params = _test_utils.params()
    opt = getattr(o.contrib, name)().init(params)
    _donating_update()(opt, params)
    self.assertFalse(any(x.is_deleted() for x in jax.tree.leaves(params)))

  def test_eager_update_shares_the_array_of_a_hyperparameter(self):
    # As functional optax's update returns parts of a state that don't change.
    params = _test_utils.params()
    opt = o.sgd(jnp.asarray(0.1)).init(params)
    _, new = opt.update(params)
    self.assertIs(new.learning_rate, opt.learning_rate)


if __name__ == '__main__':
  absltest.main()
