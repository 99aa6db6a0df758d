import FoundationEssentials

/// Where the history is kept: `MARTLET_HISTORY`, else `martlet/history.sqlite` among the user's
/// data files.
///
/// - SeeAlso: XDG Base Directory Specification, `XDG_DATA_HOME`.
package enum HistoryLocation: Sendable, Equatable {
  /// The environment variable that names the file.
  package static let variable = "MARTLET_HISTORY"
  /// The value of the variable that keeps the history in memory.
  package static let memoryName = ":memory:"

  /// A file that kernels share.
  case file(path: String)
  /// Nothing outlives the kernel, as the user asked.
  case memory
  /// There is no folder for the user's data.
  case unknown

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    if let chosen = environment[Self.variable], !chosen.isEmpty {
      self = chosen == Self.memoryName ? .memory : .file(path: chosen)
      return
    }
    // The specification has relative paths ignored.
    let data =
      if let folder = environment["XDG_DATA_HOME"], folder.hasPrefix("/") {
        folder
      } else if let home = environment["HOME"], home.hasPrefix("/") {
        "\(home)/.local/share"
      } else {
        String?.none
      }
    self = data.map { .file(path: "\($0)/martlet/history.sqlite") } ?? .unknown
  }
}
