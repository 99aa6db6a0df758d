/// Asks what could be inserted at the cursor; shell channel, as all messages of this file.
///
/// - SeeAlso: Jupyter messaging 5.5, "Completion".
package struct CompleteRequest: RequestContent, Equatable {
  package static let messageType = "complete_request"

  package var code: String
  /// The cursor in Unicode scalars; `nil` means the end.
  package var cursor: Int?

  package init(code: String, cursor: Int?) {
    self.code = code
    self.cursor = cursor
  }

  private enum CodingKeys: String, CodingKey {
    case code
    case cursor = "cursor_pos"
  }
}

/// What could be inserted.
package struct CompleteReply: MessageContent, Equatable {
  package static let messageType = "complete_reply"

  /// One match with its kind; a member of `_jupyter_types_experimental`.
  package struct TypedMatch: Codable, Sendable, Equatable {
    package var text: String
    package var type: String
    package var signature: String
    package var start: Int
    package var end: Int

    package init(text: String, type: String, signature: String, start: Int, end: Int) {
      self.text = text
      self.type = type
      self.signature = signature
      self.start = start
      self.end = end
    }
  }

  /// Carries the typed matches to frontends that show them.
  package struct Metadata: Codable, Sendable, Equatable {
    package var typedMatches: [TypedMatch]

    private enum CodingKeys: String, CodingKey {
      case typedMatches = "_jupyter_types_experimental"
    }
  }

  package var status = ReplyStatus.ok
  package var matches: [String]
  package var start: Int
  package var end: Int
  package var metadata: Metadata

  package init(matches: [TypedMatch], start: Int, end: Int) {
    self.matches = matches.map(\.text)
    self.start = start
    self.end = end
    metadata = Metadata(typedMatches: matches)
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case matches
    case start = "cursor_start"
    case end = "cursor_end"
    case metadata
  }
}

/// Asks what the symbol at the cursor is.
///
/// - SeeAlso: Jupyter messaging 5.5, "Introspection".
package struct InspectRequest: RequestContent, Equatable {
  package static let messageType = "inspect_request"

  package var code: String
  /// The cursor in Unicode scalars; `nil` means the end.
  package var cursor: Int?
  /// 0 for `name?`, 1 for `name??`.
  package var detailLevel: Int

  package init(code: String, cursor: Int?, detailLevel: Int = 0) {
    self.code = code
    self.cursor = cursor
    self.detailLevel = detailLevel
  }

  private enum CodingKeys: String, CodingKey {
    case code
    case cursor = "cursor_pos"
    case detailLevel = "detail_level"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    code = try fields.decode(String.self, forKey: .code)
    cursor = try fields.decodeIfPresent(Int.self, forKey: .cursor)
    detailLevel = try fields.decodeIfPresent(Int.self, forKey: .detailLevel) ?? 0
  }
}

/// What the symbol is.
package struct InspectReply: MessageContent, Equatable {
  package static let messageType = "inspect_reply"

  package var status = ReplyStatus.ok
  /// Whether the symbol is known; `found` on the wire.
  package var isFound: Bool
  package var data: MIMEBundle
  package var metadata: [String: JSONValue] = [:]

  package init(_ description: MIMEBundle?) {
    isFound = description != nil
    data = description ?? [:]
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case isFound = "found"
    case data
    case metadata
  }
}

/// Asks whether code is a whole cell.
///
/// - SeeAlso: Jupyter messaging 5.5, "Code completeness".
package struct IsCompleteRequest: RequestContent, Equatable {
  package static let messageType = "is_complete_request"

  package var code: String

  package init(code: String) {
    self.code = code
  }
}

/// Whether code is a whole cell; its `status` is not a reply status.
package struct IsCompleteReply: MessageContent, Equatable {
  package static let messageType = "is_complete_reply"

  package enum Status: String, Codable, Sendable {
    case complete
    case incomplete
    case invalid
    case unknown
  }

  package var status: Status
  /// What suits the next line; only when the code is incomplete.
  package var indent: String?

  package init(status: Status, indent: String? = nil) {
    self.status = status
    self.indent = indent
  }
}
