/// One thing to show, in several media types; a frontend picks the richest that it knows.
///
/// ```swift
/// let bundle: MIMEBundle = ["text/plain": "x²", "text/latex": "$x^2$"]
/// display(bundle: bundle)
/// ```
///
/// A JSON type's text is JSON itself. Media types that are neither texts nor JSON need `.bytes`.
public struct MIMEBundle: Sendable, Equatable {
  /// What one media type holds.
  public enum Content: Sendable, Equatable {
    /// A text; JSON where the media type is JSON.
    case text(String)
    /// Bytes, such as those of a PNG file.
    case bytes([UInt8])
  }

  /// The contents by media type.
  public private(set) var contents: [String: Content]

  /// Creates a bundle of what `contents` holds by media type.
  public init(_ contents: [String: Content] = [:]) {
    self.contents = contents
  }

  /// The content of a media type such as `text/html`; `nil` when the bundle has none.
  public subscript(type: String) -> Content? {
    get { contents[type] }
    set { contents[type] = newValue }
  }

  /// The form that a terminal or a log shows.
  public var plainText: String {
    if case .text(let text)? = contents["text/plain"] { return text }
    let types = contents.keys.sorted().joined(separator: ", ")
    return types.isEmpty ? "" : "<\(types)>"
  }

  /// Returns the bundle with `text` as its plain text, unless it has one.
  func withPlainText(_ text: @autoclosure () -> String) -> MIMEBundle {
    var bundle = self
    if bundle["text/plain"] == nil { bundle["text/plain"] = .text(text()) }
    return bundle
  }
}

extension MIMEBundle: ExpressibleByDictionaryLiteral {
  /// Creates a bundle from media types and contents; of equal types the last counts.
  public init(dictionaryLiteral elements: (String, Content)...) {
    self.init(Dictionary(elements) { _, last in last })
  }
}

extension MIMEBundle.Content: ExpressibleByStringInterpolation {
  /// Creates a text.
  public init(stringLiteral text: String) { self = .text(text) }
}

extension MIMEBundle {
  /// Returns a bundle of HTML; its plain text is what remains without the tags.
  public static func html(_ html: String) -> MIMEBundle {
    ["text/html": .text(html), "text/plain": .text(HTMLMarkup.plainText(html))]
  }

  /// Returns a bundle of Markdown, which is its own plain text.
  public static func markdown(_ text: String) -> MIMEBundle {
    ["text/markdown": .text(text), "text/plain": .text(text)]
  }

  /// Returns a bundle of LaTeX, which is its own plain text; mathematics stands between dollars.
  public static func latex(_ text: String) -> MIMEBundle {
    ["text/latex": .text(text), "text/plain": .text(text)]
  }

  /// Returns a bundle of an SVG drawing.
  public static func svg(_ svg: String) -> MIMEBundle {
    ["image/svg+xml": .text(svg), "text/plain": "SVG image"]
  }

  /// Returns a bundle of the bytes of a PNG file.
  public static func png(_ bytes: [UInt8]) -> MIMEBundle {
    // The width and the height are the first two fields of the first chunk.
    var text = "PNG image"
    if bytes.count >= 24 {
      let sides = [16, 20].map { bytes[$0..<($0 + 4)].reduce(0) { $0 << 8 | Int($1) } }
      text += ", \(sides[0]) × \(sides[1])"
    }
    return ["image/png": .bytes(bytes), "text/plain": .text(text)]
  }

  /// Returns a bundle of the bytes of a JPEG file.
  public static func jpeg(_ bytes: [UInt8]) -> MIMEBundle {
    ["image/jpeg": .bytes(bytes), "text/plain": .text("JPEG image, \(bytes.count) bytes")]
  }

  /// Returns a bundle of a script, which the frontend runs.
  public static func javascript(_ script: String) -> MIMEBundle {
    ["application/javascript": .text(script), "text/plain": "JavaScript"]
  }

  /// Returns a bundle of JSON, given as its text.
  ///
  /// - Throws: ``MartletError/invalidJSON(type:reason:)`` when `text` is not JSON.
  public static func json(_ text: String) throws(MartletError) -> MIMEBundle {
    try checked(text, type: "application/json", plainText: text)
  }

  /// Returns a bundle of `value` as JSON.
  ///
  /// - Throws: ``MartletError/invalidJSON(type:reason:)`` when `value` cannot be encoded.
  public static func json(_ value: some Encodable) throws(MartletError) -> MIMEBundle {
    try json(try JSONCoding.text(value))
  }

  /// Returns a bundle of a Vega-Lite 5 specification, given as its JSON text.
  ///
  /// - Throws: ``MartletError/invalidJSON(type:reason:)`` when `specification` is not JSON.
  public static func vegaLite(_ specification: String) throws(MartletError) -> MIMEBundle {
    try checked(specification, type: vegaLiteType, plainText: "Vega-Lite chart")
  }

  /// The media type of Vega-Lite 5 specifications.
  static let vegaLiteType = "application/vnd.vegalite.v5+json"

  private static func checked(
    _ text: String, type: String, plainText: String
  ) throws(MartletError) -> MIMEBundle {
    if let fault = JSONText.fault(in: text) {
      throw .invalidJSON(type: type, reason: fault)
    }
    return [type: .text(text), "text/plain": .text(plainText)]
  }
}
