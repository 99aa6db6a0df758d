import CellCompiler
import Digest
import Kernel
import Processes
import Synchronization

/// Builds packages into one library, in a folder that all kernels share.
///
/// A folder's name is the digest of everything that its library depends on; so it is built once.
struct PackageBuild {
  let call: DirectiveCall
  let compiler: CellCompiler
  let request: PackageRequest
  /// The folder of all builds.
  let cache: String

  /// What a build gives.
  struct Product {
    var folder: String
    var library: String
    var importArguments: [String]
    /// Every module that can be imported.
    var modules: [String]
    /// Those of the packages themselves.
    var ownModules: [String]
    var isFresh: Bool
  }

  private var swift: String { compiler.toolchain.root + "/bin/swift" }

  func run() throws(DirectiveError) -> Product {
    let version = try call.trying { () throws(CellCompilerError) in
      try compiler.toolchain.version()
    }
    var libraries: [(identity: String, name: String)] = []
    var modules: [String] = []
    var hasher = SHA256Hasher()
    hasher.update(Array("1 \(version)\n".utf8))
    for source in request.sources {
      let folder = try folder(of: source)
      let manifest = try manifest(in: folder, version: version)
      let chosen = manifest.libraries.filter {
        request.products.isEmpty || request.products.contains($0.name)
      }
      guard !chosen.isEmpty else {
        let names = manifest.libraries.map(\.name).joined(separator: ", ")
        throw .failed(
          "the package \(manifest.name) has no such library product; it has "
            + (names.isEmpty ? "none" : names))
      }
      libraries += chosen.map { (source.identity, $0.name) }
      modules += chosen.flatMap(\.targets)
      if case .path = source {
        var seen: Set<String> = []
        try digest(folder, version: version, &hasher, &seen)
      } else if let checkout = checkout(of: source) {
        hasher.update(checkout.pins)
      }
    }
    hasher.update(Array(manifestText(target: "", libraries).utf8))
    let key = hasher.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return try build(String(key.prefix(32)), libraries, modules)
  }

  // MARK: What is built

  /// The folder of a package's manifest; repositories are checked out first.
  private func folder(of source: PackageRequest.Source) throws(DirectiveError) -> String {
    switch source {
    case .path(let path): return path
    case .url:
      guard let checkout = checkout(of: source) else { return "" }
      return try checkout.fetch()
    }
  }

  /// A repository's place in the cache.
  func checkout(of source: PackageRequest.Source) -> PackageCheckout? {
    PackageCheckout(
      of: source, call: call, swift: swift, cache: cache, cacheArguments: cacheArguments)
  }

  /// A package's manifest, which is evaluated once for each text.
  private func manifest(
    in folder: String, version: String
  ) throws(DirectiveError) -> PackageManifest {
    guard let text = Files.read(folder + "/Package.swift") else {
      throw .failed("there is no package in \(folder): it has no Package.swift that can be read")
    }
    let key = sha256(Array("\(version) \(folder)\n".utf8) + text)
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined().prefix(32)
    let path = "\(cache)/manifests/\(key).json"
    if let json = Files.read(path), let known = PackageManifest(json: json) { return known }
    let output = try capture(
      ["package", "--package-path", folder] + cacheArguments + ["dump-package"])
    guard output.status == .exited(0), let manifest = PackageManifest(json: output.output) else {
      call.print(output.errorText, to: .stderr)
      throw .failed("the manifest \(folder)/Package.swift could not be read")
    }
    if Files.makeFolder("\(cache)/manifests") == nil {
      _ = Files.replace(path, with: output.output)
    }
    return manifest
  }

  /// Adds a package's files, and those of the packages that it depends on by path.
  private func digest(
    _ folder: String, version: String, _ hasher: inout SHA256Hasher, _ seen: inout Set<String>
  ) throws(DirectiveError) {
    guard seen.insert(folder).inserted else { return }
    if call.session.isInterrupted { throw .failure(call.context.failures.interrupted(lines: [])) }
    hasher.update(Array("package \(folder)\n".utf8))
    digest(files: folder, depth: 0, &hasher)
    for dependency in try manifest(in: folder, version: version).localDependencies {
      try digest(dependency, version: version, &hasher, &seen)
    }
  }

  private func digest(files folder: String, depth: Int, _ hasher: inout SHA256Hasher) {
    // Deeper than this is a link that leads back up.
    guard depth < 24 else { return }
    for name in Files.names(in: folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if Files.isFolder(path) {
        digest(files: path, depth: depth + 1, &hasher)
      } else if let (bytes, count) = try? sha256(ofFile: path) {
        hasher.update(Array("\(path) \(count) ".utf8) + bytes)
      }
    }
  }

