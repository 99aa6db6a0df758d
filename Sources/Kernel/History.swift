import JupyterProtocol
import Synchronization

/// One cell that was run.
package struct HistoryEntry: Sendable, Equatable {
  /// The session's number, from 1.
  package var session: Int
  /// The execution count in that session.
  package var line: Int
  package var source: String
  /// The text of the cell's result; `nil` when it had none.
  package var output: String?

  package init(session: Int, line: Int, source: String, output: String? = nil) {
    self.session = session
    self.line = line
    self.source = source
    self.output = output
  }
}

/// Which entries a frontend asks for.
package enum HistoryQuery: Sendable, Equatable {
  /// The last entries, at most `limit`.
  case tail(limit: Int)
  /// Lines `start` up to and without `stop`; negative lines count from the end, a session that is
  /// not positive counts back from the current one.
  case range(session: Int, start: Int, stop: Int?)
  /// Entries whose source matches a glob pattern, the last `limit` of them.
  case search(pattern: String, limit: Int?, isUnique: Bool)
}

/// Where the cells that were run are kept.
package protocol HistoryStore: Sendable {
  /// The number of this kernel's session.
  var currentSession: Int { get }

  /// Adds a cell of the current session.
  func append(line: Int, source: String)

  /// Adds the text of the result of the current session's `line`.
  func setOutput(_ output: String, line: Int)

  /// Returns the entries asked for, oldest first.
  func entries(_ query: HistoryQuery) -> [HistoryEntry]
}

/// The cells of one session, in memory.
package final class MemoryHistory: HistoryStore {
  package let currentSession = 1
  private let stored = Mutex<[HistoryEntry]>([])

  package init() {}

  package func append(line: Int, source: String) {
    let entry = HistoryEntry(session: currentSession, line: line, source: source)
    stored.withLock { $0.append(entry) }
  }

  package func setOutput(_ output: String, line: Int) {
    stored.withLock { entries in
      guard let index = entries.lastIndex(where: { $0.line == line }) else { return }
      entries[index].output = output
    }
  }

  package func entries(_ query: HistoryQuery) -> [HistoryEntry] {
    let entries = stored.withLock { $0 }
    switch query {
    case .tail(let limit):
      return entries.suffix(max(limit, 0))
    case .range(let session, let start, let stop):
      guard session == 0 || session == currentSession else { return [] }
      let end = (entries.last?.line ?? 0) + 1
      let first = start < 0 ? start + end : start
      // IPython takes a stop of 0 for none.
      let last = stop.map { $0 <= 0 ? $0 + end : $0 } ?? end
      return entries.filter { $0.line >= first && $0.line < last }
    case .search(let pattern, let limit, let isUnique):
      let glob = GlobPattern(pattern)
      var matches = entries.filter { glob.matches($0.source) }
      if isUnique { matches = Self.lastOfEach(matches) }
      return limit.map { matches.suffix(max($0, 0)) } ?? matches
    }
  }

  /// Keeps the last of all entries with equal source.
  private static func lastOfEach(_ entries: [HistoryEntry]) -> [HistoryEntry] {
    var seen: Set<String> = []
    return entries.reversed().filter { seen.insert($0.source).inserted }.reversed()
  }
}
