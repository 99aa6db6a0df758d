/// A widget that the user gives a value of one type.
public protocol InputWidget: Widget {
  associatedtype Value

  /// The value.
  var value: Value { get }

  /// Calls `handler` with every new value from now on.
  func observe(_ handler: @escaping (Value) throws -> Void)
}

/// A widget that holds one value.
public class ValueWidget<Value: WidgetValue>: ControlWidget, InputWidget {
  private let initial: Value
  private let observers = GuardedValue<[(Value) throws -> Void]>([])

  init(
    _ model: Model, value: Value, description: String = "", _ state: [String: JSONValue] = [:]
  ) {
    initial = value
    var state = state
    state["value"] = value.json
    if !description.isEmpty { state["description"] = .string(description) }
    super.init(model, state)
  }

  /// The value; setting it changes what is shown and calls the observers.
  public var value: Value {
    get { get("value", else: initial) }
    set { set("value", allowed(newValue)) }
  }

  /// Calls `handler` with every new value from now on, whether the user or the program set it.
  ///
  /// ```swift
  /// slider.observe { value in print(value) }
  /// ```
  ///
  /// What it prints, and the errors that it throws, go to the frontend's log, unless an ``Output``
  /// captures them.
  public func observe(_ handler: @escaping (Value) throws -> Void) {
    observers.withLock { $0.append(handler) }
  }

  /// The value nearest to `value` that the widget can hold.
  func allowed(_ value: Value) -> Value { value }

  override var isObserved: Bool { observers.withLock { !$0.isEmpty } }

  override func stateChanged(_ names: Set<String>) throws {
    guard names.contains("value") else { return }
    let value = value
    for observer in observers.withLock({ $0 }) { try observer(value) }
  }

  override var describedParts: [(label: String, name: String)] { [("value", "value")] }
}
