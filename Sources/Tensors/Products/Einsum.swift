/// Returns the sum of products that a formula of index letters describes, Einstein's summation.
///
/// ```swift
/// einsum("ij,jk->ik", a, b)  // A matrix product.
/// einsum("bqd,bkd->bqk", queries, keys)  // Products of every pair of rows, batch by batch.
/// einsum("ii", a)  // The trace.
/// einsum("...ij->...ji", a)  // Matrices transposed.
/// ```
///
/// Before `->` stands a group of letters for each operand, one letter for each axis, after it those of the result; letters
/// that do not stand there are summed over. Without `->` the result has the letters that occur once, in the order of the
/// alphabet. A letter twice in one group takes the diagonal. `...` stands for the axes that have no letter; they
/// broadcast, and come first in a result without `->`. Spaces do not count.
///
/// - Parameters:
///   - formula: The letters.
///   - operands: A tensor for each group.
/// - Returns: The axes that the formula says.
/// - Precondition: The formula fits the operands, and a letter means the same length, or 1, everywhere.
/// - Complexity: Operands are contracted two at a time, in the order that needs the fewest multiplications for up to ten
///   of them and in a greedy order for more; each step is one batched matrix product on OpenBLAS.
/// - SeeAlso: NumPy's `einsum`.
public func einsum<Scalar: FloatingTensorScalar>(_ formula: String, _ operands: Tensor<Scalar>...)
  -> Tensor<Scalar>
{
  einsum(formula, operands)
}

/// Returns what `einsum(_:_:)` returns for an array of operands.
///
/// - Parameters:
///   - formula: The letters.
///   - operands: A tensor for each group.
/// - Returns: The axes that the formula says.
/// - Precondition: As for `einsum(_:_:)`.
public func einsum<Scalar: FloatingTensorScalar>(_ formula: String, _ operands: [Tensor<Scalar>])
  -> Tensor<Scalar>
{
  let parsed = EinsumFormula(formula, shapes: operands.map(\.shape))
  var terms = zip(operands, parsed.inputs).map { operand, labels in
    EinsumTerm(operand, labels).withoutRepeats().broadcastAxesDropped(lengths: parsed.lengths)
  }
  let output = parsed.output
  for (left, right) in contractionOrder(
    terms.map(\.labels), output: Set(output), lengths: parsed.lengths)
  {
    let (a, b) = (terms[left], terms[right])
    // Always the higher position first, so that the lower one stays valid.
    terms.remove(at: Swift.max(left, right))
    terms.remove(at: Swift.min(left, right))
    let needed = Set(output).union(terms.flatMap(\.labels))
    terms.append(EinsumTerm.contracted(a, b, needed: needed, finalOrder: output))
  }
  return terms[0].summed(keeping: Set(output)).arranged(as: output, lengths: parsed.lengths)
}

/// An operand on its way, with a label for each axis.
private struct EinsumTerm<Scalar: FloatingTensorScalar> {
  let tensor: Tensor<Scalar>
  let labels: [EinsumLabel]

  init(_ tensor: Tensor<Scalar>, _ labels: [EinsumLabel]) {
    self.tensor = tensor
    self.labels = labels
  }

  /// Takes the diagonal where a label stands twice.
  func withoutRepeats() -> EinsumTerm {
    var term = self
    while let second = term.labels.indices.first(where: {
      term.labels[..<$0].contains(term.labels[$0])
    }),
      let first = term.labels.firstIndex(of: term.labels[second])
    {
      var labels = term.labels
      labels.remove(at: second)
      term = EinsumTerm(term.tensor.mergingDiagonal(first, second), labels)
    }
    return term
  }

  /// Drops axes of length 1 whose label is longer elsewhere.
  func broadcastAxesDropped(lengths: [EinsumLabel: Int]) -> EinsumTerm {
    let kept = labels.indices.filter { tensor.shape[$0] == lengths[labels[$0]] }
    return EinsumTerm(
      tensor.reshaped(to: kept.map { tensor.shape[$0] }), kept.map { labels[$0] })
  }

  /// Sums over labels that nothing else needs.
  func summed(keeping needed: Set<EinsumLabel>) -> EinsumTerm {
    let axes = labels.indices.filter { !needed.contains(labels[$0]) }
    if axes.isEmpty { return self }
    return EinsumTerm(tensor.sum(axes: axes), labels.filter(needed.contains))
  }

  /// The axes in the order of `output`.
  func arranged(as output: [EinsumLabel], lengths: [EinsumLabel: Int]) -> Tensor<Scalar> {
    tensor.permuted(axes: output.compactMap { labels.firstIndex(of: $0) })
  }

