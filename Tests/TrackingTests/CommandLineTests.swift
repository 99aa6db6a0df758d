import Foundation
import SQLite
import TestSupport
import Testing
import Tracking

/// `track-cli` as users run it: the built program, its output compared byte for byte.
@Suite("track-cli")
struct CommandLineTests {
  let folder: TemporaryDirectory
  let path: String

  /// Three runs whose ids, names, times and values are always the same.
  init() throws {
    folder = try TemporaryDirectory()
    path = folder.path("tracking.db")
    let store = try TrackingStore(path)
    let runs: [(id: String, name: String, lr: Double, layers: Int, losses: [Double], f1: Double)] =
      [
        ("aaaa1111", "baseline", 0.1, 2, [0.9, 0.6, 0.5], 0.81),
        ("aaaa2222", "adam-small-lr", 0.001, 2, [0.7, 0.25, 0.3], 0.93),
        ("bbbb3333", "deep-adam-with-a-long-name", 0.0020000000000000001, 6, [0.8, .nan], 0.93),
      ]
    for (index, run) in runs.enumerated() {
      let started = try Run.start(experiment: "mnist", name: run.name, in: store)
      try started.logParams(["lr": run.lr, "layers": run.layers, "optimizer": "adam"])
      try started.logMetric("val_loss", values: run.losses, startingAt: 0)
      try started.logMetric("f1", run.f1)
      try started.logMetric("epoch", Double(run.losses.count))
      if index == 1 { try started.logArtifact(text: "weights", as: "models/best.bin") }
      if index == 1 { try started.logArtifact(text: "a,b\n", as: "table.csv") }
      try started.end(index == 2 ? .failed : .finished)
      let start = 1_772_373_909_000 + index * 60_000
      try store.withDatabase { database throws(TrackingError) in
        _ = try database.execute(
          "UPDATE runs SET run_id = ?, start_ms = ?, end_ms = ? WHERE name = ?",
          .text(run.id + String(repeating: "0", count: 24)), .integer(Int64(start)),
          .integer(Int64(start + 72_000 * (index + 1))), .text(run.name))
        _ = try database.execute("UPDATE series SET origin_ms = ?", .integer(Int64(start)))
      }
    }
  }

  private func run(
    _ arguments: String..., environment: [String: String] = [:], in place: String? = nil
  ) throws -> ProgramResult {
    let plain = [
      "TZ": "UTC", "TRACKING_URI": "", "COLUMNS": "", "NO_COLOR": "", "LC_ALL": "C.UTF-8",
    ]
    return try runProgram(
      builtProduct("track-cli"), arguments, environment: plain.merging(environment) { $1 },
      in: place ?? folder.path())
  }

  private func expect(
    _ result: ProgramResult, prints output: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(result.output == output, sourceLocation: sourceLocation)
    #expect(result.errors == "", sourceLocation: sourceLocation)
    #expect(result.status == 0, sourceLocation: sourceLocation)
  }

  @Test("lists experiments and runs")
  func lists() throws {
    expect(
      try run("experiments"),
      prints: """
        id  name     runs  latest run
         0  Default     0
         1  mnist       3  2026-03-01 14:07

        """)
    expect(
      try run("runs"),
      prints: """
        id        name                  experiment  status    started           duration
        bbbb3333  deep-adam-wit…g-name  mnist       FAILED    2026-03-01 14:07    3m 36s
        aaaa2222  adam-small-lr         mnist       FINISHED  2026-03-01 14:06    2m 24s
        aaaa1111  baseline              mnist       FINISHED  2026-03-01 14:05    1m 12s

        """)
    expect(
      try run("runs", "-n", "1", "-e", "mnist", "--format=markdown"),
      prints: """
        | id | name | experiment | status | started | duration |
        | --- | --- | --- | --- | --- | ---: |
        | bbbb3333 | deep-adam-with-a-long-name | mnist | FAILED | 2026-03-01 14:07 | 3m 36s |

        """)
  }

