import Processes

/// The Swift toolchain that compiles cells.
package struct Toolchain: Sendable, Equatable {
  /// Its root, the folder that holds `bin` and `lib`.
  package let root: String

  /// The version that this program was built with; compiled modules are bound to it.
  #if compiler(>=6.4)
    package static let requiredVersion = "6.4"
  #else
    package static let requiredVersion = "6.3"
  #endif

  package init(root: String) {
    self.root = root
  }

  /// Finds the toolchain: `MARTLET_TOOLCHAIN`, or where `swift` in `PATH` lives.
  package static func find(
    environment: [String: String] = currentEnvironment()
  ) throws(CellCompilerError) -> Toolchain {
    if let chosen = environment["MARTLET_TOOLCHAIN"], !chosen.isEmpty {
      for root in [chosen, chosen + "/usr"]
      where Files.isExecutable(root + "/bin/swift-frontend") {
        return Toolchain(root: root)
      }
      throw .toolchainMissing(searched: "MARTLET_TOOLCHAIN=\(chosen)")
    }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for folder in folders {
      guard let swift = Files.resolved("\(folder)/swift") else { continue }
      let bin = Files.folder(of: swift)
      if Files.isExecutable(bin + "/swift-frontend") {
        return Toolchain(root: String(bin.dropLast("/bin".count)))
      }
    }
    for root in ["/opt/swift/usr", "/usr"]
    where Files.isExecutable(root + "/bin/swift-frontend") {
      return Toolchain(root: root)
    }
    throw .toolchainMissing(searched: "PATH, /opt/swift and /usr")
  }

  /// The compiler proper.
  package var frontend: String { root + "/bin/swift-frontend" }
  /// The runtime libraries.
  package var libraries: String { root + "/lib/swift/linux" }
  /// The object that registers a library's metadata with the runtime.
  package var runtimeObject: String { libraries + "/\(Self.architecture)/swiftrt.o" }
  /// The tool that finds lines of addresses.
  package var symbolizer: String { root + "/bin/llvm-symbolizer" }

  /// Asks the compiler for its version, as in `6.3.1`.
  package func version() throws(CellCompilerError) -> String {
    let command = Command(ProcessConfiguration(executable: frontend, arguments: ["--version"]))
    let text: String
    do throws(ProcessError) {
      text = try command.run().outputText
    } catch {
      throw .toolchainUnusable(root: root, reason: "\(error)")
    }
    guard let word = text.firstRange(of: "Swift version ") else {
      throw .toolchainUnusable(root: root, reason: "it does not tell its version")
    }
    return String(text[word.upperBound...].prefix { !$0.isWhitespace })
  }

  /// The version of the compiler that built the modules in `folder`, as in `6.3.1`.
  ///
  /// - Parameter folder: The folder with Martlet's own modules.
  /// - Returns: The version; `nil` when no module is there that tells it.
  package static func builtVersion(modules folder: String) -> String? {
    guard let module = Files.read("\(folder)/CellGate.swiftmodule"),
      let mark = module.firstRange(of: Array("Swift version ".utf8))
    else { return nil }
    let digits = module[mark.upperBound...].prefix {
      $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  /// Refuses a toolchain of another version than the one that Martlet was built with.
  ///
  /// - Parameter modules: The folder with Martlet's own modules, which are bound to one version.
  /// - Throws: `toolchainVersion` when it is another one, `toolchainUnusable` when it tells none.
  package func checkVersion(
    modules: String = CellCompiler.UserLibrary.besideExecutable.modules
  ) throws(CellCompilerError) {
    let found = try version()
    if let built = Self.builtVersion(modules: modules) {
      guard found == built else {
        throw .toolchainVersion(root: root, found: found, required: built)
      }
      return
    }
    let parts = found.split(separator: ".").prefix(2).joined(separator: ".")
    guard parts == Self.requiredVersion else {
      throw .toolchainVersion(root: root, found: found, required: Self.requiredVersion)
    }
  }

  #if arch(arm64)
    package static let architecture = "aarch64"
  #else
    package static let architecture = "x86_64"
  #endif
}
