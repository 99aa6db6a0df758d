/// Which rows a join keeps.
public enum JoinKind: String, Sendable, CaseIterable {
  /// Those with a partner in the other table.
  case inner
  /// All of the left table.
  case left
  /// All of the right table, in its order.
  case right
  /// All of both tables.
  case outer
}

extension Table {
  /// Returns the rows of this table beside those of another that have the same values in some columns.
  ///
  /// ```swift
  /// let table = try orders.join(customers, on: "customer", how: .left)
  /// ```
  ///
  /// The rows are in the order of the left table, then of the right one; in `right`, the other way round; in `outer`, rows of
  /// the right table without a partner come last. A missing value has no partner. Of other columns with equal names, the right one's gets
  /// `suffix`.
  ///
  /// - Parameters:
  ///   - other: The right table.
  ///   - names: The columns that have to be equal, of the same types in both tables.
  ///   - kind: Which rows are kept.
  ///   - suffix: What is added to names that both tables have.
  /// - Returns: The columns of this table, then those of the other without its keys.
  /// - Throws: `TableError.noColumn`, `wrongType`, `noColumns` or `duplicateColumn`.
  public func join(
    _ other: Table, on names: String..., how kind: JoinKind = .inner, suffix: String = "_right"
  ) throws(TableError) -> Table {
    try join(other, leftOn: names, rightOn: names, how: kind, suffix: suffix)
  }

  /// Returns the rows of this table beside those of another, by columns that are called differently in the two.
  ///
  /// - Throws: `TableError.noColumn`, `wrongType`, `noColumns`, `wrongLength` or `duplicateColumn`.
  public func join(
    _ other: Table, leftOn leftNames: [String], rightOn rightNames: [String],
    how kind: JoinKind = .inner, suffix: String = "_right"
  ) throws(TableError) -> Table {
    guard !leftNames.isEmpty else { throw .noColumns(operation: "join") }
    guard leftNames.count == rightNames.count else {
      throw .wrongLength(column: "rightOn", found: rightNames.count, expected: leftNames.count)
    }
    let (left, right) = (try select(leftNames), try other.select(rightNames))
    var both: [Column] = []
    for place in leftNames.indices {
      guard let column = left.columns[place].appending(right.columns[place]) else {
        throw .wrongType(
          column: rightNames[place], found: right.columns[place].type,
          expected: [left.columns[place].type])
      }
      both.append(column)
    }
    let pairs = partners(in: both, of: other.rowCount, kind)
    return try joined(
      other, pairs, keys: Array(zip(leftNames, zip(rightNames, both))), suffix: suffix)
  }

  /// The rows of both tables that stand beside each other; `keys` has the left table's rows, then the right one's.
  private func partners(
    in keys: [Column], of rightCount: Int, _ kind: JoinKind
  ) -> (left: [Int?], right: [Int?]) {
    let codes = KeyCodes(keys, rowCount: rowCount + rightCount)
    let flags = keys.compactMap(\.missingFlags)
    let (left, right) = (0..<rowCount, rowCount..<rowCount + rightCount)
    if kind == .right {
      let pairs = codes.partners(of: right, in: left, keeping: .left, missing: flags)
      return (pairs.right, pairs.left)
    }
    return codes.partners(of: left, in: right, keeping: kind, missing: flags)
  }

  private func joined(
    _ other: Table, _ pairs: (left: [Int?], right: [Int?]),
    keys: [(left: String, right: (name: String, both: Column))], suffix: String
  ) throws(TableError) -> Table {
    let leftKeys = Dictionary(uniqueKeysWithValues: keys.map { ($0.left, $0.right.both) })
    let rightKeys = Set(keys.map(\.right.name))
    var result = Table(names: [], columns: [], rowCount: pairs.left.count)
    for (name, column) in zip(columnNames, columns) {
      if let both = leftKeys[name] {
        // A key comes from whichever table has the row.
        let rows = zip(pairs.left, pairs.right).map { left, right in
          left ?? right.map { rowCount + $0 } ?? 0
        }
        try result.append(name, both.taking(rows))
      } else {
        try result.append(name, column.taking(pairs.left))
      }
    }
    for (name, column) in zip(other.columnNames, other.columns) where !rightKeys.contains(name) {
      try result.append(
        hasColumn(name) ? name + suffix : name, column.taking(pairs.right))
    }
    return result
  }
}

extension KeyCodes {
  /// Pairs the rows of two tables that have equal codes.
  ///
  /// - Parameters:
  ///   - first: Where the codes of one table are.
  ///   - second: Where those of the other are.
  ///   - kind: Which rows without a partner are kept; `left` are those of the first.
  ///   - flags: For each key that has missing values, where it is missing; nothing is a partner of such a row.
  /// - Returns: The rows of both, counted from 0, in the order of the first table, then of the second.
  fileprivate func partners(
    of first: Range<Int>, in second: Range<Int>, keeping kind: JoinKind, missing flags: [[Bool]]
  ) -> (left: [Int?], right: [Int?]) {
    func isMissing(_ row: Int) -> Bool { flags.contains { $0[row] } }
    // Lists of the second table's rows by code.
    var starts = [Int](repeating: 0, count: count + 1)
    for row in second where !isMissing(row) { starts[codes[row] + 1] += 1 }
    for code in 0..<count { starts[code + 1] += starts[code] }
    var (rows, next) = ([Int](repeating: 0, count: starts.last ?? 0), starts)
    for row in second where !isMissing(row) {
      rows[next[codes[row]]] = row - second.lowerBound
      next[codes[row]] += 1
    }
    var (left, right) = ([Int?](), [Int?]())
    var isUsed = [Bool](repeating: false, count: second.count)
    for row in first {
      let found = isMissing(row) ? [] : rows[starts[codes[row]]..<starts[codes[row] + 1]]
      if found.isEmpty && kind != .inner {
        left.append(row - first.lowerBound)
        right.append(nil)
      }
      for partner in found {
        left.append(row - first.lowerBound)
        right.append(partner)
        isUsed[partner] = true
      }
    }
    if kind == .outer {
      for row in isUsed.indices where !isUsed[row] {
        left.append(nil)
        right.append(row)
      }
    }
    return (left, right)
  }
}
