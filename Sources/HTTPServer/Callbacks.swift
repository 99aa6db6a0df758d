import CMicroHTTPD
import Glibc

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
    let arrival = unsafe Arrival(core, head, connection)
    unsafe state.pointee = unsafe Unmanaged.passRetained(arrival).toOpaque()
    guard let refusal = arrival.refusal else { return .YES }
    arrival.isAnswered = true
    return unsafe send(arrival.finish(refusal), to: connection, core, closing: true)
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
  let (response, isLast) = arrival.answer()
  return unsafe send(arrival.finish(response), to: connection, arrival.core, closing: isLast)
}

/// Is called when a request was answered or its connection broke off.
let complete: MHD_RequestCompletedCallback = { _, _, state, _ in
  guard let state = unsafe state, let known = unsafe state.pointee else { return }
  unsafe Unmanaged<Arrival>.fromOpaque(known).release()
  unsafe state.pointee = nil
}

/// Is called when a connection begins and ends.
let notice: MHD_NotifyConnectionCallback = { context, connection, _, event in
  guard let context = unsafe context, let connection = unsafe connection else { return }
  let core = unsafe Unmanaged<ServerCore>.fromOpaque(context).takeUnretainedValue()
  let key = UInt(bitPattern: connection)
  if event == .CONNECTION_NOTIFY_STARTED {
    unsafe core.watch.opened(key, descriptor: martlet_http_socket(connection))
  } else {
    core.watch.closed(key)
  }
}

private func headers(of connection: OpaquePointer) -> [String: String] {
  var headers: [String: String] = [:]
  unsafe forEachValue(.HEADER_KIND, of: connection) { headers[$0.lowercased()] = $1 }
  return headers
}

func queryValues(of connection: OpaquePointer) -> [(name: String, value: String)] {
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
      unsafe martlet_http_values(
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
  _ response: HTTPResponse, to connection: OpaquePointer, _ core: ServerCore, closing: Bool
) -> MHD_Result {
  var made: OpaquePointer?
  switch response.body {
  case .bytes(let bytes):
    unsafe made = bytes.withUnsafeBytes { bytes in
      unsafe martlet_http_response(bytes.baseAddress, bytes.count)
    }
  case .file(let path, let offset, let count):
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      return unsafe send(
        HTTPResponse(404, text: "The file is gone.\n"), to: connection, core, closing: closing)
    }
    unsafe made = martlet_http_file_response(UInt64(count), descriptor, UInt64(offset))
  case .temporaryFile(let path, let count):
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    // The bytes are there until the answer has closed them.
    unsafe unlink(path)
    guard descriptor >= 0 else {
      return unsafe send(
        HTTPResponse(500, text: "The file is gone.\n"), to: connection, core, closing: closing)
    }
    unsafe made = martlet_http_file_response(UInt64(count), descriptor, 0)
  case .stream(let stream):
    core.add(stream)
    unsafe made = stream.response(for: connection)
  }
  guard let made = unsafe made else { return .NO }
  defer { unsafe martlet_http_release(made) }
  for (name, value) in response.headers {
    unsafe martlet_http_add_header(made, name, value)
  }
  if closing { unsafe martlet_http_add_header(made, "Connection", "close") }
  return unsafe martlet_http_queue(connection, UInt32(response.status), made)
}
