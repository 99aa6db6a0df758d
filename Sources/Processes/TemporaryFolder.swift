import CProcesses
import Glibc
import Locks

/// Folders for temporary files, each locked by the process that works in it.
///
/// The system gives the lock up when the process ends, however it ends: so a later process can
/// tell which folders of killed ones lie about, and remove them.
///
/// - SeeAlso: flock(2).
package enum TemporaryFolder {
  /// What a folder is for; its name begins with `martlet` and this.
  package enum Purpose: String, CaseIterable, Sendable {
    case session
    case step
    case pipeline
    case job
    case mirror
    case model
  }

  /// The locked folders of this process and their descriptors.
  private static let locked = Guarded<[String: Int32]>([:])

  /// Where the folders are: `TMPDIR`, else `/tmp`.
  package static var parent: String {
    let chosen = currentEnvironment()["TMPDIR"] ?? ""
    return chosen.isEmpty ? "/tmp" : Files.resolved(chosen) ?? chosen
  }

  /// Makes a new folder.
  ///
  /// - Returns: Its path; `nil` when none can be made.
  package static func make(for purpose: Purpose) -> String? {
    // Between its making and its lock, another process may take a folder for an abandoned one.
    for _ in 0..<100 {
      var template = Array("\(parent)/martlet-\(purpose.rawValue)-XXXXXX".utf8CString)
      let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
        guard let start = buffer.baseAddress, unsafe mkdtemp(start) != nil else { return nil }
        return unsafe String(cString: start)
      }
      guard let path = made else { return nil }
      guard let descriptor = open(path) else { continue }
      while cprocesses_lock(descriptor, 1) != 0, errno == EINTR {}
      if names(path, descriptor) {
        locked.withLock { $0[path] = descriptor }
        return path
      }
      close(descriptor)
    }
    return nil
  }

  /// Removes a folder that `make` made, and all that is in it.
  package static func remove(_ path: String) {
    Files.removeFolder(path)
    let descriptor = locked.withLock { $0.removeValue(forKey: path) }
    if let descriptor { close(descriptor) }
  }

  /// Removes the folders of processes that have ended without doing so.
  ///
  /// Only folders that this user owns, and whose lock nobody holds.
  package static func removeAbandoned() {
    let parent = parent
    for name in Files.names(in: parent) where isOurs(name) {
      let path = "\(parent)/\(name)"
      guard let descriptor = open(path) else { continue }
      if isOwn(descriptor), cprocesses_lock(descriptor, 0) == 0 { Files.removeFolder(path) }
      close(descriptor)
    }
  }

  private static func isOurs(_ name: String) -> Bool {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0] == "martlet" && Purpose(rawValue: String(parts[1])) != nil
      && parts[2].utf8.count == 6
  }

  /// Opens a folder, and no link to one.
  private static func open(_ path: String) -> Int32? {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    return descriptor >= 0 ? descriptor : nil
  }

  /// Whether `path` still names the folder that is open.
  private static func names(_ path: String, _ descriptor: Int32) -> Bool {
    var opened = stat()
    var named = stat()
    return unsafe fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }

  private static func isOwn(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_uid == getuid()
  }
}
