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
