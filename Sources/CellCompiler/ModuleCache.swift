import Processes

/// The folder in which the compiler keeps the C modules that it has built.
enum ModuleCache {
  /// Whether the compiler can write to the folder that it chooses itself, in the user's home.
  static var isUsable: Bool {
    let environment = currentEnvironment()
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    // Without a home the compiler takes the folder for temporary files.
    guard let base = value("XDG_CACHE_HOME") ?? value("HOME").map({ $0 + "/.cache" }) else {
      return true
    }
    let folder = base + "/clang/ModuleCache"
    let probe = "\(folder)/.martlet-\(randomName())"
    guard Files.makeFolder(folder) == nil, Files.write("x", to: probe) == nil else { return false }
    Files.removeFile(probe)
    return true
  }

  private static func randomName() -> String {
    String(UInt64.random(in: 0 ... .max), radix: 36)
  }
}
