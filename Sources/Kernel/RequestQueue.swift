/// The requests of the main shell or of one subshell, served one after the other.
struct RequestQueue: Sendable {
  /// A request that waits for its turn.
  struct Entry: Sendable {
    let request: Request
    /// Whether to answer `aborted` instead of running the cell.
    var isAborted = false
  }

  /// What waits, oldest first.
  private(set) var entries: [Entry] = []
  /// Whether an interrupt came since the request in service left the queue.
  private(set) var isInterrupted = false
  private var isServing = false

  /// Queues a request.
  ///
  /// - Returns: Whether the caller must start the task that serves the queue.
  mutating func enqueue(_ request: Request) -> Bool {
    entries.append(Entry(request: request))
    defer { isServing = true }
    return !isServing
  }

  /// Takes the oldest request; `nil` ends the task that serves the queue.
  mutating func dequeue() -> Entry? {
    guard !entries.isEmpty else {
      isServing = false
      return nil
    }
    isInterrupted = false
    return entries.removeFirst()
  }

  /// Marks the cells received so far; other requests are served all the same.
  mutating func abortCells() {
    for index in entries.indices where entries[index].request.type == "execute_request" {
      entries[index].isAborted = true
    }
  }

  /// Notes an interrupt, which aborts the cells received so far.
  mutating func interrupt() {
    isInterrupted = true
    abortCells()
  }

  /// Forgets what waits; the cell on its way to the executor does not run.
  mutating func stop() {
    isInterrupted = true
    entries = []
  }
}
