# Written by tools/make_stub.py.
from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Mapping
import jax
from optax._src import alias
from optax._src import base
from optax.pytree import contrib as contrib
from optax.pytree._optimizer import Optimizer as Optimizer
from optax.pytree._optimizer import wrap as wrap
from optax.pytree._schedule import Schedule as Schedule
from optax.pytree._schedule import wrap_schedule as wrap_schedule
from optax.transforms import _accumulation
from optax.transforms import _conditionality
from typing import Any
from typing import Final
from typing import Iterable
from typing import Literal
from typing import Optional
from typing import Sequence
from typing import Union
from typing_extensions import Self

class MultiSteps(Optimizer):
  """An optimizer wrapper to accumulate gradients over multiple steps."""
  opt: Final[Any]
  every_k_schedule: Final[Union[int, Callable[[jax.typing.ArrayLike],
      jax.typing.ArrayLike]]]
  use_grad_mean: Final[bool]
  should_skip_update_fn: Final[Optional[_accumulation.ShouldSkipUpdateFunction]]
  accumulator_dtype: Final[jax.typing.DTypeLike]
  def __init__(
      self,
      opt: base.GradientTransformation | Optimizer,
      every_k_schedule: Union[int, Callable[[jax.typing.ArrayLike],
          jax.typing.ArrayLike]],
      use_grad_mean: bool = True,
      should_skip_update_fn: Optional[_accumulation.ShouldSkipUpdateFunction] =
          None,
      accumulator_dtype: jax.typing.DTypeLike = ...,
  ) -> None: ...
  def has_updated(self) -> jax.Array: ...

class from_gradient_transformation(Optimizer):
  """Lifts a functional transformation, which has no hyperparameters to show."""
  transformation: Final[Any]
  def __init__(
      self,
      transformation: base.GradientTransformation | Optimizer,
  ) -> None: ...

class adabelief(Optimizer):
  """The AdaBelief optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-16,
      eps_root: jax.typing.ArrayLike | base.Schedule = 1e-16,
      *,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adadelta(Optimizer):
  """The Adadelta optimizer."""
  learning_rate: Final[Any]
  rho: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[Any]
  weight_decay_mask: Final[alias.MaskOrFn]
  def __init__(
      self,
      learning_rate: Optional[base.ScalarOrSchedule] = None,
      rho: jax.typing.ArrayLike | base.Schedule = 0.9,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-06,
      weight_decay: Union[jax.typing.ArrayLike, base.ScalarOrSchedule] = 0.0,
      weight_decay_mask: alias.MaskOrFn = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: Optional[base.ScalarOrSchedule] = ...,
      rho: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: Union[jax.typing.ArrayLike, base.ScalarOrSchedule] = ...,
      weight_decay_mask: alias.MaskOrFn = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adafactor(Optimizer):
  """The Adafactor optimizer."""
  learning_rate: Final[Any]
  min_dim_size_to_factor: Final[int]
  decay_rate: Final[jax.typing.ArrayLike]
  decay_offset: Final[jax.typing.ArrayLike]
  multiply_by_parameter_scale: Final[bool]
  clipping_threshold: Final[Optional[jax.typing.ArrayLike]]
  momentum: Final[Optional[jax.typing.ArrayLike]]
  dtype_momentum: Final[jax.typing.DTypeLike]
  weight_decay_rate: Final[Any]
  eps: Final[jax.typing.ArrayLike]
  factored: Final[bool]
  weight_decay_mask: Final[alias.MaskOrFn]
  def __init__(
      self,
      learning_rate: Optional[base.ScalarOrSchedule] = None,
      min_dim_size_to_factor: int | base.Schedule = 128,
      decay_rate: jax.typing.ArrayLike | base.Schedule = 0.8,
      decay_offset: jax.typing.ArrayLike | base.Schedule = 0,
      multiply_by_parameter_scale: bool = True,
      clipping_threshold: Optional[jax.typing.ArrayLike] | base.Schedule = 1.0,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      dtype_momentum: jax.typing.DTypeLike = ...,
      weight_decay_rate: Optional[base.ScalarOrSchedule] = None,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-30,
      factored: bool = True,
      weight_decay_mask: alias.MaskOrFn = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: Optional[base.ScalarOrSchedule] = ...,
      min_dim_size_to_factor: int | base.Schedule = ...,
      decay_rate: jax.typing.ArrayLike | base.Schedule = ...,
      decay_offset: jax.typing.ArrayLike | base.Schedule = ...,
      multiply_by_parameter_scale: bool = ...,
      clipping_threshold: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      dtype_momentum: jax.typing.DTypeLike = ...,
      weight_decay_rate: Optional[base.ScalarOrSchedule] = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      factored: bool = ...,
      weight_decay_mask: alias.MaskOrFn = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adagrad(Optimizer):
  """The Adagrad optimizer."""
  learning_rate: Final[Any]
  initial_accumulator_value: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      initial_accumulator_value: jax.typing.ArrayLike | base.Schedule = 0.1,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-07,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      initial_accumulator_value: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adam(Optimizer):
  """The Adam optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      *,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adamax(Optimizer):
  """A variant of the Adam optimizer that uses the infinity norm."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adamaxw(Optimizer):
  """Adamax with weight decay regularization."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[Any]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      weight_decay: base.ScalarOrSchedule = 0.0001,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: base.ScalarOrSchedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adamw(Optimizer):
  """Adam with weight decay regularization."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  weight_decay: Final[Any]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      weight_decay: base.ScalarOrSchedule = 0.0001,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
      *,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      weight_decay: base.ScalarOrSchedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adan(Optimizer):
  """The ADAptive Nesterov momentum algorithm (Adan)."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  b3: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  weight_decay: Final[Any]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.98,
      b2: jax.typing.ArrayLike | base.Schedule = 0.92,
      b3: jax.typing.ArrayLike | base.Schedule = 0.99,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 1e-08,
      weight_decay: base.ScalarOrSchedule = 0.0,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      b3: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: base.ScalarOrSchedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class amsgrad(Optimizer):
  """The AMSGrad optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  bias_correction_mu: Final[bool]
  bias_correction_nu: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      bias_correction_mu: bool = True,
      bias_correction_nu: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      bias_correction_mu: bool = ...,
      bias_correction_nu: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class fromage(Optimizer):
  """The Frobenius matched gradient descent (Fromage) optimizer."""
  learning_rate: Final[Any]
  min_norm: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      min_norm: jax.typing.ArrayLike | base.Schedule = 1e-06,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      min_norm: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class lamb(Optimizer):
  """The LAMB optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  weight_decay: Final[Any]
  mask: Final[alias.MaskOrFn]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-06,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      weight_decay: base.ScalarOrSchedule = 0.0,
      mask: alias.MaskOrFn = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: base.ScalarOrSchedule = ...,
      mask: alias.MaskOrFn = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class lars(Optimizer):
  """The LARS optimizer."""
  learning_rate: Final[Any]
  weight_decay: Final[Any]
  weight_decay_mask: Final[alias.MaskOrFn]
  trust_coefficient: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  trust_ratio_mask: Final[alias.MaskOrFn]
  momentum: Final[jax.typing.ArrayLike]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      weight_decay: base.ScalarOrSchedule = 0.0,
      weight_decay_mask: alias.MaskOrFn = True,
      trust_coefficient: jax.typing.ArrayLike | base.Schedule = 0.001,
      eps: jax.typing.ArrayLike | base.Schedule = 0.0,
      trust_ratio_mask: alias.MaskOrFn = True,
      momentum: jax.typing.ArrayLike | base.Schedule = 0.9,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      weight_decay: base.ScalarOrSchedule = ...,
      weight_decay_mask: alias.MaskOrFn = ...,
      trust_coefficient: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      trust_ratio_mask: alias.MaskOrFn = ...,
      momentum: jax.typing.ArrayLike | base.Schedule = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class lbfgs(Optimizer):
  """L-BFGS optimizer."""
  learning_rate: Final[Any]
  memory_size: Final[int]
  scale_init_precond: Final[bool]
  linesearch: Final[Any]
  def __init__(
      self,
      learning_rate: Optional[base.ScalarOrSchedule] = None,
      memory_size: int | base.Schedule = 10,
      scale_init_precond: bool = True,
      linesearch: Optional[Union[base.GradientTransformationExtraArgs |
          Optimizer, base.GradientTransformation | Optimizer]] = ...,
  ) -> None: ...

