import CFaults
import Processes
import Synchronization

/// Runs asynchronous top-level code to its end on the calling thread's behalf.
@_silgen_name("martlet_await")
public func martletAwait<Value>(_ body: @escaping () async throws -> Value) throws -> Value {
  let box = AwaitBox(body)
  let done = Mailbox<Bool>()
  let number = Worker.shared.nextAwaitedNumber()
  let task = Task.detached { [box] in
    await AwaitedCode.$number.withValue(number) { await box.run() }
    done.put(true)
  }
  Worker.shared.waits(for: AwaitedCode(number: number, task: task))
  _ = done.take()
  Worker.shared.waits(for: nil)
  return try box.value()
}

/// The asynchronous code that a cell waits for: it ends when the cell is stopped.
struct AwaitedCode: Sendable {
  /// Tells the tasks that do it from others; child tasks inherit it.
  @TaskLocal static var number = 0

  var number: Int
  var task: Task<Void, Never>

  /// What the runtime looks the number up by.
  static var key: UnsafeMutableRawPointer {
    unsafe Unmanaged.passUnretained($number).toOpaque()
  }
}

/// The code of a cell that was stopped.
struct AbandonedCode: Sendable {
  var number: Int
  /// How often it was looked after.
  var age = 0
}

extension Worker {
  func nextAwaitedNumber() -> Int {
    withoutParking {
      state.withLock {
        $0.awaitedCount += 1
        return $0.awaitedCount
      }
    }
  }

  func waits(for code: AwaitedCode?) {
    withoutParking { state.withLock { $0.awaited = code } }
  }

  /// Cancels what the stopped cell waited for.
  func abandonAwaitedCode() {
    let code = state.withLock { state in
      defer { state.awaited = nil }
      if let code = state.awaited { state.abandoned.append(AbandonedCode(number: code.number)) }
      return state.awaited
    }
    guard let code else { return }
    // Handlers of cancellation are the user's code.
    startThread { code.task.cancel() }
  }

  /// Stops what was cancelled and has not ended by itself; called every 25 ms.
  func pursueAbandonedCode() {
    let (graceTicks, lastTick) = (8, 400)
    let number = state.withLock { state -> Int? in
      guard !state.abandoned.isEmpty else { return nil }
      for index in state.abandoned.indices { state.abandoned[index].age += 1 }
      state.abandoned.removeAll { $0.age > lastTick }
      let due = state.abandoned.filter { $0.age > graceTicks }
      // The threads are asked for one at a time, in turn.
      return due.isEmpty ? nil : due[state.abandoned[0].age % due.count].number
    }
    if let number { unsafe cfaults_interrupt_tasks(AwaitedCode.key, number) }
  }
}

/// Carries a cell's asynchronous code and its outcome to and from a task.
private final class AwaitBox<Value>: @unchecked Sendable {
  // Sendable: the waiting thread reads `outcome` only after the task has said that it is done.
  private let body: () async throws -> Value
  private var outcome: Result<Value, any Error>?
  private var thrownAt: [UInt] = []

  init(_ body: @escaping () async throws -> Value) {
    self.body = body
  }

  func run() async {
    do {
      outcome = .success(try await body())
    } catch {
      thrownAt = ThrownError.places(of: error)
      outcome = .failure(error)
    }
  }

  func value() throws -> Value {
    switch outcome {
    case .success(let value): return value
    case .failure(let error):
      ThrownError.setPlaces(thrownAt, of: error)
      throw error
    case nil: throw CancellationError()
    }
  }
}
