/// Asks for a new subshell; control channel, as all messages of this file.
///
/// - SeeAlso: Jupyter messaging 5.5, "Create subshell"; JEP 91, "Kernel subshells".
package struct CreateSubshellRequest: RequestContent, Equatable {
  package static let messageType = "create_subshell_request"

  package init() {}
}

/// Names the new subshell.
package struct CreateSubshellReply: MessageContent, Equatable {
  package static let messageType = "create_subshell_reply"

  package var status = ReplyStatus.ok
  /// What the headers of its requests carry.
  package var subshell: String

  package init(subshell: String) {
    self.subshell = subshell
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case subshell = "subshell_id"
  }
}

/// Asks to end a subshell.
///
/// - SeeAlso: Jupyter messaging 5.5, "Delete subshell".
package struct DeleteSubshellRequest: RequestContent, Equatable {
  package static let messageType = "delete_subshell_request"

  package var subshell: String

  package init(subshell: String) {
    self.subshell = subshell
  }

  private enum CodingKeys: String, CodingKey {
    case subshell = "subshell_id"
  }
}

/// Tells that the subshell takes no more requests.
package struct DeleteSubshellReply: MessageContent, Equatable {
  package static let messageType = "delete_subshell_reply"

  package var status = ReplyStatus.ok

  package init() {}
}

/// Asks which subshells there are.
///
/// - SeeAlso: Jupyter messaging 5.5, "List subshells".
package struct ListSubshellRequest: RequestContent, Equatable {
  package static let messageType = "list_subshell_request"

  package init() {}
}

/// The subshells, oldest first, without the main shell.
package struct ListSubshellReply: MessageContent, Equatable {
  package static let messageType = "list_subshell_reply"

  package var status = ReplyStatus.ok
  package var subshells: [String]

  package init(subshells: [String]) {
    self.subshells = subshells
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case subshells = "subshell_id"
  }
}
