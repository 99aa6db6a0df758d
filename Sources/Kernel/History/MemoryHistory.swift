import Synchronization

/// The cells of one session, in memory.
package final class MemoryHistory: HistoryStore {
  private struct State {
    var session = 1
    var entries: [HistoryEntry] = []
  }

  private let state = Mutex(State())

  package init() {}

  package func append(line: Int, source: String) {
    state.withLock { state in
      state.entries.append(HistoryEntry(session: state.session, line: line, source: source))
    }
  }

  package func setOutput(_ output: String, line: Int) {
    state.withLock { state in
      guard let index = state.entries.lastIndex(where: { $0.line == line }) else { return }
      state.entries[index].output = output
    }
  }

  package func entries(_ query: HistoryQuery) async -> [HistoryEntry] {
    find(query)
  }

  /// Gives the session, and every entry of it, another number.
  func renumber(as session: Int) {
    state.withLock { state in
      state.session = session
      for index in state.entries.indices { state.entries[index].session = session }
    }
  }

  /// Returns the entries asked for, oldest first.
  func find(_ query: HistoryQuery) -> [HistoryEntry] {
    let (current, entries) = state.withLock { ($0.session, $0.entries) }
    switch query {
    case .tail(let limit):
      return entries.suffix(max(limit, 0))
    case .range(let session, let start, let stop):
      guard session == 0 || session == current else { return [] }
      let range = LineRange(start: start, stop: stop, lastLine: entries.last?.line ?? 0)
      return entries.filter { $0.line >= range.first && $0.line < range.end }
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
