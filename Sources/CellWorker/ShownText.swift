/// Texts of shown values, without a library: as Swift prints them, long collections elided.
///
/// The library that cells import does the same for what it displays; it is not always there.
enum ShownText {
  /// The number of elements, those of inner collections included, that are printed in full.
  private static let longestCount = 1000

  /// The text of `value`: a debug description, or the ends of a long collection and its count.
  static func text(of value: Any) -> String {
    withoutCellModules(isLong(value) ? elided(value, isOutermost: true) : String(reflecting: value))
  }

  private static func isLong(_ value: Any) -> Bool {
    var (value, count) = (value, 1)
    // Elements have one type, so the first stands for all.
    for _ in 0..<8 {
      let mirror = Mirror(reflecting: value)
      guard isCollection(mirror), let first = mirror.children.first else { return false }
      count *= mirror.children.count
      if count > longestCount { return true }
      value = first.value
    }
    return false
  }

  private static func isCollection(_ mirror: Mirror) -> Bool {
    switch mirror.displayStyle {
    case .collection, .set, .dictionary: true
    default: false
    }
  }

  private static func elided(_ value: Any, isOutermost: Bool) -> String {
    let mirror = Mirror(reflecting: value)
    guard isCollection(mirror) else { return String(reflecting: value) }
    let isDictionary = mirror.displayStyle == .dictionary
    let children = mirror.children
    let isShort = children.count <= 13
    func text(_ child: Mirror.Child) -> String {
      guard isDictionary else { return elided(child.value, isOutermost: false) }
      return Mirror(reflecting: child.value).children
        .map { elided($0.value, isOutermost: false) }.joined(separator: ": ")
    }
    var parts = children.prefix(isShort ? 13 : 10).map(text)
    if !isShort {
      parts.append("…")
      // Of sets and dictionaries the last elements are no more telling than others.
      if mirror.displayStyle == .collection {
        parts += children[children.index(children.startIndex, offsetBy: children.count - 3)...]
          .map(text)
      }
    }
    let noun = isDictionary ? "pairs" : "elements"
    let note = isOutermost || !isShort ? " (\(grouped(children.count)) \(noun))" : ""
    return "[\(parts.joined(separator: ", "))]" + note
  }

  /// `count` with commas between thousands.
  private static func grouped(_ count: Int) -> String {
    var digits = Array(String(count))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }
}
