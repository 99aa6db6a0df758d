// Times the workloads whose names match the first argument's parts; one line of JSON for each, with the peak memory.
// `benchmarks/arrays.py` runs it beside its peers, and with `--record` to write its table as a run.

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "--record" {
  try recordRun()
} else {
  let wanted = arguments.first.map { $0.split(separator: ",") } ?? []
  let digits = arguments.dropFirst().first ?? "notebooks/data/digits.csv"
  let bench = Bench { name in wanted.isEmpty || wanted.contains { name.contains($0) } }
  products(bench)
  elementwise(bench)
  reductions(bench)
  rearranging(bench)
  randomNumbers(bench)
  try decompositions(bench)
  transforms(bench)
  images(bench)
  smallOperations(bench)
  gradients(bench)
  try training(bench, digits: digits)
  try learners(bench, digits: digits)
}
