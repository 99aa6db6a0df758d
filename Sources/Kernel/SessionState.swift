import JupyterProtocol

/// What the kernel remembers between messages.
struct SessionState: Sendable {
  /// What becomes of a shell request that came in.
  enum Admission: Equatable {
    /// It waits, or the kernel is on its way out.
    case isQueued
    /// It waits, and the caller must start the task that serves its queue.
    case startsQueue
    /// Its subshell does not exist.
    case unknownSubshell
  }

  /// The count of the last cell that counted; 0 before the first.
  var executionCount = 0
  /// The newest request to run a cell, the parent of what is published after its end.
  var latestCell: Message?
  /// The targets of the open comms, by the comms' identifiers.
  var comms: [String: String] = [:]
  /// Whether no request was served and nobody was told that the kernel starts.
  var isStarting = true
  /// Whether the kernel is on its way out.
  private(set) var isStopping = false
  /// The subshells, oldest first.
  private(set) var subshells: [String] = []
  /// The queues of the subshells, and of the main shell under `nil`.
  private var queues: [String?: RequestQueue] = [nil: RequestQueue()]
  /// The input request that waits for its answer.
  private var pendingInput: String?

  // MARK: Requests

  /// Queues a shell request in its shell.
  mutating func enqueue(_ request: Request) -> Admission {
    guard !isStopping else { return .isQueued }
    guard let mustStart = queues[request.subshell]?.enqueue(request) else {
      return .unknownSubshell
    }
    return mustStart ? .startsQueue : .isQueued
  }

  /// Takes the oldest request of a shell; `nil` ends the task that serves it.
  mutating func dequeue(from subshell: String?) -> RequestQueue.Entry? {
    queues[subshell]?.dequeue()
  }

  /// Aborts the cells that a shell has received so far.
  mutating func abortQueuedCells(in subshell: String?) {
    queues[subshell]?.abortCells()
  }

  /// Notes an interrupt, which aborts the cells received so far in every shell: one worker runs
  /// them all.
  mutating func interrupt() {
    for subshell in queues.keys { queues[subshell]?.interrupt() }
  }

  /// Whether the request in service in a shell was interrupted, or its shell deleted meanwhile.
  func isInterrupted(in subshell: String?) -> Bool {
    queues[subshell]?.isInterrupted ?? true
  }

  /// Forgets what waits and takes nothing more.
  mutating func stop() {
    isStopping = true
    for subshell in queues.keys { queues[subshell]?.stop() }
  }

  // MARK: Subshells

  /// Adds a subshell.
  mutating func createSubshell(_ subshell: String) {
    subshells.append(subshell)
    queues[subshell] = RequestQueue()
  }

  /// Removes a subshell; the request in service goes on to its end.
  ///
  /// - Returns: The requests that waited; `nil` when there is no such subshell.
  mutating func deleteSubshell(_ subshell: String) -> [Request]? {
    guard let queue = queues.removeValue(forKey: subshell) else { return nil }
    subshells.removeAll { $0 == subshell }
    return queue.entries.map(\.request)
  }

  // MARK: Input

  /// Notes that the input request `identifier` was sent; an older one is given up.
  mutating func awaitInput(_ identifier: String) {
    pendingInput = identifier
  }

  /// Notes that the cell ended: later answers are stale.
  mutating func endInput() {
    pendingInput = nil
  }

  /// Takes an answer to the input request `parent`, which some clients do not name.
  ///
  /// - Returns: Whether it is awaited; no further one is then.
  mutating func acceptsInput(answering parent: String?) -> Bool {
    guard let pendingInput, parent == nil || parent == pendingInput else { return false }
    self.pendingInput = nil
    return true
  }
}
