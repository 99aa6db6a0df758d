/// What a URI says of where a model is.
///
/// - SeeAlso: MLflow's documentation, "Model Registry", section on model URIs.
package enum ModelReference: Sendable, Equatable {
  /// `models:/NAME/3`
  case version(String, Int)
  /// `models:/NAME@ALIAS` or `models:/NAME/latest`
  case alias(String, String)
  /// `models:/NAME/Production`
  case stage(String, ModelStage)
  /// `models:/m-…`
  case loggedModel(String)
  /// `runs:/RUN/PATH`
  case run(String, path: String)

  /// - Parameter uri: The URI; without `models:/`, it is a name with a version or an alias.
  /// - Throws: ``TrackingError/invalidModelURI(uri:reason:)``.
  package init(_ uri: String) throws(TrackingError) {
    if let rest = Self.path(of: uri, "runs:") {
      let parts = rest.split(separator: "/", maxSplits: 1).map(String.init)
      guard let run = parts.first else {
        throw .invalidModelURI(uri: uri, reason: "it names no run")
      }
      self = .run(run, path: parts.count > 1 ? parts[1] : "")
      return
    }
    let rest = Self.path(of: uri, "models:") ?? uri
    guard !rest.contains(":") else {
      throw .invalidModelURI(uri: uri, reason: "it has another scheme than models and runs")
    }
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty {
      if let number = Int(parts[1]) {
        self = .version(parts[0], number)
      } else if let stage = ModelStage(named: parts[1]) {
        self = .stage(parts[0], stage)
      } else if parts[1].lowercased() == "latest" {
        self = .alias(parts[0], "latest")
      } else {
        throw .invalidModelURI(
          uri: uri,
          reason: "\"\(parts[1])\" is no number, no stage and not latest; "
            + "an alias is written \(parts[0])@\(parts[1])")
      }
      return
    }
    guard parts.count == 1, !rest.isEmpty else {
      throw .invalidModelURI(uri: uri, reason: "it has too many parts, or none")
    }
    if let at = rest.lastIndex(of: "@") {
      let (name, alias) = (String(rest[..<at]), String(rest[rest.index(after: at)...]))
      guard !name.isEmpty, !alias.isEmpty else {
        throw .invalidModelURI(uri: uri, reason: "a name or an alias is missing beside @")
      }
      self = .alias(name, alias)
    } else if rest.hasPrefix("m-"), rest.count == 34 {
      self = .loggedModel(rest)
    } else if uri != rest {
      throw .invalidModelURI(uri: uri, reason: "it names no version")
    } else {
      self = .alias(rest, "latest")
    }
  }

  /// What follows a scheme and its slashes; `nil` for another scheme.
  private static func path(of uri: String, _ scheme: String) -> String? {
    guard uri.lowercased().hasPrefix(scheme) else { return nil }
    return String(uri.dropFirst(scheme.count).drop { $0 == "/" })
  }
}
