"""What a type checker accepts and reports of `optax.pytree`.

It is checked, not run. Where an error belongs, a comment ignores it; that there
is one is an error too.
"""

# pyright: basic, reportUnnecessaryTypeIgnoreComment=true

import jax
import jax.numpy as jnp
import optax
from typing_extensions import assert_type

params = {'w': jnp.ones(2)}

opt = optax.pytree.adam(1e-3, b1=0.8)
assert_type(opt, optax.pytree.adam)
assert_type(opt.b1, jax.typing.ArrayLike)
assert_type(opt.nesterov, bool)
assert_type(opt.tx, optax.GradientTransformation)
assert_type(opt.init(params), optax.pytree.adam)
assert_type(opt.replace(learning_rate=0.1), optax.pytree.adam)
opt.replace(learning_rate=opt.learning_rate / 10)
updates, opt = opt.init(params).update(params, params, value=1.0)
assert_type(opt, optax.pytree.adam)
optax.apply_updates(params, updates)

optax.pytree.adam(jnp.array(0.1), mu_dtype='bfloat16')
optax.pytree.adam(optax.constant_schedule(0.1))
optax.pytree.nadam(0.1, nesterov=False)
optax.pytree.lbfgs(linesearch=optax.pytree.sgd(0.1))
optax.pytree.from_gradient_transformation(optax.sgd(0.1)).init(params)
chain = optax.pytree.chain(optax.pytree.clip(1.0), optax.sgd(0.1))
assert_type(chain.init(params), optax.pytree.chain)
print(chain.args[1].learning_rate)
assert_type(optax.pytree.contrib.muon(0.1).nesterov, bool)
assert_type(optax.pytree.MultiSteps(opt, 2).has_updated(), jax.Array)
optax.pytree.multi_transform({'a': opt}, 'a', mask_compatible_extra_args=True)


@optax.pytree.wrap(leaves=('scale',))
def scaled_sgd(learning_rate: float, scale: float = 1.0):
  return optax.sgd(learning_rate * scale)


scaled = scaled_sgd(0.1, scale=2.0).init(params)
print(scaled.scale, scaled.replace(scale=3.0).scale)
print(isinstance(scaled, scaled_sgd))
updates, scaled = scaled.update(params)
optax.pytree.adam(0.1, b1=optax.constant_schedule(0.9))
opt.replace(b1=0.8, peak_value=0.1)
opt.replace({'learning_rate': 0.1})
chain.replace(learning_rate=0.1)


def b2(any_opt: optax.pytree.Optimizer) -> jax.typing.ArrayLike:
  if isinstance(any_opt, optax.pytree.adam):
    return any_opt.b2
  return any_opt.b2  # pyright: ignore[reportAttributeAccessIssue]


optax.pytree.adam()  # pyright: ignore[reportCallIssue]
optax.pytree.adam(1e-3, b3=0.1)  # pyright: ignore[reportCallIssue]
scaled_sgd()  # pyright: ignore[reportCallIssue]
scaled_sgd('0.1')  # pyright: ignore[reportArgumentType]
opt.replace(lerning_rate=0.1)  # pyright: ignore[reportCallIssue]
opt.update(params, opt.opt_state, params)  # pyright: ignore[reportArgumentType]
optax.pytree.adam('1e-3')  # pyright: ignore[reportArgumentType]
optax.pytree.sgd(0.1, 0.9, False, None, 1)  # pyright: ignore[reportCallIssue]
optax.pytree.adamx(1e-3)  # pyright: ignore[reportAttributeAccessIssue]
print(opt.b3)  # pyright: ignore[reportAttributeAccessIssue]
opt.b1 = 0.8  # pyright: ignore[reportAttributeAccessIssue]
optax.chain(opt)  # pyright: ignore[reportArgumentType]
init, update = opt  # pyright: ignore[reportGeneralTypeIssues]
