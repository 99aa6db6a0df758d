import SQLite

/// A part of a query, and the values for its question marks.
struct SQLPart {
  var text: String
  var values: [SQLiteValue] = []

  init(_ text: String, _ values: SQLiteValue...) {
    self.text = text
    self.values = values
  }

  init(_ text: String, values: [SQLiteValue]) {
    self.text = text
    self.values = values
  }

  /// Joins `parts` in pairs of pairs: SQLite limits how deep an expression may be, and a row of `AND` is as deep as it is long.
  static func joining(_ parts: ArraySlice<SQLPart>, with word: String) -> SQLPart {
    guard parts.count > 1 else { return parts.first ?? SQLPart("TRUE") }
    let middle = parts.startIndex + parts.count / 2
    let (left, right) = (
      joining(parts[..<middle], with: word), joining(parts[middle...], with: word)
    )
    return SQLPart(
      "(\(left.text) \(word) \(right.text))", values: left.values + right.values)
  }
}

extension RunFilter {
  /// The filter as a condition on a row of `runs`; `sorted` names the metric whose row of `series` is there as `sorted`,
  /// with a number as its latest value.
  func sql(sorted: String? = nil) -> SQLPart {
    switch self {
    case .all(let parts): SQLPart.joining(parts.map { $0.sql(sorted: sorted) }[...], with: "AND")
    case .any(let parts): SQLPart.joining(parts.map { $0.sql(sorted: sorted) }[...], with: "OR")
    case .comparison(.metric(let key), let comparator, let value) where key == sorted:
      // A bound of the index, so that runs beyond it are not looked at.
      comparator.sql("sorted.last_value", value)
    case .comparison(let field, let comparator, let value): field.sql(comparator, value)
    }
  }
}

extension RunFilter {
  /// Whether it wants runs of one name, among other things perhaps.
  var namesRun: Bool {
    switch self {
    case .all(let parts): parts.contains(where: \.namesRun)
    case .any: false
    case .comparison(let field, let comparator, _):
      comparator == .equal && (field == .attribute(.runName) || field == .tag("mlflow.runName"))
    }
  }
}

extension FilterField {
  fileprivate func sql(_ comparator: FilterComparator, _ value: RunFilter.Value) -> SQLPart {
    switch self {
    case .metric(let key):
      let test = comparator.sql("last_value", value)
      // A NaN, which is stored as text, differs from every number and is neither more nor less.
      let isNumber =
        comparator == .greater || comparator == .greaterOrEqual
        ? " AND typeof(last_value) = 'real'" : ""
      return Self.exists(
        "series WHERE run = runs.id AND key = ? AND point_count > 0\(isNumber)", .text(key), test)
    case .param(let key): return Self.logged("params", key, comparator, value)
    case .tag(let key):
      if let column = Self.columns[key] {
        switch comparator {
        case .isNull, .isNotNull: return SQLPart("\(column) \(comparator.rawValue)")
        default: return comparator.sql(column, value)
        }
      }
      return Self.logged("tags", key, comparator, value)
    case .attribute(let attribute): return comparator.sql(attribute.sql, value)
    case .dataset(.context):
      return Self.exists(
        "input_tags WHERE run = runs.id AND key = ?", .text(DatasetContext.tag),
        comparator.sql("value", value))
    case .dataset(let attribute):
      let test = comparator.sql("datasets.\(attribute.rawValue)", value)
      return SQLPart(
        """
        EXISTS (SELECT 1 FROM inputs JOIN datasets ON datasets.id = dataset
          WHERE run = runs.id AND \(test.text))
        """, values: test.values)
    case .experiment(let attribute): return comparator.sql(attribute.sql, value)
    case .model(let field): return field.sql(comparator, value)
    case .experimentTag(let key):
      return Self.logged(
        "experiment_tags", key, comparator, value, of: "experiment = experiments.id")
    }
  }

  /// The tags that every run is shown with, from what else is known of it where it was not tagged so.
  private static let columns = [
    "mlflow.runName": "runs.name",
    "mlflow.parentRunId": """
    coalesce((SELECT value FROM tags WHERE run = runs.id AND key = 'mlflow.parentRunId'), \
    runs.parent_run_id)
    """,
  ]

