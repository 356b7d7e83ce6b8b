# Written by tools/make_stub.py.
from collections.abc import Callable
from collections.abc import Mapping
import jax
import jax.numpy as jnp
from optax._src import base
from optax.contrib import _galore
from optax.contrib import _muon
from optax.pytree._optimizer import Optimizer
from typing import Any
from typing import Final
from typing import Literal
from typing import Optional
from typing import Union
from typing_extensions import Self

class acprop(Optimizer):
  """The ACProp optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-16,
      eps_root: jax.typing.ArrayLike | base.Schedule = 1e-16,
      weight_decay: jax.typing.ArrayLike = 0.0,
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
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class ademamix(Optimizer):
  """AdEMAMix."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  b3: Final[Any]
  alpha: Final[Any]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  weight_decay: Final[jax.typing.ArrayLike]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      b3: base.ScalarOrSchedule | base.Schedule = 0.9999,
      alpha: base.ScalarOrSchedule | base.Schedule = 5.0,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[Any] = None,
      weight_decay: jax.typing.ArrayLike = 0.0,
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
      b3: base.ScalarOrSchedule | base.Schedule = ...,
      alpha: base.ScalarOrSchedule | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[Any] = ...,
      weight_decay: jax.typing.ArrayLike = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class adopt(Optimizer):
  """ADOPT (Adaptive Optimization with Provable Theoretical guarantees)."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[Any]]
  nesterov: Final[bool]
  use_clipping: Final[bool]
  clip_value_fn: Final[Callable[[jnp.ndarray], jnp.ndarray]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.9999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-06,
      mu_dtype: Optional[Any] = None,
      *,
      nesterov: bool = False,
      use_clipping: bool = True,
      clip_value_fn: Callable[[jnp.ndarray], jnp.ndarray] = ...,
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
      mu_dtype: Optional[Any] = ...,
      nesterov: bool = ...,
      use_clipping: bool = ...,
      clip_value_fn: Callable[[jnp.ndarray], jnp.ndarray] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class cocob(Optimizer):
  """Rescale updates according to the COntinuous COin Betting algorithm."""
  learning_rate: Final[Any]
  alpha: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule = 1.0,
      alpha: jax.typing.ArrayLike | base.Schedule = 100.0,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      weight_decay: jax.typing.ArrayLike = 0.0,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      alpha: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class dadapt_adamw(Optimizer):
  """Learning rate free AdamW by D-Adaptation."""
  learning_rate: Final[Any]
  betas: Final[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike]]
  eps: Final[jax.typing.ArrayLike]
  estim_lr0: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule = 1.0,
      betas: tuple[jax.typing.ArrayLike, jax.typing.ArrayLike] = (0.9, 0.999),
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      estim_lr0: jax.typing.ArrayLike | base.Schedule = 1e-06,
      weight_decay: jax.typing.ArrayLike | base.Schedule = 0.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      betas: tuple[jax.typing.ArrayLike, jax.typing.ArrayLike] = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      estim_lr0: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class differentially_private_aggregate(Optimizer):
  """Aggregates gradients based on the DPSGD algorithm."""
  l2_norm_clip: Final[jax.typing.ArrayLike]
  noise_multiplier: Final[jax.typing.ArrayLike]
  key: Final[jax.Array | int | None]
  seed: Final[int | None]
  def __init__(
      self,
      l2_norm_clip: jax.typing.ArrayLike | base.Schedule,
      noise_multiplier: jax.typing.ArrayLike | base.Schedule,
      key: jax.Array | int | None = None,
      *,
      seed: int | None = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      l2_norm_clip: jax.typing.ArrayLike | base.Schedule = ...,
      noise_multiplier: jax.typing.ArrayLike | base.Schedule = ...,
      key: jax.Array | int | None = ...,
      seed: int | None = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class dog(Optimizer):
  """Distance over Gradients (DoG) optimizer."""
  learning_rate: Final[Any]
  init_step: Final[tuple[Literal['distance', 'learning_rate', 'heuristic'],
      jax.typing.ArrayLike]]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[Optional[jax.typing.ArrayLike]]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule = 1.0,
      init_step: tuple[Literal['distance', 'learning_rate', 'heuristic'],
          jax.typing.ArrayLike] = ('heuristic', 1e-06),
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      weight_decay: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      init_step: tuple[Literal['distance', 'learning_rate', 'heuristic'],
          jax.typing.ArrayLike] = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class dowg(Optimizer):
  """Distance over weighted Gradients optimizer."""
  learning_rate: Final[Any]
  init_estim_sq_dist: Final[Optional[jax.typing.ArrayLike]]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[Optional[jax.typing.ArrayLike]]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule = 1.0,
      init_estim_sq_dist: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      eps: jax.typing.ArrayLike | base.Schedule = 0.0001,
      weight_decay: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      init_estim_sq_dist: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class dpsgd(Optimizer):
  """The DPSGD optimizer."""
  learning_rate: Final[Any]
  l2_norm_clip: Final[jax.typing.ArrayLike]
  noise_multiplier: Final[jax.typing.ArrayLike]
  seed: Final[int]
  momentum: Final[Optional[jax.typing.ArrayLike]]
  nesterov: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      l2_norm_clip: jax.typing.ArrayLike | base.Schedule,
      noise_multiplier: jax.typing.ArrayLike | base.Schedule,
      seed: int,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      nesterov: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      l2_norm_clip: jax.typing.ArrayLike | base.Schedule = ...,
      noise_multiplier: jax.typing.ArrayLike | base.Schedule = ...,
      seed: int = ...,
      momentum: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      nesterov: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class galore(Optimizer):
  """GaLore: Memory-efficient training via gradient lowrank projection."""
  learning_rate: Final[Any]
  rank: Final[int]
  update_proj_gap: Final[int]
  scale: Final[float]
  base_optimizer: Final[Any]
  weight_decay: Final[jax.typing.ArrayLike]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  weight_dimension_numbers: Final[Optional[_galore.GaLoreDimNumsOrFn]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      rank: int | base.Schedule = 128,
      update_proj_gap: int | base.Schedule = 200,
      scale: float | base.Schedule = 1.0,
      base_optimizer: Optional[base.GradientTransformation | Optimizer] = None,
      weight_decay: jax.typing.ArrayLike = 0.0,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = None,
      weight_dimension_numbers: Optional[_galore.GaLoreDimNumsOrFn] |
          base.Schedule = None,
  ) -> None: ...

class hutchinson_estimator_diag_hessian(Optimizer):
  """Returns a GradientTransformationExtraArgs computing the Hessian
      diagonal."""
  random_seed: Final[Optional[jax.Array]]
  def __init__(
      self,
      random_seed: Optional[jax.Array] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      random_seed: Optional[jax.Array] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class madgrad(Optimizer):
  """The MADGRAD optimizer."""
  learning_rate: Final[Any]
  momentum: Final[float]
  weight_decay: Final[float]
  eps: Final[float]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      momentum: float | base.Schedule = 0.9,
      weight_decay: float = 0.0,
      eps: float | base.Schedule = 1e-06,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      momentum: float | base.Schedule = ...,
      weight_decay: float = ...,
      eps: float | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class mechanize(Optimizer):
  """Mechanic - a black box learning rate tuner/optimizer."""
  base_optimizer: Final[Any]
  weight_decay: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  s_init: Final[jax.typing.ArrayLike]
  num_betas: Final[int]
  def __init__(
      self,
      base_optimizer: Union[base.GradientTransformation | Optimizer,
          base.GradientTransformationExtraArgs | Optimizer],
      weight_decay: jax.typing.ArrayLike | base.Schedule = 0.01,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      s_init: jax.typing.ArrayLike | base.Schedule = 1e-06,
      num_betas: int | base.Schedule = 6,
  ) -> None: ...

class momo(Optimizer):
  """Adaptive Learning Rates for SGD with momentum."""
  learning_rate: Final[Any]
  beta: Final[jax.typing.ArrayLike]
  lower_bound: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  adapt_lower_bound: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule = 1.0,
      beta: jax.typing.ArrayLike | base.Schedule = 0.9,
      lower_bound: jax.typing.ArrayLike | base.Schedule = 0.0,
      weight_decay: jax.typing.ArrayLike | base.Schedule = 0.0,
      adapt_lower_bound: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      beta: jax.typing.ArrayLike | base.Schedule = ...,
      lower_bound: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike | base.Schedule = ...,
      adapt_lower_bound: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class momo_adam(Optimizer):
  """Adaptive Learning Rates for Adam(W)."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  lower_bound: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  adapt_lower_bound: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule = 0.01,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      lower_bound: jax.typing.ArrayLike | base.Schedule = 0.0,
      weight_decay: jax.typing.ArrayLike | base.Schedule = 0.0,
      adapt_lower_bound: bool = False,
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
      lower_bound: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike | base.Schedule = ...,
      adapt_lower_bound: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class muon(Optimizer):
  """Muon: Momentum Orthogonalized by Newton-schulz."""
  learning_rate: Final[Any]
  ns_coeffs: Final[Union[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike,
      jax.typing.ArrayLike], tuple[tuple[jax.typing.ArrayLike,
      jax.typing.ArrayLike, jax.typing.ArrayLike], ...], str]]
  ns_steps: Final[jax.typing.ArrayLike]
  beta: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  weight_decay_mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  nesterov: Final[bool]
  adaptive: Final[bool]
  preconditioning: Final[Literal['frobenius', 'spectral', 'aol', 'schatten']]
  adam_b1: Final[jax.typing.ArrayLike]
  adam_b2: Final[jax.typing.ArrayLike]
  adam_eps_root: Final[jax.typing.ArrayLike]
  adam_weight_decay: Final[jax.typing.ArrayLike]
  adam_learning_rate: Final[Any]
  muon_weight_dimension_numbers: Final[_muon.WeightDimNumOrFn | None]
  consistent_rms: Final[jax.typing.ArrayLike | None]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      ns_coeffs: Union[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike,
          jax.typing.ArrayLike], tuple[tuple[jax.typing.ArrayLike,
          jax.typing.ArrayLike, jax.typing.ArrayLike], ...], str] = (3.4445,
          -4.775, 2.0315),
      ns_steps: jax.typing.ArrayLike | base.Schedule = 5,
      beta: jax.typing.ArrayLike | base.Schedule = 0.95,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      weight_decay: jax.typing.ArrayLike = 0.0,
      weight_decay_mask: Optional[Union[Any, Callable[[base.Params], Any]]] =
          None,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
      *,
      nesterov: bool = True,
      adaptive: bool = False,
      preconditioning: Literal['frobenius', 'spectral', 'aol', 'schatten'] =
          'frobenius',
      adam_b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      adam_b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      adam_eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      adam_weight_decay: jax.typing.ArrayLike = 0.0,
      adam_learning_rate: base.ScalarOrSchedule | None | base.Schedule = None,
      muon_weight_dimension_numbers: _muon.WeightDimNumOrFn | None |
          base.Schedule = None,
      consistent_rms: jax.typing.ArrayLike | None | base.Schedule = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      ns_coeffs: Union[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike,
          jax.typing.ArrayLike], tuple[tuple[jax.typing.ArrayLike,
          jax.typing.ArrayLike, jax.typing.ArrayLike], ...], str] = ...,
      ns_steps: jax.typing.ArrayLike | base.Schedule = ...,
      beta: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike = ...,
      weight_decay_mask: Optional[Union[Any, Callable[[base.Params], Any]]] =
          ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      nesterov: bool = ...,
      adaptive: bool = ...,
      preconditioning: Literal['frobenius', 'spectral', 'aol', 'schatten'] =
          ...,
      adam_b1: jax.typing.ArrayLike | base.Schedule = ...,
      adam_b2: jax.typing.ArrayLike | base.Schedule = ...,
      adam_eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      adam_weight_decay: jax.typing.ArrayLike = ...,
      adam_learning_rate: base.ScalarOrSchedule | None | base.Schedule = ...,
      muon_weight_dimension_numbers: _muon.WeightDimNumOrFn | None |
          base.Schedule = ...,
      consistent_rms: jax.typing.ArrayLike | None | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class normalize(Optimizer):
  """Normalizes the gradient."""
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

