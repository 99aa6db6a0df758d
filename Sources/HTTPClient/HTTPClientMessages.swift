/// A request to send.
package struct HTTPClientRequest: Sendable {
  /// What is sent.
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// The whole file at `path`, or `count` bytes of it from `offset` on.
    case file(path: String, offset: Int64 = 0, count: Int64? = nil)
  }

  /// `GET`, `PUT` and so on.
  package var method: String
  /// An `http` or `https` URL, with what needs it escaped.
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: Body
  /// Whether to go where an answer of 3xx points to.
  package var followsRedirects = false

  package init(
    _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
    body: Body = .none
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What a request was answered.
package struct HTTPClientResponse: Sendable {
  package let status: Int
  /// The headers as they came, in order.
  package let headers: [(name: String, value: String)]
  /// The body; empty if it went to a file or a receiver.
  package let body: [UInt8]

  /// Whether the status is one of 2xx.
  package var isSuccess: Bool { 200..<300 ~= status }

  /// The first value of a header, whatever the case of its name.
  package func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Why a request has no answer.
package enum HTTPClientError: Error, Equatable, CustomStringConvertible {
  /// libcurl is not installed; the reason is the loader's.
  case libraryMissing(reason: String)
  /// No request can be made of it.
  case invalidRequest(url: String, reason: String)
  /// The server's name is unknown, or nobody listens there.
  case unreachable(url: String, reason: String)
  case timedOut(url: String, reason: String)
  /// The server's certificate, or the encryption, was refused.
  case insecure(url: String, reason: String)
  /// ``HTTPClient/cancel()`` was called.
  case cancelled(url: String)
  /// The answer is larger than was allowed.
  case tooLarge(url: String, limit: Int)
  /// The file to send, or the one to write, failed.
  case fileFailed(path: String, reason: String)
  /// The connection broke, or what came is not HTTP.
  case failed(url: String, reason: String)

  package var description: String {
    switch self {
    case .libraryMissing(let reason):
      "HTTP needs libcurl, which cannot be loaded: \(reason). Install it with: apt install libcurl4"
    case .invalidRequest(let url, let reason):
      "no request can be sent to \"\(url)\": \(reason)."
    case .unreachable(let url, let reason):
      "cannot reach \(url): \(reason). Check the address, and that the server runs."
    case .timedOut(let url, let reason):
      "\(url) did not answer in time: \(reason)."
    case .insecure(let url, let reason):
      "no safe connection with \(url): \(reason). Check the certificate and who signed it."
    case .cancelled(let url):
      "the request to \(url) was cancelled."
    case .tooLarge(let url, let limit):
      "the answer of \(url) is larger than \(limit) bytes."
    case .fileFailed(let path, let reason):
      "cannot use the file \(path): \(reason)."
    case .failed(let url, let reason):
      "the request to \(url) failed: \(reason)."
    }
  }
}
