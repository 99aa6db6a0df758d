/// Adds up bars and puts them beside or on top of each other.
enum Bars {
  static func bars(_ placed: PlacedLayer, _ stacking: Stacking) -> [Figure.Bar] {
    let isHorizontal = placed.layer.isHorizontal
    let (names, numbers) = isHorizontal ? (placed.y, placed.x) : (placed.x, placed.y)
    let groups = placed.groups
    var sums: [[Int: Double]] = groups.map { _ in [:] }
    for (group, (_, rows)) in groups.enumerated() {
      for row in rows {
        guard let name = Int(exactly: names[row]) else { continue }
        guard numbers[row].isFinite else {
          sums[group][name] = sums[group][name] ?? .nan
          continue
        }
        let sum = sums[group][name] ?? .nan
        sums[group][name] = (sum.isNaN ? 0 : sum) + numbers[row]
      }
    }
    let places = Set(sums.flatMap(\.keys)).sorted()
    return places.flatMap { place -> [Figure.Bar] in
      let values = groups.indices.map { sums[$0][place] }
      let total = values.reduce(0) { $0 + abs(($1 ?? 0).isFinite ? $1 ?? 0 : 0) }
      // Positive and negative values grow away from zero in their own stacks.
      var (above, below) = (0.0, 0.0)
      return groups.indices.compactMap { group in
        guard let value = values[group] else { return nil }
        var (low, high) = (0.0, value)
        var slot = Figure.Bar.Span.slot(place, 0, of: 1)
        var opacity = 1.0
        switch stacking {
        case .grouped: slot = .slot(place, group, of: groups.count)
        case .layered: if groups.count > 1 { opacity = 0.6 }
        case .stacked, .normalized:
          let share = stacking == .normalized ? (total > 0 ? value / total : .nan) : value
          (low, high) = value < 0 ? (below + share, below) : (above, above + share)
          if share > 0 { above = high } else if share < 0 { below = low }
        }
        return Figure.Bar(
          series: groups[group].series, span: slot, low: min(low, high), high: max(low, high),
          value: value, isHorizontal: isHorizontal, opacity: opacity)
      }
    }
  }
}

/// Puts areas on top of each other.
enum Areas {
  static func ribbons(_ placed: PlacedLayer, _ stacking: Stacking) -> [Figure.Ribbon] {
    let groups = placed.groups
    let isStacked = (stacking == .stacked || stacking == .normalized) && groups.count > 1
    guard isStacked else {
      return groups.map { series, rows in
        Figure.Ribbon(
          series: series, x: rows.map { placed.x[$0] }, low: rows.map { _ in 0 },
          high: rows.map { placed.y[$0] }, opacity: 0.5)
      }
    }
    // Each area has a number at every place that any of them has; a missing one adds nothing.
    let places = Set(placed.x.filter(\.isFinite)).sorted()
    var heights: [[Double: Double]] = groups.map { _ in [:] }
    for (group, (_, rows)) in groups.enumerated() {
      for row in rows where placed.y[row].isFinite {
        heights[group][placed.x[row], default: 0] += placed.y[row]
      }
    }
    var totals = places.map { place in heights.reduce(0) { $0 + ($1[place] ?? 0) } }
    if stacking == .stacked { totals = totals.map { _ in 1 } }
    var base = places.map { _ in 0.0 }
    return groups.indices.map { group in
      let top = places.indices.map {
        base[$0] + (totals[$0] == 0 ? 0 : (heights[group][places[$0]] ?? 0) / totals[$0])
      }
      defer { base = top }
      return Figure.Ribbon(
        series: groups[group].series, x: places, low: base, high: top, opacity: 0.85)
    }
  }
}
