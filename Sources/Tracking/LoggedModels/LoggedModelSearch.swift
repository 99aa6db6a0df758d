import SQLite

/// Which logged models to find, and in which order.
package struct LoggedModelSearch: Sendable {
  /// What they are sorted by.
  package struct Order: Sendable {
    package var field: String
    package var isDescending: Bool
    /// The data set on which a metric counts; `nil` for any.
    package var datasetName: String?
    package var datasetDigest: String?

    package init(
      _ field: String, isDescending: Bool = false, datasetName: String? = nil,
      datasetDigest: String? = nil
    ) {
      self.field = field
      self.isDescending = isDescending
      self.datasetName = datasetName
      self.datasetDigest = datasetDigest
    }

    /// - Parameter text: A field, and perhaps `ASC` or `DESC`.
    init(text: String) {
      let words = text.split(separator: " ")
      let direction = words.count > 1 ? words.last?.uppercased() : nil
      let hasDirection = direction == "ASC" || direction == "DESC"
      self.init(
        (hasDirection ? words.dropLast() : words).joined(separator: " "),
        isDescending: direction == "DESC")
    }
  }

  /// The numbers of the experiments to look in; `nil` for all.
  package var experiments: [Int64]?
  /// Conditions on attributes, `metrics.`, `params.` and `tags.`, with `OR` and parentheses.
  package var filter: String
  /// The data sets whose metrics count in the filter; all if there are none, and every digest if it is missing.
  package var datasets: [(name: String, digest: String?)]
  package var order: [Order]
  package var limit: Int?
  package var offset: Int

  package init(
    experiments: [Int64]? = nil, filter: String = "",
    datasets: [(name: String, digest: String?)] = [], order: [Order] = [], limit: Int? = nil,
    offset: Int = 0
  ) {
    self.experiments = experiments
    self.filter = filter
    self.datasets = datasets
    self.order = order
    self.limit = limit
    self.offset = offset
  }
}

extension TrackingStore {
  /// The logged models that `search` finds, newest first where its order says nothing else.
  ///
  /// Models without a value to sort by come last, in whichever direction; before them come those whose metric is NaN.
  ///
  /// - Throws: ``TrackingError/invalidFilter(filter:position:reason:hint:)`` or
  ///   ``TrackingError/invalidOrder(order:position:reason:hint:)`` with the place of the fault.
  package func search(_ search: LoggedModelSearch) throws(TrackingError) -> [LoggedModel] {
    var filter = try RunFilter(search.filter, of: .loggedModels).sql()
    let shown = SQLPart.joining(
      search.datasets.map { dataset in
        SQLPart(
          "(dataset_name = ? AND dataset_digest = coalesce(?, dataset_digest))",
          .text(dataset.name), .text(orNull: dataset.digest))
      }[...], with: "OR")
    let metrics = SQLPart(
      "WITH shown_metrics AS (SELECT * FROM logged_model_metrics WHERE \(shown.text))",
      values: shown.values)
    if !search.datasets.isEmpty {
      filter.text += " AND EXISTS (SELECT 1 FROM shown_metrics WHERE model = logged_models.id)"
    }
    if let experiments = search.experiments {
      filter.text +=
        " AND experiment IN (\(experiments.map { _ in "?" }.joined(separator: ", ")))"
      filter.values += experiments.map { .integer($0) }
    }
    var terms: [String] = []
    for order in search.order {
      let key = try order.sortKey
      var ranks = ["\(key.text) IS NULL"]
      // NaN, which is stored as text, comes after the numbers in both directions.
      if order.isMetric { ranks.append("typeof(\(key.text)) = 'text'") }
      terms += ranks + ["\(key.text) \(order.isDescending ? "DESC" : "ASC")"]
      for _ in 0...ranks.count { filter.values += key.values }
    }
    terms += ["created_ms DESC", "model_id"]
    return try reading { database throws(TrackingError) in
      try database.loggedModels(
        with: metrics,
        where: """
          deleted_ms IS NULL AND \(filter.text) ORDER BY \(terms.joined(separator: ", "))
            LIMIT ? OFFSET ?
          """,
        values: filter.values + [
          .integer(Int64(search.limit ?? -1)), .integer(Int64(search.offset)),
        ])
    }
  }
}

extension LoggedModelSearch.Order {
  fileprivate var isMetric: Bool { field.hasPrefix("metrics.") || field.hasPrefix("metric.") }

  fileprivate var sortKey: SQLPart {
    get throws(TrackingError) {
      if isMetric, let dot = field.firstIndex(of: ".") {
        return ModelField.latestMetric(
          String(field[field.index(after: dot)...]), datasetName: datasetName,
          datasetDigest: datasetDigest)
      }
      return try RunOrder(field, of: .loggedModels).field.sortKey
    }
  }
}
