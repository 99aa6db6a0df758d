import Digest
import JupyterProtocol
import Processes

/// A repository as it was fetched for its requirement, in the folder that all kernels share.
///
/// It stays at its version, so that a notebook gives the same with every run, until it is updated.
struct PackageCheckout {
  let call: DirectiveCall
  /// The `swift` command.
  let swift: String
  let cacheArguments: [String]
  let url: String
  let source: PackageRequest.Source
  /// A package of its own, whose one dependency is the repository.
  private let folder: String

  /// Makes the description; `nil` for a package that is a folder already.
  init?(
    of source: PackageRequest.Source, call: DirectiveCall, swift: String, cache: String,
    cacheArguments: [String]
  ) {
    guard case .url(let url, let requirement) = source else { return nil }
    (self.call, self.swift, self.cacheArguments) = (call, swift, cacheArguments)
    (self.url, self.source) = (url, source)
    let key = sha256(Array("\(url) \(requirement)".utf8)).prefix(12)
    folder = "\(cache)/checkouts/" + key.map { String($0, radix: 36) }.joined(separator: "-")
  }

  /// The folder of the package itself; `nil` while it was not fetched.
  var package: String? {
    Files.names(in: folder + "/.build/checkouts").first {
      PackageRequest.Source.path($0).identity == source.identity
    }.map { "\(folder)/.build/checkouts/\($0)" }
  }

  /// The versions of it and of all that it depends on: the text of `Package.resolved`.
  var pins: [UInt8] { Files.read(folder + "/Package.resolved") ?? [] }

  /// Fetches the repository, and gives its folder.
  func fetch() throws(DirectiveError) -> String {
    if let package { return package }
    let manifest = """
      // swift-tools-version: 6.0
      import PackageDescription
      let package = Package(name: "checkout", dependencies: [\(source.manifestLine)])
      """
    let path = folder + "/Package.swift"
    if let reason = Files.makeFolder(folder) ?? Files.replace(path, with: Array(manifest.utf8)) {
      throw .failed("cannot write \(path): \(reason). Name another folder in XDG_CACHE_HOME.")
    }
    let status = try swiftPackage("resolve")
    guard status == .exited(0), let package else {
      Files.removeFolder(folder)
      throw .failed("\(url) could not be fetched (\(status)); its messages stand above")
    }
    return package
  }

  /// Fetches the newest version that the requirement allows.
  ///
  /// - Returns: The version that was there before, if any, and the one that is there now.
  func update() throws(DirectiveError) -> (old: String?, new: String) {
    let old = version
    if package == nil {
      _ = try fetch()
    } else {
      let status = try swiftPackage("update")
      guard status == .exited(0) else {
        throw .failed(
          "\(url) could not be updated (\(status)) and stays at \(old ?? "its version"); its "
            + "messages stand above")
      }
    }
    return (old, version ?? "an unknown version")
  }

  /// The version, or the branch with the first digits of its commit.
  private var version: String? {
    guard let pins = JSONValue(utf8: pins)?["pins"]?.array,
      let state = pins.first(where: { $0["identity"]?.string == source.identity })?["state"]
    else { return nil }
    if let version = state["version"]?.string { return version }
    let commit = state["revision"]?.string?.prefix(10) ?? ""
    return [state["branch"]?.string, String(commit)].compactMap(\.self).joined(separator: " ")
  }

  private func swiftPackage(_ command: String) throws(DirectiveError) -> ExitStatus {
    try call.run(swift, ["package", "--package-path", folder] + cacheArguments + [command])
  }
}
