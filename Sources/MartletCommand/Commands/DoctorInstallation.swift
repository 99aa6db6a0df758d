import FoundationEssentials
import Processes

/// Checks what compiles and runs cells: toolchain, linker, libraries, Martlet's own files.
struct InstallationChecks {
  let environment: [String: String]

  func findings() -> [Finding] {
    [toolchain(), linker()] + libraries() + ownFiles()
  }

  // MARK: Toolchain

  private static let wayToSwift =
    "Get it from https://www.swift.org/install/linux and put its usr/bin first in PATH, or name "
    + "its usr folder in MARTLET_TOOLCHAIN."

  /// The toolchain's `usr` folder and where it was named; `nil` when there is none in `PATH`.
  private func toolchainRoot() -> (path: String, source: String)? {
    if let root = environment["MARTLET_TOOLCHAIN"], !root.isEmpty {
      return (root, "MARTLET_TOOLCHAIN")
    }
    guard let swift = findExecutable("swift", path: environment["PATH"]) else { return nil }
    let program = URL(filePath: swift).resolvingSymlinksInPath()
    return (program.deletingLastPathComponent().deletingLastPathComponent().path, "PATH")
  }

  private func toolchain() -> Finding {
    let subject = "toolchain"
    let built = Self.builtVersion()
    let wanted = built.map { "Swift \($0)" } ?? "Swift 6.3"
    guard let (root, source) = toolchainRoot() else {
      return .fault(subject, "there is no swift in PATH", "Needed: \(wanted). \(Self.wayToSwift)")
    }
    let modules = "\(root)/lib/swift/linux/Swift.swiftmodule"
    guard let version = Self.version(ofModulesIn: modules) else {
      return .fault(
        subject, "\(root) (from \(source)) holds no Swift toolchain for Linux",
        "Needed: \(wanted). \(Self.wayToSwift)")
    }
    for piece in ["bin/swift-frontend", "lib/swift/host", "lib/swift/linux/libswiftCore.so"]
    where !FileManager.default.fileExists(atPath: "\(root)/\(piece)") {
      return .fault(
        subject, "Swift \(version) in \(root) is incomplete: it has no \(piece)",
        "Unpack the toolchain again. \(Self.wayToSwift)")
    }
    if let built, built != version {
      return .fault(
        subject,
        "Swift \(version) in \(root) (from \(source)), but Martlet was built with \(built)",
        "Compiled modules are bound to one version: build again with this one (make build), or "
          + "use Swift \(built).")
    }
    return .good(subject, "Swift \(version) in \(root) (from \(source))")
  }

  /// The version of the compiler that built the modules cells import.
  private static func builtVersion() -> String? {
    version(inFile: "\(Installation.folder)/Modules/Martlet.swiftmodule")
  }

  private static func version(ofModulesIn folder: String) -> String? {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".swiftinterface") }.sorted().lazy
      .compactMap { version(inFile: "\(folder)/\($0)") }.first
  }

  /// The compiler's version that a module or its interface carries.
  private static func version(inFile path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    guard let start = data.firstRange(of: Data("Swift version ".utf8))?.upperBound else {
      return nil
    }
    let digits = data[start...].prefix { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  // MARK: Linker and libraries

  private func linker() -> Finding {
    let folders = toolchainRoot().map { "\($0.path)/bin" }
    if let own = folders.map({ "\($0)/ld.lld" }), isExecutableFile(own) {
      return .good("linker", own)
    }
    guard let found = findExecutable("ld", path: environment["PATH"]) else {
      return .fault(
        "linker", "there is no ld in PATH", "Install it: sudo apt-get install -y binutils")
    }
    return .good("linker", found)
  }

  private func libraries() -> [Finding] {
    [
      ("libzmq", "libzmq.so.5", "libzmq3-dev"),
      ("SQLite", "libsqlite3.so.0", "libsqlite3-dev"),
      ("OpenBLAS", "libopenblas.so.0", "libopenblas-dev"),
      ("libcrypto", "libcrypto.so.3", "libssl-dev"),
    ].map { name, file, package in
      if let path = Self.libraryPath(file, environment) { return .good(name, path) }
      return .fault(
        name, "\(file) is in none of the system's library folders",
        "Install it: sudo apt-get install -y \(package)")
    }
  }

  private static func libraryPath(_ file: String, _ environment: [String: String]) -> String? {
    let own = (environment["LD_LIBRARY_PATH"] ?? "").split(separator: ":").map(String.init)
    let system = ["/usr/lib", "/lib", "/usr/local/lib", "/usr/lib64"]
    let machines = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
    let folders = own + system.flatMap { folder in [folder] + machines.map { "\(folder)/\($0)" } }
    return folders.lazy.map { "\($0)/\(file)" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  // MARK: Martlet's own files

  private func ownFiles() -> [Finding] {
    let folder = Installation.folder
    let remedy = "Build it again in the clone: make build"
    return [
      ("worker", "martlet-worker", true),
      ("library", "libMartlet.so", false),
      ("modules", "Modules/Martlet.swiftmodule", false),
    ].map { subject, file, isProgram in
      let path = "\(folder)/\(file)"
      guard FileManager.default.fileExists(atPath: path) else {
        return .fault(subject, "\(path) is missing", remedy)
      }
      guard !isProgram || isExecutableFile(path) else {
        return .fault(subject, "\(path) may not be executed", "Allow it: chmod +x \(path)")
      }
      return .good(subject, path)
    }
  }
}
