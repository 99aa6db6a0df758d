extension Chart {
  /// Creates a matrix of coloured cells with their numbers.
  ///
  /// - Parameters:
  ///   - values: The rows, the first at the top.
  ///   - rows: The rows' names; their numbers if empty.
  ///   - columns: The columns' names; their numbers if empty.
  ///   - title: The text above.
  ///   - x: The text below the columns.
  ///   - y: The text beside the rows.
  ///   - showsNumbers: Whether numbers stand on the cells; if `nil`, where there are few cells.
  /// - Returns: The chart.
  /// - Precondition: Rows are equally long, and there are as many names as rows and columns.
  public static func heatmap<Value: BinaryFloatingPoint>(
    _ values: [[Value]], rows: [String] = [], columns: [String] = [], title: String = "",
    x: String = "", y: String = "", showsNumbers: Bool? = nil
  ) -> Chart {
    heatmap(
      Matrix(values.map { $0.map { Double($0) } }, "heatmap"), rows, columns, title, x, y,
      .cells(areCounts: false, showsNumbers: showsNumbers))
  }

  /// Creates a matrix of coloured cells from an array with two axes, such as a tensor.
  ///
  /// - Parameters:
  ///   - values: Shape `[rows, columns]`; the first row is at the top.
  ///   - rows: The rows' names; their numbers if empty.
  ///   - columns: The columns' names; their numbers if empty.
  ///   - title: The text above.
  ///   - x: The text below the columns.
  ///   - y: The text beside the rows.
  ///   - showsNumbers: Whether numbers stand on the cells; if `nil`, where there are few cells.
  /// - Returns: The chart.
  /// - Precondition: There are two axes, and as many names as rows and columns.
  public static func heatmap(
    _ values: some ChartArray, rows: [String] = [], columns: [String] = [], title: String = "",
    x: String = "", y: String = "", showsNumbers: Bool? = nil
  ) -> Chart {
    heatmap(
      Matrix(values, "heatmap"), rows, columns, title, x, y,
      .cells(areCounts: false, showsNumbers: showsNumbers))
  }

  /// Creates a confusion matrix: how often each true class was taken for each class.
  ///
  /// - Parameters:
  ///   - counts: A row for each true class, a column for each predicted one.
  ///   - labels: The classes' names; their numbers if empty.
  ///   - title: The text above.
  /// - Returns: The chart.
  /// - Precondition: The matrix is square, and there are as many names as classes.
  public static func confusionMatrix<Count: BinaryInteger>(
    _ counts: [[Count]], labels: [String] = [], title: String = "Confusion matrix"
  ) -> Chart {
    confusionMatrix(
      Matrix(counts.map { $0.map { Double($0) } }, "confusionMatrix"), labels, title)
  }

  /// Creates a confusion matrix from an array with two axes, such as a tensor.
  ///
  /// - Parameters:
  ///   - counts: A row for each true class, a column for each predicted one.
  ///   - labels: The classes' names; their numbers if empty.
  ///   - title: The text above.
  /// - Returns: The chart.
  /// - Precondition: The matrix is square, and there are as many names as classes.
  public static func confusionMatrix(
    _ counts: some ChartArray, labels: [String] = [], title: String = "Confusion matrix"
  ) -> Chart {
    confusionMatrix(Matrix(counts, "confusionMatrix"), labels, title)
  }

  private static func confusionMatrix(
    _ matrix: Matrix, _ labels: [String], _ title: String
  ) -> Chart {
    if matrix.rows.count != matrix.columnCount {
      fatalError(
        "Chart.confusionMatrix: \(matrix.rows.count) rows of \(matrix.columnCount); it must be square, a row and a "
          + "column for each class")
    }
    return heatmap(
      matrix, labels, labels, title, "predicted", "true",
      .cells(areCounts: true, showsNumbers: nil))
  }

  private static func heatmap(
    _ matrix: Matrix, _ rows: [String], _ columns: [String], _ title: String, _ x: String,
    _ y: String, _ mark: ChartLayer.Mark
  ) -> Chart {
    let width = matrix.columnCount
    let rows = rows.isEmpty ? matrix.rows.indices.map { "\($0)" } : rows
    let columns = columns.isEmpty ? (0..<width).map { "\($0)" } : columns
    if rows.count != matrix.rows.count || columns.count != width {
      fatalError(
        "Chart: \(rows.count) row names and \(columns.count) column names for \(matrix.rows.count) rows and "
          + "\(width) columns; they must agree")
    }
    let (rowNames, columnNames) = (distinct(rows), distinct(columns))
    let layer = ChartLayer(
      mark: mark, x: Field(x, .texts(rowNames.flatMap { _ in columnNames })),
      y: Field(y, .texts(rowNames.flatMap { [String](repeating: $0, count: width) })),
      value: Field("", .numbers(Array(matrix.rows.joined()))))
    return Chart(title, x, y).adding(layer, "heatmap")
  }

  /// Names of which each has a place, though they be equal, as words of a sentence can be: invisible marks tell them apart.
  private static func distinct(_ names: [String]) -> [String] {
    var counts: [String: Int] = [:]
    return names.map { name in
      counts[name, default: -1] += 1
      return name + String(repeating: "\u{200B}", count: counts[name] ?? 0)
    }
  }

  // MARK: Contours

  /// Creates a chart of lines of equal height.
  ///
  /// - Parameters:
  ///   - values: The heights, a row for each of `y`; a NaN is a hole.
  ///   - x: The columns' places, growing; their numbers if empty.
  ///   - y: The rows' places, growing upwards; their numbers if empty.
  ///   - levels: The heights that have a line, growing; about eight round ones if empty.
  ///   - filled: Whether the regions between lines are coloured, rather than the lines.
  ///   - title: The text above.
  /// - Returns: The chart.
  /// - Precondition: Rows are equally long, and `x`, `y` and `levels` grow and agree with the rows.
  public static func contour<Value: BinaryFloatingPoint>(
    _ values: [[Value]], x: [Double] = [], y: [Double] = [], levels: [Double] = [],
    filled: Bool = true, title: String = ""
  ) -> Chart {
    contour(
      Matrix(values.map { $0.map { Double($0) } }, "contour"), x, y, levels, filled, title)
  }

  /// Creates a chart of lines of equal height from an array with two axes, such as a tensor.
  ///
  /// - Parameters:
  ///   - values: Shape `[rows, columns]`, a row for each of `y`; a NaN is a hole.
  ///   - x: The columns' places, growing; their numbers if empty.
  ///   - y: The rows' places, growing upwards; their numbers if empty.
  ///   - levels: The heights that have a line, growing; about eight round ones if empty.
  ///   - filled: Whether the regions between lines are coloured, rather than the lines.
  ///   - title: The text above.
  /// - Returns: The chart.
  /// - Precondition: There are two axes, and `x`, `y` and `levels` grow and agree with the rows.
  public static func contour(
    _ values: some ChartArray, x: [Double] = [], y: [Double] = [], levels: [Double] = [],
    filled: Bool = true, title: String = ""
  ) -> Chart {
    contour(Matrix(values, "contour"), x, y, levels, filled, title)
  }

  private static func contour(
    _ matrix: Matrix, _ x: [Double], _ y: [Double], _ levels: [Double], _ filled: Bool,
    _ title: String
  ) -> Chart {
    let x = x.isEmpty ? (0..<matrix.columnCount).map { Double($0) } : x
    let y = y.isEmpty ? matrix.rows.indices.map { Double($0) } : y
    if x.count != matrix.columnCount || y.count != matrix.rows.count {
      fatalError(
        "Chart.contour: \(x.count) x and \(y.count) y for \(matrix.rows.count) rows of \(matrix.columnCount); "
          + "there must be an x for each column and a y for each row")
    }
    for (name, places) in [("x", x), ("y", y), ("levels", levels)] {
      for (place, following) in zip(places, places.dropFirst()) where !(place < following) {
        fatalError("Chart.contour: \(name) has \(following) after \(place); it must grow")
      }
    }
    let rings = Contours(
      matrix.rows, x: x, y: y, levels: levels.isEmpty ? Contours.levels(matrix.rows) : levels,
      isFilled: filled)
    var chart = Chart()
    chart.content.title = title
    chart.content.layers = [ChartLayer(mark: .contour(rings))]
    return chart
  }

  // MARK: Images

  /// Creates a grid of images, such as the first digits of a data set.
  ///
  /// ```swift
  /// Chart.images(digits, captions: labels.map { "\($0)" }, columns: 8)
  /// ```
  ///
  /// - Parameters:
  ///   - images: Shape `[height, width]`, `[count, height, width]` or `[count, height, width, channels]` with one
  ///     channel (grey) or three (red, green, blue); of more than 400 images the first are shown.
  ///   - captions: What stands below each image; nothing if empty.
  ///   - columns: Images side by side.
  ///   - range: The numbers that are black and white; if `nil`, the lowest and highest of all, for colours 0 and 1, or
  ///     0 and 255 where there are larger ones.
  ///   - title: The text above.
  /// - Returns: The chart.
  /// - Precondition: The shape is one of these, and there are as many captions as images.
  public static func images(
    _ images: some ChartArray, captions: [String] = [], columns: Int = 8,
    range: ClosedRange<Double>? = nil, title: String = ""
  ) -> Chart {
    var chart = Chart()
    chart.content.title = title
    chart.content.images = ImageGrid(
      images, captions: captions, columns: columns, range: range)
    return chart
  }
}

/// Rows of equal length.
private struct Matrix {
  let rows: [[Double]]
  let columnCount: Int

  init(_ rows: [[Double]], _ call: String) {
    let width = rows.first?.count ?? 0
    if let wrong = rows.firstIndex(where: { $0.count != width }) {
      fatalError(
        "Chart.\(call): row \(wrong) has \(rows[wrong].count) cells but row 0 has \(width); they must be equally many"
      )
    }
    (self.rows, columnCount) = (rows, width)
  }

  init(_ array: some ChartArray, _ call: String) {
    let shape = array.chartShape
    if shape.count != 2 {
      fatalError("Chart.\(call): the shape is \(shape); there must be two axes, rows and columns")
    }
    let numbers = array.chartNumbers
    self.init(
      (0..<shape[0]).map { Array(numbers[($0 * shape[1])..<(($0 + 1) * shape[1])]) }, call)
  }
}
