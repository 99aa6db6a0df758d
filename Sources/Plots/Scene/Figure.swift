/// What a panel draws, counted out and in the axes' numbers; names on an axis are 0, 1, 2 and so on.
enum Figure: Equatable {
  case lines([Run])
  case points([Dot])
  case bars([Bar])
  case ribbons([Ribbon])
  case whiskers([Whisker])
  case boxes([Box])
  case cells(Cells)
  case rings([Ring])
  case rules([Rule])
  case texts([Note])

  /// A line; a NaN interrupts it.
  struct Run: Equatable {
    var series: Int
    var x: [Double]
    var y: [Double]
  }

  struct Dot: Equatable {
    var series: Int
    var x: Double
    var y: Double
    /// What its colour means.
    var value: Double?
  }

  /// A bar, or a bin of a histogram.
  struct Bar: Equatable {
    var series: Int
    /// Its place among names and its share of the place there, or for a bin the ends.
    var span: Span
    var low: Double
    var high: Double
    /// The number it stands for.
    var value: Double
    var isHorizontal = false
    var opacity = 1.0

    enum Span: Equatable {
      /// The name's number, the bar's number there, and how many stand side by side.
      case slot(Int, Int, of: Int)
      case bin(Double, Double)
    }
  }

  /// What lies between two lines.
  struct Ribbon: Equatable {
    var series: Int
    var x: [Double]
    var low: [Double]
    var high: [Double]
    var opacity: Double
  }

  struct Whisker: Equatable {
    var series: Int
    var x: Double
    var low: Double
    var high: Double
  }

  /// A box of Tukey's.
  struct Box: Equatable {
    var series: Int
    var slot: (Int, Int, of: Int)
    var statistics: BoxStatistics

    static func == (left: Box, right: Box) -> Bool {
      left.series == right.series && left.slot == right.slot && left.statistics == right.statistics
    }
  }

  struct Cells: Equatable {
    struct Cell: Equatable {
      var column: Int
      var row: Int
      var value: Double
    }
    var cells: [Cell]
    var areCounts: Bool
    var showsNumbers: Bool
  }

  /// A closed line around a region of a contour chart, or the open line between two.
  struct Ring: Equatable, Sendable {
    var points: [(x: Double, y: Double)]
    /// The number at the line.
    var level: Double
    /// The number whose colour fills the inside; `nil` if only the line is drawn.
    var fill: Double?

    static func == (left: Ring, right: Ring) -> Bool {
      left.level == right.level && left.fill == right.fill
        && left.points.elementsEqual(right.points, by: ==)
    }
  }

  /// A line across the whole panel.
  struct Rule: Equatable {
    var series: Int
    var x: Double?
    var y: Double?
  }

  struct Note: Equatable {
    var x: Double
    var y: Double
    var text: String
  }

  /// The numbers that must lie on the horizontal axis.
  var xs: [Double] {
    switch self {
    case .lines(let runs): runs.flatMap(\.x)
    case .points(let dots): dots.map(\.x)
    case .bars(let bars):
      bars.flatMap { bar -> [Double] in
        if bar.isHorizontal { return [bar.low, bar.high] }
        guard case .bin(let start, let end) = bar.span else { return [] }
        return [start, end]
      }
    case .ribbons(let ribbons): ribbons.flatMap(\.x)
    case .whiskers(let whiskers): whiskers.map(\.x)
    case .rings(let rings): rings.flatMap { $0.points.map(\.x) }
    case .rules(let rules): rules.compactMap(\.x)
    case .texts(let notes): notes.map(\.x)
    case .boxes, .cells: []
    }
  }

  /// The numbers that must lie on the vertical axis.
  var ys: [Double] {
    switch self {
    case .lines(let runs): runs.flatMap(\.y)
    case .points(let dots): dots.map(\.y)
    case .bars(let bars): bars.flatMap { $0.isHorizontal ? [] : [$0.low, $0.high] }
    case .ribbons(let ribbons): ribbons.flatMap { $0.low + $0.high }
    case .whiskers(let whiskers): whiskers.flatMap { [$0.low, $0.high] }
    case .boxes(let boxes): boxes.flatMap { $0.statistics.extent }
    case .rings(let rings): rings.flatMap { $0.points.map(\.y) }
    case .rules(let rules): rules.compactMap(\.y)
    case .texts(let notes): notes.map(\.y)
    case .cells: []
    }
  }

  /// How the axes' ends follow from it.
  var fits: (x: Axis.Fit, y: Axis.Fit) {
    switch self {
    case .lines, .ribbons: (.exact, .snapped)
    case .points, .whiskers: (.padded, .padded)
    case .bars(let bars): bars.first?.isHorizontal == true ? (.snapped, .exact) : (.exact, .snapped)
    case .boxes: (.exact, .padded)
    case .rules, .texts, .cells, .rings: (.exact, .exact)
    }
  }

  /// Whether something is drawn.
  var isEmpty: Bool {
    switch self {
    case .lines(let runs):
      !runs.contains { zip($0.x, $0.y).contains { $0.isFinite && $1.isFinite } }
    case .points(let dots): !dots.contains { $0.x.isFinite && $0.y.isFinite }
    case .bars(let bars): !bars.contains { $0.high.isFinite }
    case .ribbons(let ribbons): !ribbons.contains { $0.high.contains(where: \.isFinite) }
    case .whiskers(let whiskers): whiskers.isEmpty
    case .boxes(let boxes): boxes.isEmpty
    case .cells(let cells): cells.cells.isEmpty
    case .rings(let rings): rings.isEmpty
    case .rules, .texts: true
    }
  }
}
