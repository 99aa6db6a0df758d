/// A widget with a number in a range.
public class RangedWidget<Value: WidgetValue & Comparable>: ValueWidget<Value> {
  private let initialRange: ClosedRange<Value>

  init(
    _ model: Model, value: Value, range: ClosedRange<Value>, description: String,
    _ state: [String: JSONValue]
  ) {
    initialRange = range
    let value = Swift.min(Swift.max(value, range.lowerBound), range.upperBound)
    super.init(
      model, value: value, description: description,
      state.merging(["min": range.lowerBound.json, "max": range.upperBound.json]) { $1 })
  }

  /// The least and the greatest value; the value moves into it.
  public var range: ClosedRange<Value> {
    get {
      let bounds = (
        get("min", else: initialRange.lowerBound), get("max", else: initialRange.upperBound)
      )
      return bounds.0 <= bounds.1 ? bounds.0...bounds.1 : initialRange
    }
    set {
      let value = Swift.min(Swift.max(value, newValue.lowerBound), newValue.upperBound)
      set([
        "min": newValue.lowerBound.json, "max": newValue.upperBound.json, "value": value.json,
      ])
    }
  }

  override func allowed(_ value: Value) -> Value {
    let range = range
    return Swift.min(Swift.max(value, range.lowerBound), range.upperBound)
  }

  override var describedParts: [(label: String, name: String)] {
    [("value", "value"), ("min", "min"), ("max", "max")]
  }
}

/// A slider over whole numbers.
///
/// ```swift
/// let epochs = IntSlider(value: 5, in: 1...20, description: "epochs")
/// epochs.observe { print($0) }
/// epochs
/// ```
public final class IntSlider: RangedWidget<Int> {
  /// Makes a slider.
  ///
  /// - Parameters:
  ///   - value: The first value; moved into the range.
  ///   - range: The least and the greatest value.
  ///   - step: The distance of neighbouring values, at least 1.
  ///   - description: The text beside it.
  ///   - isContinuous: Whether the value follows while the slider is dragged; otherwise it changes
  ///     when the slider is let go.
  public init(
    value: Int = 0, in range: ClosedRange<Int> = 0...100, step: Int = 1, description: String = "",
    isContinuous: Bool = true
  ) {
    super.init(
      Model(name: "IntSlider"), value: value, range: range, description: description,
      ["step": .int(Swift.max(1, step)), "continuous_update": .bool(isContinuous)])
  }

  override var styleModel: String { "SliderStyle" }
}

/// A slider over numbers.
public final class FloatSlider: RangedWidget<Double> {
  /// Makes a slider.
  ///
  /// - Parameters:
  ///   - value: The first value; moved into the range.
  ///   - range: The least and the greatest value.
  ///   - step: The distance of neighbouring values; a hundredth of the range by default.
  ///   - description: The text beside it.
  ///   - format: How the value is shown, in d3's notation, such as `.2f`.
  ///   - isContinuous: Whether the value follows while the slider is dragged.
  public init(
    value: Double = 0, in range: ClosedRange<Double> = 0...1, step: Double? = nil,
    description: String = "", format: String? = nil, isContinuous: Bool = true
  ) {
    let length = range.upperBound - range.lowerBound
    let step = step ?? (length > 0 ? length / 100 : 0.01)
    super.init(
      Model(name: "FloatSlider"), value: value, range: range, description: description,
      [
        "step": .double(step), "readout_format": .string(format ?? (step < 0.01 ? ".4g" : ".2f")),
        "continuous_update": .bool(isContinuous),
      ])
  }

  override var styleModel: String { "SliderStyle" }
}

/// A bar that shows a whole number in a range; see `Progress` for loops.
public final class IntProgress: RangedWidget<Int> {
  /// Makes a bar from `range`'s start to `value`.
  public init(value: Int = 0, in range: ClosedRange<Int> = 0...100, description: String = "") {
    super.init(
      Model(name: "IntProgress", view: "Progress"), value: value, range: range,
      description: description, ["bar_style": ""])
  }

  override var styleModel: String { "ProgressStyle" }
}

/// A bar that shows a number in a range; see `Progress` for loops.
public final class FloatProgress: RangedWidget<Double> {
  /// Makes a bar from `range`'s start to `value`.
  public init(
    value: Double = 0, in range: ClosedRange<Double> = 0...1, description: String = ""
  ) {
    super.init(
      Model(name: "FloatProgress", view: "Progress"), value: value, range: range,
      description: description, ["bar_style": ""])
  }

  override var styleModel: String { "ProgressStyle" }
}
