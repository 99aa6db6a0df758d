import TestSupport
import Testing
import Tracking

/// `track-cli models`, as users run it.
@Suite("track-cli models")
struct CommandLineModelsTests {
  let folder: TemporaryDirectory
  let runID: String

  init() throws {
    folder = try TemporaryDirectory()
    let store = try TrackingStore(folder.path("tracking.db"))
    let run = try Run.start(experiment: "digits", name: "trained", in: store)
    runID = run.id
    try run.logDataset("pixels", digest: "abc", source: "pixels.csv", context: "training")
    try run.logArtifact(text: "weights", as: "model/weights.bin")
    try run.end()
  }

  private func run(_ arguments: String...) throws -> ProgramResult {
    let plain = ["TZ": "UTC", "TRACKING_URI": "", "COLUMNS": "", "NO_COLOR": "1"]
    return try runProgram(
      builtProduct("track-cli"), ["models"] + arguments, environment: plain, in: folder.path())
  }

  private func output(_ arguments: String...) throws -> String {
    let plain = ["TZ": "UTC", "TRACKING_URI": "", "COLUMNS": "", "NO_COLOR": "1"]
    let result = try runProgram(
      builtProduct("track-cli"), ["models"] + arguments, environment: plain, in: folder.path())
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test("versions are registered, named, moved, described, tagged and deleted")
  func life() throws {
    #expect(try output().hasPrefix("No such models."))
    #expect(
      try output("register", "digits", "trained", "model", "-d", "first")
        == "Registered digits version 1 from runs:/\(runID)/model\n")
    _ = try output("register", "digits", "latest", "model")
    #expect(try output("alias", "digits", "champion", "latest") == "digits@champion is version 2\n")
    #expect(
      try output("stage", "digits", "champion", "production")
        == "digits version 2 is in Production\n")
    _ = try output("tag", "digits", "team=vision", "old=1")
    #expect(try output("tag", "digits", "-r", "old") == "digits  old removed\n")
    _ = try output("tag", "digits@1", "note=x=y")
    _ = try output("describe", "digits", "Reads digits.")
    let shown = try output("digits").split(separator: "\n").map(String.init)
    #expect(shown.prefix(3) == ["digits", "Reads digits.", "  team = vision"])
    #expect(shown[3].hasPrefix("version  aliases   stage       run"))
    #expect(shown[4].hasPrefix("      2  champion  Production  \(runID.prefix(8))"))
    #expect(shown[5].hasSuffix("first"))
    let version = try output("digits", "1")
    for part in ["runs:/\(runID)/model", "trained", "digits", "pixels abc training", "x=y"] {
      #expect(version.contains(part), "\(part) in \(version)")
    }
    let json = try output("digits", "champion", "--format", "json")
    #expect(json.contains("\"version\": 2") && json.contains("\"run_name\": \"trained\""))
    let query = "SELECT model, version, aliases, stage, run_id FROM model_versions ORDER BY version"
    let rows = try runProgram(
      builtProduct("track-cli"), ["sql", query, "--format", "csv"],
      environment: ["TRACKING_URI": ""], in: folder.path())
    #expect(
      rows.output.split(separator: "\n").dropFirst()
        == ["digits,1,,None,\(runID)", "digits,2,champion,Production,\(runID)"], "\(rows.errors)")
    let list = try output("--format", "csv").split(separator: "\n")
    #expect(list[1].hasPrefix("digits,2,2,champion=2,"))
    #expect(try output("-f", "name = 'other'", "--format", "csv").split(separator: "\n").count == 1)
    #expect(try output("unalias", "digits", "champion") == "Removed digits@champion\n")
    #expect(try output("delete", "digits", "2") == "Deleted digits version 2\n")
    #expect(try output("rename", "digits", "numbers") == "Renamed digits to numbers\n")
    #expect(try output("delete", "numbers") == "Deleted numbers and its versions\n")
    #expect(try output("--format", "json") == "[]\n")
  }

  @Test("what is wrong is said, and nothing is changed")
  func faults() throws {
    for words in [
      ["register", "digits"], ["alias", "digits", "a"], ["tag", "digits"], ["tag", "digits", "x"],
      ["digits", "1", "2"], ["digits", "--archive"], ["create", "a", "--remove", "x"],
      ["digits", "-f", "name = 'x'"],
    ] {
      let result = try runProgram(
        builtProduct("track-cli"), ["models"] + words, environment: ["TRACKING_URI": ""],
        in: folder.path())
      #expect(result.status == 64, "\(words): \(result.output)")
    }
    let missing = try run("digits")
    #expect(missing.status == 1 && missing.errors.contains("no model is registered as \"digits\""))
    #expect(try run("register", "digits", "trained", "none").status == 1)
    #expect(try run("create", "a/b").status == 1)
    _ = try output("create", "a")
    #expect(try run("create", "a").errors.contains("registered as \"a\" already"))
    #expect(try run("a", "3").errors.contains("has no version 3"))
    #expect(try run("unalias", "a", "best").status == 1)
    let filter = try run("-f", "stage = 'None'")
    #expect(filter.status == 1 && filter.errors.contains("^\n"), "\(filter.errors)")
  }
}
