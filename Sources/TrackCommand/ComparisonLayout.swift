import Tracking

/// How a comparison is laid out for reading.
struct ComparisonLayout {
  let comparison: Comparison
  let code: CodeComparison
  let showsAll: Bool
  /// The place of the run that the others are compared with, if one was chosen.
  var baseline: Int?
  /// The values of metrics, for curves within the columns.
  var curves: [String: [[Double]]] = [:]

  static let mostColumns = 5
  private static let narrowestColumn = 10
  private static let widestLabel = 20

  var runs: [RunRecord] { comparison.runs.map(\.run) }

  var params: [Comparison.Param] {
    showsAll ? comparison.params : comparison.params.filter(\.differs)
  }

  /// The table for people, no wider than the output.
  func text(_ style: Style) -> String {
    let isWide =
      runs.count <= Self.mostColumns
      && Self.widestLabel + runs.count * (Self.narrowestColumn + 2) <= style.width
    let body = isWide ? sideBySide(style) : rowForEach(style)
    return body + footer
  }

  /// A table with a column for each run, or a row for each when there are many.
  func markdown(_ style: Style) -> String {
    guard runs.count <= Self.mostColumns else {
      return columns(isExact: false).text(.markdown, style: style)
    }
    var table = Table(
      columns: [.init(title: "")] + runs.map { .init(title: $0.name, alignment: .right) })
    for line in lines() where !line.cells.isEmpty && line.label != "" {
      table.rows.append([line.plainLabel] + line.cells)
    }
    return table.text(.markdown, style: style)
  }

  /// Every value at full precision, a row for each run.
  var flatTable: Table { columns(isExact: true) }

  // MARK: A column for each run

  struct Line {
    var label: String
    /// Empty for a heading.
    var cells: [String] = []
    var best: Set<Int> = []
    /// What to call it where no label stands above it.
    var fullLabel: String?

    var plainLabel: String { fullLabel ?? trimmingStart(label) }
  }

  /// The lines of the table; `spark` draws a curve.
  func lines(spark: ((String, [Double]) -> String)? = nil) -> [Line] {
    let now = currentMilliseconds()
    var lines = [
      Line(label: "", cells: runs.map(\.name)), Line(label: "id", cells: runs.map(\.shortID)),
    ]
    if Set(runs.map(\.experiment)).count > 1 {
      lines.append(Line(label: "experiment", cells: runs.map(\.experiment)))
    }
    lines.append(Line(label: "status", cells: runs.map(\.shortStatus)))
    lines.append(
      Line(
        label: "duration",
        cells: runs.map { shortDuration(milliseconds: $0.durationMilliseconds(now: now)) }))
    lines.append(Line(label: paramsHeading))
    for param in params {
      lines.append(
        Line(label: "  \(param.key)", cells: param.values.map { $0.map(shortParam) ?? "-" }))
    }
    if !comparison.metrics.isEmpty { lines.append(Line(label: "metrics")) }
    for metric in comparison.metrics { lines += self.lines(of: metric, spark) }
    guard !code.facts.isEmpty else { return lines }
    lines.append(Line(label: "code and environment"))
    for fact in code.facts {
      lines.append(
        Line(label: "  \(fact.label)", cells: fact.values.map { $0.map(shortDigest) ?? "-" }))
    }
    return lines
  }

  private func lines(
    of metric: Comparison.Metric, _ spark: ((String, [Double]) -> String)?
  ) -> [Line] {
    var lines = [
      Line(
        label: "  \(metric.key)",
        cells: metric.summaries.map { $0.map { shortNumber($0.last) } ?? "-" },
        best: metric.bestLast)
    ]
    if let baseline {
      func cells(_ value: (Int) -> Double?, _ text: (Double) -> String) -> [String] {
        runs.indices.map { place in
          guard metric.summaries[baseline] != nil else { return "-" }
          return place == baseline ? "baseline" : value(place).map(text) ?? "-"
        }
      }
      lines.append(
        Line(
          label: "    difference",
          cells: cells({ metric.difference($0, from: baseline) }, signedNumber),
          fullLabel: "difference of \(metric.key)"))
      lines.append(
        Line(
          label: "    ratio", cells: cells({ metric.ratio($0, to: baseline) }, shortNumber),
          fullLabel: "ratio of \(metric.key)"))
    }
    if metric.direction != nil, metric.wasBetterBefore {
      lines.append(
        Line(
          label: "    best", cells: metric.summaries.map { bestText($0, metric) },
          best: metric.bestEver, fullLabel: "best \(metric.key)"))
    }
    if let spark, let values = curves[metric.key], values.contains(where: { $0.count > 1 }) {
      lines.append(
        Line(
          label: "    curve", cells: values.map { spark(metric.key, $0) },
          fullLabel: "curve of \(metric.key)"))
    }
    return lines
  }

