/// What stands outside the elements that are padded.
public enum PaddingMode<Scalar: TensorScalar>: Sendable {
  /// One value.
  case constant(Scalar)
  /// The nearest element.
  case edge
  /// The elements mirrored at the outermost one, which is not repeated.
  case reflect
  /// The elements mirrored, the outermost one included.
  case symmetric
  /// The elements from the other end.
  case wrap
}

extension Tensor {
  /// Returns the tensor with more elements around it.
  ///
  /// ```swift
  /// image.padded([(1, 1), (1, 1)], .reflect)
  /// ```
  ///
  /// - Parameters:
  ///   - widths: For each axis, how many elements come before and after.
  ///   - mode: What they are.
  /// - Returns: Each axis longer by its two widths.
  /// - Precondition: Widths are not negative, there is one pair for each axis, and an axis that others than a constant
  ///   pad is not empty.
  public func padded(_ widths: [(Int, Int)], _ mode: PaddingMode<Scalar>) -> Tensor {
    require(
      widths.count == rank && widths.allSatisfy { $0.0 >= 0 && $0.1 >= 0 },
      "padded: widths \(widths) for shape \(shape); there must be a pair, 0 or more, for each axis")
    var result = self
    for (axis, (before, after)) in widths.enumerated() where before + after > 0 {
      result = result.padded(axis: axis, before, after, mode)
    }
    return result
  }

  private func padded(axis: Int, _ before: Int, _ after: Int, _ mode: PaddingMode<Scalar>)
    -> Tensor
  {
    let length = shape[axis]
    if case .constant(let value) = mode {
      func block(_ width: Int) -> Tensor {
        var lengths = shape
        lengths[axis] = width
        return Tensor(value).broadcast(to: lengths)
      }
      return concatenate([block(before), self, block(after)], axis: axis)
    }
    require(
      length > 0, "padded: axis \(axis) of shape \(shape) is empty; only a constant can pad it")
    return take(
      (-before..<length + after).map { mode.source(of: $0, length: length) }, axis: axis)
  }
}

extension PaddingMode {
  /// The position of the element that stands at `position`.
  fileprivate func source(of position: Int, length: Int) -> Int {
    func modulo(_ a: Int, _ b: Int) -> Int { (a % b + b) % b }
    switch self {
    case .constant, .edge: return Swift.min(Swift.max(position, 0), length - 1)
    case .wrap: return modulo(position, length)
    case .symmetric:
      let place = modulo(position, 2 * length)
      return place < length ? place : 2 * length - 1 - place
    case .reflect:
      guard length > 1 else { return 0 }
      let place = modulo(position, 2 * length - 2)
      return place < length ? place : 2 * length - 2 - place
    }
  }
}
