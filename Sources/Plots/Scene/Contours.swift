/// The lines of equal height over a grid of numbers.
struct Contours: Equatable, Sendable {
  /// Larger rings before those inside them.
  private(set) var rings: [Figure.Ring] = []

  /// Finds the lines.
  ///
  /// - Parameters:
  ///   - values: The rows, equally long; a NaN lies outside of every region.
  ///   - x: The columns' places, growing.
  ///   - y: The rows' places, growing.
  ///   - levels: The heights of the lines, growing.
  ///   - isFilled: Whether the regions between lines are filled.
  init(_ values: [[Double]], x: [Double], y: [Double], levels: [Double], isFilled: Bool) {
    guard let low = values.joined().filter(\.isFinite).min(), x.count > 1, y.count > 1 else {
      return
    }
    let high = values.joined().filter(\.isFinite).max() ?? low
    let inner = levels.filter { $0 > low && $0 <= high }
    let all = isFilled ? [low] + inner : inner
    var found: [(ring: Figure.Ring, area: Double)] = []
    for (number, level) in all.enumerated() {
      let middle = { (band: Int) -> Double in
        let top = band + 1 < all.count ? all[band + 1] : high
        return all[band] / 2 + top / 2
      }
      var tracer = Tracer(values, level: level)
      for trace in tracer.rings() {
        let area = trace.area
        let points = trace.points.map { (Self.place($0.column, x), Self.place($0.row, y)) }
        if isFilled {
          // Inside a ring around lower ground is the band below; below the lowest there is none.
          let fill = area > 0 ? middle(number) : number > 0 ? middle(number - 1) : .nan
          found.append((Figure.Ring(points: points, level: level, fill: fill), abs(area)))
        } else {
          found += Self.pieces(trace, points).map {
            (Figure.Ring(points: $0, level: level, fill: nil), abs(area))
          }
        }
      }
    }
    // Rings never cross, so painting the larger ones first leaves each region its own colour.
    rings = found.enumerated().sorted {
      ($1.element.area, $0.offset) < ($0.element.area, $1.offset)
    }.map(\.element.ring)
  }

  /// About eight round heights between the lowest and the highest value.
  static func levels(_ values: [[Double]]) -> [Double] {
    let finite = values.joined().filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low < high else { return [] }
    return Axis(Array(finite), fit: .exact, wantedTicks: 9).ticks.map(\.value)
  }

  private static func place(_ position: Double, _ places: [Double]) -> Double {
    let below = min(max(Int(position), 0), places.count - 2)
    let share = position - Double(below)
    return places[below] + (places[below + 1] - places[below]) * share
  }

  /// The parts of a ring that are not on the grid's border.
  private static func pieces(
    _ trace: Tracer.Trace, _ points: [(x: Double, y: Double)]
  ) -> [[(x: Double, y: Double)]] {
    let count = points.count
    guard let start = trace.points.firstIndex(where: \.isOnBorder) else {
      return [points + [points[0]]]
    }
    var (pieces, piece) = ([[(x: Double, y: Double)]](), [(x: Double, y: Double)]())
    for offset in 0...count {
      let place = (start + offset) % count
      let isBorder = trace.points[place].isOnBorder
      if !isBorder || !piece.isEmpty { piece.append(points[place]) }
      guard isBorder else { continue }
      if piece.count > 1 { pieces.append(piece) }
      piece = trace.points[(place + 1) % count].isOnBorder ? [] : [points[place]]
    }
    return pieces
  }
}

/// Walks around the regions of a grid that are at least as high as a level.
///
/// Source: Lorensen and Cline, "Marching cubes", 1987, in two dimensions.
private struct Tracer {
  struct Crossing {
    var column: Double
    var row: Double
    /// Whether it lies beside the grid's end or a missing number.
    var isOnBorder: Bool
  }

  struct Trace {
    var points: [Crossing]

    /// Twice the area in cells; positive around high ground.
    var area: Double {
      points.indices.reduce(0) { sum, place in
        let (a, b) = (points[place], points[(place + 1) % points.count])
        return sum + a.column * b.row - b.column * a.row
      }
    }
  }

  private let values: [[Double]]
  private let level: Double
  private let (rows, columns): (Int, Int)
  /// The side that a walk leaves by, for the side that it came from.
  private var next: [Int: Int] = [:]

  init(_ values: [[Double]], level: Double) {
    (self.values, self.level) = (values, level)
    (rows, columns) = (values.count, values.first?.count ?? 0)
  }

  /// Lower than everything beyond the grid, so that every region ends there.
  private func height(_ row: Int, _ column: Int) -> Double {
    guard row >= 0, row < rows, column >= 0, column < columns, values[row][column].isFinite else {
      return -.infinity
    }
    return values[row][column]
  }

  /// The side of a cell from a corner to the right (even) or down (odd).
  private func side(_ row: Int, _ column: Int, isDown: Bool) -> Int {
    2 * ((row + 1) * (columns + 2) + column + 1) + (isDown ? 1 : 0)
  }

  mutating func rings() -> [Trace] {
    for row in -1..<rows {
      for column in -1..<columns { cross(row, column) }
    }
    var rings: [Trace] = []
    for start in next.keys.sorted() {
      guard var current = next.removeValue(forKey: start) else { continue }
      var points = [crossing(start)]
      while current != start {
        points.append(crossing(current))
        guard let following = next.removeValue(forKey: current) else { break }
        current = following
      }
      if points.count > 2 { rings.append(Trace(points: points)) }
    }
    return rings
  }

  /// Adds the walks through one cell, with high ground on their right.
  private mutating func cross(_ row: Int, _ column: Int) {
    let corners = [
      height(row, column), height(row, column + 1), height(row + 1, column + 1),
      height(row + 1, column),
    ]
    let code = corners.reduce(0) { $0 << 1 | ($1 >= level ? 1 : 0) }
    guard code != 0, code != 15 else { return }
    let top = side(row, column, isDown: false)
    let left = side(row, column, isDown: true)
    let bottom = side(row + 1, column, isDown: false)
    let right = side(row, column + 1, isDown: true)
    // At a saddle the middle decides which corners belong together.
    let isHigh = corners.reduce(0) { $0 + $1 / 4 } >= level
    switch code {
    case 1: next[left] = bottom
    case 2: next[bottom] = right
    case 3: next[left] = right
    case 4: next[right] = top
    case 5:
      (next[left], next[right]) = isHigh ? (top, bottom) : (bottom, top)
    case 6: next[bottom] = top
    case 7: next[left] = top
    case 8: next[top] = left
    case 9: next[top] = bottom
    case 10:
      (next[top], next[bottom]) = isHigh ? (right, left) : (left, right)
    case 11: next[top] = right
    case 12: next[right] = left
    case 13: next[right] = bottom
    default: next[bottom] = left
    }
  }

  private func crossing(_ side: Int) -> Crossing {
    let (row, column) = (side / 2 / (columns + 2) - 1, side / 2 % (columns + 2) - 1)
    let isDown = !side.isMultiple(of: 2)
    let (endRow, endColumn) = isDown ? (row + 1, column) : (row, column + 1)
    let (from, to) = (height(row, column), height(endRow, endColumn))
    let share: Double
    if from == -.infinity {
      share = 1
    } else if to == -.infinity {
      share = 0
    } else {
      // Halves: the difference of the largest numbers overflows.
      share = (level / 2 - from / 2) / (to / 2 - from / 2)
    }
    return Crossing(
      column: Double(column) + (isDown ? 0 : share), row: Double(row) + (isDown ? share : 0),
      isOnBorder: from == -.infinity || to == -.infinity)
  }
}
