/// A cell as the assistant sees it: its bytes, the cursor, and what the cursor stands in.
struct CellText {
  /// What surrounds the cursor.
  enum Place: Equatable {
    /// Swift code.
    case code
    case comment
    /// A string literal whose contents begin at `start`; `isPlain` when it is one line without
    /// escapes so far.
    case string(start: Int, isPlain: Bool)
    /// The name of a directive, `%` at offset `start`.
    case directive(start: Int)
    /// What follows a directive's name, the path of a file perhaps, of which `typed` is there.
    case argument(typed: String)
  }

  /// The UTF-8 of the code; directive lines, a leading question mark and NUL characters are blanks,
  /// offsets stay.
  private(set) var bytes: [UInt8]
  /// The cursor as an offset into `bytes`.
  let cursor: Int
  /// What surrounds the cursor.
  private(set) var place = Place.code
  /// Offsets of the brackets that are open at the cursor, innermost last, in the innermost code.
  private(set) var openBrackets: [Int] = []
  /// The directive line up to the cursor; empty in code.
  private(set) var directive: [UInt8] = []

  /// - Parameters:
  ///   - code: The cell.
  ///   - scalars: The cursor, in Unicode scalars; one outside the code means its nearest end.
  init(code: String, cursor scalars: Int) {
    bytes = Array(code.utf8)
    var seen = 0
    var offset = 0
    while offset < bytes.count {
      if !isContinuation(bytes[offset]) {
        if seen >= scalars { break }
        seen += 1
      }
      offset += 1
    }
    cursor = offset
    blankDirectives()
    if directive.isEmpty { scan() }
  }

  /// The offset of `byte` in Unicode scalars.
  func scalars(before byte: Int) -> Int {
    bytes[..<byte].reduce(0) { isContinuation($1) ? $0 : $0 + 1 }
  }

  /// The bytes from `start` to `end` as text.
  func text(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// Where the identifier that ends at `end` begins; `end` itself when there is none.
  func identifierStart(before end: Int) -> Int {
    var start = end
    while start > 0, isIdentifier(bytes[start - 1]) { start -= 1 }
    return start
  }

  /// Offsets of the names that an inspection at the cursor may mean, the likeliest first.
  var inspectedNames: [Int] {
    guard place == .code else { return [] }
    var names: [Int] = []
    func add(nameBefore end: Int) {
      var end = end
      // Over blanks, and over the marks of `name?` and `name!`.
      while end > 0, " ?!".utf8.contains(bytes[end - 1]) { end -= 1 }
      let start = identifierStart(before: end)
      if start < end, !isDigit(bytes[start]), !names.contains(start) { names.append(start) }
    }
    var end = cursor
    while end < bytes.count, isIdentifier(bytes[end]) { end += 1 }
    if identifierStart(before: end) < end {
      add(nameBefore: end)
    } else if cursor > 0, bytes[cursor - 1] == UInt8(ascii: "(") {
      add(nameBefore: cursor - 1)
    }
    // Inside the parentheses of a call, the function that is called.
    if let bracket = openBrackets.last, bytes[bracket] == UInt8(ascii: "(") {
      add(nameBefore: beforeGenericArguments(bracket))
    }
    if names.isEmpty { add(nameBefore: cursor) }
    return names
  }

  /// Steps back over `<…>` that ends right before `end`.
  private func beforeGenericArguments(_ end: Int) -> Int {
    guard end > 0, bytes[end - 1] == UInt8(ascii: ">") else { return end }
    var depth = 0
    var offset = end
    while offset > 0 {
      offset -= 1
      switch bytes[offset] {
      case UInt8(ascii: ">"): depth += 1
      case UInt8(ascii: "<"):
        depth -= 1
        if depth == 0 { return offset }
      case UInt8(ascii: "\n"): return end
      default: break
      }
    }
    return end
  }

  /// Turns directive lines and NUL characters into blanks, and notes the cursor's own directive.
  private mutating func blankDirectives() {
    var start = 0
    var isLeading = true
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let first =
        isLeading ? bytes[start..<end].firstIndex { $0 != UInt8(ascii: " ") } ?? end : start
      if isDirective(from: first, to: end, isLeading: isLeading) {
        let code = embeddedCode(from: first, to: end)
        if first < cursor, cursor <= end, cursor <= code { noteDirective(from: first) }
        for offset in start..<code { bytes[offset] = UInt8(ascii: " ") }
      } else if first < end {
        isLeading = false
      }
      start = end + 1
    }
    // As in `?name`, which asks for help.
    if bytes.first == UInt8(ascii: "?") {
      for offset in bytes.prefix(2).indices where bytes[offset] == UInt8(ascii: "?") {
        bytes[offset] = UInt8(ascii: " ")
      }
    }
    for offset in bytes.indices where bytes[offset] == 0 { bytes[offset] = UInt8(ascii: " ") }
  }

  /// Whether the line is `%name` or `%%name`, perhaps not typed to its end, or a `!command`.
  private func isDirective(from start: Int, to end: Int, isLeading: Bool) -> Bool {
    guard start < end else { return false }
    if bytes[start] == UInt8(ascii: "!") { return isLeading }
    var offset = start
    while offset < end, bytes[offset] == UInt8(ascii: "%"), offset < start + 2 { offset += 1 }
    guard offset > start else { return false }
    return offset == end || offset == cursor || isLetter(bytes[offset])
  }

