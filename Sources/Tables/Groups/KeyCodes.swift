/// Numbers from 0 for the different values of a column, or of several, in the order in which they first appear.
struct KeyCodes {
  /// A number for each row.
  private(set) var codes: [Int] = []
  /// The row in which each number first appears.
  private(set) var firstRows: [Int] = []

  /// How many different values there are.
  var count: Int { firstRows.count }

  /// Numbers the values of `columns` taken together; missing values are equal to each other.
  init(_ columns: [Column], rowCount: Int) {
    guard let first = columns.first else {
      self.init([Int](repeating: 0, count: rowCount))
      return
    }
    self.init(first)
    for column in columns.dropFirst() {
      let other = KeyCodes(column)
      let width = other.count
      // There are fewer pairs than rows squared, which an Int holds.
      self.init(zip(codes, other.codes).map { $0 * width + $1 })
    }
  }

  /// Numbers the values of one column.
  init(_ column: Column) {
    switch column.storage {
    case .int(let cells): self.init(cells.values)
    case .double(let cells):
      // Zeros are equal, and so shall be all that are no numbers.
      self.init(
        cells.values.map { $0.isNaN ? UInt64.max : ($0 == 0 ? 0 : $0.bitPattern) })
    case .string(let cells): self.init(cells.values)
    case .bool(let cells): self.init(cells.values.map { $0 ? 1 : 0 })
    }
    guard let missing = column.missingFlags else { return }
    // Nobody sees what stands in a missing value's place, but it has a number.
    let width = count
    self.init(zip(codes, missing).map { $1 ? width : $0 })
  }

  /// Numbers whole numbers.
  init(_ values: [Int]) {
    guard let least = values.min(), let greatest = values.max(),
      case let (span, overflows) = greatest.subtractingReportingOverflow(least), !overflows,
      span < 4 * values.count + 1024
    else {
      number(values)
      return
    }
    // Few enough to have a place each.
    var known = [Int](repeating: -1, count: span + 1)
    codes.reserveCapacity(values.count)
    for (row, value) in values.enumerated() {
      if known[value - least] < 0 {
        known[value - least] = firstRows.count
        firstRows.append(row)
      }
      codes.append(known[value - least])
    }
  }

  /// Numbers values of any kind.
  init<Key: Hashable>(_ values: [Key]) { number(values) }

  private mutating func number<Key: Hashable>(_ values: [Key]) {
    var known: [Key: Int] = [:]
    codes.reserveCapacity(values.count)
    for (row, value) in values.enumerated() {
      if let code = known[value] {
        codes.append(code)
      } else {
        known[value] = firstRows.count
        codes.append(firstRows.count)
        firstRows.append(row)
      }
    }
  }

  /// Each number's place in the order of the values that it stands for.
  func ranks<Element: Comparable>(of values: [Element]) -> [Int] {
    let order = firstRows.indices.sorted { values[firstRows[$0]] < values[firstRows[$1]] }
    var ranks = [Int](repeating: 0, count: count)
    for (rank, code) in order.enumerated() { ranks[code] = rank }
    return ranks
  }

  /// The rows of each number, one list after the other, and where each begins.
  func rowLists() -> (rows: [Int], starts: [Int]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for code in codes { starts[code + 1] += 1 }
    for code in 0..<count { starts[code + 1] += starts[code] }
    var (rows, next) = ([Int](repeating: 0, count: codes.count), starts)
    for (row, code) in codes.enumerated() {
      rows[next[code]] = row
      next[code] += 1
    }
    return (rows, starts)
  }
}

extension Table {
  /// Returns the rows that differ from all before them, in all columns or in those called `names`.
  ///
  /// - Throws: `TableError.noColumn`.
  public func unique(by names: String...) throws(TableError) -> Table {
    let places = names.isEmpty ? Array(columns.indices) : try places(of: names)
    return taking(KeyCodes(places.map { columns[$0] }, rowCount: rowCount).firstRows)
  }

  /// Returns the different values of a column and how often each appears, the most frequent first.
  ///
  /// ```swift
  /// let cities = try people.valueCounts("city")  // Columns "city" and "count".
  /// ```
  ///
  /// - Throws: `TableError.noColumn`; `duplicateColumn` if the column is called `count`.
  public func valueCounts(_ name: String) throws(TableError) -> Table {
    try groupBy(name).count().sorted(by: .descending("count"))
  }
}

extension Column {
  /// Returns the different values in the order in which they first appear, a missing one included.
  public func unique() -> Column { taking(KeyCodes(self).firstRows) }

  /// The number of different values, missing ones left out.
  public var uniqueCount: Int {
    KeyCodes(self).count - (missingCount > 0 ? 1 : 0)
  }
}
