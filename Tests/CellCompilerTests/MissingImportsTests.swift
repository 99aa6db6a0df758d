import CellCompiler
import Cells
import Foundation
import TestSupport
import Testing

/// The table of names, against the real modules.
@Suite(.serialized) struct MissingImportsTests {
  @Test(arguments: MissingImports.names.map(\.module))
  func everyNameIsInItsModule(module: String) throws {
    let folder = try TemporaryDirectory()
    let built = URL(fileURLWithPath: builtProduct("martlet")).deletingLastPathComponent().path
    let compiler = try CellCompiler(
      toolchain: .find(), folder: folder.path(),
      library: CellCompiler.UserLibrary(libraries: built, modules: built + "/Modules"))
    defer { compiler.shutDown() }
    let names = try #require(MissingImports.names.first { $0.module == module }).names.sorted()
    // Most of these are no values, but each must be found.
    let source = "import \(module)\n" + names.map { "_ = \($0)\n" }.joined() + "_ = nowhere\n"
    let cell = try PreparedCell(source: source, label: "cell 1")
    let result = try compiler.compile(cell, module: "Cell_1")
    let missing = result.diagnostics.map(\.message).filter { $0.hasPrefix("cannot find") }
    #expect(missing == ["cannot find 'nowhere' in scope"])
  }
}
