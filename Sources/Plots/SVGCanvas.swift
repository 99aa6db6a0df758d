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
      + (title.isEmpty ? "" : "<title>\(Self.escaped(title))</title>")
      + "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>\(body)</svg>\n"
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, colour: String, width: Double = 1
  ) {
    body +=
      "<line x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\" "
      + "stroke=\"\(colour)\" stroke-width=\"\(n(width))\"/>"
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String,
    stroke: String = "none"
  ) {
    body +=
      "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(width, 0)))\" "
      + "height=\"\(n(max(height, 0)))\" fill=\"\(fill)\" stroke=\"\(stroke)\"/>"
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, fill: String) {
    body +=
      "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(fill)\" fill-opacity=\"0.75\"/>"
  }

  mutating func polyline(_ points: [(x: Double, y: Double)], colour: String, dash: String) {
    let text = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    body +=
      "<polyline points=\"\(text)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\" "
      + "stroke-linejoin=\"round\""
      + (dash.isEmpty ? "/>" : " stroke-dasharray=\"\(dash)\"/>")
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Int = 12, anchor: Anchor = .start,
    colour: String = "#333333", isBold: Bool = false, rotation: Int = 0
  ) {
    body +=
      "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(size)\" text-anchor=\"\(anchor.rawValue)\" "
      + "fill=\"\(colour)\"" + (isBold ? " font-weight=\"bold\"" : "")
      + (rotation == 0 ? "" : " transform=\"rotate(\(rotation) \(n(x)) \(n(y)))\"")
      + ">\(Self.escaped(text))</text>"
  }

  /// About how wide a text is; letters of sans-serif fonts are a little over half their size wide.
  static func width(of text: String, size: Int = 12) -> Double {
    Double(text.count) * Double(size) * 0.58
  }

  /// `text` cut to at most `length` characters.
  static func cut(_ text: String, to length: Int) -> String {
    text.count <= length ? text : text.prefix(max(length - 1, 1)) + "…"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML has no way to write other control characters.
      case let control where control.value < 0x20 || (0xFFFE...0xFFFF).contains(control.value):
        result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate to a tenth of a pixel.
  private func n(_ value: Double) -> String {
    let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}
