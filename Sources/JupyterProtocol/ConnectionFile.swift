import FoundationEssentials

/// Where a kernel listens and how its messages are signed.
///
/// - SeeAlso: jupyter_client, "Making kernels for Jupyter", section "Connection files".
package struct ConnectionFile: Sendable, Equatable {
  /// How bytes travel; `transport` on the wire.
  package enum Transport: String, Sendable {
    case tcp
    case ipc
  }

  package var transport: Transport
  /// The address to listen at; for `ipc` the start of the sockets' paths.
  package var host: String
  package var shellPort: Int
  package var controlPort: Int
  package var stdinPort: Int
  package var iopubPort: Int
  package var heartbeatPort: Int
  /// The signing key; empty when messages are not signed.
  package var key: [UInt8]
  /// The keys of the transport's encryption; `nil` when it is not encrypted.
  package var curveKeys: CurveKeys?

  package init(
    transport: Transport, host: String, shellPort: Int, controlPort: Int, stdinPort: Int,
    iopubPort: Int, heartbeatPort: Int, key: [UInt8], curveKeys: CurveKeys? = nil
  ) {
    self.transport = transport
    self.host = host
    self.shellPort = shellPort
    self.controlPort = controlPort
    self.stdinPort = stdinPort
    self.iopubPort = iopubPort
    self.heartbeatPort = heartbeatPort
    self.key = key
    self.curveKeys = curveKeys
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: An error that names the file and the key at fault.
  package init(path: String) throws(JupyterProtocolError) {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      throw .connectionFileUnreadable(path: path)
    }
    try self.init(json: Array(data), path: path)
  }

  /// Reads a file's text; `path` names it in errors.
  package init(json: [UInt8], path: String) throws(JupyterProtocolError) {
    guard let values = try? JSON.decode([String: JSONValue].self, from: json, part: path) else {
      throw .connectionFileNotJSON(path: path)
    }
    let fields = Fields(values: values, path: path)
    let transportName = try fields.string("transport")
    guard let transport = Transport(rawValue: transportName) else {
      throw .unknownTransport(path: path, transport: transportName)
    }
    self.transport = transport
    host = try fields.string("ip")
    guard !host.isEmpty else {
      throw .connectionValueInvalid(path: path, key: "ip", expected: "an address, \"127.0.0.1\"")
    }
    shellPort = try fields.port("shell_port")
    controlPort = try fields.port("control_port")
    stdinPort = try fields.port("stdin_port")
    iopubPort = try fields.port("iopub_port")
    heartbeatPort = try fields.port("hb_port")
    key = Array(try fields.string("key").utf8)
    let scheme = try fields.string("signature_scheme", default: "hmac-sha256")
    guard key.isEmpty || scheme == "hmac-sha256" else {
      throw .unsupportedSignatureScheme(path: path, scheme: scheme)
    }
    curveKeys = try fields.curveKeys()
  }

  /// Returns libzmq's endpoint for one of the ports.
  package func endpoint(port: Int) -> String {
    switch transport {
    case .tcp: "tcp://\(host):\(port)"
    case .ipc: "ipc://\(host)-\(port)"
    }
  }
}

/// The file's members, with errors that name the key.
private struct Fields {
  let values: [String: JSONValue]
  let path: String

  func string(
    _ key: String, default fallback: String? = nil
  ) throws(JupyterProtocolError) -> String {
    guard let value = values[key] ?? fallback.map(JSONValue.string) else {
      throw .connectionKeyMissing(path: path, key: key)
    }
    guard let string = value.string else {
      throw .connectionValueInvalid(path: path, key: key, expected: "a string")
    }
    return string
  }

  /// The encryption's keys: both or none, as Jupyter writes them.
  func curveKeys() throws(JupyterProtocolError) -> CurveKeys? {
    let names = ["curve_publickey", "curve_secretkey"]
    guard names.contains(where: { (values[$0] ?? .null) != .null }) else { return nil }
    for name in names {
      guard CurveKeys.isKey(try string(name)) else {
        throw .connectionValueInvalid(
          path: path, key: name, expected: "a CURVE key: 40 characters of Z85")
      }
    }
    return CurveKeys(publicKey: try string(names[0]), secretKey: try string(names[1]))
  }

  func port(_ key: String) throws(JupyterProtocolError) -> Int {
    guard let value = values[key] else { throw .connectionKeyMissing(path: path, key: key) }
    guard let port = value.int, (1...65535).contains(port) else {
      throw .connectionValueInvalid(path: path, key: key, expected: "a number from 1 to 65535")
    }
    return port
  }
}
