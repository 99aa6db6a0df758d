import Martlet
import TestSupport
import Testing

@Suite("compareRuns")
struct RunComparisonTests {
  private let folder: TemporaryDirectory
  private let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("runs.db"))
  }

  private func run(_ name: String, rate: Double, losses: [Double]) throws -> Run {
    let run = try Run.start(experiment: "digits", name: name, in: store)
    try run.logParams(["lr": rate, "batch": 32])
    try run.logMetric("loss", values: losses)
    try run.logMetric("speed", rate * 2)
    try run.end()
    return run
  }

  @Test("shows params that differ and metrics, the best marked")
  func table() throws {
    let runs = [
      try run("a", rate: 0.1, losses: [0.5, 0.25]),
      try run("<b>", rate: 0.30000000000000004, losses: [0.125, 1 / 3.0]),
    ]
    let text = try compareRuns(runs).description
    let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(text.hasPrefix("digits: 2 runs\n"))
    #expect(lines.contains(["lr", "0.1", "0.3"]))
    #expect(lines.contains(["loss", "↓", "0.25*", "0.333333"]))
    #expect(lines.contains(["best", "loss", "↓", "0.25", "0.125*"]))
    #expect(lines.contains(["speed", "0.2", "0.6"]))
    #expect(text.hasSuffix("Equal in all runs: batch = 32"))
    let marked = try compareRuns(runs, higherIsBetter: ["speed"]).description
    #expect(marked.contains("0.6*"))
    guard case .text(let html)? = try compareRuns(runs).displayBundle["text/html"] else {
      Issue.record("there is no HTML")
      return
    }
    #expect(html.contains("&lt;b&gt;") && html.contains("<b>0.25&nbsp;★</b>"))
  }

  @Test("takes an experiment's latest runs, and has a row for each of many")
  func experiments() throws {
    for number in 0..<8 { _ = try run("run \(number)", rate: Double(number), losses: [1]) }
    let two = try compareRuns(experiment: "digits", limit: 2, in: store)
    #expect(two.description.contains("run 7") && !two.description.contains("run 5"))
    let all = try compareRuns(experiment: "digits", in: store).description
    #expect(all.split(separator: "\n").count { $0.hasPrefix("run ") } == 9)
    #expect(throws: TrackingError.experimentNotFound(reference: "none")) {
      try compareRuns(experiment: "none", in: store)
    }
    #expect(try compareRuns([]).description.contains("no runs"))
  }

  @Test("shows a run as a card of what it logged")
  func card() throws {
    let text = try run("a", rate: 0.1, losses: [0.5]).displayBundle.plainText
    for part in ["experiment", "digits", "finished", "lr = 0.1", "loss = 0.5", "track-cli show"] {
      #expect(text.contains(part))
    }
  }
}
