/// What a box shows of a sample.
struct BoxStatistics: Equatable {
  var median: Double
  /// The first and third quartile.
  var quartiles: (Double, Double)
  /// The outermost values within 1.5 times the box's length of it.
  var whiskers: (Double, Double)
  /// The values beyond the whiskers, the outermost first; at most 200.
  var outliers: [Double]
  var count: Int

  /// The box of the finite values; `nil` if there are none.
  ///
  /// Source: Tukey, "Exploratory Data Analysis", 1977; quartiles by linear interpolation, as NumPy's.
  init?(_ values: [Double]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return nil }
    count = sorted.count
    median = Self.quantile(sorted, 0.5)
    quartiles = (Self.quantile(sorted, 0.25), Self.quantile(sorted, 0.75))
    let reach = 1.5 * (quartiles.1 - quartiles.0)
    let (low, high) = (quartiles.0 - reach, quartiles.1 + reach)
    // Between two values a quartile can lie beyond all values within its reach.
    whiskers = (
      min(sorted.first { $0 >= low } ?? quartiles.0, quartiles.0),
      max(sorted.last { $0 <= high } ?? quartiles.1, quartiles.1)
    )
    let (lowest, highest) = whiskers
    let beyond = sorted.filter { $0 < lowest || $0 > highest }
    outliers = Array(
      beyond.sorted { abs($0 - (lowest / 2 + highest / 2)) > abs($1 - (lowest / 2 + highest / 2)) }
        .prefix(200))
  }

  /// All numbers that must lie on the axis.
  var extent: [Double] { [whiskers.0, whiskers.1] + outliers }

  static func == (left: BoxStatistics, right: BoxStatistics) -> Bool {
    left.median == right.median && left.quartiles == right.quartiles
      && left.whiskers == right.whiskers && left.outliers == right.outliers
      && left.count == right.count
  }

  /// A quantile of sorted values, interpolated between neighbours.
  static func quantile(_ sorted: [Double], _ part: Double) -> Double {
    guard let last = sorted.indices.last else { return .nan }
    let place = part * Double(last)
    let below = min(Int(place), max(last - 1, 0))
    let share = place - Double(below)
    return sorted[below] * (1 - share) + sorted[min(below + 1, last)] * share
  }

  /// The boxes of a layer: one for each name and colour.
  static func boxes(_ placed: PlacedLayer) -> [Figure.Box] {
    let groups = placed.groups
    // Colours that only repeat the names leave each box its whole place.
    let namesAreColours = placed.layer.x != nil && placed.layer.color == placed.layer.x
    let slots = namesAreColours ? 1 : groups.count
    return groups.enumerated().flatMap { group, entry -> [Figure.Box] in
      let places = Dictionary(grouping: entry.rows) { row in
        placed.x.isEmpty ? 0 : Int(exactly: placed.x[row]) ?? -1
      }
      return places.sorted { $0.key < $1.key }.compactMap { place, rows in
        guard place >= 0, let statistics = BoxStatistics(rows.map { placed.y[$0] }) else {
          return nil
        }
        return Figure.Box(
          series: entry.series, slot: (place, namesAreColours ? 0 : group, of: slots),
          statistics: statistics)
      }
    }
  }
}
