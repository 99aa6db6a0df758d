#!/usr/bin/env bash
# Makes the project's Python environment, .venv or $VENV, and installs requirements/NAME.txt for each NAME.
# A stamp holds the digest of what was installed, so that nothing happens, and no network is
# needed, when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=${VENV:-.venv}
if ! command -v python3 >/dev/null; then
  echo "error: there is no python3 in PATH. Install it: sudo apt-get install -y python3" >&2
  exit 1
fi
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "error: $(python3 --version) is too old; the pinned packages need Python 3.11 or later." >&2
  exit 1
fi
# An environment of another place or of a Python that is gone is of no use.
if [ -e "$venv" ] && ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then rm -rf "$venv"; fi
if [ ! -e "$venv" ]; then
  if ! python3 -c 'import ensurepip' 2>/dev/null; then
    echo "error: this Python cannot make virtual environments. Install the module, then try again:" >&2
    echo "  sudo apt-get install -y python3-venv" >&2
    exit 1
  fi
  echo "Python environment: making $venv with $(python3 --version)"
  python3 -m venv "$venv"
fi

for name in "$@"; do
  requirements="requirements/$name.txt"
  stamp="$venv/.installed-$name"
  digest=$(cat "$requirements" requirements/constraints.txt | sha256sum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$digest" ]; then
    echo "Python packages for $name: all there"
    continue
  fi
  echo "Python packages for $name: installing"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --requirement "$requirements" </dev/null
  echo "$digest" > "$stamp"
done
