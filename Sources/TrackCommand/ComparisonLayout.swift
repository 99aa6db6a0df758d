import Tracking

/// How a comparison is laid out for reading.
struct ComparisonLayout {
  let comparison: Comparison
  let showsAll: Bool

  private static let mostColumns = 5
  private static let narrowestColumn = 10
  private static let widestLabel = 20

  private var runs: [RunRecord] { comparison.runs.map(\.run) }

  private var params: [Comparison.Param] {
    showsAll ? comparison.params : comparison.params.filter(\.differs)
  }

  /// The table for people, no wider than the output.
  func text(_ style: Style) -> String {
    let isWide =
      runs.count <= Self.mostColumns
      && Self.widestLabel + runs.count * (Self.narrowestColumn + 2) <= style.width
    let body = isWide ? sideBySide(style) : oneBelowTheOther(style)
    return body + footer
  }

  /// A table with a column for each run, or a row for each when there are many.
  func markdown(_ style: Style) -> String {
    guard runs.count <= Self.mostColumns else {
      return columns(isExact: false).text(.markdown, style: style)
    }
    var table = Table(
      columns: [.init(title: "")] + runs.map { .init(title: $0.name, alignment: .right) })
    for line in lines where !line.cells.isEmpty && line.label != "" {
      table.rows.append([line.plainLabel] + line.cells)
    }
    return table.text(.markdown, style: style)
  }

  /// Every value at full precision, a row for each run.
  var flatTable: Table { columns(isExact: true) }

  // MARK: A column for each run

  private struct Line {
    var label: String
    /// Empty for a heading.
    var cells: [String] = []
    var best: Set<Int> = []
    /// What to call it where no label stands above it.
    var fullLabel: String?

    var plainLabel: String { fullLabel ?? trimmingStart(label) }
  }

  private var lines: [Line] {
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
    guard !comparison.metrics.isEmpty else { return lines }
    lines.append(Line(label: "metrics"))
    for metric in comparison.metrics {
      lines.append(
        Line(
          label: "  \(metric.key)",
          cells: metric.summaries.map { $0.map { shortNumber($0.last) } ?? "-" },
          best: metric.bestLast))
      guard metric.direction != nil, metric.wasBetterBefore else { continue }
      lines.append(
        Line(
          label: "    best", cells: metric.summaries.map { bestText($0, metric) },
          best: metric.bestEver, fullLabel: "best \(metric.key)"))
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

  private func sideBySide(_ style: Style) -> String {
    let lines = self.lines
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

  // MARK: A row for each run

  private func columns(isExact: Bool) -> Table {
    let now = currentMilliseconds()
    var table = Table(columns: [
      .init(title: "run", mayShrink: true), .init(title: "id"), .init(title: "status"),
      .init(title: isExact ? "duration_ms" : "duration", alignment: .right),
    ])
    table.rows = runs.map { run in
      let duration = run.durationMilliseconds(now: now)
      return [
        run.name, isExact ? run.id : run.shortID, isExact ? run.status.rawValue : run.shortStatus,
        isExact ? "\(duration)" : shortDuration(milliseconds: duration),
      ]
    }
    func add(_ title: String, _ cells: [String], alignment: Table.Alignment) {
      table.columns.append(.init(title: title, alignment: alignment, mayShrink: !isExact))
      for (place, cell) in cells.enumerated() { table.rows[place].append(cell) }
    }
    for param in isExact ? comparison.params : params {
      add(
        isExact ? "params.\(param.key)" : param.key,
        param.values.map { $0.map { isExact ? $0 : shortParam($0) } ?? (isExact ? "" : "-") },
        alignment: .right)
    }
    for metric in comparison.metrics {
      add(
        isExact ? "metrics.\(metric.key)" : metric.key,
        metric.summaries.enumerated().map { place, summary in
          cell(summary?.last, isBest: metric.bestLast.contains(place), isExact: isExact)
        }, alignment: .right)
      guard metric.direction != nil, isExact || metric.wasBetterBefore else { continue }
      add(
        isExact ? "metrics.\(metric.key).best" : "best \(metric.key)",
        metric.summaries.enumerated().map { place, summary in
          cell(
            summary?.best(metric.direction)?.value, isBest: metric.bestEver.contains(place),
            isExact: isExact)
        }, alignment: .right)
    }
    return table
  }

  private func cell(_ value: Double?, isBest: Bool, isExact: Bool) -> String {
    guard let value else { return isExact ? "" : "- " }
    if isExact { return jsonNumber(value) }
    return shortNumber(value) + (isBest ? "*" : " ")
  }

  /// As many tables as the columns need, each beginning with the run.
  private func oneBelowTheOther(_ style: Style) -> String {
    let all = columns(isExact: false)
    let widths = all.columns.indices.map { index in
      max(
        columnWidth(all.columns[index].title),
        all.rows.map { columnWidth(printable($0[index])) }.max() ?? 0)
    }
    let runWidth = min(widths[0], 24)
    var texts: [String] = []
    var index = 1
    while index < all.columns.count {
      var chosen: [Int] = []
      var width = runWidth
      while index < all.columns.count,
        chosen.isEmpty || width + 2 + min(widths[index], 24) <= style.width
      {
        width += 2 + min(widths[index], 24)
        chosen.append(index)
        index += 1
      }
      let places = [0] + chosen
      var table = Table(
        columns: places.map { place in
          let column = all.columns[place]
          return .init(
            title: elided(column.title, to: 24), alignment: column.alignment, mayShrink: true)
        })
      table.rows = all.rows.map { row in places.map { elided(row[$0], to: 24) } }
      texts.append(table.text(.table, style: style))
    }
    let differing = comparison.params.count(where: \.differs)
    if !showsAll, differing < comparison.params.count {
      let equal = comparison.params.count - differing
      texts.append("\(equal) param\(equal == 1 ? " is" : "s are") equal in all runs; see --all.\n")
    }
    return texts.joined(separator: "\n")
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
private func shortParam(_ value: String) -> String {
  guard value.utf8.count > 8, value.contains("."), let number = Double(value) else { return value }
  return shortNumber(number)
}
