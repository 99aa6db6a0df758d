/// A widget that the user handles or reads: it has a text beside it and a style.
public class ControlWidget: Widget {
  private let ownStyle = GuardedValue<WidgetStyle?>(nil)

  /// The name of the frontend's class of styles, without the ending `Model`.
  var styleModel: String { "DescriptionStyle" }

  /// The text beside the control, or on the button.
  public var label: String {
    get { get("description", else: "") }
    set { set("description", newValue) }
  }

  /// The text that is shown while the pointer rests on it; `nil` for none.
  public var tooltip: String? {
    get { state["tooltip"]?.string }
    set { set("tooltip", newValue.map(JSONValue.string) ?? .null) }
  }

  /// Whether the user cannot change it.
  public var isDisabled: Bool {
    get { get("disabled", else: false) }
    set { set("disabled", newValue) }
  }

  /// Colours and the room for the text beside it; made when it is first used.
  ///
  /// ```swift
  /// slider.style.descriptionWidth = "initial"  // As wide as the text.
  /// ```
  public var style: WidgetStyle {
    if let style = ownStyle.withLock({ $0 }) { return style }
    let style = WidgetStyle(model: styleModel)
    ownStyle.withLock { $0 = style }
    set("style", style.reference)
    return style
  }
}

/// The colours and text of a control, in ipywidgets' words.
///
/// What a control has no use for is ignored by the frontend.
public final class WidgetStyle: Widget {
  init(model: String) {
    super.init(Model(name: model, view: "Style", viewModule: "@jupyter-widgets/base"), [:])
  }

  /// The property `name` of ipywidgets' style, such as `text_decoration`; `nil` for the default.
  public subscript(name: String) -> String? {
    get { state[name]?.string }
    set { set(name, newValue.map(JSONValue.string) ?? .null) }
  }

  /// The width of the text beside the control, such as `120px`; `initial` for as much as it needs.
  public var descriptionWidth: String? {
    get { self["description_width"] }
    set { self["description_width"] = newValue ?? "" }
  }

  /// The colour of a slider's handle.
  public var handleColor: String? {
    get { self["handle_color"] }
    set { self["handle_color"] = newValue }
  }

  /// The colour of a progress bar.
  public var barColor: String? {
    get { self["bar_color"] }
    set { self["bar_color"] = newValue }
  }

  /// The colour of a button.
  public var buttonColor: String? {
    get { self["button_color"] }
    set { self["button_color"] = newValue }
  }

  /// The colour of the text on a button, in a field, of a label or of HTML.
  public var textColor: String? {
    get { self["text_color"] }
    set { self["text_color"] = newValue }
  }

  /// What is behind a field, a box to tick, a label or HTML: a colour or another CSS background.
  public var background: String? {
    get { self["background"] }
    set { self["background"] = newValue }
  }

  /// The size of the text, such as `14px`.
  public var fontSize: String? {
    get { self["font_size"] }
    set { self["font_size"] = newValue }
  }

  /// The weight of the text on a button or label, such as `bold`.
  public var fontWeight: String? {
    get { self["font_weight"] }
    set { self["font_weight"] = newValue }
  }
}
