import CCurl
internal import Glibc
internal import Synchronization

/// Sends HTTP requests, one at a time, over connections that it keeps open.
///
/// ```swift
/// let client = HTTPClient()
/// let answer = try client.send(HTTPClientRequest("GET", "http://127.0.0.1:5000/health"))
/// print(answer.status, answer.text)
/// ```
///
/// A call blocks its thread until the answer is there: call it on a thread of your own, not in a task. Several threads
/// may share a client and wait for each other; take one client for each thread that sends at the same time. Proxies
/// come from the environment (`http_proxy`, `https_proxy`, `no_proxy`). libcurl is loaded with the first request.
///
/// - SeeAlso: RFC 9110; libcurl's manual, `curl_easy_setopt`.
@safe package final class HTTPClient: Sendable {
  /// How long a request may take, and whom it trusts.
  package struct Settings: Sendable {
    /// The longest time until a connection is there.
    package var connectLimit = Duration.seconds(10)
    /// The longest time until the answer is complete; `nil` for requests that take as long as their files need.
    package var totalLimit: Duration?
    /// The longest time, in seconds, in which not a byte comes or goes.
    package var stallSeconds = 60
    /// The most bytes of an answer in memory.
    package var bodyLimit = 256 << 20
    /// Whether the server must prove who it is.
    package var verifiesCertificates = true
    /// A file of certificates to trust instead of the system's.
    package var certificateAuthorities: String?
    /// A file with the client's own certificate and its key.
    package var clientCertificate: String?

    package init() {}
  }

  /// Where the body of a successful answer goes; that of any other is kept in memory.
  private enum Sink {
    case memory
    case descriptor(Int32)
    case receiver(Receiver)
  }

  private let settings: Settings
  private let session = Mutex<SessionHandle?>(nil)
  private let cancellation = Mutex(Cancellation())

  /// The session that a cancellation has to reach, and whether there was one.
  private struct Cancellation {
    var isCancelled = false
    var session: SessionHandle?
  }

  package init(_ settings: Settings = Settings()) {
    self.settings = settings
  }

  deinit { session.withLock { unsafe ccurl_close($0?.pointer) } }

  /// Sends a request and waits for the answer, whatever its status.
  ///
  /// - Throws: ``HTTPClientError`` if there is none.
  package func send(
    _ request: HTTPClientRequest
  ) throws(HTTPClientError) -> HTTPClientResponse {
    try perform(request, sink: .memory)
  }

  /// Sends a request and writes the body of a successful answer to a new file at `path`.
  ///
  /// A file that is there is replaced; without a successful answer none is left.
  ///
  /// - Throws: ``HTTPClientError``.
  package func download(
    _ request: HTTPClientRequest, to path: String
  ) throws(HTTPClientError) -> HTTPClientResponse {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .fileFailed(path: path, reason: lastReason()) }
    var isKept = false
    defer {
      if !isKept { unsafe unlink(path) }
    }
    let response: HTTPClientResponse
    do throws(HTTPClientError) {
      response = try perform(request, sink: .descriptor(descriptor), outputPath: path)
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw .fileFailed(path: path, reason: lastReason()) }
    isKept = response.isSuccess
    return response
  }

  /// Sends a request and hands the body of a successful answer to `receive` as it comes.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - receive: Takes a part of the body; it returns false to end the request.
  /// - Returns: The answer, without the body that `receive` got.
  /// - Throws: ``HTTPClientError/cancelled(url:)`` after `receive` has returned false, and others.
  package func stream(
    _ request: HTTPClientRequest, receive: @escaping ([UInt8]) -> Bool
  ) throws(HTTPClientError) -> HTTPClientResponse {
    try perform(request, sink: .receiver(Receiver(receive)))
  }

  /// Ends the running request, and those to come, within a second; any thread may call it.
  package func cancel() {
    cancellation.withLock { state in
      state.isCancelled = true
      if let session = state.session { unsafe ccurl_cancel(session.pointer, 1) }
    }
  }

  private func perform(
    _ request: HTTPClientRequest, sink: Sink, outputPath: String = ""
  ) throws(HTTPClientError) -> HTTPClientResponse {
    try check(request)
    return try session.withLock { session throws(HTTPClientError) in
      let handle: SessionHandle
      if let open = session {
        handle = open
      } else {
        handle = try SessionHandle.open()
        session = handle
        cancellation.withLock { state in
          state.session = handle
          if state.isCancelled { unsafe ccurl_cancel(handle.pointer, 1) }
        }
      }
      var exchange = Exchange(settings: settings, request: request, outputPath: outputPath)
      defer { exchange.close() }
      switch sink {
      case .memory: break
      case .descriptor(let descriptor): exchange.output = descriptor
      case .receiver(let receiver): exchange.receiver = receiver
      }
      return try exchange.perform(handle)
    }
  }

  /// Refuses what would break out of its line of the request, and what libcurl would take for something else.
  private func check(_ request: HTTPClientRequest) throws(HTTPClientError) {
    let url = request.url
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw .invalidRequest(url: url, reason: "a URL begins with http:// or https://")
    }
    guard url.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
      throw .invalidRequest(url: url, reason: "it has spaces or control characters in it")
    }
    let token = "!#$%&'*+-.^_`|~".utf8
    func isToken(_ text: String) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
          default: token.contains(byte)
          }
        }
    }
    guard isToken(request.method) else {
      throw .invalidRequest(url: url, reason: "\"\(request.method)\" is no method")
    }
    for (name, value) in request.headers {
      guard isToken(name), !value.utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) else {
        throw .invalidRequest(url: url, reason: "the header \"\(name)\" or its value is invalid")
      }
    }
  }
}

/// A session of the C library, which one caller at a time uses.
@safe struct SessionHandle: @unchecked Sendable {
  // The client's lock gives it to one thread at a time; `ccurl_cancel` alone may be called by others.
  let pointer: OpaquePointer

  static func open() throws(HTTPClientError) -> SessionHandle {
    var message = [CChar](repeating: 0, count: 512)
    guard let pointer = unsafe ccurl_open(&message, message.count) else {
      throw .libraryMissing(reason: text(of: message))
    }
    return unsafe SessionHandle(pointer: pointer)
  }
}

/// What takes a body as it comes.
final class Receiver {
  let receive: ([UInt8]) -> Bool

  init(_ receive: @escaping ([UInt8]) -> Bool) {
    self.receive = receive
  }
}

/// The text before the first NUL.
func text(of characters: [CChar]) -> String {
  String(
    decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// What the system says about its last error.
func lastReason() -> String { unsafe String(cString: strerror(errno)) }
