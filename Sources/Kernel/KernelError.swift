package import JupyterProtocol
package import ZeroMQ

/// Why a kernel could not start or go on.
package enum KernelError: Error, Equatable, CustomStringConvertible {
  /// A socket failed; a port in use is the common case.
  case transport(ZeroMQError)
  /// A message of our own could not be written.
  case message(JupyterProtocolError)

  package var description: String {
    switch self {
    case .transport(let error): "the kernel cannot go on: \(error)"
    case .message(let error): "the kernel cannot answer: \(error)"
    }
  }
}
