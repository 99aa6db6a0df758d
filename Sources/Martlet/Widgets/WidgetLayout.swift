/// Sizes and margins of a widget, in CSS's words.
///
/// ```swift
/// slider.layout.width = "100%"
/// ```
public final class WidgetLayout: Widget {
  init() {
    super.init(Model(name: "Layout", module: "@jupyter-widgets/base"), [:])
  }

  /// The property `name` of CSS, with underscores for hyphens, such as `flex_flow`.
  public subscript(name: String) -> String? {
    get { state[name]?.string }
    set { set(name, newValue.map(JSONValue.string) ?? .null) }
  }

  /// The width, such as `300px` or `50%`.
  public var width: String? {
    get { self["width"] }
    set { self["width"] = newValue }
  }

  /// The height, such as `10em`.
  public var height: String? {
    get { self["height"] }
    set { self["height"] = newValue }
  }

  /// The space around it.
  public var margin: String? {
    get { self["margin"] }
    set { self["margin"] = newValue }
  }

  /// The space inside it.
  public var padding: String? {
    get { self["padding"] }
    set { self["padding"] = newValue }
  }

  /// `none` hides it.
  public var display: String? {
    get { self["display"] }
    set { self["display"] = newValue }
  }

  /// The least width.
  public var minWidth: String? {
    get { self["min_width"] }
    set { self["min_width"] = newValue }
  }

  /// The greatest width.
  public var maxWidth: String? {
    get { self["max_width"] }
    set { self["max_width"] = newValue }
  }

  /// The least height.
  public var minHeight: String? {
    get { self["min_height"] }
    set { self["min_height"] = newValue }
  }

  /// The greatest height.
  public var maxHeight: String? {
    get { self["max_height"] }
    set { self["max_height"] = newValue }
  }

  /// How much of the room in a box it takes, such as `1 1 auto`.
  public var flex: String? {
    get { self["flex"] }
    set { self["flex"] = newValue }
  }

  /// How a box lays its widgets out, such as `row wrap`.
  public var flexFlow: String? {
    get { self["flex_flow"] }
    set { self["flex_flow"] = newValue }
  }

  /// Where the widgets of a box stand along it, such as `space-between`.
  public var justifyContent: String? {
    get { self["justify_content"] }
    set { self["justify_content"] = newValue }
  }

  /// Where the widgets of a box stand across it, such as `center`.
  public var alignItems: String? {
    get { self["align_items"] }
    set { self["align_items"] = newValue }
  }

  /// What becomes of what does not fit, such as `auto`.
  public var overflow: String? {
    get { self["overflow"] }
    set { self["overflow"] = newValue }
  }

  /// `hidden` hides it and keeps its room.
  public var visibility: String? {
    get { self["visibility"] }
    set { self["visibility"] = newValue }
  }

  /// The line around it, such as `1px solid gray`; `nil` where the four sides differ.
  public var border: String? {
    get {
      let sides = Set(Self.borders.map { self[$0] })
      return sides.count == 1 ? self[Self.borders[0]] : nil
    }
    set {
      set(
        Dictionary(
          uniqueKeysWithValues: Self.borders.map { ($0, newValue.map(JSONValue.string) ?? .null) }))
    }
  }

  private static let borders = ["border_top", "border_right", "border_bottom", "border_left"]
}
