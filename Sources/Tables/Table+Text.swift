internal import BLAS

extension Table: CustomStringConvertible {
  /// The table as aligned lines; of many rows or columns, the ends and the counts.
  public var description: String { textTable().text }

  /// What is shown of the table.
  package func textTable() -> TextTable {
    let (rows, places) = (Elision.rows(rowCount), Elision.columns(columnCount))
    var texts: [[String]] = []
    var table = TextTable(columns: [.init("")])
    for place in places {
      guard let place else {
        table.columns.append(.init("…"))
        texts.append(rows.map { _ in "…" })
        continue
      }
      let column = columns[place]
      let shown = column.texts(at: rows.compactMap { $0 })
      var next = shown.startIndex
      table.columns.append(.init(columnNames[place], isNumeric: column.type.isNumeric))
      texts.append(
        rows.map { row in
          guard row != nil else { return "…" }
          next += 1
          return shown[next - 1]
        })
    }
    for (line, row) in rows.enumerated() {
      table.rows.append(
        [.init(row.map { "\($0)" } ?? "…", isHeader: true)] + texts.map { .init($0[line]) })
    }
    table.caption = "Table " + Elision.size(rowCount, columnCount)
    return table
  }
}

extension Column: CustomStringConvertible {
  /// The type, the number of values, and the values, of which many show their ends.
  public var description: String {
    let rows = Elision.rows(count)
    let shown = texts(at: rows.compactMap { $0 })
    var next = shown.startIndex
    let parts = rows.map { row -> String in
      guard row != nil else { return "…" }
      next += 1
      return shown[next - 1]
    }
    return "Column<\(type)> \(Elision.counted(count, "value")): [\(parts.joined(separator: ", "))]"
  }

  /// The values at `rows` as they are shown: numbers with as many digits as the longest needs.
  func texts(at rows: [Int]) -> [String] {
    switch storage {
    case .double(let cells):
      let format = NumberFormat(rows.compactMap { cells[$0] })
      return rows.map { cells[$0].map(format.text) ?? "nil" }
    default: return rows.map { Self.shortened(self[$0].description) }
    }
  }

  private static func shortened(_ text: String) -> String {
    text.utf8.count > 60 && text.count > 60 ? text.prefix(59) + "…" : text
  }
}

/// How the numbers of a column are written, so that their points stand below each other.
private struct NumberFormat {
  /// The digits after the point.
  private var digits = 1
  private var isScientific = false

  init(_ numbers: [Double]) {
    let sizes = numbers.filter { $0.isFinite && $0 != 0 }.map(abs)
    guard let least = sizes.min(), let greatest = sizes.max() else { return }
    isScientific = greatest >= 1e12 || least < 1e-5 || (greatest >= 1e7 && least < 1e-2)
    let most = isScientific ? 6 : greatest >= 1e6 ? 3 : 6
    for number in numbers where number.isFinite {
      let full = NumberText.fixed(number, digits: most, scientific: isScientific)
      let fraction = full.split(separator: ".").last?.prefix { $0 != "e" } ?? ""
      let needed = fraction.count - fraction.reversed().prefix { $0 == "0" }.count
      digits = max(digits, needed)
    }
  }

  func text(_ number: Double) -> String {
    guard number.isFinite else { return "\(number)" }
    return NumberText.fixed(number, digits: digits, scientific: isScientific)
  }
}
