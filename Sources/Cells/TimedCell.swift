import SwiftParser
import SwiftSyntax

/// The source of a cell that times code, as `%timeit` runs it.
///
/// The timed code becomes the body of a function that is never inlined, and its values go to an
/// opaque function: so the optimiser can neither drop the work nor move it out of the loop.
package struct TimedCell: Sendable, Equatable {
  /// Swift source; its trailing expression is a text of numbers: loops in each run, then the
  /// nanoseconds of every run.
  package let source: String

  /// - Parameters:
  ///   - body: What is timed.
  ///   - line: The line of the cell at which `body` begins.
  ///   - setup: What runs once before the loops of each run, on the line before.
  ///   - label: The cell's name in diagnostics.
  ///   - loops: How often the body runs in each run; `nil` finds a count that takes 0.2 s.
  ///   - runs: How many runs are timed.
  package init(
    body: String, line: Int, setup: String, label: String, loops: Int?, runs: Int
  ) {
    let file = Parser.parse(source: body)
    let isAsync = Self.hasAwait(file) || Self.hasAwait(Parser.parse(source: setup))
    let effects = isAsync ? "async throws" : "throws"
    let call = isAsync ? "try await" : "try"
    let set = Self.place(label, max(line - 1, 1)) + setup + "\n"
    source = """
      @_silgen_name("martlet_sink") fileprivate func mtlSink<T>(_ value: T)
      @_silgen_name("martlet_clock") fileprivate func martletClock() -> Int
      @inline(never) fileprivate func martletTimed(_ loops: Int) \(effects) -> Int {
      \(setup.isEmpty ? "" : set)@inline(never) func martletBody() \(effects) {
      \(Self.sinking(file, line: line, label: label))
      }
      let martletStart = martletClock()
      for _ in 0..<loops { \(call) martletBody() }
      return martletClock() - martletStart
      }
      fileprivate func martletRuns() \(effects) -> String {
      var loops = \(loops ?? 1)
      var steps = [2, 5, 10], scale = 1
      while \(loops == nil), \(call) martletTimed(loops) < 200_000_000, scale < 1_000_000_000 {
      loops = steps[0] * scale
      steps.removeFirst()
      if steps.isEmpty { (steps, scale) = ([2, 5, 10], scale * 10) }
      }
      var results = [loops]
      for _ in 0..<\(runs) { results.append(\(call) martletTimed(loops)) }
      return results.map { String($0) }.joined(separator: " ")
      }
      \(call) martletRuns()
      """
  }

  /// The body with its top-level values handed to the sink, on lines and columns of their own.
  private static func sinking(_ file: SourceFileSyntax, line first: Int, label: String) -> String {
    let locations = SourceLocationConverter(fileName: label, tree: file)
    var text = ""
    for item in file.statements {
      let start = locations.location(for: item.positionAfterSkippingLeadingTrivia)
      let line = start.line + first - 1
      let code = item.item.trimmedDescription
      guard case .expr(let expression) = item.item, CellRewriter.isValue(expression) else {
        text += place(label, line) + spaces(start.column - 1) + code + "\n"
        continue
      }
      if start.column > 8 {
        text += place(label, line) + spaces(start.column - 9) + "mtlSink(" + code + "\n)\n"
      } else {
        text +=
          place(label, max(line - 1, 1)) + "mtlSink(\n" + spaces(start.column - 1) + code
          + "\n)\n"
      }
    }
    return text
  }

  private static func place(_ label: String, _ line: Int) -> String {
    "#sourceLocation(file: \"\(label)\", line: \(line))\n"
  }

  private static func spaces(_ count: Int) -> String {
    String(repeating: " ", count: max(count, 0))
  }

  private static func hasAwait(_ file: SourceFileSyntax) -> Bool {
    file.tokens(viewMode: .sourceAccurate).contains { $0.tokenKind == .keyword(.await) }
  }
}
