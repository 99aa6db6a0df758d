#!/usr/bin/env bash
# Checks that Swift 6.3 is there; MARTLET_TOOLCHAIN names a toolchain's usr folder outside PATH.
set -euo pipefail

advice() {
  echo "error: $1" >&2
  echo "Martlet needs Swift 6.3. Get it from https://www.swift.org/install/linux, unpack it, and" >&2
  echo "put its usr/bin folder first in PATH, or name its usr folder in MARTLET_TOOLCHAIN." >&2
  exit 1
}

if [ -n "${MARTLET_TOOLCHAIN:-}" ]; then
  swift="$MARTLET_TOOLCHAIN/bin/swift"
  [ -x "$swift" ] || advice "MARTLET_TOOLCHAIN is $MARTLET_TOOLCHAIN, but $swift does not exist."
else
  swift=$(command -v swift) || advice "There is no swift in PATH."
fi
version=$("$swift" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
case "$version" in
  6.3|6.3.*) echo "Swift $version: $(dirname "$swift")" ;;
  "") advice "$swift --version does not answer; the toolchain is broken or lacks system packages." ;;
  *) advice "$swift is Swift $version." ;;
esac
root=$(dirname "$(dirname "$(readlink -f "$swift")")")
for piece in lib/swift/host lib/swift/linux bin/swift-frontend; do
  [ -e "$root/$piece" ] || advice "The toolchain in $root is incomplete: it has no $piece."
done
