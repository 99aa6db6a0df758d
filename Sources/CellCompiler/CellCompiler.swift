package import Cells
import Processes
import Synchronization

/// Compiles and links one cell after another into objects that a worker loads.
///
/// Every cell is a module of its own, and imports from the modules of earlier ones what it names.
package final class CellCompiler: Sendable {
  package let toolchain: Toolchain
  /// Where modules and objects of this session lie.
  package let folder: String
  private let library: UserLibrary
  let linker: (path: String, isLLD: Bool)
  /// The session's own cache of C modules, where the user's cannot be written.
  private let ownModuleCache: String?
  let settingsBox = Mutex(CompilerSettings())
  private let frontend: Frontend
  private let linking = Mutex<Command?>(nil)
  private let linked = Mutex<Set<String>>([])
  /// Modules that every cell loads, as the worker has them anyway.
  private let preloaded = Mutex<Set<String>>([])

  /// The library that cells may import as `Martlet`.
  package struct UserLibrary: Sendable {
    /// The folder with `libMartlet.so`.
    package var libraries: String
    /// The folder with the `.swiftmodule` files.
    package var modules: String

    /// The modules that it holds.
    package static let names: Set = [
      "Martlet", "Tensors", "Tables", "Gradients", "NeuralNetworks", "TensorDifferentiation",
      "Learners", "Plots", "Tracking",
      "JSONValues",
    ]

    /// The library beside this program.
    package static var besideExecutable: UserLibrary {
      let folder = Files.executableFolder
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
    ownModuleCache = ModuleCache.isUsable ? nil : folder + "/cache"
    frontend = Frontend(
      executable: toolchain.frontend, library: library.libraries + "/libFrontendServer.so",
      folder: folder)
    if let path = findExecutable("ld.bfd") ?? findExecutable("ld") {
      linker = (path, false)
    } else if findExecutable("ld.lld", path: toolchain.root + "/bin") != nil {
      linker = (toolchain.root + "/bin/ld.lld", true)
    } else {
      throw .linkerMissing
    }
    let maps = Self.emptyModules.map { "module \($0) {}\n" }.joined()
    try write(maps, to: "\(folder)/maps/module.modulemap")
  }

  /// Importing the user's library asks for the C modules beneath it; empty ones satisfy that, and the real headers need
  /// not be parsed for every cell.
  package static let emptyModules = [
    "COpenBLAS", "CKernels", "CDelimited", "CImageFiles", "CSQLite", "CCrypto", "CZlib",
    "CRaster", "CCurl", "CGraphicsCards", "CProcesses", "CLocks",
  ]

  /// The flags that make the compiler see the session's modules; for completion, too.
  package var sharedArguments: [String] {
    let settings = self.settings
    return [
      "-I", folder, "-I", library.modules, "-I", "\(folder)/maps",
      "-disable-access-control", "-swift-version", "5", "-enable-bare-slash-regex",
      "-target", "\(Toolchain.architecture)-unknown-linux-gnu",
      "-in-process-plugin-server-path",
      "\(toolchain.root)/lib/swift/host/libSwiftInProcPluginServer.so",
      "-plugin-path", "\(toolchain.root)/lib/swift/host/plugins",
    ] + settings.importArguments + settings.flags
      + (ownModuleCache.map { ["-module-cache-path", $0] } ?? [])
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
    // A long session must not fill the disk: later cells need the module and the shared object only.
    defer { for suffix in [".swift", ".o"] { Files.removeFile(base + suffix) } }
    var job = job(for: module)
    if cell.hasEndlessLoop {
      job.arguments += ["-Xllvm", "-sil-disable-pass=loop-invariant-code-motion"]
    }
    let (status, said) = try frontend.run(job, text: cell.text)
    var parser = DiagnosticParser(said)
    let diagnostics = places(of: parser.diagnostics(), in: cell, source: base + ".swift")
    let hasErrors = diagnostics.contains { $0.severity == .error }
    let entry = Self.entry(of: module)
    switch status {
    case .exited(0) where !hasErrors: break
    case .exited where hasErrors:
      let notes = MissingImports.notes(about: diagnostics)
      return Result(diagnostics: diagnostics + notes, object: nil, entry: entry)
    default:
      let tail = said.split(separator: "\n").suffix(20).joined(separator: "\n")
      throw .compilerCrashed(status: "\(status)", message: tail)
    }
    preloaded.withLock { $0.formUnion(cell.imports) }
    try link(base, usesLibrary: !UserLibrary.names.isDisjoint(with: cell.imports))
    return Result(diagnostics: diagnostics, object: base + ".so", entry: entry)
  }

  /// Starts what the compilation of the next cell, `module`, does not need the cell for.
  package func prepare(module: String) {
    frontend.prepare(job(for: module))
  }

  /// Ends the compiler or linker that is running, if any.
  package func cancel() {
    frontend.cancel()
    linking.withLock { $0?.cancel() }
  }

  /// Ends the compiler that waits; the session is over.
  package func shutDown() {
    frontend.shutDown()
  }

  /// Forgets which libraries are loaded: a new worker has loaded none.
  package func workerWasReplaced() {
    linked.withLock { $0 = [] }
    preloaded.withLock { $0 = [] }
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
    // The table lets the worker walk over the stack, for backtraces and to stop a cell.
    var arguments = [
      "-shared", "--eh-frame-hdr", "-o", base + ".so", base + ".o", toolchain.runtimeObject,
    ]
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

  private static func entry(of module: String) -> String { "martlet_\(module)" }

  private func job(for module: String) -> Frontend.Job {
    let base = "\(folder)/\(module)"
    var arguments = [
      "-c", "-primary-file", base + ".swift", settings.isOptimized ? "-O" : "-Onone",
      "-assert-config", "Debug",
      "-enable-testing", "-entry-point-function-name", Self.entry(of: module),
      "-module-name", module, "-gline-tables-only", "-diagnostic-style", "llvm",
      "-no-color-diagnostics", "-o", base + ".o",
      // With the documentation, which inspection shows.
      "-emit-module-path", base + ".swiftmodule", "-emit-module-doc-path", base + ".swiftdoc",
    ]
    // The last of these is loaded first.
    let imports = ["CellGate"] + preloaded.withLock { $0.sorted() }
    for name in imports { arguments += ["-import-module", name] }
    return Frontend.Job(
      arguments: arguments + sharedArguments, source: base + ".swift", log: base + ".log")
  }

  func run(
    _ executable: String, _ arguments: [String]
  ) throws(CellCompilerError) -> CommandOutput {
    let command = Command(
      ProcessConfiguration(executable: executable, arguments: arguments, directory: folder))
    linking.withLock { $0 = command }
    defer { linking.withLock { $0 = nil } }
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
  private func places(
    of diagnostics: [Diagnostic], in cell: PreparedCell, source: String
  ) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var followsHidden = false
    for var diagnostic in diagnostics {
      if diagnostic.file == source, diagnostic.severity == .error {
        // Whatever is missing at the very end lies behind the cell.
        diagnostic.file = cell.label
        diagnostic.line = cell.end.line
        diagnostic.column = cell.end.column
        diagnostic.underline = 0..<0
        diagnostic.suggestion = nil
        result.append(diagnostic)
        continue
      }
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
      let column = { cell.column(line: diagnostic.line, compiled: $0) }
      mapped.column = column(diagnostic.column)
      mapped.underline =
        column(diagnostic.underline.lowerBound)..<column(diagnostic.underline.upperBound)
      mapped.suggestion?.column = column(diagnostic.suggestion?.column ?? 0)
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
    if let reason = Files.makeFolder(Files.folder(of: path)) ?? Files.write(text, to: path) {
      throw .cannotWrite(path: path, reason: reason)
    }
  }
}
