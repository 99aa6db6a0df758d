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
    ) { try toolchain.checkVersion(modules: "/nowhere") }
    try install("echo nonsense")
    #expect(throws: CellCompilerError.self) { try toolchain.checkVersion(modules: "/nowhere") }
  }

  @Test("refuses another patch release than the one that built Martlet's modules")
  func otherPatchRelease() throws {
    let built = URL(fileURLWithPath: builtProduct("martlet")).deletingLastPathComponent().path
    let own = try #require(Toolchain.builtVersion(modules: built + "/Modules"))
    let toolchain = try Toolchain.find()
    #expect(try toolchain.version() == own)
    try toolchain.checkVersion(modules: built + "/Modules")

    let folder = try TemporaryDirectory()
    let other = own + ".9"
    var module = try Data(contentsOf: URL(fileURLWithPath: built + "/Modules/CellGate.swiftmodule"))
    let range = try #require(module.firstRange(of: Data("Swift version \(own)".utf8)))
    module.replaceSubrange(range, with: Data("Swift version \(other)".utf8))
    try module.write(to: folder.url.appendingPathComponent("CellGate.swiftmodule"))
    #expect(
      throws: CellCompilerError.toolchainVersion(
        root: toolchain.root, found: own, required: other)
    ) { try toolchain.checkVersion(modules: folder.path()) }
  }
}