  /// Where the Swift begins that a directive runs, as in `%time f()`; `end` when it runs none.
  private func embeddedCode(from start: Int, to end: Int) -> Int {
    let words = bytes[start..<end].split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard words.count == 2,
      ["%time", "%timeit"].contains(String(decoding: words[0], as: UTF8.self))
    else { return end }
    // Options come first, as in `%timeit -n 100 f()`.
    var offset = words[1].startIndex
    while offset < end, bytes[offset] == UInt8(ascii: "-") {
      for _ in 0..<2 {
        offset = bytes[offset..<end].firstIndex(of: UInt8(ascii: " ")) ?? end
        while offset < end, bytes[offset] == UInt8(ascii: " ") { offset += 1 }
      }
    }
    return offset
  }

  /// Notes that the cursor stands in the directive line that begins at `start`.
  private mutating func noteDirective(from start: Int) {
    directive = Array(bytes[start..<cursor])
    guard directive[0] == UInt8(ascii: "!") || directive.contains(UInt8(ascii: " ")) else {
      place = .directive(start: start)
      return
    }
    // A path begins after the last blank, or after the quotation mark that is open.
    let quotes = directive.indices.filter { directive[$0] == UInt8(ascii: "\"") }
    let isQuoted = quotes.count % 2 == 1
    let separators = Array(" !=:(,;|<>\"".utf8)
    let last = isQuoted ? quotes.last : directive.lastIndex(where: separators.contains)
    place = .argument(
      typed: String(decoding: directive[((last ?? 0) + 1)...], as: UTF8.self))
  }
}

extension CellText {
  /// One level of nesting on the way to the cursor.
  private enum Mode {
    case code(brackets: [Int])
    case string(start: Int, hashes: Int, isMultiline: Bool)
  }

  /// Reads strings, comments and brackets from the start to the cursor.
  private mutating func scan() {
    var modes = [Mode.code(brackets: [])]
    var offset = 0
    while offset < cursor {
      switch modes[modes.count - 1] {
      case .code(var brackets):
        let byte = bytes[offset]
        switch byte {
        case UInt8(ascii: "/") where matches("//", at: offset):
          let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
          if cursor > offset + 1, cursor <= end { place = .comment }
          offset = end
          continue
        case UInt8(ascii: "/") where matches("/*", at: offset):
          let end = commentEnd(from: offset)
          if cursor > offset + 1, cursor < end || !matches("*/", at: end - 2) { place = .comment }
          offset = end
          continue
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
          if let (mode, start) = openString(at: offset) {
            modes.append(mode)
            offset = start
            continue
          }
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
          brackets.append(offset)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
          if brackets.popLast() == nil, byte == UInt8(ascii: ")"), modes.count > 1 {
            modes.removeLast()
            offset += 1
            continue
          }
        default: break
        }
        modes[modes.count - 1] = .code(brackets: brackets)
        offset += 1
      case .string(_, let hashes, let isMultiline):
        let byte = bytes[offset]
        let marks = String(repeating: "#", count: hashes)
        let close = (isMultiline ? "\"\"\"" : "\"") + marks
        if byte == UInt8(ascii: "\""), matches(close, at: offset) {
          modes.removeLast()
          offset += close.utf8.count
        } else if byte == UInt8(ascii: "\\"), matches("\\" + marks, at: offset) {
          offset += 1 + hashes
          if offset < cursor, bytes[offset] == UInt8(ascii: "(") {
            modes.append(.code(brackets: []))
          }
          offset += 1
        } else if byte == UInt8(ascii: "\n"), !isMultiline {
          modes.removeLast()
        } else {
          offset += 1
        }
      }
    }
    guard place == .code else { return }
    switch modes[modes.count - 1] {
    case .code(let brackets): openBrackets = brackets
    case .string(let start, let hashes, let isMultiline):
      let start = min(start, cursor)
      let hasEscapes = bytes[start..<cursor].contains(UInt8(ascii: "\\"))
      let isPlain = !isMultiline && hashes == 0 && !hasEscapes
      place = .string(start: start, isPlain: isPlain)
    }
  }

  /// The string literal that opens at `offset`, with the offset of its contents.
  private func openString(at offset: Int) -> (Mode, Int)? {
    var quote = offset
    while quote < bytes.count, bytes[quote] == UInt8(ascii: "#") { quote += 1 }
    guard quote < bytes.count, bytes[quote] == UInt8(ascii: "\"") else { return nil }
    let isMultiline = matches("\"\"\"", at: quote)
    let start = quote + (isMultiline ? 3 : 1)
    let mode = Mode.string(start: start, hashes: quote - offset, isMultiline: isMultiline)
    return (mode, start)
  }

  /// The offset after the comment that opens at `offset`; comments nest.
  private func commentEnd(from offset: Int) -> Int {
    var depth = 0
    var offset = offset
    while offset < bytes.count {
      if matches("/*", at: offset) {
        depth += 1
        offset += 2
      } else if matches("*/", at: offset) {
        depth -= 1
        offset += 2
        if depth == 0 { return offset }
      } else {
        offset += 1
      }
    }
    return offset
  }

  private func matches(_ text: String, at offset: Int) -> Bool {
    offset >= 0 && bytes[offset...].starts(with: text.utf8)
  }
}

/// Whether `byte` continues a scalar in UTF-8.
private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

private func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// Whether `byte` can be part of an identifier; what is not ASCII counts as a letter.
func isIdentifier(_ byte: UInt8) -> Bool {
  isLetter(byte) || isDigit(byte) || byte >= 0x80 || byte == UInt8(ascii: "_")
    || byte == UInt8(ascii: "$")
}
