/// A place on the page that shows what a closure prints, displays and throws.
///
/// ```swift
/// let output = Output()
/// button.onClick { output.capture { print("pressed") } }
/// VBox(button, output)
/// ```
public final class Output: Widget {
  /// Makes an empty place.
  public init() {
    super.init(
      Model(name: "Output", module: "@jupyter-widgets/output", version: "1.0.0"),
      ["msg_id": "", "outputs": []])
  }

  /// Runs `body` and shows here what it prints and displays.
  ///
  /// An error that it throws is passed on; where it ends the cell or the callback, it is shown here
  /// too, as is a trap. Outside of notebooks, `body` just runs.
  ///
  /// - Returns: What `body` returns.
  public func capture<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = get("msg_id", else: "")
    // The frontend moves the outputs of this message here, until the identifier changes.
    set("msg_id", CommBridge.parentID)
    let result = try body()
    set("msg_id", before)
    return result
  }

  /// Removes what is shown.
  ///
  /// - Parameter wait: Whether to remove it only when something new comes, which avoids flicker.
  public func clear(wait: Bool = false) {
    capture { clearOutput(wait: wait) }
  }

  /// What the frontend tells about its own outputs is not told again.
  override var unechoed: Set<String> { ["outputs"] }
}
