/// A pattern of `*` (any text), `?` (one character) and `[a-z]` (one of a set; `[^…]` none of it).
///
/// - SeeAlso: SQLite, "The LIKE, GLOB, REGEXP, MATCH, and extract operators".
package struct GlobPattern: Sendable {
  private enum Element: Sendable {
    case literal(Unicode.Scalar)
    case anyText
    case anyScalar
    case set([ClosedRange<Unicode.Scalar>], isExcluded: Bool)

    func matches(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .literal(let literal): literal == scalar
      case .anyText, .anyScalar: true
      case .set(let ranges, let isExcluded):
        ranges.contains { $0.contains(scalar) } != isExcluded
      }
    }
  }

  private let elements: [Element]

  /// Reads a pattern; every text is one, as a `[` that is never closed stands for itself.
  package init(_ pattern: String) {
    var rest = Array(pattern.unicodeScalars)[...]
    var elements: [Element] = []
    while let scalar = rest.popFirst() {
      switch scalar {
      case "*": elements.append(.anyText)
      case "?": elements.append(.anyScalar)
      case "[":
        if let set = Self.set(&rest) {
          elements.append(set)
        } else {
          elements.append(.literal(scalar))
        }
      default: elements.append(.literal(scalar))
      }
    }
    self.elements = elements
  }

  /// Tells whether the whole of `text` fits.
  ///
  /// - Complexity: O(*n*·*m*): after a mismatch only the last `*` takes in more.
  package func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var position = 0
    var element = 0
    var lastStar: (element: Int, position: Int)?
    while position < scalars.count {
      if element < elements.count, case .anyText = elements[element] {
        lastStar = (element, position)
        element += 1
      } else if element < elements.count, elements[element].matches(scalars[position]) {
        element += 1
        position += 1
      } else if let star = lastStar {
        lastStar = (star.element, star.position + 1)
        element = star.element + 1
        position = star.position + 1
      } else {
        return false
      }
    }
    return elements[element...].allSatisfy { element in
      if case .anyText = element { true } else { false }
    }
  }

  /// Reads a set after its `[` and leaves `rest` behind its `]`; `nil` when there is no `]`.
  private static func set(_ rest: inout ArraySlice<Unicode.Scalar>) -> Element? {
    var inner = rest
    let isExcluded = inner.first == "^"
    if isExcluded { inner.removeFirst() }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while let scalar = inner.popFirst() {
      if scalar == "]", !ranges.isEmpty {
        rest = inner
        return .set(ranges, isExcluded: isExcluded)
      }
      var upper = scalar
      if inner.first == "-", let end = inner.dropFirst().first, end != "]" {
        inner.removeFirst(2)
        upper = end
      }
      if upper >= scalar { ranges.append(scalar...upper) }
    }
    return nil
  }
}
