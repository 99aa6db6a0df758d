/// A message or a connection file that breaks the protocol's rules.
///
/// No text ever holds the signing key or a message's content.
package enum JupyterProtocolError: Error, Equatable, CustomStringConvertible {
  // MARK: Connection files

  /// The file at `path` does not exist or may not be read.
  case connectionFileUnreadable(path: String)
  /// The file at `path` is not a JSON object.
  case connectionFileNotJSON(path: String)
  /// `key` is absent.
  case connectionKeyMissing(path: String, key: String)
  /// The value of `key` is of another type or out of range.
  case connectionValueInvalid(path: String, key: String, expected: String)
  /// `transport` is neither `tcp` nor `ipc`.
  case unknownTransport(path: String, transport: String)
  /// `signature_scheme` is not `hmac-sha256`.
  case unsupportedSignatureScheme(path: String, scheme: String)

  // MARK: Messages

  /// No frame is `<IDS|MSG>`.
  case delimiterMissing(frameCount: Int)
  /// Fewer than five frames follow the delimiter.
  case truncated(frameCount: Int)
  /// The signature frame is empty although messages are signed.
  case unsigned
  /// The signature does not fit the frames.
  case signatureWrong
  /// The signature was seen before.
  case replayed
  /// `part` is not valid JSON.
  case notJSON(part: String)
  /// `part` lacks `field`.
  case fieldMissing(part: String, field: String)
  /// `part` holds a value of the wrong type at `field`; an empty `field` means the whole part.
  case fieldInvalid(part: String, field: String)
  /// `part` could not be written as JSON.
  case notEncodable(part: String)
  /// A request is for a subshell that does not exist, or no longer.
  case unknownSubshell(identifier: String)

  /// The error's name in replies; `ename` on the wire.
  package var name: String {
    if case .unknownSubshell = self { "UnknownSubshell" } else { "MalformedMessage" }
  }

  package var description: String {
    switch self {
    case .connectionFileUnreadable(let path):
      "cannot read the connection file \(path). "
        + "Check that it exists and that you may read it; Jupyter writes it at each kernel start."
    case .connectionFileNotJSON(let path):
      "the connection file \(path) is not a JSON object. Let Jupyter write it again."
    case .connectionKeyMissing(let path, let key):
      "the connection file \(path) lacks the key \"\(key)\". Add it, or let Jupyter write the file."
    case .connectionValueInvalid(let path, let key, let expected):
      "the connection file \(path) has an unusable value for \"\(key)\". Make it \(expected)."
    case .unknownTransport(let path, let transport):
      "the connection file \(path) names the unknown transport \"\(transport)\" "
        + "under \"transport\". Use \"tcp\" or \"ipc\"."
    case .unsupportedSignatureScheme(let path, let scheme):
      "the connection file \(path) asks for the signature scheme \"\(scheme)\" "
        + "under \"signature_scheme\". Use \"hmac-sha256\"."
    case .delimiterMissing(let count):
      "a message of \(count) frames has no <IDS|MSG> frame. Check that the peer speaks Jupyter."
    case .truncated(let count):
      "a message has \(count) frames after <IDS|MSG>, fewer than 5. "
        + "Check that the peer speaks Jupyter's protocol 5."
    case .unsigned:
      "a message is not signed. Start the frontend with this kernel's connection file."
    case .signatureWrong:
      "a message's signature is wrong. Start the frontend with this kernel's connection file."
    case .replayed:
      "a message's signature was seen before. Send each message once, with a new msg_id."
    case .notJSON(let part):
      "\(part) is not valid JSON. Send UTF-8 text as RFC 8259 describes it."
    case .fieldMissing(let part, let field):
      "\(part) lacks the field \"\(field)\". Send the fields that the messaging protocol requires."
    case .fieldInvalid(let part, ""):
      "\(part) is not a JSON object. Send one."
    case .fieldInvalid(let part, let field):
      "\(part) has a value of the wrong type at \"\(field)\". See the messaging protocol."
    case .notEncodable(let part):
      "\(part) cannot be written as JSON. Publish strings, finite numbers, arrays and objects."
    case .unknownSubshell(let identifier):
      "there is no subshell \"\(identifier)\". Create one with create_subshell_request, or leave "
        + "subshell_id out of the header for the main shell."
    }
  }
}
