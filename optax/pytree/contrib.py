"""The optimizers of optax.contrib as immutable pytrees."""

from optax import contrib
from optax.pytree._optimizer import wrap as _wrap

# These take schedules for them, which their annotations don't say.
_DECAYED = ('learning_rate', 'weight_decay')

acprop = _wrap(contrib.acprop, schedules=_DECAYED)
ademamix = _wrap(contrib.ademamix, schedules=_DECAYED)
adopt = _wrap(contrib.adopt)
cocob = _wrap(contrib.cocob, schedules=_DECAYED)
dadapt_adamw = _wrap(contrib.dadapt_adamw)
differentially_private_aggregate = _wrap(
    contrib.differentially_private_aggregate
)
dog = _wrap(contrib.dog)
dowg = _wrap(contrib.dowg)
dpsgd = _wrap(contrib.dpsgd)
galore = _wrap(contrib.galore, schedules=_DECAYED)
hutchinson_estimator_diag_hessian = _wrap(
    contrib.hutchinson_estimator_diag_hessian
)
madgrad = _wrap(contrib.madgrad, schedules=_DECAYED)
mechanize = _wrap(contrib.mechanize)
momo = _wrap(contrib.momo)
momo_adam = _wrap(contrib.momo_adam)
muon = _wrap(contrib.muon, schedules=(*_DECAYED, 'adam_weight_decay'))
normalize = _wrap(contrib.normalize)
prodigy = _wrap(contrib.prodigy)
reduce_on_plateau = _wrap(contrib.reduce_on_plateau)
sam = _wrap(contrib.sam)
scale_by_acprop = _wrap(contrib.scale_by_acprop)
scale_by_ademamix = _wrap(contrib.scale_by_ademamix)
scale_by_adopt = _wrap(contrib.scale_by_adopt)
scale_by_cocob = _wrap(contrib.scale_by_cocob)
scale_by_galore = _wrap(contrib.scale_by_galore)
scale_by_madgrad = _wrap(contrib.scale_by_madgrad)
scale_by_muon = _wrap(contrib.scale_by_muon)
scale_by_simplified_ademamix = _wrap(contrib.scale_by_simplified_ademamix)
schedule_free = _wrap(contrib.schedule_free)
schedule_free_adamw = _wrap(contrib.schedule_free_adamw, schedules=_DECAYED)
schedule_free_sgd = _wrap(contrib.schedule_free_sgd, schedules=_DECAYED)
simplified_ademamix = _wrap(contrib.simplified_ademamix, schedules=_DECAYED)
sophia = _wrap(contrib.sophia, schedules=_DECAYED)
split_real_and_imaginary = _wrap(contrib.split_real_and_imaginary)
