internal import CLocks

/// Says that the calling thread begins (1) or ends (-1) something that others wait for, so that no interrupt ends the thread.
package func holdOffInterrupts(_ change: Int32) { clocks_hold(change) }

/// Which of the system's threads something is left to.
package enum ThreadNumber {
  /// The calling thread's; greater than 0.
  package static var current: Int32 { clocks_thread() }

  /// Whether the thread is still there: an interrupt or a fault may have ended it.
  package static func isAlive(_ number: Int32) -> Bool { clocks_is_alive(number) != 0 }
}
