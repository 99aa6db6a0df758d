/// A cell that only asks what a name is: `?name`, `name?`, `??name` or `name??`.
///
/// None of these is Swift: an optional chain needs a member, a call or a subscript behind it.
///
/// - SeeAlso: IPython, "Dynamic object information".
package struct HelpQuery: Equatable {
  /// The name, as in `print`, `Tensor.zeros` or the directive `%time`.
  package let name: String
  /// 1 when two question marks ask for more, else 0.
  package let detailLevel: Int

  /// Reads a cell; `nil` when it is anything else.
  package init?(_ code: String) {
    var rest = code[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    let leading = rest.prefix { $0 == "?" }.count
    rest = rest.dropFirst(leading)
    let trailing = rest.reversed().prefix { $0 == "?" }.count
    rest = rest.dropLast(trailing)
    guard (leading == 0) != (trailing == 0), max(leading, trailing) <= 2 else { return nil }
    let name = rest
    if rest.hasPrefix("%") { rest = rest.drop { $0 == "%" } }
    guard name.count - rest.count <= 2 else { return nil }
    let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.allSatisfy(Self.isIdentifier) else { return nil }
    self.name = String(name)
    detailLevel = max(leading, trailing) - 1
  }

  private static func isIdentifier(_ text: Substring) -> Bool {
    guard let first = text.unicodeScalars.first, first == "_" || first.properties.isXIDStart else {
      return false
    }
    return text.unicodeScalars.dropFirst().allSatisfy(\.properties.isXIDContinue)
  }
}
