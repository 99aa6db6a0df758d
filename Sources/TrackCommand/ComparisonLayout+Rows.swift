import Tracking

/// A row for each run, where there are too many for columns; and every value, for programs.
extension ComparisonLayout {
  func columns(isExact: Bool) -> Table {
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
    func add(_ title: String, _ cells: [String], alignment: Table.Alignment = .right) {
      table.columns.append(.init(title: title, alignment: alignment, mayShrink: !isExact))
      for (place, cell) in cells.enumerated() { table.rows[place].append(cell) }
    }
    for param in isExact ? comparison.params : params {
      add(
        isExact ? "params.\(param.key)" : param.key,
        param.values.map { $0.map { isExact ? $0 : shortParam($0) } ?? (isExact ? "" : "-") })
    }
    for metric in comparison.metrics {
      add(
        isExact ? "metrics.\(metric.key)" : metric.key,
        metric.summaries.enumerated().map { place, summary in
          cell(summary?.last, isBest: metric.bestLast.contains(place), isExact: isExact)
        })
      if let baseline {
        add(
          isExact ? "metrics.\(metric.key).difference" : "difference of \(metric.key)",
          runs.indices.map { place in
            let value = metric.difference(place, from: baseline)
            if isExact { return value.map(jsonNumber) ?? "" }
            return place == baseline ? "baseline" : value.map(signedNumber) ?? "-"
          })
        add(
          isExact ? "metrics.\(metric.key).ratio" : "ratio of \(metric.key)",
          runs.indices.map { place in
            let value = metric.ratio(place, to: baseline)
            if isExact { return value.map(jsonNumber) ?? "" }
            return place == baseline ? "baseline" : value.map(shortNumber) ?? "-"
          })
      }
      guard metric.direction != nil, isExact || metric.wasBetterBefore else { continue }
      add(
        isExact ? "metrics.\(metric.key).best" : "best \(metric.key)",
        metric.summaries.enumerated().map { place, summary in
          cell(
            summary?.best(metric.direction)?.value, isBest: metric.bestEver.contains(place),
            isExact: isExact)
        })
    }
    for fact in code.facts {
      add(
        isExact ? "code.\(fact.name)" : fact.name,
        fact.values.map { $0.map { isExact ? $0 : shortDigest($0) } ?? (isExact ? "" : "-") },
        alignment: .left)
    }
    return table
  }

  private func cell(_ value: Double?, isBest: Bool, isExact: Bool) -> String {
    guard let value else { return isExact ? "" : "- " }
    if isExact { return jsonNumber(value) }
    return shortNumber(value) + (isBest ? "*" : " ")
  }

  /// As many tables as the columns need, each beginning with the run.
  func rowForEach(_ style: Style) -> String {
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
            title: elided(printable(column.title), to: 24), alignment: column.alignment,
            mayShrink: true)
        })
      table.rows = all.rows.map { row in places.map { elided(printable(row[$0]), to: 24) } }
      texts.append(table.text(.table, style: style))
    }
    let differing = comparison.params.count(where: \.differs)
    if !showsAll, differing < comparison.params.count {
      let equal = comparison.params.count - differing
      texts.append("\(equal) param\(equal == 1 ? " is" : "s are") equal in all runs; see --all.\n")
    }
    return texts.joined(separator: "\n")
  }
}
