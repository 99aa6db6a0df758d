// Logs to a store in this process and prints how many values per second: benchmarks/tracking.py FOLDER.
import Tracking

let store = try TrackingStore("\(CommandLine.arguments[1])/in-process.db")
let run = try Run.start(experiment: "bench", in: store)

/// Prints what `body`, which logs `count` values, does in a second.
func report(_ name: String, _ count: Int, _ body: () throws -> Void) rethrows {
  let start = ContinuousClock.now
  try body()
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  print("\(name) \(Double(count) / seconds)")
}

try run.logMetric("warm", 0)
try report("log_one", 20_000) {
  for step in 0..<20_000 { try run.logMetric("loss", Double(step) * 0.1, step: step) }
}
let values = (0..<1000).map { Double($0) * 0.5 }
try report("log_rows", 200_000) {
  for batch in 0..<200 { try run.logMetric("m\(batch % 10)", values: values) }
}
try run.end()
