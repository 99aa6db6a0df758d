extension JSONValue {
  /// Reads JSON text.
  package init(json bytes: [UInt8]) throws(JupyterProtocolError) {
    self = try JSON.decode(JSONValue.self, from: bytes, part: "JSON text")
  }

  /// The value as JSON text, in UTF-8.
  package var json: [UInt8] {
    // Nothing in a value can fail to be encoded.
    (try? JSON.encode(self, part: "JSON text")) ?? Array("null".utf8)
  }
}
