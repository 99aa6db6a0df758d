import Glibc

/// Whole files, with no more than the C library.
package enum Files {
  /// The bytes of the file at `path`; `nil` when it cannot be read.
  package static func read(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while let piece = FileDescriptor.read(descriptor), !piece.isEmpty { bytes += piece }
    return bytes
  }

  /// Writes `text` to the file at `path`, new or replaced.
  ///
  /// - Returns: The reason when it cannot be written.
  package static func write(_ text: String, to path: String) -> String? {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return errorText(errno) }
    defer { close(descriptor) }
    return FileDescriptor.write(Array(text.utf8), to: descriptor) ? nil : errorText(errno)
  }

  /// Makes a folder and the ones above it.
  ///
  /// - Returns: The reason when it cannot be made.
  package static func makeFolder(_ path: String) -> String? {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/\(part)"
      if unsafe mkdir(made, 0o755) != 0, errno != EEXIST { return errorText(errno) }
    }
    return nil
  }

  /// The names of what is in a folder; none when it cannot be read.
  package static func names(inFolder path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a folder and all that is in it.
  package static func removeFolder(_ path: String) {
    for name in names(inFolder: path) {
      let child = "\(path)/\(name)"
      var status = stat()
      if unsafe lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        removeFolder(child)
      } else {
        unsafe unlink(child)
      }
    }
    if unsafe rmdir(path) != 0 { unsafe unlink(path) }
  }

  /// Makes a named pipe at `path`.
  package static func makePipe(_ path: String) -> Bool {
    unsafe mkfifo(path, 0o600) == 0
  }

  /// Writes `text` to the named pipe at `path`, once a reader has opened it.
  ///
  /// - Returns: Whether there was a reader within `milliseconds`.
  package static func writeToPipe(_ text: String, at path: String, milliseconds: Int) -> Bool {
    for _ in 0..<max(milliseconds, 1) {
      let descriptor = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if descriptor >= 0 {
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, 0)
        return FileDescriptor.write(Array(text.utf8), to: descriptor)
      }
      guard errno == ENXIO else { return false }
      sleepMilliseconds(1)
    }
    return false
  }

  /// Whether `path` may be executed.
  package static func isExecutable(_ path: String) -> Bool {
    unsafe access(path, X_OK) == 0
  }

  /// The path without symbolic links; `nil` when there is no such file.
  package static func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// The path of this program's own file.
  package static var executable: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return String(
      decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
