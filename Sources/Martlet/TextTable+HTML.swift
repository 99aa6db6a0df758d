internal import Tables

/// Tables as HTML, which takes its colours from the page around it, so that it suits light and dark themes.
extension TextTable {
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
}