  private func bestText(_ summary: MetricSummary?, _ metric: Comparison.Metric) -> String {
    summary?.best(metric.direction).map { shortNumber($0.value) } ?? "-"
  }

  private var paramsHeading: String {
    let differing = comparison.params.count(where: \.differs)
    if comparison.params.isEmpty { return "params: none" }
    if differing == 0, !showsAll { return "params: all \(comparison.params.count) are equal" }
    if showsAll || differing == comparison.params.count { return "params" }
    return "params (the \(differing) of \(comparison.params.count) that differ)"
  }

  /// A curve of a metric between the ends that all runs have together.
  private func spark(_ key: String, _ values: [Double]) -> String {
    let all = (curves[key] ?? []).flatMap { $0 }.filter(\.isFinite)
    return TerminalPlot.spark(
      values, low: all.min() ?? 0, high: all.max() ?? 0, width: Self.narrowestColumn - 1)
  }

  private func sideBySide(_ style: Style) -> String {
    let lines = self.lines(spark: spark)
    let rows = lines.filter { !$0.cells.isEmpty }
    let labelWidth = min(
      rows.map { columnWidth(printable($0.label)) }.max() ?? 0, Self.widestLabel)
    // One more place for the mark of the best value.
    var widths = runs.indices.map { place in
      (rows.map { columnWidth(printable($0.cells[place])) }.max() ?? 0) + 1
    }
    while labelWidth + widths.reduce(0, { $0 + $1 + 2 }) > style.width,
      let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > Self.narrowestColumn
    { widths[widest] -= 1 }
    return lines.map { line in
      if line.cells.isEmpty { return "\n\(style.bold(line.label))\n" }
      let label = elided(printable(line.label), to: labelWidth)
      var text = label + String(repeating: " ", count: labelWidth - columnWidth(label))
      for (place, cell) in line.cells.enumerated() {
        let isBest = line.best.contains(place)
        let shown = elided(printable(cell), to: widths[place] - 1)
        let padding = String(repeating: " ", count: widths[place] - 1 - columnWidth(shown))
        let marked = isBest ? style.best("\(shown)*") : "\(shown) "
        text += "  \(padding)\(line.label.isEmpty ? style.bold(marked) : marked)"
      }
      return trimmingEnd(text) + "\n"
    }.joined()
  }

  // MARK: Around the table

  /// What the marks mean.
  private var footer: String {
    let marked = comparison.metrics.filter { !$0.bestLast.isEmpty || !$0.bestEver.isEmpty }
    let parts = [("lowest", MetricDirection.lowerIsBetter), ("highest", .higherIsBetter)]
      .compactMap { word, direction -> String? in
        let keys = marked.filter { $0.direction == direction }.map { printable($0.key) }
        return keys.isEmpty ? nil : "\(word) \(keys.joined(separator: ", "))"
      }
    return parts.isEmpty ? "" : "\n* best: \(parts.joined(separator: "; "))\n"
  }
}

/// `text` without spaces at its beginning.
private func trimmingStart(_ text: String) -> String {
  String(text.drop { $0 == " " })
}

/// A parameter's value as it reads in a table: a fraction without digits that only rounding made.
func shortParam(_ value: String) -> String {
  guard value.utf8.count > 8, value.contains("."), let number = Double(value) else { return value }
  return shortNumber(number)
}

/// A digest or a commit by its beginning, any other text as it is.
func shortDigest(_ text: String) -> String {
  guard text.utf8.count == 40 || text.utf8.count == 64, text.allSatisfy(\.isHexDigit) else {
    return text
  }
  return String(text.prefix(8))
}
