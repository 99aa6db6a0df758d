import SQLite

/// What a filter compares, or an order sorts by, of registered models, their versions or logged models.
struct ModelField: Hashable {
  enum Kind: Hashable {
    case attribute(String)
    case tag(String)
    case param(String)
    case metric(String)
  }

  let subject: SearchSubject
  let kind: Kind

  /// An attribute: its expression in SQL, and what it can be used for.
  private struct Attribute {
    let sql: String
    var isNumeric = false
    var takesLists = false
    /// Whether it is compared too, or sorted by only.
    var isCompared = true
  }

  private static let attributes: [SearchSubject: [String: Attribute]] = [
    .registeredModels: [
      "name": Attribute(sql: "registered_models.name", takesLists: true),
      "timestamp": Attribute(
        sql: "registered_models.updated_ms", isNumeric: true, isCompared: false),
      "last_updated_timestamp": Attribute(
        sql: "registered_models.updated_ms", isNumeric: true, isCompared: false),
      "creation_timestamp": Attribute(
        sql: "registered_models.created_ms", isNumeric: true, isCompared: false),
    ],
    .modelVersions: [
      "name": Attribute(sql: "registered_models.name", takesLists: true),
      "run_id": Attribute(sql: "model_versions.run_id", takesLists: true),
      "source_path": Attribute(sql: "model_versions.source"),
      "version_number": Attribute(sql: "model_versions.version", isNumeric: true),
      "creation_timestamp": Attribute(
        sql: "model_versions.created_ms", isNumeric: true, isCompared: false),
      "last_updated_timestamp": Attribute(
        sql: "model_versions.updated_ms", isNumeric: true, isCompared: false),
    ],
    .loggedModels: [
      "name": Attribute(sql: "logged_models.name", takesLists: true),
      "model_id": Attribute(sql: "logged_models.model_id", takesLists: true),
      "model_type": Attribute(sql: "logged_models.model_type", takesLists: true),
      "status": Attribute(sql: "logged_models.status", takesLists: true),
      "source_run_id": Attribute(sql: "logged_models.source_run_id", takesLists: true),
      "experiment_id": Attribute(
        sql: "CAST(logged_models.experiment AS TEXT)", takesLists: true),
      "creation_timestamp": Attribute(sql: "logged_models.created_ms", isNumeric: true),
      "creation_timestamp_ms": Attribute(sql: "logged_models.created_ms", isNumeric: true),
      "creation_time": Attribute(sql: "logged_models.created_ms", isNumeric: true),
      "last_updated_timestamp": Attribute(sql: "logged_models.updated_ms", isNumeric: true),
      "last_updated_timestamp_ms": Attribute(sql: "logged_models.updated_ms", isNumeric: true),
    ],
  ]

  private static let entities: [String: String] = [
    "attribute": "attribute", "attributes": "attribute", "attr": "attribute", "tag": "tag",
    "tags": "tag", "metric": "metric", "metrics": "metric", "param": "param", "params": "param",
  ]

  /// The field of `subject` that `entity` and `key` name; without an entity, an attribute.
  init(
    of subject: SearchSubject, entity: String?, key: String, range: Range<Int>
  ) throws(FilterFault) {
    self.subject = subject
    let known = Self.attributes[subject] ?? [:]
    switch entity.map({ Self.entities[$0] }) ?? "attribute" {
    case "attribute":
      guard known[key] != nil else {
        throw FilterFault(
          range, "\(subject.words) have no attribute \"\(key)\"",
          hint: "The attributes are \(known.keys.sorted().joined(separator: ", ")).")
      }
      kind = .attribute(key)
    case "tag" where !key.isEmpty: kind = .tag(key)
    case "param" where !key.isEmpty && subject == .loggedModels: kind = .param(key)
    case "metric" where !key.isEmpty && subject == .loggedModels: kind = .metric(key)
    default:
      throw FilterFault(
        range, "\"\(entity ?? "").\(key)\" is nothing that \(subject.words) have",
        hint: subject == .loggedModels
          ? "Write metrics., params., tags. or attributes. before the name."
          : "They have attributes and tags: name or tags.NAME, for example.")
    }
  }

  private var attribute: Attribute? {
    guard case .attribute(let name) = kind else { return nil }
    return Self.attributes[subject]?[name]
  }

  /// Whether it is compared with numbers, not with texts.
  var isNumeric: Bool {
    if case .metric = kind { return true }
    return attribute?.isNumeric == true
  }

