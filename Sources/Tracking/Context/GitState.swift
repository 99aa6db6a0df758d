import FoundationEssentials

/// What a Git clone says of itself, read from its files: no program has to be started for it.
///
/// - SeeAlso: gitrepository-layout(5).
package struct GitState: Equatable {
  /// The folder with the files that are worked on.
  package let root: String
  /// The commit that is checked out; `nil` before the first one.
  package let commit: String?
  /// The branch; `nil` between branches.
  package let branch: String?
  /// Where `origin` is, without a password.
  package let url: String?

  /// The clone around `folder`; `nil` outside of clones.
  package init?(around folder: String) {
    var folder = folder
    while !FileManager.default.fileExists(atPath: "\(folder)/.git") {
      guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { return nil }
      folder = String(folder[..<slash])
    }
    root = folder
    var git = "\(folder)/.git"
    // A worktree's or a submodule's `.git` is a file that names the folder.
    if let text = Self.line(of: git), text.hasPrefix("gitdir: ") {
      let named = String(text.dropFirst("gitdir: ".count))
      git = named.hasPrefix("/") ? named : "\(folder)/\(named)"
    }
    var common = git
    if let text = Self.line(of: "\(git)/commondir") {
      common = text.hasPrefix("/") ? text : "\(git)/\(text)"
    }
    guard let head = Self.line(of: "\(git)/HEAD") else { return nil }
    if head.hasPrefix("ref: ") {
      let reference = String(head.dropFirst("ref: ".count))
      branch = reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : reference
      commit =
        Self.line(of: "\(git)/\(reference)") ?? Self.line(of: "\(common)/\(reference)")
        ?? Self.packed(reference, in: "\(common)/packed-refs")
    } else {
      (branch, commit) = (nil, head)
    }
    url = Self.origin(in: "\(common)/config").map(Self.withoutPassword)
  }

  private static func packed(_ reference: String, in path: String) -> String? {
    for line in lines(of: path) {
      let words = line.split(separator: " ")
      if words.count == 2, words[1] == reference { return String(words[0]) }
    }
    return nil
  }

  /// The `url` of the section `remote "origin"`.
  private static func origin(in path: String) -> String? {
    var isOrigin = false
    for line in lines(of: path) {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      if line.hasPrefix("[") {
        isOrigin = words.joined(separator: " ") == "[remote \"origin\"]"
      } else if isOrigin, words.count >= 3, words[0] == "url", words[1] == "=" {
        return words[2...].joined(separator: " ")
      }
    }
    return nil
  }

  private static func withoutPassword(_ url: String) -> String {
    guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return url }
    let start = url.index(colon, offsetBy: 3)
    guard let at = url[start...].prefix(while: { $0 != "/" }).lastIndex(of: "@") else { return url }
    return String(url[..<start] + url[url.index(after: at)...])
  }

  private static func lines(of path: String) -> [Substring] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n")
  }

  private static func line(of path: String) -> String? { lines(of: path).first.map(String.init) }
}
