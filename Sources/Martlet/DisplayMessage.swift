/// Something to show, as the worker takes it.
package struct DisplayMessage {
  let bundle: MIMEBundle
  /// JSON texts by media type.
  var metadata: [String: String]
  let id: String?
  let isUpdate: Bool

  package init(
    _ bundle: MIMEBundle, metadata: [String: String] = [:], id: String? = nil,
    isUpdate: Bool = false
  ) {
    self.bundle = bundle
    self.metadata = metadata
    self.id = id
    self.isUpdate = isUpdate
  }

  /// Shows it in the notebook, or prints its plain text where there is none.
  func send() {
    guard WorkerBridge.isInNotebook else {
      print(bundle.plainText)
      return
    }
    WorkerBridge.emit(.display, Array(payload.utf8))
  }

  /// The JSON that the worker takes.
  package var payload: String {
    let hints = metadata.sorted { $0.key < $1.key }
      .map { "\(JSONText.quoted($0.key)):\($0.value)" }.joined(separator: ",")
    var text = "{\"data\":\(Self.dataText(bundle)),\"metadata\":{\(hints)}"
    if let id { text += ",\"display_id\":\(JSONText.quoted(id))" }
    if isUpdate { text += ",\"update\":true" }
    return text + "}"
  }

  /// The bundle as a JSON object.
  static func dataText(_ bundle: MIMEBundle) -> String {
    let members = bundle.contents.sorted { $0.key < $1.key }.map { type, content in
      "\(JSONText.quoted(type)):\(value(of: content, type: type))"
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func value(of content: MIMEBundle.Content, type: String) -> String {
    switch content {
    case .bytes(let bytes): return "\"\(Base64.encoded(bytes))\""
    case .text(let text):
      // What is not JSON would make the whole message unreadable.
      let isJSON = type == "application/json" || type.hasSuffix("+json")
      return isJSON && JSONText.fault(in: text) == nil ? text : JSONText.quoted(text)
    }
  }
}
