/// A table of texts, written as aligned lines; the notebook's library writes it as HTML, too.
package struct TextTable {
  package struct Column {
    package let title: String
    package var isNumeric: Bool

    package init(_ title: String, isNumeric: Bool = true) {
      self.title = title
      self.isNumeric = isNumeric
    }
  }

  package struct Cell {
    package let text: String
    /// Whether it names its row.
    package var isHeader = false
    /// Whether it is the best of its kind, which is marked.
    package var isBest = false

    package init(_ text: String, isHeader: Bool = false, isBest: Bool = false) {
      self.text = text
      self.isHeader = isHeader
      self.isBest = isBest
    }
  }

  package var columns: [Column]
  package var rows: [[Cell]] = []
  /// What the table is, and how large where not all of it is shown.
  package var caption = ""
  /// What follows below the table.
  package var footer = ""

  package init(columns: [Column]) {
    self.columns = columns
  }

  // MARK: Text

  /// The table as lines of aligned columns; the best cells end with an asterisk.
  package var text: String {
    let cells = rows.map { $0.map { Self.line($0.text) + ($0.isBest ? "*" : "") } }
    let titles = columns.map { Self.line($0.title) }
    let widths = columns.indices.map { place in
      ([titles[place]] + cells.map { $0[place] }).map(\.count).max() ?? 0
    }
    func joined(_ texts: [String]) -> String {
      var line = ""
      for (place, text) in texts.enumerated() {
        let padding = String(repeating: " ", count: widths[place] - text.count)
        if place > 0 { line += "  " }
        line += columns[place].isNumeric ? padding + text : text + padding
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    let head = caption.isEmpty ? [] : [caption]
    let tail = footer.isEmpty ? [] : [footer]
    return (head + [joined(titles)] + cells.map(joined) + tail).joined(separator: "\n")
  }

  /// `text` on one line.
  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }
}

/// Which rows and columns of a large table are shown.
package enum Elision {
  /// The places shown of `count` rows; `nil` stands for those left out.
  package static func rows(_ count: Int) -> [Int?] { ends(of: count, most: 30, first: 20, last: 5) }

  /// The places shown of `count` columns; `nil` stands for those left out.
  package static func columns(_ count: Int) -> [Int?] {
    ends(of: count, most: 20, first: 15, last: 4)
  }

  private static func ends(of count: Int, most: Int, first: Int, last: Int) -> [Int?] {
    guard count > most else { return Array(0..<count) }
    return Array(0..<first) + [nil] + Array((count - last)..<count)
  }

  /// A table's size in words, such as `1,797 rows × 65 columns`.
  package static func size(_ rows: Int, _ columns: Int) -> String {
    "\(counted(rows, "row")) × \(counted(columns, "column"))"
  }

  /// A number and what it counts, such as `1 row` or `1,797 rows`.
  package static func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `count` with commas between thousands.
  package static func grouped(_ count: Int) -> String {
    var digits = Array(String(count))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }
}
