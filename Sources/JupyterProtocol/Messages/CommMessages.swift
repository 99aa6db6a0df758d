/// Asks for the open comms; shell channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Comm info".
package struct CommInfoRequest: RequestContent, Equatable {
  package static let messageType = "comm_info_request"

  /// Only comms of this target; `nil` means all.
  package var targetName: String?

  package init(targetName: String? = nil) {
    self.targetName = targetName
  }

  private enum CodingKeys: String, CodingKey {
    case targetName = "target_name"
  }
}

/// The open comms.
package struct CommInfoReply: MessageContent, Equatable {
  package static let messageType = "comm_info_reply"

  package var status = ReplyStatus.ok
  /// Each comm's identifier mapped to an object with its `target_name`.
  package var comms: [String: JSONValue]

  package init(comms: [String: JSONValue]) {
    self.comms = comms
  }
}

/// Opens a comm; shell channel from the frontend, no reply.
///
/// - SeeAlso: Jupyter messaging 5.5, "Opening a Comm".
package struct CommOpen: MessageContent, Equatable {
  package static let messageType = "comm_open"

  package var commID: String
  package var targetName: String

  package init(commID: String, targetName: String) {
    self.commID = commID
    self.targetName = targetName
  }

  private enum CodingKeys: String, CodingKey {
    case commID = "comm_id"
    case targetName = "target_name"
  }
}

/// Carries data over a comm.
///
/// - SeeAlso: Jupyter messaging 5.5, "Comm Messages".
package struct CommMessage: MessageContent, Equatable {
  package static let messageType = "comm_msg"

  package var commID: String

  private enum CodingKeys: String, CodingKey {
    case commID = "comm_id"
  }
}

/// Closes a comm; the answer to opening one whose target is unknown.
///
/// - SeeAlso: Jupyter messaging 5.5, "Tearing Down Comms".
package struct CommClose: MessageContent, Equatable {
  package static let messageType = "comm_close"

  package var commID: String
  package var data: [String: JSONValue]

  package init(commID: String, data: [String: JSONValue] = [:]) {
    self.commID = commID
    self.data = data
  }

  private enum CodingKeys: String, CodingKey {
    case commID = "comm_id"
    case data
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    commID = try fields.decode(String.self, forKey: .commID)
    data = try fields.decodeIfPresent([String: JSONValue].self, forKey: .data) ?? [:]
  }
}
