import Glibc
import Synchronization

/// Signals that a poller learns of through a wake-up instead of a handler.
///
/// Handlers rather than a blocked mask and signalfd: a handler is reset in programs that the
/// process starts, a blocked mask would be inherited by them.
package enum SignalForwarding {
  /// From now on notes each of `signals` and then signals `wakeUp`.
  ///
  /// One forwarding exists in a process; call `stop` before `wakeUp` goes away.
  package static func start(_ signals: [Int32], to wakeUp: WakeUp) {
    pendingSignals.store(0, ordering: .relaxed)
    wakeUpDescriptor.store(wakeUp.descriptor, ordering: .sequentiallyConsistent)
    for number in signals { _ = signal(number, noteSignal) }
  }

  /// Returns the signals noted since the last call, lowest number first.
  package static func takePending() -> [Int32] {
    let bits = pendingSignals.exchange(0, ordering: .sequentiallyConsistent)
    return (0..<64).filter { bits & (1 << UInt64($0)) != 0 }.map { Int32($0) }
  }

  /// Gives `signals` their default actions back.
  package static func stop(_ signals: [Int32]) {
    for number in signals { _ = signal(number, SIG_DFL) }
    wakeUpDescriptor.store(-1, ordering: .sequentiallyConsistent)
  }
}

/// One bit for each signal noted; all that a handler may touch beside a descriptor.
private let pendingSignals = Atomic<UInt64>(0)
private let wakeUpDescriptor = Atomic<Int32>(-1)

private func noteSignal(_ number: Int32) {
  let savedError = errno
  pendingSignals.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
  let descriptor = wakeUpDescriptor.load(ordering: .sequentiallyConsistent)
  if descriptor >= 0 { signalWakeUp(descriptor: descriptor) }
  errno = savedError
}
