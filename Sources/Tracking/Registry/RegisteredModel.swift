/// How far a version of a model has come, in MLflow's words.
public enum ModelStage: String, Sendable, CaseIterable {
  /// Nobody said.
  case none = "None"
  /// It is being tried.
  case staging = "Staging"
  /// It is in use.
  case production = "Production"
  /// It was in use.
  case archived = "Archived"

  /// The stage that `text` names, whatever the case of its letters.
  ///
  /// - Parameter text: Such as `Production` or `production`.
  public init?(named text: String) {
    let found = Self.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
    guard let found else { return nil }
    self = found
  }
}

/// A name under which versions of a model are registered.
public struct RegisteredModel: Sendable, Equatable {
  /// The tag that marks MLflow's prompts, which are registered as models are.
  package static let promptTag = "mlflow.prompt.is_prompt"

  /// What it is called.
  public let name: String
  /// What is said of it, in Markdown; empty if nothing is.
  public let description: String
  /// When it was made, in milliseconds since 1970.
  public let createdMilliseconds: Int64
  /// When it or one of its versions was changed, in milliseconds since 1970.
  public let updatedMilliseconds: Int64
  /// Its tags.
  public internal(set) var tags: [String: String] = [:]
  /// The versions that its aliases name.
  public internal(set) var aliases: [String: Int] = [:]
  /// The highest version of each stage, by version.
  public internal(set) var latestVersions: [ModelVersion] = []

  /// The number by which other tables know it.
  let row: Int64
}

/// One version of a registered model.
public struct ModelVersion: Sendable, Equatable {
  /// The name of its model.
  public let model: String
  /// Its number: 1 for the first, and never one that was given before.
  public let version: Int
  /// When it was made, in milliseconds since 1970.
  public let createdMilliseconds: Int64
  /// When it was changed, in milliseconds since 1970.
  public let updatedMilliseconds: Int64
  /// What is said of it, in Markdown; empty if nothing is.
  public let description: String
  /// How far it has come.
  public let stage: ModelStage
  /// Where it was registered from: `runs:/RUN/PATH`, `models:/m-ID` or another URI.
  public let source: String
  /// Where its files are.
  public let storage: String
  /// The id of the run that made it; empty if that is unknown.
  public let runID: String
  /// A link to the run, if that is elsewhere; or empty.
  public let runLink: String
  /// The id of the logged model that it is, if it is one.
  public let loggedModelID: String?
  /// Its tags.
  public internal(set) var tags: [String: String] = [:]
  /// The aliases that name it, sorted.
  public internal(set) var aliases: [String] = []

  /// The number by which other tables know it.
  let row: Int64
}

/// Where a version of a model comes from.
public struct ModelLineage: Sendable, Equatable {
  /// A data set that a run used.
  public struct Dataset: Sendable, Equatable {
    /// What it is called.
    public let name: String
    /// What tells its contents from others'.
    public let digest: String
    /// Where it is from.
    public let source: String
    /// What it was used for.
    public let context: String?
  }

  /// The version.
  public let version: ModelVersion
  /// The id of the run that made it; `nil` if that is unknown or was removed.
  public let runID: String?
  /// What that run is called.
  public let runName: String?
  /// The experiment of that run.
  public let experiment: String?
  /// The data sets that the run used, by name.
  public let datasets: [Dataset]
}
