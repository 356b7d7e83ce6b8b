"""Tests that bad input is refused where it is given, by name."""

import dataclasses

from absl.testing import absltest
from absl.testing import parameterized
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_PARAMS = {'w': jnp.ones(3)}
_OTHER = {'v': jnp.ones(3)}


def _opt():
  return o.adam(0.1).init(_PARAMS)


def _chain():
  return o.chain(o.clip(1.0), o.sgd(0.1))


class _Callable:

  def __call__(self, learning_rate):
    return optax.sgd(learning_rate)


_NOT_A_NUMBER = 'learning_rate must be a number, an array or a schedule, not a'


class ConstructionTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('string', lambda: o.adam('0.1'), f'adam: {_NOT_A_NUMBER} str'),
      ('list', lambda: o.adam([0.1, 0.2]), f'adam: {_NOT_A_NUMBER} list'),
      ('params', lambda: o.adam(_PARAMS, 1e-3), f'adam: {_NOT_A_NUMBER} dict'),
      ('params_lr', lambda: o.adam(_PARAMS, lr=1e-3),
       r"adam\(\) got an unexpected keyword argument 'lr'; write"
       r' adam\(learning_rate, '),
      ('optimizer', lambda: o.sgd(o.adam(0.1)), f'sgd: {_NOT_A_NUMBER} adam'),
      ('functional', lambda: o.sgd(optax.adam(0.1)),
       f'sgd: {_NOT_A_NUMBER} GradientTransformation'),
      ('none', lambda: o.adam(None), f'adam: {_NOT_A_NUMBER} NoneType'),
      ('complex', lambda: o.adam(1j), f'adam: {_NOT_A_NUMBER} complex'),
      ('complex_value', lambda: o.linear_schedule(1j, 0.0, 3),
       'init_value must be a number, an array or a schedule, not a complex'),
      ('another_number', lambda: o.adam(0.1, b1='0.9'), 'adam: b1 must be a n'),
      ('list_in_chain', lambda: o.chain([o.sgd(0.1), o.clip(1.0)]),
       r'chain: args\[0\] must be an optimizer, not a list; write'
       r' optax.pytree.chain\(a, b\)'),
      ('number_in_chain', lambda: o.chain(o.clip(1.0), 0.1),
       r'chain: args\[1\] must be an optimizer, not a float'),
      ('nothing_in_chain', lambda: o.chain(None),
       r'chain: args\[0\] must be an optimizer, not a NoneType'),
      ('class_in_chain', lambda: o.chain(o.sgd),
       r'chain: args\[0\] is the class sgd, not an instance; write sgd\('),
      ('number_in_multi_steps', lambda: o.MultiSteps(0.1, 2),
       'MultiSteps: opt must be an optimizer, not a float'),
      ('torch', lambda: o.adam(lr=0.1),
       r"adam\(\) got an unexpected keyword argument 'lr'; write"
       r' adam\(learning_rate, '),
      ('no_rate', lambda: o.adam(b1=0.1),
       r"adam\(\) missing 1 required positional argument: 'learning_rate'"),
      ('too_many', lambda: o.clip(0.1, 0.2),
       r'clip\(\) takes 1 positional argument but 2 were given; write clip\('),
      ('twice', lambda: o.clip(0.1, max_delta=0.2),
       r"clip\(\) got multiple values for argument 'max_delta'; write clip\("),
  )
  def test_refuses(self, function, message):
    with self.assertRaisesRegex(TypeError, message):
      function()

  @parameterized.named_parameters(
      ('callable', lambda: o.wrap(_Callable()), TypeError, 'no function with'),
      ('dict', lambda: o.wrap(dict), TypeError, 'no function with a signature'),
      ('optimizer', lambda: o.wrap(o.adam(0.1)), TypeError, 'no function'),
      ('leaves_string', lambda: o.wrap(optax.adam, leaves='b1'), TypeError,
       r"wrap: 'b1' are no names of parameters; write leaves=\('b1',\)"),
      ('leaves_number', lambda: o.wrap(optax.adam, leaves=3), TypeError,
       'wrap: 3 are no names of parameters'),
      ('static_string', lambda: o.wrap(optax.adam, static='b1'), TypeError,
       "wrap: 'b1' are no names of parameters"),
      ('static_unknown', lambda: o.wrap(optax.adam, static=('b3',)), ValueError,
       "wrap: adam has no parameter 'b3'; it has learning_rate, b1, "),
      ('schedules_string', lambda: o.wrap(optax.adam, schedules='b1'),
       TypeError, "wrap: 'b1' are no names of parameters"),
      ('schedules_unknown', lambda: o.wrap(optax.adam, schedules=['b3']),
       ValueError, "wrap: adam has no parameter 'b3'"),
  )
  def test_wrap_refuses(self, function, error, message):
    with self.assertRaisesRegex(error, message):
      function()

  @parameterized.parameters('self', 'updates', 'changes', 'params', 'cls')
  def test_parameters_may_have_these_names(self, name):
    namespace = {'optax': optax}
    exec(f'def factory({name}): return optax.sgd({name})', namespace)  # pylint: disable=exec-used
    cls = o.wrap(namespace['factory'])
    opt = cls(**{name: 0.1}).replace(**{name: 0.5}).init(1.0)
    self.assertEqual((getattr(opt, name), opt.update(1.0)[0]), (0.5, -0.5))


class ReplaceTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('string', lambda: _opt().replace('x'), r'opt.replace\(learning_rate=x'),
      ('number', lambda: _opt().replace(0.1), r'opt.replace\(learning_rate=x'),
      ('key', lambda: _opt().replace({1: 0.5}), "adam has no '?1"),
      ('twice', lambda: _opt().replace({'b1': 0.5}, b1=0.6),
       'each hyperparameter once'),
      ('several', lambda: _chain().replace(args=3),
       'chain: args must be a tuple, not a int'),
      ('torch', lambda: _opt().replace(lr=0.1), "adam has no 'lr'"),
      ('optimizer_as_state', lambda: _opt().replace(opt_state=_opt()),
       'opt_state is an optimizer; write opt_state=other.opt_state'),
      ('string_as_number', lambda: _opt().replace(learning_rate='0.1'),
       f'adam: {_NOT_A_NUMBER} str'),
      ('list_as_number', lambda: _opt().replace(learning_rate=[0.1]),
       f'adam: {_NOT_A_NUMBER} list'),
      ('number_as_optimizer', lambda: _chain().replace({'args[0]': 0.1}),
       r'chain: args\[0\] must be an optimizer, not a float'),
  )
  def test_refuses(self, function, message):
    with self.assertRaisesRegex(TypeError, message):
      function()


