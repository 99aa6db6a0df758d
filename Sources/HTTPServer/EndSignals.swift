import Glibc

/// SIGINT and SIGTERM, which end a server in its own way instead of at once.
///
/// A source of libdispatch loses a signal that comes before its manager has seen the source; a handler is there at once.
package enum EndSignals {
  // Unchecked: it is made once, and semaphores are for several threads, and for handlers.
  @safe nonisolated(unsafe) private static let ended: UnsafeMutablePointer<sem_t> = {
    let ended = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    unsafe sem_init(ended, 0, 0)
    return unsafe ended
  }()

  /// From now on the signals do no more than end ``wait()``.
  package static func watch() {
    _ = ended
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in _ = unsafe sem_post(EndSignals.ended) }
    }
  }

  /// Waits for one of the signals; returns at once if one has come since ``watch()``.
  package static func wait() {
    while unsafe sem_wait(ended) != 0 && errno == EINTR {}
  }
}
