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

  /// Makes a new folder of its own in the temporary folder (`TMPDIR`, else `/tmp`).
  package static func makeTemporaryFolder(_ name: String) -> String? {
    let parent = currentEnvironment()["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
    return unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
      return unsafe String(cString: start)
    }
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

  /// Removes a folder and all that is in it.
  package static func removeFolder(_ path: String) {
    guard let folder = unsafe opendir(path) else {
      unsafe unlink(path)
      return
    }
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      let child = "\(path)/\(name)"
      var status = stat()
      if unsafe lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        removeFolder(child)
      } else {
        unsafe unlink(child)
      }
    }
    unsafe closedir(folder)
    unsafe rmdir(path)
  }

  /// Overwrites the start of the file at `path` with `text`, in place.
  ///
  /// - Returns: Whether that was possible.
  package static func overwrite(_ text: String, at path: String) -> Bool {
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return FileDescriptor.write(Array(text.utf8), to: descriptor)
  }

  /// Removes the file at `path`, if there is one.
  package static func removeFile(_ path: String) {
    unsafe unlink(path)
  }

  /// Whether `path` may be read.
  package static func isReadable(_ path: String) -> Bool {
    unsafe access(path, R_OK) == 0
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
