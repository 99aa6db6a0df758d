internal import Glibc

/// Counts values into bins.
enum Histogram {
  /// The ends of the bins of a layer that is a histogram; none for others.
  static func edges(of layer: ChartLayer) -> [Double] {
    guard case .histogram(let bins, _) = layer.mark, let x = layer.x else { return [] }
    guard let values = x.values.numbers else {
      fatalError("Chart.histogram: \"\(x.name)\" holds texts; count them and draw bars")
    }
    return edges(values, bins: bins)
  }

  /// The ends of `bins` equal bins that hold all finite values; with 0, of as many as the data asks for.
  static func edges(_ values: [Double], bins: Int) -> [Double] {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let bins = bins > 0 ? bins : fittingBins(finite, high / 2 - low / 2)
    let width = high / Double(bins) - low / Double(bins)
    return (0...bins).map { $0 == bins ? high : low + Double($0) * width }
  }

  /// How many bins show a sample well.
  ///
  /// Source: Freedman and Diaconis 1981, doi:10.1007/BF01025868, kept between 5 and 60.
  private static func fittingBins(_ values: [Double], _ half: Double) -> Int {
    guard values.count > 1 else { return 5 }
    let sorted = values.sorted()
    let spread = BoxStatistics.quantile(sorted, 0.75) - BoxStatistics.quantile(sorted, 0.25)
    let width = 2 * spread / cbrt(Double(values.count))
    let count = width > 0 ? half / width * 2 : Double(values.count).squareRoot()
    return count.isFinite ? Int(min(max(count.rounded(.up), 5), 60)) : 60
  }

  static func bars(_ placed: PlacedLayer, _ stacking: Stacking) -> [Figure.Bar] {
    let edges = placed.edges
    let groups = placed.groups
    let counts = groups.map { count($0.rows.map { placed.x[$0] }, edges) }
    var bars: [Figure.Bar] = []
    for bin in 0..<(edges.count - 1) {
      let total = counts.reduce(0) { $0 + $1[bin] }
      var base = 0.0
      for (group, (series, _)) in groups.enumerated() {
        let value = Double(counts[group][bin])
        var (low, high) = (0.0, value)
        var (start, end) = (edges[bin], edges[bin + 1])
        switch stacking {
        case .stacked, .normalized:
          let share = stacking == .normalized ? (total > 0 ? value / Double(total) : 0) : value
          (low, high) = (base, base + share)
          base = high
        case .grouped:
          let width = (end - start) / Double(groups.count)
          (start, end) = (start + Double(group) * width, start + Double(group + 1) * width)
        case .layered: break
        }
        bars.append(
          Figure.Bar(
            series: series, span: .bin(start, end), low: low, high: high, value: value,
            opacity: stacking == .layered && groups.count > 1 ? 0.55 : 1))
      }
    }
    return bars
  }

  /// How many values lie in each bin; the last one has its upper end too.
  static func count(_ values: [Double], _ edges: [Double]) -> [Int] {
    let bins = edges.count - 1
    var counts = [Int](repeating: 0, count: bins)
    guard let low = edges.first, let high = edges.last else { return counts }
    let width = high / Double(bins) - low / Double(bins)
    for value in values where value.isFinite {
      counts[min(max(Int(value / width - low / width), 0), bins - 1)] += 1
    }
    return counts
  }
}
