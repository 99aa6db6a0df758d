#!/usr/bin/env bash
# Installs the Debian packages that are missing; needs root or sudo only when there are any.
# With the argument "test", those that only tests need come along.
set -euo pipefail

packages=(libzmq3-dev libopenblas-dev libsqlite3-dev libssl-dev zlib1g-dev
  libpng-dev libjpeg62-turbo-dev libjansson-dev libmicrohttpd-dev binutils libc6-dev)

# Tests draw charts as PNG pictures and send HTTP requests, with libraries that are loaded only for that.
if [ "${1:-}" = test ]; then packages+=(librsvg2-2 fonts-dejavu-core libcurl4 openssl); fi

# A test moves widgets in JupyterLab's page, in any browser of this family.
if [ "${1:-}" = test ] &&
  ! command -v chromium chromium-browser google-chrome >/dev/null; then
  packages+=(chromium)
fi

# Debian's Python comes without the module that makes virtual environments.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then packages+=(python3 python3-venv); fi

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian or Ubuntu: make sure that these packages, or your system's names for" >&2
  echo "them, are installed: ${packages[*]}" >&2
  for header in zmq.h sqlite3.h openssl/hmac.h zlib.h png.h jpeglib.h jansson.h microhttpd.h; do
    if ! find /usr/include /usr/local/include -path "*/$header" 2>/dev/null | grep -q .; then
      echo "error: the header $header was not found" >&2
      exit 1
    fi
  done
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  case "$status" in *" installed") ;; *) missing+=("$package") ;; esac
done
if [ "${#missing[@]}" -eq 0 ]; then
  echo "Debian packages: all there"
  exit 0
fi

echo "Debian packages to install: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  else
    echo "error: installing them needs root. Run this, then try again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  fi
fi
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq
  --no-install-recommends "${missing[@]}")
# The package lists of a fresh machine are empty or old.
if ! "${install[@]}" </dev/null >/dev/null 2>&1; then
  "${as_root[@]}" apt-get update -qq </dev/null
  "${install[@]}" </dev/null
fi
