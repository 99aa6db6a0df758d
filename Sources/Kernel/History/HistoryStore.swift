import Dispatch
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
  /// Lines `start` up to and without `stop`; negative lines count from the end, and a session that
  /// is not positive counts back from the current one.
  case range(session: Int, start: Int, stop: Int?)
  /// Entries whose source matches a glob pattern, the last `limit` of them; when `isUnique`, the
  /// last one of each source.
  case search(pattern: String, limit: Int?, isUnique: Bool)
}

/// Where the cells that were run are kept.
package protocol HistoryStore: Sendable {
  /// Adds a cell of the current session; returns at once.
  func append(line: Int, source: String)

  /// Adds the text of the result of the current session's `line`; returns at once.
  func setOutput(_ output: String, line: Int)

  /// Returns the entries asked for, oldest first, with everything added before.
  func entries(_ query: HistoryQuery) async -> [HistoryEntry]

  /// Brings everything added so far to where it stays; nothing is stored afterwards.
  func close() async
}

extension HistoryStore {
  package func close() async {}

  /// Returns the entries asked for, for threads that may wait, as those of tasks must not.
  package func cells(_ query: HistoryQuery) -> [HistoryEntry] {
    let found = Found()
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
      let entries = await entries(query)
      found.entries.withLock { $0 = entries }
      isDone.signal()
    }
    isDone.wait()
    return found.entries.withLock { $0 }
  }
}

/// What a task hands to the thread that waits for it.
private final class Found: Sendable {
  let entries = Mutex<[HistoryEntry]>([])
}

/// A stretch of lines with a session's end known.
struct LineRange: Equatable {
  let first: Int
  /// The line after the last.
  let end: Int

  /// Resolves what a frontend sent, as IPython does: negative lines count from the end, and a stop
  /// of 0 is none.
  init(start: Int, stop: Int?, lastLine: Int) {
    let (pastLast, _) = lastLine.addingReportingOverflow(1)
    first = start < 0 ? start + pastLast : start
    end =
      switch stop {
      case nil, 0: pastLast
      case .some(let stop): stop < 0 ? stop + pastLast : stop
      }
  }
}
