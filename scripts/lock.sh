#!/bin/sh
# Pins every dependency with its hashes, and names no registry. Run it after changing pyproject.toml.
set -eu
cd "$(dirname "$0")/.."
compile() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$@"; }
compile pyproject.toml -o requirements.lock
compile --extra dev pyproject.toml -o requirements-dev.lock
compile requirements-build.in -o requirements-build.lock
