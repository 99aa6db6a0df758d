import CellCompiler
import FoundationEssentials
import Processes

/// Checks what compiles and runs cells: toolchain, linker, libraries, Martlet's own files.
struct InstallationChecks {
  let environment: [String: String]

  func findings() -> [Finding] {
    [toolchain(), linker()] + libraries() + ownFiles()
  }

  // MARK: Toolchain

  private func toolchain() -> Finding {
    let subject = "toolchain"
    let found: Toolchain
    let version: String
    do {
      found = try Toolchain.find(environment: environment)
      version = try found.version()
    } catch {
      return .fault(subject, "\(error)", "Then check again: martlet doctor")
    }
    for piece in ["lib/swift/host", "lib/swift/linux/libswiftCore.so"]
    where !FileManager.default.fileExists(atPath: "\(found.root)/\(piece)") {
      return .fault(
        subject, "Swift \(version) in \(found.root) is incomplete: it has no \(piece)",
        "Unpack the toolchain again.")
    }
    if let built = Toolchain.builtVersion(modules: "\(Installation.folder)/Modules"),
      built != version
    {
      return .fault(
        subject, "Swift \(version) in \(found.root), but Martlet was built with \(built)",
        "Compiled modules are bound to one version: build again with this one (make build), or "
          + "name the toolchain \(built) in MARTLET_TOOLCHAIN.")
    }
    return .good(subject, "Swift \(version) in \(found.root)")
  }

  // MARK: Linker and libraries

  private func linker() -> Finding {
    let path = environment["PATH"]
    if let found = findExecutable("ld.bfd", path: path) ?? findExecutable("ld", path: path) {
      return .good("linker", found)
    }
    if let root = try? Toolchain.find(environment: environment).root,
      isExecutableFile("\(root)/bin/ld.lld")
    {
      return .good("linker", "\(root)/bin/ld.lld")
    }
    return .fault(
      "linker", "there is neither ld in PATH nor ld.lld in the toolchain",
      "Install it: sudo apt-get install -y binutils")
  }

  private func libraries() -> [Finding] {
    [
      ("libzmq", "libzmq.so.5", "libzmq3-dev"),
      ("SQLite", "libsqlite3.so.0", "libsqlite3-dev"),
      ("OpenBLAS", "libopenblas.so.0", "libopenblas-dev"),
      ("libmicrohttpd", "libmicrohttpd.so.12", "libmicrohttpd-dev"),
      ("libcrypto", "libcrypto.so.3", "libssl-dev"),
      ("zlib", "libz.so.1", "zlib1g-dev"),
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
      ("kernel", "martlet-kernel", true),
      ("worker", "martlet-worker", true),
      ("library", "libMartlet.so", false),
      ("error texts", "libErrorTexts.so", false),
      ("compiler server", "libFrontendServer.so", false),
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
