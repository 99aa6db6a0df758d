import CProcesses
import Glibc

/// Signals that a program takes itself.
package enum Signals {
  /// Interrupt from the keyboard.
  package static let interrupt = SIGINT
  /// The request to end.
  package static let terminate = SIGTERM

  /// Calls `handler` on a thread of its own with each of `signals` that comes from now on.
  ///
  /// Call it before other threads are started: they inherit that the signals are blocked.
  package static func watch(_ signals: [Int32], _ handler: @escaping @Sendable (Int32) -> Void) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    let watched = set
    startThread(stackBytes: 1 << 18) {
      var set = watched
      while true {
        var signal: Int32 = 0
        if unsafe sigwait(&set, &signal) == 0 { handler(signal) }
      }
    }
  }
}