  @Test("compares runs in 80 columns")
  func compare() throws {
    let result = try run("compare", "baseline", "aaaa2", "latest")
    expect(
      result,
      prints: """
                    baseline   adam-small-lr   deep-adam-with-a-long-name
        id          aaaa1111        aaaa2222                     bbbb3333
        status      FINISHED        FINISHED                       FAILED
        duration      1m 12s          2m 24s                       3m 36s

        params (the 2 of 3 that differ)
          layers           2               2                            6
          lr             0.1           0.001                        0.002

        metrics
          epoch            3               3                            2
          f1            0.81            0.93*                        0.93*
          val_loss       0.5             0.3*                         NaN
            best         0.5            0.25*                         0.8

        * best: lowest val_loss; highest f1

        """)
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("compares in JSON, with every param and metric")
  func compareJSON() throws {
    let result = try run("compare", "aaaa1", "bbbb", "--format", "json", "--minimize", "epoch")
    #expect(result.errors == "")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let runs = try #require(object["runs"] as? [[String: Any]])
    #expect(runs.map { $0["name"] as? String } == ["baseline", "deep-adam-with-a-long-name"])
    #expect(runs[0]["id"] as? String == "aaaa1111" + String(repeating: "0", count: 24))
    #expect(runs[0]["status"] as? String == "FINISHED")
    #expect(
      runs[0]["params"] as? [String: String] == ["layers": "2", "lr": "0.1", "optimizer": "adam"])
    let metrics = try #require(runs[1]["metrics"] as? [String: [String: Any]])
    #expect(metrics["val_loss"]?["last"] as? String == "NaN")
    #expect(metrics["val_loss"]?["min"] as? Double == 0.8)
    #expect(metrics["val_loss"]?["best"] as? Double == 0.8)
    #expect(metrics["val_loss"]?["best_step"] as? Int == 0)
    #expect(metrics["epoch"]?["best"] as? Double == 2)
    let summary = try #require(object["metrics"] as? [String: [String: Any]])
    #expect(summary["epoch"]?["direction"] as? String == "minimize")
    #expect(object["differing_params"] as? [String] == ["layers", "lr"])
  }

  @Test("compares in CSV with every digit")
  func compareCSV() throws {
    expect(
      try run("compare", "aaaa1", "aaaa2", "--format", "csv"),
      prints: """
        run,id,status,duration_ms,params.layers,params.lr,params.optimizer,metrics.epoch,\
        metrics.f1,metrics.f1.best,metrics.val_loss,metrics.val_loss.best
        baseline,aaaa1111000000000000000000000000,FINISHED,72000,2,0.1,adam,3,0.81,0.81,0.5,0.5
        adam-small-lr,aaaa2222000000000000000000000000,FINISHED,144000,2,0.001,adam,3,0.93,0.93,\
        0.3,0.25

        """)
  }

  @Test("puts many runs in rows, within 80 columns")
  func compareMany() throws {
    let store = try TrackingStore(path)
    for index in 0..<6 {
      let run = try Run.start(experiment: "sweep", name: "run-\(index)", in: store)
      try run.logParams(["lr": 0.1 * Double(index), "a_rather_long_parameter_name": index])
      try run.logMetrics(["val_loss": Double(index), "accuracy": 0.5, "train/loss": 3], step: 0)
      try run.end()
    }
    let result = try run("compare", "-e", "sweep")
    #expect(result.errors == "")
    #expect(result.output.contains("a_rather_long_parameter_name") == false)  // Shortened.
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(result.output.contains("\nrun-0"))
    #expect(result.output.contains("0*"))
  }

  @Test("shows a run, its metrics and the points of one")
  func show() throws {
    let shown = try run("show", "deep-adam-with-a-long-name")
    expect(
      shown,
      prints: """
        name        deep-adam-with-a-long-name
        id          bbbb3333000000000000000000000000
        experiment  mnist
        status      FAILED
        started     2026-03-01 14:07:09
        ended       2026-03-01 14:10:45
        duration    3m 36s

        params
          layers     6
          lr         0.002
          optimizer  adam

        metrics
          metric    last  best  at step   min   max  points
          epoch        2                    2     2       1
          f1        0.93  0.93        0  0.93  0.93       1
          val_loss   NaN   0.8        0   0.8   0.8       2

        """)
    let history = try run("metrics", "bbbb", "val_loss", "--format", "csv")
    #expect(history.output.hasPrefix("step,time_ms,value\n0,"))
    #expect(history.output.hasSuffix(",NaN\n"))
    let json = try run("metrics", "bbbb", "val_loss", "--format", "json")
    #expect(json.output.contains("\"value\": \"NaN\""))
  }

  @Test("leaves out the middle of a long metric, and says so")
  func longMetric() throws {
    let store = try TrackingStore(path)
    let long = try Run.start(name: "long", in: store)
    try long.logMetric("loss", values: (0..<1000).map { Double($0) })
    try long.end()
    let short = try run("metrics", "long", "loss")
    #expect(short.output.hasSuffix("\n960 of 1000 points are left out; see them with --all.\n"))
    #expect(short.output.split(separator: "\n").count == 43)
    #expect(try run("metrics", "long", "loss", "--all").output.split(separator: "\n").count == 1001)
  }

