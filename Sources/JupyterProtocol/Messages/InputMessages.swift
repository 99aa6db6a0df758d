/// Asks the frontend for a line of text; stdin channel, from the kernel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Messages on the stdin (ROUTER/DEALER) channel".
package struct InputRequest: MessageContent, Equatable {
  package static let messageType = "input_request"

  package var prompt: String
  /// Whether the text stays hidden; `password` on the wire.
  package var isPassword: Bool

  package init(prompt: String, isPassword: Bool) {
    self.prompt = prompt
    self.isPassword = isPassword
  }

  private enum CodingKeys: String, CodingKey {
    case prompt
    case isPassword = "password"
  }
}

/// Answers an input request.
package struct InputReply: MessageContent, Equatable {
  package static let messageType = "input_reply"

  package var value: String

  package init(value: String) {
    self.value = value
  }
}
