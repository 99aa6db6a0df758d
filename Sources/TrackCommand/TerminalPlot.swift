/// Curves drawn with characters.
///
/// Lines are dots of Braille characters, eight to a character, each curve in a colour of its own. Where several curves
/// cannot be told apart by colour, or the locale has no such characters, each has a mark of its own.
struct TerminalPlot {
  struct Curve {
    let name: String
    /// By x; those that are not finite, or not positive on a logarithmic axis, are left out.
    let points: [(x: Double, y: Double)]
  }

  let title: String
  let curves: [Curve]
  var isLogarithmicX = false
  var isLogarithmicY = false
  /// How many lines the curves take.
  var height = 12
  /// What is written below the axis.
  var xTitle = "step"
  /// How a label of the horizontal axis reads.
  var xLabel: (Double) -> String = shortNumber

  private static let marks: [Character] = ["*", "+", "o", "x", "#", "@", "%", "&", "=", "~"]
  private static let colors = [36, 33, 35, 32, 34, 31, 96, 93, 95, 92]

  /// The plot, no wider than the output.
  func text(_ style: Style) -> String {
    let shown = curves.map { curve in curve.points.filter(isShown) }
    let all = shown.flatMap { $0 }
    guard let xAxis = PlotAxis(all.map(\.x), isLogarithmic: isLogarithmicX),
      let yAxis = PlotAxis(all.map(\.y), isLogarithmic: isLogarithmicY)
    else {
      return "\(style.bold(printable(title)))\n  no value that can be drawn\(leftOut(shown))\n"
    }
    let labels = labelledRows(yAxis)
    let margin = labels.values.map(columnWidth).max() ?? 0
    let columns = max(8, style.width - margin - 2)
    let usesBraille = !Locale.isASCII && (curves.count == 1 || style.hasColor)
    var canvas = PlotCanvas(columns: columns, rows: height, isBraille: usesBraille)
    for (place, points) in shown.enumerated() {
      canvas.draw(points.map { (xAxis.place(of: $0.x), yAxis.place(of: $0.y)) }, curve: place)
    }
    var text = "\(style.bold(printable(title)))\(isLogarithmicY ? " (logarithmic)" : "")\n"
    let (corner, wall, tick) = Locale.isASCII ? ("+", "|", "+") : ("└", "│", "┤")
    for row in 0..<height {
      let label = labels[row] ?? ""
      text += String(repeating: " ", count: margin - columnWidth(label)) + label
      text += " " + (label.isEmpty ? wall : tick)
      text += trimmingEnd(
        canvas.row(row, mark: { Self.marks[$0 % Self.marks.count] }) { text, curve in
          style.hasColor
            ? "\u{1B}[\(Self.colors[curve % Self.colors.count])m\(text)\u{1B}[0m" : text
        })
      text += "\n"
    }
    let line = Locale.isASCII ? "-" : "─"
    text += String(repeating: " ", count: margin + 1) + corner
    text += String(repeating: line, count: columns) + "\n"
    text += String(repeating: " ", count: margin + 2) + bottomLabels(xAxis, columns: columns) + "\n"
    text += legend(style, usesBraille: usesBraille, margin: margin)
    let note = leftOut(shown)
    return note.isEmpty ? text : text + "\(note.dropFirst(2))\n"
  }

  private func isShown(_ point: (x: Double, y: Double)) -> Bool {
    point.x.isFinite && point.y.isFinite && (!isLogarithmicX || point.x > 0)
      && (!isLogarithmicY || point.y > 0)
  }

  /// What is said of the points that have no place.
  private func leftOut(_ shown: [[(x: Double, y: Double)]]) -> String {
    let count = curves.map(\.points.count).reduce(0, +) - shown.map(\.count).reduce(0, +)
    guard count > 0 else { return "" }
    let reason =
      isLogarithmicX || isLogarithmicY
      ? "not finite, or not above 0 on a logarithmic axis" : "NaN or infinite"
    return "; \(count) \(count == 1 ? "point is" : "points are") left out: \(reason)"
  }

  /// The labels of the vertical axis by row.
  private func labelledRows(_ axis: PlotAxis) -> [Int: String] {
    var labels: [Int: String] = [:]
    for value in axis.ticks(max(2, height / 3)) {
      let place = axis.place(of: value)
      guard place > -0.01, place < 1.01 else { continue }
      labels[Int(((1 - place) * Double(height - 1)).rounded())] = shortNumber(value)
    }
    return labels
  }

  /// The labels of the horizontal axis, each around its place, with what is measured at the end.
  private func bottomLabels(_ axis: PlotAxis, columns: Int) -> String {
    var line = Array(repeating: Character(" "), count: columns)
    var end = -1
    let title = printable(xTitle)
    let room = max(0, columns - columnWidth(title) - 1)
    for value in axis.ticks(max(2, columns / 12)) {
      let place = Int((axis.place(of: value) * Double(columns - 1)).rounded())
      let label = Array(xLabel(value))
      let start = max(0, place - label.count / 2)
      guard place >= 0, start > end, start + label.count <= room else { continue }
      line.replaceSubrange(start..<(start + label.count), with: label)
      end = start + label.count
    }
    let tail = Array(title)
    if tail.count <= columns { line.replaceSubrange((columns - tail.count)..., with: tail) }
    return trimmingEnd(String(line))
  }

  private func legend(_ style: Style, usesBraille: Bool, margin: Int) -> String {
    guard curves.count > 1 else { return "" }
    return curves.enumerated().map { place, curve in
      let mark = usesBraille ? "━━" : String(Self.marks[place % Self.marks.count])
      let shown =
        style.hasColor
        ? "\u{1B}[\(Self.colors[place % Self.colors.count])m\(mark)\u{1B}[0m" : mark
      let name = elided(printable(curve.name), to: max(8, style.width - margin - 6))
      return String(repeating: " ", count: margin + 2) + "\(shown) \(name)\n"
    }.joined()
  }

  /// A curve in one line of `width` characters, between the ends `low` and `high`.
  static func spark(_ values: [Double], low: Double, high: Double, width: Int) -> String {
    let levels: [Character] =
      Locale.isASCII
      ? ["_", ".", "-", "=", "*", "#"] : ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    let count = min(width, values.count)
    guard count > 0 else { return "" }
    return String(
      (0..<count).map { place -> Character in
        let start = place * values.count / count
        let end = max(start + 1, (place + 1) * values.count / count)
        let part = values[start..<end].filter(\.isFinite)
        guard !part.isEmpty else { return " " }
        let mean = part.map { $0 / Double(part.count) }.reduce(0, +)
        guard high > low else { return levels[0] }
        let height = (mean / 2 - low / 2) / (high / 2 - low / 2)
        let level = Int((height * Double(levels.count - 1)).rounded())
        return levels[min(max(level, 0), levels.count - 1)]
      })
  }
}
