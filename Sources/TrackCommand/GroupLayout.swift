import Markup
import Tracking

/// How a comparison of groups of runs is laid out.
struct GroupLayout {
  let groups: GroupComparison

  /// What stands above a table, and the table.
  private typealias Section = (title: String, table: Table)

  func text(_ context: Context) throws -> String {
    switch context.format {
    case .json: return json
    case .csv: return flat.text(.csv, style: context.style)
    case .table:
      return sections(ordinary: true).map { title, table in
        (title.isEmpty ? "" : "\(context.style.bold(title))\n")
          + table.text(.table, style: context.style)
      }.joined(separator: "\n") + "\n\(legend)\n"
    case .markdown:
      return sections(ordinary: false).map { title, table in
        (title.isEmpty ? "" : "### \(title)\n\n") + table.text(.markdown, style: context.style)
      }.joined(separator: "\n") + "\n\(legend)\n"
    case .html:
      var page = Page(title: "Groups of runs")
      for (title, table) in sections(ordinary: false) {
        page.add(heading: title.isEmpty ? "Groups" : title)
        page.add(table)
      }
      page.add(paragraph: legend)
      return page.text
    }
  }

  private var legend: String {
    let reference = RunGroup.label(groups.reference)
    return "Mean, standard deviation (n - 1); * best mean.\n"
      + "p: Welch's t-test against group \(reference), two-sided."
  }

  private func sections(ordinary isTerminal: Bool) -> [Section] {
    var list = Table(columns: [.init(title: "group")])
    list.columns += groups.differingKeys.map { .init(title: $0, mayShrink: true) }
    list.columns += [.init(title: "runs", alignment: .right), .init(title: "ids", mayShrink: true)]
    list.rows = groups.groups.enumerated().map { place, group in
      let values = groups.differingKeys.map { key in
        group.values.first { $0.key == key }?.value ?? "-"
      }
      return [RunGroup.label(place)] + values + [
        "\(group.runs.count)", group.runs.map(\.run.shortID).joined(separator: " "),
      ]
    }
    return [("", list)] + groups.metricKeys.map { (printable($0), table(of: $0)) }
  }

  private func table(of key: String) -> Table {
    let differences = groups.differences.filter { $0.metric == key }
    let isCorrected = differences.count { $0.test != nil } > 1
    var table = Table(columns: [
      .init(title: "group"), .init(title: "n", alignment: .right),
      .init(title: "mean", alignment: .right), .init(title: "deviation", alignment: .right),
      .init(title: "difference", alignment: .right), .init(title: "ratio", alignment: .right),
      .init(title: "p", alignment: .right),
    ])
    if isCorrected { table.columns.append(.init(title: "p (Holm)", alignment: .right)) }
    let best = groups.best(key)
    for (place, group) in groups.groups.enumerated() {
      guard let sample = group.metrics[key], sample.count > 0 else {
        table.rows.append(
          [RunGroup.label(place), "0"] + Array(repeating: "-", count: table.columns.count - 2))
        continue
      }
      let difference = differences.first { $0.group == place }
      var row = [
        RunGroup.label(place), "\(sample.count)",
        shortNumber(sample.mean) + (best.contains(place) ? "*" : " "),
        sample.deviation.map { "\(Locale.plusMinus)\(shortNumber($0))" } ?? "-",
      ]
      if let difference {
        row.append(signedNumber(difference.difference))
        row.append(difference.ratio.map(shortNumber) ?? "-")
        row.append(difference.test.map { shortProbability($0.pValue) } ?? "-")
        if isCorrected {
          row.append(difference.correctedPValue.map(shortProbability) ?? "-")
        }
      } else {
        row += Array(repeating: "", count: isCorrected ? 4 : 3)
      }
      table.rows.append(row)
    }
    return table
  }

  /// A row for each group and metric, every digit.
  private var flat: Table {
    let keys = groups.groups.first?.values.map(\.key) ?? []
    var table = Table(columns: [.init(title: "group")] + keys.map { .init(title: $0) })
    table.columns += [
      "metric", "runs", "mean", "deviation", "minimum", "maximum", "difference", "ratio", "t",
      "degrees_of_freedom", "p", "p_holm",
    ].map { .init(title: $0) }
    for key in groups.metricKeys {
      for (place, group) in groups.groups.enumerated() {
        guard let sample = group.metrics[key] else { continue }
        let difference = groups.differences.first { $0.metric == key && $0.group == place }
        let numbers: [Double?] = [
          sample.mean, sample.deviation, sample.minimum, sample.maximum, difference?.difference,
          difference?.ratio, difference?.test?.statistic, difference?.test?.degreesOfFreedom,
          difference?.test?.pValue, difference?.correctedPValue,
        ]
        table.rows.append(
          [RunGroup.label(place)] + group.values.map { $0.value ?? "" }
            + [key, "\(sample.count)"] + numbers.map { $0.map(jsonNumber) ?? "" })
      }
    }
    return table
  }

  private var json: String {
    let list = groups.groups.enumerated().map { place, group in
      let metrics = group.metrics.sorted { $0.key < $1.key }.map { key, sample in
        (
          key,
          JSON.object([
            ("count", .integer(Int64(sample.count))), ("mean", .number(sample.mean)),
            ("deviation", .number(orNull: sample.deviation)),
            ("min", .number(orNull: sample.minimum)), ("max", .number(orNull: sample.maximum)),
          ])
        )
      }
      return JSON.object([
        ("group", .string(RunGroup.label(place))),
        ("values", .object(group.values.map { ($0.key, .string(orNull: $0.value)) })),
        ("runs", .array(group.runs.map { .string($0.run.id) })), ("metrics", .object(metrics)),
      ])
    }
    let tests = groups.differences.map { difference in
      JSON.object([
        ("metric", .string(difference.metric)),
        ("group", .string(RunGroup.label(difference.group))),
        ("difference", .number(difference.difference)),
        ("ratio", .number(orNull: difference.ratio)),
        ("t", .number(orNull: difference.test?.statistic)),
        ("degrees_of_freedom", .number(orNull: difference.test?.degreesOfFreedom)),
        ("p", .number(orNull: difference.test?.pValue)),
        ("p_holm", .number(orNull: difference.correctedPValue)),
      ])
    }
    return JSON.object([
      ("reference", .string(RunGroup.label(groups.reference))), ("groups", .array(list)),
      ("differences", .array(tests)),
    ]).text
  }
}
