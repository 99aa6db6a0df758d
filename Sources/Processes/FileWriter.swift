import Glibc

/// A file that could not be written.
package struct FileWriteError: Error, Equatable, CustomStringConvertible {
  package let path: String
  /// The system's words, as in `No space left on device`.
  package let reason: String

  package var description: String {
    "cannot write \(path): \(reason). Check its folder, the permissions and the room there."
  }
}

/// Writes a file piece by piece under another name, and gives it its own when it is whole.
@safe package final class FileWriter {
  private let path: String
  private let part: String
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private var isOpen = true
  /// How many bytes were written, those that wait included.
  package private(set) var count = 0

  package init(_ path: String) throws(FileWriteError) {
    self.path = path
    part = "\(path).\(getpid()).partial"
    descriptor = unsafe Glibc.open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.error(path) }
  }

  deinit {
    guard isOpen else { return }
    close(descriptor)
    unsafe unlink(part)
  }

  package func write(_ bytes: [UInt8]) throws(FileWriteError) {
    pending += bytes
    count += bytes.count
    if pending.count > 1 << 18 { try flush() }
  }

  package func write(_ text: String) throws(FileWriteError) {
    try write(Array(text.utf8))
  }

  /// Writes what waits, and gives the file its name.
  package func finish() throws(FileWriteError) {
    try flush()
    isOpen = false
    guard close(descriptor) == 0, unsafe rename(part, path) == 0 else {
      let error = Self.error(path)
      unsafe unlink(part)
      throw error
    }
  }

  private func flush() throws(FileWriteError) {
    guard FileDescriptor.write(pending, to: descriptor) else { throw Self.error(path) }
    pending.removeAll(keepingCapacity: true)
  }

  private static func error(_ path: String) -> FileWriteError {
    let reason = unsafe String(cString: strerror(errno))
    return FileWriteError(path: path, reason: reason)
  }
}
