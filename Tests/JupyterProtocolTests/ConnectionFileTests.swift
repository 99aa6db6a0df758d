import Foundation
import JupyterProtocol
import TestSupport
import Testing

@Suite("ConnectionFile")
struct ConnectionFileTests {
  static let valid: [String: JSONValue] = [
    "transport": "tcp", "ip": "127.0.0.1", "shell_port": 1, "control_port": 2, "stdin_port": 3,
    "iopub_port": 4, "hb_port": 65535, "key": "secret-key", "signature_scheme": "hmac-sha256",
    "kernel_name": "swift",
  ]

  func read(changing changes: [String: JSONValue?]) throws -> ConnectionFile {
    var values = Self.valid
    for (key, value) in changes { values[key] = value }
    return try ConnectionFile(json: Array(JSONEncoder().encode(values)), path: "/run/kernel.json")
  }

  @Test("reads what Jupyter writes")
  func valid() throws {
    let folder = try TemporaryDirectory()
    let text = String(decoding: try JSONEncoder().encode(Self.valid), as: UTF8.self)
    let file = try ConnectionFile(path: folder.write(text, to: "kernel.json"))
    #expect(
      file
        == ConnectionFile(
          transport: .tcp, host: "127.0.0.1", shellPort: 1, controlPort: 2, stdinPort: 3,
          iopubPort: 4, heartbeatPort: 65535, key: Array("secret-key".utf8)))
    #expect(file.endpoint(port: 4) == "tcp://127.0.0.1:4")
  }

  @Test("knows ipc sockets")
  func ipc() throws {
    let file = try read(changing: ["transport": "ipc", "ip": "/run/kernel-ipc"])
    #expect(file.endpoint(port: 4) == "ipc:///run/kernel-ipc-4")
  }

  @Test("a file that is not there is named")
  func missing() {
    #expect(throws: JupyterProtocolError.connectionFileUnreadable(path: "/no/such.json")) {
      try ConnectionFile(path: "/no/such.json")
    }
  }

  @Test("text that is no object is named", arguments: ["", "{", "[]", "\"a\"", "{} x"])
  func notJSON(text: String) {
    #expect(throws: JupyterProtocolError.connectionFileNotJSON(path: "f")) {
      try ConnectionFile(json: Array(text.utf8), path: "f")
    }
  }

  @Test(
    "a missing key is named",
    arguments: [
      "transport", "ip", "shell_port", "control_port", "stdin_port", "iopub_port", "hb_port", "key",
    ])
  func missingKey(key: String) {
    let error = #expect(throws: JupyterProtocolError.self) {
      try read(changing: [key: nil])
    }
    #expect(error == .connectionKeyMissing(path: "/run/kernel.json", key: key))
    #expect(error?.description.contains("/run/kernel.json") == true)
    #expect(error?.description.contains("\"\(key)\"") == true)
  }

  @Test(
    "a value of the wrong type or out of range is named",
    arguments: [
      ("shell_port", "80"), ("hb_port", 0), ("iopub_port", 65536), ("control_port", 1.5),
      ("stdin_port", -1), ("ip", 5), ("ip", ""), ("key", 12345), ("signature_scheme", []),
    ] as [(String, JSONValue)])
  func invalidValue(key: String, value: JSONValue) {
    let error = #expect(throws: JupyterProtocolError.self) { try read(changing: [key: value]) }
    guard case .connectionValueInvalid("/run/kernel.json", let named, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(named == key)
    #expect(error?.description.contains("12345") == false)
  }

  @Test("an unknown transport and an unknown signature scheme are named")
  func unknown() {
    #expect(
      throws: JupyterProtocolError.unknownTransport(path: "/run/kernel.json", transport: "udp")
    ) { try read(changing: ["transport": "udp"]) }
    #expect(
      throws: JupyterProtocolError.unsupportedSignatureScheme(
        path: "/run/kernel.json", scheme: "hmac-md5")
    ) { try read(changing: ["signature_scheme": "hmac-md5"]) }
  }

  @Test("without a key the signature scheme does not matter; without a scheme it is SHA-256")
  func noSigning() throws {
    #expect(try read(changing: ["key": "", "signature_scheme": ""]).key.isEmpty)
    #expect(try !read(changing: ["signature_scheme": nil]).key.isEmpty)
  }
}
