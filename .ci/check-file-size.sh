#!/usr/bin/env bash
# Fails when a Swift file holds more than 600 lines; generated files (+Generated) are exempt.
set -euo pipefail
cd "$(dirname "$0")/.."
limit=600
long=$(find Sources Tests -name '*.swift' ! -name '*+Generated.swift' -exec wc -l {} + |
  awk -v limit="$limit" '$2 != "total" && $1 > limit { print "  " $2 ": " $1 " lines" }')
if [ -n "$long" ]; then
  printf 'Files of more than %d lines; split them by concern into Type+Concern.swift:\n%s\n' \
    "$limit" "$long" >&2
  exit 1
fi
echo "File sizes: no Swift file has more than $limit lines"
