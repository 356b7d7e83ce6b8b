#!/usr/bin/env bash
# Installs the fork, and what it is compared with, into a virtual environment of
# its own, and measures; see run.py.
#   benchmarks/run.sh
#   benchmarks/run.sh --quick
#   PYTHON=python3.13 benchmarks/run.sh   # tjax needs 3.13
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
venv=build/venv-benchmarks-$version

[[ -x $venv/bin/pip ]] || "$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check '.[benchmarks]'
"$venv/bin/python" benchmarks/run.py "$@"
