/// A message as it came in, its signature checked; the content is read when it is asked for.
///
/// - SeeAlso: Jupyter messaging 5.5, "General message format".
package struct Message: Sendable {
  /// The routing frames before the delimiter: whom an answer goes to.
  package var identities: [[UInt8]]
  package var header: MessageHeader
  /// The header's own bytes, which become the parent header of every answer.
  package var headerFrame: [UInt8]
  package var parentFrame: [UInt8]
  package var metadataFrame: [UInt8]
  package var contentFrame: [UInt8]
  /// Binary frames after the content, not covered by the signature.
  package var buffers: [[UInt8]]

  /// Reads the content.
  ///
  /// - Throws: `JupyterProtocolError.notJSON`, `fieldMissing` or `fieldInvalid`.
  package func content<Content: Decodable>(
    as type: Content.Type
  ) throws(JupyterProtocolError) -> Content {
    try JSON.decode(type, from: contentFrame, part: "the content of \(header.messageType)")
  }

  /// Reads the metadata.
  ///
  /// - Throws: `JupyterProtocolError.notJSON`, `fieldMissing` or `fieldInvalid`.
  package func metadata<Metadata: Decodable>(
    as type: Metadata.Type
  ) throws(JupyterProtocolError) -> Metadata {
    try JSON.decode(type, from: metadataFrame, part: "the metadata of \(header.messageType)")
  }

  /// The header of the message that this one answers; `nil` when there is none.
  package var parentHeader: MessageHeader? {
    try? JSON.decode(MessageHeader.self, from: parentFrame, part: "the parent header")
  }
}

/// The content of one type of message.
package protocol MessageContent: Codable, Sendable {
  /// The type's name on the wire.
  static var messageType: String { get }
}

/// A message that asks for a reply.
package protocol RequestContent: MessageContent {
  /// The reply's type name on the wire; the same for successes and errors.
  static var replyType: String { get }
}

extension RequestContent {
  package static var replyType: String {
    let stem = messageType.hasSuffix("_request") ? String(messageType.dropLast(8)) : messageType
    return "\(stem)_reply"
  }
}
