/// How positions grow along an axis.
public enum Scale: String, Equatable, Sendable {
  /// Equal steps add.
  case linear
  /// Equal steps multiply; numbers that are not positive are left out, and the chart says how many.
  case log
}

/// What a chart shows, without the data that further layers may be made of.
struct ChartContent: Equatable, Sendable {
  var layers: [ChartLayer] = []
  /// The column whose values have a panel each, as names.
  var facet: [String]?
  /// Panels side by side before the next row begins.
  var facetColumns = 3
  /// The images of a grid, which has no axes.
  var images: ImageGrid?
  var title = ""
  var xTitle: String?
  var yTitle: String?
  var xScale = Scale.linear
  var yScale = Scale.linear
  var xDomain: ClosedRange<Double>?
  var yDomain: ClosedRange<Double>?
  var colorScale: ColorScale?
  var colorTitle: String?
  var colors: [String] = []
  var width = 640
  var height = 400
}

/// A chart, as a value: layers of lines, points, bars and the like over data.
///
/// ```swift
/// struct Point { var epoch: Int; var loss: Double; var split: String }
/// Chart(points, x: \.epoch, y: \.loss, color: \.split).line()
/// Chart(points).line(x: "epoch", y: "loss", color: "split")
/// Chart(["epoch": 1...3, "loss": [0.9, 0.4, 0.2]]).line(x: "epoch", y: "loss")
/// Chart.line(y: losses).titled("Loss").scaled(y: .log)
/// ```
///
/// Each call adds a layer and returns the chart with it. ``vegaLite`` is what notebooks draw, ``svg()`` a picture that
/// needs nothing else, and ``save(_:)`` writes either.
public struct Chart: Sendable {
  /// What columns are taken from by name.
  var columns = ChartColumns([:])
  /// What calls without columns of their own draw.
  var encoding = Encoding()
  var content = ChartContent()

  init() {}

  /// The text above the chart; empty for none.
  public var title: String {
    get { content.title }
    set { content.title = newValue }
  }
  /// The text below the horizontal axis; the column's name unless set.
  public var xTitle: String {
    get { content.xTitle ?? Scene.title(of: \.x, in: content.layers) }
    set { content.xTitle = newValue }
  }
  /// The text beside the vertical axis; the column's name unless set.
  public var yTitle: String {
    get { content.yTitle ?? Scene.title(of: \.y, in: content.layers) }
    set { content.yTitle = newValue }
  }
  /// How the horizontal axis grows; categories ignore it.
  public var xScale: Scale {
    get { content.xScale }
    set { content.xScale = newValue }
  }
  /// How the vertical axis grows; categories ignore it.
  public var yScale: Scale {
    get { content.yScale }
    set { content.yScale = newValue }
  }
  /// The picture's width in pixels, from 40 to 10,000.
  public var width: Int {
    get { content.width }
    set { content.width = Self.side(newValue, "width") }
  }
  /// The picture's height in pixels, from 40 to 10,000.
  public var height: Int {
    get { content.height }
    set { content.height = Self.side(newValue, "height") }
  }

  private static func side(_ pixels: Int, _ name: String) -> Int {
    if pixels < 40 || pixels > 10_000 {
      fatalError("Chart: a \(name) of \(pixels) pixels; give it 40 to 10000")
    }
    return pixels
  }
}

extension Chart: Equatable {
  /// Whether both show the same.
  public static func == (left: Chart, right: Chart) -> Bool { left.content == right.content }
}

extension Chart {
  // MARK: Texts, scales, sizes

  /// Returns the chart with a text above it.
  public func titled(_ title: String) -> Chart { with { $0.content.title = title } }

  /// Returns the chart with texts at its axes and its legend.
  ///
  /// - Parameters:
  ///   - x: The text below the horizontal axis; the column's name if `nil`.
  ///   - y: The text beside the vertical axis; the column's name if `nil`.
  ///   - color: The text above the legend; the column's name if `nil`.
  /// - Returns: The chart.
  public func labeled(x: String? = nil, y: String? = nil, color: String? = nil) -> Chart {
    with {
      $0.content.xTitle = x ?? $0.content.xTitle
      $0.content.yTitle = y ?? $0.content.yTitle
      $0.content.colorTitle = color ?? $0.content.colorTitle
    }
  }

  /// Returns the chart with other scales of its axes.
  public func scaled(x: Scale? = nil, y: Scale? = nil) -> Chart {
    with {
      $0.content.xScale = x ?? $0.content.xScale
      $0.content.yScale = y ?? $0.content.yScale
    }
  }

  /// Returns the chart with axes that show these ranges only; points in time are seconds since 1970.
  ///
  /// - Precondition: The ends are finite and differ; on logarithmic axes they are positive.
  public func limited(x: ClosedRange<Double>? = nil, y: ClosedRange<Double>? = nil) -> Chart {
    for (axis, range) in [("x", x), ("y", y)] {
      guard let range else { continue }
      if !(range.upperBound - range.lowerBound).isFinite || range.lowerBound == range.upperBound {
        fatalError(
          "Chart.limited: \(axis) from \(range.lowerBound) to \(range.upperBound); give two different finite numbers"
        )
      }
    }
    return with {
      $0.content.xDomain = x ?? $0.content.xDomain
      $0.content.yDomain = y ?? $0.content.yDomain
    }
  }

  /// Returns the chart in another size.
  ///
  /// - Parameters:
  ///   - width: The picture's width in pixels, from 40 to 10,000.
  ///   - height: Its height in pixels, from 40 to 10,000.
  /// - Returns: The chart.
  public func sized(width: Int? = nil, height: Int? = nil) -> Chart {
    with {
      $0.width = width ?? $0.width
      $0.height = height ?? $0.height
    }
  }

  /// Returns the chart with other colours of numbers.
  public func colored(_ scale: ColorScale) -> Chart { with { $0.content.colorScale = scale } }

  /// Returns the chart with other colours of series, such as `["#0072b2", "#d55e00"]`, repeated if they are too few.
  ///
  /// - Precondition: Each is `#` and six hexadecimal digits.
  public func colored(_ colors: [String]) -> Chart {
    for color in colors where !Palette.isColour(color) {
      fatalError("Chart.colored: \"\(color)\" is no colour; write it like \"#0072b2\"")
    }
    return with { $0.content.colors = colors }
  }

  /// Returns the chart with the layers of another one above its own, on the same axes.
  public func layer(_ other: Chart) -> Chart {
    with {
      $0.content.layers += other.content.layers.map { layer in
        var layer = layer
        layer.isFromSource = false
        if layer.colors.isEmpty { layer.colors = other.content.colors }
        return layer
      }
    }
  }

  // MARK: Making copies

  func with(_ change: (inout Chart) -> Void) -> Chart {
    var copy = self
    change(&copy)
    return copy
  }

  func adding(_ layer: ChartLayer, _ call: String) -> Chart {
    with { $0.content.layers.append(layer.checked(call)) }
  }
}
