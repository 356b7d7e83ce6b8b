"""Optax's optimizers as immutable pytrees."""

from optax import schedules
from optax import transforms
from optax._src import alias
from optax._src import base
from optax._src import factorized
from optax._src import linesearch
from optax._src import lookahead as _lookahead
from optax._src import transform
from optax.pytree import contrib
from optax.pytree._multi_steps import MultiSteps
from optax.pytree._optimizer import from_gradient_transformation
from optax.pytree._optimizer import Optimizer
from optax.pytree._optimizer import wrap
from optax.pytree._schedule import Schedule
from optax.pytree._schedule import wrap_schedule

# Optimizers.
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
novograd = wrap(alias.novograd, schedules=('learning_rate',))
optimistic_adam = wrap(alias.optimistic_adam)
optimistic_adam_v2 = wrap(alias.optimistic_adam_v2)
optimistic_gradient_descent = wrap(
    alias.optimistic_gradient_descent, schedules=('learning_rate',)
)
polyak_sgd = wrap(alias.polyak_sgd)
radam = wrap(alias.radam)
rmsprop = wrap(alias.rmsprop)
rprop = wrap(alias.rprop)
sgd = wrap(alias.sgd)
sign_sgd = wrap(alias.sign_sgd)
signum = wrap(alias.signum)
sm3 = wrap(alias.sm3)
yogi = wrap(alias.yogi)

# Transformations.
adaptive_grad_clip = wrap(transforms.adaptive_grad_clip)
add_decayed_weights = wrap(transforms.add_decayed_weights)
add_noise = wrap(transforms.add_noise)
apply_every = wrap(transform.apply_every)
centralize = wrap(transform.centralize)
clip = wrap(transforms.clip)
clip_by_block_rms = wrap(transforms.clip_by_block_rms)
clip_by_global_norm = wrap(transforms.clip_by_global_norm)
ema = wrap(transforms.ema)
freeze = wrap(transforms.freeze)
identity = wrap(base.identity)
keep_params_nonnegative = wrap(transforms.keep_params_nonnegative)
normalize_by_update_norm = wrap(transform.normalize_by_update_norm)
scale = wrap(transform.scale)
scale_by_adadelta = wrap(transform.scale_by_adadelta)
scale_by_adam = wrap(transform.scale_by_adam)
scale_by_adamax = wrap(transform.scale_by_adamax)
scale_by_adan = wrap(transform.scale_by_adan)
scale_by_amsgrad = wrap(transform.scale_by_amsgrad)
scale_by_backtracking_linesearch = wrap(
    linesearch.scale_by_backtracking_linesearch
)
scale_by_belief = wrap(transform.scale_by_belief)
scale_by_distance_over_gradients = wrap(
    transform.scale_by_distance_over_gradients
)
scale_by_factored_rms = wrap(factorized.scale_by_factored_rms)
scale_by_lbfgs = wrap(transform.scale_by_lbfgs)
scale_by_learning_rate = wrap(transform.scale_by_learning_rate)
scale_by_lion = wrap(transform.scale_by_lion)
scale_by_novograd = wrap(transform.scale_by_novograd)
scale_by_optimistic_gradient = wrap(transform.scale_by_optimistic_gradient)
scale_by_param_block_norm = wrap(transform.scale_by_param_block_norm)
scale_by_param_block_rms = wrap(transform.scale_by_param_block_rms)
scale_by_polyak = wrap(transform.scale_by_polyak)
scale_by_radam = wrap(transform.scale_by_radam)
scale_by_rms = wrap(transform.scale_by_rms)
scale_by_rprop = wrap(transform.scale_by_rprop)
scale_by_rss = wrap(transform.scale_by_rss)
scale_by_schedule = wrap(transform.scale_by_schedule)
scale_by_sign = wrap(transform.scale_by_sign)
scale_by_sm3 = wrap(transform.scale_by_sm3)
scale_by_stddev = wrap(transform.scale_by_stddev)
scale_by_trust_ratio = wrap(transform.scale_by_trust_ratio)
scale_by_yogi = wrap(transform.scale_by_yogi)
scale_by_zoom_linesearch = wrap(linesearch.scale_by_zoom_linesearch)
set_to_zero = wrap(base.set_to_zero)
stateless = wrap(base.stateless)
stateless_with_tree_map = wrap(base.stateless_with_tree_map)
trace = wrap(transforms.trace)
zero_nans = wrap(transforms.zero_nans)

# Transformations of transformations.
apply_if_finite = wrap(transforms.apply_if_finite)
chain = wrap(transforms.chain)
conditionally_mask = wrap(transforms.conditionally_mask)
conditionally_transform = wrap(transforms.conditionally_transform)
flatten = wrap(transforms.flatten)
lookahead = wrap(_lookahead.lookahead)
masked = wrap(transforms.masked)
measure_with_ema = wrap(transforms.measure_with_ema)
monitor = wrap(transforms.monitor)
named_chain = wrap(transforms.named_chain)
partition = wrap(transforms.partition)
selective_transform = wrap(transforms.selective_transform)
snapshot = wrap(transforms.snapshot)
multi_transform = partition

# Schedules.
constant_schedule = wrap_schedule(schedules.constant_schedule)
cosine_decay_schedule = wrap_schedule(schedules.cosine_decay_schedule)
cosine_onecycle_schedule = wrap_schedule(schedules.cosine_onecycle_schedule)
exponential_decay = wrap_schedule(schedules.exponential_decay)
join_schedules = wrap_schedule(schedules.join_schedules)
linear_onecycle_schedule = wrap_schedule(schedules.linear_onecycle_schedule)
linear_schedule = wrap_schedule(schedules.linear_schedule)
piecewise_constant_schedule = wrap_schedule(
    schedules.piecewise_constant_schedule
)
piecewise_interpolate_schedule = wrap_schedule(
    schedules.piecewise_interpolate_schedule
)
polynomial_schedule = wrap_schedule(schedules.polynomial_schedule)
sgdr_schedule = wrap_schedule(schedules.sgdr_schedule)
warmup_constant_schedule = wrap_schedule(schedules.warmup_constant_schedule)
warmup_cosine_decay_schedule = wrap_schedule(
    schedules.warmup_cosine_decay_schedule
)
warmup_exponential_decay_schedule = wrap_schedule(
    schedules.warmup_exponential_decay_schedule
)