  /// The comparators that it takes; none for what is only sorted by.
  var comparators: [FilterComparator] {
    switch kind {
    case .metric: return FilterComparator.numeric
    case .tag where subject != .loggedModels:
      return FilterComparator.textual + [.isNull, .isNotNull]
    case .tag, .param:
      return FilterComparator.textual + [.isIn, .isNotIn, .isNull, .isNotNull]
    case .attribute:
      guard let attribute, attribute.isCompared else { return [] }
      if attribute.isNumeric { return FilterComparator.numeric }
      return FilterComparator.textual + (attribute.takesLists ? [.isIn, .isNotIn] : [])
    }
  }

  /// What an error calls it.
  var description: String {
    switch kind {
    case .attribute(let name): "attributes.\(name)"
    case .tag(let key): "tags.\(key)"
    case .param(let key): "params.\(key)"
    case .metric(let key): "metrics.\(key)"
    }
  }

  /// Its comparison as a condition on a row of what is searched for.
  func sql(_ comparator: FilterComparator, _ value: RunFilter.Value) -> SQLPart {
    let (rows, key): (String, String)
    switch kind {
    case .attribute: return comparator.sql(attribute?.sql ?? "NULL", value)
    case .metric(let metric):
      let test = comparator.sql("value", value)
      // A NaN, which is stored as text, is neither more nor less than a number.
      let isNumber =
        [.greater, .greaterOrEqual].contains(comparator) ? " AND typeof(value) = 'real'" : ""
      return SQLPart(
        """
        EXISTS (SELECT 1 FROM shown_metrics WHERE model = logged_models.id AND key = ?
          AND \(test.text)\(isNumber))
        """, values: [.text(metric)] + test.values)
    case .tag(let tag): (rows, key) = (subject.tagRows, tag)
    case .param(let param):
      (rows, key) = ("logged_model_params WHERE model = logged_models.id", param)
    }
    let found = "SELECT 1 FROM \(rows) AND key = ?"
    switch comparator {
    case .isNull: return SQLPart("NOT EXISTS (\(found))", .text(key))
    case .isNotNull: return SQLPart("EXISTS (\(found))", .text(key))
    case .notEqual where kind == .tag(RegisteredModel.promptTag):
      // What has no such tag is no prompt: MLflow's clients ask for models in this way.
      guard case .text(let text) = value else { fallthrough }
      return SQLPart("NOT EXISTS (\(found) AND value = ?)", .text(key), .text(text))
    case .equal where kind == .tag(RegisteredModel.promptTag) && value == .text("false"):
      return SQLPart("NOT EXISTS (\(found) AND value = 'true')", .text(key))
    default:
      let test = comparator.sql("value", value)
      return SQLPart(
        "EXISTS (\(found) AND \(test.text))", values: [.text(key)] + test.values)
    }
  }

  /// The value to sort by; NULL where there is none.
  var sortKey: SQLPart {
    switch kind {
    case .attribute: SQLPart(attribute?.sql ?? "NULL")
    case .tag(let key): SQLPart("(SELECT value FROM \(subject.tagRows) AND key = ?)", .text(key))
    case .param(let key):
      SQLPart(
        "(SELECT value FROM logged_model_params WHERE model = logged_models.id AND key = ?)",
        .text(key))
    case .metric(let key): Self.latestMetric(key, datasetName: nil, datasetDigest: nil)
    }
  }

  /// The latest value of a metric of a logged model, on a data set if one is named.
  static func latestMetric(
    _ key: String, datasetName: String?, datasetDigest: String?
  ) -> SQLPart {
    SQLPart(
      """
      (SELECT value FROM logged_model_metrics WHERE model = logged_models.id AND key = ?
        AND dataset_name = coalesce(?, dataset_name)
        AND dataset_digest = coalesce(?, dataset_digest)
        ORDER BY time_ms DESC, step DESC, run_id LIMIT 1)
      """, .text(key), .text(orNull: datasetName), .text(orNull: datasetDigest))
  }
}

extension SearchSubject {
  /// What an error calls them.
  fileprivate var words: String {
    switch self {
    case .runs: "runs"
    case .experiments: "experiments"
    case .registeredModels: "registered models"
    case .modelVersions: "versions of models"
    case .loggedModels: "logged models"
    }
  }

  /// Where the tags of one of them are.
  fileprivate var tagRows: String {
    switch self {
    case .registeredModels: "registered_model_tags WHERE model = registered_models.id"
    case .modelVersions: "model_version_tags WHERE version = model_versions.id"
    default: "logged_model_tags WHERE model = logged_models.id"
    }
  }
}