class lion(Optimizer):
  """The Lion optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  weight_decay: Final[Any]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.99,
      mu_dtype: Optional[Any] = None,
      weight_decay: base.ScalarOrSchedule = 0.001,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      weight_decay: base.ScalarOrSchedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class nadam(Optimizer):
  """The NAdam optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      *,
      nesterov: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class nadamw(Optimizer):
  """NAdamW optimizer, implemented as part of the AdamW optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  weight_decay: Final[Any]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      weight_decay: base.ScalarOrSchedule = 0.0001,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
      *,
      nesterov: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      weight_decay: base.ScalarOrSchedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class noisy_sgd(Optimizer):
  """A variant of SGD with added noise."""
  learning_rate: Final[Any]
  eta: Final[jax.typing.ArrayLike]
  gamma: Final[jax.typing.ArrayLike]
  key: Final[jax.typing.ArrayLike | None]
  seed: Final[int | None]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      eta: jax.typing.ArrayLike | base.Schedule = 0.01,
      gamma: jax.typing.ArrayLike | base.Schedule = 0.55,
      key: jax.typing.ArrayLike | None | base.Schedule = None,
      *,
      seed: int | None = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      eta: jax.typing.ArrayLike | base.Schedule = ...,
      gamma: jax.typing.ArrayLike | base.Schedule = ...,
      key: jax.typing.ArrayLike | None | base.Schedule = ...,
      seed: int | None = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class novograd(Optimizer):
  """NovoGrad optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  weight_decay: Final[Any]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.25,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-06,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      weight_decay: base.ScalarOrSchedule | base.Schedule = 0.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: base.ScalarOrSchedule | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class optimistic_adam(Optimizer):
  """The Optimistic Adam optimizer."""
  learning_rate: Final[jax.typing.ArrayLike]
  optimism: Final[Optional[jax.typing.ArrayLike]]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: jax.typing.ArrayLike | base.Schedule,
      optimism: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      *,
      nesterov: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: jax.typing.ArrayLike | base.Schedule = ...,
      optimism: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class optimistic_adam_v2(Optimizer):
  """The Optimistic Adam optimizer."""
  learning_rate: Final[Any]
  alpha: Final[jax.typing.ArrayLike]
  beta: Final[jax.typing.ArrayLike]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      *,
      alpha: jax.typing.ArrayLike | base.Schedule = 1.0,
      beta: jax.typing.ArrayLike | base.Schedule = 1.0,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      nesterov: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      alpha: jax.typing.ArrayLike | base.Schedule = ...,
      beta: jax.typing.ArrayLike | base.Schedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class optimistic_gradient_descent(Optimizer):
  """An Optimistic Gradient Descent optimizer."""
  learning_rate: Final[Any]
  alpha: Final[Any]
  beta: Final[Any]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      alpha: base.ScalarOrSchedule | base.Schedule = 1.0,
      beta: base.ScalarOrSchedule | base.Schedule = 1.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      alpha: base.ScalarOrSchedule | base.Schedule = ...,
      beta: base.ScalarOrSchedule | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class polyak_sgd(Optimizer):
  """SGD with Polyak step-size."""
  max_learning_rate: Final[jax.typing.ArrayLike]
  scaling: Final[Any]
  f_min: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  variant: Final[str]
  def __init__(
      self,
      max_learning_rate: jax.typing.ArrayLike | base.Schedule = 1.0,
      scaling: base.ScalarOrSchedule = 1.0,
      f_min: jax.typing.ArrayLike | base.Schedule = 0.0,
      eps: jax.typing.ArrayLike | base.Schedule = 0.0,
      variant: str = 'sps',
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      max_learning_rate: jax.typing.ArrayLike | base.Schedule = ...,
      scaling: base.ScalarOrSchedule = ...,
      f_min: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      variant: str = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class radam(Optimizer):
  """The Rectified Adam optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  threshold: Final[jax.typing.ArrayLike]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      threshold: jax.typing.ArrayLike | base.Schedule = 5.0,
      *,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      threshold: jax.typing.ArrayLike | base.Schedule = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class rmsprop(Optimizer):
  """A flexible RMSProp optimizer."""
  learning_rate: Final[Any]
  decay: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  initial_scale: Final[jax.typing.ArrayLike]
  eps_in_sqrt: Final[bool]
  centered: Final[bool]
  momentum: Final[Optional[jax.typing.ArrayLike]]
  nesterov: Final[bool]
  bias_correction: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      decay: jax.typing.ArrayLike | base.Schedule = 0.9,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      initial_scale: jax.typing.ArrayLike | base.Schedule = 0.0,
      eps_in_sqrt: bool = True,
      centered: bool = False,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      nesterov: bool = False,
      bias_correction: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      decay: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      initial_scale: jax.typing.ArrayLike | base.Schedule = ...,
      eps_in_sqrt: bool = ...,
      centered: bool = ...,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      nesterov: bool = ...,
      bias_correction: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class rprop(Optimizer):
  """The Rprop optimizer."""
  learning_rate: Final[jax.typing.ArrayLike]
  eta_minus: Final[jax.typing.ArrayLike]
  eta_plus: Final[jax.typing.ArrayLike]
  min_step_size: Final[jax.typing.ArrayLike]
  max_step_size: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: jax.typing.ArrayLike | base.Schedule,
      eta_minus: jax.typing.ArrayLike | base.Schedule = 0.5,
      eta_plus: jax.typing.ArrayLike | base.Schedule = 1.2,
      min_step_size: jax.typing.ArrayLike | base.Schedule = 1e-06,
      max_step_size: jax.typing.ArrayLike | base.Schedule = 50.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: jax.typing.ArrayLike | base.Schedule = ...,
      eta_minus: jax.typing.ArrayLike | base.Schedule = ...,
      eta_plus: jax.typing.ArrayLike | base.Schedule = ...,
      min_step_size: jax.typing.ArrayLike | base.Schedule = ...,
      max_step_size: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class sgd(Optimizer):
  """A canonical Stochastic Gradient Descent optimizer."""
  learning_rate: Final[Any]
  momentum: Final[Optional[jax.typing.ArrayLike]]
  nesterov: Final[bool]
  accumulator_dtype: Final[Optional[Any]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      nesterov: bool = False,
      accumulator_dtype: Optional[Any] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      nesterov: bool = ...,
      accumulator_dtype: Optional[Any] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class sign_sgd(Optimizer):
  """A variant of SGD using only the signs of the gradient components."""
  learning_rate: Final[Any]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class signum(Optimizer):
  """A variant of SGD using signs of the components of an EMA of the
      gradient."""
  learning_rate: Final[Any]
  beta: Final[jax.typing.ArrayLike]
  accumulator_dtype: Final[Any | None]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      beta: jax.typing.ArrayLike | base.Schedule = 0.9,
      accumulator_dtype: Any | None = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      beta: jax.typing.ArrayLike | base.Schedule = ...,
      accumulator_dtype: Any | None = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class sm3(Optimizer):
  """The SM3 optimizer."""
  learning_rate: Final[jax.typing.ArrayLike]
  momentum: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: jax.typing.ArrayLike | base.Schedule,
      momentum: jax.typing.ArrayLike | base.Schedule = 0.9,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: jax.typing.ArrayLike | base.Schedule = ...,
      momentum: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class yogi(Optimizer):
  """The Yogi optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 0.001,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adaptive_grad_clip(Optimizer):
  """Clips updates to be at most ``clipping * parameter_norm``, unit-wise."""
  clipping: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  axis: Final[Optional[Union[int, tuple[int, ...]]]]
  def __init__(
      self,
      clipping: jax.typing.ArrayLike | base.Schedule,
      eps: jax.typing.ArrayLike | base.Schedule = 0.001,
      axis: Optional[Union[int, tuple[int, ...]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      clipping: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      axis: Optional[Union[int, tuple[int, ...]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class add_decayed_weights(Optimizer):
  """Add parameter scaled by `weight_decay`."""
  weight_decay: Final[Any]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      weight_decay: base.ScalarOrSchedule = 0.0,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      weight_decay: base.ScalarOrSchedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class add_noise(Optimizer):
  """Add gradient noise."""
  eta: Final[jax.typing.ArrayLike]
  gamma: Final[jax.typing.ArrayLike]
  key: Final[jax.Array | int | None]
  seed: Final[int | None]
  def __init__(
      self,
      eta: jax.typing.ArrayLike | base.Schedule,
      gamma: jax.typing.ArrayLike | base.Schedule,
      key: jax.Array | int | None = None,
      *,
      seed: int | None = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      eta: jax.typing.ArrayLike | base.Schedule = ...,
      gamma: jax.typing.ArrayLike | base.Schedule = ...,
      key: jax.Array | int | None = ...,
      seed: int | None = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class apply_every(Optimizer):
  """Accumulate gradients and apply them every k steps."""
  k: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      k: jax.typing.ArrayLike | base.Schedule = 1,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      k: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class centralize(Optimizer):
  """Centralizes gradients by subtracting their mean along leading dimension."""
  def __init__(
      self,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class clip(Optimizer):
  """Clips updates element-wise, to be in ``[-max_delta, +max_delta]``."""
  max_delta: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      max_delta: jax.typing.ArrayLike | base.Schedule,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      max_delta: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class clip_by_block_rms(Optimizer):
  """Clips updates to a max rms for the gradient of each param vector or
      matrix."""
  threshold: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      threshold: jax.typing.ArrayLike | base.Schedule,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      threshold: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class clip_by_global_norm(Optimizer):
  """Clips updates using their global norm."""
  max_norm: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      max_norm: jax.typing.ArrayLike | base.Schedule,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      max_norm: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class ema(Optimizer):
  """Compute an exponential moving average of past updates."""
  decay: Final[jax.typing.ArrayLike]
  debias: Final[bool]
  accumulator_dtype: Final[Optional[Any]]
  def __init__(
      self,
      decay: jax.typing.ArrayLike | base.Schedule,
      debias: bool = True,
      accumulator_dtype: Optional[Any] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      decay: jax.typing.ArrayLike | base.Schedule = ...,
      debias: bool = ...,
      accumulator_dtype: Optional[Any] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class freeze(Optimizer):
  """Create a transformation that zeros out gradient updates for `mask=True`."""
  mask: Final[Union[bool, base.ArrayTree]]
  def __init__(
      self,
      mask: Union[bool, base.ArrayTree],
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      mask: Union[bool, base.ArrayTree] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class identity(Optimizer):
  """Stateless identity transformation that leaves input gradients untouched."""
  def __init__(
      self,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class keep_params_nonnegative(Optimizer):
  """Modifies the updates to keep parameters non-negative, i.e. >= 0."""
  def __init__(
      self,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class normalize_by_update_norm(Optimizer):
  """Scale by the inverse of the update norm."""
  scale_factor: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      scale_factor: jax.typing.ArrayLike | base.Schedule = 1.0,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-06,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      scale_factor: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale(Optimizer):
  """Scale updates by some fixed scalar `step_size`."""
  step_size: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      step_size: jax.typing.ArrayLike | base.Schedule,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      step_size: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_adadelta(Optimizer):
  """Rescale updates according to the Adadelta algorithm."""
  rho: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      rho: jax.typing.ArrayLike | base.Schedule = 0.9,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-06,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      rho: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_adam(Optimizer):
  """Rescale updates according to the Adam algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  nesterov: Final[bool]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
      *,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_adamax(Optimizer):
  """Rescale updates according to the Adamax algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_adan(Optimizer):
  """Rescale updates according to the Adan algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  b3: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.98,
      b2: jax.typing.ArrayLike | base.Schedule = 0.92,
      b3: jax.typing.ArrayLike | base.Schedule = 0.99,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      b3: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_amsgrad(Optimizer):
  """Rescale updates according to the AMSGrad algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  bias_correction_mu: Final[bool]
  bias_correction_nu: Final[bool]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
      bias_correction_mu: bool = True,
      bias_correction_nu: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      bias_correction_mu: bool = ...,
      bias_correction_nu: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_backtracking_linesearch(Optimizer):
  """Backtracking line-search ensuring sufficient decrease (Armijo
      criterion)."""
  max_backtracking_steps: Final[jax.typing.ArrayLike]
  slope_rtol: Final[jax.typing.ArrayLike]
  decrease_factor: Final[jax.typing.ArrayLike]
  increase_factor: Final[jax.typing.ArrayLike]
  max_learning_rate: Final[jax.typing.ArrayLike]
  atol: Final[jax.typing.ArrayLike]
  rtol: Final[jax.typing.ArrayLike]
  store_grad: Final[bool]
  verbose: Final[bool]
  def __init__(
      self,
      max_backtracking_steps: jax.typing.ArrayLike | base.Schedule,
      slope_rtol: jax.typing.ArrayLike | base.Schedule = 0.0001,
      decrease_factor: jax.typing.ArrayLike | base.Schedule = 0.8,
      increase_factor: jax.typing.ArrayLike | base.Schedule = 1.5,
      max_learning_rate: jax.typing.ArrayLike | base.Schedule = 1.0,
      atol: jax.typing.ArrayLike | base.Schedule = 0.0,
      rtol: jax.typing.ArrayLike | base.Schedule = 0.0,
      store_grad: bool = False,
      verbose: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      max_backtracking_steps: jax.typing.ArrayLike | base.Schedule = ...,
      slope_rtol: jax.typing.ArrayLike | base.Schedule = ...,
      decrease_factor: jax.typing.ArrayLike | base.Schedule = ...,
      increase_factor: jax.typing.ArrayLike | base.Schedule = ...,
      max_learning_rate: jax.typing.ArrayLike | base.Schedule = ...,
      atol: jax.typing.ArrayLike | base.Schedule = ...,
      rtol: jax.typing.ArrayLike | base.Schedule = ...,
      store_grad: bool = ...,
      verbose: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_belief(Optimizer):
  """Rescale updates according to the AdaBelief algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  nesterov: Final[bool]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-16,
      eps_root: jax.typing.ArrayLike | base.Schedule = 1e-16,
      *,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_distance_over_gradients(Optimizer):
  """Distance-over-gradients learning rate-free optimizer."""
  reps_rel: Final[Any]
  eps: Final[Any]
  param_dtype: Final[Any]
  global_scale: Final[Any]
  def __init__(
      self,
      reps_rel: Any | base.Schedule = 1e-06,
      eps: Any | base.Schedule = 1e-08,
      param_dtype: Any = ...,
      global_scale: Any | base.Schedule = 1.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      reps_rel: Any | base.Schedule = ...,
      eps: Any | base.Schedule = ...,
      param_dtype: Any = ...,
      global_scale: Any | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_factored_rms(Optimizer):
  """Scaling by a factored estimate of the gradient rms (as in Adafactor)."""
  factored: Final[bool]
  decay_rate: Final[jax.typing.ArrayLike]
  step_offset: Final[jax.typing.ArrayLike]
  min_dim_size_to_factor: Final[int]
  epsilon: Final[jax.typing.ArrayLike]
  decay_rate_fn: Final[Callable[[jax.typing.ArrayLike, jax.typing.ArrayLike],
      jax.typing.ArrayLike]]
  def __init__(
      self,
      factored: bool = True,
      decay_rate: jax.typing.ArrayLike | base.Schedule = 0.8,
      step_offset: jax.typing.ArrayLike | base.Schedule = 0,
      min_dim_size_to_factor: int | base.Schedule = 128,
      epsilon: jax.typing.ArrayLike | base.Schedule = 1e-30,
      decay_rate_fn: Callable[[jax.typing.ArrayLike, jax.typing.ArrayLike],
          jax.typing.ArrayLike] = ...,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      factored: bool = ...,
      decay_rate: jax.typing.ArrayLike | base.Schedule = ...,
      step_offset: jax.typing.ArrayLike | base.Schedule = ...,
      min_dim_size_to_factor: int | base.Schedule = ...,
      epsilon: jax.typing.ArrayLike | base.Schedule = ...,
      decay_rate_fn: Callable[[jax.typing.ArrayLike, jax.typing.ArrayLike],
          jax.typing.ArrayLike] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_lbfgs(Optimizer):
  """Scales updates by L-BFGS."""
  memory_size: Final[int]
  scale_init_precond: Final[bool]
  def __init__(
      self,
      memory_size: int | base.Schedule = 10,
      scale_init_precond: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      memory_size: int | base.Schedule = ...,
      scale_init_precond: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_learning_rate(Optimizer):
  """Scale by the (negative) learning rate (either as scalar or as schedule)."""
  learning_rate: Final[Any]
  flip_sign: Final[bool]
  def __init__(
      self,
      learning_rate: Optional[base.ScalarOrSchedule] = None,
      *,
      flip_sign: bool = True,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: Optional[base.ScalarOrSchedule] = ...,
      flip_sign: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_lion(Optimizer):
  """Rescale updates according to the Lion algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  mode: Final[Literal['hard', 'smooth', 'refined']]
  smooth_beta: Final[float]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.99,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
      *,
      mode: Literal['hard', 'smooth', 'refined'] = 'hard',
      smooth_beta: float | base.Schedule = 1.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      mode: Literal['hard', 'smooth', 'refined'] = ...,
      smooth_beta: float | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_novograd(Optimizer):
  """Computes NovoGrad updates."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.25,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      weight_decay: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_optimistic_gradient(Optimizer):
  """Compute generalized optimistic gradients."""
  alpha: Final[jax.typing.ArrayLike]
  beta: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      alpha: jax.typing.ArrayLike | base.Schedule = 1.0,
      beta: jax.typing.ArrayLike | base.Schedule = 1.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      alpha: jax.typing.ArrayLike | base.Schedule = ...,
      beta: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_param_block_norm(Optimizer):
  """Scale updates for each param block by the norm of that block's
      parameters."""
  min_scale: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      min_scale: jax.typing.ArrayLike | base.Schedule = 0.001,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      min_scale: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_param_block_rms(Optimizer):
  """Scale updates by rms of the gradient for each param vector or matrix."""
  min_scale: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      min_scale: jax.typing.ArrayLike | base.Schedule = 0.001,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      min_scale: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_polyak(Optimizer):
  """Scales the update by Polyak's step-size."""
  f_min: Final[jax.typing.ArrayLike]
  max_learning_rate: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  variant: Final[str]
  def __init__(
      self,
      f_min: jax.typing.ArrayLike | base.Schedule = 0.0,
      max_learning_rate: jax.typing.ArrayLike | base.Schedule = 1.0,
      eps: jax.typing.ArrayLike | base.Schedule = 0.0,
      variant: str = 'sps',
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      f_min: jax.typing.ArrayLike | base.Schedule = ...,
      max_learning_rate: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      variant: str = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_radam(Optimizer):
  """Rescale updates according to the Rectified Adam algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  threshold: Final[jax.typing.ArrayLike]
  nesterov: Final[bool]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      threshold: jax.typing.ArrayLike | base.Schedule = 5.0,
      *,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      threshold: jax.typing.ArrayLike | base.Schedule = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_rms(Optimizer):
  """Rescale updates by the root of the exp. moving avg of the square."""
  decay: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  initial_scale: Final[jax.typing.ArrayLike]
  eps_in_sqrt: Final[bool]
  bias_correction: Final[bool]
  def __init__(
      self,
      decay: jax.typing.ArrayLike | base.Schedule = 0.9,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      initial_scale: jax.typing.ArrayLike | base.Schedule = 0.0,
      eps_in_sqrt: bool = True,
      bias_correction: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      decay: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      initial_scale: jax.typing.ArrayLike | base.Schedule = ...,
      eps_in_sqrt: bool = ...,
      bias_correction: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_rprop(Optimizer):
  """Scale with the Rprop optimizer."""
  learning_rate: Final[jax.typing.ArrayLike]
  eta_minus: Final[jax.typing.ArrayLike]
  eta_plus: Final[jax.typing.ArrayLike]
  min_step_size: Final[jax.typing.ArrayLike]
  max_step_size: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: jax.typing.ArrayLike | base.Schedule,
      eta_minus: jax.typing.ArrayLike | base.Schedule = 0.5,
      eta_plus: jax.typing.ArrayLike | base.Schedule = 1.2,
      min_step_size: jax.typing.ArrayLike | base.Schedule = 1e-06,
      max_step_size: jax.typing.ArrayLike | base.Schedule = 50.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: jax.typing.ArrayLike | base.Schedule = ...,
      eta_minus: jax.typing.ArrayLike | base.Schedule = ...,
      eta_plus: jax.typing.ArrayLike | base.Schedule = ...,
      min_step_size: jax.typing.ArrayLike | base.Schedule = ...,
      max_step_size: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_rss(Optimizer):
  """Rescale updates by the root of the sum of all squared gradients to date."""
  initial_accumulator_value: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      initial_accumulator_value: jax.typing.ArrayLike | base.Schedule = 0.1,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-07,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      initial_accumulator_value: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_schedule(Optimizer):
  """Scale updates using a custom schedule for the `step_size`."""
  step_size_fn: Final[Any]
  def __init__(
      self,
      step_size_fn: base.Schedule,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      step_size_fn: base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_sign(Optimizer):
  """Compute the signs of the gradient elements."""
  def __init__(
      self,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_sm3(Optimizer):
  """Scale updates by `sm3`."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 1.0,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_stddev(Optimizer):
  """Rescale updates by the root of the centered exp. moving average of
      squares."""
  decay: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  initial_scale: Final[jax.typing.ArrayLike]
  eps_in_sqrt: Final[bool]
  bias_correction: Final[bool]
  def __init__(
      self,
      decay: jax.typing.ArrayLike | base.Schedule = 0.9,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      initial_scale: jax.typing.ArrayLike | base.Schedule = 0.0,
      eps_in_sqrt: bool = True,
      bias_correction: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      decay: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      initial_scale: jax.typing.ArrayLike | base.Schedule = ...,
      eps_in_sqrt: bool = ...,
      bias_correction: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_trust_ratio(Optimizer):
  """Scale updates by `trust ratio`."""
  min_norm: Final[jax.typing.ArrayLike]
  trust_coefficient: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      min_norm: jax.typing.ArrayLike | base.Schedule = 0.0,
      trust_coefficient: jax.typing.ArrayLike | base.Schedule = 1.0,
      eps: jax.typing.ArrayLike | base.Schedule = 0.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      min_norm: jax.typing.ArrayLike | base.Schedule = ...,
      trust_coefficient: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_yogi(Optimizer):
  """Rescale updates according to the Yogi algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  initial_accumulator_value: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 0.001,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      initial_accumulator_value: jax.typing.ArrayLike | base.Schedule = 1e-06,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      initial_accumulator_value: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_zoom_linesearch(Optimizer):
  """Linesearch ensuring sufficient decrease and small curvature."""
  max_linesearch_steps: Final[jax.typing.ArrayLike]
  max_learning_rate: Final[Optional[jax.typing.ArrayLike]]
  tol: Final[jax.typing.ArrayLike]
  increase_factor: Final[jax.typing.ArrayLike]
  slope_rtol: Final[jax.typing.ArrayLike]
  curv_rtol: Final[jax.typing.ArrayLike]
  approx_dec_rtol: Final[Optional[jax.typing.ArrayLike]]
  stepsize_precision: Final[jax.typing.ArrayLike]
  initial_guess_strategy: Final[str]
  verbose: Final[bool]
  def __init__(
      self,
      max_linesearch_steps: jax.typing.ArrayLike | base.Schedule,
      max_learning_rate: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      tol: jax.typing.ArrayLike | base.Schedule = 0.0,
      increase_factor: jax.typing.ArrayLike | base.Schedule = 2.0,
      slope_rtol: jax.typing.ArrayLike | base.Schedule = 0.0001,
      curv_rtol: jax.typing.ArrayLike | base.Schedule = 0.9,
      approx_dec_rtol: Optional[jax.typing.ArrayLike] | base.Schedule = 1e-06,
      stepsize_precision: jax.typing.ArrayLike | base.Schedule = 1e-05,
      initial_guess_strategy: str = 'keep',
      verbose: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      max_linesearch_steps: jax.typing.ArrayLike | base.Schedule = ...,
      max_learning_rate: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      tol: jax.typing.ArrayLike | base.Schedule = ...,
      increase_factor: jax.typing.ArrayLike | base.Schedule = ...,
      slope_rtol: jax.typing.ArrayLike | base.Schedule = ...,
      curv_rtol: jax.typing.ArrayLike | base.Schedule = ...,
      approx_dec_rtol: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      stepsize_precision: jax.typing.ArrayLike | base.Schedule = ...,
      initial_guess_strategy: str = ...,
      verbose: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class set_to_zero(Optimizer):
  """Stateless transformation that maps input gradients to zero."""
  def __init__(
      self,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class stateless(Optimizer):
  """Creates a stateless transformation from an update-like function."""
  f: Final[Callable[[base.Updates, Optional[base.Params]], base.Updates]]
  def __init__(
      self,
      f: Callable[[base.Updates, Optional[base.Params]], base.Updates],
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      f: Callable[[base.Updates, Optional[base.Params]], base.Updates] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class stateless_with_tree_map(Optimizer):
  """Creates a stateless transformation from an update-like function for
      arrays."""
  f: Final[Callable[[jax.typing.ArrayLike, Optional[jax.typing.ArrayLike]],
      jax.typing.ArrayLike]]
  def __init__(
      self,
      f: Callable[[jax.typing.ArrayLike, Optional[jax.typing.ArrayLike]],
          jax.typing.ArrayLike],
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      f: Callable[[jax.typing.ArrayLike, Optional[jax.typing.ArrayLike]],
          jax.typing.ArrayLike] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class trace(Optimizer):
  """Compute a trace of past updates."""
  decay: Final[jax.typing.ArrayLike]
  nesterov: Final[bool]
  accumulator_dtype: Final[Optional[Any]]
  def __init__(
      self,
      decay: jax.typing.ArrayLike | base.Schedule,
      nesterov: bool = False,
      accumulator_dtype: Optional[Any] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      decay: jax.typing.ArrayLike | base.Schedule = ...,
      nesterov: bool = ...,
      accumulator_dtype: Optional[Any] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class zero_nans(Optimizer):
  """A transformation which replaces NaNs with 0."""
  def __init__(
      self,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class apply_if_finite(Optimizer):
  """A function that wraps an optimizer to make it robust to a few NaNs or
      Infs."""
  inner: Final[Any]
  max_consecutive_errors: Final[int]
  def __init__(
      self,
      inner: base.GradientTransformation | Optimizer,
      max_consecutive_errors: int,
  ) -> None: ...

class chain(Optimizer):
  """Applies a list of chainable update transformations."""
  args: Final[tuple[Any, ...]]
  def __init__(
      self,
      *args: base.GradientTransformation | Optimizer,
  ) -> None: ...

class conditionally_mask(Optimizer):
  """Calls the inner update function only at certain steps."""
  inner: Final[Any]
  should_transform_fn: Final[_conditionality.ConditionFn]
  forward_extra_args: Final[bool]
  def __init__(
      self,
      inner: base.GradientTransformation | Optimizer,
      should_transform_fn: _conditionality.ConditionFn,
      forward_extra_args: bool = False,
  ) -> None: ...

class conditionally_transform(Optimizer):
  """Calls the inner update function only at certain steps."""
  inner: Final[Any]
  should_transform_fn: Final[_conditionality.ConditionFn]
  forward_extra_args: Final[bool]
  def __init__(
      self,
      inner: base.GradientTransformation | Optimizer,
      should_transform_fn: _conditionality.ConditionFn,
      forward_extra_args: bool = False,
  ) -> None: ...

class flatten(Optimizer):
  """Flattens parameters and gradients for init and update of inner
      transform."""
  inner: Final[Any]
  def __init__(
      self,
      inner: base.GradientTransformation | Optimizer,
  ) -> None: ...

class lookahead(Optimizer):
  """Lookahead optimizer."""
  fast_optimizer: Final[Any]
  sync_period: Final[jax.typing.ArrayLike]
  slow_step_size: Final[jax.typing.ArrayLike]
  reset_state: Final[bool]
  def __init__(
      self,
      fast_optimizer: base.GradientTransformation | Optimizer,
      sync_period: jax.typing.ArrayLike | base.Schedule,
      slow_step_size: jax.typing.ArrayLike | base.Schedule,
      reset_state: bool = False,
  ) -> None: ...

class masked(Optimizer):
  """Mask updates so only some are transformed, the rest are passed through."""
  inner: Final[Any]
  mask: Final[Union[base.PyTree, Callable[[base.Params], base.PyTree]]]
  mask_compatible_extra_args: Final[bool]
  def __init__(
      self,
      inner: base.GradientTransformation | Optimizer,
      mask: Union[base.PyTree, Callable[[base.Params], base.PyTree]],
      *,
      mask_compatible_extra_args: bool = False,
  ) -> None: ...

class measure_with_ema(Optimizer):
  """Take a measurement and record it with exponential moving average."""
  measure: Final[Callable[[base.Updates], base.ArrayTree]]
  decay: Final[jax.typing.ArrayLike]
  debias: Final[bool]
  accumulator_dtype: Final[Any | None]
  def __init__(
      self,
      measure: Callable[[base.Updates], base.ArrayTree],
      decay: jax.typing.ArrayLike | base.Schedule,
      debias: bool = True,
      accumulator_dtype: Any | None = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      measure: Callable[[base.Updates], base.ArrayTree] = ...,
      decay: jax.typing.ArrayLike | base.Schedule = ...,
      debias: bool = ...,
      accumulator_dtype: Any | None = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class monitor(Optimizer):
  """Monitors stateful measurements of updates in a chain."""
  measures: Final[Any]
  def __init__(
      self,
      measures: dict[str, base.GradientTransformationExtraArgs | Optimizer |
          Callable[[base.Updates], base.ArrayTree]],
  ) -> None: ...

class named_chain(Optimizer):
  """Applies a list of named chainable update transformations."""
  args: Final[tuple[Any, ...]]
  def __init__(
      self,
      *args: tuple[str, base.GradientTransformation | Optimizer],
  ) -> None: ...

class partition(Optimizer):
  """Partitions params and applies a different transformation to each subset."""
  transforms: Final[Any]
  param_labels: Final[Union[base.PyTree, Callable[[base.PyTree], base.PyTree]]]
  mask_compatible_extra_args: Final[bool]
  def __init__(
      self,
      transforms: Mapping[Hashable, base.GradientTransformation | Optimizer],
      param_labels: Union[base.PyTree, Callable[[base.PyTree], base.PyTree]],
      *,
      mask_compatible_extra_args: bool = False,
  ) -> None: ...

class selective_transform(Optimizer):
  """Partition updates so that only un-frozen parameters are optimized."""
  optimizer: Final[Any]
  freeze_mask: Final[Union[bool, base.ArrayTree]]
  def __init__(
      self,
      optimizer: base.GradientTransformation | Optimizer,
      *,
      freeze_mask: Union[bool, base.ArrayTree],
  ) -> None: ...

class snapshot(Optimizer):
  """Takes a snapshot of updates and stores it in the state."""
  measure_name: Final[str]
  measure: Final[Callable[[base.Updates], base.ArrayTree]]
  def __init__(
      self,
      measure_name: str,
      measure: Callable[[base.Updates], base.ArrayTree],
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      measure_name: str = ...,
      measure: Callable[[base.Updates], base.ArrayTree] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

multi_transform = partition

class constant_schedule(Schedule):
  """Constructs a constant schedule."""
  value: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      value: jax.typing.ArrayLike | base.Schedule,
  ) -> None: ...

class cosine_decay_schedule(Schedule):
  """Returns a function which implements cosine learning rate decay."""
  init_value: Final[jax.typing.ArrayLike]
  decay_steps: Final[int]
  alpha: Final[jax.typing.ArrayLike]
  exponent: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      decay_steps: int,
      alpha: jax.typing.ArrayLike | base.Schedule = 0.0,
      exponent: jax.typing.ArrayLike | base.Schedule = 1.0,
  ) -> None: ...

class cosine_onecycle_schedule(Schedule):
  """Returns a function which implements the onecycle learning rate schedule."""
  transition_steps: Final[int]
  peak_value: Final[jax.typing.ArrayLike]
  pct_start: Final[float]
  div_factor: Final[float]
  final_div_factor: Final[float]
  def __init__(
      self,
      transition_steps: int,
      peak_value: jax.typing.ArrayLike | base.Schedule,
      pct_start: float | base.Schedule = 0.3,
      div_factor: float | base.Schedule = 25.0,
      final_div_factor: float | base.Schedule = 10000.0,
  ) -> None: ...

class exponential_decay(Schedule):
  """Constructs a schedule with either continuous or discrete exponential
      decay."""
  init_value: Final[jax.typing.ArrayLike]
  transition_steps: Final[int]
  decay_rate: Final[float]
  transition_begin: Final[int]
  staircase: Final[bool]
  end_value: Final[Optional[jax.typing.ArrayLike]]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      transition_steps: int,
      decay_rate: float | base.Schedule,
      transition_begin: int | base.Schedule = 0,
      staircase: bool = False,
      end_value: Optional[jax.typing.ArrayLike] | base.Schedule = None,
  ) -> None: ...

class join_schedules(Schedule):
  """Sequentially apply multiple schedules."""
  schedules: Final[Any]
  boundaries: Final[Sequence[int]]
  def __init__(
      self,
      schedules: Sequence[base.Schedule],
      boundaries: Sequence[int],
  ) -> None: ...

class linear_onecycle_schedule(Schedule):
  """Returns a learning rate with three linear phases."""
  transition_steps: Final[int]
  peak_value: Final[jax.typing.ArrayLike]
  pct_start: Final[float]
  pct_final: Final[float]
  div_factor: Final[float]
  final_div_factor: Final[float]
  def __init__(
      self,
      transition_steps: int,
      peak_value: jax.typing.ArrayLike | base.Schedule,
      pct_start: float | base.Schedule = 0.3,
      pct_final: float | base.Schedule = 0.85,
      div_factor: float | base.Schedule = 25.0,
      final_div_factor: float | base.Schedule = 10000.0,
  ) -> None: ...

class linear_schedule(Schedule):
  """Schedule with linear transition from ``init_value`` to ``end_value``."""
  init_value: Final[jax.typing.ArrayLike]
  end_value: Final[jax.typing.ArrayLike]
  transition_steps: Final[int]
  transition_begin: Final[int]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      end_value: jax.typing.ArrayLike | base.Schedule,
      transition_steps: int,
      transition_begin: int | base.Schedule = 0,
  ) -> None: ...

class piecewise_constant_schedule(Schedule):
  """Piecewise constant schedule with scaled jumps at specific boundaries."""
  init_value: Final[jax.typing.ArrayLike]
  boundaries_and_scales: Final[Optional[dict[int, float]]]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      boundaries_and_scales: Optional[dict[int, float]] = None,
  ) -> None: ...

class piecewise_interpolate_schedule(Schedule):
  """Piecewise interpolated schedule with linear or cosine transitions."""
  interpolate_type: Final[str]
  init_value: Final[jax.typing.ArrayLike]
  boundaries_and_scales: Final[Optional[dict[int, float]]]
  def __init__(
      self,
      interpolate_type: str,
      init_value: jax.typing.ArrayLike | base.Schedule,
      boundaries_and_scales: Optional[dict[int, float]] = None,
  ) -> None: ...

class polynomial_schedule(Schedule):
  """Constructs a schedule with polynomial transition from init to end value."""
  init_value: Final[jax.typing.ArrayLike]
  end_value: Final[jax.typing.ArrayLike]
  power: Final[jax.typing.ArrayLike]
  transition_steps: Final[int]
  transition_begin: Final[int]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      end_value: jax.typing.ArrayLike | base.Schedule,
      power: jax.typing.ArrayLike | base.Schedule,
      transition_steps: int,
      transition_begin: int | base.Schedule = 0,
  ) -> None: ...

class sgdr_schedule(Schedule):
  """SGD with warm restarts."""
  cosine_kwargs: Final[Iterable[dict[str, jax.typing.ArrayLike]]]
  def __init__(
      self,
      cosine_kwargs: Iterable[dict[str, jax.typing.ArrayLike]],
  ) -> None: ...

class warmup_constant_schedule(Schedule):
  """Linear warmup followed by constant schedule i.e no decay."""
  init_value: Final[jax.typing.ArrayLike]
  peak_value: Final[jax.typing.ArrayLike]
  warmup_steps: Final[int]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      peak_value: jax.typing.ArrayLike | base.Schedule,
      warmup_steps: int,
  ) -> None: ...

class warmup_cosine_decay_schedule(Schedule):
  """Linear warmup followed by cosine decay."""
  init_value: Final[jax.typing.ArrayLike]
  peak_value: Final[jax.typing.ArrayLike]
  warmup_steps: Final[int]
  decay_steps: Final[int]
  end_value: Final[jax.typing.ArrayLike]
  exponent: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      peak_value: jax.typing.ArrayLike | base.Schedule,
      warmup_steps: int,
      decay_steps: int,
      end_value: jax.typing.ArrayLike | base.Schedule = 0.0,
      exponent: jax.typing.ArrayLike | base.Schedule = 1.0,
  ) -> None: ...

class warmup_exponential_decay_schedule(Schedule):
  """Linear warmup followed by exponential decay."""
  init_value: Final[jax.typing.ArrayLike]
  peak_value: Final[jax.typing.ArrayLike]
  warmup_steps: Final[int]
  transition_steps: Final[int]
  decay_rate: Final[jax.typing.ArrayLike]
  transition_begin: Final[int]
  staircase: Final[bool]
  end_value: Final[Optional[jax.typing.ArrayLike]]
  def __init__(
      self,
      init_value: jax.typing.ArrayLike | base.Schedule,
      peak_value: jax.typing.ArrayLike | base.Schedule,
      warmup_steps: int,
      transition_steps: int,
      decay_rate: jax.typing.ArrayLike | base.Schedule,
      transition_begin: int | base.Schedule = 0,
      staircase: bool = False,
      end_value: Optional[jax.typing.ArrayLike] | base.Schedule = None,
  ) -> None: ...
