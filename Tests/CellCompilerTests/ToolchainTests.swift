import CellCompiler
import Foundation
import TestSupport
import Testing

@Suite("Toolchain")
struct ToolchainTests {
  @Test("finds the toolchain that runs these tests, in a version that fits")
  func finds() throws {
    let toolchain = try Toolchain.find()
    try toolchain.checkVersion()
    #expect(try toolchain.version().hasPrefix(Toolchain.requiredVersion))
  }

  @Test("says where it looked when there is none")
  func missing() {
    #expect(throws: CellCompilerError.toolchainMissing(searched: "MARTLET_TOOLCHAIN=/no/where")) {
      try Toolchain.find(environment: ["MARTLET_TOOLCHAIN": "/no/where"])
    }
  }

  @Test("refuses another version, and one that does not answer")
  func otherVersion() throws {
    let folder = try TemporaryDirectory()
    let bin = folder.path() + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    func install(_ script: String) throws {
      let path = bin + "/swift-frontend"
      try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    let toolchain = Toolchain(root: folder.path())
    try install("echo 'Swift version 5.9.2 (swift-5.9.2-RELEASE)'")
    #expect(
      throws: CellCompilerError.toolchainVersion(
        root: folder.path(), found: "5.9.2", required: Toolchain.requiredVersion)
    ) { try toolchain.checkVersion() }
    try install("echo nonsense")
    #expect(throws: CellCompilerError.self) { try toolchain.checkVersion() }
  }
}
