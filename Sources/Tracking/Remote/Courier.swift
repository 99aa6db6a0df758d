import Dispatch
import Locks

/// Delivers a store's outbox in the background: soon after something was logged, and again while the server is away.
final class Courier: Sendable {
  private struct State {
    /// When the next attempt is due; `nil` if none is.
    var due: DispatchTime?
    var failures = 0
    var isStopped = false
  }

  private let delivery: Delivery
  private let queue = DispatchQueue(label: "tracking.courier", qos: .utility)
  private let state = Guarded(State())
  /// How long entries wait for others to go with them.
  private static let pause = DispatchTimeInterval.milliseconds(200)

  init(delivery: Delivery) {
    self.delivery = delivery
  }

  /// Says that there may be something to deliver.
  func wake() { schedule(in: Self.pause) }

  /// No more attempts begin, and the one on its way ends.
  func stop() {
    state.withLock { $0.isStopped = true }
    delivery.server.cancel()
  }

  /// Delivers now and waits for that, unless the server is away; the outcome is the last attempt's.
  func flush(run: Int64, limit: DispatchTimeInterval) -> DeliveryOutcome {
    let done = DispatchSemaphore(value: 0)
    let outcome = Guarded(DeliveryOutcome.busy)
    queue.async { [self] in
      let result = attempt(until: run)
      outcome.withLock { $0 = result }
      done.signal()
    }
    _ = done.wait(timeout: .now() + limit)
    return outcome.withLock { $0 }
  }

  private func schedule(in interval: DispatchTimeInterval) {
    let due = DispatchTime.now() + interval
    let isNew = state.withLock { state in
      guard !state.isStopped, state.due == nil else { return false }
      state.due = due
      return true
    }
    guard isNew else { return }
    queue.asyncAfter(deadline: due) { [weak self] in
      guard let self, !self.state.withLock({ $0.isStopped }) else { return }
      self.state.withLock { $0.due = nil }
      _ = self.attempt(until: nil)
    }
  }

  private func attempt(until run: Int64?) -> DeliveryOutcome {
    let outcome = delivery.deliver(until: run)
    let url = delivery.server.address.url
    switch outcome {
    case .complete:
      state.withLock { $0.failures = 0 }
      Notices.back(url)
    case .busy: schedule(in: .seconds(2))
    case .stopped(let reason):
      let failures = state.withLock { state in
        state.failures += 1
        return state.failures
      }
      if !state.withLock({ $0.isStopped }) {
        Notices.away(url, reason: reason, outbox: delivery.store.path)
      }
      schedule(in: .seconds(min(60, 1 << min(failures - 1, 6))))
    }
    return outcome
  }
}
