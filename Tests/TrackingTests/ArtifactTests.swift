import Foundation
import TestSupport
import Testing

import Tracking

@Suite("Artifacts")
struct ArtifactTests {
  let folder: TemporaryDirectory
  let store: TrackingStore
  let run: Run

  init() throws {
    folder = try TemporaryDirectory()
    store = try TrackingStore(folder.path("tracking.db"))
    run = try Run.start(in: store)
  }

  private func artifacts() throws -> [ArtifactRecord] {
    try store.detail(of: try store.run(run.id)).artifacts
  }

  private func text(_ artifact: ArtifactRecord) throws -> String {
    try String(contentsOfFile: store.contentAddress(of: artifact), encoding: .utf8)
  }

  @Test("keeps files, bytes and texts, and equal contents once")
  func keeping() throws {
    let file = try folder.write("weights", to: "in/model.bin")
    try run.logArtifact(file)
    try run.logArtifact(file, as: "models/best.bin")
    try run.logArtifact(text: "weights", as: "copy.txt")
    try run.logArtifact(data: [1, 2, 3], as: "bytes")
    let found = try artifacts()
    #expect(found.map(\.path) == ["bytes", "copy.txt", "model.bin", "models/best.bin"])
    #expect(found.map(\.byteCount) == [3, 7, 7, 7])
    #expect(Set(found.map(\.sha256)).count == 2)
    #expect(try text(found[3]) == "weights")
    let kept = try FileManager.default.subpathsOfDirectory(atPath: "\(store.path).artifacts")
    #expect(kept.filter { $0.utf8.count > 64 }.count == 2)
    #expect(!kept.contains { $0.hasPrefix("incoming/") })
  }

  @Test("replaces an artifact of the same path")
  func replacing() throws {
    try run.logArtifact(text: "old", as: "note.txt")
    try run.logArtifact(text: "new", as: "note.txt")
    #expect(try artifacts().map { try text($0) } == ["new"])
  }

  @Test("logs the files of a folder, and what a link leads to")
  func folders() throws {
    try folder.write("1", to: "plots/a.svg")
    try folder.write("2", to: "plots/deep/b.svg")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("plots/link.svg"), withDestinationPath: "a.svg")
    try run.logArtifacts(folder.path("plots"), as: "figures")
    let found = try artifacts()
    #expect(found.map(\.path) == ["figures/a.svg", "figures/deep/b.svg", "figures/link.svg"])
    #expect(try found.map { try text($0) } == ["1", "2", "1"])
  }

  @Test(
    "refuses paths that lead out of the run",
    arguments: [
      "", "/etc/passwd", "..", "../x", "a/../../x", "a/..", ".", "./a", "a//b", "a/", "a\0b",
      "a\nb",
    ])
  func traversal(path: String) throws {
    #expect {
      try run.logArtifact(text: "x", as: path)
    } throws: {
      if case TrackingError.invalidArtifactPath(path, _) = $0 { true } else { false }
    }
    #expect(try artifacts().isEmpty)
  }

  @Test("says what is wrong with a source")
  func sources() throws {
    let missing = folder.path("missing")
    #expect(throws: TrackingError.artifactFailed(path: missing, reason: "there is no such file")) {
      try run.logArtifact(missing)
    }
    #expect { try run.logArtifact(folder.path(), as: "x") } throws: {
      "\($0)".contains("it is a folder; use logArtifacts")
    }
    #expect { try run.logArtifact("/dev/zero") } throws: { "\($0)".contains("no regular file") }
  }

  @Test("copies out what was logged, and notices damage")
  func copying() throws {
    try run.logArtifact(text: "weights", as: "model.bin")
    let artifact = try artifacts()[0]
    let place = folder.path("out/deep/model.bin")
    try store.copy(artifact, to: place)
    #expect(try String(contentsOfFile: place, encoding: .utf8) == "weights")
    try Data("damaged".utf8).write(to: URL(fileURLWithPath: store.contentAddress(of: artifact)))
    #expect { try store.copy(artifact, to: place) } throws: {
      "\($0)".contains("its contents are not those that were logged")
    }
    #expect(try String(contentsOfFile: place, encoding: .utf8) == "weights")
  }
}
