#!/usr/bin/env bash
# Installs the fork into a virtual environment of its own and trains a network:
#   ./demo.sh
#   PYTHON=python3.13 ./demo.sh
# Arguments are passed on to examples/train_digits.py; --help lists them.
set -euo pipefail
cd "$(dirname "$0")"

python=${PYTHON:-python3}
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
venv=build/venv-demo-$version

echo "Installing optax.pytree and what its example needs into $venv."
echo "The first time pip downloads it all, which takes a minute or two:"
[[ -x $venv/bin/pip ]] || "$python" -m venv "$venv"
"$venv/bin/pip" install --disable-pip-version-check '.[examples]' |
  grep --line-buffered -oE '^(Processing|Collecting|Installing|Succe).{0,68}'
"$venv/bin/python" examples/train_digits.py "$@"
