internal import BLAS

extension Tensor where Scalar: FloatingTensorScalar {
  /// Returns the picture with other sides, by bilinear interpolation.
  ///
  /// Where a side becomes shorter, each new sample is the weighted mean of all old ones that it covers, so that nothing
  /// is skipped. The result can be differentiated.
  ///
  /// ```swift
  /// let small = picture.resized(height: 224, width: 224)
  /// ```
  ///
  /// - Parameters:
  ///   - height: Rows of the result.
  ///   - width: Columns of the result.
  /// - Returns: Shape `[height, width]` or `[height, width, channels]`, as the picture's.
  /// - Precondition: Rank 2 or 3, and both sides, the old and the new, are at least 1.
  /// - SeeAlso: Pillow's `BILINEAR`, whose weights are the same.
  public func resized(height: Int, width: Int) -> Tensor {
    require(
      (rank == 2 || rank == 3) && shape[0] > 0 && shape[1] > 0 && height > 0 && width > 0,
      "resized: shape \(shape) to \(height) by \(width); a picture has the shape [height, width] or "
        + "[height, width, channels], and no side is 0")
    var result = self
    if height != shape[0] {
      let rows = Self.weights(from: shape[0], to: height)
      let flat = matmul(rows, result.reshaped(to: [shape[0], -1]))
      result = flat.reshaped(to: [height] + Array(shape.dropFirst()))
    }
    if width != shape[1] {
      let columns = Self.weights(from: shape[1], to: width)
      // Each row of the picture is a matrix of columns by channels.
      let rows = result.reshaped(to: [height, shape[1], -1])
      result = matmul(columns, rows).reshaped(to: [height, width] + Array(shape.dropFirst(2)))
    }
    return result
  }

  /// A matrix whose rows say how much of each old sample a new one has.
  private static func weights(from old: Int, to new: Int) -> Tensor {
    let scale = Double(old) / Double(new)
    let reach = Swift.max(scale, 1)
    var values = [Scalar](repeating: 0, count: new * old)
    for place in 0..<new {
      let centre = (Double(place) + 0.5) * scale
      let first = Swift.max(0, Int((centre - reach + 0.5).rounded(.down)))
      let last = Swift.min(old, Int((centre + reach + 0.5).rounded(.down)))
      let parts = (first..<last).map { sample in
        Swift.max(0, 1 - abs((Double(sample) + 0.5 - centre) / reach))
      }
      let sum = parts.reduce(0, +)
      for (offset, part) in parts.enumerated() {
        values[place * old + first + offset] = Scalar(part / sum)
      }
    }
    return Tensor(shape: [new, old], values: values)
  }
}

extension Tensor where Scalar: ImageScalar {
  /// Returns the picture with other sides, by bilinear interpolation, rounded to whole samples.
  ///
  /// - Parameters:
  ///   - height: Rows of the result.
  ///   - width: Columns of the result.
  /// - Returns: Shape `[height, width]` or `[height, width, channels]`, as the picture's.
  /// - Precondition: Rank 2 or 3, and both sides, the old and the new, are at least 1.
  public func resized(height: Int, width: Int) -> Tensor {
    let exact = Tensor<Float>(self).resized(height: height, width: width)
    // Weights add up to 1, to the last digit of a Float.
    return Tensor(clip(round(exact), 0...Float(Scalar.max)))
  }
}
