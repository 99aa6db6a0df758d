/// Shows `value` below the cell: richly where its type knows how, otherwise as text.
///
/// ```swift
/// display(chart)
/// display(weights)
/// ```
///
/// Types with a form of their own conform to ``DisplayRepresentable``. Arrays of structs, and
/// dictionaries, are tables. Outside of notebooks the plain text is printed.
public func display<Value>(_ value: Value) {
  DisplayMessage(Renderer.bundle(of: value)).send()
}

/// Shows `value` as `display` does, and returns a handle that replaces it.
///
/// ```swift
/// let status = display("starting", id: "status")
/// status.update("halfway")
/// ```
///
/// - Parameters:
///   - value: What to show.
///   - id: A name for the place; a cell that runs again with the same name changes the earlier
///     place too.
/// - Returns: The handle.
@discardableResult
public func display<Value>(_ value: Value, id: String) -> DisplayHandle {
  DisplayMessage(Renderer.bundle(of: value), id: id).send()
  return DisplayHandle(id: id)
}

/// Shows a bundle of media types.
///
/// ```swift
/// display(bundle: ["text/plain": "x²", "text/latex": "$x^2$"])
/// try display(bundle: .png(bytes), metadata: ["image/png": ["width": 200]])
/// ```
///
/// - Parameters:
///   - bundle: What to show.
///   - metadata: Hints to the frontend, by media type.
///   - id: A name for the place, to replace it later; none by default.
/// - Throws: ``MartletError/invalidJSON(type:reason:)`` when `metadata` cannot be encoded.
public func display(
  bundle: MIMEBundle, metadata: [String: any Encodable], id: String? = nil
) throws(MartletError) {
  var texts: [String: String] = [:]
  for (type, hints) in metadata { texts[type] = try JSONCoding.text(hints) }
  DisplayMessage(bundle, metadata: texts, id: id).send()
}

/// Shows a bundle of media types.
public func display(bundle: MIMEBundle) {
  DisplayMessage(bundle).send()
}

/// Shows HTML.
public func display(html: String) { DisplayMessage(.html(html)).send() }

/// Shows Markdown.
public func display(markdown: String) { DisplayMessage(.markdown(markdown)).send() }

/// Shows LaTeX; mathematics stands between dollars.
public func display(latex: String) { DisplayMessage(.latex(latex)).send() }

/// Shows an SVG drawing.
public func display(svg: String) { DisplayMessage(.svg(svg)).send() }

/// Shows the bytes of a PNG file as a picture.
public func display(png: [UInt8]) { DisplayMessage(.png(png)).send() }

/// Shows the bytes of a JPEG file as a picture.
public func display(jpeg: [UInt8]) { DisplayMessage(.jpeg(jpeg)).send() }

/// Runs a script in the frontend.
public func display(javascript: String) { DisplayMessage(.javascript(javascript)).send() }

/// Shows JSON, given as its text, as a tree.
///
/// - Throws: ``MartletError/invalidJSON(type:reason:)`` when `json` is not JSON.
public func display(json: String) throws(MartletError) {
  DisplayMessage(try .json(json)).send()
}

/// Shows `json`, encoded as JSON, as a tree.
///
/// - Throws: ``MartletError/invalidJSON(type:reason:)`` when `json` cannot be encoded.
public func display(json: some Encodable) throws(MartletError) {
  DisplayMessage(try .json(json)).send()
}

/// Draws a Vega-Lite 5 specification, given as its JSON text.
///
/// - Throws: ``MartletError/invalidJSON(type:reason:)`` when `vegaLite` is not JSON.
public func display(vegaLite: String) throws(MartletError) {
  DisplayMessage(try .vegaLite(vegaLite)).send()
}

/// A place in the notebook whose content can be replaced.
public struct DisplayHandle: Sendable, Hashable {
  /// The name of the place.
  public let id: String

  /// Replaces what the place shows with `value`; outside of notebooks, prints it.
  public func update<Value>(_ value: Value) {
    DisplayMessage(Renderer.bundle(of: value), id: id, isUpdate: true).send()
  }

  /// Replaces what the place shows with `bundle`, as in `update(.html("<b>done</b>"))`.
  public func update(_ bundle: MIMEBundle) {
    DisplayMessage(bundle, id: id, isUpdate: true).send()
  }
}

/// Removes what the cell has shown so far; does nothing outside of notebooks.
///
/// - Parameter wait: Whether to remove it only when something new comes, which avoids flicker.
public func clearOutput(wait: Bool = false) {
  WorkerBridge.emit(.clearOutput, Array("{\"wait\":\(wait)}".utf8))
}

/// Asks the user for a line of text.
///
/// ```swift
/// let name = input("Name? ")
/// ```
///
/// Where nobody can answer, as in a notebook that runs unattended, the cell ends with the error
/// ``MartletError/inputUnavailable(prompt:)``, and a program ends with its text on standard error.
/// Code that goes on without an answer calls `readLine()`, which gives `nil` there.
///
/// - Parameter prompt: What to ask.
/// - Returns: The line, without its end.
public func input(_ prompt: String = "") -> String {
  answer(to: prompt, isPassword: false)
}

/// Asks the user for a line of text that is not shown while it is typed.
///
/// ```swift
/// let token = password("Token: ")
/// ```
///
/// Where nobody can answer, it ends the cell as ``input(_:)`` does.
///
/// - Parameter prompt: What to ask.
/// - Returns: The line, without its end.
public func password(_ prompt: String = "Password: ") -> String {
  answer(to: prompt, isPassword: true)
}

private func answer(to prompt: String, isPassword: Bool) -> String {
  guard let line = WorkerBridge.line(prompt: prompt, isPassword: isPassword) else {
    WorkerBridge.end(with: MartletError.inputUnavailable(prompt: prompt))
  }
  return line
}
