/// A request whose body has arrived.
package struct HTTPRequest: Sendable {
  /// `GET`, `POST` and so on.
  package let method: String
  /// The path, percent escapes resolved.
  package let path: String
  /// The query's names and values in order, percent escapes resolved.
  package let query: [(name: String, value: String)]
  /// The headers by name in lower case.
  package let headers: [String: String]
  /// The body; empty if it went to a file.
  package let body: [UInt8]
  /// The file that has the body, if the server was asked to put it there; it is removed after the answer.
  package let bodyFile: String?
  /// The client's address.
  package let peer: String

  /// What was known of it before its body arrived.
  package var head: HTTPRequestHead {
    HTTPRequestHead(method: method, path: path, headers: headers)
  }

  /// The first value that the query has under `name`.
  package func queryValue(_ name: String) -> String? {
    query.first { $0.name == name }?.value
  }
}

/// What is known of a request before its body arrives.
package struct HTTPRequestHead: Sendable {
  package let method: String
  package let path: String
  package let headers: [String: String]
}

/// A request that was answered.
package struct Exchange: Sendable {
  package let head: HTTPRequestHead
  /// The client's address.
  package let peer: String
  /// From the request's head to its answer.
  package let duration: Duration
}

/// What a request is answered.
package struct HTTPResponse: Sendable {
  package enum Body: Sendable {
    case bytes([UInt8])
    /// `count` bytes of the file at `path`, from `offset` on.
    case file(path: String, offset: Int64, count: Int64)
    /// The same of a file that was made for this answer, and is removed with it.
    case temporaryFile(path: String, count: Int64)
    /// What is sent to the stream, as it comes.
    case stream(EventStream)
  }

  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: Body
  /// Whom it answers, for the log.
  package var account: String?

  package init(
    _ status: Int, _ body: Body = .bytes([]), headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer in plain text.
  package init(_ status: Int, text: String) {
    self.init(
      status, .bytes(Array(text.utf8)), headers: [("Content-Type", "text/plain; charset=utf-8")])
  }
}

/// Why a server could not start.
package enum HTTPServerError: Error, Equatable, CustomStringConvertible {
  case addressInUse(host: String, port: Int)
  case cannotListen(host: String, port: Int, reason: String)
  case cannotServe(reason: String)
  case cannotSecure(reason: String)
  case libraryMissing(reason: String)

  package var description: String {
    switch self {
    case .addressInUse(let host, let port):
      "another program listens at \(host):\(port) already. End it, or choose another port."
    case .cannotListen(let host, let port, let reason):
      "cannot listen at \(host):\(port): \(reason). Check the address and the port."
    case .cannotServe(let reason):
      "cannot start the server: \(reason). Raise the limit of open files (ulimit -n)."
    case .cannotSecure(let reason):
      "cannot serve with TLS: \(reason). The certificate and its key must be in PEM and belong together; the key without a password."
    case .libraryMissing(let reason):
      "cannot serve: \(reason). Install libmicrohttpd (Debian: libmicrohttpd12)."
    }
  }
}