  // MARK: The build

  private func build(
    _ key: String, _ libraries: [(identity: String, name: String)], _ modules: [String]
  ) throws(DirectiveError) -> Product {
    let target = "MartletPackage_\(key.prefix(12))"
    let folder = "\(cache)/builds/\(key)"
    var product = Product(
      folder: folder + "/.build/release", library: target, importArguments: [], modules: [],
      ownModules: modules, isFresh: false)
    try write(
      "// The packages' modules are linked with this one.\n", to: "\(folder)/Sources/\(target)",
      "Empty.swift")
    let lock = try lock(folder)
    defer { withExtendedLifetime(lock) {} }
    let note = folder + "/complete"
    if !Files.exists(note) || !Files.exists("\(product.folder)/lib\(target).so") {
      try write(manifestText(target: target, libraries), to: folder, "Package.swift")
      // One repository is built as it was fetched; among several, SwiftPM finds what goes together.
      if request.sources.count == 1, let pins = checkout(of: request.sources[0])?.pins {
        try write(String(decoding: pins, as: UTF8.self), to: folder, "Package.resolved")
      }
      let status = try call.run(
        swift,
        ["build", "--package-path", folder, "-c", "release", "--build-system", "native"]
          + cacheArguments)
      guard status == .exited(0) else {
        throw .failed("the package does not build (\(status)); the compiler's messages stand above")
      }
      product.isFresh = true
    }
    let plan = String(decoding: Files.read(folder + "/.build/release.yaml") ?? [], as: UTF8.self)
    guard let arguments = PackagePlan.importArguments(of: target, in: plan) else {
      throw .failed(
        "SwiftPM's plan in \(folder)/.build/release.yaml does not tell how to import it")
    }
    product.importArguments = arguments
    product.modules = Files.names(in: product.folder + "/Modules").filter {
      $0.hasSuffix(".swiftmodule")
    }.map { String($0.dropLast(".swiftmodule".count)) }.filter { $0 != target }
    if product.isFresh { try write("", to: folder, "complete") }
    return product
  }

  /// Waits while another kernel builds the same.
  private func lock(_ folder: String) throws(DirectiveError) -> FileLock {
    guard let lock = FileLock(path: folder + "/lock") else {
      throw .failed("cannot open \(folder)/lock; check that the folder may be written to")
    }
    var isTold = false
    while !lock.tryLock() {
      if call.session.isInterrupted {
        throw .failure(call.context.failures.interrupted(lines: []))
      }
      if !isTold { call.print("waiting for another kernel that builds the same package") }
      isTold = true
      sleepMilliseconds(100)
    }
    return lock
  }

  private func manifestText(
    target: String, _ libraries: [(identity: String, name: String)]
  ) -> String {
    let products = libraries.map {
      ".product(name: \"\($0.name)\", package: \"\($0.identity)\")"
    }
    return """
      // swift-tools-version: 6.0
      import PackageDescription
      let package = Package(
        name: "\(target)",
        products: [.library(name: "\(target)", type: .dynamic, targets: ["\(target)"])],
        dependencies: [\(request.sources.map(\.manifestLine).joined(separator: ", "))],
        targets: [.target(name: "\(target)", dependencies: [\(products.joined(separator: ", "))])],
        swiftLanguageModes: [.v5]
      )
      """
  }

  // MARK: Common

  private var cacheArguments: [String] { ["--cache-path", cache + "/swiftpm"] }

  private func write(_ text: String, to folder: String, _ name: String) throws(DirectiveError) {
    let path = "\(folder)/\(name)"
    // What did not change keeps its time, for SwiftPM.
    if Files.read(path) == Array(text.utf8) { return }
    if let reason = Files.makeFolder(folder) ?? Files.replace(path, with: Array(text.utf8)) {
      throw .failed("cannot write \(path): \(reason). Name another folder in XDG_CACHE_HOME.")
    }
  }

  private func capture(_ arguments: [String]) throws(DirectiveError) -> CommandOutput {
    let command = Command(
      ProcessConfiguration(executable: swift, arguments: arguments, leadsGroup: true))
    call.session.shared.withLock { $0.cancelDirective = { command.cancel() } }
    defer { call.session.shared.withLock { $0.cancelDirective = nil } }
    let output: CommandOutput
    do throws(ProcessError) {
      output = try command.run()
    } catch {
      throw .failed("\(error)")
    }
    if call.session.isInterrupted {
      throw .failure(call.context.failures.interrupted(lines: []))
    }
    return output
  }
}
