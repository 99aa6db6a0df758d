/// The session's compiler arguments, in the form that sourcekitd takes.
///
/// sourcekitd parses arguments as the driver does and refuses a request over one that it does not
/// know, so only those that change what names mean are kept. The module's name is made constant:
/// a loaded compiler is used again only while the arguments stay the same.
struct CompilerArguments: Equatable {
  /// The kept arguments, without an input file.
  private(set) var arguments: [String] = []
  /// Folders of `-I`, in order.
  private(set) var importFolders: [String] = []
  /// The name under which the document is compiled.
  private(set) var moduleName = "Cell_now"

  init(_ words: [String]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "-Xfrontend" { continue }
      if word == "-module-name" {
        guard let name = rest.popFirst() else { break }
        var stem = name[...]
        while let last = stem.last, last.isNumber { stem.removeLast() }
        moduleName = stem + "now"
      } else if Self.frontendFlags.contains(word) {
        arguments += ["-Xfrontend", word]
      } else if Self.flags.contains(word) {
        arguments.append(word)
      } else if Self.options.contains(word) {
        guard let value = rest.popFirst() else { break }
        // A value may itself be announced by a second `-Xcc`, which the loop then meets.
        arguments += [word, value]
        if word == "-I" { importFolders.append(value) }
      } else if let prefix = Self.joined.first(where: { word.hasPrefix($0) }) {
        arguments.append(word)
        if prefix == "-I" { importFolders.append(String(word.dropFirst(2))) }
      }
    }
    arguments += ["-module-name", moduleName]
  }

  private static let frontendFlags: Set = ["-disable-access-control"]
  private static let flags: Set = [
    "-enable-testing", "-parse-as-library", "-enable-bare-slash-regex", "-strict-memory-safety",
  ]
  private static let options: Set = [
    "-I", "-F", "-D", "-Xcc", "-swift-version", "-sdk", "-target", "-resource-dir",
    "-enable-upcoming-feature", "-enable-experimental-feature", "-package-name", "-plugin-path",
    "-external-plugin-path", "-load-plugin-library", "-load-plugin-executable", "-vfsoverlay",
    "-default-isolation", "-module-alias", "-module-cache-path",
  ]
  private static let joined = [
    "-I", "-F", "-D", "-strict-concurrency=", "-cxx-interoperability-mode=",
  ]
}
