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
    /// What a request is answered already for its head, before its body is received; `nil` for one that may go on.
    package var refusal: @Sendable (HTTPRequestHead) -> HTTPResponse?
    /// How many seconds a connection may be silent, a request's head may take to arrive, and its body beyond what
    /// comes at 1 KiB per second.
    package var seconds: Int
    /// How many connections there may be at once.
    package var connections: Int
    package var threads: Int

    package init(
      bodySize: @escaping @Sendable (HTTPRequestHead) -> Int = { _ in 1 << 20 },
      bodyFile: @escaping @Sendable (HTTPRequestHead) -> String? = { _ in nil },
      refusal: @escaping @Sendable (HTTPRequestHead) -> HTTPResponse? = { _ in nil },
      seconds: Int = 60, connections: Int = 1000, threads: Int = 4
    ) {
      self.bodySize = bodySize
      self.bodyFile = bodyFile
      self.refusal = refusal
      self.seconds = seconds
      self.connections = connections
      self.threads = threads
    }
  }

  /// What a server shows that it is who it says.
  package struct Identity: Sendable {
    /// The certificate, and those that lead to its root, in PEM.
    package let certificate: String
    /// Its private key, in PEM.
    package let key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// The port that it listens at.
  package let port: Int

  private let daemon: Mutex<DaemonHandle?>
  private let core: ServerCore

  /// Listens and serves.
  ///
  /// - Parameters:
  ///   - host: A name such as `localhost`, an IPv4 or an IPv6 address; `0.0.0.0` and `::` are all of the machine.
  ///   - port: The port; 0 for any that is free.
  ///   - limits: What requests may be like.
  ///   - identity: What to serve by TLS with; `nil` serves without.
  ///   - finish: Is shown every answer, also those that the server gives itself, and may add to it.
  ///   - handler: Answers a request; it is called on several threads at once.
  /// - Throws: ``HTTPServerError``.
  package init(
    host: String, port: Int, limits: Limits = Limits(), identity: Identity? = nil,
    finish: @escaping @Sendable (Exchange, HTTPResponse) -> HTTPResponse = { $1 },
    handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) throws(HTTPServerError) {
    if let reason = libraryFault { throw .libraryMissing(reason: reason) }
    let listener = try Listener(host: host, port: port)
    self.port = listener.port
    core = ServerCore(limits: limits, finish: finish, handler: handler)
    var options = unsafe martlet_http_options()
    unsafe options.listener = listener.descriptor
    unsafe options.threads = UInt32(limits.threads)
    unsafe options.timeout = UInt32(limits.seconds)
    unsafe options.connections = UInt32(max(limits.connections, limits.threads))
    // Arguments take some of it, too: MLflow's clients may ask for a thousand runs at once.
    unsafe options.head_size = 96 * 1024
    unsafe options.handler = accept
    unsafe options.completed = complete
    unsafe options.notified = notice
    unsafe options.context = Unmanaged.passUnretained(core).toOpaque()
    var message = [CChar](repeating: 0, count: 512)
    let started: OpaquePointer? =
      if let identity {
        unsafe identity.certificate.withCString { certificate in
          unsafe identity.key.withCString { key in
            unsafe options.certificate = certificate
            unsafe options.key = key
            return unsafe martlet_http_start(&options, &message, message.count)
          }
        }
      } else {
        unsafe martlet_http_start(&options, &message, message.count)
      }
    guard let started = unsafe started else {
      close(listener.descriptor)
      let reason = text(of: message)
      throw identity == nil ? .cannotServe(reason: reason) : .cannotSecure(reason: reason)
    }
    daemon = Mutex(unsafe DaemonHandle(pointer: started))
  }

  /// Takes no more connections, lets requests that are being answered end, and stops.
  package func stop() {
    daemon.withLock { daemon in
      guard let handle = daemon else { return }
      daemon = nil
      let listener = unsafe martlet_http_quiesce(handle.pointer)
      if listener >= 0 { close(listener) }
      let end = ContinuousClock.now + .seconds(10)
      repeat {
        core.closeStreams()
        usleep(2000)
      } while core.activeCount > 0 && ContinuousClock.now < end
      core.closeStreams()
      unsafe martlet_http_stop(handle.pointer)
    }
  }

  deinit { stop() }
}

/// Why libmicrohttpd cannot be loaded; `nil` once it is.
private let libraryFault: String? = {
  var message = [CChar](repeating: 0, count: 512)
  return unsafe martlet_http_load(&message, message.count) != 0 ? nil : text(of: message)
}()

private func text(of message: [CChar]) -> String {
  let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n").joined(separator: " ")
  return text.hasSuffix(".") ? String(text.dropLast()) : text
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
  let finish: @Sendable (Exchange, HTTPResponse) -> HTTPResponse
  let handler: @Sendable (HTTPRequest) -> HTTPResponse
  let watch: ConnectionWatch
  private let active = Atomic<Int>(0)
  private let streams = Mutex<[WeakStream]>([])

  init(
    limits: HTTPServer.Limits, finish: @escaping @Sendable (Exchange, HTTPResponse) -> HTTPResponse,
    handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) {
    self.limits = limits
    self.finish = finish
    self.handler = handler
    watch = ConnectionWatch(seconds: limits.seconds)
  }

  /// How many requests are being received or answered.
  var activeCount: Int { active.load(ordering: .acquiring) }
  func begin() { active.add(1, ordering: .acquiringAndReleasing) }
  func end() { active.subtract(1, ordering: .acquiringAndReleasing) }

  /// Notes an answer without an end, so that stopping ends it.
  func add(_ stream: EventStream) {
    streams.withLock { streams in
      streams.removeAll { $0.stream == nil }
      streams.append(WeakStream(stream: stream))
    }
  }

  func closeStreams() {
    for entry in streams.withLock({ $0 }) { entry.stream?.close() }
  }
}

private struct WeakStream {
  weak var stream: EventStream?
}
