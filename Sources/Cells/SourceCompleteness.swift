import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// Whether source is a whole cell, as the toolchain's parser sees it.
package enum SourceCompleteness: Sendable, Equatable {
  case complete
  /// More has to follow; `indent` suits the next line.
  case incomplete(indent: String)
  case invalid

  /// Judges `source`.
  package init(of source: String) {
    guard BracketNesting(of: source).excess == nil else {
      self = .invalid
      return
    }
    let file = Parser.parse(source: source)
    guard file.hasError else {
      self = Self.endsOpen(source) ? .incomplete(indent: Self.indent(after: source)) : .complete
      return
    }
    let end = source.utf8.count - source.utf8.reversed().prefix { Self.isSpace($0) }.count
    let missingAtEnd = MissingFinder.isMissing(in: file, atOrAfter: end)
    let errors = ParseDiagnosticsGenerator.diagnostics(for: file)
    let isOnlyAtEnd = errors.allSatisfy { $0.position.utf8Offset >= end || missingAtEnd }
    let unexpected = MissingFinder.hasUnexpected(in: file, before: end)
    if missingAtEnd, isOnlyAtEnd, !unexpected {
      self = .incomplete(indent: Self.indent(after: source))
    } else {
      self = .invalid
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  /// Whether the last line continues in the next, though the parser takes it as it is.
  private static func endsOpen(_ source: String) -> Bool {
    let backslash = UInt8(ascii: "\\")
    let rest = source.utf8.reversed().drop(while: isSpace)
    return rest.first == backslash && rest.dropFirst().first != backslash
  }

  /// The indentation of the last line, two spaces deeper after an opening bracket.
  private static func indent(after source: String) -> String {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: true)
    guard let last = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }) else { return "" }
    let spaces = last.prefix { $0 == " " || $0 == "\t" }
    let end = last.reversed().first { !$0.isWhitespace }
    let opens = end.map { "{([".contains($0) } ?? false
    return String(spaces) + (opens ? "  " : "")
  }
}

private final class MissingFinder: SyntaxVisitor {
  private let end: Int
  private var isMissing = false
  private var hasUnexpected = false

  private init(end: Int) {
    self.end = end
    super.init(viewMode: .all)
  }

  static func isMissing(in file: SourceFileSyntax, atOrAfter end: Int) -> Bool {
    let finder = MissingFinder(end: end)
    finder.walk(file)
    return finder.isMissing
  }

  static func hasUnexpected(in file: SourceFileSyntax, before end: Int) -> Bool {
    let finder = MissingFinder(end: end)
    finder.walk(file)
    return finder.hasUnexpected
  }

  override func visit(_ token: TokenSyntax) -> SyntaxVisitorContinueKind {
    if token.presence == .missing, token.positionAfterSkippingLeadingTrivia.utf8Offset >= end {
      isMissing = true
    }
    return .skipChildren
  }

  override func visit(_ node: UnexpectedNodesSyntax) -> SyntaxVisitorContinueKind {
    hasUnexpected = true
    return .skipChildren
  }
}
