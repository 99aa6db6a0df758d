/// Asks for cells that were run; shell channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "History".
package struct HistoryRequest: RequestContent, Equatable {
  package static let messageType = "history_request"

  /// Which cells are meant; `hist_access_type` on the wire.
  package enum Access: String, Codable, Sendable {
    case tail
    case range
    case search
  }

  package var access: Access
  /// Whether to return outputs too; `output` on the wire.
  package var includesOutput: Bool
  /// The session of a range; 0 is this one, -1 the one before.
  package var session: Int
  /// The first line of a range.
  package var start: Int?
  /// The line after a range's last.
  package var stop: Int?
  /// The most cells to return.
  package var limit: Int?
  /// The glob pattern of a search.
  package var pattern: String?
  /// Whether a search returns equal cells once; `unique` on the wire.
  package var isUnique: Bool

  package init(
    access: Access, includesOutput: Bool = false, session: Int = 0, start: Int? = nil,
    stop: Int? = nil, limit: Int? = nil, pattern: String? = nil, isUnique: Bool = false
  ) {
    self.access = access
    self.includesOutput = includesOutput
    self.session = session
    self.start = start
    self.stop = stop
    self.limit = limit
    self.pattern = pattern
    self.isUnique = isUnique
  }

  private enum CodingKeys: String, CodingKey {
    case access = "hist_access_type"
    case includesOutput = "output"
    case session
    case start
    case stop
    case limit = "n"
    case pattern
    case isUnique = "unique"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    access = try fields.decode(Access.self, forKey: .access)
    includesOutput = try fields.decodeIfPresent(Bool.self, forKey: .includesOutput) ?? false
    session = try fields.decodeIfPresent(Int.self, forKey: .session) ?? 0
    start = try fields.decodeIfPresent(Int.self, forKey: .start)
    stop = try fields.decodeIfPresent(Int.self, forKey: .stop)
    limit = try fields.decodeIfPresent(Int.self, forKey: .limit)
    pattern = try fields.decodeIfPresent(String.self, forKey: .pattern)
    isUnique = try fields.decodeIfPresent(Bool.self, forKey: .isUnique) ?? false
  }
}

/// The cells asked for.
package struct HistoryReply: MessageContent, Equatable {
  package static let messageType = "history_reply"

  package var status = ReplyStatus.ok
  /// Each `[session, line, source]`, or `[session, line, [source, output]]`.
  package var history: [JSONValue]

  package init(history: [JSONValue]) {
    self.history = history
  }
}
