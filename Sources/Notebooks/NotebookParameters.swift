import JupyterProtocol

/// Values that replace those of a notebook's parameters, by papermill's rules.
///
/// The cell with the tag `parameters` declares them; a cell with the tag `injected-parameters` is
/// put behind it, or first where there is none, and takes the place of an earlier one.
package struct NotebookParameters: Sendable, Equatable {
  /// A value as given.
  package struct Value: Sendable, Equatable {
    package var name: String
    package var text: String
    /// Whether the text is a string whatever it looks like.
    package var isRaw: Bool
  }

  package private(set) var values: [Value] = []

  package init() {}

  /// Adds `name=value`; a later value of a name replaces an earlier one.
  package mutating func add(_ text: String, isRaw: Bool) throws(NotebookError) {
    guard let equals = text.firstIndex(of: "=") else {
      throw .badParameter(text: text, reason: "write it as name=value")
    }
    let name = String(text[..<equals])
    let isName =
      name.first.map { $0.isLetter || $0 == "_" } == true
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    guard isName else {
      throw .badParameter(text: text, reason: "\"\(name)\" is no name of a Swift variable")
    }
    values.removeAll { $0.name == name }
    values.append(
      Value(name: name, text: String(text[text.index(after: equals)...]), isRaw: isRaw))
  }

  /// Puts the values into `notebook`.
  ///
  /// - Returns: Names that its parameters do not have; a notebook without any has none of them.
  /// - Throws: `badParameter` for a value that cannot be written as its type.
  package func inject(into notebook: inout Notebook) throws(NotebookError) -> [String] {
    guard !values.isEmpty else { return [] }
    notebook.cells.removeAll { $0.isCode && $0.tags.contains("injected-parameters") }
    let place = notebook.cells.firstIndex { $0.isCode && $0.tags.contains("parameters") }
    let declared = place.map { ParameterDeclaration.all(in: notebook.cells[$0].source) } ?? [:]
    var lines = ["// Parameters"]
    for value in values {
      let declaration = declared[value.name] ?? ParameterDeclaration()
      let literal = try SwiftLiteral.text(of: value, as: declaration)
      let type = declaration.type.map { ": \($0)" } ?? ""
      lines.append("\(declaration.keyword) \(value.name)\(type) = \(literal)")
    }
    let identifier = notebook.minorVersion >= 5 ? Notebook.newIdentifier() : nil
    let cell = NotebookCell(
      code: lines.joined(separator: "\n"), tag: "injected-parameters", identifier: identifier)
    notebook.cells.insert(cell, at: place.map { $0 + 1 } ?? 0)
    return values.map(\.name).filter { declared[$0] == nil }
  }
}

/// How a parameter is declared: on a line of its own, as in `let rate: Double = 0.1`.
struct ParameterDeclaration: Equatable {
  var keyword = "let"
  /// The type that is written, if any.
  var type: String?
  /// The default value as written.
  var value = ""

  /// The declarations of a cell by name.
  static func all(in source: String) -> [String: ParameterDeclaration] {
    var result: [String: ParameterDeclaration] = [:]
    for line in source.split(whereSeparator: \.isNewline) {
      let text = line.drop { $0.isWhitespace }
      guard let keyword = ["let", "var"].first(where: { text.hasPrefix($0 + " ") }) else {
        continue
      }
      let rest = text.dropFirst(4).drop { $0.isWhitespace }
      let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      let after = rest[name.endIndex...].drop { $0.isWhitespace }
      guard !name.isEmpty, let equals = after.firstIndex(of: "=") else { continue }
      var declaration = ParameterDeclaration(keyword: keyword)
      if after.first == ":" {
        declaration.type = trimmed(after[after.index(after: after.startIndex)..<equals])
      } else if after.startIndex != equals {
        continue
      }
      declaration.value = trimmed(after[after.index(after: equals)...])
      result[String(name)] = declaration
    }
    return result
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}

/// Values as Swift writes them.
enum SwiftLiteral {
  private static let stringTypes: Set = ["String", "String?", "Substring", "Character"]
  private static let realTypes: Set = [
    "Double", "Float", "Double?", "Float?", "Float16", "Float80",
  ]

