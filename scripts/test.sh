#!/usr/bin/env bash
# Builds everything with its tests, runs them, and ends with the closing lines of both runners.
set -euo pipefail
cd "$(dirname "$0")/.."

swift=swift
[ -z "${MARTLET_TOOLCHAIN:-}" ] || swift="$MARTLET_TOOLCHAIN/bin/swift"
logs=.build/test-logs
mkdir -p "$logs"

"$swift" build -c release --build-tests </dev/null

status=0
# Tests choose stores of their own; none may touch the user's.
unset TRACKING_URI MLFLOW_TRACKING_URI
"$swift" test -c release --skip-build --disable-xctest </dev/null 2>&1 |
  tee "$logs/swift.log" || status=1
.venv/bin/python -m pytest Tests/python --color=no -p no:cacheprovider "$@" </dev/null 2>&1 |
  tee "$logs/python.log" || status=1

swift_line=$(grep -E 'Test run with [0-9]+ tests?' "$logs/swift.log" | tail -n 1 || true)
python_line=$(grep -E '^=+ .*(passed|failed|error).* =+$' "$logs/python.log" | tail -n 1 || true)
# A runner that ran nothing has proved nothing.
[[ "$swift_line" =~ with\ [1-9][0-9]*\ test ]] || status=1
[[ "$python_line" =~ [1-9][0-9]*\ passed ]] || status=1
echo
echo "Swift tests:  ${swift_line:-none ran}"
echo "Python tests: ${python_line:-none ran}"
exit "$status"
