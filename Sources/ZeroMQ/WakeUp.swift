import CZeroMQ
import Glibc

/// Wakes a poller from any thread; a nonblocking eventfd.
package final class WakeUp: Sendable {
  /// The descriptor to watch; it is readable from `signal` until `reset`.
  package let descriptor: Int32

  /// Makes a wake-up that is not signalled.
  package init() throws(ZeroMQError) {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw .wakeUpFailed(reason: reason(of: errno)) }
  }

  /// Makes the descriptor readable; any thread and any signal handler may call it.
  package func signal() {
    signalWakeUp(descriptor: descriptor)
  }

  /// Makes the descriptor unreadable until the next `signal`.
  package func reset() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, MemoryLayout<UInt64>.size)
  }

  deinit { close(descriptor) }
}

/// Adds one to the eventfd; a full counter is readable already, so that failure is none.
func signalWakeUp(descriptor: Int32) {
  var one: UInt64 = 1
  while unsafe write(descriptor, &one, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
}
