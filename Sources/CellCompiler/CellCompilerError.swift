/// Why cells cannot be compiled at all; a cell's own mistakes are diagnostics.
package enum CellCompilerError: Error, Equatable, CustomStringConvertible {
  /// No toolchain was found.
  case toolchainMissing(searched: String)
  /// There is one, but it does not work.
  case toolchainUnusable(root: String, reason: String)
  /// It is not of the version that Martlet was built with.
  case toolchainVersion(root: String, found: String, required: String)
  /// The linker failed.
  case linkFailed(message: String)
  /// No linker was found.
  case linkerMissing
  /// The compiler itself ended with a signal.
  case compilerCrashed(status: String, message: String)
  /// A file could not be written.
  case cannotWrite(path: String, reason: String)
  /// The cell was interrupted while it was compiled.
  case interrupted

  package var description: String {
    switch self {
    case .toolchainMissing(let searched):
      "no Swift toolchain was found (searched \(searched)). Install Swift "
        + "\(Toolchain.requiredVersion) from swift.org and put its usr/bin in PATH, or name its "
        + "folder in MARTLET_TOOLCHAIN."
    case .toolchainUnusable(let root, let reason):
      "the Swift toolchain in \(root) does not work: \(reason). Install it anew, or name another "
        + "in MARTLET_TOOLCHAIN."
    case .toolchainVersion(let root, let found, let required):
      "the Swift toolchain in \(root) is version \(found), but Martlet was built with "
        + "\(required), and compiled modules are bound to their version. Name a \(required) "
        + "toolchain in MARTLET_TOOLCHAIN, or build Martlet with this one."
    case .linkFailed(let message):
      "the cell was compiled but could not be linked:\n\(message)"
    case .linkerMissing:
      "no linker was found: neither ld in PATH nor ld.lld in the toolchain. Install binutils."
    case .compilerCrashed(let status, let message):
      "the Swift compiler ended with \(status) while it compiled this cell; the session is "
        + "unharmed. The last it said:\n\(message)"
    case .cannotWrite(let path, let reason):
      "cannot write \(path): \(reason). Free space there, or name another folder in TMPDIR."
    case .interrupted:
      "the cell was interrupted while it was compiled"
    }
  }
}
