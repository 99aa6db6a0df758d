package import JupyterProtocol

/// What one side of a comm did, and what it told the other side with that.
///
/// - SeeAlso: Jupyter messaging 5.5, "Custom Messages".
package struct CommEvent: Sendable, Equatable {
  /// What was done.
  package enum Action: Sendable, Equatable {
    case open(target: String)
    case message
    case close
  }

  package var commID: String
  package var action: Action
  package var data: JSONValue
  package var metadata: [String: JSONValue]
  /// Binary data, which JSON would carry badly.
  package var buffers: [[UInt8]]

  package init(
    commID: String, action: Action, data: JSONValue = [:], metadata: [String: JSONValue] = [:],
    buffers: [[UInt8]] = []
  ) {
    self.commID = commID
    self.action = action
    self.data = data
    self.metadata = metadata
    self.buffers = buffers
  }
}

/// What became of a frontend's comm message.
package enum CommOutcome: Sendable, Equatable {
  /// The session's code took it.
  case handled
  /// No code of the session takes comms.
  case untaken
  /// A callback failed, as a cell can.
  case failed(CellFailure)
}
