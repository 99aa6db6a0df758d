/// Numbers that describe others.
enum Statistics {
  /// The sum, with what rounding loses carried along (Neumaier 1974).
  static func sum(_ values: ArraySlice<Double>) -> Double {
    var (total, lost) = (0.0, 0.0)
    for value in values {
      let next = total + value
      lost += abs(total) >= abs(value) ? (total - next) + value : (value - next) + total
      total = next
    }
    // Infinities leave no difference to carry.
    return total.isFinite ? total + lost : total
  }

  /// The mean; `nil` of nothing.
  static func mean(_ values: ArraySlice<Double>) -> Double? {
    values.isEmpty ? nil : sum(values) / Double(values.count)
  }

  /// The variance with *n* − 1 degrees of freedom; `nil` of fewer than two values.
  static func variance(_ values: ArraySlice<Double>) -> Double? {
    guard values.count > 1, let mean = mean(values) else { return nil }
    let squares = values.map { ($0 - mean) * ($0 - mean) }
    return sum(squares[...]) / Double(values.count - 1)
  }

  /// The value below which the share `q` of them lies, in between where it falls there (NumPy's "linear").
  static func quantile(_ values: ArraySlice<Double>, _ q: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    return quantile(sorted: values.sorted(), q)
  }

  static func quantile(sorted: [Double], _ q: Double) -> Double? {
    guard let last = sorted.last else { return nil }
    guard !sorted.contains(where: \.isNaN) else { return .nan }
    let place = q * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return last }
    let share = place - Double(below)
    // Equal ends give the value itself, also where it is infinite.
    if share == 0 || sorted[below] == sorted[below + 1] { return sorted[below] }
    return sorted[below] + (sorted[below + 1] - sorted[below]) * share
  }

  /// The least or the greatest value; NaN if there is one, as in NumPy.
  static func extreme(_ values: ArraySlice<Double>, least: Bool) -> Double? {
    guard var best = values.first else { return nil }
    for value in values {
      if value.isNaN { return .nan }
      if least ? value < best : value > best { best = value }
    }
    return best
  }
}

extension Column {
  /// The sum of the values that are there, 0 of none.
  ///
  /// - Throws: `TableError.wrongType` for texts.
  public func sum() throws(TableError) -> Double { Statistics.sum(try numbers(nil).present[...]) }

  /// The mean of the values that are there, `nil` of none; of Booleans the share that is true.
  ///
  /// - Throws: `TableError.wrongType` for texts.
  public func mean() throws(TableError) -> Double? {
    Statistics.mean(try numbers(nil).present[...])
  }

  /// The median of the values that are there; `nil` of none.
  ///
  /// - Throws: `TableError.wrongType` for texts.
  public func median() throws(TableError) -> Double? { try quantile(0.5) }

  /// The variance with *n* − 1 degrees of freedom; `nil` of fewer than two values.
  ///
  /// - Throws: `TableError.wrongType` for texts.
  public func variance() throws(TableError) -> Double? {
    Statistics.variance(try numbers(nil).present[...])
  }

  /// The standard deviation with *n* − 1 degrees of freedom; `nil` of fewer than two values.
  ///
  /// - Throws: `TableError.wrongType` for texts.
  public func std() throws(TableError) -> Double? { try variance()?.squareRoot() }

  /// The quantile `q` between 0 and 1, between two values where it falls there; `nil` of no values.
  ///
  /// - Throws: `TableError.wrongType` for texts, `badOption` for another `q`.
  public func quantile(_ q: Double) throws(TableError) -> Double? {
    guard (0...1).contains(q) else {
      throw .badOption(name: "the quantile", value: "\(q)", reason: "it lies between 0 and 1")
    }
    return Statistics.quantile(try numbers(nil).present[...], q)
  }

  /// The least value; missing if there is none.
  public func min() -> TableValue { extreme(.min) }

  /// The greatest value; missing if there is none.
  public func max() -> TableValue { extreme(.max) }

  private func extreme(_ kind: Aggregation.Kind) -> TableValue {
    // Neither kind can fail.
    let one = try? aggregated(kind, rows: Array(0..<count), starts: [0, count], name: "")
    return one?[0] ?? .missing
  }
}
