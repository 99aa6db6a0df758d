import Dispatch
import JupyterProtocol
package import Kernel
import Synchronization

/// Executes a notebook's cells in order and collects their outputs.
package final class NotebookRun: Sendable {
  package struct Options: Sendable {
    /// Whether cells after a failed one run.
    package var allowsErrors = false
    /// How long a cell may take; `nil` for ever.
    package var timeout: Duration?

    package init() {}
  }

  /// Something that happened.
  package enum Event: Sendable {
    /// The cell at `index`, the `number`th of `total` cells of code, starts.
    case starts(index: Int, number: Int, total: Int)
    case published(CellOutput)
    case ended(index: Int, failure: CellFailure?, duration: Duration)
  }

  private struct State {
    var notebook: Notebook
    var collector = OutputCollector()
    var isInterrupted = false
    var hasTimedOut = false
  }

  private let state: Mutex<State>
  private let executor: any CellExecutor
  private let options: Options
  private let observer: @Sendable (Event) -> Void

  package init(
    _ notebook: Notebook, executor: any CellExecutor, options: Options,
    observer: @escaping @Sendable (Event) -> Void
  ) {
    state = Mutex(State(notebook: notebook))
    self.executor = executor
    self.options = options
    self.observer = observer
  }

  /// The notebook with the outputs so far.
  package var notebook: Notebook { state.withLock { $0.notebook } }

  /// Whether `interrupt` was called.
  package var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

  /// Stops the running cell, and runs no further one.
  package func interrupt() {
    state.withLock { $0.isInterrupted = true }
    executor.interrupt()
  }

  /// Runs every cell of code, until one fails.
  ///
  /// - Returns: How many cells failed.
  package func run() async -> Int {
    state.withLock { state in
      for index in state.notebook.cells.indices where state.notebook.cells[index].isCode {
        state.notebook.cells[index].outputs = []
        state.notebook.cells[index].executionCount = nil
        state.notebook.cells[index].setMetadata("execution", nil)
      }
    }
    let indices = notebook.cells.indices.filter { index in
      let cell = notebook.cells[index]
      return cell.isCode && !cell.source.allSatisfy(\.isWhitespace)
    }
    var failures = 0
    for (number, index) in indices.enumerated() {
      if isInterrupted { break }
      observer(.starts(index: index, number: number + 1, total: indices.count))
      if await run(index, count: number + 1) != nil {
        failures += 1
        if !options.allowsErrors { break }
      }
    }
    return failures
  }

  private func run(_ index: Int, count: Int) async -> CellFailure? {
    let (cell, started) = (notebook.cells[index], timestamp())
    let request = CellRequest(
      code: cell.source, executionCount: count, cellID: cell.identifier ?? "cell \(index)",
      isInterrupted: { self.isInterrupted })
    let start = ContinuousClock.now
    let limit = startLimit()
    let outcome = await executor.execute(request) { output in
      self.state.withLock { state in
        state.collector.add(output, to: index, count: count, in: &state.notebook.cells)
      }
      self.observer(.published(output))
    }
    limit?.cancel()
    let duration = ContinuousClock.now - start
    let ended = timestamp()
    let failure = state.withLock { state in
      let failure = Self.failure(outcome, hasTimedOut: state.hasTimedOut, limit: options.timeout)
      state.hasTimedOut = false
      state.collector.cellEnds()
      state.notebook.cells[index].executionCount = count
      if let failure { state.notebook.cells[index].outputs.append(.error(failure)) }
      // The keys that JupyterLab shows the times of.
      state.notebook.cells[index].setMetadata(
        "execution",
        [
          "iopub.status.busy": .string(started), "iopub.execute_input": .string(started),
          "shell.execute_reply": .string(ended), "iopub.status.idle": .string(ended),
        ])
      return failure
    }
    observer(.ended(index: index, failure: failure, duration: duration))
    return failure
  }

  /// Interrupts the running cell when its time is up.
  private func startLimit() -> DispatchWorkItem? {
    guard let timeout = options.timeout else { return nil }
    let work = DispatchWorkItem {
      self.state.withLock { $0.hasTimedOut = true }
      self.executor.interrupt()
    }
    let milliseconds =
      timeout.components.seconds * 1_000 + timeout.components.attoseconds / 1_000_000_000_000_000
    DispatchQueue.global().asyncAfter(
      deadline: .now() + .milliseconds(Int(milliseconds)), execute: work)
    return work
  }

  private static func failure(
    _ outcome: CellOutcome, hasTimedOut: Bool, limit: Duration?
  ) -> CellFailure? {
    guard var failure = outcome.failure, hasTimedOut, let limit else { return outcome.failure }
    let text = "the cell took longer than the \(limit) that --timeout allows"
    failure.name = "CellTimeout"
    failure.value = text
    failure.traceback = ["CellTimeout: \(text)"] + failure.traceback.dropFirst()
    return failure
  }
}
