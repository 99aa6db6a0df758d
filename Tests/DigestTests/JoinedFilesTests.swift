import Digest
import TestSupport
import Testing

@Suite("Joined files")
struct JoinedFilesTests {
  @Test("are the files one after the other, with the digests of each and of all")
  func joins() throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    // Larger than the pieces that are read, empty, and small.
    let contents = [
      (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }, [], Array("end".utf8),
    ]
    let files = try contents.enumerated().map { try folder.write($1, to: "\($0)") }
    let result = try joinFiles(files, to: folder.path("all"))
    #expect(result.byteCount == 600_003)
    #expect(result.digests == contents.map { sha256($0) })
    #expect(result.digest == sha256(contents.flatMap(\.self)))
    #expect(try sha256(ofFile: folder.path("all")).digest == result.digest)
    #expect(try joinFiles([], to: folder.path("none")).digest == sha256([]))
  }

  @Test("are not written over a file, nor where there is no folder, nor without all parts")
  func refuses() throws {
    let folder = try TemporaryDirectory()
    defer { withExtendedLifetime(folder) {} }
    let part = try folder.write("part", to: "part")
    for (files, path, message) in [
      ([part], part, "cannot write \(part): File exists"),
      ([part], folder.path("no/all"), "cannot write \(folder.path("no/all")): No such file"),
      (
        [folder.path("lost")], folder.path("new"),
        "cannot read \(folder.path("lost")): No such file"
      ),
    ] {
      let error = #expect(throws: DigestError.self) { try joinFiles(files, to: path) }
      #expect(error?.description.hasPrefix(message) == true)
    }
  }
}
