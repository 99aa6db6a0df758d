import CZeroMQ
import Glibc

/// Tells through a descriptor that another process has ended; a pidfd.
///
/// - SeeAlso: pidfd_open(2).
package struct ProcessWatch: ~Copyable {
  /// The descriptor to poll; it becomes readable when the process ends.
  package let descriptor: Int32

  /// Watches a process.
  ///
  /// - Returns: `nil` when no such process is visible here, or the system knows no pidfd.
  package init?(processIdentifier: Int32) {
    let descriptor = czeromq_pidfd_open(processIdentifier)
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