class prodigy(Optimizer):
  """Learning rate free AdamW with Prodigy."""
  learning_rate: Final[Any]
  betas: Final[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike]]
  beta3: Final[Optional[jax.typing.ArrayLike]]
  eps: Final[jax.typing.ArrayLike]
  estim_lr0: Final[jax.typing.ArrayLike]
  estim_lr_coef: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  safeguard_warmup: Final[bool]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule = 1.0,
      betas: tuple[jax.typing.ArrayLike, jax.typing.ArrayLike] = (0.9, 0.999),
      beta3: Optional[jax.typing.ArrayLike] | base.Schedule = None,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      estim_lr0: jax.typing.ArrayLike | base.Schedule = 1e-06,
      estim_lr_coef: jax.typing.ArrayLike | base.Schedule = 1.0,
      weight_decay: jax.typing.ArrayLike | base.Schedule = 0.0,
      safeguard_warmup: bool = False,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      betas: tuple[jax.typing.ArrayLike, jax.typing.ArrayLike] = ...,
      beta3: Optional[jax.typing.ArrayLike] | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      estim_lr0: jax.typing.ArrayLike | base.Schedule = ...,
      estim_lr_coef: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike | base.Schedule = ...,
      safeguard_warmup: bool = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class reduce_on_plateau(Optimizer):
  """Reduce learning rate when a metric has stopped improving."""
  factor: Final[float]
  patience: Final[jax.typing.ArrayLike]
  rtol: Final[float]
  atol: Final[float]
  cooldown: Final[jax.typing.ArrayLike]
  accumulation_size: Final[jax.typing.ArrayLike]
  min_scale: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      factor: float | base.Schedule = 0.1,
      patience: jax.typing.ArrayLike | base.Schedule = 10,
      rtol: float | base.Schedule = 0.0001,
      atol: float | base.Schedule = 0.0,
      cooldown: jax.typing.ArrayLike | base.Schedule = 0,
      accumulation_size: jax.typing.ArrayLike | base.Schedule = 1,
      min_scale: jax.typing.ArrayLike | base.Schedule = 0.0,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      factor: float | base.Schedule = ...,
      patience: jax.typing.ArrayLike | base.Schedule = ...,
      rtol: float | base.Schedule = ...,
      atol: float | base.Schedule = ...,
      cooldown: jax.typing.ArrayLike | base.Schedule = ...,
      accumulation_size: jax.typing.ArrayLike | base.Schedule = ...,
      min_scale: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class sam(Optimizer):
  """Implementation of SAM (Sharpness Aware Minimization)."""
  optimizer: Final[Any]
  adv_optimizer: Final[Any]
  sync_period: Final[int]
  reset_state: Final[bool]
  opaque_mode: Final[bool]
  batch_axis_name: Final[Optional[str]]
  def __init__(
      self,
      optimizer: base.GradientTransformation | Optimizer,
      adv_optimizer: base.GradientTransformation | Optimizer,
      sync_period: int | base.Schedule = 2,
      reset_state: bool = True,
      opaque_mode: bool = False,
      batch_axis_name: Optional[str] = None,
  ) -> None: ...

