/// A command line that cannot be understood; the program then exits with status 64.
package struct UsageError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// The words after a subcommand's name, taken off one kind after the other.
///
/// Options come anywhere; `--name value` and `--name=value` mean the same; after `--` everything is
/// a word.
package struct Arguments {
  private var words: [String]
  /// The words after `--`.
  private var literal: [String] = []

  package init(_ words: [String]) {
    let end = words.firstIndex(of: "--") ?? words.endIndex
    self.words = Array(words[..<end])
    if end < words.endIndex { literal = Array(words[(end + 1)...]) }
  }

  /// Takes the flag `names` off and says whether it was there.
  package mutating func flag(_ names: String...) -> Bool {
    let before = words.count
    words.removeAll { names.contains($0) }
    return words.count < before
  }

  /// Takes off every word that is no option; nothing follows from them.
  package mutating func ignoreOperands() {
    words.removeAll { !$0.hasPrefix("-") }
  }

  /// Takes every occurrence of the option `names` off and returns their values.
  package mutating func options(_ names: String...) throws(UsageError) -> [String] {
    var values: [String] = []
    var rest: [String] = []
    var index = words.startIndex
    while index < words.endIndex {
      let word = words[index]
      index += 1
      if names.contains(word) {
        guard index < words.endIndex else { throw UsageError("\(word) needs a value after it") }
        values.append(words[index])
        index += 1
      } else if let name = names.first(where: { $0.hasPrefix("--") && word.hasPrefix("\($0)=") }) {
        let value = String(word.dropFirst(name.count + 1))
        guard !value.isEmpty else { throw UsageError("\(name) needs a value; it is empty") }
        values.append(value)
      } else {
        rest.append(word)
      }
    }
    words = rest
    return values
  }

  /// Takes the option `names` off, which may be given once.
  package mutating func option(_ names: String...) throws(UsageError) -> String? {
    var values: [String] = []
    for name in names { values += try options(name) }
    guard values.count < 2 else { throw UsageError("\(names[0]) is given twice; keep one") }
    return values.first
  }

  /// Takes the option `names` off, a whole number of at least `minimum`.
  package mutating func count(_ names: String..., minimum: Int) throws(UsageError) -> Int? {
    var texts: [String] = []
    for name in names { texts += try options(name) }
    guard let text = texts.last else { return nil }
    guard let count = Int(text), count >= minimum else {
      throw UsageError("\(names[0]) needs a whole number of at least \(minimum), not \"\(text)\"")
    }
    return count
  }

  /// Refuses what nothing has taken.
  package func finish() throws(UsageError) {
    guard let first = (words + literal).first else { return }
    throw UsageError("\"\(first)\" is not understood here")
  }

  /// Takes the words off that are left, of which there must be as many as `range` allows.
  package mutating func operands(_ range: ClosedRange<Int>, of what: String) throws(UsageError)
    -> [String]
  {
    if let unknown = words.first(where: { $0.hasPrefix("-") && $0 != "-" }) {
      throw UsageError("there is no option \(unknown) here")
    }
    let operands = words + literal
    (words, literal) = ([], [])
    guard operands.count <= range.upperBound else {
      throw UsageError("\"\(operands[range.upperBound])\" is one word too many; give \(what)")
    }
    guard operands.count >= range.lowerBound else {
      throw UsageError("something is missing; give \(what)")
    }
    return operands
  }
}

extension Arguments {
  /// Takes the first word off, which names a subcommand; an option before it is unknown.
  package mutating func command() throws(UsageError) -> String? {
    guard let first = words.first else { return nil }
    guard !first.hasPrefix("-") else { throw UsageError("there is no option \(first)") }
    words.removeFirst()
    return first
  }
}
