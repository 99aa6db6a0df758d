// Times the workloads whose names match the first argument's parts; one line of JSON for each, and the peak memory.
// `benchmarks/arrays.py` runs it beside its peers.

let wanted = CommandLine.arguments.dropFirst().first.map { $0.split(separator: ",") } ?? []
let bench = Bench { name in wanted.isEmpty || wanted.contains { name.contains($0) } }
elementwise(bench)
reductions(bench)
rearranging(bench)
smallOperations(bench)
learners(bench)
