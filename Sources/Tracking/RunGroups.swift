/// Runs that differ in nothing but their seed, say: what they have in common, and their metrics taken together.
package struct RunGroup: Sendable {
  /// What its runs have in common, in the order in which it was asked for; `nil` where they have no such param or tag.
  package let values: [(key: String, value: String?)]
  package let runs: [RunDetail]
  /// By key.
  package let metrics: [String: Sample]

  /// The letters of the group at a place: A, B and so on to Z, then AA, AB and so on.
  package static func label(_ place: Int) -> String {
    var rest = place
    var label = ""
    repeat {
      label = String(Character(Unicode.Scalar(UInt8(65 + rest % 26)))) + label
      rest = rest / 26 - 1
    } while rest >= 0
    return label
  }
}

/// By what runs are put into groups.
package enum Grouping: Sendable, Equatable {
  /// All params but those that name a seed, and but `seeds`.
  case everyParam(seeds: Set<String>)
  /// Params, and tags as `tags.NAME`.
  case keys([String])

  /// The words for a seed, of which one ends a param's name.
  private static let seedNames: Set<String> = [
    "seed", "random_seed", "randomseed", "random_state", "randomstate", "rng_seed", "manual_seed",
  ]

  /// Whether `key` is a param that says which random numbers a run drew.
  private static func isSeed(_ key: String) -> Bool {
    let last = key.lowercased().split { "./:".contains($0) }.last.map(String.init) ?? ""
    return seedNames.contains(last)
  }

  /// The keys that tell the groups of `runs` apart.
  func keys(of runs: [RunDetail]) -> [String] {
    switch self {
    case .keys(let keys): keys
    case .everyParam(let seeds):
      Set(runs.flatMap { $0.params.map(\.key) }).filter { !Self.isSeed($0) && !seeds.contains($0) }
        .sorted()
    }
  }
}

/// Groups of runs, and tests of each against one of them.
package struct GroupComparison: Sendable {
  /// How a group's metric differs from the reference's.
  package struct Difference: Sendable {
    package let metric: String
    /// The group's place.
    package let group: Int
    package let difference: Double
    /// The mean in units of the reference's; `nil` where that is 0.
    package let ratio: Double?
    /// `nil` where a group has fewer than two values or nothing scatters.
    package let test: WelchTest?
    /// The p-value corrected by Holm for the comparisons of this metric.
    package let correctedPValue: Double?
  }

  package let groups: [RunGroup]
  /// The place of the group that the others are compared with.
  package let reference: Int
  /// The keys in which the groups differ.
  package let differingKeys: [String]
  package let directions: [String: MetricDirection]
  package let differences: [Difference]

  /// Puts `runs` into groups and compares these.
  ///
  /// - Parameters:
  ///   - runs: The runs; groups come in the order of their first run.
  ///   - grouping: What the runs of a group have in common.
  ///   - baseline: The id of a run in the group to compare with; otherwise it is the first group.
  ///   - usesBest: Whether a run counts with its best value instead of its last, where a direction is known.
  ///   - directions: Which values are better, beside what the names say.
  package init(
    _ runs: [RunDetail], by grouping: Grouping, baseline: String? = nil, usesBest: Bool = false,
    directions: [String: MetricDirection] = [:]
  ) {
    let keys = grouping.keys(of: runs)
    var members: [[String?]: [RunDetail]] = [:]
    var order: [[String?]] = []
    for run in runs {
      let values = keys.map { run.value(of: $0) }
      if members[values] == nil { order.append(values) }
      members[values, default: []].append(run)
    }
    var known: [String: MetricDirection] = [:]
    for key in Set(runs.flatMap { $0.metrics.map(\.key) }) {
      known[key] = directions[key] ?? MetricDirection(key: key)
    }
    let groups = order.map { values in
      let runs = members[values] ?? []
      var metrics: [String: [Double]] = [:]
      for metric in runs.flatMap(\.metrics) {
        let best = usesBest ? metric.best(known[metric.key])?.value : nil
        metrics[metric.key, default: []].append(best ?? metric.last)
      }
      return RunGroup(
        values: zip(keys, values).map { ($0, $1) }, runs: runs,
        metrics: metrics.mapValues(Sample.init))
    }
    let reference =
      groups.firstIndex { group in group.runs.contains { $0.run.id == baseline } } ?? 0
    self.groups = groups
    self.reference = reference
    self.directions = known
    differingKeys = keys.indices.filter { index in Set(order.map { $0[index] }).count > 1 }
      .map { keys[$0] }
    differences = Self.metricKeys(of: groups).flatMap { key in
      Self.differences(key, groups, reference: reference)
    }
  }

  /// The keys of the metrics that some group has.
  package var metricKeys: [String] { Self.metricKeys(of: groups) }

  private static func metricKeys(of groups: [RunGroup]) -> [String] {
    Set(groups.flatMap(\.metrics.keys)).sorted()
  }

  private static func differences(
    _ key: String, _ groups: [RunGroup], reference: Int
  ) -> [Difference] {
    guard let base = groups[reference].metrics[key], base.count > 0 else { return [] }
    let others = groups.indices.filter { place in
      place != reference && (groups[place].metrics[key]?.count ?? 0) > 0
    }
    let samples = others.compactMap { groups[$0].metrics[key] }
    let tests = samples.map { WelchTest($0, base) }
    var corrected = WelchTest.holm(tests.compactMap { $0?.pValue })[...]
    return zip(zip(others, samples), tests).map { other, test in
      Difference(
        metric: key, group: other.0, difference: other.1.mean - base.mean,
        ratio: base.mean == 0 ? nil : other.1.mean / base.mean, test: test,
        correctedPValue: test == nil ? nil : corrected.popFirst())
    }
  }

  /// The places of the groups whose mean of a metric is best.
  package func best(_ key: String) -> Set<Int> {
    let means = groups.map { $0.metrics[key]?.mean ?? .nan }
    let numbers = means.filter { !$0.isNaN }
    guard numbers.count > 1, let direction = directions[key], let low = numbers.min(),
      let high = numbers.max(), low != high
    else { return [] }
    let best = direction == .lowerIsBetter ? low : high
    return Set(means.indices.filter { means[$0] == best })
  }
}

extension RunDetail {
  /// The param `key`, or the tag of `tags.KEY`.
  fileprivate func value(of key: String) -> String? {
    if key.hasPrefix("tags.") { return tags.first { $0.key == key.dropFirst(5) }?.value }
    let name = key.hasPrefix("params.") ? String(key.dropFirst(7)) : key
    return (params.first { $0.key == key } ?? params.first { $0.key == name })?.value
  }
}
