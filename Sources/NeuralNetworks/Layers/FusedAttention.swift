internal import BLAS
internal import Tensors

/// Attention by one kernel forwards and one backwards, each matrix of the batch on one thread.
struct FusedAttention: Sendable {
  let mask: Tensor<Bool>?
  let isCausal: Bool

  /// Returns the weighted values; the operands have the same batch, and nothing is empty.
  func callAsFunction<Scalar: FloatingTensorScalar>(
    _ query: Tensor<Scalar>, _ key: Tensor<Scalar>, _ value: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let (targets, sources) = (query.shape[query.rank - 2], key.shape[key.rank - 2])
    let scale = 1 / Double(query.shape[query.rank - 1]).squareRoot()
    let batch = Array(query.shape.dropLast(2))
    let kernel = kernel(Scalar.self, scale, batch + [targets, sources])
    let (q, k, v) = (matrices(query), matrices(key), matrices(value))
    let operands = [query, key, value].map(\.recordedOperand)
    let weights =
      operands.contains { $0 != nil }
      ? Tensor<Scalar>(uninitialized: batch + [targets, sources]) : nil
    let out = room(batch + [targets, value.shape[value.rank - 1]], like: query)
    kernel.forward(
      query: q.batch, key: k.batch, value: v.batch, out: matrices(out).batch,
      weights: weights?.storage)
    guard let weights else { return out }
    return out.recorded(from: operands) { gradient in
      let isTwice = [gradient, query, key, value].contains { $0.isRecorded }
      if isTwice { return slowGradients(gradient, query, key, value, scale) }
      let (dq, dk, dv) = (
        room(q.tensor.shape, like: q.tensor), room(k.tensor.shape, like: k.tensor),
        room(v.tensor.shape, like: v.tensor)
      )
      kernel.backward(
        query: q.batch, key: k.batch, value: v.batch, weights: weights.storage,
        gradient: matrices(gradient).batch, queryOut: matrices(dq).batch,
        keyOut: matrices(dk).batch, valueOut: matrices(dv).batch)
      return [dq, dk, dv]
    }
  }

  /// Returns the weighted values `[n, length, size]` of heads from queries, keys and values `[n, length, 3 * size]`, which
  /// lie beside one another.
  func callAsFunction<Scalar: FloatingTensorScalar>(_ projected: Tensor<Scalar>, heads: Int)
    -> Tensor<Scalar>
  {
    let (n, length, size) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3)
    let scale = 1 / Double(size / heads).squareRoot()
    let kernel = kernel(Scalar.self, scale, [n, heads, length, length])
    let dense = stopGradient(projected).contiguous()
    let parts = (0..<3).map { matrices(part($0, of: dense, heads)).batch }
    let weights =
      projected.isRecorded ? Tensor<Scalar>(uninitialized: [n, heads, length, length]) : nil
    let out = Tensor<Scalar>(uninitialized: [n, length, size])
    kernel.forward(
      query: parts[0], key: parts[1], value: parts[2], out: matrices(split(out, heads)).batch,
      weights: weights?.storage)
    guard let weights else { return out }
    return out.recorded(from: [projected.recordedOperand]) { gradient in
      if gradient.isRecorded || projected.isRecorded {
        let whole = (0..<3).map { part($0, of: projected, heads) }
        let slow = slowGradients(split(gradient, heads), whole[0], whole[1], whole[2], scale)
        return [
          concatenate(slow.map { $0.swappingAxes(1, 2).reshaped(to: out.shape) }, axis: 2)
        ]
      }
      let result = Tensor<Scalar>(uninitialized: dense.shape)
      let results = (0..<3).map { matrices(part($0, of: result, heads)).batch }
      kernel.backward(
        query: parts[0], key: parts[1], value: parts[2], weights: weights.storage,
        gradient: matrices(split(gradient, heads)).batch, queryOut: results[0],
        keyOut: results[1], valueOut: results[2])
      return [result]
    }
  }

  /// Shape `[n, length, 3 * size]` to `[n, heads, length, size / heads]` of queries, keys or values.
  private func part<Scalar: FloatingTensorScalar>(
    _ number: Int, of x: Tensor<Scalar>, _ heads: Int
  ) -> Tensor<Scalar> {
    x.reshaped(to: [x.shape[0], x.shape[1], 3, heads, x.shape[2] / (3 * heads)])[
      0..., 0..., number
    ].swappingAxes(1, 2)
  }

  /// Shape `[n, length, size]` to `[n, heads, length, size / heads]`.
  private func split<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>, _ heads: Int)
    -> Tensor<Scalar>
  {
    x.reshaped(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads]).swappingAxes(1, 2)
  }

  /// The kernel for weights of a shape.
  private func kernel<Scalar: FloatingTensorScalar>(
    _: Scalar.Type, _ scale: Double, _ shape: [Int]
  ) -> AttentionKernel {
    let visible = mask.map { mask in
      (mask.strides.allSatisfy { $0 >= 0 } ? mask : mask.contiguous()).broadcast(to: shape)
    }
    return AttentionKernel(
      Scalar.dataType.elementType, scale: scale, isCausal: isCausal,
      mask: visible.map {
        .init($0.storage, offset: $0.layout.offset, shape: $0.shape, strides: $0.strides)
      })
  }

  /// The matrices of a tensor, which is copied if BLAS cannot take it as it is.
  private func matrices<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>)
    -> (tensor: Tensor<Scalar>, batch: MatrixBatch)
  {
    let x = stopGradient(x)
    if let batch = x.matrixBatch { return (x, batch) }
    let copy = x.contiguous()
    guard let batch = copy.matrixBatch else {
      fail("attention: no matrices in shape \(copy.shape)")
    }
    return (copy, batch)
  }

  /// Room for a result; where heads lie beside one another in the operand, they do so in the result.
  private func room<Scalar: FloatingTensorScalar>(_ shape: [Int], like operand: Tensor<Scalar>)
    -> Tensor<Scalar>
  {
    let rank = shape.count
    guard rank > 2, operand.strides[rank - 2] > operand.strides[rank - 3] else {
      return Tensor(uninitialized: shape)
    }
    var lines = shape
    lines.swapAt(rank - 3, rank - 2)
    return Tensor<Scalar>(uninitialized: lines).swappingAxes(rank - 3, rank - 2)
  }

  /// The same gradients of operations that are differentiated in turn.
  private func slowGradients<Scalar: FloatingTensorScalar>(
    _ gradient: Tensor<Scalar>, _ query: Tensor<Scalar>, _ key: Tensor<Scalar>,
    _ value: Tensor<Scalar>, _ scale: Double
  ) -> [Tensor<Scalar>] {
    let weights = attentionWeights(query, key, mask, isCausal)
    let weighted = matmul(gradient, value.swappingAxes(-2, -1)) * weights
    let scores = (weighted - weights * weighted.sum(axis: -1, keepDims: true)) * Scalar(scale)
    return [
      matmul(scores, key), matmul(scores.swappingAxes(-2, -1), query),
      matmul(weights.swappingAxes(-2, -1), gradient),
    ]
  }
}
