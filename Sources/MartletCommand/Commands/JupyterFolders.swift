import FoundationEssentials
import Processes

/// Where Jupyter looks for kernels, by its own rules.
///
/// - SeeAlso: jupyter_core, "Common directories and file locations", section "Data files".
struct JupyterFolders {
  /// The variables that the rules depend on.
  let environment: [String: String]

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// The user's data folder: `JUPYTER_DATA_DIR`, or `jupyter` in the desktop's data folder.
  var user: String {
    if let folder = value("JUPYTER_DATA_DIR") { return folder }
    if let folder = value("XDG_DATA_HOME") { return "\(folder)/jupyter" }
    let home = value("HOME") ?? FileManager.default.homeDirectoryForCurrentUser.path
    return "\(home)/.local/share/jupyter"
  }

  /// The data folder of an installation prefix.
  static func data(ofPrefix prefix: String) -> String { "\(prefix)/share/jupyter" }

  /// The folder of the kernel `name` in a data folder.
  static func kernel(_ name: String, inData folder: String) -> String {
    "\(folder)/kernels/\(name)"
  }

  /// The prefix of the active Python environment, or that of `python3` in `PATH`.
  func pythonPrefix() -> String? {
    if let prefix = value("VIRTUAL_ENV") ?? value("CONDA_PREFIX") { return prefix }
    guard let python = findExecutable("python3", path: environment["PATH"]),
      let answer = try? Processes.Command(
        ProcessConfiguration(
          executable: python, arguments: ["-c", "import sys; print(sys.prefix)"],
          environment: environment)
      ).run(), answer.status == .exited(0)
    else { return nil }
    return answer.outputText.split(separator: "\n").first.map(String.init)
  }

  /// Every data folder that Jupyter searches, first the one that wins.
  func searched() -> [String] {
    var folders = (value("JUPYTER_PATH") ?? "").split(separator: ":").map(String.init)
    let inPrefix = pythonPrefix().map { Self.data(ofPrefix: $0) }
    // An active environment comes before the user's folder, the system's Python after it.
    let isActive = (value("VIRTUAL_ENV") ?? value("CONDA_PREFIX")) != nil
    folders += isActive ? [inPrefix, user].compactMap { $0 } : [user, inPrefix].compactMap { $0 }
    folders += ["/usr/local/share/jupyter", "/usr/share/jupyter"]
    return folders
  }

  private func value(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Whether `path` is a file, not a folder, that this process may run.
func isExecutableFile(_ path: String) -> Bool {
  var isFolder = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
    && FileManager.default.isExecutableFile(atPath: path)
}

/// The absolute path of `path`, without `.` and `..`.
func absolutePath(_ path: String) -> String {
  let folder = FileManager.default.currentDirectoryPath
  var components: [Substring] = []
  for component in (path.hasPrefix("/") ? path : "\(folder)/\(path)").split(separator: "/") {
    if component == ".." {
      _ = components.popLast()
    } else if component != "." {
      components.append(component)
    }
  }
  return "/" + components.joined(separator: "/")
}
