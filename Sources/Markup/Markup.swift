/// Texts inside of HTML, SVG and XML.
package enum Markup {
  /// `text` with everything escaped that means something in markup, also in attributes; control characters, which XML
  /// has no way to write, become spaces.
  package static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { isSpecial($0) }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case let scalar where isControl(scalar): result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "&", "<", ">", "\"", "'": true
    default: isControl(scalar)
    }
  }

  /// Whether XML 1.0, section 2.2, has no such character.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\t", "\n", "\r": false
    default: scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value)
    }
  }
}
