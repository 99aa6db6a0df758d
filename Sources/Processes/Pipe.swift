import CProcesses
import Glibc

/// Two connected descriptors that children inherit only when told to.
package struct DescriptorPair: Sendable {
  /// The end to read from, or the first end of a socket pair.
  package let first: Int32
  /// The end to write to, or the second end of a socket pair.
  package let second: Int32

  /// A pipe: written to at `second`, read at `first`.
  package static func pipe() throws(ProcessError) -> DescriptorPair {
    var ends: [Int32] = [0, 0]
    guard unsafe cprocesses_pipe(&ends) == 0 else {
      throw .noDescriptors(reason: errorText(errno))
    }
    return DescriptorPair(first: ends[0], second: ends[1])
  }

  /// A connected pair of sockets: of bytes, or of messages that stay apart.
  package static func sockets(
    keepingMessages keepsMessages: Bool = false
  ) throws(ProcessError) -> DescriptorPair {
    var ends: [Int32] = [0, 0]
    let type = keepsMessages ? SOCK_SEQPACKET : SOCK_STREAM
    let kind = Int32(type.rawValue | SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw .noDescriptors(reason: errorText(errno))
    }
    return DescriptorPair(first: ends[0], second: ends[1])
  }
}

/// Closes `descriptor`.
package func closeDescriptor(_ descriptor: Int32) {
  close(descriptor)
}
