/// A table that is written as HTML and as aligned text.
///
/// The HTML takes its colours from the page around it, so that it suits light and dark themes.
struct TextTable {
  struct Column {
    let title: String
    var isNumeric: Bool

    init(_ title: String, isNumeric: Bool = true) {
      self.title = title
      self.isNumeric = isNumeric
    }
  }

  struct Cell {
    let text: String
    /// Whether it names its row.
    var isHeader = false
    /// Whether it is the best of its kind, which is marked.
    var isBest = false

    init(_ text: String, isHeader: Bool = false, isBest: Bool = false) {
      self.text = text
      self.isHeader = isHeader
      self.isBest = isBest
    }
  }

  var columns: [Column]
  var rows: [[Cell]] = []
  /// What the table is, and how large where not all of it is shown.
  var caption = ""
  /// What follows below the table.
  var footer = ""

  init(columns: [Column]) {
    self.columns = columns
  }

  /// The table in both forms.
  var bundle: MIMEBundle { ["text/plain": .text(text), "text/html": .text(html)] }

  // MARK: HTML

  private static let muted = "opacity:.7;font-size:90%;padding:.2em 0"

  /// The table as HTML that needs no style sheet.
  var html: String {
    var html =
      "<div class=\"martlet-table\" style=\"overflow-x:auto\">"
      + "<table style=\"margin:.3em 0\">"
    if !caption.isEmpty {
      html +=
        "<caption style=\"caption-side:top;text-align:left;white-space:nowrap;\(Self.muted)\">"
        + "\(HTMLMarkup.escaped(caption))</caption>"
    }
    html += "<thead><tr>"
    for column in columns {
      html += "<th style=\"\(style(column))\">\(HTMLMarkup.escaped(column.title))</th>"
    }
    html += "</tr></thead><tbody>"
    for row in rows {
      html += "<tr>"
      for (column, cell) in zip(columns, row) {
        let tag = cell.isHeader ? "th" : "td"
        let text = HTMLMarkup.escaped(cell.text)
        html +=
          "<\(tag) style=\"\(style(column))\">"
          + (cell.isBest ? "<b>\(text)&nbsp;★</b>" : text) + "</\(tag)>"
      }
      html += "</tr>"
    }
    html += "</tbody></table>"
    if !footer.isEmpty {
      html += "<div style=\"\(Self.muted)\">\(HTMLMarkup.escaped(footer))</div>"
    }
    return html + "</div>"
  }

  /// Frontends know how a table looks; they align every cell to the right.
  private func style(_ column: Column) -> String {
    "text-align:\(column.isNumeric ? "right" : "left")"
  }

  // MARK: Text

  /// The table as lines of aligned columns; the best cells end with an asterisk.
  var text: String {
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
enum Elision {
  /// The places shown of `count` rows; `nil` stands for those left out.
  static func rows(_ count: Int) -> [Int?] { ends(of: count, most: 30, first: 20, last: 5) }

  /// The places shown of `count` columns; `nil` stands for those left out.
  static func columns(_ count: Int) -> [Int?] { ends(of: count, most: 20, first: 15, last: 4) }

  private static func ends(of count: Int, most: Int, first: Int, last: Int) -> [Int?] {
    guard count > most else { return Array(0..<count) }
    return Array(0..<first) + [nil] + Array((count - last)..<count)
  }

  /// A table's size in words, such as `1,797 rows × 65 columns`.
  static func size(_ rows: Int, _ columns: Int) -> String {
    "\(counted(rows, "row")) × \(counted(columns, "column"))"
  }

  /// A number and what it counts, such as `1 row` or `1,797 rows`.
  static func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `count` with commas between thousands.
  static func grouped(_ count: Int) -> String {
    var digits = Array(String(count))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }
}
