import Foundation
import JupyterProtocol
import Testing

@Suite("Wire format")
struct WireFormatTests {
  static let key = Array("secret-key".utf8)
  let signer = MessageSigner(key: key)

  func frames(
    signer: MessageSigner? = nil, text: String = "naïve 🙂", buffers: [[UInt8]] = []
  ) throws -> [[UInt8]] {
    try MessageWriter(signer: signer ?? self.signer).frames(
      identities: [[0, 255, 1], Array("second".utf8)],
      header: MessageHeader(messageType: "stream", session: "s"), parentFrame: nil,
      metadata: ["a": 1], content: StreamOutput(name: "stdout", text: text), buffers: buffers)
  }

  @Test("what is written is read back", arguments: [0, 1, 3])
  func roundTrip(bufferCount: Int) throws {
    let buffers = (0..<bufferCount).map { [UInt8](repeating: UInt8($0), count: 10 * $0) }
    var reader = MessageReader(signer: signer)
    let message = try reader.message(from: frames(buffers: buffers))
    #expect(message.identities == [[0, 255, 1], Array("second".utf8)])
    #expect(message.header.messageType == "stream")
    #expect(message.header.session == "s")
    #expect(message.header.version == "5.5")
    #expect(message.parentHeader == nil)
    #expect(try message.metadata(as: [String: Int].self) == ["a": 1])
    #expect(
      try message.content(as: StreamOutput.self) == StreamOutput(name: "stdout", text: "naïve 🙂"))
    #expect(message.buffers == buffers)
  }

  @Test("the signature is the HMAC that hashlib computes")
  func knownSignature() throws {
    let parts = ["{\"msg_id\":\"1\",\"msg_type\":\"kernel_info_request\"}", "{}", "{}", "{}"]
    let signature = "d24613c901272087168eb7a17b371d2f54d14044dca08737846f4baf86191b6a"
    let frames = ["<IDS|MSG>", signature] + parts
    var reader = MessageReader(signer: signer)
    let message = try reader.message(from: frames.map { Array($0.utf8) })
    #expect(message.header.identifier == "1")
    #expect(message.header.session.isEmpty)
    #expect(message.identities.isEmpty)
  }

  @Test("a message is taken once")
  func replay() throws {
    var reader = MessageReader(signer: signer)
    let frames = try frames()
    _ = try reader.message(from: frames)
    #expect(throws: JupyterProtocolError.replayed) { try reader.message(from: frames) }
  }

  @Test("the memory of signatures is bounded and forgets the oldest first")
  func boundedHistory() throws {
    var reader = MessageReader(signer: signer, historyLimit: 2)
    let (a, b, c) = (try frames(text: "a"), try frames(text: "b"), try frames(text: "c"))
    for message in [a, b, c] { _ = try reader.message(from: message) }
    #expect(throws: JupyterProtocolError.replayed) { try reader.message(from: b) }
    #expect(throws: JupyterProtocolError.replayed) { try reader.message(from: c) }
    _ = try reader.message(from: a)
  }

  @Test("an altered dictionary frame is refused", arguments: 4..<8)
  func altered(index: Int) throws {
    var frames = try frames()
    frames[index].append(32)
    var reader = MessageReader(signer: signer)
    #expect(throws: JupyterProtocolError.signatureWrong) { try reader.message(from: frames) }
  }

  @Test("a forged message cannot block the real one")
  func forgery() throws {
    var reader = MessageReader(signer: signer)
    let real = try frames()
    var forged = real
    forged[7] = Array("{}".utf8)
    #expect(throws: JupyterProtocolError.signatureWrong) { try reader.message(from: forged) }
    _ = try reader.message(from: real)
  }

  @Test("an unsigned message and one with another key are refused")
  func unsigned() throws {
    var reader = MessageReader(signer: signer)
    let plain = try frames(signer: MessageSigner(key: []))
    #expect(throws: JupyterProtocolError.unsigned) { try reader.message(from: plain) }
    let other = try frames(signer: MessageSigner(key: [1]))
    #expect(throws: JupyterProtocolError.signatureWrong) { try reader.message(from: other) }
  }

  @Test("an empty key switches signing off, replays included")
  func emptyKey() throws {
    let signer = MessageSigner(key: [])
    var reader = MessageReader(signer: signer)
    let frames = try frames(signer: signer)
    #expect(frames[3].isEmpty)
    _ = try reader.message(from: frames)
    _ = try reader.message(from: frames)
  }

  @Test("every truncation is an error", arguments: 0..<8)
  func truncated(count: Int) throws {
    var reader = MessageReader(signer: signer)
    let frames = Array(try frames().prefix(count))
    let expected: JupyterProtocolError =
      count < 3 ? .delimiterMissing(frameCount: count) : .truncated(frameCount: count - 3)
    #expect(throws: expected) { try reader.message(from: frames) }
  }

  @Test(
    "a header without identifier or type is an error that names the field",
    arguments: [
      ("{}", JupyterProtocolError.fieldMissing(part: "a message's header", field: "msg_id")),
      (
        "{\"msg_id\":\"1\"}",
        .fieldMissing(part: "a message's header", field: "msg_type")
      ),
      (
        "{\"msg_id\":1,\"msg_type\":\"a\"}",
        .fieldInvalid(part: "a message's header", field: "msg_id")
      ),
      ("[]", .fieldInvalid(part: "a message's header", field: "")),
      ("{", .notJSON(part: "a message's header")),
      ("", .notJSON(part: "a message's header")),
      ("{} {}", .notJSON(part: "a message's header")),
    ])
  func brokenHeader(header: String, expected: JupyterProtocolError) {
    var reader = MessageReader(signer: MessageSigner(key: []))
    let frames = ["<IDS|MSG>", "", header, "{}", "{}", "{}"].map { Array($0.utf8) }
    #expect(throws: expected) { try reader.message(from: frames) }
  }

  @Test("random frames, signed or not, are errors and nothing worse", arguments: 0..<20)
  func randomFrames(seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    var reader = MessageReader(signer: MessageSigner(key: []))
    for _ in 0..<200 {
      var frames = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
        (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
      }
      if Bool.random(using: &generator), !frames.isEmpty { frames[0] = Array("<IDS|MSG>".utf8) }
      #expect(throws: JupyterProtocolError.self) { try reader.message(from: frames) }
    }
  }

  @Test("a flipped bit anywhere after the delimiter is an error", arguments: 0..<20)
  func flippedBit(seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    var reader = MessageReader(signer: signer)
    let real = try frames()
    for _ in 0..<50 {
      var frames = real
      let frame = Int.random(in: 3..<8, using: &generator)
      let byte = Int.random(in: 0..<frames[frame].count, using: &generator)
      frames[frame][byte] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      #expect(throws: JupyterProtocolError.signatureWrong) { try reader.message(from: frames) }
    }
  }

  @Test("content with random bytes cut or changed never traps", arguments: 0..<20)
  func brokenContent(seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    var reader = MessageReader(signer: MessageSigner(key: []))
    let content = Array(
      "{\"code\":\"é\\u00e9\\n🙂\",\"silent\":false,\"user_expressions\":{\"a\":\"b\"}}".utf8)
    for _ in 0..<100 {
      var bytes = Array(content.prefix(Int.random(in: 0...content.count, using: &generator)))
      if !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      let header = Array("{\"msg_id\":\"1\",\"msg_type\":\"execute_request\"}".utf8)
      let empty = Array("{}".utf8)
      let message = try reader.message(
        from: [Array("<IDS|MSG>".utf8), [], header, empty, empty, bytes])
      _ = try? message.content(as: ExecuteRequest.self)
      _ = try? message.content(as: JSONValue.self)
    }
  }

  @Test("8 MB of text take well under a second each way")
  func largeText() throws {
    let line = String(repeating: "x", count: 79) + "\n"
    let text = String(repeating: line, count: 100_000)
    let start = ContinuousClock.now
    var reader = MessageReader(signer: signer)
    let message = try reader.message(from: frames(text: text))
    #expect(try message.content(as: StreamOutput.self).text.utf8.count == 8_000_000)
    #expect(ContinuousClock.now - start < .seconds(2))
  }
}

/// A small generator (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
