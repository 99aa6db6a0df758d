/// A control or a view on the page whose state the frontend and this program share.
///
/// The last expression of a cell, or `display`, shows it. Setting a property changes what is on the
/// page; what the user does there sets the property and calls the observers. A frontend without
/// ipywidgets shows the text. Outside of notebooks, a widget is a plain object.
///
/// - SeeAlso: ipywidgets' widget messaging protocol, version 2.1.
public class Widget: DisplayRepresentable, CustomStringConvertible {
  /// A class of the frontend's code.
  struct Model {
    /// The name of the class, without the ending `Model`.
    let name: String
    /// The name of its view, without the ending `View`; that of the class by default.
    var view: String?
    var module = "@jupyter-widgets/controls"
    /// The view's module; the model's by default.
    var viewModule: String?
    var version = "2.0.0"

    var state: [String: JSONValue] {
      [
        "_model_module": .string(module), "_model_module_version": .string(version),
        "_model_name": .string(name + "Model"), "_view_module": .string(viewModule ?? module),
        "_view_module_version": .string(version), "_view_name": .string((view ?? name) + "View"),
      ]
    }
  }

  /// The name of the widgets' comm target.
  static let target = "jupyter.widget"
  private static let protocolVersion: JSONValue = ["version": "2.1.0"]

  private let comm: Comm
  private let shared: GuardedValue<[String: JSONValue]>
  private let model: Model
  /// Properties that changed during a cell, of which the observers have not heard yet.
  private let unheard = GuardedValue<Set<String>>([])
  private let ownLayout = GuardedValue<WidgetLayout?>(nil)

  init(_ model: Model, _ state: [String: JSONValue]) {
    let state = model.state.merging(state) { $1 }
    comm = Comm(id: CommTable.newIdentifier(), target: Widget.target)
    shared = GuardedValue(state)
    self.model = model
    // The table of comms keeps the widget until it is closed: the page may use it until then.
    comm.onMessage { try self.receive($0) }
    WidgetControl.add(self)
    comm.open(data: Self.update(state, method: nil), metadata: Self.protocolVersion)
  }

  /// The identifier of the model.
  var id: String { comm.id }

  /// How other models refer to this one.
  var reference: JSONValue { .string("IPY_MODEL_\(id)") }

  /// Takes the widget off the page and ends its use; it cannot be shown again.
  public func close() {
    WidgetControl.remove(self)
    comm.close()
  }

  /// Sizes and margins; made when it is first used.
  public var layout: WidgetLayout {
    if let layout = ownLayout.withLock({ $0 }) { return layout }
    let layout = WidgetLayout()
    ownLayout.withLock { $0 = layout }
    set("layout", layout.reference)
    return layout
  }

  // MARK: Forms

  /// What the frontend needs to show the widget, and its text.
  public var displayBundle: MIMEBundle {
    let view: JSONValue = [
      "version_major": 2, "version_minor": 0, "model_id": .string(id),
    ]
    return [
      "application/vnd.jupyter.widget-view+json": .text(view.description),
      "text/plain": .text(description),
    ]
  }

  /// The widget's type with the parts of its state that count.
  public var description: String {
    let state = state
    let parts = describedParts.compactMap { label, name in
      state[name].map { "\(label): \($0)" }
    }
    return "\(model.name)(\(parts.joined(separator: ", ")))"
  }

  /// The labels of the described parts, and their names in the state.
  var describedParts: [(label: String, name: String)] { [] }

  // MARK: State

  /// All properties, in the words of ipywidgets.
  var state: [String: JSONValue] { shared.withLock { $0 } }

  func get<Value: WidgetValue>(_ name: String, else missing: Value) -> Value {
    shared.withLock { $0[name] }.flatMap { Value(json: $0) } ?? missing
  }

  func set(_ name: String, _ value: some WidgetValue) { set([name: value.json]) }

  func set(_ name: String, _ value: JSONValue) { set([name: value]) }

  /// Changes properties, tells the frontend, and calls the observers.
  func set(_ changes: [String: JSONValue]) {
    let changed = apply(changes)
    guard !changed.isEmpty else { return }
    comm.send(Self.update(changed, method: "update"))
    do { try stateChanged(Set(changed.keys)) } catch {
      // A property cannot throw.
      WorkerBridge.flushOutput()
      WorkerBridge.writeError("error in an observer of \(self): \(error)\n")
    }
  }

  /// Called after properties have changed, by this program or the user.
  func stateChanged(_ names: Set<String>) throws {}

  /// Takes a message of the frontend that is not about the state.
  func receiveCustom(_ content: JSONValue) throws {}

  /// Properties whose changes are not sent back to the frontend that made them.
  var unechoed: Set<String> { [] }

  /// Keeps those changes that are some, and returns them.
  private func apply(_ changes: [String: JSONValue]) -> [String: JSONValue] {
    shared.withLock { state in
      let changed = changes.filter { name, value in
        // JSON does not tell 3 from 3.0.
        if let new = value.double, let old = state[name]?.double { return new != old }
        return state[name] != value
      }
      state.merge(changed) { $1 }
      return changed
    }
  }

  // MARK: Messages

  private func receive(_ message: Comm.Message) throws {
    switch message.data["method"]?.string {
    case "update":
      let changes = message.data["state"]?.object ?? [:]
      if let echo = echo(of: changes) { comm.send(echo) }
      let changed = Set(apply(changes).keys).union(takeUnheard())
      if !changed.isEmpty { try stateChanged(changed) }
    case "request_state": comm.send(Self.update(state, method: "update"))
    case "custom": try receiveCustom(message.data["content"] ?? [:])
    default: break
    }
  }

  /// Takes a message while a cell runs: properties change at once, observers hear of it later.
  ///
  /// - Returns: What to send; `nil` when the message has to come again after the cell.
  func answers(to data: JSONValue) -> [JSONValue]? {
    switch data["method"]?.string {
    case "update":
      let changes = data["state"]?.object ?? [:]
      let changed = apply(changes)
      guard !isObserved else {
        unheard.withLock { $0.formUnion(changed.keys) }
        return nil
      }
      return echo(of: changes).map { [$0] } ?? []
    case "request_state": return [Self.update(state, method: "update")]
    case "custom": return answersCustom(data["content"] ?? [:]) ? [] : nil
    default: return []
    }
  }

  /// Whether code of the user wants to hear of changes.
  var isObserved: Bool { false }

  /// Takes a message that is not about the state while a cell runs; `false` when it has to come again.
  func answersCustom(_ content: JSONValue) -> Bool { false }

  private func takeUnheard() -> Set<String> {
    unheard.withLock { names in
      defer { names = [] }
      return names
    }
  }

  /// Tells other frontends of this kernel of a change; the one that made it, that it has arrived.
  private func echo(of changes: [String: JSONValue]) -> JSONValue? {
    let echoed = changes.filter { !unechoed.contains($0.key) }
    return echoed.isEmpty ? nil : Self.update(echoed, method: "echo_update")
  }

  private static func update(_ state: [String: JSONValue], method: String?) -> JSONValue {
    var data: [String: JSONValue] = ["state": .object(state), "buffer_paths": []]
    if let method { data["method"] = .string(method) }
    return .object(data)
  }
}
