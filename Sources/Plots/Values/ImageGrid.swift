/// Images beside and below each other.
struct ImageGrid: Equatable, Sendable {
  /// Grey levels, or red, green and blue, row by row.
  struct Picture: Equatable, Sendable {
    var width: Int
    var height: Int
    /// 1 or 3.
    var channels: Int
    var bytes: [UInt8]
  }

  var pictures: [Picture]
  /// What is written below each; empty for nothing.
  var captions: [String]
  var columns: Int
  /// How many there were; the rest is left out.
  var count: Int
  /// The most images of a grid.
  static let limit = 400

  /// Reads images from an array `[h, w]`, `[n, h, w]` or `[n, h, w, c]` with 1 or 3 channels.
  init(
    _ array: some ChartArray, captions: [String], columns: Int, range: ClosedRange<Double>?
  ) {
    var shape = array.chartShape
    if shape.count == 2 { shape.insert(1, at: 0) }
    if shape.count == 3 { shape.append(1) }
    guard shape.count == 4, [1, 3].contains(shape[3]), shape[1] > 0, shape[2] > 0 else {
      fatalError(
        "Chart.images: the shape is \(array.chartShape); give [height, width], [count, height, width] or "
          + "[count, height, width, channels] with 1 or 3 channels")
    }
    if !captions.isEmpty, captions.count != shape[0] {
      fatalError(
        "Chart.images: \(captions.count) captions for \(shape[0]) images; there must be as many of each"
      )
    }
    if columns < 1 { fatalError("Chart.images: \(columns) columns; there must be at least one") }
    (count, self.columns) = (shape[0], min(columns, max(shape[0], 1)))
    let shown = min(count, Self.limit)
    self.captions = Array(captions.prefix(shown))
    let size = shape[1] * shape[2] * shape[3]
    let numbers = array.chartNumbers
    let (low, high) = Self.range(numbers, channels: shape[3], range)
    pictures = (0..<shown).map { number in
      let bytes = numbers[(number * size)..<((number + 1) * size)].map { value -> UInt8 in
        // A missing number is grey.
        guard !value.isNaN else { return 204 }
        let part = (value / 2 - low / 2) / (high / 2 - low / 2)
        return UInt8((min(max(part, 0), 1) * 255).rounded())
      }
      return Picture(width: shape[2], height: shape[1], channels: shape[3], bytes: bytes)
    }
  }

  /// The numbers that are black and white.
  private static func range(
    _ numbers: [Double], channels: Int, _ range: ClosedRange<Double>?
  ) -> (Double, Double) {
    if let range, range.lowerBound < range.upperBound {
      return (range.lowerBound, range.upperBound)
    }
    let finite = numbers.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if channels == 3, low >= 0, high <= 255 { return (0, high <= 1 ? 1 : 255) }
    return low < high ? (low, high) : (low - 0.5, low + 0.5)
  }
}
