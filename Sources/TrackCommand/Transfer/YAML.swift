/// The YAML that MLflow's file stores hold: a mapping of names to scalars, and one level of mappings within.
///
/// - SeeAlso: YAML 1.1, chapter 9, as far as PyYAML's `safe_dump` makes use of it.
enum YAML {
  /// The scalars by name, those of a mapping within with a dot between the names; null is left out.
  static func scalars(_ text: String) -> [String: String] {
    var scalars: [String: String] = [:]
    var section = ""
    for entry in entries(text) {
      let isNested = entry.hasPrefix("  ")
      let line = String(entry.drop { $0 == " " })
      guard let colon = separator(in: line) else { continue }
      let key = scalar(String(line[..<colon])) ?? ""
      let value = String(line[line.index(after: colon)...].drop { $0 == " " })
      if !isNested { section = value.isEmpty ? key : "" }
      guard let value = scalar(value) else { continue }
      scalars[isNested && !section.isEmpty ? "\(section).\(key)" : key] = value
    }
    return scalars
  }

  /// The lines, each with the lines that go on with its scalar.
  private static func entries(_ text: String) -> [String] {
    var entries: [String] = []
    var isOpen = false  // Within quotes.
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      let goesOn =
        isOpen || (line.hasPrefix("  ") && separator(in: String(line.drop { $0 == " " })) == nil)
      if goesOn, let last = entries.last {
        let text = String(line.drop { $0 == " " })
        if text.isEmpty {
          entries[entries.count - 1] = last + "\n"
        } else if last.hasSuffix("\\"), !last.hasSuffix("\\\\") {
          // Within double quotes, a backslash at the end of a line joins it with the next.
          entries[entries.count - 1] = last.dropLast() + text
        } else {
          entries[entries.count - 1] = last + (last.hasSuffix("\n") ? "" : " ") + text
        }
      } else if !line.isEmpty {
        entries.append(line)
      }
      if let entry = entries.last { isOpen = hasOpenQuote(entry) }
    }
    return entries
  }

  /// Where the colon between name and value is.
  private static func separator(in line: String) -> String.Index? {
    var index = line.startIndex
    if line.first == "'" || line.first == "\"" {
      guard let end = line.dropFirst().firstIndex(of: line[index]) else { return nil }
      index = end
    }
    while let colon = line[index...].firstIndex(of: ":") {
      let next = line.index(after: colon)
      if next == line.endIndex || line[next] == " " || line[next] == "\n" { return colon }
      index = next
    }
    return nil
  }

  private static func hasOpenQuote(_ entry: String) -> Bool {
    let line = String(entry.drop { $0 == " " })
    guard let colon = separator(in: line) else { return false }
    let value = line[line.index(after: colon)...].drop { $0 == " " }
    guard let quote = value.first, quote == "'" || quote == "\"" else { return false }
    var index = value.index(after: value.startIndex)
    while index < value.endIndex {
      let character = value[index]
      let next = value.index(after: index)
      if quote == "\"", character == "\\" {
        index = next < value.endIndex ? value.index(after: next) : next
      } else if character == quote {
        guard quote == "'", next < value.endIndex, value[next] == "'" else { return false }
        index = value.index(after: next)
      } else {
        index = next
      }
    }
    return true
  }

  /// The text of a scalar; `nil` for null.
  private static func scalar(_ text: String) -> String? {
    if text.hasPrefix("'"), text.hasSuffix("'"), text.count > 1 {
      return text.dropFirst().dropLast().split(separator: "''", omittingEmptySubsequences: false)
        .joined(separator: "'")
    }
    if text.hasPrefix("\""), text.hasSuffix("\""), text.count > 1 {
      return unescaped(text.dropFirst().dropLast())
    }
    return ["", "null", "~", "[]", "{}"].contains(text) ? nil : text
  }

  private static func unescaped(_ text: Substring) -> String {
    let names: [Character: String] = [
      "n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\u{7}", "b": "\u{8}", "e": "\u{1B}",
      "f": "\u{C}", "v": "\u{B}", "N": "\u{85}", "_": "\u{A0}", "L": "\u{2028}", "P": "\u{2029}",
    ]
    var result = ""
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\", let code = rest.popFirst() else {
        result.append(character)
        continue
      }
      let digits = ["x": 2, "u": 4, "U": 8][code] ?? 0
      if digits > 0, let value = UInt32(rest.prefix(digits), radix: 16),
        let scalar = Unicode.Scalar(value)
      {
        result.unicodeScalars.append(scalar)
        rest = rest.dropFirst(digits)
      } else {
        result += names[code] ?? String(code)
      }
    }
    return result
  }

  /// A scalar between double quotes, which every reader of YAML and JSON takes.
  static func quoted(_ text: String) -> String {
    JSON.string(text).text.split(separator: "\n").joined()
  }
}
