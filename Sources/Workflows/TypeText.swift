/// Type names as source text.
package enum TypeText {
  /// Returns `text` without the module names that `isCellModule` knows, as in `Cell3.Point`.
  ///
  /// A step's program is one module: what a cell declared is not qualified there.
  package static func withoutModules(
    _ text: String, where isCellModule: (String) -> Bool
  ) -> String {
    var result = ""
    var rest = Substring(text)
    while let character = rest.first {
      guard isNameStart(character) else {
        result.append(character)
        rest.removeFirst()
        continue
      }
      let word = rest.prefix(while: isNamePart)
      rest = rest.dropFirst(word.count)
      let isMember = result.last == "."
      if !isMember, rest.first == ".", isCellModule(String(word)) {
        rest.removeFirst()
      } else {
        result += word
      }
    }
    return result
  }

  /// Returns the first name of every path in `text`: the types and modules that it needs.
  static func names(in text: String) -> Set<String> {
    var names: Set<String> = []
    var rest = Substring(text)
    var isMember = false
    while let character = rest.first {
      guard isNameStart(character) else {
        isMember = character == "."
        rest.removeFirst()
        continue
      }
      let word = rest.prefix(while: isNamePart)
      if !isMember { names.insert(String(word)) }
      isMember = false
      rest = rest.dropFirst(word.count)
    }
    return names
  }

  /// Whether values of the type cross as a `.safetensors` file; all others cross as JSON.
  static func isTensor(_ text: String) -> Bool {
    ["Tensor<", "Tensors.Tensor<", "Martlet.Tensor<"].contains { text.hasPrefix($0) }
      && text.hasSuffix(">") && closesAtEnd(text)
  }

  /// Returns why no file can hold a value of the type, or `nil` when one might.
  static func unsuitability(of text: String) -> String? {
    if text.contains("->") { return "is a function; let the step make its result instead" }
    if text.hasPrefix("(") { return "is a tuple; use a struct that is Codable" }
    if text.contains("some ") || text.hasPrefix("@") || text.contains("unknown context") {
      return "has no name that another program can write; declare a concrete type"
    }
    if text.hasPrefix("any ") { return "is an existential; declare a concrete Codable type" }
    return nil
  }

  private static func closesAtEnd(_ text: String) -> Bool {
    var depth = 0
    for (index, character) in zip(text.indices, text) {
      if character == "<" { depth += 1 }
      if character == ">" { depth -= 1 }
      if depth == 0, character == ">" { return text.index(after: index) == text.endIndex }
    }
    return false
  }

  private static func isNameStart(_ character: Character) -> Bool {
    character.isLetter || character == "_"
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
