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

  /// Writes `bytes` to the file at `path` so that it holds either all of them or what it held.
  ///
  /// - Returns: The reason when it cannot be written.
  package static func replace(_ path: String, with bytes: [UInt8]) -> String? {
    // Through a symbolic link, the file that it names is replaced.
    let target = resolved(path) ?? path
    var status = stat()
    let exists = unsafe stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR { return errorText(EISDIR) }
    if exists, unsafe access(target, W_OK) != 0 { return errorText(errno) }
    let temporary = "\(target).\(getpid()).tmp"
    let mode = exists ? status.st_mode & 0o777 : 0o644
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { return errorText(errno) }
    var reason = FileDescriptor.write(bytes, to: descriptor) ? nil : errorText(errno)
    if reason == nil, fsync(descriptor) != 0 { reason = errorText(errno) }
    close(descriptor)
    if reason == nil, unsafe rename(temporary, target) != 0 { reason = errorText(errno) }
    if reason != nil { unsafe unlink(temporary) }
    return reason
  }

  /// Adds `bytes` to the end of the file at `path`, new or not.
  ///
  /// - Returns: The reason when it cannot be written.
  package static func append(_ bytes: [UInt8], to path: String) -> String? {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return errorText(errno) }
    defer { close(descriptor) }
    return FileDescriptor.write(bytes, to: descriptor) ? nil : errorText(errno)
  }

  /// The bytes of the file at `path`, or why there are none.
  package static func contents(_ path: String) -> Result<[UInt8], FileError> {
    if isFolder(path) { return .failure(FileError(reason: errorText(EISDIR))) }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(FileError(reason: errorText(errno))) }
    close(descriptor)
    guard let bytes = read(path) else { return .failure(FileError(reason: errorText(errno))) }
    return .success(bytes)
  }

  /// Whether there is a folder at `path`.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether `path` may be written to.
  package static func isWritable(_ path: String) -> Bool {
    unsafe access(path, W_OK) == 0
  }

  /// Whether there is anything at `path`.
  package static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  /// The names in the folder at `path`, sorted; without `.` and `..`.
  package static func names(in path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The folder that relative paths start from; `nil` when it is gone.
  package static var currentFolder: String? {
    guard let path = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  /// Makes relative paths start from `path`.
  ///
  /// - Returns: The reason when that cannot be.
  package static func changeFolder(to path: String) -> String? {
    unsafe chdir(path) == 0 ? nil : errorText(errno)
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
    for name in names(in: path) {
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

  /// The folder of an absolute path, `/` for what lies there; empty for a name alone.
  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The folder of this program's own file.
  package static var executableFolder: String { folder(of: executable) }

  /// The path of this program's own file.
  package static var executable: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return String(
      decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// Why a file could not be read.
package struct FileError: Error, Sendable, Equatable {
  /// The system's words, as in `No such file or directory`.
  package let reason: String
}