  @Test("lists artifacts and copies them out")
  func artifacts() throws {
    expect(
      try run("artifacts", "aaaa2"),
      prints: """
        path             size  sha256
        models/best.bin   7 B  9a129038d9a0
        table.csv         4 B  5be08c9684a1

        """)
    expect(
      try run("artifacts", "get", "aaaa2", "models/best.bin"),
      prints: "models/best.bin -> best.bin\n")
    #expect(try String(contentsOfFile: folder.path("best.bin"), encoding: .utf8) == "weights")
    let again = try run("artifacts", "get", "aaaa2", "models/best.bin")
    #expect(again.status == 1)
    #expect(
      again.errors
        == "track-cli: best.bin is there already; name another --output or give --force\n")
    expect(
      try run("artifacts", "get", "aaaa2", "-o", "out"),
      prints: """
        models/best.bin -> out/models/best.bin
        table.csv -> out/table.csv

        """)
    let missing = try run("artifacts", "get", "aaaa2", "nothing")
    #expect(missing.status == 1)
    #expect(missing.errors.hasPrefix("track-cli: run aaaa2222 has no artifact \"nothing\"."))
  }

  @Test("names the candidates of an ambiguous beginning")
  func ambiguous() throws {
    let result = try run("show", "aaaa")
    #expect(result.status == 1)
    #expect(result.output == "")
    #expect(
      result.errors == """
        track-cli: "aaaa" matches 2 runs; give more of the id of one of them:
          aaaa22220000  adam-small-lr  mnist  FINISHED  2026-03-01 14:06:09
          aaaa11110000  baseline  mnist  FINISHED  2026-03-01 14:05:09

        """)
  }

  @Test(
    "tells mistakes of use from failures",
    arguments: [
      ([], 64), (["nonsense"], 64), (["runs", "--nope"], 64), (["runs", "-n", "0"], 64),
      (["runs", "-n"], 64), (["show"], 64), (["show", "a", "b"], 64), (["compare", "latest"], 64),
      (["runs", "--format", "yaml"], 64), (["--nope", "runs"], 64),
      (["runs", "--all", "--limit", "3"], 64), (["show", "none"], 1), (["show", "abc"], 1),
      (["compare", "latest", "latest"], 1), (["metrics", "latest", "none"], 1),
      (["runs", "-e", "none"], 1), (["--store", "missing.db", "runs"], 1),
      (["--store", "http://localhost:5000", "runs"], 1), (["runs", "--store=."], 1),
      (["compare", "aaaa1", "aaaa2", "--minimize", "none"], 1),
    ] as [([String], Int32)])
  func statuses(arguments: [String], status: Int32) throws {
    let result = try runProgram(
      builtProduct("track-cli"), arguments, environment: ["TRACKING_URI": ""], in: folder.path())
    #expect(result.status == status)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("track-cli: "))
  }

  @Test("helps with everything, and knows its version")
  func help() throws {
    let overview = try run("--help")
    #expect(overview.status == 0)
    for name in [
      "experiments", "runs", "show", "metrics", "compare", "artifacts", "tag", "note", "delete",
      "restore", "gc",
    ] {
      #expect(overview.output.contains("  \(name) "))
      let help = try run(name, "--help")
      #expect(help.status == 0)
      #expect(help.output.hasPrefix("Usage: track-cli \(name) [OPTION]..."))
      #expect(help.output.contains("--store PLACE"))
      #expect(help.output == (try run("help", name)).output)
      #expect(overview.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
    #expect(try run("--version").output == "track-cli 0.1.0\n")
  }

  @Test("finds the store of a notebook in a subfolder, by the variable or by itself")
  func discovery() throws {
    try folder.write("", to: "clone/.git/HEAD")
    try folder.write("", to: "clone/notebooks/a.ipynb")
    let nothing = try run("runs", in: folder.path("clone"))
    #expect(nothing.status == 1)
    #expect(nothing.errors.contains("no tracking store found"))
    let notebook = folder.path("clone/notebooks")
    let store = try StoreLocation.forWriting(environment: [:], currentFolder: notebook)
    try Run.start(name: "from-notebook", in: try TrackingStore(store)).end()
    for place in ["clone", "clone/notebooks"] {
      #expect(try run("runs", in: folder.path(place)).output.contains("from-notebook"))
    }
    let elsewhere = try run(
      "runs", environment: ["TRACKING_URI": "sqlite:///\(path)"], in: notebook)
    #expect(elsewhere.output.contains("baseline"))
  }

  @Test("shows nothing that a terminal would act on")
  func controlCharacters() throws {
    let store = try TrackingStore(path)
    let run = try Run.start(name: "odd", in: store)
    try run.logParam("prompt", "a\u{1B}[31mb\nc")
    try run.end()
    let result = try self.run("show", "odd")
    #expect(result.output.contains("prompt  a\\u{1b}[31mb\\nc"))
  }
}
