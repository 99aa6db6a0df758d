import Digest

/// The frame between the routing frames and the signature.
let delimiter = Array("<IDS|MSG>".utf8)

/// Signs messages, or leaves them unsigned when the key is empty.
///
/// - SeeAlso: Jupyter messaging 5.5, "The Wire Protocol".
package struct MessageSigner: Sendable {
  private let code: HMACSHA256?

  /// Makes a signer; an empty `key` switches signing off, as Jupyter does.
  package init(key: [UInt8]) {
    code = key.isEmpty ? nil : HMACSHA256(key: key)
  }

  /// Whether messages must be signed.
  var isSigning: Bool { code != nil }

  /// Returns the signature of the four dictionary frames, in hexadecimal digits.
  func signature(of frames: [[UInt8]]) -> [UInt8] {
    guard let code else { return [] }
    return Array(hexadecimal(code.signature(of: frames)).utf8)
  }
}

/// Turns frames into messages; nothing that a peer sends makes it trap.
package struct MessageReader: Sendable {
  private let signer: MessageSigner
  private var seen: DigestHistory

  /// Makes a reader that remembers the last `historyLimit` signatures, to refuse repeated ones.
  package init(signer: MessageSigner, historyLimit: Int = 65536) {
    self.signer = signer
    seen = DigestHistory(limit: historyLimit)
  }

  /// Reads one multipart message.
  ///
  /// - Throws: What is wrong with the frames, the signature or the header.
  package mutating func message(from frames: [[UInt8]]) throws(JupyterProtocolError) -> Message {
    guard let position = frames.firstIndex(of: delimiter) else {
      throw .delimiterMissing(frameCount: frames.count)
    }
    let parts = Array(frames[(position + 1)...])
    guard parts.count >= 5 else { throw .truncated(frameCount: parts.count) }
    let signed = Array(parts[1...4])
    if signer.isSigning { try check(parts[0], of: signed) }
    let header = try JSON.decode(MessageHeader.self, from: signed[0], part: "a message's header")
    return Message(
      identities: Array(frames[..<position]), header: header,
      headerFrame: try Self.strict(signed[0]),
      parentFrame: signed[1], metadataFrame: signed[2], contentFrame: signed[3],
      buffers: Array(parts[5...]))
  }

  /// A header that every frontend can read as a parent header: control characters in strings,
  /// which Foundation's decoder lets pass, are escaped.
  private static func strict(_ header: [UInt8]) throws(JupyterProtocolError) -> [UInt8] {
    guard header.contains(where: { $0 < 0x20 }) else { return header }
    let part = "a message's header"
    return try JSON.encode(JSON.decode(JSONValue.self, from: header, part: part), part: part)
  }

  private mutating func check(
    _ signature: [UInt8], of frames: [[UInt8]]
  ) throws(JupyterProtocolError) {
    guard !signature.isEmpty else { throw .unsigned }
    guard constantTimeEquals(signer.signature(of: frames), signature) else {
      throw .signatureWrong
    }
    guard seen.insert(signature) else { throw .replayed }
  }
}

/// Turns message contents into signed frames.
package struct MessageWriter: Sendable {
  private let signer: MessageSigner

  package init(signer: MessageSigner) {
    self.signer = signer
  }

  /// Writes one message.
  ///
  /// - Parameters:
  ///   - identities: The routing frames, or the topic of a broadcast.
  ///   - header: The header.
  ///   - parentFrame: The header of the message that caused this one, as it came in; `nil` when
  ///     nothing did.
  ///   - metadata: The metadata.
  ///   - content: The content.
  ///   - buffers: Binary frames.
  /// - Returns: The frames, from the first identity to the last buffer.
  /// - Throws: `JupyterProtocolError.notEncodable`.
  package func frames(
    identities: [[UInt8]], header: MessageHeader, parentFrame: [UInt8]?,
    metadata: [String: JSONValue] = [:], content: some Encodable, buffers: [[UInt8]] = []
  ) throws(JupyterProtocolError) -> [[UInt8]] {
    let emptyObject = Array("{}".utf8)
    let type = header.messageType
    let signed = [
      try JSON.encode(header, part: "the header of \(type)"),
      parentFrame ?? emptyObject,
      metadata.isEmpty
        ? emptyObject : try JSON.encode(metadata, part: "the metadata of \(type)"),
      try JSON.encode(content, part: "the content of \(type)"),
    ]
    return identities + [delimiter, signer.signature(of: signed)] + signed + buffers
  }
}
