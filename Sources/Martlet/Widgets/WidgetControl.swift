/// Answers frontends that connect later and ask for all widgets at once.
///
/// - SeeAlso: ipywidgets' widget messaging protocol, "The `jupyter.widget.control` comm target".
enum WidgetControl {
  private static let target = "jupyter.widget.control"
  private static let widgets = GuardedValue<[String: Widget]>([:])

  static func add(_ widget: Widget) {
    guard WorkerBridge.isInNotebook else { return }
    widgets.withLock { $0[widget.id] = widget }
  }

  static func remove(_ widget: Widget) {
    let removed = widgets.withLock { $0.removeValue(forKey: widget.id) }
    _ = removed
  }

  /// What takes the frontend's comms of `target`; `nil` when it is another one.
  static func handler(of target: String) -> Comm.OpenHandler? {
    guard target == self.target else { return nil }
    return { comm, _ in
      comm.onMessage { message in
        if let answer = answer(to: message.data) { comm.send(answer) }
      }
    }
  }

  private static func answer(to data: JSONValue) -> JSONValue? {
    guard data["method"]?.string == "request_states" else { return nil }
    return ["method": "update_states", "states": states, "buffer_paths": []]
  }

  /// What to send for a message while a cell runs; `nil` when the message has to wait.
  static func answers(to data: JSONValue, of comm: Comm) -> [JSONValue]? {
    switch comm.target {
    case target: answer(to: data).map { [$0] }
    case Widget.target: widgets.withLock { $0[comm.id] }?.answers(to: data)
    default: nil
    }
  }

  private static var states: JSONValue {
    .object(
      widgets.withLock { $0 }.mapValues { widget in
        let state = widget.state
        return [
          "model_name": state["_model_name"] ?? nil, "model_module": state["_model_module"] ?? nil,
          "model_module_version": state["_model_module_version"] ?? nil, "state": .object(state),
        ]
      })
  }
}
