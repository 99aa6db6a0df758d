import Foundation
import JupyterProtocol
import Testing

@Suite("Message contents")
struct MessageContentTests {
  func wire(_ content: some Encodable) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(content))
  }

  func read<Content: Decodable>(_ type: Content.Type, _ text: String) throws -> Content {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  @Test("an execution request needs only its code")
  func executeDefaults() throws {
    let request = try read(ExecuteRequest.self, "{\"code\":\"1\"}")
    #expect(request == ExecuteRequest(code: "1"))
    #expect(request.storesHistory && request.stopsOnError)
    #expect(!request.isSilent && !request.allowsInput)
  }

  @Test("a silent cell never enters the history")
  func silent() throws {
    let request = try read(
      ExecuteRequest.self, "{\"code\":\"1\",\"silent\":true,\"store_history\":true}")
    #expect(request.isSilent && !request.storesHistory)
  }

  @Test("requests and replies carry matching type names")
  func replyTypes() {
    #expect(ExecuteRequest.replyType == ExecuteReply.messageType)
    #expect(CompleteRequest.replyType == CompleteReply.messageType)
    #expect(InspectRequest.replyType == InspectReply.messageType)
    #expect(IsCompleteRequest.replyType == IsCompleteReply.messageType)
    #expect(HistoryRequest.replyType == HistoryReply.messageType)
    #expect(CommInfoRequest.replyType == CommInfoReply.messageType)
    #expect(KernelInfoRequest.replyType == KernelInfoReply.messageType)
    #expect(ConnectRequest.replyType == ConnectReply.messageType)
    #expect(InterruptRequest.replyType == InterruptReply.messageType)
    #expect(ShutdownRequest.replyType == ShutdownReply.messageType)
    #expect(DebugRequest.replyType == DebugReply.messageType)
  }

  @Test("an error reply has every field that frontends read")
  func errorReply() throws {
    #expect(
      try wire(ErrorReply(name: "A", value: "b", traceback: ["c"]))
        == ["status": "error", "ename": "A", "evalue": "b", "traceback": ["c"]])
  }

  @Test("a completion reply carries typed matches as frontends expect them")
  func completeReply() throws {
    let reply = CompleteReply(
      matches: [.init(text: "print", type: "function", signature: "(x)", start: 1, end: 3)],
      start: 1, end: 3)
    #expect(
      try wire(reply) == [
        "status": "ok", "matches": ["print"], "cursor_start": 1, "cursor_end": 3,
        "metadata": [
          "_jupyter_types_experimental": [
            ["text": "print", "type": "function", "signature": "(x)", "start": 1, "end": 3]
          ]
        ],
      ])
  }

  @Test("kernel information has the protocol's fields")
  func kernelInfo() throws {
    let reply = KernelInfoReply(
      implementation: "martlet", implementationVersion: "1", languageInfo: .swift(version: "6.3.1"),
      banner: "b", helpLinks: [.init(text: "t", url: "u")])
    #expect(
      try wire(reply) == [
        "status": "ok", "protocol_version": "5.5", "implementation": "martlet",
        "implementation_version": "1", "banner": "b",
        "help_links": [["text": "t", "url": "u"]], "supported_features": [],
        "language_info": [
          "name": "swift", "version": "6.3.1", "mimetype": "text/x-swift",
          "file_extension": ".swift", "pygments_lexer": "swift", "codemirror_mode": "swift",
          "nbconvert_exporter": "script",
        ],
      ])
  }

  @Test("a display names its identifier only when it has one")
  func display() throws {
    #expect(
      try wire(DisplayData(data: ["text/plain": "a"], metadata: [:], displayID: "d"))
        == ["data": ["text/plain": "a"], "metadata": [:], "transient": ["display_id": "d"]])
    #expect(
      try wire(DisplayData(data: [:], metadata: [:], displayID: nil))
        == ["data": [:], "metadata": [:], "transient": [:]])
  }

  @Test("identifiers differ and dates are UTC with microseconds")
  func header() throws {
    let header = MessageHeader(messageType: "status", session: "s")
    #expect(header.identifier != MessageHeader(messageType: "status", session: "s").identifier)
    #expect(UUID(uuidString: header.identifier) != nil)
    let pattern = #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/#
    #expect(header.date.wholeMatch(of: pattern) != nil)
    let seconds = try Date(header.date.prefix(19) + "Z", strategy: .iso8601)
    #expect(abs(seconds.timeIntervalSinceNow) < 5)
  }
}
