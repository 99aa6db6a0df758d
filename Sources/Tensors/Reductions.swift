package import BLAS

extension Tensor {
  /// Reduces all elements to one, in row-major order.
  func reduced<Result: TensorScalar>(
    _ reduction: Reduction, _ name: String, keepDims: Bool = false, correction: Double = 0
  ) -> Tensor<Result> {
    reduced(
      reduction, name, axes: Array(0..<rank), keepDims: keepDims, correction: correction)
  }

  /// Checks that there is an element along `axes` to choose, for each element of a result.
  func requireElements(_ name: String, along axes: [Int]) {
    guard isEmpty, axes.contains(where: { shape[$0] == 0 }) else { return }
    let kept = shape.indices.filter { !axes.contains($0) }
    require(
      Layout.count(kept.map { shape[$0] }) == 0,
      "\(name): shape \(shape) has no elements along axes \(axes.sorted()); there is none to choose"
    )
  }

  /// Reduces some axes; negative ones count from the back.
  package func reduced<Result: TensorScalar>(
    _ reduction: Reduction, _ name: String, axes: [Int], keepDims: Bool, correction: Double = 0
  ) -> Tensor<Result> {
    let positions = axes.map { Layout.axis($0, rank: rank, operation: name) }
    let axes = Set(positions)
    require(
      axes.count == positions.count,
      "\(name): axes \(positions) of shape \(shape) name an axis twice; each may come once")
    let reducedCount = Layout.count(axes.map { shape[$0] })
    let keptAxes = shape.indices.filter { !axes.contains($0) }
    let resultShape =
      keepDims
      ? shape.indices.map { axes.contains($0) ? 1 : shape[$0] } : keptAxes.map { shape[$0] }
    if reduction != .sum && reduction != .variance && reduction != .product {
      requireElements(name, along: positions)
    }
    if OperationTrace.isTracing {
      let operation = TracedOperation.reduction(
        reduction, axes: axes.sorted(), keepsDims: keepDims, correction: correction)
      return OperationTrace.noting(operation, [self]) {
        reduced(
          reduction, name, axes: Array(axes), keepDims: keepDims, correction: correction)
      }
    }
    if Scalar.dataType.isHalf {
      let floats = Tensor<Float>(detached)
      if reduction == .argmax || reduction == .argmin {
        return floats.reduced(reduction, name, axes: Array(axes), keepDims: keepDims)
      }
      return Tensor<Result>(
        floats.reduced(
          reduction, name, axes: Array(axes), keepDims: keepDims, correction: correction)
          as Tensor<Float>)
    }
    if Scalar.dataType == .complex64 {
      return addedParts(Float.self, reduction, name, axes, resultShape)
    }
    if Scalar.dataType == .complex128 {
      return addedParts(Double.self, reduction, name, axes, resultShape)
    }
    let type = Scalar.dataType.elementType
    let bytes = Kernels.resultType(of: reduction, type).byteCount
    let result = Storage(byteCount: Layout.count(resultShape) * bytes)
    guard Layout.count(resultShape) > 0 else {
      return Tensor<Result>(storage: result, shape: resultShape)
    }
    // Positions over several axes count in row-major order, which sorting by memory would change.
    let keepsOrder = reduction == .argmax || reduction == .argmin
    if let plan = ReductionPlan(layout, axes: axes, keepsOrder: keepsOrder && axes.count > 1) {
      Kernels.reduce(
        reduction, type, outer: plan.outer, count: plan.count, inner: plan.inner, source: storage,
        offset: layout.offset, out: result, correction: correction)
      let strides = plan.resultStrides(keptAxes: keptAxes, shape: shape)
      let layout = Layout(
        shape: resultShape,
        strides: keepDims
          ? shape.indices.map { strides[$0] ?? 0 } : keptAxes.map { strides[$0] ?? 0 },
        offset: 0)
      return Tensor<Result>(storage: result, layout: layout)
    }
    let source = permuted(axes: keptAxes + axes.sorted()).copied()
    Kernels.reduce(
      reduction, type, outer: Layout.count(resultShape), count: reducedCount, inner: 1,
      source: source.storage, offset: 0, out: result, correction: correction)
    return Tensor<Result>(storage: result, shape: resultShape)
  }
}

extension Tensor {
  /// The sum of complex numbers: their parts are added along one more axis.
  private func addedParts<Part: ComplexPart, Result: TensorScalar>(
    _ part: Part.Type, _ reduction: Reduction, _ name: String, _ axes: Set<Int>, _ shape: [Int]
  ) -> Tensor<Result> {
    require(reduction == .sum, "\(name): \(Scalar.dataType) has no \(name); take abs or real first")
    let parts = Tensor<Part>(
      storage: storage,
      layout: Layout(
        shape: self.shape + [2], strides: strides.map { $0 * 2 } + [1], offset: layout.offset * 2))
    let sums: Tensor<Part> = parts.reduced(.sum, name, axes: Array(axes), keepDims: false)
    return Tensor<Result>(storage: sums.contiguous().storage, shape: shape)
  }
}

/// How to reduce a gapless layout without copying it: as the middle axis of three.
private struct ReductionPlan {
  var outer = 1
  var count = 1
  var inner = 1
  /// The axes longer than 1, slowest in memory first.
  private let order: [Int]

  /// Finds a plan, or `nil` if the elements have gaps or the reduced axes are not neighbours in memory.
  init?(_ layout: Layout, axes: Set<Int>, keepsOrder: Bool) {
    let long = layout.shape.indices.filter { layout.shape[$0] != 1 }
    // An empty tensor gets here only to be summed to zeros: any order will do.
    order =
      keepsOrder || layout.count == 0
      ? long : long.sorted { layout.strides[$0] > layout.strides[$1] }
    var step = 1
    if layout.count > 0 {
      for axis in order.reversed() {
        guard layout.strides[axis] == step else { return nil }
        step *= layout.shape[axis]
      }
    }
    for axis in order {
      if axes.contains(axis) {
        guard inner == 1 else { return nil }
        count *= layout.shape[axis]
      } else if axes.isDisjoint(with: order.prefix { $0 != axis }) {
        outer *= layout.shape[axis]
      } else {
        inner *= layout.shape[axis]
      }
    }
  }

  /// The strides of the kept axes in the result, whose memory keeps the operand's order.
  func resultStrides(keptAxes: [Int], shape: [Int]) -> [Int: Int] {
    var strides: [Int: Int] = [:]
    var step = 1
    for axis in order.reversed() where keptAxes.contains(axis) {
      strides[axis] = step
      step *= shape[axis]
    }
    return strides
  }
}
