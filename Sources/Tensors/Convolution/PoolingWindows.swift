internal import BLAS

/// The rows and columns of each window of a pooling, cut to the image, and what sums are divided by.
struct PoolingWindows: Sendable {
  let input: Size2D
  let rows: [Range<Int>]
  let columns: [Range<Int>]
  let step: Size2D
  private(set) var rowWeights: [Double]
  private(set) var columnWeights: [Double]

  /// Windows of one size at even steps.
  init(
    _ shape: [Int], _ size: Size2D, _ stride: Size2D, _ padding: Size2D, _ dilation: Size2D,
    operation: String
  ) {
    let about = "\(operation): shape \(shape), size \(size), stride \(stride), padding \(padding)"
    require(shape.count >= 2, "\(about); images need two axes, [..., height, width]")
    require(
      size.height >= 1 && size.width >= 1 && stride.height >= 1 && stride.width >= 1
        && dilation.height >= 1 && dilation.width >= 1,
      "\(about); size, stride and dilation must be 1 or more")
    require(
      [size, stride, dilation].allSatisfy { $0.height <= 1 << 30 && $0.width <= 1 << 30 },
      "\(about), dilation \(dilation); 2³⁰ is the most that they may be")
    require(
      padding.height >= 0 && padding.width >= 0 && padding.height <= size.height / 2
        && padding.width <= size.width / 2,
      "\(about); padding must be 0 or more and at most half the window")
    let ranges = { (length: Int, size: Int, stride: Int, padding: Int, dilation: Int) in
      let room = length + 2 * padding - dilation * (size - 1) - 1
      require(
        room >= 0, "\(about); a window is longer than the padded image, \(length) and padding")
      return (0...room / stride).map { place -> Range<Int> in
        let start = place * stride - padding
        // Elements before the image are skipped in whole steps.
        let first = start < 0 ? start + (-start + dilation - 1) / dilation * dilation : start
        let past = Swift.min(start + dilation * (size - 1) + 1, length)
        require(first < past, "\(about); a window lies in the padding alone")
        return first..<past
      }
    }
    let width = shape[shape.count - 1]
    self.init(
      Size2D(height: shape[shape.count - 2], width: width),
      ranges(
        shape[shape.count - 2], size.height, stride.height, padding.height, dilation.height),
      ranges(width, size.width, stride.width, padding.width, dilation.width), dilation)
  }

  /// As many windows as `output` says, which together cover the image.
  init(_ shape: [Int], into output: Size2D, operation: String) {
    require(
      shape.count >= 2 && output.height >= 1 && output.width >= 1
        && shape[shape.count - 1] > 0 && shape[shape.count - 2] > 0,
      "\(operation): shape \(shape) into \(output) windows; images need two axes that are not empty, "
        + "and there must be a window")
    Layout.check(
      Array(shape.dropLast(2)) + [output.height, output.width], operation: operation)
    let ranges = { (length: Int, count: Int) in
      (0..<count).map { $0 * length / count..<(($0 + 1) * length + count - 1) / count }
    }
    self.init(
      Size2D(height: shape[shape.count - 2], width: shape[shape.count - 1]),
      ranges(shape[shape.count - 2], output.height), ranges(shape[shape.count - 1], output.width),
      1)
  }

  private init(_ input: Size2D, _ rows: [Range<Int>], _ columns: [Range<Int>], _ step: Size2D) {
    (self.input, self.rows, self.columns, self.step) = (input, rows, columns, step)
    rowWeights = rows.map { 1 / Double($0.count) }
    columnWeights = columns.map { 1 / Double($0.count) }
  }

  /// Divides by the size of whole windows, as if padding were zeros.
  mutating func divide(byFull size: Size2D) {
    rowWeights = rows.map { _ in 1 / Double(size.height) }
    columnWeights = columns.map { _ in 1 / Double(size.width) }
  }

  func pooling(planes: Int) -> Pooling2D {
    Pooling2D(
      planes: planes, input: input.pair, rows: rows, columns: columns, step: step.pair)
  }
}
