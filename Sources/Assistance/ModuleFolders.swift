import FoundationEssentials

/// Lets a loaded compiler find modules that are written after it was loaded.
///
/// sourcekitd keeps a compiler with everything it has imported, which makes a warm request take
/// milliseconds, but that compiler lists its import folders only once. Cells add a module each,
/// with a number in its name. So a folder of symbolic links stands for the numbers to come: the
/// names are known from the start, the files appear later. A module outside those numbers, or the
/// end of them, costs one reload, asked for by a changed argument.
struct ModuleFolders {
  /// How many numbers ahead the links reach.
  static let reach = 512

  private let folder: String
  private var generation = 0
  private var lists: [String: FolderList] = [:]
  private var known: Set<String> = []
  private var stems: Set<Stem> = []

  /// One import folder as it was last read.
  private struct FolderList {
    var modified: Date?
    var modules: Set<String>
  }

  /// A module's name around its number.
  private struct Stem: Hashable {
    let before: Substring
    let after: Substring
  }

  /// - Parameter folder: Where the links go; made when needed, removed by `remove`.
  init(folder: String) {
    self.folder = folder
  }

  /// The folder of the links of the process `identifier`.
  static func folder(ofProcess identifier: Int32) -> String {
    FileManager.default.temporaryDirectory.appending(path: "martlet-assist-\(identifier)").path
  }

  /// Looks for new modules in `folders`.
  ///
  /// - Returns: The arguments to add; they change when the compiler has to be loaded again.
  mutating func arguments(for folders: [String]) -> [String] {
    guard !folders.isEmpty else { return [] }
    var isStale = false
    for folder in folders {
      let modified =
        try? FileManager.default.attributesOfItem(atPath: folder)[.modificationDate] as? Date
      if let list = lists[folder], list.modified == modified, modified != nil { continue }
      let modules = moduleNames(in: folder)
      lists[folder] = FolderList(modified: modified, modules: modules)
      if !modules.isSubset(of: known) { isStale = true }
    }
    if isStale { startGeneration(folders) }
    return ["-I", "\(folder)/\(generation)", "-D", "MARTLET_GENERATION_\(generation)"]
  }

  /// The number of the session's cell whose module is `module`; `nil` for any other module.
  func cellNumber(ofModule module: String) -> Int? {
    guard let (stem, number) = split(module), stems.contains(stem) else { return nil }
    return number
  }

  /// Removes the links; another process may be doing the same.
  func remove() {
    let files = FileManager.default
    for generation in (try? files.contentsOfDirectory(atPath: folder)) ?? [] {
      let links = "\(folder)/\(generation)"
      for name in (try? files.contentsOfDirectory(atPath: links)) ?? [] {
        try? files.removeItem(atPath: "\(links)/\(name)")
      }
      try? files.removeItem(atPath: links)
    }
    try? files.removeItem(atPath: folder)
  }

  /// Links the numbers that follow in every import folder that holds numbered modules.
  private mutating func startGeneration(_ folders: [String]) {
    remove()
    generation += 1
    known = lists.values.reduce(into: []) { $0.formUnion($1.modules) }
    stems = []
    let links = "\(folder)/\(generation)"
    try? FileManager.default.createDirectory(atPath: links, withIntermediateDirectories: true)
    for folder in folders {
      var last: [Stem: Int] = [:]
      for case let (stem, number)? in (lists[folder]?.modules ?? []).map(split) {
        last[stem] = max(last[stem] ?? 0, number)
      }
      // A folder with many numbered families is a library's, not a session's.
      guard last.count <= 4 else { continue }
      for (stem, number) in last {
        stems.insert(stem)
        for next in (number + 1)...(number + Self.reach) {
          let name = "\(stem.before)\(next)\(stem.after)"
          known.insert(name)
          try? FileManager.default.createSymbolicLink(
            atPath: "\(links)/\(name).swiftmodule",
            withDestinationPath: "\(folder)/\(name).swiftmodule")
        }
      }
    }
  }

  private func moduleNames(in folder: String) -> Set<String> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Set(names.filter { $0.hasSuffix(".swiftmodule") }.map { String($0.dropLast(12)) })
  }

  /// The stem and the last number of `module`; `nil` when there is no number of use.
  private func split(_ module: String) -> (Stem, Int)? {
    guard let last = module.lastIndex(where: \.isWholeNumber) else { return nil }
    let end = module.index(after: last)
    let start = module[..<last].lastIndex { !$0.isWholeNumber }.map(module.index(after:))
    guard let start, let number = Int(module[start..<end]), number < 1_000_000 else { return nil }
    return (Stem(before: module[..<start], after: module[end...]), number)
  }
}
