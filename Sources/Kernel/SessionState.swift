import JupyterProtocol

/// What the kernel remembers between messages.
struct SessionState: Sendable {
  /// A shell request that waits for its turn.
  struct QueuedRequest: Sendable {
    let request: Request
    /// Whether to answer `aborted` instead of running the cell.
    var isAborted = false
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
  /// Whether an interrupt came since the request in service left the queue.
  private(set) var isInterrupted = false
  private var queue: [QueuedRequest] = []
  private var isServing = false
  /// The input request that waits for its answer.
  private var pendingInput: String?

  /// Queues a shell request.
  ///
  /// - Returns: Whether the caller must start the task that serves the queue.
  mutating func enqueue(_ request: Request) -> Bool {
    guard !isStopping else { return false }
    queue.append(QueuedRequest(request: request))
    defer { isServing = true }
    return !isServing
  }

  /// Takes the oldest request; `nil` ends the task that serves the queue.
  mutating func dequeue() -> QueuedRequest? {
    guard !queue.isEmpty else {
      isServing = false
      return nil
    }
    isInterrupted = false
    return queue.removeFirst()
  }

  /// Marks the cells received so far; other requests are served all the same.
  mutating func abortQueuedCells() {
    for index in queue.indices where queue[index].request.type == "execute_request" {
      queue[index].isAborted = true
    }
  }

  /// Notes an interrupt, which aborts the cells received so far.
  mutating func interrupt() {
    isInterrupted = true
    abortQueuedCells()
  }

  /// Forgets what waits and takes nothing more.
  mutating func stop() {
    isStopping = true
    queue = []
  }

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
