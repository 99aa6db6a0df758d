import TestSupport
import Testing
import Tracking

/// What `track-cli` finds and changes, as users run it.
@Suite("track-cli, searching and changing")
struct CommandLineChangesTests {
  let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    let store = try TrackingStore(folder.path("tracking.db"))
    for (name, loss) in [("a", 0.25), ("b", 1.5), ("c", .nan)] {
      let run = try Run.start(experiment: "first", name: name, in: store)
      try run.logMetric("loss", loss)
      try run.logParams(["model": name == "b" ? "cnn" : "mlp"])
      try run.end()
    }
  }

  private func run(_ arguments: String...) throws -> ProgramResult {
    let plain = ["TZ": "UTC", "TRACKING_URI": "", "COLUMNS": "", "NO_COLOR": "1"]
    return try runProgram(
      builtProduct("track-cli"), arguments, environment: plain, in: folder.path())
  }

  /// The second column of a CSV table.
  private func names(_ arguments: String...) throws -> [String] {
    let plain = ["TRACKING_URI": "", "NO_COLOR": "1"]
    let result = try runProgram(
      builtProduct("track-cli"), arguments + ["--format", "csv"], environment: plain,
      in: folder.path())
    #expect(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").dropFirst().map {
      String($0.split(separator: ",")[1])
    }
  }

  @Test("runs: filter, order, columns")
  func searching() throws {
    #expect(try names("runs", "--filter", "metrics.loss > 0 AND params.model = 'mlp'") == ["a"])
    #expect(try names("runs", "-o", "metrics.loss DESC") == ["b", "a", "c"])
    #expect(try names("runs", "-o", "params.model", "-o", "run_name DESC") == ["b", "c", "a"])
    let table = try run("runs", "-f", "run_name IN ('a')")
    #expect(table.status == 1)
    #expect(
      table.errors.contains(
        "  run_name IN ('a')\n           ^\nIt takes =, !=, LIKE, ILIKE"), "\(table.errors)")
    let wide = try run("runs", "-o", "run_name", "-c", "metrics.loss,params.model,tags.none")
    let lines = wide.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines[0].suffix(3) == ["metrics.loss", "params.model", "tags.none"])
    #expect(lines[1].suffix(2) == ["0.25", "mlp"] && lines[3].suffix(2) == ["NaN", "mlp"])
    let json = try run("runs", "-c", "params.model", "--format", "json", "-f", "run_name = 'b'")
    #expect(json.output.contains("\"params.model\": \"cnn\""))
    #expect(try run("runs", "-c", "loss").status == 64)
    #expect(try run("runs", "--view", "some").status == 64)
    #expect(try run("runs", "-f", "run_name = 'x'").output == "No such runs.\n")
  }

  @Test("delete, restore and gc")
  func deleting() throws {
    // A reference that fits nothing deletes nothing.
    #expect(try run("delete", "a", "none").status == 1)
    #expect(try names("runs", "-o", "run_name") == ["a", "b", "c"])
    let deleted = try run("delete", "a", "b")
    #expect(deleted.status == 0 && deleted.output.split(separator: "\n").count == 2)
    #expect(try names("runs") == ["c"])
    #expect(try names("runs", "--view", "deleted", "-o", "run_name") == ["a", "b"])
    #expect(try run("restore", "a").status == 0)
    #expect(try run("restore", "a").status == 1)
    #expect(
      try run("gc", "--dry-run").output == "Would remove 1 run, 0 experiments and 0 files (0 B).\n")
    #expect(
      try run("gc", "--older-than", "1").output
        == "Removed 0 runs, 0 experiments and 0 files (0 B).\n")
    #expect(try run("gc").output == "Removed 1 run, 0 experiments and 0 files (0 B).\n")
    #expect(try run("restore", "b").status == 1)
    #expect(
      try run("delete", "-e", "first").output == "Deleted the experiment first and its runs.\n")
    #expect(try run("runs").output == "No runs yet.\n")
    #expect(try run("restore", "--experiment", "first").status == 0)
    #expect(try names("runs", "-o", "run_name") == ["a", "c"])
    for wrong in [
      ["delete"], ["restore"], ["delete", "a", "-e", "first"], ["gc", "now"],
      ["gc", "--older-than", "-1"],
    ] {
      let result = try runProgram(
        builtProduct("track-cli"), wrong, environment: [:], in: folder.path())
      #expect(result.status == 64 && result.output == "", "\(wrong)")
    }
  }

  @Test("tag and note, which changes only with --remove or a text")
  func tagging() throws {
    #expect(try run("tag", "a", "team=vision", "odd=a=b", "empty=").status == 0)
    #expect(
      try names("runs", "-f", "tags.team = 'vision' AND tags.odd = 'a=b' AND tags.empty = ''") == [
        "a"
      ])
    #expect(try run("tag", "a", "--remove", "odd", "-r", "empty").output.contains("odd removed"))
    #expect(try names("runs", "-f", "tags.odd IS NOT NULL OR tags.empty IS NOT NULL") == [])
    #expect(try run("note", "a").output.contains("has no note"))
    #expect(try run("note", "a", "# Better\nthan *b*").status == 0)
    #expect(try run("note", "a").output == "# Better\nthan *b*\n")
    #expect(try run("note", "a", "--remove").status == 0)
    #expect(try run("note", "a").output.contains("has no note"))
    #expect(try run("tag", "a").status == 64)
    #expect(try run("tag", "a", "novalue").status == 64)
    #expect(try run("tag", "a", "=x").status == 1)
    #expect(try run("note", "a", "x", "--remove").status == 64)
  }
}
