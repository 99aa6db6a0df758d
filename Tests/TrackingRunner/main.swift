import Foundation
import Tracking

/// A process that logs, for tests that kill it, cut its power or take its disk away.
///
/// It prints a line for each call that returned, and nothing for one that did not.

let arguments = Array(CommandLine.arguments.dropFirst())
let mode = arguments.first ?? ""

/// Prints `line` at once: what is printed was acknowledged.
func acknowledge(_ line: String) {
  print(line)
  fflush(nil)
}

do {
  switch mode {
  case "log": try logForEver(to: arguments[1], as: arguments[2])
  case "some": try logSome(to: arguments[1], as: arguments[2], count: Int(arguments[3]) ?? 0)
  case "pause": try logAndPause(to: arguments[1], transactions: Int(arguments[2]) ?? 0)
  case "limited": try logWithin(bytes: Int(arguments[2]) ?? 0, to: arguments[1])
  case "truncated":
    let ends = arguments[3...].compactMap { Int($0) }
    for index in stride(from: 0, to: ends.count, by: 2) {
      try openTruncated(arguments[1], in: arguments[2], from: ends[index], to: ends[index + 1])
    }
  case "names": try logNames(to: arguments[1], name: arguments[2])
  case "values": try logValues(to: arguments[1])
  case "model": try logModel(arguments[2], to: arguments[1])
  case "load": try loadModel(arguments[2], from: arguments[1], to: arguments[3])
  default: throw RunnerError.unknown(mode)
  }
} catch {
  acknowledge("error \(error)")
  exit(3)
}

enum RunnerError: Error {
  case unknown(String)
}

/// Logs all kinds of things, one after the other, until it is killed.
func logForEver(to path: String, as name: String) throws {
  let run = try Run.start(name: name, in: try TrackingStore(path))
  acknowledge("run \(name)")
  var step = 0
  while true {
    try run.logMetric("single", Double(step), step: step)
    acknowledge("metric single \(step) \(Double(step))")
    try run.logMetrics(["a": Double(step), "b": Double(-step)], step: step)
    acknowledge("metric a \(step) \(Double(step))")
    acknowledge("metric b \(step) \(Double(-step))")
    try run.logParam("p\(step)", step)
    acknowledge("param p\(step) \(step)")
    try run.setTag("latest", "\(step)")
    acknowledge("tag latest \(step)")
    if step % 7 == 0 {
      try run.logArtifact(text: "contents \(step)", as: "file\(step % 21).txt")
      acknowledge("artifact file\(step % 21).txt \(step)")
    }
    step += 1
  }
}

/// Logs the files below a folder as a model, and says how it is called.
func logModel(_ folder: String, to uri: String) throws {
  let run = try Run.start(experiment: "from-swift", name: "trained", in: try TrackingStore(uri))
  try run.logDataset("test", digest: "abc", source: "x.csv", context: "validation")
  try run.logMetric("accuracy", 0.9, step: 2)
  let model = try run.logModel(
    folder, name: "net", registeredAs: "digits", alias: "champion", type: "classifier",
    metrics: ["accuracy"], params: ["depth": 3], tags: ["team": "vision"], step: 2,
    signature: ModelSignature(
      inputs: [.init(scalarType: "float32", shape: [-1, 64])],
      outputs: [.init(scalarType: "float32", shape: [-1, 10])]))
  try run.logMetrics(["recall": 0.75], of: model, step: 2, dataset: "test")
  try run.end()
  acknowledge("\(run.id) \(model.id) \(model.registrations.map(\.version))")
}

/// Copies a model's files to a folder and says which.
func loadModel(_ model: String, from uri: String, to folder: String) throws {
  let store = try TrackingStore(uri)
  let loaded = try LoadedModel(model, to: folder, in: store)
  // This one goes with the program.
  acknowledge(try LoadedModel(model, in: store).folder)
  acknowledge("\(loaded.runID ?? "") \(loaded.files.joined(separator: " "))")
}

