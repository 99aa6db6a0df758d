/// The folders in which programs keep a user's files.
///
/// - SeeAlso: The XDG Base Directory Specification.
package enum UserFolders {
  /// The folder for what can be made anew: `XDG_CACHE_HOME` if that is an absolute path, else `~/.cache`.
  ///
  /// - Returns: `nil` when there is no home either.
  package static func cache(_ environment: [String: String]) -> String? {
    let chosen = environment["XDG_CACHE_HOME"] ?? ""
    if chosen.hasPrefix("/") { return chosen }
    let home = environment["HOME"] ?? ""
    return home.hasPrefix("/") ? home + "/.cache" : nil
  }
}
