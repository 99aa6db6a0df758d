import FoundationEssentials
import Processes

/// Where sourcekitd keeps what each library module offers, for all kernels of a user.
///
/// Without it every process reads all declarations of a module such as Foundation to complete one name, which
/// takes 50 MB that are never given back. sourcekitd compares the module's date with that of the entry,
/// and writes entries under another name first, so that kernels may share the folder.
struct CompletionCache {
  /// The bytes beyond which the entries begin anew.
  static let limit = 64 << 20

  /// The folder of the entries.
  let folder: String

  /// Makes the folder in `XDG_CACHE_HOME` or `~/.cache`; `nil` when there is none to write to.
  init?(environment: [String: String]) {
    guard let base = UserFolders.cache(environment) else { return nil }
    folder = base + "/martlet/completion"
    let files = FileManager.default
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      return nil
    }
    guard files.isWritableFile(atPath: folder) else { return nil }
  }

  /// Removes the entries of a session's cells, which nobody asks for again, and all if there is too much.
  ///
  /// - Parameter isTemporary: Whether a module, given by its name, belongs to a session.
  func prune(where isTemporary: (String) -> Bool) {
    let files = FileManager.default
    var kept: [String] = []
    var size = 0
    for name in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      // As in `Foundation-nodefaults-2L6F0AZ8ONU1Z.completions`.
      if isTemporary(String(name.prefix { $0 != "-" })) {
        try? files.removeItem(atPath: path)
      } else {
        kept.append(path)
        size += (try? files.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
      }
    }
    guard size > Self.limit else { return }
    for path in kept { try? files.removeItem(atPath: path) }
  }
}