class scale_by_acprop(Optimizer):
  """Rescale updates according to ACProp (asynchronous version of AdaBelief)."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-16,
      eps_root: jax.typing.ArrayLike | base.Schedule = 1e-16,
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
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_ademamix(Optimizer):
  """Scale updates according to the Ademamix algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  b3: Final[Any]
  alpha: Final[Any]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      b3: base.ScalarOrSchedule = 0.9999,
      alpha: base.ScalarOrSchedule = 6.0,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      b3: base.ScalarOrSchedule = ...,
      alpha: base.ScalarOrSchedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_adopt(Optimizer):
  """Rescale updates according to the ADOPT algorithm."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  nesterov: Final[bool]
  use_clipping: Final[bool]
  clip_value_fn: Final[Callable[[jax.Array], jax.Array]]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.9999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-06,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
      *,
      nesterov: bool = False,
      use_clipping: bool = True,
      clip_value_fn: Callable[[jax.Array], jax.Array] = ...,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      nesterov: bool = ...,
      use_clipping: bool = ...,
      clip_value_fn: Callable[[jax.Array], jax.Array] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_cocob(Optimizer):
  """Rescale updates according to the COntinuous COin Betting algorithm."""
  alpha: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      alpha: jax.typing.ArrayLike | base.Schedule = 100.0,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      alpha: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_galore(Optimizer):
  """Scale updates using GaLore (Gradient Low-Rank Projection)."""
  rank: Final[int]
  update_proj_gap: Final[int]
  scale: Final[float]
  base_optimizer: Final[Any]
  weight_dimension_numbers: Final[Optional[_galore.GaLoreDimNumsOrFn]]
  def __init__(
      self,
      rank: int | base.Schedule = 128,
      update_proj_gap: int | base.Schedule = 200,
      scale: float | base.Schedule = 1.0,
      base_optimizer: Optional[base.GradientTransformation | Optimizer] = None,
      weight_dimension_numbers: Optional[_galore.GaLoreDimNumsOrFn] = None,
  ) -> None: ...

class scale_by_madgrad(Optimizer):
  """Rescale updates according to the MADGRAD algorithm."""
  learning_rate: Final[Any]
  momentum: Final[float]
  eps: Final[float]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      momentum: float | base.Schedule = 0.9,
      eps: float | base.Schedule = 1e-06,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: base.ScalarOrSchedule = ...,
      momentum: float | base.Schedule = ...,
      eps: float | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_muon(Optimizer):
  """Rescale updates according to the Muon algorithm."""
  ns_coeffs: Final[Union[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike,
      jax.typing.ArrayLike], tuple[tuple[jax.typing.ArrayLike,
      jax.typing.ArrayLike, jax.typing.ArrayLike], ...]]]
  ns_steps: Final[jax.typing.ArrayLike]
  beta: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  mu_dtype: Final[Optional[jax.typing.DTypeLike]]
  nesterov: Final[bool]
  adaptive: Final[bool]
  preconditioning: Final[Literal['frobenius', 'spectral', 'aol', 'schatten']]
  weight_dimension_numbers: Final[_muon.WeightDimNumOrFn | None]
  def __init__(
      self,
      ns_coeffs: Union[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike,
          jax.typing.ArrayLike], tuple[tuple[jax.typing.ArrayLike,
          jax.typing.ArrayLike, jax.typing.ArrayLike], ...]] = (3.4445, -4.775,
          2.0315),
      ns_steps: jax.typing.ArrayLike | base.Schedule = 5,
      beta: jax.typing.ArrayLike | base.Schedule = 0.95,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      mu_dtype: Optional[jax.typing.DTypeLike] = None,
      *,
      nesterov: bool = True,
      adaptive: bool = False,
      preconditioning: Literal['frobenius', 'spectral', 'aol', 'schatten'] =
          'frobenius',
      weight_dimension_numbers: _muon.WeightDimNumOrFn | None = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      ns_coeffs: Union[tuple[jax.typing.ArrayLike, jax.typing.ArrayLike,
          jax.typing.ArrayLike], tuple[tuple[jax.typing.ArrayLike,
          jax.typing.ArrayLike, jax.typing.ArrayLike], ...]] = ...,
      ns_steps: jax.typing.ArrayLike | base.Schedule = ...,
      beta: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      mu_dtype: Optional[jax.typing.DTypeLike] = ...,
      nesterov: bool = ...,
      adaptive: bool = ...,
      preconditioning: Literal['frobenius', 'spectral', 'aol', 'schatten'] =
          ...,
      weight_dimension_numbers: _muon.WeightDimNumOrFn | None = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class scale_by_simplified_ademamix(Optimizer):
  """Scale updates according to the Simplified AdEMAMix optimizer."""
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  alpha: Final[Any]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      b1: jax.typing.ArrayLike | base.Schedule = 0.99,
      b2: jax.typing.ArrayLike | base.Schedule = 0.95,
      alpha: base.ScalarOrSchedule = 0.0,
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
      alpha: base.ScalarOrSchedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class schedule_free(Optimizer):
  """Turn base_optimizer schedule_free."""
  base_optimizer: Final[Any]
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  weight_lr_power: Final[jax.typing.ArrayLike]
  state_dtype: Final[Optional[jax.typing.DTypeLike]]
  def __init__(
      self,
      base_optimizer: base.GradientTransformation | Optimizer,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      weight_lr_power: jax.typing.ArrayLike | base.Schedule = 2.0,
      state_dtype: Optional[jax.typing.DTypeLike] = None,
  ) -> None: ...

class schedule_free_adamw(Optimizer):
  """Schedule-Free wrapper for AdamW."""
  learning_rate: Final[jax.typing.ArrayLike]
  warmup_steps: Final[Optional[int]]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  weight_lr_power: Final[jax.typing.ArrayLike]
  state_dtype: Final[Optional[jax.typing.DTypeLike]]
  def __init__(
      self,
      learning_rate: jax.typing.ArrayLike = 0.0025,
      warmup_steps: Optional[int] = None,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      b2: jax.typing.ArrayLike | base.Schedule = 0.999,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      weight_decay: jax.typing.ArrayLike = 0.0,
      weight_lr_power: jax.typing.ArrayLike | base.Schedule = 2.0,
      state_dtype: Optional[jax.typing.DTypeLike] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: jax.typing.ArrayLike = ...,
      warmup_steps: Optional[int] = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      b2: jax.typing.ArrayLike | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike = ...,
      weight_lr_power: jax.typing.ArrayLike | base.Schedule = ...,
      state_dtype: Optional[jax.typing.DTypeLike] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class schedule_free_sgd(Optimizer):
  """Schedule-Free wrapper for SGD."""
  learning_rate: Final[jax.typing.ArrayLike]
  warmup_steps: Final[Optional[int]]
  b1: Final[jax.typing.ArrayLike]
  weight_decay: Final[Optional[jax.typing.ArrayLike]]
  weight_lr_power: Final[jax.typing.ArrayLike]
  state_dtype: Final[Optional[jax.typing.DTypeLike]]
  def __init__(
      self,
      learning_rate: jax.typing.ArrayLike = 1.0,
      warmup_steps: Optional[int] = None,
      b1: jax.typing.ArrayLike | base.Schedule = 0.9,
      weight_decay: Optional[jax.typing.ArrayLike] = None,
      weight_lr_power: jax.typing.ArrayLike | base.Schedule = 2.0,
      state_dtype: Optional[jax.typing.DTypeLike] = None,
  ) -> None: ...
  def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
      self,
      changes: Mapping[str, Any] | None = None,
      /,
      *,
      learning_rate: jax.typing.ArrayLike = ...,
      warmup_steps: Optional[int] = ...,
      b1: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: Optional[jax.typing.ArrayLike] = ...,
      weight_lr_power: jax.typing.ArrayLike | base.Schedule = ...,
      state_dtype: Optional[jax.typing.DTypeLike] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class simplified_ademamix(Optimizer):
  """Simplified AdEMAMix."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  alpha: Final[Any]
  eps: Final[jax.typing.ArrayLike]
  eps_root: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.99,
      b2: jax.typing.ArrayLike | base.Schedule = 0.95,
      alpha: base.ScalarOrSchedule | base.Schedule = 0.0,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      eps_root: jax.typing.ArrayLike | base.Schedule = 0.0,
      weight_decay: jax.typing.ArrayLike = 0.0,
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
      alpha: base.ScalarOrSchedule | base.Schedule = ...,
      eps: jax.typing.ArrayLike | base.Schedule = ...,
      eps_root: jax.typing.ArrayLike | base.Schedule = ...,
      weight_decay: jax.typing.ArrayLike = ...,
      mask: Optional[Union[Any, Callable[[base.Params], Any]]] = ...,
      opt_state: Any = ...,
      value: Any = ...,
      init_value: Any = ...,
      peak_value: Any = ...,
      end_value: Any = ...,
  ) -> Self: ...

