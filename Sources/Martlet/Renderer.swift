internal import Tables

/// Finds the form in which a value is shown.
package enum Renderer {
  /// The form of `value` to display: the richest there is, or its text.
  package static func bundle(of value: Any) -> MIMEBundle {
    richBundle(of: value) ?? ["text/plain": .text(ValueText.text(of: value))]
  }

  /// The form of `value` beyond the text that Swift prints; `nil` where there is none.
  package static func richBundle(of value: Any) -> MIMEBundle? {
    // Looking up conformances costs more than everything else here.
    if value is Int || value is Double || value is String || value is Bool { return nil }
    if let value = value as? any DisplayRepresentable {
      return value.displayBundle.withPlainText(String(describing: value))
    }
    let mirror = Mirror(reflecting: value)
    let children = mirror.children
    guard !children.isEmpty else { return nil }
    switch mirror.displayStyle {
    case .collection, .set, .dictionary:
      let elided = ValueText.elided(value)
      guard let table = RecordTable.table(of: mirror) else {
        return elided.map { ["text/plain": .text($0)] }
      }
      return [
        "text/plain": .text(elided ?? ValueText.text(of: value)), "text/html": .text(table.html),
      ]
    case .optional:
      return children.first.flatMap { richBundle(of: $0.value) }
    default: return nil
    }
  }
}

/// Texts of values, as Swift prints them, with long collections elided.
enum ValueText {
  /// The number of elements, those of inner collections included, that are printed in full.
  static let longestCount = 1000

  /// The text of `value`: that of `print`, with quotes around a string.
  static func text(of value: Any) -> String {
    if value is String || value is Character || value is Substring {
      return String(reflecting: value)
    }
    return elided(value) ?? String(describing: value)
  }

  /// The text of a collection that is too long to print in full; `nil` for any other value.
  static func elided(_ value: Any) -> String? {
    var budget = longestCount
    guard isLong(value, &budget, depth: 0) else { return nil }
    return elidedText(value, isOutermost: true)
  }

  /// The text of `value` in a cell of a table: short, and without quotes.
  static func short(_ value: Any) -> String {
    let value = unwrapped(value)
    guard let value else { return "nil" }
    let mirror = Mirror(reflecting: value)
    if isCollection(mirror), mirror.children.count > 6 {
      return elidedText(value, isOutermost: false, first: 3, last: 1)
    }
    let text = String(describing: value)
    return text.count > 120 ? text.prefix(119) + "…" : text
  }

  /// What an optional holds at last; `nil` where that is nothing.
  static func unwrapped(_ value: Any) -> Any? {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return value }
    return mirror.children.first.flatMap { unwrapped($0.value) }
  }

  static func isCollection(_ mirror: Mirror) -> Bool {
    switch mirror.displayStyle {
    case .collection, .set, .dictionary: true
    default: false
    }
  }

  private static func isLong(_ value: Any, _ budget: inout Int, depth: Int) -> Bool {
    let mirror = Mirror(reflecting: value)
    guard isCollection(mirror), depth < 8 else { return false }
    budget -= mirror.children.count
    if budget < 0 { return true }
    for child in mirror.children {
      // Elements have one type, so the first tells whether there is anything inside.
      guard isCollection(Mirror(reflecting: child.value)) else { return false }
      if isLong(child.value, &budget, depth: depth + 1) { return true }
    }
    return false
  }

  private static func elidedText(
    _ value: Any, isOutermost: Bool, first: Int = 10, last: Int = 3
  ) -> String {
    let mirror = Mirror(reflecting: value)
    guard isCollection(mirror) else { return String(reflecting: value) }
    let isDictionary = mirror.displayStyle == .dictionary
    let count = mirror.children.count
    let isElided = count > first + last
    // Of sets and dictionaries the last elements are no more telling than others.
    let tail = mirror.displayStyle == .collection && isElided ? last : 0
    var parts = mirror.children.prefix(isElided ? first : count).map(element)
    if isElided {
      parts.append("…")
      let start = mirror.children.index(mirror.children.startIndex, offsetBy: count - tail)
      parts += mirror.children[start...].map(element)
    }
    func element(_ child: Mirror.Child) -> String {
      guard isDictionary else { return elidedText(child.value, isOutermost: false) }
      let pair = Mirror(reflecting: child.value).children.map(\.value)
      return pair.map { elidedText($0, isOutermost: false) }.joined(separator: ": ")
    }
    let note =
      isOutermost || isElided
      ? " (\(Elision.counted(count, isDictionary ? "pair" : "element")))" : ""
    return "[\(parts.joined(separator: ", "))]" + note
  }
}
