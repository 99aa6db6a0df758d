/// A box that is ticked or not.
public final class Checkbox: ValueWidget<Bool> {
  /// Makes a box with a text beside it.
  public init(value: Bool = false, description: String = "") {
    super.init(
      Model(name: "Checkbox"), value: value, description: description, ["indent": false])
  }

  override var styleModel: String { "CheckboxStyle" }
}

/// A line of text that the user can edit.
public final class Text: ValueWidget<String> {
  private let submitHandlers = GuardedValue<[(String) throws -> Void]>([])

  /// Makes a field.
  ///
  /// - Parameters:
  ///   - value: The first text.
  ///   - placeholder: What the empty field shows.
  ///   - description: The text beside it.
  ///   - isContinuous: Whether the value follows every key; otherwise it changes with the return
  ///     key, or when the field is left.
  public init(
    value: String = "", placeholder: String = "", description: String = "",
    isContinuous: Bool = true
  ) {
    super.init(
      Model(name: "Text"), value: value, description: description,
      ["placeholder": .string(placeholder), "continuous_update": .bool(isContinuous)])
  }

  /// Calls `handler` with the text when the user presses the return key.
  public func onSubmit(_ handler: @escaping (String) throws -> Void) {
    submitHandlers.withLock { $0.append(handler) }
  }

  override var styleModel: String { "TextStyle" }

  override func receiveCustom(_ content: JSONValue) throws {
    guard content["event"]?.string == "submit" else { return }
    for handler in submitHandlers.withLock({ $0 }) { try handler(value) }
  }
}

/// A line of text.
public final class Label: ValueWidget<String> {
  /// Makes a line that shows `value`.
  public init(_ value: String = "") {
    super.init(Model(name: "Label"), value: value)
  }

  override var styleModel: String { "LabelStyle" }
}

/// A piece of HTML.
public final class HTML: ValueWidget<String> {
  /// Makes a view of `value`, in which nothing is escaped.
  public init(_ value: String = "", description: String = "") {
    super.init(Model(name: "HTML"), value: value, description: description)
  }

  override var styleModel: String { "HTMLStyle" }
}

/// A list from which one text is chosen.
public final class Dropdown: ControlWidget, InputWidget {
  private let observers = GuardedValue<[(String) throws -> Void]>([])

  /// Makes a list.
  ///
  /// - Parameters:
  ///   - options: The texts.
  ///   - value: The first choice; the first option by default.
  ///   - description: The text beside it.
  public init(_ options: [String], value: String? = nil, description: String = "") {
    let place = value.flatMap { options.firstIndex(of: $0) } ?? (options.isEmpty ? nil : 0)
    super.init(
      Model(name: "Dropdown"),
      [
        "_options_labels": .array(options.map(JSONValue.string)),
        "index": place.map(JSONValue.int) ?? .null, "description": .string(description),
      ])
  }

  /// The texts; a choice that is not among new ones becomes the first of them.
  public var options: [String] {
    get { state["_options_labels"]?.array?.compactMap(\.string) ?? [] }
    set {
      let place = newValue.firstIndex(of: value) ?? (newValue.isEmpty ? nil : 0)
      set([
        "_options_labels": .array(newValue.map(JSONValue.string)),
        "index": place.map(JSONValue.int) ?? .null,
      ])
    }
  }

  /// The place of the choice among the options; `nil` when nothing is chosen.
  public var index: Int? {
    get { state["index"]?.int.flatMap { options.indices.contains($0) ? $0 : nil } }
    set {
      guard let newValue else { return set("index", .null) }
      if options.indices.contains(newValue) { set("index", newValue) }
    }
  }

  /// The chosen text, empty when nothing is chosen; a text that is no option is not taken.
  public var value: String {
    get { index.map { options[$0] } ?? "" }
    set { if let place = options.firstIndex(of: newValue) { index = place } }
  }

  /// Calls `handler` with every new choice from now on.
  public func observe(_ handler: @escaping (String) throws -> Void) {
    observers.withLock { $0.append(handler) }
  }

  override var isObserved: Bool { observers.withLock { !$0.isEmpty } }

  override func stateChanged(_ names: Set<String>) throws {
    guard names.contains("index") else { return }
    let value = value
    for observer in observers.withLock({ $0 }) { try observer(value) }
  }

  override var describedParts: [(label: String, name: String)] {
    [("options", "_options_labels"), ("index", "index")]
  }
}

/// A button.
///
/// ```swift
/// let button = Button("Train")
/// button.onClick { train() }
/// button
/// ```
public final class Button: ControlWidget {
  /// The colour that says what kind of action it is.
  public enum Style: String, Sendable {
    case standard = ""
    case primary, success, info, warning, danger
  }

  private let handlers = GuardedValue<[() throws -> Void]>([])
  /// Presses, and those of them that were counted during a cell.
  private let presses = GuardedValue((count: 0, countedAhead: 0))

  /// Makes a button.
  ///
  /// - Parameters:
  ///   - description: The text on it.
  ///   - icon: The name of a Font Awesome icon, such as `play`; none by default.
  ///   - style: The colour.
  public init(_ description: String = "", icon: String = "", style: Style = .standard) {
    super.init(
      Model(name: "Button"),
      [
        "description": .string(description), "icon": .string(icon),
        "button_style": .string(style.rawValue),
      ])
  }

  override var styleModel: String { "ButtonStyle" }

  /// Calls `handler` whenever the button is pressed.
  public func onClick(_ handler: @escaping () throws -> Void) {
    handlers.withLock { $0.append(handler) }
  }

  /// How often it was pressed; a running cell can look at it.
  ///
  /// ```swift
  /// while stop.clickCount == 0 { step() }
  /// ```
  public var clickCount: Int { presses.withLock { $0.count } }

  override func answersCustom(_ content: JSONValue) -> Bool {
    guard content["event"]?.string == "click" else { return true }
    let isObserved = handlers.withLock { !$0.isEmpty }
    presses.withLock {
      $0.count += 1
      if isObserved { $0.countedAhead += 1 }
    }
    return !isObserved
  }

  override func receiveCustom(_ content: JSONValue) throws {
    guard content["event"]?.string == "click" else { return }
    presses.withLock {
      if $0.countedAhead > 0 { $0.countedAhead -= 1 } else { $0.count += 1 }
    }
    for handler in handlers.withLock({ $0 }) { try handler() }
  }

  override var describedParts: [(label: String, name: String)] {
    [("description", "description")]
  }
}
