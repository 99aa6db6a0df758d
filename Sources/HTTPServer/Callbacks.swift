import CMicroHTTPD
import Glibc

/// A request while it arrives.
private final class Arrival {
  let core: ServerCore
  let head: HTTPRequestHead
  let query: [(name: String, value: String)]
  let limit: Int
  private(set) var body: [UInt8] = []
  private(set) var isTooLarge = false
  /// Why the body cannot be kept.
  private(set) var failure: String?
  var isAnswered = false
  let file: String?
  private var descriptor: Int32 = -1
  private var count = 0

  init(_ core: ServerCore, _ head: HTTPRequestHead, _ query: [(name: String, value: String)]) {
    self.core = core
    self.head = head
    self.query = query
    limit = core.limits.bodySize(head)
    file = core.limits.bodyFile(head)
    core.begin()
    guard let file else { return }
    descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 { failure = unsafe String(cString: strerror(errno)) }
  }

  deinit {
    closeFile()
    if let file { unsafe unlink(file) }
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

  /// Whether the head says that the body is too large.
  var announcesTooMuch: Bool {
    head.headers["content-length"].flatMap { Int($0) }.map { $0 > limit } ?? false
  }
}

/// Is called with a request's head, with each piece of its body, and at its end.
let accept: MHD_AccessHandlerCallback = {
  context, connection, url, method, _, data, size, state in
  guard let context = unsafe context, let connection = unsafe connection,
    let state = unsafe state, let size = unsafe size
  else { return .NO }
  guard let known = unsafe state.pointee else {
    let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
    let head = unsafe HTTPRequestHead(
      method: method.map { unsafe String(cString: $0) } ?? "",
      path: url.map { unsafe String(cString: $0) } ?? "", headers: headers(of: connection))
    let arrival = Arrival(core, head, unsafe query(of: connection))
    unsafe state.pointee = unsafe Unmanaged.passRetained(arrival).toOpaque()
    guard arrival.announcesTooMuch else { return .YES }
    // Before the body is sent: whoever waits for leave need not send it.
    arrival.isAnswered = true
    return unsafe send(tooLarge(arrival.limit), to: connection, closing: true)
  }
  let arrival = unsafe Unmanaged<Arrival>.fromOpaque(known).takeUnretainedValue()
  let count = unsafe size.pointee
  if count > 0 {
    unsafe arrival.append(UnsafeRawBufferPointer(start: data, count: count))
    unsafe size.pointee = 0
    return .YES
  }
  guard !arrival.isAnswered else { return .YES }
  arrival.isAnswered = true
  guard !arrival.isTooLarge else {
    return unsafe send(tooLarge(arrival.limit), to: connection, closing: true)
  }
  arrival.closeFile()
  if let failure = arrival.failure {
    let text = "The body cannot be kept: \(failure).\n"
    return unsafe send(HTTPResponse(507, text: text), to: connection, closing: true)
  }
  let response = arrival.core.handler(
    HTTPRequest(
      method: arrival.head.method, path: arrival.head.path, query: arrival.query,
      headers: arrival.head.headers, body: arrival.body, bodyFile: arrival.file))
  return unsafe send(response, to: connection, closing: false)
}

/// Is called when a request was answered or its connection broke off.
let complete: MHD_RequestCompletedCallback = { _, _, state, _ in
  guard let state = unsafe state, let known = unsafe state.pointee else { return }
  unsafe Unmanaged<Arrival>.fromOpaque(known).release()
  unsafe state.pointee = nil
}

private func tooLarge(_ limit: Int) -> HTTPResponse {
  HTTPResponse(413, text: "The body is larger than \(limit) bytes.\n")
}

private func headers(of connection: OpaquePointer) -> [String: String] {
  var headers: [String: String] = [:]
  unsafe forEachValue(.HEADER_KIND, of: connection) { headers[$0.lowercased()] = $1 }
  return headers
}

private func query(of connection: OpaquePointer) -> [(name: String, value: String)] {
  var query: [(name: String, value: String)] = []
  unsafe forEachValue(.GET_ARGUMENT_KIND, of: connection) { query.append(($0, $1)) }
  return query
}

private func forEachValue(
  _ kind: MHD_ValueKind, of connection: OpaquePointer, _ body: (String, String) -> Void
) {
  withoutActuallyEscaping(body) { body in
    var visitor = Visitor(body: body)
    _ = unsafe withUnsafeMutablePointer(to: &visitor) { visitor in
      unsafe MHD_get_connection_values(
        connection, kind,
        { visitor, _, name, value in
          guard let name = unsafe name, let visitor = unsafe visitor else { return .YES }
          unsafe visitor.assumingMemoryBound(to: Visitor.self).pointee.body(
            String(cString: name), value.map { unsafe String(cString: $0) } ?? "")
          return .YES
        }, visitor)
    }
  }
}

private struct Visitor {
  let body: (String, String) -> Void
}

/// Queues `response`; a connection that is not to be used again is closed after it.
private func send(
  _ response: HTTPResponse, to connection: OpaquePointer, closing: Bool
) -> MHD_Result {
  var made: OpaquePointer?
  switch response.body {
  case .bytes(let bytes):
    unsafe made = bytes.withUnsafeBytes { bytes in
      unsafe MHD_create_response_from_buffer(
        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
  case .file(let path, let offset, let count):
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      return unsafe send(
        HTTPResponse(404, text: "The file is gone.\n"), to: connection, closing: closing)
    }
    unsafe made = MHD_create_response_from_fd_at_offset64(UInt64(count), descriptor, UInt64(offset))
  }
  guard let made = unsafe made else { return .NO }
  defer { unsafe MHD_destroy_response(made) }
  for (name, value) in response.headers {
    unsafe MHD_add_response_header(made, name, value)
  }
  if closing { unsafe MHD_add_response_header(made, "Connection", "close") }
  return unsafe MHD_queue_response(connection, UInt32(response.status), made)
}
