internal import Markup

/// Collects SVG elements.
struct SVGCanvas {
  private let width: Int
  private let height: Int
  private var body = ""

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Where text hangs on its position.
  enum Anchor: String {
    case start, middle, end
  }

  /// The document.
  func document(title: String) -> String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
      + "viewBox=\"0 0 \(width) \(height)\" role=\"img\" "
      + "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">"
      + (title.isEmpty ? "" : "<title>\(Markup.escaped(title))</title>")
      + "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\(body)</svg>\n"
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, colour: String, width: Double = 1,
    dash: String = ""
  ) {
    body +=
      "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" "
      + "stroke=\"\(colour)\" stroke-width=\"\(n(width))\"\(dashed(dash))/>"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String,
    stroke: String = "none", opacity: Double = 1, tooltip: String = ""
  ) {
    body +=
      "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(width, 0)))\" "
      + "height=\"\(n(max(height, 0)))\" fill=\"\(fill)\""
      + (stroke == "none" ? "" : " stroke=\"\(stroke)\"") + faded(opacity)
      + closing("rect", tooltip)
  }

  mutating func circle(
    _ x: Double, _ y: Double, radius: Double, fill: String, opacity: Double = 0.75,
    tooltip: String = ""
  ) {
    body +=
      "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(fill)\"\(faded(opacity))"
      + closing("circle", tooltip)
  }

  mutating func polyline(
    _ points: [(x: Double, y: Double)], colour: String, dash: String = "", width: Double = 2
  ) {
    body +=
      "<polyline points=\"\(text(points))\" fill=\"none\" stroke=\"\(colour)\" "
      + "stroke-width=\"\(n(width))\" stroke-linejoin=\"round\"\(dashed(dash))/>"
  }

  mutating func polygon(
    _ points: [(x: Double, y: Double)], fill: String, opacity: Double = 1, stroke: String = ""
  ) {
    body +=
      "<polygon points=\"\(text(points))\" fill=\"\(fill)\"\(faded(opacity))"
      + (stroke.isEmpty ? "/>" : " stroke=\"\(stroke)\" stroke-width=\"0.7\"/>")
  }

  /// A picture at an address that carries its bytes.
  mutating func image(
    _ address: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double
  ) {
    body +=
      "<image href=\"\(address)\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" "
      + "height=\"\(n(height))\" preserveAspectRatio=\"none\" style=\"image-rendering: pixelated\"/>"
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Int = 12, anchor: Anchor = .start,
    colour: String = "#333333", isBold: Bool = false, rotation: Int = 0
  ) {
    body +=
      "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(size)\" text-anchor=\"\(anchor.rawValue)\" "
      + "fill=\"\(colour)\"" + (isBold ? " font-weight=\"bold\"" : "")
      + (rotation == 0 ? "" : " transform=\"rotate(\(rotation) \(n(x)) \(n(y)))\"")
      + ">\(Markup.escaped(text))</text>"
  }

  /// Draws what `content` draws inside of a rectangle only.
  mutating func clipped(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double,
    _ content: (inout SVGCanvas) -> Void
  ) {
    // A page may hold several charts: equal names must mean equal rectangles.
    let name = "clip-\(n(x))-\(n(y))-\(n(width))-\(n(height))"
    body +=
      "<clipPath id=\"\(name)\"><rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" "
      + "height=\"\(n(height))\"/></clipPath><g clip-path=\"url(#\(name))\">"
    content(&self)
    body += "</g>"
  }

  private func closing(_ element: String, _ tooltip: String) -> String {
    tooltip.isEmpty ? "/>" : "><title>\(Markup.escaped(tooltip))</title></\(element)>"
  }

  private func faded(_ opacity: Double) -> String {
    opacity >= 1 ? "" : " fill-opacity=\"\(n(opacity * 100))%\""
  }

  private func dashed(_ dash: String) -> String {
    dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
  }

  private func text(_ points: [(x: Double, y: Double)]) -> String {
    var text = ""
    text.reserveCapacity(points.count * 12)
    for (place, point) in points.enumerated() {
      if place > 0 { text += " " }
      text += n(point.x)
      text += ","
      text += n(point.y)
    }
    return text
  }

  /// A coordinate to a tenth of a pixel.
  private func n(_ value: Double) -> String {
    let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}

/// How wide texts are, without the font's tables: as in DejaVu Sans, the widest of those that browsers take.
enum TextMetrics {
  /// About how wide a text is, in pixels; rather too wide than too narrow.
  static func width(of text: String, size: Int = 12) -> Double {
    text.unicodeScalars.reduce(0) { $0 + width(of: $1) } * Double(size)
  }

  private static func width(of scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "'", "|", ".", ",", ":", ";", "!": 0.33
    case "f", "t", "r", " ", "(", ")", "[", "]", "/", "-", "I": 0.41
    case "m", "w", "M", "W", "@", "%", "—": 0.98
    case "A"..."Z", "+", "=", "<", ">", "&", "−": 0.7
    // Han, kana, hangul, full-width forms and emoji.
    case "\u{1100}"..."\u{115F}", "\u{2E80}"..."\u{D7FF}", "\u{F900}"..."\u{FAFF}",
      "\u{FF00}"..."\u{FF60}", "\u{1F300}"..."\u{1FAFF}":
      1.05
    case "\u{200B}"..."\u{200F}", "\u{300}"..."\u{36F}": 0
    default: 0.63
    }
  }

  /// `text`, cut so that it is at most so wide.
  static func cut(_ text: String, to width: Double, size: Int = 12) -> String {
    guard self.width(of: text, size: size) > width else { return text }
    var (kept, sum) = ("", self.width(of: "…", size: size))
    for character in text {
      sum += self.width(of: String(character), size: size)
      if sum > width, !kept.isEmpty { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
