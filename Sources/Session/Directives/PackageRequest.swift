/// The packages that `%package add` names.
package struct PackageRequest: Equatable {
  package enum Source: Equatable {
    /// A folder.
    case path(String)
    /// A repository, with the requirement as a manifest writes it.
    case url(String, requirement: String)
  }

  package var sources: [Source] = []
  /// The library products to build; empty for all.
  var products: [String] = []

  package struct Invalid: Error {
    let reason: String
  }

  /// Asks for all products of `sources`.
  init(sources: [Source]) { self.sources = sources }

  /// Reads `path:FOLDER`, `url:URL from:1.2.0` and `products:A,B`, after `add`.
  package init(_ words: [String]) throws(Invalid) {
    for word in words {
      guard let colon = word.firstIndex(of: ":") else {
        throw Invalid(reason: "\"\(word)\" is neither path:FOLDER nor url:URL")
      }
      let value = String(word[word.index(after: colon)...])
      guard !value.isEmpty, !value.contains(where: { "\"\\\n".contains($0) }) else {
        throw Invalid(reason: "\"\(word)\" has no usable value")
      }
      switch word[..<colon] {
      case "path": sources.append(.path(value))
      case "url": sources.append(.url(value, requirement: ""))
      case "products": products += value.split(separator: ",").map(String.init)
      case "from", "exact", "branch", "revision", "upToNextMinor":
        guard case .url(let url, requirement: "")? = sources.last else {
          throw Invalid(reason: "\(word) must follow a url:")
        }
        let requirement =
          word[..<colon] == "upToNextMinor"
          ? ".upToNextMinor(from: \"\(value)\")" : "\(word[..<colon]): \"\(value)\""
        sources[sources.count - 1] = .url(url, requirement: requirement)
      default: throw Invalid(reason: "\"\(word)\" is neither path:FOLDER nor url:URL")
      }
    }
    guard !sources.isEmpty else { throw Invalid(reason: "path:FOLDER or url:URL is missing") }
    for case .url(let url, requirement: "") in sources {
      throw Invalid(
        reason: "url:\(url) needs a version: from:, upToNextMinor:, exact:, branch: or revision:")
    }
  }
}

extension PackageRequest.Source {
  /// What packages are called among dependencies: the last part of their place.
  package var identity: String {
    let place =
      switch self {
      case .path(let path): path
      case .url(let url, _): url
      }
    let name = place.split(separator: "/").last.map(String.init) ?? place
    return (name.hasSuffix(".git") ? String(name.dropLast(4)) : name).lowercased()
  }

  /// The dependency in a manifest.
  var manifestLine: String {
    switch self {
    case .path(let path): ".package(path: \"\(path)\")"
    case .url(let url, let requirement): ".package(url: \"\(url)\", \(requirement))"
    }
  }
}
