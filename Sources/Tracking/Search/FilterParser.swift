/// A condition that runs meet or do not meet.
indirect enum RunFilter: Equatable {
  case comparison(FilterField, FilterComparator, Value)
  case all([RunFilter])
  case any([RunFilter])

  /// What a field is compared with.
  enum Value: Equatable {
    case none
    case number(Double)
    case text(String)
    case texts([String])
  }

  /// Reads a filter in MLflow's language, with `OR` and parentheses beside its `AND`.
  ///
  /// - SeeAlso: MLflow's documentation, "Search Runs", section "Search query syntax overview".
  ///
  /// - Parameters:
  ///   - text: The filter; one of spaces only is met by all.
  ///   - subject: What is searched for.
  /// - Throws: ``TrackingError/invalidFilter(filter:position:reason:hint:)``.
  init(_ text: String, of subject: SearchSubject = .runs) throws(TrackingError) {
    do throws(FilterFault) {
      var parser = FilterParser(try Self.tokens(of: text), subject)
      self = try parser.filter()
    } catch {
      throw .invalidFilter(
        filter: text, position: error.range.lowerBound, reason: error.reason, hint: error.hint)
    }
  }

  private static func tokens(of text: String) throws(FilterFault) -> [FilterToken] {
    var lexer = FilterLexer(text)
    return try lexer.tokens()
  }
}

/// Reads the words of a filter or an order.
///
/// ```
/// filter     = [ any ]
/// any        = all { OR all }
/// all        = clause { AND clause }
/// clause     = "(" any ")" | field comparator value | field IS [NOT] NULL
/// ```
struct FilterParser {
  private let tokens: [FilterToken]
  private let subject: SearchSubject
  private var index = 0
  private var depth = 0
  private var valueCount = 0

  init(_ tokens: [FilterToken], _ subject: SearchSubject) {
    self.tokens = tokens
    self.subject = subject
  }

  var token: FilterToken { tokens[index] }

  mutating func filter() throws(FilterFault) -> RunFilter {
    if token.kind == .end { return .all([]) }
    let filter = try any()
    guard token.kind == .end else {
      throw FilterFault(
        token.range, "\(token.description) follows a complete condition",
        hint: "Join conditions with AND or OR.")
    }
    return filter
  }

