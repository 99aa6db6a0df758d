import SQLite

/// An experiment with what is kept of it beside its runs.
package struct ExperimentDetail: Sendable {
  package let id: Int64
  package let name: String
  /// Where its runs' artifacts are; `nil` for the store's own folder.
  package let artifactLocation: String?
  package let createdMilliseconds: Int64
  package let updatedMilliseconds: Int64
  package let isDeleted: Bool
  /// By key.
  package fileprivate(set) var tags: [(key: String, value: String)]
}

extension TrackingStore {
  /// Makes an experiment.
  ///
  /// - Parameters:
  ///   - name: Its name, which no other one may have; a deleted one's is free.
  ///   - artifactLocation: Where its runs' artifacts go; `nil` for the store's own folder.
  ///   - tags: Its tags.
  /// - Returns: Its number.
  /// - Throws: ``TrackingError/experimentExists(name:)``, or when a name is invalid or the store cannot be written.
  package func createExperiment(
    _ name: String, artifactLocation: String? = nil, tags: [(key: String, value: String)] = []
  ) throws(TrackingError) -> Int64 {
    try RunIdentity.validate(name, kind: "experiment's name", limit: 500)
    for tag in tags { try RunIdentity.validate(tag.key, kind: "tag's key") }
    return try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsFree(experimentName: name)
        let now = SQLiteValue.integer(currentMilliseconds())
        try database.execute(
          """
          INSERT INTO experiments (name, created_ms, updated_ms, artifact_location)
            VALUES (?, ?, ?, ?)
          """, .text(name), now, now, .text(orNull: artifactLocation))
        let id = try database.experimentID(name)
        for (key, value) in tags { try database.setExperimentTag(key, value, id: id) }
        return id
      }
    }
  }

  /// The experiment of a number, or of a name, deleted or not; `nil` when there is none.
  package func experiment(id: Int64) throws(TrackingError) -> ExperimentDetail? {
    try experiments(SQLPart("id = ?", .integer(id)), order: "id").first
  }

  package func experiment(named name: String) throws(TrackingError) -> ExperimentDetail? {
    try experiments(
      SQLPart("name = ?", .text(name)), order: "deleted_ms IS NOT NULL, deleted_ms DESC"
    ).first
  }

  /// The experiments that meet a filter, newest first where `order` says nothing else; of those whose numbers are `among`, if it is given.
  package func searchExperiments(
    filter: String = "", order: [String] = [], view: RunView = .active, limit: Int? = nil,
    offset: Int = 0, among numbers: Set<Int64>? = nil
  ) throws(TrackingError) -> [ExperimentDetail] {
    let filter = try RunFilter(filter, of: .experiments).sql()
    let orders = try RunOrder.list(order, of: .experiments)
    let isShown =
      switch view {
      case .active: "deleted_ms IS NULL"
      case .deleted: "deleted_ms IS NOT NULL"
      case .all: "TRUE"
      }
    var terms: [String] = []
    var values = filter.values
    for order in orders {
      let key = order.field.sortKey
      terms += ["\(key.text) IS NULL", "\(key.text) \(order.isDescending ? "DESC" : "ASC")"]
      values += key.values + key.values
    }
    terms += orders.isEmpty ? ["created_ms DESC", "id DESC"] : ["id ASC"]
    let isAmong =
      numbers.map { "id IN (\($0.sorted().map { "\($0)" }.joined(separator: ", ")))" } ?? "TRUE"
    return try experiments(
      SQLPart("\(isShown) AND \(isAmong) AND \(filter.text)", values: values),
      order: terms.joined(separator: ", "), limit: limit, offset: offset)
  }

  private func experiments(
    _ condition: SQLPart, order: String, limit: Int? = nil, offset: Int = 0
  ) throws(TrackingError) -> [ExperimentDetail] {
    try reading { database throws(TrackingError) in
      var found = try database.query(
        """
        SELECT id, name, artifact_location, created_ms, updated_ms, deleted_ms FROM experiments
          WHERE \(condition.text) ORDER BY \(order) LIMIT ? OFFSET ?
        """,
        values: condition.values + [.integer(Int64(limit ?? -1)), .integer(Int64(offset))]
      ) { (row: borrowing Row) in
        ExperimentDetail(
          id: row.integer(0), name: row.text(1), artifactLocation: row.text(ifPresent: 2),
          createdMilliseconds: row.integer(3), updatedMilliseconds: row.integer(4),
          isDeleted: !row.isNull(5), tags: [])
      }
      for index in found.indices {
        found[index].tags = try database.query(
          "SELECT key, value FROM experiment_tags WHERE experiment = ? ORDER BY key",
          .integer(found[index].id)
        ) { (key: $0.text(0), value: $0.text(1)) }
      }
      return found
    }
  }

  /// Gives an experiment another name.
  package func renameExperiment(id: Int64, to name: String) throws(TrackingError) {
    try RunIdentity.validate(name, kind: "experiment's name", limit: 500)
    try changeExperiment(id) { database throws(TrackingError) in
      let same = try database.query(
        "SELECT 1 FROM experiments WHERE id = ? AND name = ?", .integer(id), .text(name)
      ) { $0.integer(0) }
      guard same.isEmpty else { return }
      try database.checkIsFree(experimentName: name)
      try database.execute(
        "UPDATE experiments SET name = ? WHERE id = ?", .text(name), .integer(id))
    }
  }

  /// Sets a tag of an experiment, or removes it.
  ///
  /// - Returns: Whether there was one of that key.
  package func changeTag(
    ofExperiment id: Int64, _ key: String, _ value: String?
  ) throws(TrackingError) -> Bool {
    try RunIdentity.validate(key, kind: "tag's key")
    return try changeExperiment(id) { database throws(TrackingError) in
      let removed = try database.execute(
        "DELETE FROM experiment_tags WHERE experiment = ? AND key = ?", .integer(id), .text(key))
      if let value { try database.setExperimentTag(key, value, id: id) }
      return removed > 0
    }
  }

  private func changeExperiment<Value: Sendable>(
    _ id: Int64, _ body: (Database) throws(TrackingError) -> Value
  ) throws(TrackingError) -> Value {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        let changed = try database.execute(
          "UPDATE experiments SET updated_ms = ? WHERE id = ? AND deleted_ms IS NULL",
          .integer(currentMilliseconds()), .integer(id))
        guard changed > 0 else { throw .experimentNotFound(reference: "\(id)") }
        return try body(database)
      }
    }
  }
}

extension Database {
  /// Throws when an experiment that is not deleted has the name.
  func checkIsFree(experimentName name: String) throws(TrackingError) {
    let taken = try query(
      "SELECT 1 FROM experiments WHERE name = ? AND deleted_ms IS NULL", .text(name)
    ) { $0.integer(0) }
    guard taken.isEmpty else { throw .experimentExists(name: name) }
  }

  fileprivate func setExperimentTag(
    _ key: String, _ value: String, id: Int64
  ) throws(TrackingError) {
    try execute(
      """
      INSERT INTO experiment_tags (experiment, key, value) VALUES (?, ?, ?)
        ON CONFLICT (experiment, key) DO UPDATE SET value = excluded.value
      """, .integer(id), .text(key), .text(value))
  }
}