  private func axes(_ wanted: [EinsumLabel]) -> [Int] {
    wanted.compactMap { labels.firstIndex(of: $0) }
  }

  /// The product of two terms, summed over the labels that only they have.
  static func contracted(
    _ a: EinsumTerm, _ b: EinsumTerm, needed: Set<EinsumLabel>, finalOrder: [EinsumLabel]
  ) -> EinsumTerm {
    var left = a.summed(keeping: needed.union(b.labels))
    var right = b.summed(keeping: needed.union(a.labels))
    // The factor whose letters come first in the result goes to the left, so that it need not be turned.
    let leading = finalOrder.first { left.labels.contains($0) != right.labels.contains($0) }
    if let leading, right.labels.contains(leading) { swap(&left, &right) }
    let shared = left.labels.filter(right.labels.contains)
    let batch = shared.filter(needed.contains)
    let depth = shared.filter { !needed.contains($0) }
    let rows = left.labels.filter { !shared.contains($0) }
    let columns = right.labels.filter { !shared.contains($0) }
    let lengths = { (term: EinsumTerm, wanted: [EinsumLabel]) in
      term.axes(wanted).map { term.tensor.shape[$0] }
    }
    let (batchShape, depthShape) = (lengths(left, batch), lengths(left, depth))
    let (rowShape, columnShape) = (lengths(left, rows), lengths(right, columns))
    let labels = batch + rows + columns
    let ones = { (count: Int) in [Int](repeating: 1, count: count) }
    if depth.isEmpty || Layout.count(rowShape + columnShape) == 1 {
      // No sum, or only sums of pairs: nothing that a matrix product would do faster.
      let x = left.tensor.permuted(axes: left.axes(batch + rows + depth))
        .splitting(batchShape + rowShape, ones(columns.count), depthShape)
      let y = right.tensor.permuted(axes: right.axes(batch + columns + depth))
        .splitting(batchShape, ones(rows.count), columnShape + depthShape)
      let product = x * y
      return EinsumTerm(
        depth.isEmpty ? product : product.sum(axes: Array(labels.count..<product.rank)), labels)
    }
    let x = left.tensor.permuted(axes: left.axes(batch + rows + depth))
      .mergingAxes([batch.count, rows.count, depth.count])
    let y = right.tensor.permuted(axes: right.axes(batch + depth + columns))
      .mergingAxes([batch.count, depth.count, columns.count])
    let product =
      batch.isEmpty
      ? matmul(x.squeezed(axis: 0), y.squeezed(axis: 0)) : matmul(x, y)
    return EinsumTerm(product.reshaped(to: batchShape + rowShape + columnShape), labels)
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// A view of the diagonal of two axes, which takes the place of the first.
  fileprivate func mergingDiagonal(_ first: Int, _ second: Int) -> Tensor {
    var (shape, strides) = (shape, strides)
    strides[first] += strides[second]
    let length = shape[second]
    shape.remove(at: second)
    strides.remove(at: second)
    let places = (0..<rank).map { $0 == first || $0 == second ? length : 1 }
    return Tensor(storage: storage, layout: layout.with(shape: shape, strides: strides))
      .recorded(
        from: self,
        { g in
          g.expandingDims(axis: second)
            * Tensor.eye(length).reshaped(to: places)
        })
  }

  /// A view with axes of length 1 between two groups of axes.
  fileprivate func splitting(_ before: [Int], _ ones: [Int], _ after: [Int]) -> Tensor {
    var result = self
    for _ in ones { result = result.expandingDims(axis: before.count) }
    return result
  }

  /// Joins groups of neighbouring axes, given by their counts, to one axis each; a view if strides allow it.
  fileprivate func mergingAxes(_ counts: [Int]) -> Tensor {
    var (merged, steps, axis, isView) = ([Int](), [Int](), 0, true)
    for count in counts {
      var (length, step) = (1, 1)
      for position in (axis..<axis + count).reversed() where shape[position] != 1 {
        if length == 1 {
          step = strides[position]
        } else if strides[position] != step * length {
          isView = false
        }
        length *= shape[position]
      }
      merged.append(length)
      steps.append(step)
      axis += count
    }
    guard isView, !isEmpty else { return reshaped(to: merged) }
    let original = shape
    return Tensor(storage: storage, layout: layout.with(shape: merged, strides: steps))
      .recorded(from: self, { g in g.reshaped(to: original) })
  }
}
