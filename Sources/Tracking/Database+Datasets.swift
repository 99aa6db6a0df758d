import JSONValues
import SQLite

/// Data that a run used.
package struct DatasetRecord: Sendable, Equatable {
  package let name: String
  /// What tells its contents from others'.
  package let digest: String
  /// What `source` is, such as `local` or `http`.
  package let sourceType: String
  package let source: String
  /// Its columns, as JSON.
  package let schema: String?
  /// Its summary, as JSON.
  package let profile: String?
  /// What the run used it for.
  package let context: String?
  /// What else the run notes of its use, by key.
  package let otherTags: [String: String]

  package init(
    name: String, digest: String, sourceType: String, source: String, schema: String?,
    profile: String?, context: String?, otherTags: [String: String] = [:]
  ) {
    self.name = name
    self.digest = digest
    self.sourceType = sourceType
    self.source = source
    self.schema = schema
    self.profile = profile
    self.context = context
    self.otherTags = otherTags
  }

  /// All tags of the use, by key.
  package var tags: [(key: String, value: String)] {
    var tags = otherTags
    if let context { tags[DatasetContext.tag] = context }
    return tags.sortedPairs
  }

  /// The tags but for the context's of an object in JSON.
  static func otherTags(json: String) -> [String: String] {
    guard json.utf8.count > 2, case .object(let members)? = JSONValue(json: json) else {
      return [:]
    }
    return members.filter { $0.key != DatasetContext.tag }.compactMapValues(\.string)
  }
}

/// What a run used a data set for.
enum DatasetContext {
  /// MLflow's name for the tag of an input that says so.
  static let tag = "mlflow.data.context"
}

extension Database {
  /// Notes that `run` used `dataset`; what is known of it stays as it is.
  func insert(_ dataset: DatasetRecord, run: Int64) throws(TrackingError) {
    try write { () throws(TrackingError) in
      try checkIsThere(run: run)
      try insertWithin(dataset, run: run)
    }
  }

  /// The same, within a transaction.
  func insertWithin(_ dataset: DatasetRecord, run: Int64) throws(TrackingError) {
    try execute(
      """
      INSERT OR IGNORE INTO datasets
          (experiment, name, digest, source_type, source, schema, profile)
        SELECT experiment, ?, ?, ?, ?, ?, ? FROM runs WHERE id = ?
      """, .text(dataset.name), .text(dataset.digest), .text(dataset.sourceType),
      .text(dataset.source), .text(orNull: dataset.schema), .text(orNull: dataset.profile),
      .integer(run))
    let found = try query(
      """
      SELECT datasets.id FROM datasets JOIN runs ON runs.experiment = datasets.experiment
        WHERE runs.id = ? AND datasets.name = ? AND digest = ?
      """, .integer(run), .text(dataset.name), .text(dataset.digest)
    ) { $0.integer(0) }
    guard let id = found.first else { throw .runRemoved(path: path) }
    try execute(
      "INSERT OR IGNORE INTO inputs (run, dataset) VALUES (?, ?)", .integer(run), .integer(id))
    for (key, value) in dataset.tags {
      try execute(
        """
        INSERT INTO input_tags (run, dataset, key, value) VALUES (?, ?, ?, ?)
          ON CONFLICT (run, dataset, key) DO UPDATE SET value = excluded.value
        """, .integer(run), .integer(id), .text(key), .text(value))
    }
  }
}

extension TrackingStore {
  /// The data sets that runs of experiments used, each once for every use of it.
  package func datasets(
    ofExperiments ids: [Int64], limit: Int
  ) throws(TrackingError) -> [(experiment: Int64, dataset: DatasetRecord)] {
    try reading { database throws(TrackingError) in
      try database.query(
        """
        SELECT DISTINCT datasets.experiment, name, digest, source_type, source, value FROM datasets
          JOIN inputs ON inputs.dataset = datasets.id
          LEFT JOIN input_tags ON input_tags.run = inputs.run
            AND input_tags.dataset = inputs.dataset AND key = ?
          WHERE datasets.experiment IN (SELECT value FROM json_each(?))
          ORDER BY datasets.experiment, name, digest LIMIT ?
        """, .text(DatasetContext.tag), RowList(ids).value, .integer(Int64(limit))
      ) { (row: borrowing Row) in
        (
          row.integer(0),
          DatasetRecord(
            name: row.text(1), digest: row.text(2), sourceType: row.text(3), source: row.text(4),
            schema: nil, profile: nil, context: row.text(ifPresent: 5))
        )
      }
    }
  }
}
