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

echo "Installing optax with its examples extra into $venv"
[[ -x $venv/bin/pip ]] || "$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check '.[examples]'
"$venv/bin/python" examples/train_digits.py "$@"
