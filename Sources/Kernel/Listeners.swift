import ZeroMQ

/// Sockets of the kernel that listen before the kernel has started.
///
/// `martlet-kernel` makes them, so that a frontend finds somebody at its first try; see the
/// decision record 0046.
package struct Listeners: Sendable, Equatable {
  /// A port of the connection file; the raw value is the key there without `_port`.
  package enum Port: String, Sendable {
    case shell
    case control
    case stdin
    case iopub
    case heartbeat = "hb"
  }

  private var descriptors: [Port: Int32] = [:]

  /// No socket listens yet.
  package init() {}

  /// Reads the command line's form, `shell=3,control=4`; `nil` when `text` has another one.
  package init?(_ text: String) {
    for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = pair.split(separator: "=", omittingEmptySubsequences: false)
      guard words.count == 2, let port = Port(rawValue: String(words[0])),
        let descriptor = Int32(words[1]), descriptor > 2, descriptors[port] == nil
      else { return nil }
      descriptors[port] = descriptor
    }
  }

  /// What makes a socket take over the one that listens at `port`, if there is one.
  func options(for port: Port) -> [SocketOption] {
    descriptors[port].map { [.listensAt(descriptor: $0)] } ?? []
  }
}
