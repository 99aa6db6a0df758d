import CZeroMQ
import Glibc

/// A thread that sends every message back to its sender; Jupyter's heartbeat.
///
/// Its socket is bound by the caller's thread, so that a port in use is an error there, and then
/// belongs to the new thread. The thread ends with `Context.shutDown`.
@safe package final class EchoThread {
  private let thread: pthread_t
  /// The endpoint in use, with the port that port 0 became.
  package let endpoint: String

  /// Binds `endpoint` and starts to echo; `options` come on top of what an echo needs.
  ///
  /// - Throws: `ZeroMQError.addressInUse`, `bindFailed` or `threadFailed`.
  package init(
    endpoint: String, in context: Context, options: [SocketOption] = []
  ) throws(ZeroMQError) {
    let socket = try Socket(
      .router, in: context,
      options: [.lingerMilliseconds(0), .sendQueueLimit(0), .handsOverIdentities(true)] + options)
    try socket.bind(to: endpoint)
    self.endpoint = try socket.lastEndpoint()
    // A heartbeat needs a small stack; Linux rounds this up where it must.
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, 256 * 1024)
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(socket.handle)
    let code = unsafe pthread_create(&thread, &attributes, echo, argument.toOpaque())
    guard code == 0 else {
      unsafe argument.release()
      throw .threadFailed(reason: reason(of: code))
    }
    self.thread = thread
  }

  /// Waits for the thread's end; call `Context.shutDown` before.
  package func join() {
    _ = pthread_join(thread, nil)
  }
}

/// Echoes frame by frame until the context is shut down, and closes the socket on this thread.
private func echo(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument = unsafe argument else { return nil }
  let handle = unsafe Unmanaged<SocketHandle>.fromOpaque(argument).takeRetainedValue()
  var part = zmq_msg_t()
  unsafe zmq_msg_init(&part)
  defer { unsafe zmq_msg_close(&part) }
  while retryingInterrupted({ unsafe zmq_msg_recv(&part, handle.pointer, 0) }) >= 0 {
    let more = unsafe zmq_msg_more(&part) != 0 ? ZMQ_SNDMORE : 0
    guard retryingInterrupted({ unsafe zmq_msg_send(&part, handle.pointer, more) }) >= 0 else {
      break
    }
  }
  return nil
}
