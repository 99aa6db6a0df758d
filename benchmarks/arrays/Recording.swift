import Tracking

/// Writes a table, one `name value` on each line of standard input, as a run of the tracking store.
///
/// Lines that begin with `#` are parameters.
func recordRun() throws {
  try Run.with(experiment: "benchmarks", name: "arrays") { run in
    var params: [String: String] = [:]
    var metrics: [String: Double] = [:]
    while let line = readLine() {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { continue }
      if words[0].hasPrefix("#") {
        params[String(words[0].dropFirst())] = words[1]
      } else if let value = Double(words[1]) {
        metrics[words[0]] = value
      }
    }
    try run.logParams(params)
    try run.logMetrics(metrics)
    print("recorded as run \(run.id) of the experiment \"benchmarks\"")
  }
}
