import Dispatch
import FoundationEssentials
import Synchronization
import ZeroMQ

/// The cells of all sessions, in a file that kernels share and that outlives them.
///
/// Everything that touches the file happens on a queue of its own, so that no cell and no reply
/// waits for a disk. When the file cannot be used, from the start or later, the cells of this
/// session stay in memory, and one line of the log says why.
package final class FileHistory: HistoryStore {
  /// The longest text of a result that is kept, in characters.
  package static let outputLimit = 100_000

  private let queue = DispatchQueue(label: "martlet.history", qos: .utility)
  private let database = Mutex<HistoryDatabase?>(nil)
  private let pending = Mutex<[HistoryDatabase.Change]>([])
  private let memory = MemoryHistory()
  private let started = Int(Date().timeIntervalSince1970 * 1000)
  private let log: @Sendable (String) -> Void

  /// Opens the file at `path` in the background, and makes it where it is missing.
  package init(path: String, log: @escaping @Sendable (String) -> Void) {
    self.log = log
    queue.async { self.open(path) }
  }

  package func append(line: Int, source: String) {
    memory.append(line: line, source: source)
    store(.cell(line: line, source: source))
  }

  package func setOutput(_ output: String, line: Int) {
    let kept =
      output.count <= Self.outputLimit ? output : output.prefix(Self.outputLimit) + "…"
    memory.setOutput(kept, line: line)
    store(.output(kept, line: line))
  }

  package func entries(_ query: HistoryQuery) async -> [HistoryEntry] {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.find(query)) }
    }
  }

  package func close() async {
    await withCheckedContinuation { continuation in
      queue.async {
        self.write()
        self.database.withLock { $0 = nil }
        continuation.resume()
      }
    }
  }

  private func store(_ change: HistoryDatabase.Change) {
    pending.withLock { $0.append(change) }
    queue.async { self.write() }
  }

  // MARK: On the queue

  private func open(_ path: String) {
    database.withLock { database in
      do throws(HistoryError) {
        database = try HistoryDatabase(path: path)
      } catch {
        giveUp(error)
      }
    }
  }

  /// Writes what was added since the last time.
  private func write() {
    let changes = pending.withLock { pending in
      defer { pending = [] }
      return pending
    }
    guard !changes.isEmpty else { return }
    withDatabase { database throws(HistoryError) in
      let isFirst = database.session == nil
      try database.write(changes, startedAt: started)
      if isFirst, let session = database.session { memory.renumber(as: session) }
    }
  }

  private func find(_ query: HistoryQuery) -> [HistoryEntry] {
    write()
    let stored = withDatabase { database throws(HistoryError) in try database.entries(query) }
    return stored ?? memory.find(query)
  }

  /// Does something with the file while it is in use; the first failure is the end of that.
  @discardableResult
  private func withDatabase<Value: Sendable>(
    _ body: (HistoryDatabase) throws(HistoryError) -> Value
  ) -> Value? {
    database.withLock { stored in
      guard let database = stored else { return nil }
      do throws(HistoryError) {
        return try body(database)
      } catch {
        stored = nil
        giveUp(error)
        return nil
      }
    }
  }

  private func giveUp(_ error: HistoryError) {
    log("the history stays in memory: \(error)")
  }
}

extension HistoryLocation {
  /// Opens the history that is kept there.
  package func open(
    log: @escaping @Sendable (String) -> Void = { writeToStandardError("martlet: \($0)") }
  ) -> any HistoryStore {
    switch self {
    case .file(let path):
      return FileHistory(path: path, log: log)
    case .memory:
      return MemoryHistory()
    case .unknown:
      log(
        "the history stays in memory: there is no home folder. Set HOME, or name a file in "
          + "\(Self.variable).")
      return MemoryHistory()
    }
  }
}