  /// The literal for a value that replaces the one of `declaration`.
  static func text(
    of value: NotebookParameters.Value, as declaration: ParameterDeclaration
  ) throws(NotebookError) -> String {
    let isString = declaration.type.map(stringTypes.contains) ?? declaration.value.hasPrefix("\"")
    guard !value.isRaw else { return quoted(value.text) }
    let given = "\(value.name)=\(value.text)"
    switch value.text {
    case "null", "None", "nil":
      guard !isString || declaration.type == "String?" else { return quoted(value.text) }
      guard declaration.type?.hasSuffix("?") == true else {
        throw .badParameter(
          text: given, reason: "only a parameter that is declared with an optional type can be nil")
      }
      return "nil"
    case "true", "True": return isString ? quoted(value.text) : "true"
    case "false", "False": return isString ? quoted(value.text) : "false"
    default: break
    }
    guard let first = value.text.first, "-0123456789[{\"".contains(first),
      let json = JSONValue(utf8: Array(value.text.utf8))
    else { return quoted(value.text) }
    if isString, json.string == nil { return quoted(value.text) }
    let isReal =
      declaration.type.map(realTypes.contains)
      ?? (Double(declaration.value) != nil && Int(declaration.value) == nil)
    if case .int = json, isReal {
      return real(Double(value.text) ?? 0)
    }
    return try text(of: json, isTyped: declaration.type != nil, given: given)
  }

  /// The literal for a JSON value; `isTyped` when the declaration says the type, so that the literal
  /// need not, and `given` is the parameter for errors.
  static func text(
    of value: JSONValue, isTyped: Bool, given: String
  ) throws(NotebookError) -> String {
    switch value {
    case .null: return "nil"
    case .bool(let bool): return bool ? "true" : "false"
    case .int(let integer): return String(integer)
    case .double(let number): return real(number)
    case .string(let string): return quoted(string)
    case .array(let elements):
      guard !elements.isEmpty else {
        if isTyped { return "[]" }
        throw .badParameter(
          text: given, reason: "an empty list needs a type in the parameters' cell")
      }
      let literal = "[" + (try texts(elements, given)).joined(separator: ", ") + "]"
      return isTyped || isUniform(elements) ? literal : literal + " as [Any?]"
    case .object(let members):
      guard !members.isEmpty else {
        if isTyped { return "[:]" }
        throw .badParameter(
          text: given, reason: "an empty dictionary needs a type in the parameters' cell")
      }
      let sorted = members.sorted { $0.key < $1.key }
      let values = try texts(sorted.map(\.value), given)
      let literal =
        "[" + zip(sorted, values).map { "\(quoted($0.key)): \($1)" }.joined(separator: ", ") + "]"
      return isTyped || isUniform(sorted.map(\.value)) ? literal : literal + " as [String: Any?]"
    }
  }

  private static func texts(
    _ values: [JSONValue], _ given: String
  ) throws(NotebookError) -> [String] {
    let mixesNumbers = Set(values.map(kind)) == ["integer", "number"]
    var result: [String] = []
    for value in values {
      if mixesNumbers, case .int(let integer) = value {
        result.append(real(Double(integer)))
      } else {
        result.append(try text(of: value, isTyped: true, given: given))
      }
    }
    return result
  }

  /// Whether Swift infers one type for all.
  private static func isUniform(_ values: [JSONValue]) -> Bool {
    let kinds = Set(values.map(kind))
    guard kinds.count == 1 || kinds == ["integer", "number"], kinds != ["null"] else {
      return false
    }
    return values.allSatisfy { value in
      switch value {
      case .array(let elements): !elements.isEmpty && isUniform(elements)
      case .object(let members): !members.isEmpty && isUniform(Array(members.values))
      default: true
      }
    } && Set(values.map(shape)).count == 1
  }

  private static func kind(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "bool"
    case .int: "integer"
    case .double: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// The kinds within a list or dictionary.
  private static func shape(_ value: JSONValue) -> String {
    func inner(_ values: [JSONValue]) -> String {
      let kinds = Set(values.map(kind))
      return values.first.map { kinds.count > 1 ? "number" : kind($0) + shape($0) } ?? ""
    }
    return switch value {
    case .array(let elements): "[\(inner(elements))]"
    case .object(let members): "{\(inner(Array(members.values)))}"
    default: ""
    }
  }

  private static func real(_ number: Double) -> String { "\(number)" }

  /// A string in quotation marks, as Swift reads it.
  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars { text += scalar.escaped(asASCII: false) }
    return text + "\""
  }
}
