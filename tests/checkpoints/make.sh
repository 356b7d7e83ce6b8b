#!/usr/bin/env bash
# Writes the checkpoints that tests/checkpoints_test.py loads, each with a
# release of Optax and the JAX of its time. Needs uv, which fetches Python 3.10.
#   tests/checkpoints/make.sh
set -euo pipefail
cd "$(dirname "$0")"

# make OPTAX JAX FLAX ORBAX OTHERS...
make() {
  uv run --quiet --no-project --python 3.10 --with "optax==$1" \
    --with "jax==$2" --with "jaxlib==$2" --with "flax==$3" \
    --with "orbax-checkpoint==$4" "${@:5}" python make.py .
}

make 0.1.4 0.4.13 0.6.11 0.2.7 --with 'numpy<2' --with 'scipy<1.12'
make 0.1.9 0.4.26 0.8.3 0.6.4 --with 'numpy<2'
make 0.2.0 0.4.26 0.8.3 0.6.4 --with 'numpy<2'
make 0.2.4 0.4.35 0.10.2 0.11.5 --with 'numpy<2'
make 0.2.8 0.6.2 0.10.7 0.11.39
