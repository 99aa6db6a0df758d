import Kernel

extension DirectiveTable {
  static let history = DirectiveDefinition(
    name: "history", form: .line,
    usage: [
      "%history [-n] [-o] [-u] [-l COUNT] [RANGE]...", "%history [-o] [-u] [-l COUNT] -g PATTERN",
    ],
    summary: "Print the cells of this session as they were run, or search those of all sessions.",
    details: """
      RANGE is a number as in 4, numbers as in 2-5, or 7- for all from 7 on. ~1/ stands for the session
      before this one, ~2/3-7 for cells of the one before that, and 12/ for session 12.
      -g finds the cells of all sessions that hold PATTERN, in which * stands for any text, ? for one
      character and [ab] for one of a set. -l keeps the last COUNT cells; without RANGE and -g, of all
      sessions. -n prints the numbers, -o the results too, and -u the last one of equal cells.
      """
  ) { call throws(DirectiveError) in
    try call.printHistory(HistoryArguments(try call.words()))
  }
}

/// What `%history` was asked for.
struct HistoryArguments {
  var hasNumbers = false
  var hasOutputs = false
  var isUnique = false
  var limit: Int?
  var pattern: String?
  var ranges: [CellRange] = []

  init(_ words: [String]) throws(DirectiveError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "-n": hasNumbers = true
      case "-o": hasOutputs = true
      case "-u": isUnique = true
      case "-l":
        guard let text = rest.popFirst(), let count = Int(text), count > 0 else {
          throw .usage("-l needs how many cells to print")
        }
        limit = count
      case "-g":
        guard !rest.isEmpty else { throw .usage("-g needs a pattern") }
        // Patterns with spaces need no quotation marks.
        pattern = rest.joined(separator: " ")
        rest = []
      default: ranges.append(try CellRange(word))
      }
    }
    if pattern != nil, !ranges.isEmpty {
      throw .usage("-g searches all sessions; it takes no range")
    }
  }
}

/// Cells of a session by their execution counts.
struct CellRange {
  /// 0 for this session, -1 for the one before, or a session's number.
  let session: Int
  let lines: ClosedRange<Int>

  /// Reads `4`, `2-5`, `7-`, `~1/`, `~1/2-5` and `12/4`.
  init(_ word: String) throws(DirectiveError) {
    var lines = word[...]
    var session = 0
    if let slash = word.firstIndex(of: "/") {
      lines = word[word.index(after: slash)...]
      let isBack = word.hasPrefix("~")
      guard let number = Int(word[..<slash].drop { $0 == "~" }), number > 0 else {
        throw Self.invalid(word)
      }
      session = isBack ? -number : number
    }
    if lines.isEmpty, session != 0 { lines = "1-" }
    let ends = lines.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = Int(ends[0]), first > 0,
      let last = ends.count == 1 ? first : ends[1].isEmpty ? Int.max : Int(ends[1]),
      last >= first
    else { throw Self.invalid(word) }
    (self.session, self.lines) = (session, first...last)
  }

  private static func invalid(_ word: String) -> DirectiveError {
    .usage("\"\(word)\" is no range of cells; write 4, 2-5, 7- or ~1/2-5")
  }

  var query: HistoryQuery {
    .range(
      session: session, start: lines.lowerBound,
      stop: lines.upperBound == .max ? nil : lines.upperBound + 1)
  }
}

extension DirectiveCall {
  fileprivate func printHistory(_ arguments: HistoryArguments) throws(DirectiveError) {
    var entries: [HistoryEntry]
    if let pattern = arguments.pattern {
      entries = pastCells(
        .search(pattern: "*\(pattern)*", limit: nil, isUnique: false))
    } else if arguments.ranges.isEmpty, arguments.limit != nil {
      entries = pastCells(.search(pattern: "*", limit: nil, isUnique: false))
    } else {
      entries = cells(in: arguments.ranges)
    }
    if arguments.isUnique {
      var seen: Set<String> = []
      entries = entries.reversed().filter { seen.insert($0.source).inserted }.reversed()
    }
    if let limit = arguments.limit { entries = entries.suffix(limit) }
    guard !entries.isEmpty else { return print("No cell was found.") }
    // Among cells of several sessions, only the numbers tell where they are from.
    let hasNumbers =
      arguments.hasNumbers || arguments.pattern != nil || entries.contains { $0.session != 0 }
    let numbers = entries.map { $0.session == 0 ? "\($0.line)" : "\($0.session)/\($0.line)" }
    let width = numbers.map(\.count).max() ?? 0
    var texts: [String] = []
    for (number, entry) in zip(numbers, entries) {
      texts.append(hasNumbers ? "\(number.paddedLeft(to: width)): \(entry.source)" : entry.source)
      guard arguments.hasOutputs, let output = entry.output else { continue }
      texts += output.split(separator: "\n", omittingEmptySubsequences: false).map { "// → \($0)" }
    }
    print(texts.joined(separator: "\n"))
  }

  /// The cells of ranges; all of this session, if there are none.
  ///
  /// Those of this session have the session 0, and the running cell is left out.
  func cells(in ranges: [CellRange]) -> [HistoryEntry] {
    let own = session.history.inputs.dropLast()
    let outputs = Dictionary(
      (session.store?.cells(.range(session: 0, start: 1, stop: nil)) ?? []).map {
        ($0.line, $0.output)
      }, uniquingKeysWith: { $1 })
    let cells = own.map {
      HistoryEntry(
        session: 0, line: $0.count, source: $0.source, output: outputs[$0.count] ?? nil)
    }
    guard !ranges.isEmpty else { return cells }
    return ranges.flatMap { range in
      range.session == 0
        ? cells.filter { range.lines.contains($0.line) } : pastCells(range.query)
    }
  }

  /// Cells of all sessions without the running one; those of this session have the session 0.
  private func pastCells(_ query: HistoryQuery) -> [HistoryEntry] {
    let cells: [HistoryEntry]
    if let store = session.store {
      let current = store.cells(.range(session: 0, start: 1, stop: nil)).last?.session
      cells = store.cells(query).map { entry in
        var entry = entry
        if entry.session == current { entry.session = 0 }
        return entry
      }
    } else if case .search(let pattern, _, _) = query {
      let glob = GlobPattern(pattern)
      cells = session.history.inputs.filter { glob.matches($0.source) }.map {
        HistoryEntry(session: 0, line: $0.count, source: $0.source)
      }
    } else {
      cells = []
    }
    let running = context.request.executionCount
    return cells.filter { $0.session != 0 || $0.line != running }
  }
}
