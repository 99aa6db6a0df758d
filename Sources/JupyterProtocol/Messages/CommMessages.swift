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

/// Opens a comm; on shell from the frontend, on iopub from the kernel; it has no reply.
///
/// - SeeAlso: Jupyter messaging 5.5, "Opening a Comm".
package struct CommOpen: MessageContent, Equatable {
  package static let messageType = "comm_open"

  package var commID: String
  package var targetName: String
  package var data: JSONValue

  package init(commID: String, targetName: String, data: JSONValue = [:]) {
    self.commID = commID
    self.targetName = targetName
    self.data = data
  }

  private enum CodingKeys: String, CodingKey {
    case commID = "comm_id"
    case targetName = "target_name"
    case data
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    commID = try fields.decode(String.self, forKey: .commID)
    targetName = try fields.decode(String.self, forKey: .targetName)
    data = try fields.decodeIfPresent(JSONValue.self, forKey: .data) ?? [:]
  }
}

/// Carries data over a comm, in either direction.
///
/// - SeeAlso: Jupyter messaging 5.5, "Comm Messages".
package struct CommMessage: MessageContent, Equatable {
  package static let messageType = "comm_msg"

  package var commID: String
  package var data: JSONValue

  package init(commID: String, data: JSONValue = [:]) {
    self.commID = commID
    self.data = data
  }

  package init(from decoder: any Decoder) throws {
    (commID, data) = try commFields(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    try encodeComm(commID, data, to: encoder)
  }
}

/// Closes a comm; the answer to opening one whose target is unknown.
///
/// - SeeAlso: Jupyter messaging 5.5, "Tearing Down Comms".
package struct CommClose: MessageContent, Equatable {
  package static let messageType = "comm_close"

  package var commID: String
  package var data: JSONValue

  package init(commID: String, data: JSONValue = [:]) {
    self.commID = commID
    self.data = data
  }

  package init(from decoder: any Decoder) throws {
    (commID, data) = try commFields(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    try encodeComm(commID, data, to: encoder)
  }
}

private enum CommKeys: String, CodingKey {
  case commID = "comm_id"
  case data
}

/// Reads a comm's identifier and data; some clients leave empty data out.
private func commFields(from decoder: any Decoder) throws -> (String, JSONValue) {
  let fields = try decoder.container(keyedBy: CommKeys.self)
  return (
    try fields.decode(String.self, forKey: .commID),
    try fields.decodeIfPresent(JSONValue.self, forKey: .data) ?? [:]
  )
}

private func encodeComm(_ commID: String, _ data: JSONValue, to encoder: any Encoder) throws {
  var fields = encoder.container(keyedBy: CommKeys.self)
  try fields.encode(commID, forKey: .commID)
  try fields.encode(data, forKey: .data)
}
