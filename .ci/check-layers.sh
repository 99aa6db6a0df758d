#!/usr/bin/env bash
# Checks that imports go down only, that C modules have one importer, and where unsafe code is.
set -euo pipefail
cd "$(dirname "$0")/.."

# Each module's level; a module imports modules of lower levels only. Session joins the other
# modules of level 3 and so stands above them; Notebooks runs cells through the kernel's protocol.
declare -A level=(
  [CZeroMQ]=0 [CSQLite]=0 [COpenBLAS]=0 [CCrypto]=0 [CZlib]=0 [CSourceKit]=0 [CFaults]=0 [CKernels]=0
  [CProcesses]=0 [CFrontendServer]=0 [CDelimited]=0 [CImageFiles]=0 [CRaster]=0
  [KernelLauncher]=0 [CMicroHTTPD]=0 [CCurl]=0 [CGraphicsCards]=0 [CLocks]=0 [Locks]=5
  [ZeroMQ]=10 [SQLite]=10 [BLAS]=10 [Digest]=10 [Compression]=10 [Processes]=10 [SourceKit]=10 [CellGate]=10
  [DelimitedText]=10 [HTTPServer]=10 [HTTPClient]=10 [StandardError]=10 [FitObservation]=10 [ImageFiles]=10 [Raster]=10 [GraphicsCards]=10
  [ErrorTexts]=10 [JSONValues]=15 [Markup]=15 [CommandArguments]=20
  [JupyterProtocol]=20 [Cells]=20 [Tensors]=20 [Plots]=20 [Tracking]=20 [Workflows]=20
  [Gradients]=23 [Learners]=23 [Tables]=23 [NeuralNetworks]=26 [TensorDifferentiation]=26
  [CellCompiler]=30 [CellWorker]=30 [Kernel]=30 [Cluster]=30 [TrackingServer]=30 [Assistance]=30 [Martlet]=30
  [Notebooks]=35 [Session]=35
  [MartletCommand]=40 [WorkerCommand]=40 [TrackCommand]=40
)
# The only module that may import a C module.
declare -A importer=(
  [CZeroMQ]=ZeroMQ [CSQLite]=SQLite [COpenBLAS]=BLAS [CKernels]=BLAS [CCrypto]=Digest [CZlib]=Compression
  [CSourceKit]=SourceKit [CFaults]=CellWorker [CProcesses]=Processes [CDelimited]=DelimitedText [CImageFiles]=ImageFiles [CRaster]=Raster
  [CMicroHTTPD]=HTTPServer [CCurl]=HTTPClient [CGraphicsCards]=GraphicsCards [CLocks]=Locks
)
# Besides level 1: what loads and runs cells, and the file that hands their values over.
unsafe_allowed='^Sources/(CellWorker/|Martlet/[A-Za-z]*Bridge[A-Za-z]*\.swift)'

faults=0
fault() {
  echo "  $1" >&2
  faults=$((faults + 1))
}

for folder in Sources/*/; do
  module=$(basename "$folder")
  if [ -z "${level[$module]:-}" ]; then
    fault "$folder: give the module a level in .ci/check-layers.sh"
    continue
  fi
  while IFS=: read -r file line text; do
    [ -n "$file" ] || continue
    read -r imported < <(sed -E 's/.*import +((struct|class|enum|protocol|func|var|let|typealias) +)?([A-Za-z_0-9]+).*/\3/' <<<"$text")
    [ -n "${level[$imported]:-}" ] || continue
    if [ "${level[$imported]}" -ge "${level[$module]}" ]; then
      fault "$file:$line: $module may not import $imported, which is not below it"
    elif [ -n "${importer[$imported]:-}" ] && [ "${importer[$imported]}" != "$module" ]; then
      fault "$file:$line: only ${importer[$imported]} may import $imported"
    fi
  done < <(grep -rnE --include='*.swift' '^ *(@[A-Za-z_()]+ +)*((public|package|internal|private|fileprivate) +)?import +' "$folder" || true)

  [ "${level[$module]}" -ne 10 ] || continue
  while IFS=: read -r file line text; do
    [ -n "$file" ] || continue
    [[ "$file" =~ $unsafe_allowed ]] && continue
    fault "$file:$line: unsafe code belongs to a module of level 1: ${text##*( )}"
  done < <(grep -rnE --include='*.swift' '(^|[^A-Za-z_."])(unsafe|@unchecked)([^A-Za-z_"]|$)' "$folder" |
    grep -vE '^[^:]+:[0-9]+: *//' || true)
done

if [ "$faults" -ne 0 ]; then
  echo "Layers: $faults faults; docs/ARCHITECTURE.md has the levels" >&2
  exit 1
fi
echo "Layers: imports go down only; unsafe code is where it belongs"
