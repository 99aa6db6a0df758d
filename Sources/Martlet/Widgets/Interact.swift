/// A value from which `interact` makes a control: a range, a truth value, texts, or a widget.
public protocol InteractiveControl {
  associatedtype Control: InputWidget

  /// The widget that the user changes.
  func makeControl() -> Control
}

/// A number over which a slider can go.
public protocol SliderValue: Comparable {
  associatedtype Slider: InputWidget where Slider.Value == Self

  /// A slider over `range` that begins in its middle.
  static func makeSlider(over range: ClosedRange<Self>) -> Slider
}

extension Int: SliderValue {
  /// A slider over `range` that begins in its middle.
  public static func makeSlider(over range: ClosedRange<Int>) -> IntSlider {
    // The distance of the ends may be more than an Int holds.
    let distance = UInt(bitPattern: range.upperBound &- range.lowerBound)
    return IntSlider(value: range.lowerBound + Int(distance / 2), in: range)
  }
}

extension Double: SliderValue {
  /// A slider over `range` that begins in its middle.
  public static func makeSlider(over range: ClosedRange<Double>) -> FloatSlider {
    FloatSlider(value: range.lowerBound / 2 + range.upperBound / 2, in: range)
  }
}

extension ClosedRange: InteractiveControl where Bound: SliderValue {
  /// A slider.
  public func makeControl() -> Bound.Slider { Bound.makeSlider(over: self) }
}

extension Bool: InteractiveControl {
  /// A box to tick.
  public func makeControl() -> Checkbox { Checkbox(value: self) }
}

extension String: InteractiveControl {
  /// A field with the text.
  public func makeControl() -> Text { Text(value: self) }
}

extension Array: InteractiveControl where Element == String {
  /// A list to choose from.
  public func makeControl() -> Dropdown { Dropdown(self) }
}

extension IntSlider: InteractiveControl {
  /// The slider itself.
  public func makeControl() -> IntSlider { self }
}

extension FloatSlider: InteractiveControl {
  /// The slider itself.
  public func makeControl() -> FloatSlider { self }
}

extension Checkbox: InteractiveControl {
  /// The box itself.
  public func makeControl() -> Checkbox { self }
}

extension Text: InteractiveControl {
  /// The field itself.
  public func makeControl() -> Text { self }
}

extension Dropdown: InteractiveControl {
  /// The list itself.
  public func makeControl() -> Dropdown { self }
}

/// Runs `body` with the values of controls, now and whenever one of them changes.
///
/// ```swift
/// interact(1...20, ["sgd", "adam"]) { epochs, optimizer in
///   print("\(epochs) epochs with \(optimizer)")
/// }
/// interact(FloatSlider(value: 0.1, in: 0...1, description: "rate")) { rate in chart(rate) }
/// ```
///
/// The controls are shown, and below them what `body` prints, displays and returns.
///
/// - Parameters:
///   - values: From a range of `Int` or `Double` comes a slider, from a `Bool` a box, from texts a
///     list, from one text a field; widgets are taken as they are.
///   - body: What to run.
/// - Throws: What `body` throws when it runs first. Later errors are shown in its output.
public func interact<each Source: InteractiveControl, Result>(
  _ values: repeat each Source,
  body: @escaping (repeat (each Source).Control.Value) throws -> Result
) rethrows {
  let controls = (repeat (each values).makeControl())
  let output = Output()
  func run() throws {
    try output.capture {
      clearOutput(wait: true)
      let result = try body(repeat (each controls).value)
      if Result.self != Void.self { display(result) }
    }
  }
  var widgets: [Widget] = []
  for control in repeat each controls {
    widgets.append(control)
    control.observe { _ in try run() }
  }
  display(VBox(widgets + [output]))
  try output.capture {
    let result = try body(repeat (each controls).value)
    if Result.self != Void.self { display(result) }
  }
}