class UpdateTest(parameterized.TestCase):

  @parameterized.named_parameters(
      ('state', lambda opt: opt.update(_PARAMS, opt.opt_state)),
      ('state_and_params',
       lambda opt: opt.update(_PARAMS, opt.opt_state, _PARAMS)),
      ('optimizer_and_params', lambda opt: opt.update(_PARAMS, opt, _PARAMS)),
      ('state_of_another',
       lambda opt: opt.update(_PARAMS, optax.sgd(0.1, 0.9).init(_PARAMS))),
      ('state_by_name',
       lambda opt: opt.update(_PARAMS, state=opt.opt_state, params=_PARAMS)),
      ('opt_state_by_name',
       lambda opt: opt.update(_PARAMS, opt_state=opt.opt_state)),
      ('other_params', lambda opt: opt.update(_PARAMS, _OTHER)),
  )
  def test_a_half_ported_call(self, call):
    for opt in _opt(), o.chain(o.clip(1.0), o.adamw(0.1)).init(_PARAMS):
      with self.assertRaisesRegex(
          TypeError, r'(?s)functional transformation. Write\n  updates, opt ='
          r' opt.update\(grads, params\)'):
        call(opt)

  @parameterized.named_parameters(
      ('sgd', lambda: o.sgd(0.1)), ('identity', o.identity),
      ('clip', lambda: o.clip(1.0)),
  )
  def test_an_empty_state_is_no_params(self, make):
    opt = make().init(_PARAMS)
    with self.assertRaisesRegex(TypeError, 'functional transformation'):
      opt.update(_PARAMS, opt.opt_state)

  @parameterized.named_parameters(
      ('names', _OTHER, r"updates\['w'\] is missing"),
      ('array', jnp.ones(3), r"updates\['w'\] is missing"),
      ('none', None, r"updates\['w'\] is missing"),
      ('more', {**_PARAMS, **_OTHER}, r"updates\['v'\] does not belong there"),
  )
  def test_gradients_of_another_structure(self, grads, message):
    with self.assertRaisesRegex(
        (TypeError, ValueError), message) as context:
      _opt().update(grads, _PARAMS)
    self.assertNotIn('state', str(context.exception))

  def test_params_that_are_a_state_in_shape_are_params(self):
    # The parameters of a model may be the state of another.
    params = optax.sgd(0.1, momentum=0.9).init(_PARAMS)
    opt = o.adamw(0.1).init(params)
    updates, _ = opt.update(params, params)
    self.assertEqual(jax.tree.structure(updates), jax.tree.structure(params))

  def test_the_error_of_the_update_is_not_that_of_init(self):
    opt = o.adam(0.1)
    opt = opt.replace(opt_state=opt.tx.init(_PARAMS))
    with self.assertRaisesRegex(TypeError, 'unsupported operand'):
      opt.update('gradients')

  def test_abstract_optimizer(self):
    opt = jax.eval_shape(o.adam(0.1).init, _PARAMS)
    opt = opt.replace(opt_state=optax.adam(0.1).init(_PARAMS))
    with self.assertRaisesRegex(
        TypeError, r"(?s)adam.update: learning_rate has no value.*'learning_r"):
      opt.update(_PARAMS)
    opt.replace(learning_rate=0.1).update(_PARAMS)

  @parameterized.named_parameters(
      ('array', lambda: jnp.array(0.9)),
      ('schedule', lambda: o.linear_schedule(0.9, 0.0, 9)),
  )
  def test_update_that_branches(self, make):
    opt = o.scale_by_sm3(b2=make()).init(_PARAMS)
    with self.assertRaisesRegex(TypeError, r'(?s)scale_by_sm3.*b2.*static=\('):
      jax.jit(lambda opt: opt.update(_PARAMS))(opt)

  def test_has_updated_before_init(self):
    with self.assertRaisesRegex(
        ValueError, r'MultiSteps.has_updated .* opt = opt.init\(params\)'):
      o.MultiSteps(o.sgd(0.1), 2).has_updated()


class HabitTest(parameterized.TestCase):

  def test_update_of_the_class_with_a_schedule(self):
    with self.assertRaisesRegex(TypeError, 'update was called on a class'):
      o.adam.update(o.constant_schedule(0.1), {})
  """What users of torch write."""

  @parameterized.parameters(
      ('lr', 'Write opt.learning_rate'),
      ('step', r'Write updates, opt = opt.update\(grads, params\)'),
      ('zero_grad', 'There is nothing to reset'),
      ('param_groups', 'Write opt.hyperparams; groups are optax.pytree.par'),
      ('state_dict', 'An optimizer is a pytree'),
      ('state', 'the state is opt.opt_state'),
  )
  def test_attribute(self, name, message):
    for opt in _opt(), _chain():
      with self.assertRaisesRegex(
          AttributeError, f"has no '{name}'.*{message}"):
        getattr(opt, name)

  @parameterized.parameters('lr', 'learning_rate')
  def test_assignment(self, name):
    for opt in _opt(), _chain():
      with self.assertRaisesRegex(
          dataclasses.FrozenInstanceError,
          r'write opt = opt.replace\(learning_rate=0.1\)'):
        setattr(opt, name, 0.1)


