/// What `aggregate` makes of a column's values in each group; missing values do not count.
///
/// ```swift
/// let table = try people.groupBy("city").aggregate(.mean("age"), .max("height", as: "tallest"))
/// ```
public struct Aggregation: Sendable {
  enum Kind: Sendable {
    case count, sum, mean, median, std, variance, min, max, first, last, uniqueCount
    case quantile(Double)
  }

  let kind: Kind
  let column: String
  /// What the result's column is called.
  let name: String

  private init(_ kind: Kind, _ column: String, _ name: String?, _ suffix: String) {
    self.kind = kind
    self.column = column
    self.name = name ?? "\(column)_\(suffix)"
  }

  /// The number of values; called `…_count` if no name is given.
  public static func count(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.count, column, name, "count")
  }
  /// The sum, 0 of no values; called `…_sum` if no name is given.
  public static func sum(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.sum, column, name, "sum")
  }
  /// The mean; called `…_mean` if no name is given.
  public static func mean(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.mean, column, name, "mean")
  }
  /// The median; called `…_median` if no name is given.
  public static func median(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.median, column, name, "median")
  }
  /// The standard deviation with *n* − 1 degrees of freedom; called `…_std` if no name is given.
  public static func std(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.std, column, name, "std")
  }
  /// The variance with *n* − 1 degrees of freedom; called `…_variance` if no name is given.
  public static func variance(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.variance, column, name, "variance")
  }
  /// The least value; called `…_min` if no name is given.
  public static func min(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.min, column, name, "min")
  }
  /// The greatest value; called `…_max` if no name is given.
  public static func max(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.max, column, name, "max")
  }
  /// The first value; called `…_first` if no name is given.
  public static func first(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.first, column, name, "first")
  }
  /// The last value; called `…_last` if no name is given.
  public static func last(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.last, column, name, "last")
  }
  /// The number of different values; called `…_unique` if no name is given.
  public static func uniqueCount(_ column: String, as name: String? = nil) -> Aggregation {
    Aggregation(.uniqueCount, column, name, "unique")
  }
  /// The quantile `q` between 0 and 1, between two values where it falls there; called `…_quantile` if no name is given.
  public static func quantile(_ column: String, _ q: Double, as name: String? = nil) -> Aggregation
  {
    Aggregation(.quantile(q), column, name, "quantile")
  }
}

/// The values of one column that are there, group by group.
struct GroupedValues<Element: ColumnElement> {
  /// The values, one group's after the other's.
  private var values: [Element] = []
  private var starts: [Int] = [0]

  init(_ cells: Cells<Element>, rows: [Int], starts: [Int]) {
    values.reserveCapacity(rows.count)
    for group in 0..<(starts.count - 1) {
      for row in rows[starts[group]..<starts[group + 1]] where !cells.isMissing(row) {
        values.append(cells.values[row])
      }
      self.starts.append(values.count)
    }
  }

  func map<Result: ColumnElement>(_ body: (ArraySlice<Element>) -> Result?) -> Column {
    Column((0..<(starts.count - 1)).map { body(values[starts[$0]..<starts[$0 + 1]]) })
  }
}

extension Column {
  /// An aggregation of the values of each group.
  func aggregated(
    _ kind: Aggregation.Kind, rows: [Int], starts: [Int], name: String
  ) throws(TableError) -> Column {
    func grouped<Element>(_ cells: Cells<Element>) -> GroupedValues<Element> {
      GroupedValues(cells, rows: rows, starts: starts)
    }
    switch kind {
    case .count:
      return switch storage {
      case .int(let cells): grouped(cells).map(\.count)
      case .double(let cells): grouped(cells).map(\.count)
      case .string(let cells): grouped(cells).map(\.count)
      case .bool(let cells): grouped(cells).map(\.count)
      }
    case .uniqueCount:
      return switch storage {
      case .int(let cells): grouped(cells).map { Set($0).count }
      case .double(let cells): grouped(cells).map { Set($0).count }
      case .string(let cells): grouped(cells).map { Set($0).count }
      case .bool(let cells): grouped(cells).map { Set($0).count }
      }
    case .first:
      return switch storage {
      case .int(let cells): grouped(cells).map(\.first)
      case .double(let cells): grouped(cells).map(\.first)
      case .string(let cells): grouped(cells).map(\.first)
      case .bool(let cells): grouped(cells).map(\.first)
      }
    case .last:
      return switch storage {
      case .int(let cells): grouped(cells).map(\.last)
      case .double(let cells): grouped(cells).map(\.last)
      case .string(let cells): grouped(cells).map(\.last)
      case .bool(let cells): grouped(cells).map(\.last)
      }
    case .min, .max:
      var wantsLeast = false
      if case .min = kind { wantsLeast = true }
      return switch storage {
      case .int(let cells): grouped(cells).map { wantsLeast ? $0.min() : $0.max() }
      case .double(let cells): grouped(cells).map { Statistics.extreme($0, least: wantsLeast) }
      case .string(let cells): grouped(cells).map { wantsLeast ? $0.min() : $0.max() }
      case .bool(let cells):
        grouped(cells).map {
          $0.isEmpty ? nil : (wantsLeast ? !$0.contains(false) : $0.contains(true))
        }
      }
    case .sum:
      if case .double(let cells) = storage { return grouped(cells).map { Statistics.sum($0) } }
      var overflow: String?
      let sums = grouped(try wholeNumbers(name)).map { values -> Int in
        values.reduce(0) { total, value in
          let (sum, overflows) = total.addingReportingOverflow(value)
          if overflows { overflow = "\(total) + \(value)" }
          return sum
        }
      }
      guard let overflow else { return sums }
      throw .doesNotFit(
        column: name, row: rows.first ?? 0, value: "the sum \(overflow)", type: "Int")
    case .mean: return grouped(try numbers(name)).map { Statistics.mean($0) }
    case .median: return grouped(try numbers(name)).map { Statistics.quantile($0, 0.5) }
    case .std: return grouped(try numbers(name)).map { Statistics.variance($0)?.squareRoot() }
    case .variance: return grouped(try numbers(name)).map { Statistics.variance($0) }
    case .quantile(let q):
      guard (0...1).contains(q) else {
        throw .badOption(name: "the quantile", value: "\(q)", reason: "it lies between 0 and 1")
      }
      return grouped(try numbers(name)).map { Statistics.quantile($0, q) }
    }
  }

  /// The values as whole numbers; Booleans are 1 and 0.
  private func wholeNumbers(_ name: String?) throws(TableError) -> Cells<Int> {
    if case .bool(let cells) = storage {
      return Cells(values: cells.values.map { $0 ? 1 : 0 }, missing: cells.missing)
    }
    return try cells(as: Int.self, name: name)
  }

  /// The values as numbers; Booleans are 1 and 0.
  func numbers(_ name: String?) throws(TableError) -> Cells<Double> {
    if case .bool = storage {
      let whole = try wholeNumbers(name)
      return Cells(values: whole.values.map { Double($0) }, missing: whole.missing)
    }
    guard let cells = Double.cells(of: self) else {
      throw .wrongType(column: name, found: type, expected: [.int, .double, .bool])
    }
    return cells
  }
}
