import CellCompiler
import Kernel
import Processes

extension DirectiveTable {
  static let packages: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "package", form: .line,
      usage: [
        "%package add path:FOLDER [products:NAME,…]",
        "%package add url:URL (from:VERSION | upToNextMinor:VERSION | exact:VERSION | branch:NAME "
          + "| revision:HASH)",
        "%package update [url:URL from:VERSION]",
        "%package list",
      ],
      summary: "Build Swift packages and make them importable.",
      details: """
        At any time in a session; later cells can import the packages' modules. Packages are built once,
        with optimisation, and kept in martlet/packages of XDG_CACHE_HOME or ~/.cache for all kernels;
        they are built again when a file of the package, a package that it depends on by path, or the
        toolchain changes. A repository stays at the version that was fetched first, until '%package update'
        fetches the newest one that is allowed; without url:, of all repositories that this session
        uses. Packages that depend on the same package belong in one line: '%package add
        path:A path:B'.
        """
    ) { call throws(DirectiveError) in
      let words = try call.words()
      switch words.first {
      case "add": try call.addPackages(Array(words.dropFirst()))
      case "list" where words.count == 1:
        let lines = call.session.history.packages.map {
          "\($0.name): import \($0.modules.joined(separator: ", "))"
        }
        call.print(lines.isEmpty ? "No package was added." : lines.joined(separator: "\n"))
      case "update": try call.updatePackages(Array(words.dropFirst()))
      case nil: throw .usage("'add', 'update' or 'list' must follow")
      case .some(let word): throw .usage("\"\(word)\" is not understood here")
      }
    }
  ]
}

/// A package, or several that were built together, whose modules cells can import.
struct AddedPackage: Sendable {
  let name: String
  /// The modules that the packages offer.
  let modules: [String]
  /// Those and all they depend on.
  let allModules: [String]
  let library: String
  /// Where they came from.
  let sources: [PackageRequest.Source]
}

extension DirectiveCall {
  fileprivate func addPackages(_ words: [String]) throws(DirectiveError) {
    let compiler = try compiler()
    let request = try packageRequest(words)
    let product = try PackageBuild(
      call: self, compiler: compiler, request: request, cache: try packageCache(compiler)
    ).run()
    let name = request.sources.map(\.identity).joined(separator: ", ")
    let imports = product.ownModules.joined(separator: ", ")
    if session.history.packages.contains(where: { $0.library == product.library }) {
      return print("\(name) is there already: import \(imports)")
    }
    try refuseClash(of: product, name: name)
    var settings = compiler.settings
    settings.importArguments += product.importArguments
    settings.libraryFolders.append(product.folder)
    settings.libraries.append("-l\(product.library)")
    let trial = settings
    for module in product.ownModules {
      let errors = try trying { () throws(CellCompilerError) in
        try compiler.errors(with: trial, source: "import \(module)\n")
      }
      if let errors { throw .failed("the module \(module) cannot be imported: \(errors)") }
    }
    compiler.change { $0 = trial }
    session.history.packages.append(
      AddedPackage(
        name: name, modules: product.ownModules, allModules: product.modules,
        library: product.library, sources: request.sources))
    print("\(name) \(product.isFresh ? "was built" : "was built before"): import \(imports)")
  }

  /// Fetches newer versions of repositories.
  fileprivate func updatePackages(_ words: [String]) throws(DirectiveError) {
    let compiler = try compiler()
    let used = session.history.packages.flatMap(\.sources)
    var request = PackageRequest(sources: used)
    if !words.isEmpty { request = try packageRequest(words) }
    let build = PackageBuild(
      call: self, compiler: compiler, request: request, cache: try packageCache(compiler))
    let checkouts = request.sources.compactMap(build.checkout(of:))
    guard !checkouts.isEmpty else {
      return print("This session uses no repository; name one with url: and its version.")
    }
    for checkout in checkouts {
      let name = checkout.source.identity
      let (old, new) = try checkout.update()
      guard old != new else {
        print("\(name) is up to date at \(new)")
        continue
      }
      let isLoaded = used.contains(checkout.source)
      print(
        (old.map { "\(name) was \($0) and is \(new) now" } ?? "\(name) is fetched at \(new)")
          + (isLoaded ? "; restart the kernel to use it" : ""))
    }
  }

  private func packageRequest(_ words: [String]) throws(DirectiveError) -> PackageRequest {
    var request: PackageRequest
    do throws(PackageRequest.Invalid) {
      request = try PackageRequest(words)
    } catch {
      throw .usage(error.reason)
    }
    for case (let index, .path(let path)) in request.sources.enumerated() {
      let full = session.absolutePath(DirectiveWords.expandingHome(path))
      guard let folder = Files.resolved(full), Files.isFolder(folder) else {
        throw .failed("there is no folder \(path)")
      }
      request.sources[index] = .path(folder)
    }
    return request
  }

  /// The folder that kernels share; one of this session where that cannot be written to.
  private func packageCache(_ compiler: CellCompiler) throws(DirectiveError) -> String {
    let shared = UserFolders.cache(session.workerEnvironment).map { $0 + "/martlet/packages" }
    if let shared, Files.makeFolder(shared) == nil, Files.isWritable(shared) { return shared }
    let own = compiler.folder + "/packages"
    if let reason = Files.makeFolder(own) { throw .failed("cannot make \(own): \(reason)") }
    print(
      "\(shared.map { "\($0) cannot be written to" } ?? "There is no HOME"): the package is "
        + "built for this session alone.", to: .stderr)
    return own
  }

  /// Refuses modules that are there already: a second copy would have types of its own.
  private func refuseClash(
    of product: PackageBuild.Product, name: String
  ) throws(DirectiveError) {
    let ours = CellCompiler.UserLibrary.names
    if let module = product.modules.first(where: ours.contains) {
      throw .failed("\(name) has a module \(module), as Martlet has; they cannot be used together")
    }
    for package in session.history.packages {
      guard let module = product.modules.first(where: package.allModules.contains) else { continue }
      throw .failed(
        "\(name) and \(package.name), which was added before, both contain the module \(module). "
          + "Restart the kernel and add both in one line: %package add … …")
    }
  }
}
