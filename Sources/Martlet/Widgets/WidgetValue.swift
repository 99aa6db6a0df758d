/// A value that a widget's property holds: a number, a truth value or a text.
public protocol WidgetValue: Equatable {
  /// The value in a widget's state; `nil` when `json` is of another kind.
  init?(json: JSONValue)
  /// The value for a widget's state.
  var json: JSONValue { get }
}

extension Int: WidgetValue {
  /// The number in a widget's state.
  public init?(json: JSONValue) {
    guard let value = json.int else { return nil }
    self = value
  }
  /// The number for a widget's state.
  public var json: JSONValue { .int(self) }
}

extension Double: WidgetValue {
  /// The number in a widget's state.
  public init?(json: JSONValue) {
    guard let value = json.double else { return nil }
    self = value
  }
  /// The number for a widget's state.
  public var json: JSONValue { .double(self) }
}

extension Bool: WidgetValue {
  /// The truth value in a widget's state.
  public init?(json: JSONValue) {
    guard let value = json.bool else { return nil }
    self = value
  }
  /// The truth value for a widget's state.
  public var json: JSONValue { .bool(self) }
}

extension String: WidgetValue {
  /// The text in a widget's state.
  public init?(json: JSONValue) {
    guard let value = json.string else { return nil }
    self = value
  }
  /// The text for a widget's state.
  public var json: JSONValue { .string(self) }
}
