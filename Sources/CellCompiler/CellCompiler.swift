package import Cells
import Processes
import Synchronization

/// Compiles and links one cell after another into objects that a worker loads.
///
/// Every cell is a module of its own. It sees the earlier ones through an import of the latest,
/// which re-exports the one before it, and so on; a later declaration shadows an earlier one.
package final class CellCompiler: Sendable {
  package let toolchain: Toolchain
  /// Where modules and objects of this session lie.
  package let folder: String
  private let library: UserLibrary
  let linker: (path: String, isLLD: Bool)
  let settingsBox = Mutex(CompilerSettings())
  private let running = Mutex<Command?>(nil)
  private let linked = Mutex<Set<String>>([])
  private let spare = Mutex<(frontend: SpareFrontend?, count: Int)>((nil, 0))

  /// The library that cells may import as `Martlet`.
  package struct UserLibrary: Sendable {
    /// The folder with `libMartlet.so`.
    package var libraries: String
    /// The folder with the `.swiftmodule` files.
    package var modules: String

    /// The modules that it holds.
    static let names: Set = ["Martlet", "Tensors", "Plots", "Tracking"]

    /// The library beside this program.
    package static var besideExecutable: UserLibrary {
      let path = Files.executable
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      return UserLibrary(libraries: folder, modules: folder + "/Modules")
    }

    package init(libraries: String, modules: String) {
      self.libraries = libraries
      self.modules = modules
    }
  }

  /// What became of one cell.
  package struct Result: Sendable {
    /// The compiler's messages about it, in its own lines and columns.
    package var diagnostics: [Diagnostic]
    /// The linked object; `nil` when there were errors.
    package var object: String?
    /// The entry's symbol.
    package var entry: String
  }

  /// Prepares to compile in `folder`.
  package init(
    toolchain: Toolchain, folder: String, library: UserLibrary = .besideExecutable
  ) throws(CellCompilerError) {
    self.toolchain = toolchain
    self.folder = folder
    self.library = library
    if let path = findExecutable("ld.bfd") ?? findExecutable("ld") {
      linker = (path, false)
    } else if findExecutable("ld.lld", path: toolchain.root + "/bin") != nil {
      linker = (toolchain.root + "/bin/ld.lld", true)
    } else {
      throw .linkerMissing
    }
    // Importing the user's library asks for the C modules beneath it; empty ones satisfy that,
    // and the real headers need not be parsed for every cell.
    let maps = ["COpenBLAS", "CKernels", "CSQLite", "CCrypto"].map { "module \($0) {}\n" }.joined()
    try write(maps, to: "\(folder)/maps/module.modulemap")
  }

  /// The flags that make the compiler see the session's modules; for completion, too.
  package var sharedArguments: [String] {
    let settings = self.settings
    return [
      "-I", folder, "-I", library.modules, "-I", "\(folder)/maps",
      "-disable-access-control", "-swift-version", "5",
      "-target", "\(Toolchain.architecture)-unknown-linux-gnu",
      "-in-process-plugin-server-path",
      "\(toolchain.root)/lib/swift/host/libSwiftInProcPluginServer.so",
      "-plugin-path", "\(toolchain.root)/lib/swift/host/plugins",
    ] + settings.importArguments + settings.flags
  }

  /// Compiles and links `cell` as the module `module`; blocks.
  ///
  /// - Parameters:
  ///   - cell: The prepared cell.
  ///   - module: A name that no other cell of the session has.
  /// - Returns: The diagnostics, and the object when there were no errors.
  /// - Throws: `interrupted` after `cancel`, or what kept the tools from working.
  package func compile(_ cell: PreparedCell, module: String) throws(CellCompilerError) -> Result {
    let base = "\(folder)/\(module)"
    try write(cell.text, to: base + ".swift")
    let entry = "martlet_\(module)"
    var arguments = [
      "-frontend", "-c", "-primary-file", base + ".swift", settings.isOptimized ? "-O" : "-Onone",
      "-assert-config", "Debug",
      "-enable-testing", "-entry-point-function-name", entry, "-module-name", module,
      "-gline-tables-only", "-diagnostic-style", "llvm", "-no-color-diagnostics",
      "-o", base + ".o",
    ]
    if cell.joinsSession {
      // With the documentation, which inspection shows.
      arguments += [
        "-emit-module-path", base + ".swiftmodule", "-emit-module-doc-path", base + ".swiftdoc",
      ]
    }
    arguments += sharedArguments
    let output = try runFrontend(arguments)
    let diagnostics = places(of: Diagnostic.parse(output.errorText), in: cell)
    let hasErrors = diagnostics.contains { $0.severity == .error }
    switch output.status {
    case .exited(0) where !hasErrors: break
    case .exited where hasErrors:
      return Result(diagnostics: diagnostics, object: nil, entry: entry)
    default:
      let tail = output.errorText.split(separator: "\n").suffix(20).joined(separator: "\n")
      throw .compilerCrashed(status: "\(output.status)", message: tail)
    }
    try link(base, usesLibrary: !UserLibrary.names.isDisjoint(with: cell.imports))
    return Result(diagnostics: diagnostics, object: base + ".so", entry: entry)
  }

  /// Ends the compiler or linker that is running, if any.
  package func cancel() {
    running.withLock { $0?.cancel() }
  }

  /// Forgets which libraries are loaded: a new worker has loaded none.
  package func workerWasReplaced() {
    linked.withLock { $0 = [] }
  }

  // MARK: Steps

  private func link(_ base: String, usesLibrary: Bool) throws(CellCompilerError) {
    // Only libraries that no earlier cell brought: the worker keeps all of them loaded.
    let asked = AutolinkReader.flags(in: Files.read(base + ".o") ?? [])
    let settings = self.settings
    let wanted = asked + (usesLibrary ? ["-lMartlet"] : []) + settings.libraries
    let flags = wanted.filter { flag in
      flag.hasPrefix("-l") && linked.withLock { !$0.contains(flag) }
    }
    var arguments = ["-shared", "-o", base + ".so", base + ".o", toolchain.runtimeObject]
    if !flags.isEmpty {
      arguments += ["-L", toolchain.libraries, "-L", library.libraries]
      arguments += ["-rpath", toolchain.libraries, "-rpath", library.libraries]
      for folder in settings.libraryFolders { arguments += ["-L", folder, "-rpath", folder] }
      arguments += flags
    }
    if linker.isLLD { arguments += ["--threads=1"] }
    let output = try run(linker.path, arguments)
    guard output.status == .exited(0) else {
      throw .linkFailed(message: output.errorText)
    }
    linked.withLock { $0.formUnion(flags) }
  }

  /// Compiles with the compiler that waits, if there is one, and starts the next.
  private func runFrontend(_ arguments: [String]) throws(CellCompilerError) -> CommandOutput {
    let waiting = spare.withLock { state in
      defer { state.frontend = nil }
      return state.frontend
    }
    defer { startSpare() }
    if let waiting {
      running.withLock { $0 = waiting.running }
      let output = waiting.run(arguments.filter { $0 != "-frontend" })
      running.withLock { $0 = nil }
      if let output {
        if waiting.running.isCancelled { throw .interrupted }
        return output
      }
    }
    return try run(toolchain.frontend, arguments)
  }

  private func startSpare() {
    spare.withLock { state in
      state.count += 1
      state.frontend = SpareFrontend(
        executable: toolchain.frontend, folder: folder, number: state.count)
    }
  }

  /// Ends the compiler that waits; the session is over.
  package func shutDown() {
    spare.withLock { $0.frontend }?.expire()
  }

  func run(
    _ executable: String, _ arguments: [String]
  ) throws(CellCompilerError) -> CommandOutput {
    let command = Command(
      ProcessConfiguration(executable: executable, arguments: arguments, directory: folder))
    running.withLock { $0 = command }
    defer { running.withLock { $0 = nil } }
    let output: CommandOutput
    do throws(ProcessError) {
      output = try command.run()
    } catch {
      throw .toolchainUnusable(root: toolchain.root, reason: "\(error)")
    }
    if command.isCancelled { throw .interrupted }
    return output
  }

  /// Brings diagnostics to the cell as written; warnings about inserted text, and notes that
  /// follow them or point into other modules, say nothing to the user.
  private func places(of diagnostics: [Diagnostic], in cell: PreparedCell) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var followsHidden = false
    for diagnostic in diagnostics {
      if isAboutRetroactiveConformance(diagnostic) {
        followsHidden = true
        continue
      }
      guard diagnostic.file == cell.label else {
        // Warnings about the generated imports are about the session's own doing.
        let isGenerated = diagnostic.file.hasPrefix(folder) || diagnostic.file.hasPrefix("Cell_")
        let isAside =
          diagnostic.severity != .error && (isGenerated || diagnostic.severity == .note)
          || diagnostic.file.hasPrefix("Cell_")
        if !isAside { result.append(diagnostic) }
        continue
      }
      if diagnostic.severity == .note, followsHidden { continue }
      followsHidden =
        diagnostic.severity != .error
        && cell.isInserted(line: diagnostic.line, compiled: diagnostic.column)
      if followsHidden { continue }
      var mapped = diagnostic
      mapped.column = cell.column(line: diagnostic.line, compiled: diagnostic.column)
      result.append(mapped)
    }
    return result
  }

  /// Whether a warning is about types of earlier cells, which are modules only to the compiler.
  private func isAboutRetroactiveConformance(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.severity == .warning
      && diagnostic.message.hasPrefix("extension declares a conformance of imported type")
  }

  func write(_ text: String, to path: String) throws(CellCompilerError) {
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    if let reason = Files.makeFolder(parent) ?? Files.write(text, to: path) {
      throw .cannotWrite(path: path, reason: reason)
    }
  }
}
