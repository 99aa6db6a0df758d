import JSONValues

/// A JSON text in the making; members keep their order.
enum JSON {
  case null
  case bool(Bool)
  case integer(Int64)
  /// NaN and infinities become the strings `NaN`, `Infinity` and `-Infinity`.
  case number(Double)
  case string(String)
  case array([JSON])
  case object([(String, JSON)])

  static func string(orNull text: String?) -> JSON { text.map { .string($0) } ?? .null }
  static func integer(orNull value: Int64?) -> JSON { value.map { .integer($0) } ?? .null }
  static func number(orNull value: Double?) -> JSON { value.map { .number($0) } ?? .null }

  /// The text, indented by two spaces, with a newline at its end.
  var text: String {
    var text = ""
    write(to: &text, indentation: "")
    text += "\n"
    return text
  }

  private func write(to text: inout String, indentation: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += value.isFinite ? jsonNumber(value) : "\"\(jsonNumber(value))\""
    case .string(let value): text += JSONText.quoted(value)
    case .array(let elements) where elements.isEmpty: text += "[]"
    case .object(let members) where members.isEmpty: text += "{}"
    case .array(let elements):
      var separator = "[\n"
      for element in elements {
        text += "\(separator)\(indentation)  "
        element.write(to: &text, indentation: indentation + "  ")
        separator = ",\n"
      }
      text += "\n\(indentation)]"
    case .object(let members):
      var separator = "{\n"
      for (key, value) in members {
        text += "\(separator)\(indentation)  "
        text += JSONText.quoted(key) + ": "
        value.write(to: &text, indentation: indentation + "  ")
        separator = ",\n"
      }
      text += "\n\(indentation)}"
    }
  }
}
