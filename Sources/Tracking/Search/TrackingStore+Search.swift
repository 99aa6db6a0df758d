import SQLite

/// Which runs a search looks at.
package enum RunView: String, Sendable, CaseIterable {
  case active
  case deleted
  case all

  var condition: String {
    switch self {
    case .active: "runs.deleted_ms IS NULL"
    case .deleted: "runs.deleted_ms IS NOT NULL"
    case .all: "TRUE"
    }
  }
}

/// What runs to find, and in which order.
package struct RunSearch: Sendable {
  /// The numbers of the experiments to look in; `nil` for all.
  package var experiments: [Int64]?
  /// A filter in MLflow's language, with `OR` and parentheses.
  package var filter: String
  /// What to sort by, the first above all; runs that are equal in that come newest first.
  package var order: [String]
  package var view: RunView
  /// How many runs to give at most; `nil` for all.
  package var limit: Int?
  /// How many runs to skip.
  package var offset: Int
  /// Whether runs that started in the same millisecond come by their ids, as MLflow has them, where no order is said.
  package var tiesByID: Bool

  package init(
    experiments: [Int64]? = nil, filter: String = "", order: [String] = [],
    view: RunView = .active, limit: Int? = nil, offset: Int = 0, tiesByID: Bool = false
  ) {
    self.experiments = experiments
    self.filter = filter
    self.order = order
    self.view = view
    self.limit = limit
    self.offset = offset
    self.tiesByID = tiesByID
  }
}

extension TrackingStore {
  /// The runs that `search` finds.
  ///
  /// Runs without a value to sort by come last, in whichever direction; before them come those whose metric is NaN.
  ///
  /// - Throws: ``TrackingError/invalidFilter(filter:position:reason:hint:)`` or
  ///   ``TrackingError/invalidOrder(order:position:reason:hint:)`` with the place of the fault.
  package func search(_ search: RunSearch) throws(TrackingError) -> [RunRecord] {
    let filter = try RunFilter(search.filter)
    let orders = try RunOrder.list(search.order)
    return try reading { database throws(TrackingError) in
      try database.search(search, filter, orders)
    }
  }

  /// The number of the experiment that has the name or id `reference`.
  ///
  /// Of deleted ones that had the name, it is the one that was deleted last.
  package func experimentID(
    _ reference: String, isDeleted: Bool = false
  ) throws(TrackingError) -> Int64 {
    try reading { database throws(TrackingError) in
      try database.experimentID(reference, isDeleted: isDeleted)
    }
  }
}

extension Database {
  fileprivate func search(
    _ search: RunSearch, _ filter: RunFilter, _ orders: [RunOrder]
  ) throws(TrackingError) -> [RunRecord] {
    var parts = [SQLPart(search.view.condition)]
    if let experiments = search.experiments {
      let marks = experiments.map { _ in "?" }.joined(separator: ", ")
      // A plus keeps SQLite from going through the whole experiment where the index of names leads to a few runs.
      let plus = filter.namesRun ? "+" : ""
      parts.append(
        SQLPart("\(plus)runs.experiment IN (\(marks))", values: experiments.map { .integer($0) }))
    }
    func condition(sorted: String? = nil) -> SQLPart {
      SQLPart.joining([filter.sql(sorted: sorted)] + parts, with: "AND")
    }
    var keys: [SQLPart] = []
    /// For each order, what its key is sorted by.
    var keyTerms: [[String]] = []
    for (index, order) in orders.enumerated() {
      let key = order.field.sortKey
      keys.append(SQLPart("\(key.text) AS key\(index)", values: key.values))
      var terms = ["key\(index) IS NULL"]
      // NaN, which is stored as text, comes after the numbers in both directions.
      if case .metric = order.field { terms.append("typeof(key\(index)) = 'text'") }
      terms.append("key\(index) \(order.isDescending ? "DESC" : "ASC")")
      keyTerms.append(terms)
    }
    var terms: [String] = []
    if !orders.contains(where: { $0.field == .attribute(.startTime) }) {
      terms.append("start_ms DESC")
      // The later one of the same millisecond, where nothing else decides.
      if orders.isEmpty && !search.tiesByID { terms.append("row DESC") }
    }
    terms.append("run_id ASC")
    if case .metric(let key)? = orders.first?.field, let limit = search.limit {
      // The first runs by a metric are those that its index has first, unless there are not enough that have a number.
      let found = try runs(
        byMetric: key, isDescending: orders[0].isDescending, sortKeys: Array(keys.dropFirst()),
        where: condition(sorted: key),
        order: keyTerms.dropFirst().flatMap(\.self) + terms, limit: limit, offset: search.offset)
      if found.count == limit { return found }
    }
    return try runs(
      sortKeys: keys, where: condition(),
      order: (keyTerms.flatMap(\.self) + terms).joined(separator: ", "),
      limit: search.limit, offset: search.offset)
  }

  /// The number of the experiment that has the name or id `reference`.
  func experimentID(
    _ reference: String, isDeleted: Bool = false
  ) throws(TrackingError) -> Int64 {
    let ids = try query(
      """
      SELECT id FROM experiments
        WHERE deleted_ms IS \(isDeleted ? "NOT " : "")NULL AND (name = ?1 OR id = ?2)
        ORDER BY name = ?1 DESC, deleted_ms DESC, id DESC
      """, .text(reference), .integer(orNull: Int64(reference))
    ) { $0.integer(0) }
    guard let id = ids.first else { throw .experimentNotFound(reference: reference) }
    return id
  }
}
