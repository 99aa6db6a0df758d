import Tracking

/// A comparison for programs.
struct ComparisonJSON {
  let comparison: Comparison
  let code: CodeComparison
  let baseline: Int?

  /// The text; `differences` are lines of files, where they are wanted.
  func text(differences: [CodeComparison.FileDifference]?) throws -> String {
    let runs = comparison.runs.enumerated().map { place, detail in
      JSON.object(
        detail.run.members + [
          ("params", .object(detail.params.map { ($0.key, .string($0.value)) })),
          ("metrics", .object(values(of: place))),
        ])
    }
    let metrics = comparison.metrics.map { metric in
      let ids = metric.bestEver.sorted().map { JSON.string(comparison.runs[$0].run.id) }
      let direction =
        metric.direction.map { $0 == .lowerIsBetter ? "minimize" : "maximize" }
      return (
        metric.key,
        JSON.object([("direction", .string(orNull: direction)), ("best_runs", .array(ids))])
      )
    }
    let differing = comparison.params.filter(\.differs).map { JSON.string($0.key) }
    var members: [(String, JSON)] = [
      ("runs", .array(runs)), ("differing_params", .array(differing)),
      ("metrics", .object(metrics)),
      (
        "code",
        .object(code.facts.map { ($0.name, .array($0.values.map { .string(orNull: $0) })) })
      ),
    ]
    if let baseline { members.append(("baseline", .string(comparison.runs[baseline].run.id))) }
    if let differences {
      members.append(
        (
          "differences",
          .array(
            differences.map { difference in
              .object([
                ("path", .string(difference.path)),
                ("run", .string(comparison.runs[difference.run].run.id)),
                ("unified", .string(difference.lines.joined(separator: "\n") + "\n")),
              ])
            })
        ))
    }
    return JSON.object(members).text
  }

  private func values(of place: Int) -> [(String, JSON)] {
    comparison.metrics.compactMap { metric in
      guard let summary = metric.summaries[place] else { return nil }
      var members = summary.members(metric.direction)
      if let baseline {
        members += [
          ("difference", .number(orNull: metric.difference(place, from: baseline))),
          ("ratio", .number(orNull: metric.ratio(place, to: baseline))),
        ]
      }
      return (metric.key, .object(members))
    }
  }
}
