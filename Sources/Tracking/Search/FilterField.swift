/// What is searched for.
enum SearchSubject {
  case runs
  case experiments
  case registeredModels
  case modelVersions
  case loggedModels
}

/// What a filter compares or an order sorts by: an attribute of runs, or something that they logged under a key; or an
/// attribute or tag of experiments.
enum FilterField: Hashable {
  case metric(String)
  case param(String)
  case tag(String)
  case attribute(Attribute)
  case dataset(DatasetAttribute)
  case experiment(ExperimentAttribute)
  case experimentTag(String)
  case model(ModelField)

  /// What every run has.
  enum Attribute: String, CaseIterable {
    case runID = "run_id"
    case runName = "run_name"
    case status
    case artifactURI = "artifact_uri"
    case userID = "user_id"
    case startTime = "start_time"
    case endTime = "end_time"

    /// The other names that MLflow's clients write.
    static let aliases: [String: Attribute] = [
      "run name": .runName, "Run name": .runName, "Run Name": .runName, "created": .startTime,
      "Created": .startTime,
    ]

    init?(name: String) {
      guard let found = Attribute(rawValue: name) ?? Self.aliases[name] else { return nil }
      self = found
    }

    /// Whether it is a number: a time in milliseconds since 1970.
    var isNumeric: Bool { self == .startTime || self == .endTime }
  }

  /// What every data set of a run has.
  enum DatasetAttribute: String, CaseIterable {
    case name
    case digest
    case context
  }

  /// What every experiment has.
  enum ExperimentAttribute: String, CaseIterable {
    case name
    case id = "experiment_id"
    case creationTime = "creation_time"
    case lastUpdateTime = "last_update_time"

    /// Whether it is a number: a time in milliseconds since 1970.
    var isNumeric: Bool { self == .creationTime || self == .lastUpdateTime }
  }

  /// What stands before the dot, in all ways to write it.
  private enum Entity {
    case metric, param, tag, attribute, dataset

    static let names: [String: Entity] = [
      "metric": .metric, "metrics": .metric, "param": .param, "params": .param,
      "parameter": .param, "parameters": .param, "tag": .tag, "tags": .tag,
      "attribute": .attribute, "attributes": .attribute, "attr": .attribute, "run": .attribute,
      "dataset": .dataset, "datasets": .dataset,
    ]
  }

  /// The field of `subject` that `entity` and `key` name; without an entity, an attribute.
  init(
    of subject: SearchSubject, entity: String?, key: String, range: Range<Int>
  ) throws(FilterFault) {
    if subject == .experiments {
      self = try Self.ofExperiments(entity: entity, key: key, range: range)
      return
    }
    guard subject == .runs else {
      self = .model(try ModelField(of: subject, entity: entity, key: key, range: range))
      return
    }
    guard let kind = entity.map({ Entity.names[$0] }) ?? .attribute else {
      throw FilterFault(
        range, "\"\(entity ?? "")\" is nothing that runs have",
        hint: "Write metrics., params., tags., attributes. or datasets. before the name.")
    }
    guard !key.isEmpty else {
      throw FilterFault(
        range, "the name after \"\(entity ?? "").\" is missing",
        hint: "Write it after the dot; between backquotes if it has spaces.")
    }
    switch kind {
    case .metric: self = .metric(key)
    case .param: self = .param(key)
    case .tag: self = .tag(key)
    case .attribute:
      guard let attribute = Attribute(name: key) else {
        let names = Attribute.allCases.map(\.rawValue).joined(separator: ", ")
        throw FilterFault(
          range, "runs have no attribute \"\(key)\"",
          hint: "The attributes are \(names); what was logged is metrics.\(key), params.\(key) "
            + "or tags.\(key).")
      }
      self = .attribute(attribute)
    case .dataset:
      guard let attribute = DatasetAttribute(rawValue: key) else {
        throw FilterFault(
          range, "data sets have no \"\(key)\"", hint: "They have name, digest and context.")
      }
      self = .dataset(attribute)
    }
  }

  private static func ofExperiments(
    entity: String?, key: String, range: Range<Int>
  ) throws(FilterFault) -> FilterField {
    switch entity.map({ Entity.names[$0] }) ?? .attribute {
    case .tag where !key.isEmpty: return .experimentTag(key)
    case .attribute:
      guard let attribute = ExperimentAttribute(rawValue: key) else {
        let names = ExperimentAttribute.allCases.map(\.rawValue).joined(separator: ", ")
        throw FilterFault(
          range, "experiments have no attribute \"\(key)\"",
          hint: "The attributes are \(names); tags are tags.\(key).")
      }
      return .experiment(attribute)
    default:
      throw FilterFault(
        range, "experiments have attributes and tags only",
        hint: "Write name, creation_time or tags.NAME, for example.")
    }
  }

  /// Whether it is compared with numbers, not with texts.
  var isNumeric: Bool {
    switch self {
    case .metric: true
    case .attribute(let attribute): attribute.isNumeric
    case .experiment(let attribute): attribute.isNumeric
    case .model(let field): field.isNumeric
    case .param, .tag, .dataset, .experimentTag: false
    }
  }

  /// Whether it is the number of a version of a model.
  var isVersion: Bool {
    guard case .model(let field) = self else { return false }
    return field.kind == .attribute("version_number")
  }

  /// The comparators that it takes.
  var comparators: [FilterComparator] {
    switch self {
    case .metric: FilterComparator.numeric
    case .attribute(let attribute) where attribute.isNumeric: FilterComparator.numeric
    case .experiment(let attribute) where attribute.isNumeric: FilterComparator.numeric
    case .param, .tag, .experimentTag: FilterComparator.textual + [.isNull, .isNotNull]
    case .attribute(.runID), .dataset: FilterComparator.textual + [.isIn, .isNotIn]
    case .experiment(.id): [.equal, .notEqual, .isIn, .isNotIn]
    case .attribute, .experiment: FilterComparator.textual
    case .model(let field): field.comparators
    }
  }

  /// What an error calls it.
  var description: String {
    switch self {
    case .metric(let key): "metrics.\(key)"
    case .param(let key): "params.\(key)"
    case .tag(let key): "tags.\(key)"
    case .attribute(let attribute): "attributes.\(attribute.rawValue)"
    case .dataset(let attribute): "datasets.\(attribute.rawValue)"
    case .experiment(let attribute): "attributes.\(attribute.rawValue)"
    case .experimentTag(let key): "tags.\(key)"
    case .model(let field): field.description
    }
  }
}

/// How a filter compares.
enum FilterComparator: String, CaseIterable {
  case equal = "="
  case notEqual = "!="
  case greater = ">"
  case greaterOrEqual = ">="
  case less = "<"
  case lessOrEqual = "<="
  /// With `%` for any text and `_` for any character; cases of letters differ.
  case like = "LIKE"
  /// The same, but cases of letters do not differ.
  case caseInsensitiveLike = "ILIKE"
  case isIn = "IN"
  case isNotIn = "NOT IN"
  case isNull = "IS NULL"
  case isNotNull = "IS NOT NULL"

  static let numeric: [FilterComparator] = [
    .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual,
  ]
  static let textual: [FilterComparator] = [.equal, .notEqual, .like, .caseInsensitiveLike]
}