/// Logs so many values and ends.
func logSome(to path: String, as name: String, count: Int) throws {
  let run = try Run.start(name: name, in: try TrackingStore(path))
  for step in 0..<count { try run.logMetric("loss", Double(step), step: step) }
  try run.end()
  acknowledge("done")
}

/// Logs, and then waits with the store open, so that its log of changes stays as it is.
func logAndPause(to path: String, transactions: Int) throws {
  let run = try Run.start(name: "victim", in: try TrackingStore(path))
  for step in 0..<transactions {
    try run.logMetrics(["a": Double(step), "b": Double(step)], step: step)
    acknowledge("step \(step)")
  }
  acknowledge("paused")
  _ = readLine()
  withExtendedLifetime(run) { _exit(0) }
}

/// Logs with a limit on the size of files until a call fails.
func logWithin(bytes: Int, to path: String) throws {
  let store = try TrackingStore(path)
  let run = try Run.start(name: "limited", in: store)
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit()
  unsafe getrlimit(__rlimit_resource_t(1), &limit)
  limit.rlim_cur = rlim_t(bytes)
  unsafe setrlimit(__rlimit_resource_t(1), &limit)
  var step = 0
  while step < 1_000_000 {
    do {
      try run.logMetric("loss", values: (0..<100).map(Double.init), startingAt: step)
    } catch {
      acknowledge("refused \(error)")
      break
    }
    acknowledge("logged \(step) to \(step + 99)")
    step += 100
  }
  // With room again, the same run goes on.
  limit.rlim_cur = limit.rlim_max
  unsafe setrlimit(__rlimit_resource_t(1), &limit)
  try run.logMetric("after", 1)
  try run.end()
  acknowledge("ended")
}

/// Opens copies of a store whose log of changes ends at each of some lengths, as after a power cut.
func openTruncated(_ source: String, in folder: String, from first: Int, to last: Int) throws {
  let database = try Data(contentsOf: URL(fileURLWithPath: source))
  let log = try Data(contentsOf: URL(fileURLWithPath: "\(source)-wal"))
  let copy = "\(folder)/copy.db"
  for length in first..<last {
    for ending in ["", "-wal", "-shm"] { unsafe unlink(copy + ending) }
    try database.write(to: URL(fileURLWithPath: copy))
    try Data(log.prefix(length)).write(to: URL(fileURLWithPath: "\(copy)-wal"))
    let store = try TrackingStore(reading: copy)
    let run = try store.run("victim")
    let detail = try store.detail(of: run)
    let points = try detail.metrics.map { try store.history(of: run, key: $0.key).count }
    acknowledge("\(length) \(detail.metrics.map(\.count)) \(points)")
  }
}

/// Logs under one name everywhere; says what was taken and what was refused.
func logNames(to path: String, name: String) throws {
  let store = try TrackingStore(path)
  func attempt(_ what: String, _ body: () throws -> Void) {
    do {
      try body()
      acknowledge("taken \(what)")
    } catch {
      acknowledge(
        "refused \(what): \("\(error)".prefix(300).split(separator: "\n").joined(separator: " "))")
    }
  }
  attempt("run") { try Run.start(experiment: "odd names", name: name, in: store).end() }
  attempt("experiment") { try Run.start(experiment: name, in: store).end() }
  let run = try Run.start(name: "plain", in: store)
  attempt("param") { try run.logParam(name, name) }
  attempt("metric") { try run.logMetric(name, 1) }
  attempt("tag") { try run.setTag(name, name) }
  attempt("artifact") { try run.logArtifact(text: "x", as: name) }
  try run.end()
}

/// Logs numbers and steps at the ends of what there is.
func logValues(to path: String) throws {
  let run = try Run.start(name: "values", in: try TrackingStore(path))
  let values: [Double] = [
    .nan, .infinity, -.infinity, 1e308, -1e308, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    -0.0, 0.1 + 0.2,
  ]
  for (step, value) in values.enumerated() { try run.logMetric("value", value, step: step) }
  for step in [Int.min, -1, 0, Int.max] { try run.logMetric("step", 1, step: step) }
  try run.logMetric("next", 1, step: Int.max)
  try run.logMetric("next", 2)
  try run.end()
  acknowledge("done")
}
