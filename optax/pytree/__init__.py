"""Optax's optimizers as immutable pytrees."""

from optax._src import alias
from optax.pytree._optimizer import from_gradient_transformation
from optax.pytree._optimizer import Optimizer
from optax.pytree._optimizer import wrap

adabelief = wrap(alias.adabelief)
adadelta = wrap(alias.adadelta)
adafactor = wrap(alias.adafactor)
adagrad = wrap(alias.adagrad)
adam = wrap(alias.adam)
adamax = wrap(alias.adamax)
adamaxw = wrap(alias.adamaxw)
adamw = wrap(alias.adamw)
adan = wrap(alias.adan)
amsgrad = wrap(alias.amsgrad)
fromage = wrap(alias.fromage)
lamb = wrap(alias.lamb)
lars = wrap(alias.lars)
lbfgs = wrap(alias.lbfgs)
lion = wrap(alias.lion)
nadam = wrap(alias.nadam, name='nadam')
nadamw = wrap(alias.nadamw, name='nadamw')
noisy_sgd = wrap(alias.noisy_sgd)
novograd = wrap(alias.novograd)
optimistic_adam = wrap(alias.optimistic_adam)
optimistic_adam_v2 = wrap(alias.optimistic_adam_v2)
optimistic_gradient_descent = wrap(alias.optimistic_gradient_descent)
polyak_sgd = wrap(alias.polyak_sgd)
radam = wrap(alias.radam)
rmsprop = wrap(alias.rmsprop)
rprop = wrap(alias.rprop)
sgd = wrap(alias.sgd)
sign_sgd = wrap(alias.sign_sgd)
signum = wrap(alias.signum)
sm3 = wrap(alias.sm3)
yogi = wrap(alias.yogi)
