/// How deep a cell's brackets nest, found without parsing it.
///
/// The toolchain's parser takes twice as long for each array literal that begins inside another, and
/// gives up beyond 256 levels of any kind; neither may hold up the kernel.
package struct BracketNesting: Sendable {
  /// The deepest nesting of square brackets that is parsed.
  package static let squareLimit = 14
  /// The deepest nesting of all brackets that is parsed.
  package static let limit = 250

  /// Where the nesting goes too deep, 1-based and in bytes; `nil` where it does not.
  package let excess: (line: Int, column: Int)?

  /// What a part of the source stands in.
  private enum Mode: Equatable {
    case code
    case string(hashes: Int, isMultiline: Bool)
  }

  package init(of source: String) {
    var scanner = Scanner(Array(source.utf8))
    scanner.scan()
    guard let offset = scanner.excess else {
      excess = nil
      return
    }
    let before = scanner.bytes[..<offset]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    excess = (before.count { $0 == UInt8(ascii: "\n") } + 1, offset - lineStart + 1)
  }

  private struct Scanner {
    let bytes: [UInt8]
    private(set) var excess: Int?
    private var offset = 0
    private var modes = [Mode.code]
    /// The open brackets of every level of code, innermost last.
    private var brackets: [[UInt8]] = [[]]
    private var depth = 0
    private var squareDepth = 0

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
    }

    mutating func scan() {
      while offset < bytes.count, excess == nil {
        switch modes[modes.count - 1] {
        case .code: scanCode()
        case .string(let hashes, let isMultiline):
          scanString(hashes: hashes, isMultiline: isMultiline)
        }
      }
    }

    private mutating func scanCode() {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "/") where next == UInt8(ascii: "/"):
        offset = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        return
      case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
        skipComment()
        return
      case UInt8(ascii: "\""), UInt8(ascii: "#"):
        if openString() { return }
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        open(byte)
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        close()
      default: break
      }
      offset += 1
    }

    private var next: UInt8? { offset + 1 < bytes.count ? bytes[offset + 1] : nil }

    private mutating func open(_ byte: UInt8) {
      brackets[brackets.count - 1].append(byte)
      depth += 1
      if byte == UInt8(ascii: "[") { squareDepth += 1 }
      if squareDepth > BracketNesting.squareLimit || depth > BracketNesting.limit {
        excess = offset
      }
    }

    private mutating func close() {
      if let opened = brackets[brackets.count - 1].popLast() {
        depth -= 1
        if opened == UInt8(ascii: "[") { squareDepth -= 1 }
      } else if modes.count > 1 {
        // The end of an interpolation.
        modes.removeLast()
        brackets.removeLast()
        depth -= 1
      }
    }

    private mutating func skipComment() {
      var level = 0
      while offset < bytes.count {
        if bytes[offset] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
          level += 1
          offset += 2
        } else if bytes[offset] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
          level -= 1
          offset += 2
          if level == 0 { return }
        } else {
          offset += 1
        }
      }
    }

    /// Steps into the string literal that begins here, if one does.
    private mutating func openString() -> Bool {
      let quote = bytes[offset...].firstIndex { $0 != UInt8(ascii: "#") } ?? bytes.count
      guard quote < bytes.count, bytes[quote] == UInt8(ascii: "\"") else { return false }
      let isMultiline = bytes[quote...].starts(with: "\"\"\"".utf8)
      modes.append(.string(hashes: quote - offset, isMultiline: isMultiline))
      offset = quote + (isMultiline ? 3 : 1)
      return true
    }

    private mutating func scanString(hashes: Int, isMultiline: Bool) {
      let marks = bytes[offset...].dropFirst().prefix { $0 == UInt8(ascii: "#") }.count
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        let quotes = isMultiline ? 3 : 1
        let isEnd =
          bytes[offset...].starts(with: repeatElement(UInt8(ascii: "\""), count: quotes))
          && bytes[(offset + quotes)...].prefix(hashes).count { $0 == UInt8(ascii: "#") } == hashes
        if isEnd { modes.removeLast() }
        offset += isEnd ? quotes + hashes : 1
      case UInt8(ascii: "\\") where marks >= hashes:
        offset += 1 + hashes
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "(") {
          modes.append(.code)
          brackets.append([])
          depth += 1
          if depth > BracketNesting.limit { excess = offset }
        }
        offset = min(offset + 1, bytes.count)
      case UInt8(ascii: "\n") where !isMultiline:
        modes.removeLast()
      default: offset += 1
      }
    }
  }
}
