/// Runs side by side: where they differ and which is best.
package struct Comparison: Sendable {
  /// A parameter's value in each run, in the order of the runs.
  package struct Param: Sendable {
    package let key: String
    package let values: [String?]

    /// Whether the runs do not all have the same value.
    package var differs: Bool { values.contains { $0 != values.first } }
  }

  /// A metric's summary in each run, in the order of the runs.
  package struct Metric: Sendable {
    package let key: String
    /// Which values are better; `nil` when its name does not say.
    package let direction: MetricDirection?
    package let summaries: [MetricSummary?]
    /// The places of the runs whose last value is the best one.
    package let bestLast: Set<Int>
    /// The places of the runs whose best value is the best one.
    package let bestEver: Set<Int>

    /// How far the last value in a run is from the one in another; `nil` where one is missing.
    package func difference(_ run: Int, from baseline: Int) -> Double? {
      guard let value = summaries[run]?.last, let base = summaries[baseline]?.last else {
        return nil
      }
      return value - base
    }

    /// The last value in a run in units of the one in another; `nil` where one is missing, or the other is 0.
    package func ratio(_ run: Int, to baseline: Int) -> Double? {
      guard let value = summaries[run]?.last, let base = summaries[baseline]?.last, base != 0 else {
        return nil
      }
      return value / base
    }

    /// Whether some run was better at an earlier step than at its last.
    package var wasBetterBefore: Bool {
      summaries.contains { summary in
        guard let summary, let best = summary.best(direction) else { return false }
        return best.value != summary.last
      }
    }
  }

  package let runs: [RunDetail]
  /// By key; those in which the runs do not differ included.
  package let params: [Param]
  /// By key.
  package let metrics: [Metric]

  /// Compares `runs`.
  ///
  /// - Parameters:
  ///   - runs: What to compare, in the order in which to show it.
  ///   - directions: Which values are better, for the metrics where the name says nothing or the
  ///     wrong thing.
  package init(_ runs: [RunDetail], directions: [String: MetricDirection] = [:]) {
    self.runs = runs
    let params = runs.map { run in
      Dictionary(run.params.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    self.params = Set(params.flatMap(\.keys)).sorted().map { key in
      Param(key: key, values: params.map { $0[key] })
    }
    let metrics = runs.map { run in
      Dictionary(run.metrics.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }
    self.metrics = Set(metrics.flatMap(\.keys)).sorted().map { key in
      let summaries = metrics.map { $0[key] }
      let direction = directions[key] ?? MetricDirection(key: key)
      return Metric(
        key: key, direction: direction, summaries: summaries,
        bestLast: Self.best(summaries.map { $0?.last }, direction),
        bestEver: Self.best(summaries.map { $0?.best(direction)?.value }, direction))
    }
  }

  /// The places of the best of `values`; NaN is never the best, and nothing is among equals or
  /// when there is nothing to compare with.
  private static func best(_ values: [Double?], _ direction: MetricDirection?) -> Set<Int> {
    let numbers = values.compactMap { $0 }.filter { !$0.isNaN }
    guard let direction, let low = numbers.min(), let high = numbers.max() else { return [] }
    let isAlone = (values.count { $0 != nil }) < 2
    guard !isAlone, low != high || numbers.count < (values.count { $0 != nil }) else { return [] }
    let best = direction == .lowerIsBetter ? low : high
    return Set(values.indices.filter { values[$0] == best })
  }
}