class StructureTest(parameterized.TestCase):
  """What JAX says of two optimizers that differ."""

  @parameterized.named_parameters(
      ('static', lambda: o.adam(0.1, b1=0.5), 'b1=0.9.*b1=0.5'),
      ('inside', lambda: o.chain(o.scale(2.0)), 'adam.*chain'),
      ('class', lambda: o.adamw(0.1), 'adam.*adamw'),
  )
  def test_differ(self, make, message):
    opts = o.adam(0.1).init(_PARAMS), make().init(_PARAMS)
    for function in (
        lambda: jax.lax.cond(True, lambda: opts[0], lambda: opts[1]),
        lambda: jax.tree.map(lambda x, y: x, *opts)):
      with self.assertRaisesRegex(
          (TypeError, ValueError), f'(?s){message}') as context:
        function()
      self.assertNotIn('_Layout', str(context.exception))
      self.assertNotIn('Child', str(context.exception))

  @parameterized.named_parameters(
      ('shape', {'w': jnp.ones(7)}, '7'), ('name', _OTHER, "'v'"),
      ('dtype', {'w': jnp.ones(3, jnp.bfloat16)}, 'bfloat16'),
  )
  def test_differ_in_the_parameters(self, params, message):
    opts = o.sgd(0.1).init(_PARAMS), o.sgd(0.1).init(params)
    for function in (
        lambda: jax.lax.cond(True, lambda: opts[0], lambda: opts[1]),
        lambda: jax.tree.map(lambda x, y: x, *opts)):
      with self.assertRaisesRegex((TypeError, ValueError), f'(?s){message}'):
        function()


class SubclassTest(absltest.TestCase):

  def test_bases_name_wrap(self):

    class Mine(o.Optimizer):
      pass

    for cls in o.Optimizer, o.Schedule, Mine:
      with self.assertRaisesRegex(
          TypeError, rf'{cls.__name__} .*optax.pytree.wrap\(factory\)'):
        cls()

  def test_own_methods(self):
    opt = o.chain(Described(0.1)).init(_PARAMS)
    _, opt = jax.jit(lambda opt: opt.update(_PARAMS))(opt)
    self.assertEqual(opt.args[0].describe(), 'sgd of 0.1')

  def test_overridden_update_is_refused(self):
    for name in '__init__', 'init', 'update', 'replace', 'tx':
      with self.assertRaisesRegex(
          TypeError, rf'(?s)Mine overrides {name}, .*optax.pytree.wrap'):
        type('Mine', (o.adam,), {name: lambda *args: None})

  def test_update_of_another_base_is_refused(self):

    class Mixin:

      def update(self, updates, params=None):
        return updates, self

    with self.assertRaisesRegex(TypeError, 'Mine overrides update'):
      type('Mine', (Mixin, o.adam), {})

  def test_overridden_call_of_a_schedule_counts(self):

    class Twice(o.linear_schedule):

      def __call__(self, count):
        return 2 * super().__call__(count)

    opt = o.sgd(Twice(1.0, 0.0, 4)).init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    self.assertEqual(opt.hyperparams['learning_rate'], 1.5)
    np.testing.assert_array_equal(opt.update(_PARAMS)[0]['w'], [-1.5] * 3)


class Described(o.sgd):

  def describe(self):
    return f'sgd of {np.round(float(self.learning_rate), 6)}'


def _branches(learning_rate, momentum=0.0):
  return optax.sgd(learning_rate if learning_rate > 0.5 else 1.0, momentum)


def _branches_late(learning_rate):
  tx = optax.sgd(learning_rate)

  def update(updates, state, params=None):
    if learning_rate < 0:
      return updates, state
    return tx.update(updates, state, params)

  return optax.GradientTransformation(tx.init, update)


