extension Table {
  /// Returns a summary of each column, a row for each statistic.
  ///
  /// Columns of numbers have count, mean, standard deviation, least and greatest value and quartiles; where there are none,
  /// the others have count, number of different values, and the most frequent one with how often it appears. Missing
  /// values do not count.
  ///
  /// ```swift
  /// let summary = try table.describe()
  /// let mean = try summary[1, "age"]
  /// ```
  ///
  /// - Throws: `TableError.noColumns`, if the table has none; `duplicateColumn`, if one is called `statistic`.
  public func describe() throws(TableError) -> Table {
    guard columnCount > 0 else { throw .noColumns(operation: "describe") }
    let numeric = columnNames.indices.filter { columns[$0].type.isNumeric }
    guard !numeric.isEmpty else { return try describeTexts() }
    var result = try Table([
      (
        name: "statistic",
        column: Column(["count", "mean", "std", "min", "25%", "50%", "75%", "max"])
      )
    ])
    for place in numeric {
      let values = try columns[place].numbers(columnNames[place]).present[...]
      let sorted = values.sorted()
      try result.append(
        columnNames[place],
        Column([
          Double(values.count), Statistics.mean(values),
          Statistics.variance(values)?.squareRoot(),
          Statistics.extreme(values, least: true), Statistics.quantile(sorted: sorted, 0.25),
          Statistics.quantile(sorted: sorted, 0.5), Statistics.quantile(sorted: sorted, 0.75),
          Statistics.extreme(values, least: false),
        ]))
    }
    return result
  }

  private func describeTexts() throws(TableError) -> Table {
    var result = try Table([
      (name: "statistic", column: Column(["count", "unique", "top", "freq"]))
    ])
    for (name, column) in zip(columnNames, columns) {
      let present = column.taking((0..<rowCount).filter { !column.isMissing($0) })
      let codes = KeyCodes(present)
      var counts = [Int](repeating: 0, count: codes.count)
      for code in codes.codes { counts[code] += 1 }
      // The first of those that are equally frequent.
      let top = counts.indices.max {
        counts[$0] < counts[$1] || (counts[$0] == counts[$1] && $0 > $1)
      }
      try result.append(
        name,
        Column([
          "\(present.count)", "\(codes.count)",
          top.map { present[codes.firstRows[$0]].description }, top.map { "\(counts[$0])" },
        ]))
    }
    return result
  }

  /// Returns each column's name, type and number of missing values, a row for each.
  public func info() -> Table {
    Table(
      names: ["column", "type", "missing"],
      columns: [
        Column(columnNames), Column(columnTypes.map(\.description)),
        Column(columns.map(\.missingCount)),
      ], rowCount: columnCount)
  }
}
