import Markup

/// A page of HTML that needs nothing else: no script, no font, no network.
struct Page {
  private let title: String
  private var body = ""

  init(title: String) {
    self.title = title
  }

  mutating func add(heading: String) {
    body += "<h2>\(Markup.escaped(heading))</h2>\n"
  }

  mutating func add(paragraph: String) {
    body += "<p>\(Markup.escaped(paragraph))</p>\n"
  }

  /// Adds markup as it is.
  mutating func add(markup: String) {
    body += markup
  }

  mutating func add(_ table: Table) {
    body += "<div class=\"wide\"><table>\n<tr>"
    for column in table.columns {
      body += "<th\(Self.side(column))>\(Markup.escaped(column.title))</th>"
    }
    body += "</tr>\n"
    for row in table.rows {
      body += "<tr>"
      for (column, cell) in zip(table.columns, row) {
        let isBest = cell.hasSuffix("*")
        let text = Markup.escaped(isBest ? String(cell.dropLast()) : cell)
        let kind = isBest ? " class=\"number best\"" : Self.side(column)
        body += "<td\(kind)>\(text)\(isBest ? " ★" : "")</td>"
      }
      body += "</tr>\n"
    }
    body += "</table></div>\n"
  }

  private static func side(_ column: Table.Column) -> String {
    column.alignment == .right ? " class=\"number\"" : ""
  }

  /// Adds lines of a unified difference.
  mutating func add(difference lines: [String]) {
    body += "<pre>"
    for line in lines {
      let kind =
        line.hasPrefix("@@")
        ? "place" : line.hasPrefix("+") ? "added" : line.hasPrefix("-") ? "removed" : ""
      let text = Markup.escaped(line)
      body += kind.isEmpty ? "\(text)\n" : "<span class=\"\(kind)\">\(text)</span>\n"
    }
    body += "</pre>\n"
  }

  /// The page.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Markup.escaped(title))</title>
    <style>
    body { font: 15px/1.45 system-ui, sans-serif; color: #1f2328; background: #fff; max-width: 75em;
      margin: 2em auto; padding: 0 1.5em }
    h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin: 2em 0 .5em }
    .wide { overflow-x: auto } table { border-collapse: collapse }
    th, td { padding: .3em .8em; border-bottom: 1px solid #d8dee4; text-align: left;
      vertical-align: top }
    th { font-weight: 600; background: #f6f8fa }
    th[scope=rowgroup] { padding-top: 1.1em; background: none }
    .number { text-align: right; font-variant-numeric: tabular-nums }
    .best { color: #0b6b35; background: #e6f6ec; font-weight: 600 }
    .sub { color: #59636e; padding-left: 2em }
    pre { background: #f6f8fa; padding: 1em; overflow-x: auto; font-size: 13px }
    .added { color: #0b6b35 } .removed { color: #b3261e } .place { color: #0550ae }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(24em, 1fr)); gap: 1em }
    .charts svg { max-width: 100%; height: auto }
    </style>
    </head>
    <body>
    <h1>\(Markup.escaped(title))</h1>
    \(body)</body>
    </html>

    """
  }
}