  /// That a row of `rows`, which are those of `key`, meets `test`.
  private static func exists(_ rows: String, _ key: SQLiteValue, _ test: SQLPart) -> SQLPart {
    SQLPart("EXISTS (SELECT 1 FROM \(rows) AND \(test.text))", values: [key] + test.values)
  }

  private static func logged(
    _ table: String, _ key: String, _ comparator: FilterComparator, _ value: RunFilter.Value,
    of owner: String = "run = runs.id"
  ) -> SQLPart {
    let rows = "\(table) WHERE \(owner) AND key = ?"
    switch comparator {
    case .isNull: return SQLPart("NOT EXISTS (SELECT 1 FROM \(rows))", .text(key))
    case .isNotNull: return SQLPart("EXISTS (SELECT 1 FROM \(rows))", .text(key))
    default: return exists(rows, .text(key), comparator.sql("value", value))
    }
  }

  /// The value to sort by; NULL where a run has none.
  var sortKey: SQLPart {
    switch self {
    case .metric(let key):
      SQLPart(
        "(SELECT last_value FROM series WHERE run = runs.id AND key = ? AND point_count > 0)",
        .text(key))
    case .param(let key):
      SQLPart("(SELECT value FROM params WHERE run = runs.id AND key = ?)", .text(key))
    case .tag(let key):
      Self.columns[key].map { SQLPart($0) }
        ?? SQLPart("(SELECT value FROM tags WHERE run = runs.id AND key = ?)", .text(key))
    case .attribute(let attribute): SQLPart(attribute.sql)
    case .experiment(let attribute): SQLPart(attribute.sql)
    case .experimentTag(let key):
      SQLPart(
        "(SELECT value FROM experiment_tags WHERE experiment = experiments.id AND key = ?)",
        .text(key))
    case .model(let field): field.sortKey
    case .dataset: SQLPart("NULL")
    }
  }
}

extension FilterField.Attribute {
  /// The attribute as an expression on a row of `runs`.
  fileprivate var sql: String {
    switch self {
    case .runID: "runs.run_id"
    case .runName: "runs.name"
    case .status: "runs.status"
    case .artifactURI:
      "('mlflow-artifacts:/' || runs.experiment || '/' || runs.run_id || '/artifacts')"
    case .userID: "runs.user"
    case .startTime: "runs.start_ms"
    case .endTime: "runs.end_ms"
    }
  }
}

extension FilterField.ExperimentAttribute {
  /// The attribute as an expression on a row of `experiments`.
  fileprivate var sql: String {
    switch self {
    case .name: "experiments.name"
    case .id: "CAST(experiments.id AS TEXT)"
    case .creationTime: "experiments.created_ms"
    case .lastUpdateTime: "experiments.updated_ms"
    }
  }
}

extension FilterComparator {
  /// `column` compared with `value`.
  func sql(_ column: String, _ value: RunFilter.Value) -> SQLPart {
    switch (self, value) {
    // Unlike SQLite's LIKE, its GLOB tells cases of letters apart.
    case (.like, .text(let pattern)): SQLPart("\(column) GLOB ?", .text(Self.glob(pattern)))
    case (.caseInsensitiveLike, .text(let pattern)): SQLPart("\(column) LIKE ?", .text(pattern))
    case (.isIn, .texts(let texts)), (.isNotIn, .texts(let texts)):
      SQLPart(
        "\(column) \(rawValue) (\(texts.map { _ in "?" }.joined(separator: ", ")))",
        values: texts.map { .text($0) })
    case (_, .number(let number)): SQLPart("\(column) \(rawValue) ?", .real(number))
    case (_, .text(let text)): SQLPart("\(column) \(rawValue) ?", .text(text))
    default: SQLPart("\(column) \(rawValue)")
    }
  }

  /// The pattern of GLOB that means what `pattern` means to LIKE.
  private static func glob(_ pattern: String) -> String {
    pattern.reduce(into: "") { text, character in
      switch character {
      case "%": text += "*"
      case "_": text += "?"
      case "*", "?", "[": text += "[\(character)]"
      default: text.append(character)
      }
    }
  }
}
