/// What a completion result is.
enum ResultKind: Equatable {
  case function, initializer, macro
  case variable, property, enumCase
  case structure, enumeration, protocolType, typeAlias
  case module, keyword, pattern, other

  /// - Parameter name: sourcekitd's name, as in `source.lang.swift.decl.function.free`.
  init(_ name: String) {
    let words = name.split(separator: ".").dropFirst(3)
    switch (words.first, words.dropFirst().first, words.last) {
    case ("keyword", _, _), (nil, _, _): self = name.hasSuffix("keyword") ? .keyword : .other
    case (_, _, "constructor"): self = .initializer
    case (_, "function", _): self = .function
    case (_, _, "macro"): self = .macro
    case (_, "var", "local"), (_, "var", "global"), (_, "var", "parameter"): self = .variable
    case (_, "var", _): self = .property
    case (_, _, "enumelement"): self = .enumCase
    case (_, _, "struct"), (_, _, "class"), (_, _, "actor"): self = .structure
    case (_, _, "enum"): self = .enumeration
    case (_, _, "protocol"): self = .protocolType
    case (_, _, "typealias"), (_, _, "associatedtype"), (_, _, "generic_type_param"):
      self = .typeAlias
    case (_, _, "module"): self = .module
    case ("pattern", _, _): self = .pattern
    default: self = .other
    }
  }

  /// The word that Jupyter frontends know.
  var jupyterType: String {
    switch self {
    case .function, .initializer, .macro: "function"
    case .variable: "instance"
    case .property, .enumCase, .pattern: "property"
    case .structure, .typeAlias: "class"
    case .enumeration: "enum"
    case .protocolType: "interface"
    case .module: "module"
    case .keyword: "keyword"
    case .other: ""
    }
  }

  /// Makes the signature shown beside a completion.
  ///
  /// - Parameters:
  ///   - description: The result's description, as in `move(by: Int) throws`.
  ///   - type: The type of its value or of what it returns.
  /// - Returns: Parameters and result, or the type of a value; may be empty.
  func signature(_ description: String, type: String) -> String {
    switch self {
    case .enumCase where !description.contains("("): return ""
    case .function, .initializer, .macro, .enumCase:
      let parameters = description.drop { $0 != "(" && $0 != " " }
      return type.isEmpty || type == "Void" ? String(parameters) : "\(parameters) -> \(type)"
    case .variable, .property, .pattern: return type
    case .typeAlias: return type == description ? "" : type
    default: return ""
    }
  }

  /// A declaration made of a completion's description, where nothing better is known.
  func declaration(_ description: String, type: String) -> String {
    switch self {
    case .function: "func \(description)" + (type.isEmpty || type == "Void" ? "" : " -> \(type)")
    case .initializer: description
    case .macro: "macro \(description)"
    case .variable, .property: type.isEmpty ? "var \(description)" : "var \(description): \(type)"
    case .enumCase: "case \(description)"
    case .structure: "struct \(description)"
    case .enumeration: "enum \(description)"
    case .protocolType: "protocol \(description)"
    case .typeAlias: "typealias \(description) = \(type)"
    case .module: "import \(description)"
    case .keyword, .pattern, .other: ""
    }
  }
}
