public import Tables

/// A type with a form richer than text, shown by `display` and as the value of a cell.
///
/// ```swift
/// struct Swatch: DisplayRepresentable {
///   let colour: String
///   var displayBundle: MIMEBundle {
///     .html("<div style='background: \(colour); width: 4em; height: 1em'></div>")
///   }
/// }
///
/// Swatch(colour: "teal")
/// ```
public protocol DisplayRepresentable {
  /// The value in the media types that it knows; a plain text is added where there is none.
  var displayBundle: MIMEBundle { get }
}

extension MIMEBundle: DisplayRepresentable {
  /// The bundle itself.
  public var displayBundle: MIMEBundle { self }
}

extension Tensor: DisplayRepresentable {
  /// The elements as text and as an HTML table; large tensors show their ends only.
  public var displayBundle: MIMEBundle {
    ["text/plain": .text(debugDescription), "text/html": .text(htmlTable())]
  }
}

extension Chart: DisplayRepresentable {
  /// The chart as Vega-Lite, as an SVG picture, and named in a text.
  public var displayBundle: MIMEBundle {
    [
      MIMEBundle.vegaLiteType: .text(vegaLite), "image/svg+xml": .text(svg()),
      "text/plain": .text(title.isEmpty ? "Chart" : "Chart: \(title)"),
    ]
  }
}

extension CSVTable: DisplayRepresentable {
  /// The table as aligned text and as an HTML table; long ones show their ends only.
  public var displayBundle: MIMEBundle {
    let (rowCount, columnCount) = (values.shape[0], values.shape[1])
    let (shownRows, shownColumns) = (Elision.rows(rowCount), Elision.columns(columnCount))
    var table = TextTable(
      columns: [.init("")]
        + shownColumns.map { place in
          guard let place else { return .init("…") }
          return .init(columns.isEmpty ? "\(place)" : columns[place])
        })
    for row in shownRows {
      let numbers = row.map { values[$0].scalars }
      let cells = shownColumns.map { place -> TextTable.Cell in
        guard let numbers, let place else { return .init("…") }
        return .init("\(numbers[place])")
      }
      table.rows.append([.init(row.map { "\($0)" } ?? "…", isHeader: true)] + cells)
    }
    table.caption =
      "CSVTable<\(Scalar.dataType)> " + Elision.size(rowCount, columnCount)
    return table.bundle
  }
}

extension Table: DisplayRepresentable {
  /// The table as aligned text and as an HTML table; of long or wide ones, the ends and the counts.
  public var displayBundle: MIMEBundle { textTable().bundle }
}
