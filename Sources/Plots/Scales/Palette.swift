/// Colours of numbers, from low to high.
///
/// All but ``redBlue`` grow evenly in lightness, so that they can be read in print and by colour-blind readers.
public enum ColorScale: String, Equatable, Sendable, CaseIterable {
  /// From light to dark blue; the default of heat maps.
  case blues
  /// From dark blue over green to yellow; the default of contours and coloured points.
  case viridis
  /// From blue over grey to yellow, made for colour-blind readers.
  case cividis
  /// From black over purple to light yellow.
  case magma
  /// From white to black.
  case greys
  /// From red over white to blue, for numbers on both sides of zero, which is white.
  case redBlue

  /// Colours at even steps; between them they are mixed.
  ///
  /// Sources: ColorBrewer (Brewer 2003) for `blues` and `redBlue`, Matplotlib for the rest (Nuñez and others 2018 for
  /// `cividis`).
  var stops: [String] {
    switch self {
    case .blues:
      [
        "#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08519c",
        "#08306b",
      ]
    case .viridis:
      [
        "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
        "#fde725",
      ]
    case .cividis:
      [
        "#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369",
        "#e1cc55", "#fee838",
      ]
    case .magma:
      [
        "#000004", "#180f3d", "#440f76", "#721f81", "#9e2f7f", "#cd4071", "#f1605d", "#fd9668",
        "#feca8d", "#fcfdbf",
      ]
    case .greys: ["#ffffff", "#000000"]
    case .redBlue:
      [
        "#67001f", "#b2182b", "#d6604d", "#f4a582", "#fddbc7", "#f7f7f7", "#d1e5f0", "#92c5de",
        "#4393c3", "#2166ac", "#053061",
      ]
    }
  }

  /// The red, green and blue of a part between 0 and 1.
  func mixed(_ part: Double) -> [Double] {
    let stops = stops
    let position = min(max(part, 0), 1) * Double(stops.count - 1)
    let below = min(Int(position), stops.count - 2)
    let share = position - Double(below)
    return zip(Palette.parts(of: stops[below]), Palette.parts(of: stops[below + 1])).map {
      $0 + ($1 - $0) * share
    }
  }

  /// The colour of a part between 0 and 1.
  func colour(_ part: Double) -> String { Palette.text(mixed(part)) }

  /// Whether writing on the colour of a part must be white.
  func isDark(_ part: Double) -> Bool { Palette.lightness(mixed(part)) < 140 }
}

/// The colours of series.
enum Palette {
  /// Distinct also for colour-blind readers (Okabe and Ito 2008), darkest first.
  static let series = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555", "#8c6d31",
  ]
  /// What is missing.
  static let missing = "#cccccc"

  static func isColour(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 7 && bytes[0] == UInt8(ascii: "#")
      && Int(text.dropFirst(), radix: 16) != nil && bytes[1] != UInt8(ascii: "+")
      && bytes[1] != UInt8(ascii: "-")
  }

  static func parts(of colour: String) -> [Double] {
    let number = Int(colour.dropFirst(), radix: 16) ?? 0
    return [number >> 16, number >> 8 & 255, number & 255].map { Double($0) }
  }

  static func text(_ parts: [Double]) -> String {
    let number = parts.reduce(1) { $0 << 8 | Int($1.rounded()) }
    return "#" + String(number, radix: 16).dropFirst()
  }

  /// How light a colour looks, 0 to 255, by the weights of ITU-R BT.601.
  static func lightness(_ parts: [Double]) -> Double {
    0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]
  }
}

/// Where numbers lie on a scale of colours.
struct ColorRange: Equatable {
  var scale: ColorScale
  var low: Double
  var high: Double

  /// The range of all finite `values`; zero is the middle of a scale with two sides.
  init(_ values: [Double], scale: ColorScale, includesZero: Bool = false) {
    self.scale = scale
    let finite = values.filter(\.isFinite)
    (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if includesZero { (low, high) = (min(low, 0), max(high, 0)) }
    if scale == .redBlue {
      let end = max(abs(low), abs(high))
      (low, high) = (-end, end)
    }
    if low == high {
      // A single colour, in the middle.
      let room = max(abs(low) * 0.1, 0.5)
      (low, high) = (low - room, high + room)
    }
  }

  func part(_ value: Double) -> Double {
    // Halves first: the span of the largest numbers overflows.
    (value / 2 - low / 2) / (high / 2 - low / 2)
  }

  func colour(_ value: Double) -> String {
    value.isFinite ? scale.colour(part(value)) : Palette.missing
  }
}
