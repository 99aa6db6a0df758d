package import JupyterProtocol

/// Writes, signs and posts the kernel's messages; any thread may use it.
///
/// Encoding happens on the caller's thread, so that the socket thread only moves bytes.
package struct Publisher: Sendable {
  /// The kernel's session, in the header of everything it sends.
  package let session = uniqueIdentifier()
  private let outbox: Outbox
  private let writer: MessageWriter
  private let log: @Sendable (String) -> Void

  package init(
    outbox: Outbox, signer: MessageSigner, log: @escaping @Sendable (String) -> Void
  ) {
    self.outbox = outbox
    writer = MessageWriter(signer: signer)
    self.log = log
  }

  /// Broadcasts `content`; `parent` is the request that caused it.
  func publish<Content: MessageContent>(
    _ content: Content, parent: Message?, metadata: [String: JSONValue] = [:],
    buffers: [[UInt8]] = []
  ) {
    let topic = "kernel.\(session).\(Content.messageType)"
    send(
      content, type: Content.messageType, to: .iopub, identities: [Array(topic.utf8)],
      parent: parent, metadata: metadata, buffers: buffers)
  }

  /// Answers `request` on the channel that it came on.
  func reply(
    _ content: some Encodable, type: String, to request: Request,
    metadata: [String: JSONValue] = [:]
  ) {
    send(
      content, type: type, to: request.channel, identities: request.message.identities,
      parent: request.message, metadata: metadata)
  }

  /// Asks the frontend that sent `request` for a line.
  ///
  /// - Returns: The identifier of the message sent.
  func requestInput(_ content: InputRequest, for request: Request) -> String {
    send(
      content, type: InputRequest.messageType, to: .stdin,
      identities: request.message.identities, parent: request.message)
  }

  /// Welcomes the subscriber to `topic`, under that topic.
  func welcome(subscriberTo topic: [UInt8]) {
    let welcome = IOPubWelcome(subscription: String(decoding: topic, as: UTF8.self))
    send(
      welcome, type: IOPubWelcome.messageType, to: .iopub, identities: [topic], parent: nil)
  }

  /// Lets the socket thread end after everything posted so far.
  func stop() {
    outbox.post(.stop)
  }

  @discardableResult
  private func send(
    _ content: some Encodable, type: String, to channel: Channel, identities: [[UInt8]],
    parent: Message?, metadata: [String: JSONValue] = [:], buffers: [[UInt8]] = []
  ) -> String {
    let header = MessageHeader(messageType: type, session: session)
    do {
      let frames = try writer.frames(
        identities: identities, header: header, parentFrame: parent?.headerFrame,
        metadata: metadata, content: content, buffers: buffers)
      outbox.post(.send(channel, frames))
    } catch {
      log("lost a message: \(error)")
    }
    return header.identifier
  }
}

/// A message and the channel that its answer goes to.
struct Request: Sendable {
  let message: Message
  let channel: Channel

  /// The message type on the wire.
  var type: String { message.header.messageType }
  /// The subshell that serves it; `nil` means the main shell.
  var subshell: String? { channel == .shell ? message.header.subshell : nil }
}
