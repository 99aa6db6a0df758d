import CMicroHTTPD
import Glibc
import Synchronization

/// A server for HTTP/1.1 on threads of its own.
///
/// ```swift
/// let server = try HTTPServer(host: "127.0.0.1", port: 5000) { request in
///   HTTPResponse(200, text: "You asked for \(request.path).")
/// }
/// defer { server.stop() }
/// ```
///
/// - SeeAlso: RFC 9110, RFC 9112; the manual of GNU libmicrohttpd.
@safe package final class HTTPServer: Sendable {
  /// What requests may be like.
  package struct Limits: Sendable {
    /// The most bytes of a body; it is asked for each request.
    package var bodySize: @Sendable (HTTPRequestHead) -> Int
    /// The file to put a body into as it arrives, which must not be there; `nil` keeps it in memory.
    package var bodyFile: @Sendable (HTTPRequestHead) -> String?
    /// How many seconds a connection may be silent.
    package var silenceSeconds: Int
    /// How many connections there may be at once.
    package var connections: Int
    package var threads: Int

    package init(
      bodySize: @escaping @Sendable (HTTPRequestHead) -> Int = { _ in 1 << 20 },
      bodyFile: @escaping @Sendable (HTTPRequestHead) -> String? = { _ in nil },
      silenceSeconds: Int = 60, connections: Int = 1000, threads: Int = 4
    ) {
      self.bodySize = bodySize
      self.bodyFile = bodyFile
      self.silenceSeconds = silenceSeconds
      self.connections = connections
      self.threads = threads
    }
  }

  /// The port that it listens at.
  package let port: Int

  private let daemon: Mutex<DaemonHandle?>
  private let core: ServerCore

  /// Listens and serves.
  ///
  /// - Parameters:
  ///   - host: An IPv4 address, such as `127.0.0.1` or `0.0.0.0`, or `localhost`.
  ///   - port: The port; 0 for any that is free.
  ///   - limits: What requests may be like.
  ///   - handler: Answers a request; it is called on several threads at once.
  /// - Throws: ``HTTPServerError``.
  package init(
    host: String, port: Int, limits: Limits = Limits(),
    handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(HTTPServerError) {
    let listener = try listening(host: host, port: port)
    self.port = listener.port
    core = ServerCore(limits: limits, handler: handler)
    var options = unsafe martlet_http_options()
    unsafe options.listener = listener.descriptor
    unsafe options.threads = UInt32(limits.threads)
    unsafe options.timeout = UInt32(limits.silenceSeconds)
    unsafe options.connections = UInt32(max(limits.connections, limits.threads))
    unsafe options.head_size = 64 * 1024
    unsafe options.handler = accept
    unsafe options.completed = complete
    unsafe options.context = Unmanaged.passUnretained(core).toOpaque()
    guard let daemon = unsafe martlet_http_start(&options) else {
      let reason = unsafe String(cString: strerror(errno))
      close(listener.descriptor)
      throw .cannotServe(reason: reason)
    }
    self.daemon = Mutex(unsafe DaemonHandle(pointer: daemon))
  }

  /// Takes no more connections, lets requests that are being answered end, and stops.
  package func stop() {
    daemon.withLock { daemon in
      guard let handle = daemon else { return }
      daemon = nil
      let listener = unsafe MHD_quiesce_daemon(handle.pointer)
      if listener >= 0 { close(listener) }
      let end = ContinuousClock.now + .seconds(10)
      while core.activeCount > 0, ContinuousClock.now < end { usleep(5000) }
      unsafe MHD_stop_daemon(handle.pointer)
    }
  }

  deinit { stop() }
}

@safe private struct DaemonHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }
}

/// What the callbacks need.
final class ServerCore: Sendable {
  let limits: HTTPServer.Limits
  let handler: @Sendable (HTTPRequest) -> HTTPResponse
  private let active = Atomic<Int>(0)

  init(limits: HTTPServer.Limits, handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
    self.limits = limits
    self.handler = handler
  }

  /// How many requests are being received or answered.
  var activeCount: Int { active.load(ordering: .acquiring) }
  func begin() { active.add(1, ordering: .acquiringAndReleasing) }
  func end() { active.subtract(1, ordering: .acquiringAndReleasing) }
}

/// Returns a socket that listens, and its port.
private func listening(
  host: String, port: Int
) throws(HTTPServerError) -> (descriptor: Int32, port: Int) {
  func failed() -> HTTPServerError {
    let code = errno
    if code == EADDRINUSE { return .addressInUse(host: host, port: port) }
    return .cannotListen(host: host, port: port, reason: unsafe String(cString: strerror(code)))
  }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  guard (0...65535).contains(port) else {
    throw .cannotListen(host: host, port: port, reason: "a port is a number up to 65535")
  }
  address.sin_port = UInt16(port).bigEndian
  let name = host == "localhost" ? "127.0.0.1" : host
  guard unsafe inet_pton(AF_INET, name, &address.sin_addr) == 1 else {
    throw .cannotListen(host: host, port: port, reason: "it is no IPv4 address")
  }
  let kind =
    Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
  let descriptor = socket(AF_INET, kind, 0)
  guard descriptor >= 0 else { throw failed() }
  var yes: Int32 = 1
  unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
      unsafe bind(descriptor, address, size) == 0 && listen(descriptor, 1024) == 0
        && getsockname(descriptor, address, &size) == 0
    }
  }
  guard isBound else {
    let error = failed()
    close(descriptor)
    throw error
  }
  return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}
