"""What some factories can't do with a hyperparameter; found by the tests."""

from optax import contrib
from optax import transforms
from optax._src import alias
from optax._src import linesearch
from optax._src import transform

# Parameters for which a schedule is natural, but fails in the update.
TAKES_NO_SCHEDULE = {
    alias.novograd: {'weight_decay'},
    alias.optimistic_adam: {'learning_rate'},
    alias.optimistic_gradient_descent: {'alpha', 'beta'},
    alias.polyak_sgd: {'max_learning_rate'},
    alias.rprop: {'learning_rate'},
    alias.sm3: {'learning_rate'},
    linesearch.scale_by_backtracking_linesearch: {'max_learning_rate'},
    linesearch.scale_by_zoom_linesearch: {'max_learning_rate'},
    transform.scale_by_polyak: {'max_learning_rate'},
    transform.scale_by_rprop: {'learning_rate'},
}

# Parameters that no update uses: in an optimizer with state, a change would do
# nothing.
ONLY_INIT_USES = {
    alias.adagrad: {'initial_accumulator_value'},
    alias.lbfgs: {'memory_size'},
    alias.noisy_sgd: {'key', 'seed'},
    alias.rmsprop: {'initial_scale'},
    alias.rprop: {'learning_rate'},
    contrib.cocob: {'eps'},
    contrib.dadapt_adamw: {'estim_lr0'},
    contrib.differentially_private_aggregate: {'key', 'seed'},
    contrib.dpsgd: {'seed'},
    contrib.hutchinson_estimator_diag_hessian: {'random_seed'},
    contrib.momo: {'lower_bound'},
    contrib.momo_adam: {'lower_bound'},
    contrib.scale_by_cocob: {'eps'},
    transform.scale_by_distance_over_gradients: {'reps_rel'},
    transform.scale_by_lbfgs: {'memory_size'},
    transform.scale_by_rms: {'initial_scale'},
    transform.scale_by_rprop: {'learning_rate'},
    transform.scale_by_rss: {'initial_accumulator_value'},
    transform.scale_by_stddev: {'initial_scale'},
    transform.scale_by_yogi: {'initial_accumulator_value'},
    transforms.add_noise: {'key', 'seed'},
}
