extension JSONValue {
  /// Reads JSON text.
  package init(json bytes: [UInt8]) throws(JupyterProtocolError) {
    self = try JSON.decode(JSONValue.self, from: bytes, part: "JSON text")
  }
}
