import CCurl
internal import Glibc

/// One request as the C library takes it, and its answer.
@safe struct Exchange {
  let settings: HTTPClient.Settings
  let request: HTTPClientRequest
  let outputPath: String
  /// Where the body goes; -1 for memory.
  var output: Int32 = -1
  var receiver: Receiver?
  private var input: Int32 = -1

  init(settings: HTTPClient.Settings, request: HTTPClientRequest, outputPath: String) {
    self.settings = settings
    self.request = request
    self.outputPath = outputPath
  }

  /// Closes the file that was sent.
  mutating func close() {
    if input >= 0 { Glibc.close(input) }
    input = -1
  }

  mutating func perform(_ session: SessionHandle) throws(HTTPClientError) -> HTTPClientResponse {
    var fields = unsafe ccurl_request()
    unsafe fields.file = -1
    unsafe fields.output = output
    unsafe fields.connect_milliseconds = milliseconds(settings.connectLimit)
    unsafe fields.total_milliseconds = settings.totalLimit.map(milliseconds) ?? 0
    unsafe fields.stall_seconds = settings.stallSeconds
    unsafe fields.body_limit = Int64(settings.bodyLimit)
    unsafe fields.follows_redirects = request.followsRedirects ? 1 : 0
    unsafe fields.verifies_certificates = settings.verifiesCertificates ? 1 : 0
    var bytes: [UInt8] = []
    switch request.body {
    case .none: break
    case .bytes(let body):
      bytes = body
      unsafe fields.has_body = 1
      unsafe fields.body_count = Int64(body.count)
    case .file(let path, let offset, let count):
      let length = try openInput(path: path, offset: offset, count: count)
      unsafe fields.has_body = 1
      unsafe fields.file = input
      unsafe fields.file_offset = offset
      unsafe fields.body_count = length
    }
    if let receiver {
      unsafe fields.context = Unmanaged.passUnretained(receiver).toOpaque()
      unsafe fields.receiver = { context, bytes, count in
        guard let context = unsafe context else { return 1 }
        let receiver = unsafe Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
        let part = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
        return receiver.receive(part) ? 0 : 1
      }
    }
    return try unsafe send(&fields, bytes: bytes, session)
  }

  private mutating func openInput(
    path: String, offset: Int64, count: Int64?
  ) throws(HTTPClientError) -> Int64 {
    input = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw .fileFailed(path: path, reason: lastReason()) }
    var status = stat()
    guard unsafe fstat(input, &status) == 0 else {
      throw .fileFailed(path: path, reason: lastReason())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .fileFailed(path: path, reason: "it is no regular file")
    }
    let size = Int64(status.st_size)
    let length = count ?? (size - offset)
    guard offset >= 0, length >= 0, offset + length <= size else {
      throw .fileFailed(
        path: path,
        reason: "bytes \(offset) to \(offset + length) are asked for, and it has \(size)")
    }
    return length
  }

  private func send(
    _ fields: inout ccurl_request, bytes: [UInt8], _ session: SessionHandle
  ) throws(HTTPClientError) -> HTTPClientResponse {
    var lines = request.headers.map { name, value in
      // libcurl takes a colon without a value for the wish to leave the header out.
      value.isEmpty ? "\(name);" : "\(name): \(value)"
    }
    let names = Set(request.headers.map { $0.name.lowercased() })
    if !names.contains("user-agent") { lines.append("User-Agent: martlet") }
    // What libcurl adds by itself.
    if !names.contains("content-type") { lines.append("Content-Type:") }
    var message = [CChar](repeating: 0, count: 512)
    var answer = unsafe ccurl_response()
    let texts = CTexts()
    let headers = unsafe lines.map { unsafe UnsafePointer(texts.pointer(to: $0)) }
    unsafe fields.url = UnsafePointer(texts.pointer(to: request.url))
    unsafe fields.method = UnsafePointer(texts.pointer(to: request.method))
    unsafe fields.authorities = UnsafePointer(texts.pointer(to: settings.certificateAuthorities))
    unsafe fields.client_certificate = UnsafePointer(texts.pointer(to: settings.clientCertificate))
    unsafe fields.header_count = headers.count
    let result = unsafe bytes.withUnsafeBufferPointer { body in
      unsafe headers.withUnsafeBufferPointer { headers in
        unsafe fields.body = body.baseAddress
        unsafe fields.headers = headers.baseAddress
        return unsafe ccurl_perform(session.pointer, &fields, &answer, &message, message.count)
      }
    }
    withExtendedLifetime((texts, receiver)) {}
    guard result == Int32(CCURL_DONE.rawValue) else {
      throw failure(result, reason: text(of: message))
    }
    defer {
      unsafe free(answer.headers)
      unsafe free(answer.body)
    }
    let head = unsafe UnsafeRawBufferPointer(start: answer.headers, count: answer.header_count)
    let body = unsafe UnsafeBufferPointer(start: answer.body, count: answer.body_count)
    return unsafe HTTPClientResponse(
      status: Int(answer.status), headers: Self.headers(String(decoding: head, as: UTF8.self)),
      body: Array(body))
  }

  /// The names and values of header lines, after the first, which has the status.
  private static func headers(_ text: String) -> [(name: String, value: String)] {
    text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline).dropFirst()
      .compactMap { line in
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...]
        let trimmed = value.drop { $0 == " " || $0 == "\t" }
        let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
        return (String(line[..<colon]), end.map { String(trimmed[...$0]) } ?? "")
      }
  }

  private func failure(_ result: Int32, reason: String) -> HTTPClientError {
    let url = shownURL
    switch UInt32(bitPattern: result) {
    case CCURL_MISSING.rawValue: return .libraryMissing(reason: reason)
    case CCURL_UNREACHABLE.rawValue: return .unreachable(url: url, reason: reason)
    case CCURL_TIMED_OUT.rawValue: return .timedOut(url: url, reason: reason)
    case CCURL_TLS.rawValue: return .insecure(url: url, reason: reason)
    case CCURL_CANCELLED.rawValue, CCURL_REFUSED.rawValue: return .cancelled(url: url)
    case CCURL_TOO_LARGE.rawValue: return .tooLarge(url: url, limit: settings.bodyLimit)
    case CCURL_FILE.rawValue:
      if case .file(let path, _, _) = request.body {
        return .fileFailed(path: path, reason: reason)
      }
      return .fileFailed(path: outputPath, reason: reason)
    default: return .failed(url: url, reason: reason)
    }
  }

  /// The URL without its query, which may hold a signature, and without a password.
  private var shownURL: String {
    var text = String(request.url.prefix { $0 != "?" && $0 != "#" })
    let slash = text.firstIndex(of: "/").map { text.index($0, offsetBy: 2) } ?? text.startIndex
    let authority = text[slash...].prefix { $0 != "/" }
    if let at = authority.lastIndex(of: "@") { text.removeSubrange(slash...at) }
    return text
  }

  private func milliseconds(_ duration: Duration) -> Int {
    let parts = duration.components
    return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
  }
}

/// C texts that are there as long as this is.
@safe private final class CTexts {
  private var pointers: [UnsafeMutablePointer<CChar>?] = unsafe []

  deinit { unsafe pointers.forEach { unsafe free($0) } }

  func pointer(to text: String?) -> UnsafeMutablePointer<CChar>? {
    guard let text else { return nil }
    unsafe pointers.append(strdup(text))
    return unsafe pointers.last ?? nil
  }
}
