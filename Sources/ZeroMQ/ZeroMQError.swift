import CZeroMQ
import Glibc

/// A failed call of libzmq or of the system calls beside it.
package enum ZeroMQError: Error, Equatable, CustomStringConvertible {
  /// `zmq_ctx_new` failed.
  case contextFailed(reason: String)
  /// `zmq_socket` failed.
  case socketFailed(kind: String, reason: String)
  /// `zmq_setsockopt` refused a value, or `zmq_getsockopt` a question.
  case optionFailed(option: String, reason: String)
  /// libzmq was built without CURVE.
  case encryptionUnavailable
  /// The secret key is none, or the public key is not the one that belongs to it.
  case encryptionKeysWrong
  /// Another process listens at `endpoint`.
  case addressInUse(endpoint: String)
  /// `zmq_bind` refused `endpoint` for another reason.
  case bindFailed(endpoint: String, reason: String)
  /// `zmq_connect` refused `endpoint`.
  case connectFailed(endpoint: String, reason: String)
  /// A frame could not be queued.
  case sendFailed(reason: String)
  /// A message could not be taken.
  case receiveFailed(reason: String)
  /// `zmq_poll` failed.
  case pollFailed(reason: String)
  /// No descriptor for an event counter.
  case wakeUpFailed(reason: String)
  /// No thread for the echo.
  case threadFailed(reason: String)
  /// The context was shut down while the call waited.
  case terminated

  package var description: String {
    switch self {
    case .contextFailed(let reason):
      "cannot start libzmq: \(reason). Raise the limit of open files (ulimit -n)."
    case .socketFailed(let kind, let reason):
      "cannot make a \(kind) socket: \(reason). Raise the limit of open files (ulimit -n)."
    case .optionFailed(let option, let reason):
      "cannot use the socket option \(option): \(reason). Check that libzmq is 4.2 or newer."
    case .encryptionUnavailable:
      "cannot encrypt: libzmq was built without CURVE. Install Debian's libzmq5, or start the "
        + "kernel without curve_publickey and curve_secretkey."
    case .encryptionKeysWrong:
      "cannot encrypt: the CURVE keys do not belong together. "
        + "Let Jupyter write curve_publickey and curve_secretkey of one key pair."
    case .addressInUse(let endpoint):
      "cannot bind \(endpoint): the address is in use. "
        + "End the process that listens there, or choose another port in the connection file."
    case .bindFailed(let endpoint, let reason):
      "cannot bind \(endpoint): \(reason). "
        + "Check the transport, the address and the port in the connection file."
    case .connectFailed(let endpoint, let reason):
      "cannot connect to \(endpoint): \(reason). Check the transport, the address and the port."
    case .sendFailed(let reason):
      "cannot send a message: \(reason). Check that a peer is connected and takes its messages."
    case .receiveFailed(let reason):
      "cannot receive a message: \(reason). Restart the kernel."
    case .pollFailed(let reason):
      "cannot wait for messages: \(reason). Restart the kernel."
    case .wakeUpFailed(let reason):
      "cannot make an eventfd: \(reason). Raise the limit of open files (ulimit -n)."
    case .threadFailed(let reason):
      "cannot start the heartbeat thread: \(reason). Raise the limit of processes (ulimit -u)."
    case .terminated:
      "the ZeroMQ context was shut down; make no further calls on its sockets."
    }
  }
}

/// Returns the text of libzmq's last error on this thread.
func lastReason() -> String {
  reason(of: zmq_errno())
}

/// Returns the text of `code`, an `errno` value or one of libzmq's own.
func reason(of code: Int32) -> String {
  guard let text = unsafe zmq_strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
