import Glibc

/// A lock between processes, by a file; it ends with its holder.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Opens the lock file at `path`, made if it is missing; `nil` when it cannot be.
  package init?(path: String) {
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Takes the lock, unless another process holds it.
  package func tryLock() -> Bool {
    flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }
}
