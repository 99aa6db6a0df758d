import FoundationEssentials

/// Who sent a message, when, and what it is.
///
/// - SeeAlso: Jupyter messaging 5.5, "Message header".
package struct MessageHeader: Codable, Sendable, Equatable {
  /// The protocol version that this module speaks.
  package static let protocolVersion = "5.5"

  /// Unique among all messages.
  package var identifier: String
  /// The message type, as in `execute_request`.
  package var messageType: String
  /// The sender's session.
  package var session: String
  package var userName: String
  /// When the message was made: ISO 8601, UTC.
  package var date: String
  /// The sender's protocol version.
  package var version: String
  /// The subshell that a shell request is for; `nil` means the main shell.
  ///
  /// - SeeAlso: JEP 91, "Kernel subshells".
  package var subshell: String?

  /// Makes the header of a new message.
  package init(
    messageType: String, session: String, userName: String = "kernel", subshell: String? = nil
  ) {
    identifier = uniqueIdentifier()
    self.messageType = messageType
    self.session = session
    self.userName = userName
    date = timestamp()
    version = Self.protocolVersion
    self.subshell = subshell
  }

  private enum CodingKeys: String, CodingKey {
    case identifier = "msg_id"
    case messageType = "msg_type"
    case session
    case userName = "username"
    case date
    case version
    case subshell = "subshell_id"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    identifier = try fields.decode(String.self, forKey: .identifier)
    messageType = try fields.decode(String.self, forKey: .messageType)
    session = try fields.decodeIfPresent(String.self, forKey: .session) ?? ""
    userName = try fields.decodeIfPresent(String.self, forKey: .userName) ?? ""
    date = try fields.decodeIfPresent(String.self, forKey: .date) ?? ""
    version = try fields.decodeIfPresent(String.self, forKey: .version) ?? ""
    subshell = try fields.decodeIfPresent(String.self, forKey: .subshell)
  }
}

/// Returns a new random UUID in lower case.
package func uniqueIdentifier() -> String {
  UUID().uuidString.lowercased()
}

/// Returns the present moment in UTC as ISO 8601 writes it, with microseconds.
package func timestamp() -> String {
  timestamp(of: Date())
}

/// Returns `date` as `timestamp()` returns the present moment.
func timestamp(of date: Date) -> String {
  let microseconds = Int((date.timeIntervalSince1970 * 1_000_000).rounded(.down))
  let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
  let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  let digits = String(fraction)
  let padding = String(repeating: "0", count: 6 - digits.count)
  return "\(whole.dropLast()).\(padding)\(digits)Z"
}
