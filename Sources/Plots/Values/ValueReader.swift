internal import FoundationEssentials

/// Reads values whose type is only known when the program runs.
enum ValueReader {
  /// What kept values from being a column.
  struct Fault: Error {
    var text: String
  }

  private enum Kind: String {
    case number, text, time
  }

  /// Reads elements of any one kind that charts know; what is `nil` is missing.
  static func read(_ elements: [Any?]) -> Result<ChartValues, Fault> {
    var kind: Kind?
    var numbers: [Double] = []
    var texts: [String] = []
    for (place, element) in elements.enumerated() {
      guard let value = unwrapped(element) else {
        numbers.append(.nan)
        texts.append("")
        continue
      }
      guard let (found, number, text) = read(value) else {
        return .failure(
          Fault(
            text:
              "a \(type(of: value)) at place \(place); charts take numbers, texts, truth values, "
              + "dates and enumerations without values"))
      }
      if let kind, kind != found {
        return .failure(
          Fault(
            text: "a \(kind.rawValue) and, at place \(place), the \(found.rawValue) \(value); "
              + "give it values of one kind"))
      }
      kind = found
      numbers.append(number)
      texts.append(text)
    }
    return switch kind {
    case .number?, nil: .success(.numbers(numbers))
    case .text?: .success(.texts(texts))
    case .time?: .success(.times(numbers))
    }
  }

  private static func read(_ value: Any) -> (Kind, Double, String)? {
    switch value {
    case let value as Double: return (.number, value, "")
    case let value as String: return (.text, .nan, value)
    case let value as Date: return (.time, value.timeIntervalSince1970, "")
    case let value as Bool: return (.text, .nan, "\(value)")
    case let value as any BinaryInteger: return (.number, Double(value), "")
    case let value as any BinaryFloatingPoint: return (.number, Double(value), "")
    case let value as any StringProtocol: return (.text, .nan, String(value))
    case let value as Character: return (.text, .nan, String(value))
    case let value as any RawRepresentable: return read(value.rawValue)
    default:
      // The cases of an enumeration name categories too.
      let mirror = Mirror(reflecting: value)
      guard mirror.displayStyle == .enum, mirror.children.isEmpty else { return nil }
      return (.text, .nan, "\(value)")
    }
  }

  static func unwrapped(_ value: Any?) -> Any? {
    guard let value else { return nil }
    // Most values are none, and reflection is slow.
    if value is Double || value is String || value is Int { return value }
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return value }
    return unwrapped(mirror.children.first?.value)
  }

  /// The named parts of structs, tuples, classes or dictionaries, a column for each.
  static func parts(of rows: [Any]) -> [String: [Any?]] {
    var columns: [String: [Any?]] = [:]
    for (place, row) in rows.enumerated() {
      for (name, value) in parts(of: row) {
        var column = columns[name] ?? []
        // Dictionaries need not all have the same keys.
        while column.count < place { column.append(nil) }
        column.append(value)
        columns[name] = column
      }
    }
    return columns.mapValues { column in
      column + [Any?](repeating: nil, count: rows.count - column.count)
    }
  }

  private static func parts(of row: Any) -> [(String, Any)] {
    let mirror = Mirror(reflecting: row)
    if mirror.displayStyle == .dictionary {
      return mirror.children.compactMap { pair in
        let halves = Array(Mirror(reflecting: pair.value).children)
        guard halves.count == 2, let key = halves[0].value as? String else { return nil }
        return (key, halves[1].value)
      }
    }
    var parts: [(String, Any)] = []
    for level in sequence(first: mirror, next: \.superclassMirror) {
      for child in level.children {
        guard let label = child.label else { continue }
        let isStored = label.hasPrefix("_") || label.hasPrefix(".")
        parts.append((isStored ? String(label.dropFirst()) : label, child.value))
      }
    }
    return parts
  }
}
