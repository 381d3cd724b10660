#!/bin/sh
# Makes .venv from a lock file and installs offing into it: setup.sh [requirements.lock|requirements-dev.lock]
# Nothing is done when the environment already holds what the lock file says.
set -eu
lock=${1:-requirements.lock}
venv=${VENV:-.venv}
stamp="$venv/.installed-$(basename "$lock")"
cd "$(dirname "$0")/.."

if [ -f "$stamp" ] && cmp -s "$lock" "$stamp" && [ ! pyproject.toml -nt "$stamp" ]; then
    exit 0
fi

python=${PYTHON:-}
if [ -z "$python" ]; then
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
fi
[ -n "$python" ] || { echo "error: offing needs Python 3.11, 3.12 or 3.13; install one, or name it: make PYTHON=…" >&2; exit 1; }

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    rm -rf "$venv"
    if ! "$python" -m venv "$venv" 2>/dev/null; then
        # Debian ships Python without ensurepip; its package python3-venv brings it.
        rm -rf "$venv"
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            apt-get update -qq && apt-get install -y -qq python3-venv
            "$python" -m venv "$venv"
        else
            echo "error: $python cannot make a virtual environment; on Debian and Ubuntu: sudo apt-get install python3-venv" >&2
            exit 1
        fi
    fi
fi

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
echo "installing what $lock pins into $venv …" >&2
"$venv/bin/python" -m pip install --quiet --require-hashes -r requirements-build.lock
"$venv/bin/python" -m pip install --quiet --require-hashes -r "$lock"
"$venv/bin/python" -m pip install --quiet --no-build-isolation --no-deps --editable .
cp "$lock" "$stamp"
