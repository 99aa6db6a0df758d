import CZeroMQ
import Glibc

/// A libzmq context: the input and output thread and the sockets that share it.
///
/// Every socket keeps its context alive, so the context ends after the last socket was closed.
@safe package final class Context: @unchecked Sendable {
  // libzmq's contexts may be used from any thread, unlike its sockets.
  let pointer: UnsafeMutableRawPointer

  /// Starts a context.
  ///
  /// - Throws: `ZeroMQError.contextFailed` when the process may open no more descriptors.
  package init() throws(ZeroMQError) {
    guard let pointer = unsafe zmq_ctx_new() else {
      throw .contextFailed(reason: lastReason())
    }
    unsafe self.pointer = unsafe pointer
  }

  /// Makes every waiting and later call on the context's sockets fail with `terminated`.
  package func shutDown() {
    _ = unsafe zmq_ctx_shutdown(pointer)
  }

  deinit {
    while unsafe zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
  }
}