class sophia(Optimizer):
  """Sophia optimizer."""
  learning_rate: Final[Any]
  b1: Final[jax.typing.ArrayLike]
  b2: Final[jax.typing.ArrayLike]
  eps: Final[jax.typing.ArrayLike]
  weight_decay: Final[jax.typing.ArrayLike]
  weight_decay_mask: Final[Optional[Union[Any, Callable[[base.Params], Any]]]]
  gamma: Final[jax.typing.ArrayLike]
  clip_threshold: Final[Optional[jax.typing.ArrayLike]]
  update_interval: Final[jax.typing.ArrayLike]
  hessian_diagonal_fn: Final[Any]
  mu_dtype: Final[Optional[Any]]
  verbose: Final[bool]
  print_win_rate_every_n_steps: Final[jax.typing.ArrayLike]
  def __init__(
      self,
      learning_rate: base.ScalarOrSchedule,
      b1: jax.typing.ArrayLike | base.Schedule = 0.965,
      b2: jax.typing.ArrayLike | base.Schedule = 0.99,
      eps: jax.typing.ArrayLike | base.Schedule = 1e-08,
      weight_decay: jax.typing.ArrayLike = 0.0001,
      weight_decay_mask: Optional[Union[Any, Callable[[base.Params], Any]]] =
          None,
      gamma: jax.typing.ArrayLike | base.Schedule = 0.01,
      clip_threshold: Optional[jax.typing.ArrayLike] | base.Schedule = 1.0,
      update_interval: jax.typing.ArrayLike | base.Schedule = 10,
      hessian_diagonal_fn: Union[base.GradientTransformation | Optimizer,
          base.GradientTransformationExtraArgs | Optimizer] = ...,
      mu_dtype: Optional[Any] = None,
      verbose: bool = False,
      print_win_rate_every_n_steps: jax.typing.ArrayLike | base.Schedule = 0,
  ) -> None: ...

class split_real_and_imaginary(Optimizer):
  """Splits the real and imaginary components of complex updates into two."""
  inner: Final[Any]
  def __init__(
      self,
      inner: base.GradientTransformation | Optimizer,
  ) -> None: ...
