import CMicroHTTPD
import Glibc

/// A request while it arrives.
final class Arrival {
  let core: ServerCore
  let head: HTTPRequestHead
  let query: [(name: String, value: String)]
  let peer: String
  let start = ContinuousClock.now
  private let connection: UInt
  let limit: Int
  /// What the head alone is answered, before the body is sent: whoever waits for leave need not send it.
  let refusal: HTTPResponse?
  private(set) var body: [UInt8] = []
  private(set) var isTooLarge = false
  /// Why the body cannot be kept.
  private(set) var failure: String?
  var isAnswered = false
  let file: String?
  private var descriptor: Int32 = -1
  private var count = 0

  init(_ core: ServerCore, _ head: HTTPRequestHead, _ connection: OpaquePointer) {
    self.core = core
    self.head = head
    self.connection = UInt(bitPattern: connection)
    query = unsafe queryValues(of: connection)
    peer = unsafe peerAddress(of: connection)
    limit = core.limits.bodySize(head)
    refusal = core.limits.refusal(head) ?? Self.fault(of: head, limit: limit)
    file = refusal == nil ? core.limits.bodyFile(head) : nil
    core.begin()
    core.watch.receiving(self.connection, since: start, count: 0)
    guard let file else { return }
    descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { failure = unsafe String(cString: strerror(errno)) }
  }

  deinit {
    closeFile()
    if let file { unsafe unlink(file) }
    core.watch.waiting(connection)
    core.end()
  }

  /// Ends writing; what could not be written shows here at the latest.
  func closeFile() {
    guard descriptor >= 0 else { return }
    if close(descriptor) != 0 { failure = unsafe failure ?? String(cString: strerror(errno)) }
    descriptor = -1
  }

  /// Keeps a piece of the body, unless it is too large by now or something failed.
  func append(_ piece: UnsafeRawBufferPointer) {
    count += piece.count
    core.watch.receiving(connection, since: start, count: count)
    if count > limit {
      isTooLarge = true
      body = []
    }
    guard !isTooLarge, failure == nil else { return }
    guard file != nil else {
      unsafe body.append(contentsOf: piece)
      return
    }
    var rest = unsafe piece[...]
    while unsafe !rest.isEmpty {
      let written = unsafe write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        failure = unsafe String(cString: strerror(errno))
        return
      }
      unsafe rest = unsafe rest.dropFirst(written)
    }
  }

  private static func fault(of head: HTTPRequestHead, limit: Int) -> HTTPResponse? {
    if head.path == MARTLET_HTTP_TOO_MANY_ARGUMENTS {
      return HTTPResponse(414, text: "The address has more arguments than fit; send fewer.\n")
    }
    guard let length = head.headers["content-length"] else { return nil }
    // Of two lengths, another server in between could believe the other one.
    guard head.headers["transfer-encoding"] == nil else {
      return HTTPResponse(400, text: "A body has a Content-Length or a Transfer-Encoding.\n")
    }
    return Int(length).map { $0 > limit } ?? false ? tooLarge(limit) : nil
  }

  private static func tooLarge(_ limit: Int) -> HTTPResponse {
    HTTPResponse(413, text: "The body is larger than \(limit) bytes.\n")
  }

  /// The answer to the request, whose body is there, and whether the connection ends with it.
  func answer() -> (response: HTTPResponse, isLast: Bool) {
    if isTooLarge { return (Self.tooLarge(limit), true) }
    closeFile()
    if let failure {
      return (HTTPResponse(507, text: "The body cannot be kept: \(failure).\n"), true)
    }
    core.watch.answering(connection)
    let request = HTTPRequest(
      method: head.method, path: head.path, query: query, headers: head.headers, body: body,
      bodyFile: file, peer: peer)
    return (core.handler(request), false)
  }

  /// Lets the server have its last word on `response`.
  func finish(_ response: HTTPResponse) -> HTTPResponse {
    core.finish(Exchange(head: head, peer: peer, duration: .now - start), response)
  }
}
