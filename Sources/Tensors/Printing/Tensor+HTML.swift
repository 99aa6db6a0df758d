extension Tensor {
  /// Returns the tensor as an HTML table with a caption of its type and shape.
  ///
  /// Vectors are one row. Of higher ranks the first matrices are shown, each with its index. Long axes show their
  /// ends only.
  ///
  /// - Parameters:
  ///   - maxRows: Rows shown of a matrix.
  ///   - maxColumns: Columns shown of a matrix.
  /// - Returns: A `<div>` that needs no style sheet, and holds nothing but numbers and fixed text.
  public func htmlTable(maxRows: Int = 12, maxColumns: Int = 12) -> String {
    let lengths = shape.map { "\($0)" }.joined(separator: " × ")
    let caption = "Tensor&lt;\(Scalar.dataType)&gt; " + (rank == 0 ? "scalar" : lengths)
    var html = "<div class=\"martlet-tensor\">"
    if isEmpty || rank <= 2 {
      html += matrixTable(caption, maxRows, maxColumns)
    } else {
      let leading = Array(shape.dropLast(2))
      let matrices = reshaped(to: [-1] + Array(shape.suffix(2)))
      let shown = Swift.min(matrices.shape[0], 3)
      html += "<p>\(caption)</p>"
      for number in 0..<shown {
        let index = Tensor.position(number, in: leading).map { "\($0)" }.joined(separator: ", ")
        html += matrices[number].matrixTable("[\(index)]", maxRows, maxColumns)
      }
      if shown < matrices.shape[0] { html += "<p>… \(matrices.shape[0] - shown) more</p>" }
    }
    return html + "</div>"
  }

  private static func position(_ number: Int, in lengths: [Int]) -> [Int] {
    var (rest, index) = (number, [Int]())
    for length in lengths.reversed() {
      index.insert(rest % length, at: 0)
      rest /= length
    }
    return index
  }

  private func matrixTable(_ caption: String, _ maxRows: Int, _ maxColumns: Int) -> String {
    var html = "<table><caption>\(caption)</caption>"
    guard !isEmpty else { return html + "</table>" }
    let matrix = rank == 2 ? self : reshaped(to: [1, count])
    let rows = Tensor.shown(matrix.shape[0], most: maxRows)
    let columns = Tensor.shown(matrix.shape[1], most: maxColumns)
    let part = matrix.take(rows.compactMap { $0 }).take(columns.compactMap { $0 }, axis: 1)
    let format = ElementFormat(part.scalars)
    var values = part.scalars.makeIterator()
    if rank == 2 {
      html += "<thead><tr><th></th>"
      for column in columns { html += "<th>\(column.map { "\($0)" } ?? "…")</th>" }
      html += "</tr></thead>"
    }
    html += "<tbody>"
    for row in rows {
      html += "<tr>"
      if rank == 2 { html += "<th>\(row.map { "\($0)" } ?? "…")</th>" }
      for column in columns {
        let value = row != nil && column != nil ? values.next() : nil
        html += "<td style=\"text-align:right\">\(value.map { format.plain($0) } ?? "…")</td>"
      }
      html += "</tr>"
    }
    return html + "</tbody></table>"
  }

  private static func shown(_ length: Int, most: Int) -> [Int?] {
    Elision(length: length, edge: Swift.max(most / 2, 1), isElided: length > Swift.max(most, 2))
      .positions
  }
}
