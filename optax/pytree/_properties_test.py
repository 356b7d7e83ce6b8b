"""Tests of properties that hold for whatever pytree the parameters are."""

import dataclasses
import pickle

from absl.testing import absltest
import equinox as eqx
from flax import nnx
from flax.core import frozen_dict
import hypothesis
from hypothesis import strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.pytree import _test_utils

o = optax.pytree

_RATE = 0.01


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class _Dataclass:
  w: object
  b: object


class _Module(eqx.Module):
  w: object
  b: object
  name: str = eqx.field(static=True, default='layer')


def _nnx_state(values):
  return nnx.State({i: nnx.Param(x) for i, x in enumerate(values)})


@st.composite
def _arrays(draw):
  dtype = draw(st.sampled_from((jnp.float32, *_test_utils.LOW_PRECISION)))
  shape = draw(st.sampled_from(((), (0,), (1,), (3,), (2, 3), (2, 0, 1))))
  number = int(np.prod(shape))
  values = draw(st.lists(
      st.floats(-4, 4, width=16), min_size=number, max_size=number
  ))
  return jnp.asarray(values, dtype).reshape(shape)


_TREES = st.one_of(
    st.recursive(
        st.one_of(_arrays(), st.none()),
        lambda children: st.one_of(
            st.lists(children, max_size=3),
            st.lists(children, max_size=3).map(tuple),
            st.dictionaries(st.sampled_from('wbxyz'), children, max_size=3),
            st.builds(_Dataclass, children, children),
            st.builds(_Module, children, children),
            st.dictionaries(st.sampled_from('wb'), children, max_size=2).map(
                frozen_dict.freeze),
        ),
        max_leaves=6,
    ),
    st.lists(_arrays(), max_size=3).map(_nnx_state),
)
_FACTORIES = {
    'adam': lambda o, rate: o.adam(rate),
    'sgd': lambda o, rate: o.sgd(rate, momentum=0.9),
    'chain': lambda o, rate: o.chain(o.clip(1.0), o.adamw(rate)),
    'MultiSteps': lambda o, rate: o.MultiSteps(o.sgd(rate), 2),
}
_MAKES = st.sampled_from(list(_FACTORIES)).map(_FACTORIES.get)


def _given(*strategies):
  settings = hypothesis.settings(
      max_examples=30, deadline=None, derandomize=True, database=None
  )
  return lambda test: settings(hypothesis.given(*strategies)(test))


class PropertiesTest(absltest.TestCase):

  @_given(_MAKES, _TREES)
  def test_computes_what_functional_optax_does(self, make, params):
    state, opt = make(optax, _RATE).init(params), make(o, _RATE).init(params)
    _test_utils.assert_bit_identical(opt.opt_state, state)

    @jax.jit
    def functional(rate, state):
      return make(optax, rate).update(params, state, params)

    desired = functional(_RATE, functional(_RATE, state)[1])
    update = jax.jit(lambda opt: opt.update(params, params))
    updates, opt = update(update(opt)[1])
    _test_utils.assert_bit_identical((updates, opt.opt_state), desired)

  @_given(_MAKES, _TREES)
  def test_is_the_same_after_flatten_and_pickle(self, make, params):
    opt = make(o, _RATE).init(params)
    leaves, treedef = jax.tree.flatten(opt)
    self.assertEqual(treedef.unflatten(leaves), opt)
    paths = jax.tree_util.tree_leaves_with_path(opt)
    self.assertLen({path for path, _ in paths}, len(leaves))
    self.assertEqual(pickle.loads(pickle.dumps(opt)), opt)

  @_given(_MAKES, _TREES, st.floats(1e-6, 1.0))
  def test_another_learning_rate_does_not_compile(self, make, params, rate):

    @jax.jit
    def step(opt):
      return opt.update(params, params)[1]

    paths = [x for x in make(o, _RATE).hyperparams if 'learning_rate' in x]
    opt = step(make(o, _RATE).init(params))
    with _test_utils.compilations() as found:
      opt = step(opt.replace({path: rate for path in paths}))
    self.assertEmpty(found)
    for path in paths:
      self.assertEqual(opt.hyperparams[path], np.float32(rate))


if __name__ == '__main__':
  absltest.main()
