import Markup
import Plots
import Tracking

/// A comparison as a page: the table, learning curves, and the lines in which code differs.
struct ComparisonPage {
  let layout: ComparisonLayout
  let store: TrackingStore

  func text() throws -> String {
    let comparison = layout.comparison
    var page = Page(title: "Comparison of \(comparison.runs.count) runs")
    page.add(markup: table)
    let charts = try comparison.metrics.compactMap { metric in
      try chart(metric.key).map { "<figure>\($0)</figure>\n" }
    }
    if !charts.isEmpty {
      page.add(heading: "Learning curves")
      page.add(markup: "<div class=\"charts\">\n\(charts.joined())</div>\n")
    }
    let differences = try layout.code.differences(in: store)
    if !differences.isEmpty {
      page.add(heading: "Code and environment")
      for difference in differences { page.add(difference: difference.lines) }
    }
    return page.text
  }

  /// A row for each line of the table that people get in a terminal.
  private var table: String {
    var text = "<div class=\"wide\"><table>\n"
    for line in layout.lines() {
      guard !line.cells.isEmpty else {
        text += "<tr><th scope=\"rowgroup\" colspan=\"\(layout.runs.count + 1)\">"
        text += "\(Markup.escaped(line.label))</th></tr>\n"
        continue
      }
      let isHead = line.label.isEmpty
      text += "<tr>"
      if isHead {
        text += "<th></th>"
      } else {
        let isSub = line.label.hasPrefix("    ")
        text += "<td\(isSub ? " class=\"sub\"" : "")>\(Markup.escaped(line.plainLabel))</td>"
      }
      for (place, cell) in line.cells.enumerated() {
        let isBest = line.best.contains(place)
        let tag = isHead ? "th" : "td"
        text += "<\(tag) class=\"number\(isBest ? " best" : "")\">\(Markup.escaped(cell))"
        text += "\(isBest ? " ★" : "")</\(tag)>"
      }
      text += "</tr>\n"
    }
    return text + "</table></div>\n"
  }

  /// The curves of a metric; `nil` where no run has several points.
  private func chart(_ key: String) throws -> String? {
    let curves = try CurveReader(store).curves(key, of: layout.comparison.runs)
    guard curves.contains(where: { $0.points.count > 1 }) else { return nil }
    let series = curves.map { curve in
      // Beyond what a page's pixels show, only size would grow.
      let stride = max(1, curve.points.count / 2000)
      let shown = curve.points.enumerated().filter {
        ($0.offset % stride == 0 || $0.offset == curve.points.count - 1) && $0.element.y.isFinite
      }.map(\.element)
      return Series(printable(curve.name), x: shown.map(\.x), y: shown.map(\.y))
    }
    return Chart.line(series, title: printable(key), x: "step", y: "").svg()
  }
}
