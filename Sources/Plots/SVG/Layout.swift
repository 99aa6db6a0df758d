/// Where the parts of a picture are, in pixels.
struct Layout {
  /// The area inside of one panel's axes.
  struct Frame {
    var left: Double
    var right: Double
    var top: Double
    var bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }
  }

  /// How names stand below their places.
  enum Slant {
    case level, slanted
  }

  private(set) var width: Int
  private(set) var height: Int
  private(set) var frames: [Frame] = []
  private(set) var slant = Slant.level
  /// Where the legend begins.
  private(set) var legendLeft = 0.0
  /// The widest a name at the vertical axis, at the horizontal axis and in the legend may be.
  static let (widestRow, widestColumn, widestEntry) = (220.0, 130.0, 170.0)
  /// The most entries of a legend.
  static let mostEntries = 20

  init(_ scene: Scene) {
    let (columns, rows) = scene.grid
    let isFaceted = scene.content.facet != nil
    // Panels that nobody could read make the picture larger.
    width = max(scene.content.width, isFaceted ? columns * 160 + 80 : 0)
    height = max(scene.content.height, isFaceted ? rows * 150 + 60 : 0)
    var top = scene.content.title.isEmpty ? 16.0 : 44.0
    if isFaceted { top += 22 }
    let widest =
      scene.y.ticks.map { TextMetrics.width(of: $0.label) }.max().map {
        min($0, Self.widestRow)
      } ?? 0
    var left = min(widest + (scene.yTitle.isEmpty ? 20 : 42), Double(width) * 0.4)
    legendLeft = Double(width) - Self.legendWidth(scene)
    let right = legendLeft - 20
    let gap = isFaceted ? 16.0 : 0
    var panelWidth = (right - left - gap * Double(columns - 1)) / Double(columns)
    var bottom = Double(height) - (scene.xTitle.isEmpty ? 34 : 52)
    if !scene.notes.isEmpty { bottom -= 18 }
    if let names = scene.x.kind.categories, !names.isEmpty {
      let space = panelWidth / Double(names.count)
      let shown = names.prefix(200)
      if shown.contains(where: { TextMetrics.width(of: $0) > space - 4 }),
        Self.stride(names, space: space, needed: 16) == 1 || !Self.areNumbers(names)
      {
        slant = .slanted
        let longest = shown.map { min(TextMetrics.width(of: $0), Self.widestColumn) }.max() ?? 0
        bottom -= max(longest * 0.57 - 4, 0)
        // The first name begins left of its place.
        let first = min(TextMetrics.width(of: names[0]), Self.widestColumn) * 0.82
        left = max(left, first - space / 2 + 4)
      }
    }
    panelWidth = (right - left - gap * Double(columns - 1)) / Double(columns)
    let rowGap = isFaceted ? 34.0 : 0
    let panelHeight = (bottom - top - rowGap * Double(rows - 1)) / Double(rows)
    for number in scene.panels.indices {
      let x = left + Double(number % columns) * (panelWidth + gap)
      let y = top + Double(number / columns) * (panelHeight + rowGap)
      frames.append(
        Frame(
          left: x, right: x + max(panelWidth, 1), top: y, bottom: y + max(panelHeight, 1)))
    }
  }

  private static func legendWidth(_ scene: Scene) -> Double {
    if scene.colors != nil { return 62 }
    guard scene.hasLegend else { return 0 }
    let names = scene.entries.compactMap(\.name) + [scene.colorTitle]
    let widest = names.map { min(TextMetrics.width(of: $0), widestEntry) }.max() ?? 0
    return min(widest + 44, Double(scene.content.width) * 0.45)
  }

  static func areNumbers(_ names: [String]) -> Bool {
    names.allSatisfy { Double($0.replacing("−", with: "-")) != nil }
  }

  /// How many names to go on by, so that each has the space that it needs; round numbers for numbers.
  static func stride(_ names: [String], space: Double, needed: Double) -> Int {
    let least = max(1, Int((needed / space).rounded(.up)))
    guard least > 1, areNumbers(names) else { return least }
    return [2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000].first { $0 >= least }
      ?? least
  }
}
