/// The words after a directive's name: plain ones, and options as `key=value`.
struct DirectiveWords {
  private let directive: String
  private var plain: [String] = []
  private var options: [(key: String, value: String)] = []

  /// Splits `text` at spaces; quotation marks hold words together, a backslash escapes.
  init(_ text: String, of directive: String, keys: [String]) throws(WorkflowsError) {
    self.directive = directive
    for word in try Self.words(in: text) {
      guard let equals = word.equals else {
        plain.append(word.text)
        continue
      }
      let key = String(word.text.prefix(equals))
      guard keys.contains(key) else {
        throw .unknownKey(directive: directive, key: key, suggestion: nearest(to: key, in: keys))
      }
      guard !options.contains(where: { $0.key == key }) else {
        throw .repeatedKey(directive: directive, key: key)
      }
      options.append((key, String(word.text.dropFirst(equals + 1))))
    }
  }

  /// Takes the first plain word.
  mutating func next() -> String? {
    plain.isEmpty ? nil : plain.removeFirst()
  }

  /// Takes `flag` if it is among the plain words.
  mutating func flag(_ flag: String) -> Bool {
    guard let index = plain.firstIndex(of: flag) else { return false }
    plain.remove(at: index)
    return true
  }

  /// Whether `key` was given and not yet taken.
  func has(_ key: String) -> Bool {
    options.contains { $0.key == key }
  }

  /// Takes the value of `key`.
  mutating func option(_ key: String) -> String? {
    guard let index = options.firstIndex(where: { $0.key == key }) else { return nil }
    return options.remove(at: index).value
  }

  /// Takes the value of `key` as a whole number within `range`.
  mutating func integer(
    _ key: String, in range: ClosedRange<Int>
  ) throws(WorkflowsError) -> Int? {
    guard let text = option(key) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      let bound = range.upperBound == .max ? "up" : "to \(range.upperBound)"
      throw .badValue(
        key: key, value: text, expected: "a whole number from \(range.lowerBound) \(bound)")
    }
    return number
  }

  /// Takes the value of `key`, which must not be empty or hold spaces.
  mutating func word(_ key: String, expected: String) throws(WorkflowsError) -> String? {
    guard let text = option(key) else { return nil }
    guard !text.isEmpty, !text.contains(where: \.isWhitespace) else {
      throw .badValue(key: key, value: text, expected: expected)
    }
    return text
  }

  /// Refuses plain words that nothing took.
  func finish() throws(WorkflowsError) {
    if let text = plain.first { throw .unexpectedArgument(directive: directive, text: text) }
  }

  private struct Word {
    var text = ""
    /// The offset of the first `=` outside quotation marks, in characters.
    var equals: Int?
  }

  private static func words(in text: String) throws(WorkflowsError) -> [Word] {
    var words: [Word] = []
    var current: Word?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        current = current ?? Word()
        current?.text.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { current?.text.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        current = current ?? Word()
      } else if character.isWhitespace {
        if let word = current { words.append(word) }
        current = nil
      } else {
        var word = current ?? Word()
        if character == "=", word.equals == nil { word.equals = word.text.count }
        word.text.append(character)
        current = word
      }
    }
    guard quote == nil else { throw .openQuote(text: text) }
    if let word = current { words.append(word) }
    return words
  }
}

/// Returns the nearest of `names` to a misspelt `name`; `nil` when none is near.
func nearest(to name: String, in names: [String]) -> String? {
  let wanted = name.lowercased()
  let scored = names.map { (name: $0, distance: editDistance(wanted, $0.lowercased())) }
  let best = scored.min { $0.distance < $1.distance }
  guard let best, best.distance <= max(1, best.name.count / 3) else {
    return names.first { $0.lowercased().hasPrefix(wanted) && wanted.count >= 2 }
  }
  return best.name
}

/// The number of insertions, deletions and replacements between `a` and `b`.
private func editDistance(_ a: String, _ b: String) -> Int {
  let columns = Array(b)
  var row = Array(0...columns.count)
  for (i, character) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in columns.enumerated() {
      let replaced = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[columns.count]
}
