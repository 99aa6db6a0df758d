import Glibc

/// Writes `line` and a line feed to standard error in one piece where the system allows it.
package func writeToStandardError(_ line: String) {
  var rest = Array("\(line)\n".utf8)[...]
  while !rest.isEmpty {
    let count = unsafe rest.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return }
    rest.removeFirst(count)
  }
}
