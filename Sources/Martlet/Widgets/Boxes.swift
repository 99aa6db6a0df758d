/// A widget that holds others.
public class BoxWidget: Widget {
  private let held: GuardedValue<[Widget]>

  init(_ model: Model, _ children: [Widget]) {
    held = GuardedValue(children)
    super.init(model, ["children": .array(children.map(\.reference))])
  }

  /// The widgets in it, in their order.
  public var children: [Widget] {
    get { held.withLock { $0 } }
    set {
      let before = held.withLock { held in
        defer { held = newValue }
        return held
      }
      _ = before
      set("children", .array(newValue.map(\.reference)))
    }
  }

  /// The type with the widgets in it.
  public override var description: String {
    "\(type(of: self))(\(children.map(\.description).joined(separator: ", ")))"
  }
}

/// Widgets beside each other.
public final class HBox: BoxWidget {
  /// Puts widgets beside each other.
  public init(_ children: [Widget]) { super.init(Model(name: "HBox"), children) }

  /// Puts widgets beside each other.
  public convenience init(_ children: Widget...) { self.init(children) }
}

/// Widgets below each other.
public final class VBox: BoxWidget {
  /// Puts widgets below each other.
  public init(_ children: [Widget]) { super.init(Model(name: "VBox"), children) }

  /// Puts widgets below each other.
  public convenience init(_ children: Widget...) { self.init(children) }
}

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
}