def _computes_in_numpy(learning_rate):
  return optax.sgd(np.sqrt(learning_rate))


class BranchesTest(parameterized.TestCase):
  """Factories that need the value of a leaf."""

  @parameterized.parameters(_branches, _computes_in_numpy)
  def test_error_names_the_hyperparameter_and_static(self, factory):
    step = jax.jit(lambda opt: opt.update(_PARAMS))
    for make in lambda opt: opt, o.chain:
      opt = make(o.wrap(factory)(0.1)).init(_PARAMS)
      with self.assertRaisesRegex(
          TypeError, r"(?s)learning_rate.*static=\('learning_rate',\)"):
        step(opt)

  @parameterized.parameters(_branches, _branches_late, _computes_in_numpy)
  def test_static(self, factory):
    opt = o.wrap(factory, static=('learning_rate',))(0.25).init(_PARAMS)
    self.assertLen(jax.tree.leaves(opt.replace(opt_state=None)), 0)
    updates, _ = jax.jit(lambda opt: opt.update(_PARAMS))(opt)
    expected, _ = factory(0.25).update(
        _PARAMS, factory(0.25).init(_PARAMS))
    np.testing.assert_array_equal(updates['w'], expected['w'])
    self.assertEqual(opt.replace(learning_rate=0.75).learning_rate, 0.75)


class ScheduleTest(parameterized.TestCase):
  """From a schedule to a number and back."""

  def test_refusal_shows_what_keeps_the_moments(self):
    opt = o.adam(o.warmup_cosine_decay_schedule(0.0, 0.1, 2, 10)).init(_PARAMS)
    with self.assertRaises(TypeError) as context:
      opt.replace(learning_rate=0.1)
    self.assertIn('optax.pytree.constant_schedule(x)', str(context.exception))
    self.assertIn("'learning_rate.peak_value': x", str(context.exception))

  def test_refusal_in_a_chain_shows_the_path(self):
    opt = o.chain(o.clip(1.0), o.adam(o.cosine_decay_schedule(0.1, 10)))
    with self.assertRaisesRegex(
        TypeError, r"'args\[1\].learning_rate': optax.pytree.constant_sched"):
      opt.init(_PARAMS).replace(learning_rate=0.1)

  def test_refusal_shows_the_values_of_a_schedule_of_the_user(self):
    schedule = o.wrap_schedule(
        lambda top, steps: lambda count: top / (1 + count / steps),
        leaves=('top',))
    with self.assertRaisesRegex(TypeError, "'learning_rate.top': x"):
      o.adam(schedule(0.1, 2)).init(_PARAMS).replace(learning_rate=0.1)

  def test_what_it_shows_keeps_the_moments(self):
    opt = o.adam(o.warmup_cosine_decay_schedule(0.0, 0.1, 2, 10)).init(_PARAMS)
    _, opt = opt.update(_PARAMS)
    for changes in (
        {'learning_rate': o.constant_schedule(0.4)},
        {'learning_rate.peak_value': 0.8}):
      new = opt.replace(changes)
      _test_utils.assert_bit_identical(new.opt_state, opt.opt_state)
      np.testing.assert_allclose(
          new.hyperparams['learning_rate'], 0.4, rtol=1e-6)

  def test_refusal_from_a_number_to_a_schedule(self):
    with self.assertRaisesRegex(
        TypeError, "state can't follow this change of learning_rate"):
      _opt().replace(learning_rate=o.constant_schedule(0.1))

  @parameterized.named_parameters(
      ('float', float), ('format', '{:.3f}'.format),
      ('percent', '%.3f'.__mod__),
  )
  def test_a_schedule_is_no_number(self, function):
    opt = o.adam(o.cosine_decay_schedule(0.1, 10)).init(_PARAMS)
    with self.assertRaisesRegex(TypeError, 'hyperparams'):
      function(opt.learning_rate)


if __name__ == '__main__':
  absltest.main()
