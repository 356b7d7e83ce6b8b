#!/usr/bin/env bash
# Builds the wheel of the fork, installs it in an environment of its own under
# build/, and tests it there. Stops at the first part that fails.
#
#   ./test.sh           everything
#   ./test.sh --quick   without upstream's suite and without the newest jax
#   ./test.sh --full    with our slow tests as well
#   UPSTREAM=/path/to/optax ./test.sh --full
#                       and with those of the series in a checkout of Optax
#
# PYTHON=python3.13 chooses the interpreter; JAX_VERSION=newest or
# JAX_VERSION=0.6.2 another jax than the one in constraints.txt.
set -euo pipefail
cd "$(dirname "$0")"
unset PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1

mode=${1:-}
case $mode in
  '' | --quick) ;;
  --full) export OPTAX_PYTREE_FULL=1 ;;
  *) echo "usage: $0 [--quick | --full]" >&2; exit 2 ;;
esac

part='find Python' times= tmp=$(mktemp -d)
finish() {
  local status=$?
  rm -rf "$tmp"
  printf '\n%b' "$times"
  if [ $status = 0 ] && [ "$part" = end ]; then  # Not ended by a signal.
    echo "All passed in $SECONDS s."
  else
    echo "FAILED in '$part' after $SECONDS s."
  fi
}
trap finish EXIT
PYTHON=$(command -v "${PYTHON:-python3}")
rm -rf build/dist

# run NAME COMMAND...: one part, timed.
run() {
  local start=$SECONDS
  part=$1
  printf '\n== %s\n' "$part"
  "${@:2}"
  times+=$(printf '%5d s  %s' $((SECONDS - start)) "$part")'\n'
}

# install JAX: an environment with the wheel and that jax, first on the PATH.
# It is used again while nothing but the wheel can have changed; with the
# newest jax, for a day.
install() {
  local version env stamp jax
  version=$("$PYTHON" -c 'import sys; print(*sys.version_info[:2], sep=".")')
  env=$PWD/build/venv-$version-${1:-default}
  stamp="$("$PYTHON" -VV) $(cat pyproject.toml constraints.txt | cksum)"
  case $1 in
    '') jax=(-c constraints.txt) ;;
    newest) jax=(jax jaxlib) stamp+=" $(date +%F)" ;;
    *) jax=("jax==$1" "jaxlib==$1") ;;
  esac
  if [ "$(cat "$env/stamp" 2>/dev/null)" != "$stamp" ]; then
    "$PYTHON" -m venv --clear "$env"
  fi
  PATH=$env/bin:$PATH
  ls build/dist/*.whl >/dev/null 2>&1 || pip wheel -q --no-deps -w build/dist .
  if [ ! -f "$env/stamp" ]; then
    pip install -q "$(echo build/dist/*.whl)[test,docs]" "${jax[@]}"
    echo "$stamp" > "$env/stamp"
  fi
  pip install -q --no-deps --force-reinstall build/dist/*.whl
  pip check
  python -c 'import jax, sys; print(sys.version, "- jax", jax.__version__)'
}

# From outside the repository, whose optax/ is only a part of the package.
outside() {
  (cd "$tmp" && "$@")
}

types() {
  pyright --pythonpath "$(command -v python)"
}

# installed: our modules and tests, as they are installed. Not the __init__.py
# files, whose doctests are upstream's examples: some of those do not run.
installed() {
  local package
  package=$(outside python -c 'import optax; print(optax.__path__[0])')
  find optax -name '*.py' ! -name '__init__.py' | sed "s|^optax|$package|"
}

# Without a letter for each subtest that passes.
pytest=(pytest -q -n auto -o verbosity_subtests=0)

# optax/_src has no __init__.py, in upstream's release either.
ours() {
  outside "${pytest[@]}" --doctest-modules $(installed | grep -v "$on_devices") \
    -o consider_namespace_packages=true "$@"
}

# JAX has several devices only if it is told before it starts, and compiles
# some programs otherwise then.
on_devices='_devices_test\|_transforms_test'
several_devices() {
  outside env XLA_FLAGS=--xla_force_host_platform_device_count=8 \
    "${pytest[@]}" $(installed | grep "$on_devices")
}

# As on processors without AVX-512, where XLA compiles other kernels.
lower_isa() {
  outside env XLA_FLAGS=--xla_cpu_max_isa=AVX2 "${pytest[@]}" \
    $(installed | grep _equivalence_test) -k 'bit_identical or rounding'
}

upstream() {
  outside "${pytest[@]}" --pyargs optax $(installed | sed 's|^|--ignore=|')
}

# What a checkout of Optax has that the release has not, and the series there.
in_upstream() {
  git clone -q "$UPSTREAM" "$tmp/optax"
  diff <(python tests/upstream_names.py) \
    <(PYTHONPATH=$tmp/optax python tests/upstream_names.py) || true
  python tools/export.py "$tmp/optax" --check
}

run 'install' install "${JAX_VERSION:-}"
run 'lint' ruff check
run 'types' types
run 'our tests' ours
run 'our tests on several devices' several_devices
[ "$(uname -m)" != x86_64 ] || run 'equivalence with AVX2 only' lower_isa
run 'tests of the build, the docs and the examples' "${pytest[@]}" tests
# The pages use an nnx.Optimizer that Flax has for newer Pythons only.
if python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  run 'docs' sphinx-build -q -W --keep-going docs build/docs
  run 'pages of the docs' python tools/check_site.py build/docs
fi
if [ "$mode" != --quick ]; then
  run "upstream's tests" upstream
  run "upstream's tests on the pytree classes" \
    python tests/upstream_pytree.py -q -n auto
  run 'install the newest jax' install newest
  # Without the long table; JAX_VERSION=newest runs all of ours.
  run 'smoke test on the newest jax' ours -k 'not EquivalenceTest'
  run 'several devices on the newest jax' several_devices
fi
if [ "$mode" = --full ] && [ -n "${UPSTREAM:-}" ]; then
  PATH=${PATH#*:}  # Not with the newest jax.
  run 'the series in a checkout of upstream' in_upstream
fi
part=end
