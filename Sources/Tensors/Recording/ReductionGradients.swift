internal import BLAS

extension Tensor {
  /// The sum along axes, recorded.
  func summed(_ name: String, axes: [Int], keepDims: Bool) -> Tensor<Scalar.Sum> {
    let total: Tensor<Scalar.Sum> = reduced(.sum, name, axes: axes, keepDims: keepDims)
    guard node != nil && Scalar.dataType.hasGradients else { return total }
    let (shape, kept) = (shape, keptShape(reducing: axes))
    return total.recorded(
      fromOther: self, { Tensor($0).reshaped(to: kept).broadcast(to: shape) })
  }

  /// The shape with length 1 on the axes that are reduced.
  package func keptShape(reducing axes: [Int]) -> [Int] {
    var kept = shape
    for axis in axes { kept[Layout.axis(axis, rank: rank, operation: "reduction")] = 1 }
    return kept
  }

  /// The largest or smallest along axes, recorded; equal elements share the gradient.
  func extreme(_ reduction: Reduction, _ name: String, axes: [Int], keepDims: Bool) -> Tensor {
    let result: Tensor = reduced(reduction, name, axes: axes, keepDims: keepDims)
    guard node != nil else { return result }
    let kept = keptShape(reducing: axes)
    return result.recorded(
      from: self,
      savingResult: { gradient, y in
        let chosen = Tensor<Double>(self .== y.reshaped(to: kept))
        let share = chosen / chosen.sum(axes: axes, keepDims: true)
        return gradient.reshaped(to: kept).scaled(by: Tensor(share))
      })
  }

  /// The product with a constant of any element type.
  private func scaled(by factor: Tensor) -> Tensor {
    combined(.multiply, with: factor, "*").recorded(from: self, { $0.scaled(by: factor) })
  }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// The variance along axes, recorded.
  func spread(_ name: String, axes: [Int], correction: Int, keepDims: Bool) -> Tensor {
    let result: Tensor = reduced(
      .variance, name, axes: axes, keepDims: keepDims, correction: Double(correction))
    guard node != nil else { return result }
    let kept = keptShape(reducing: axes)
    let freedom = Swift.max(count / Swift.max(Layout.count(kept), 1) - correction, 0)
    return result.recorded(
      from: self,
      { gradient in
        let differences = self - self.mean(axes: axes, keepDims: true)
        return gradient.reshaped(to: kept) * differences * (2 / Scalar(freedom))
      })
  }
}
