public import Tensors

extension Table {
  /// Returns the first rows.
  public func head(_ count: Int = 5) -> Table {
    self[rows: 0..<Swift.min(Swift.max(count, 0), rowCount)]
  }

  /// Returns the last rows.
  public func tail(_ count: Int = 5) -> Table {
    self[rows: Swift.max(0, rowCount - Swift.max(count, 0))..<rowCount]
  }

  /// The rows in a range of their numbers.
  ///
  /// - Precondition: There are such rows.
  public subscript(rows range: Range<Int>) -> Table {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rowCount,
      "Table: rows \(range) do not all exist; there are \(rowCount) rows")
    return range.count == rowCount ? self : taking(Array(range))
  }

  /// The rows with these numbers, in their order.
  ///
  /// - Precondition: There are such rows.
  public subscript(rows numbers: [Int]) -> Table {
    for number in numbers {
      precondition(
        number >= 0 && number < rowCount,
        "Table: row \(number) does not exist; there are \(rowCount) rows")
    }
    return taking(numbers)
  }

  /// Returns the rows at which `mask`, a vector, is true.
  ///
  /// ```swift
  /// let z = try table.tensor("height", as: Double.self)
  /// let tall = try table.filter(z .> z.mean())
  /// ```
  ///
  /// - Throws: `TableError.wrongLength`, if there is not one for each row.
  public func filter(_ mask: Tensor<Bool>) throws(TableError) -> Table { try filter(mask.scalars) }

  /// Returns some rows drawn at random, each at most once, in the order of the draw.
  ///
  /// - Parameters:
  ///   - count: How many; all of them if there are fewer.
  ///   - seed: What the same draw comes of again.
  /// - Returns: The rows.
  public func sample(_ count: Int, seed: UInt64) -> Table {
    // Each row has a hash of seed and number; SplitMix64's finalizer.
    func mixed(_ row: Int) -> UInt64 {
      var z = seed &+ UInt64(row + 1) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
    let order = (0..<rowCount).map { (mixed($0), $0) }.sorted { $0 < $1 }
    return taking(order.prefix(Swift.max(count, 0)).map(\.1))
  }

  /// Returns the rows of tables one below the other.
  ///
  /// The tables have the same columns, in any order, which is the first table's in the result. Whole numbers below
  /// other numbers become such.
  ///
  /// - Throws: `TableError.differentColumns` or `mixedTypes`.
  public static func concatenate(_ tables: [Table]) throws(TableError) -> Table {
    // Tables without columns, as an empty sum begins with, do not count.
    let tables = tables.filter { $0.columnCount > 0 }
    guard var result = tables.first else { return Table() }
    for table in tables.dropFirst() {
      guard Set(table.columnNames) == Set(result.columnNames) else {
        throw .differentColumns(first: result.columnNames, other: table.columnNames)
      }
      var columns: [Column] = []
      for (name, column) in zip(result.columnNames, result.columns) {
        let other = try table[name]
        guard let both = column.appending(other) else {
          throw .mixedTypes(column: name, found: [column.type, other.type])
        }
        columns.append(both)
      }
      result = Table(
        names: result.columnNames, columns: columns, rowCount: result.rowCount + table.rowCount)
    }
    return result
  }
}
