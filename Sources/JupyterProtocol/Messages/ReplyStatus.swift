/// How a request ended; `status` of every reply.
package enum ReplyStatus: String, Codable, Sendable {
  case ok
  case error
  case aborted
}

/// The reply to a request that failed; its message type is that of the request's ordinary reply.
///
/// - SeeAlso: Jupyter messaging 5.5, "Request-Reply".
package struct ErrorReply: Codable, Sendable, Equatable {
  package var status = ReplyStatus.error
  /// The error's type; `ename` on the wire.
  package var name: String
  /// The error's description; `evalue` on the wire.
  package var value: String
  /// The lines that a frontend shows.
  package var traceback: [String]
  /// The execution count; only in replies to execution requests.
  package var executionCount: Int?

  package init(name: String, value: String, traceback: [String], executionCount: Int? = nil) {
    self.name = name
    self.value = value
    self.traceback = traceback
    self.executionCount = executionCount
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case name = "ename"
    case value = "evalue"
    case traceback
    case executionCount = "execution_count"
  }
}
