import FoundationEssentials

/// File names that continue a path in a string literal.
struct PathCompletion {
  /// The part of the path that the matches replace.
  let name: String
  /// Names in the path's folder, folders with a slash behind.
  let matches: [AssistantCompletion]

  /// - Parameters:
  ///   - typed: The path up to the cursor.
  ///   - workingFolder: Where relative paths begin.
  init(typed: String, from workingFolder: String) {
    let slash = typed.lastIndex(of: "/")
    let typedName = String(slash.map { typed[typed.index(after: $0)...] } ?? typed[...])
    var folder = slash.map { String(typed[...$0]) } ?? ""
    if folder.hasPrefix("~/") {
      folder = FileManager.default.homeDirectoryForCurrentUser.path + "/" + folder.dropFirst(2)
    } else if !folder.hasPrefix("/") {
      folder = "\(workingFolder)/\(folder)"
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    name = typedName
    matches = names.filter { candidate in
      candidate.hasPrefix(typedName) && (!candidate.hasPrefix(".") || typedName.hasPrefix("."))
        && !candidate.contains { $0 == "\"" || $0 == "\\" || $0.isNewline }
    }.sorted().prefix(CompletionList.limit).map { candidate in
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(candidate)", isDirectory: &isFolder)
      return AssistantCompletion(text: isFolder ? candidate + "/" : candidate, type: "path")
    }
  }
}
