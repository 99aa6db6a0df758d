internal import FoundationEssentials
internal import Markup
internal import Raster

/// What kept a chart from being saved, with what to do about it.
public enum ChartError: Error, Equatable, CustomStringConvertible {
  /// The path's ending names no format.
  case unknownFormat(path: String)
  /// The file cannot be written.
  case unwritable(path: String, reason: String)
  /// A library that draws pixels is not installed.
  case rasterLibraryMissing(reason: String)
  /// The picture cannot be drawn in pixels.
  case notDrawable(reason: String)

  /// What failed, with values, and what to do.
  public var description: String {
    switch self {
    case .unknownFormat(let path):
      "cannot save a chart as \"\(path)\": the ending says the format; use .svg, .png, .html or .json (Vega-Lite)."
    case .unwritable(let path, let reason):
      "cannot write \"\(path)\": \(reason). Check that the folder exists, has room, and may be written."
    case .rasterLibraryMissing(let reason):
      "PNG pictures need librsvg and cairo: \(reason). Install them (sudo apt-get install librsvg2-2), or save "
        + "the chart as .svg."
    case .notDrawable(let reason):
      "the chart cannot be drawn in pixels: \(reason). Give it another size or scale."
    }
  }
}

extension Chart {
  /// Writes the chart as a file whose ending says the format.
  ///
  /// `.svg` is the drawing, `.png` its pixels, `.html` a page that needs no network, with the drawing and the Vega-Lite
  /// specification, `.json` (or `.vl.json`) that specification.
  ///
  /// ```swift
  /// try chart.save("loss.svg")
  /// ```
  ///
  /// - Parameters:
  ///   - path: Where to write; what is there is replaced.
  ///   - scale: Pixels of a PNG picture for each of the chart's; 2 is sharp on most screens.
  /// - Throws: ``ChartError``.
  public func save(_ path: String, scale: Double = 2) throws(ChartError) {
    let bytes: [UInt8]
    switch path.lowercased() {
    case let path where path.hasSuffix(".svg"): bytes = Array(svg().utf8)
    case let path where path.hasSuffix(".png"): bytes = try png(scale: scale)
    case let path where path.hasSuffix(".html"): bytes = Array(html().utf8)
    case let path where path.hasSuffix(".json"): bytes = Array(vegaLite.utf8)
    default: throw .unknownFormat(path: path)
    }
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      let reason = (error as? CocoaError).map { Self.reason($0) } ?? "\(error)"
      throw .unwritable(path: path, reason: reason)
    }
  }

  /// Returns the bytes of a PNG file of the drawing.
  ///
  /// librsvg and cairo draw it; they are loaded when they are first needed.
  ///
  /// - Parameter scale: Pixels for each of the chart's.
  /// - Returns: The file's bytes.
  /// - Throws: ``ChartError/rasterLibraryMissing(reason:)``, ``ChartError/notDrawable(reason:)``.
  public func png(scale: Double = 2) throws(ChartError) -> [UInt8] {
    do {
      return try Raster.png(svg: svg(), scale: scale)
    } catch {
      switch error {
      case .libraryMissing(let reason): throw .rasterLibraryMissing(reason: reason)
      case .refused(let reason): throw .notDrawable(reason: reason)
      }
    }
  }

  /// Returns a page with the drawing, and with the Vega-Lite specification as data; it needs no scripts and no network.
  public func html() -> String {
    let name = title.isEmpty ? "Chart" : title
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(Markup.escaped(name))</title>
      <style>body { margin: 1em; background: #ffffff } svg { max-width: 100%; height: auto }</style>
      </head>
      <body>
      \(svg())<script type="application/vnd.vegalite.v5+json">\(vegaLite)</script>
      </body>
      </html>

      """
  }

  private static func reason(_ error: CocoaError) -> String {
    switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such folder"
    case .fileWriteNoPermission: "permission denied"
    case .fileWriteOutOfSpace: "no space left on the device"
    default: error.underlying.map { "\($0)" } ?? "\(error.code)"
    }
  }
}
