import Foundation
import TestSupport
import Testing
import Tracking

/// Registered models, their versions, aliases, stages and tags.
@Suite("Registry")
struct RegistryTests {
  let folder: TemporaryDirectory
  let store: TrackingStore

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
  }

  private func run(_ name: String = "trained") throws -> Run {
    let run = try Run.start(experiment: "digits", name: name, in: store)
    try run.logDataset("pixels", digest: "abc", source: "pixels.csv", context: "training")
    try run.logArtifact(text: "weights of \(name)", as: "model/weights.bin")
    try run.end()
    return run
  }

  @Test("versions count upwards, and no number is given twice")
  func versions() throws {
    let run = try run()
    for number in 1...3 {
      let version = try store.registerModel("digits", from: run, path: "model")
      #expect(version.version == number && version.source == "runs:/\(run.id)/model")
      #expect(version.runID == run.id && version.stage == .none)
    }
    try store.deleteModelVersion("digits", 3)
    #expect(throws: TrackingError.modelVersionNotFound(name: "digits", version: "3")) {
      try store.modelVersion("digits", 3)
    }
    #expect(try store.registerModel("digits", from: run, path: "model").version == 4)
    #expect(throws: TrackingError.artifactNotFound(run: String(run.id.prefix(8)), path: "none")) {
      try store.registerModel("digits", from: run, path: "none")
    }
    #expect(try store.searchModelVersions(filter: "name = 'digits'").map(\.version) == [4, 2, 1])
  }

  @Test("eight writers at once each get a version of their own")
  func concurrency() async throws {
    let path = store.path
    try store.createRegisteredModel("shared")
    let numbers = try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let store = try TrackingStore(path)
          return try (0..<5).map { _ in
            try store.createModelVersion(of: "shared", NewModelVersion(source: "s3://x")).version
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(numbers.sorted() == Array(1...40))
  }

  @Test("an alias names one version; latest is the highest")
  func aliases() throws {
    let run = try run()
    for _ in 0..<2 { try store.registerModel("digits", from: run, path: "model") }
    try store.setAlias("champion", of: "digits", to: 1)
    try store.setAlias("champion", of: "digits", to: 2)
    try store.setAlias("old", of: "digits", to: 1)
    #expect(try store.modelVersion("digits", alias: "champion").version == 2)
    #expect(try store.modelVersion("digits", alias: "latest").version == 2)
    #expect(try store.registeredModel("digits").aliases == ["champion": 2, "old": 1])
    #expect(try store.modelVersion("digits", 1).aliases == ["old"])
    #expect(try store.removeAlias("old", of: "digits"))
    #expect(try !store.removeAlias("old", of: "digits"))
    #expect(throws: TrackingError.aliasNotFound(name: "digits", alias: "old")) {
      try store.modelVersion("digits", alias: "old")
    }
    for alias in ["latest", "LATEST", "v1", "V23", "a b", "a/b", "", "x\n"] {
      #expect(throws: TrackingError.self, "\(alias)") {
        try store.setAlias(alias, of: "digits", to: 1)
      }
    }
    try store.deleteModelVersion("digits", 2)
    #expect(try store.registeredModel("digits").aliases == [:])
  }

  @Test("stages move, and may archive the others")
  func stages() throws {
    let run = try run()
    for _ in 0..<3 { try store.registerModel("digits", from: run, path: "model") }
    try store.moveModelVersion("digits", 1, to: .production)
    try store.moveModelVersion("digits", 2, to: .production)
    #expect(
      try store.latestVersions(of: "digits", stages: [.production]).map(\.version) == [2])
    try store.moveModelVersion("digits", 3, to: .production, archivesOthers: true)
    #expect(
      try (1...3).map { try store.modelVersion("digits", $0).stage }
        == [.archived, .archived, .production])
    #expect(try store.latestVersions(of: "digits").map(\.version) == [2, 3])
    #expect(ModelStage(named: "pRoDuction") == .production && ModelStage(named: "x") == nil)
  }

  @Test("models are named, described, tagged, renamed and deleted")
  func models() throws {
    try store.createRegisteredModel("a", description: "first", tags: ["team": "vision"])
    #expect(throws: TrackingError.modelExists(name: "a")) { try store.createRegisteredModel("a") }
    try store.createRegisteredModel("b")
    #expect(throws: TrackingError.modelExists(name: "b")) {
      try store.renameRegisteredModel("a", to: "b")
    }
    try store.createModelVersion(of: "a", NewModelVersion(source: "s3://bucket/a"))
    try store.setAlias("best", of: "a", to: 1)
    #expect(try store.renameRegisteredModel("a", to: "c").aliases == ["best": 1])
    #expect(try store.updateRegisteredModel("c", description: "new").description == "new")
    try store.setTag("x", "1", ofModel: "c")
    try store.setTag("team", nil, ofModel: "c")
    try store.setTag("y", "2", ofModel: "c", version: 1)
    #expect(try store.updateModelVersion("c", 1, description: "d").tags == ["y": "2"])
    #expect(try store.registeredModel("c").tags == ["x": "1"])
    try store.deleteRegisteredModel("c")
    #expect(throws: TrackingError.modelNotFound(name: "c")) { try store.registeredModel("c") }
    #expect(try store.searchModelVersions().isEmpty)
    for name in ["", "  ", "a/b", "a:b", ".", "..", "x\0", String(repeating: "x", count: 257)] {
      #expect(throws: TrackingError.self, "\(name)") { try store.createRegisteredModel(name) }
    }
    try store.createRegisteredModel("modèle 🐦 'x' \"y\"")
  }

  @Test(
    "searches find models",
    arguments: [
      ("name = 'b'", ["b"]), ("name LIKE 'M%'", []), ("name ILIKE 'M%'", ["m1", "m2"]),
      ("tags.team = 'x' OR name IN ('b', 'c')", ["b", "m1"]), ("tag.team != 'x'", ["m2"]),
      ("tags.`team` IS NULL", ["b"]), ("tags.`mlflow.prompt.is_prompt` = 'true'", ["prompt"]),
      ("tags.`mlflow.prompt.is_prompt` != 'true'", ["b", "m1", "m2"]), ("", ["b", "m1", "m2"]),
      ("tags.`mlflow.prompt.is_prompt` != 'true' AND name LIKE 'm%'", ["m1", "m2"]),
    ])
  func search(filter: String, expected: [String]) throws {
    try store.createRegisteredModel("m1", tags: ["team": "x"])
    try store.createRegisteredModel("m2", tags: ["team": "y"])
    try store.createRegisteredModel("b")
    try store.createRegisteredModel("prompt", tags: ["mlflow.prompt.is_prompt": "true"])
    #expect(try store.searchRegisteredModels(filter: filter).map(\.name) == expected)
    #expect(
      try store.searchRegisteredModels(filter: filter, order: ["name DESC"], limit: 2).map(\.name)
        == Array(expected.reversed().prefix(2)))
  }

  @Test("searches find versions, and say what is wrong with a filter")
  func versionSearch() throws {
    let (first, second) = (try run("one"), try run("two"))
    for run in [first, second, second] { try store.registerModel("m", from: run, path: "model") }
    try store.setTag("ok", "yes", ofModel: "m", version: 2)
    func numbers(_ filter: String, _ order: [String] = ["version_number"]) throws -> [Int] {
      try store.searchModelVersions(filter: filter, order: order).map(\.version)
    }
    #expect(try numbers("run_id = '\(second.id)'") == [2, 3])
    #expect(try numbers("run_id IN ('\(first.id)', 'x')") == [1])
    #expect(try numbers("version_number >= 2 AND tags.ok = 'yes'") == [2])
    #expect(try numbers("version_number = '2'") == [2])
    #expect(try numbers("source_path LIKE 'runs:/%/model'", ["version_number DESC"]) == [3, 2, 1])
    #expect(try numbers("version_number > 1 OR name = 'none'") == [2, 3])
    for filter in [
      "stage = 'None'", "version_number LIKE '1'", "version_number = 'x'", "source_path IN ('a')",
      "metrics.loss < 1", "last_updated_timestamp > 1", "name = 'x' AND", "name == 'x'",
      "name = 'x'; DROP TABLE runs",
    ] {
      #expect(throws: TrackingError.self, "\(filter)") { try numbers(filter) }
    }
    #expect(throws: TrackingError.self) { try numbers("", ["version_number", "version_number"]) }
    #expect(throws: TrackingError.self) { try numbers("", ["stage"]) }
  }

  @Test("a version leads back to its run and data, which are kept while it lives")
  func lineage() throws {
    let run = try run()
    try store.registerModel("digits", from: run, path: "model")
    let lineage = try store.lineage(ofModel: "digits", version: 1)
    #expect(lineage.runID == run.id && lineage.runName == "trained")
    #expect(lineage.experiment == "digits" && lineage.datasets.map(\.name) == ["pixels"])
    #expect(lineage.datasets.map(\.context) == ["training"])
    try store.deleteExperiment(id: store.experimentID("digits"))
    #expect(try store.collectGarbage(deletedBefore: .max) == GarbageReport())
    #expect(try store.lineage(ofModel: "digits", version: 1).runName == "trained")
    try store.deleteModelVersion("digits", 1)
    let report = try store.collectGarbage(deletedBefore: .max)
    #expect(report.runs == 1 && report.experiments == 1 && report.files == 1)
  }
}