  private mutating func any() throws(FilterFault) -> RunFilter {
    var parts = [try all()]
    while take("OR") { parts.append(try all()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all() throws(FilterFault) -> RunFilter {
    var parts = [try clause()]
    while take("AND") { parts.append(try clause()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func clause() throws(FilterFault) -> RunFilter {
    guard token.kind == .openingParenthesis else { return try comparison() }
    let opening = token.range
    guard depth < 100 else {
      throw FilterFault(
        opening, "there are over 100 parentheses within each other", hint: "Write fewer.")
    }
    index += 1
    depth += 1
    let filter = try any()
    depth -= 1
    guard token.kind == .closingParenthesis else {
      throw FilterFault(opening, "the parenthesis is not closed", hint: "Write \")\" at its end.")
    }
    index += 1
    return filter
  }

  private mutating func comparison() throws(FilterFault) -> RunFilter {
    let field = try field()
    let place = token.range
    guard let comparator = takeComparator() else {
      throw FilterFault(
        place, "\(token.description) is no comparator",
        hint: "\(field.description) takes \(Self.list(field.comparators)).")
    }
    guard field.comparators.contains(comparator) else {
      throw FilterFault(
        place, "\(field.description) cannot be compared with \(comparator.rawValue)",
        hint: "It takes \(Self.list(field.comparators)).")
    }
    return .comparison(field, comparator, try value(of: field, comparator))
  }

  private static func list(_ comparators: [FilterComparator]) -> String {
    comparators.map(\.rawValue).joined(separator: ", ")
  }

  /// Takes a field's name: `metrics.loss`, ``tags.`my tag` ``, `start_time`.
  mutating func field() throws(FilterFault) -> FilterField {
    let first = token
    switch first.kind {
    case .quoted(let key, let quote) where quote != "'":
      index += 1
      return try FilterField(of: subject, entity: nil, key: key, range: first.range)
    case .word(let word) where !["AND", "OR", "NOT"].contains(word.uppercased()):
      index += 1
      guard let dot = word.firstIndex(of: ".") else {
        return try FilterField(of: subject, entity: nil, key: word, range: first.range)
      }
      let (entity, rest) = (String(word[..<dot]), String(word[word.index(after: dot)...]))
      if rest.isEmpty, case .quoted(let key, _) = token.kind,
        token.range.lowerBound == first.range.upperBound
      {
        let range = first.range.lowerBound..<token.range.upperBound
        index += 1
        return try FilterField(of: subject, entity: entity, key: key, range: range)
      }
      return try FilterField(of: subject, entity: entity, key: rest, range: first.range)
    default:
      throw FilterFault(
        first.range, "a name is expected, not \(first.description)",
        hint: "A condition is like metrics.loss < 0.5 or params.model = 'cnn'.")
    }
  }

  private mutating func takeComparator() -> FilterComparator? {
    switch token.kind {
    case .comparator(let text):
      guard let comparator = FilterComparator(rawValue: text) else { return nil }
      index += 1
      return comparator
    case .word:
      if take("LIKE") { return .like }
      if take("ILIKE") { return .caseInsensitiveLike }
      if take("IN") { return .isIn }
      if take("NOT", "IN") { return .isNotIn }
      if take("IS", "NULL") { return .isNull }
      if take("IS", "NOT", "NULL") { return .isNotNull }
      return nil
    default: return nil
    }
  }

  /// Takes `keywords` if they are what follows.
  mutating func take(_ keywords: String...) -> Bool {
    guard index + keywords.count < tokens.count,
      zip(tokens[index...], keywords).allSatisfy({ $0.isKeyword($1) })
    else { return false }
    index += keywords.count
    return true
  }

  private mutating func value(
    of field: FilterField, _ comparator: FilterComparator
  ) throws(FilterFault) -> RunFilter.Value {
    switch comparator {
    case .isNull, .isNotNull: return .none
    case .isIn, .isNotIn: return .texts(try texts(of: field))
    default: break
    }
    guard field.isNumeric else { return .text(try text(of: field)) }
    guard let word = numeral(of: field), let number = Self.number(word) else {
      throw FilterFault(
        token.range,
        "\(field.description) is compared with a number, not with \(token.description)",
        hint: "Write one such as 0.5, -3 or 1e-4, without quotes.")
    }
    index += 1
    try count()
    return .number(number)
  }

  /// The next token's digits; those of a version may stand between quotes.
  private func numeral(of field: FilterField) -> String? {
    switch token.kind {
    case .word(let word): return word
    case .quoted(let text, let quote) where quote != "`" && field.isVersion: return text
    default: return nil
    }
  }

  /// The number that `word` is; no infinity, and no hexadecimal digits.
  private static func number(_ word: String) -> Double? {
    let allowed = "0123456789.-+eE".unicodeScalars
    guard word.unicodeScalars.allSatisfy({ allowed.contains($0) }) else { return nil }
    return Double(word)
  }

  private mutating func text(of field: FilterField) throws(FilterFault) -> String {
    guard case .quoted(let text, let quote) = token.kind, quote != "`" else {
      throw FilterFault(
        token.range, "\(field.description) is compared with a text, not with \(token.description)",
        hint: "Write it between quotes: 'text'.")
    }
    guard text.utf8.count <= 40_000 else {
      throw FilterFault(
        token.range, "the text has \(text.utf8.count) bytes",
        hint: "Nothing that is stored is compared with over 40,000.")
    }
    index += 1
    try count()
    return text
  }

  private mutating func texts(of field: FilterField) throws(FilterFault) -> [String] {
    guard token.kind == .openingParenthesis else {
      throw FilterFault(
        token.range, "IN is followed by a list, not by \(token.description)",
        hint: "Write one such as ('a', 'b').")
    }
    index += 1
    var texts = [try text(of: field)]
    while token.kind == .comma {
      index += 1
      if token.kind == .closingParenthesis { break }
      texts.append(try text(of: field))
    }
    guard token.kind == .closingParenthesis else {
      throw FilterFault(
        token.range, "the list goes on with \(token.description)",
        hint: "Put commas between its texts and \")\" at its end.")
    }
    index += 1
    return texts
  }

  /// Counts a value, of which SQLite takes so many.
  private mutating func count() throws(FilterFault) {
    valueCount += 1
    guard valueCount <= 10_000 else {
      throw FilterFault(token.range, "there are over 10,000 values", hint: "Search in parts.")
    }
  }
}
