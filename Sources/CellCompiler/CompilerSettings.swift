import Processes
import Synchronization

/// What directives change about how later cells are compiled and linked.
package struct CompilerSettings: Sendable, Equatable {
  /// Whether cells are compiled with `-O`, else with `-Onone`.
  package var isOptimized = true
  /// The compiler flags of `%flags`.
  package var flags: [String] = []
  /// The flags that make packages' and libraries' modules importable.
  package var importArguments: [String] = []
  /// The folders with the libraries.
  package var libraryFolders: [String] = []
  /// The libraries that cells are linked with, as in `-lz`.
  package var libraries: [String] = []

  package init() {}
}

extension CellCompiler {
  /// How later cells are compiled and linked.
  package var settings: CompilerSettings { settingsBox.withLock { $0 } }

  package func change(_ body: @Sendable (inout CompilerSettings) -> Void) {
    settingsBox.withLock { body(&$0) }
  }

  // MARK: Trying settings out

  /// The compiler's errors about a small cell with other settings; `nil` when there are none.
  package func errors(
    with trial: CompilerSettings, source: String = "public let value = [1, 2].map { $0 + 1 }\n"
  ) throws(CellCompilerError) -> String? {
    let base = "\(folder)/trial"
    try write(source, to: base + ".swift")
    let shared = sharedArguments.dropLast(
      settings.importArguments.count + settings.flags.count)
    let output = try run(
      toolchain.frontend,
      ["-frontend", "-c", "-primary-file", base + ".swift", "-module-name", "Trial"]
        + ["-Onone", "-diagnostic-style", "llvm", "-no-color-diagnostics", "-o", base + ".o"]
        + shared + trial.importArguments + trial.flags)
    let errors = output.errorText.split(separator: "\n").compactMap { line -> String? in
      let line = String(line)
      return line.firstRange(of: "error: ").map { String(line[$0.upperBound...]) }
    }
    if output.status == .exited(0), errors.isEmpty { return nil }
    return errors.isEmpty
      ? "the compiler ended with \(output.status)" : errors.joined(separator: "; ")
  }

  /// Why the linker does not find `libraries` in `folders`; `nil` when it finds all.
  package func linkErrors(
    libraries: [String], folders: [String]
  ) throws(CellCompilerError) -> String? {
    let path = "\(folder)/trial.so"
    let output = try run(
      linker.path, ["-shared", "-o", path] + folders.flatMap { ["-L", $0] } + libraries)
    return output.status == .exited(0) ? nil : output.errorText
  }
}
