public import Tensors

/// Returns how much nearer samples are to their own cluster than to the next, from -1 to 1.
///
/// - Parameters:
///   - x: The samples, shape `[samples, features]`.
///   - labels: The cluster of each, shape `[samples]`.
/// - Returns: The mean over all samples; a sample alone in its cluster counts as 0.
/// - Throws: `LearnerError` if shapes do not fit, or there are not at least two clusters and fewer than samples.
/// - Complexity: O(samples² · features).
/// - SeeAlso: Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7.
public func silhouetteScore<Scalar: RealTensorScalar>(_ x: Tensor<Scalar>, _ labels: Tensor<Int32>)
  throws(LearnerError) -> Double
{
  let operation = "silhouetteScore"
  let rows = try Tensor<Double>(x).samples(operation)
  let clusters = try ClassIndex(labels, rows: rows.shape[0], operation: operation)
  let count = rows.shape[0]
  guard clusters.classes.count < count else {
    throw .tooFewSamples(
      operation: operation, needed: clusters.classes.count + 1, found: count,
      reason: "some cluster must have two of them")
  }
  var total = 0.0
  for block in stride(from: 0, to: count, by: 256) {
    let part = rows[block..<Swift.min(block + 256, count)]
    let distances = sqrt(squaredDistances(part, rows)).scalars
    for row in 0..<part.shape[0] {
      var sums = [Double](repeating: 0, count: clusters.classes.count)
      for other in 0..<count where other != block + row {
        sums[clusters.positions[other]] += distances[row * count + other]
      }
      let own = clusters.positions[block + row]
      guard clusters.counts[own] > 1 else { continue }
      let inner = sums[own] / Double(clusters.counts[own] - 1)
      var nearest = Double.infinity
      for cluster in sums.indices where cluster != own {
        nearest = Swift.min(nearest, sums[cluster] / Double(clusters.counts[cluster]))
      }
      let longer = Swift.max(inner, nearest)
      if longer > 0 { total += (nearest - inner) / longer }
    }
  }
  return total / Double(count)
}

/// The squared Euclidean distance of each row of `a` to each of `b`, shape `[rows of a, rows of b]`.
func squaredDistances(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double> {
  let (left, right) = ((a * a).sum(axis: 1, keepDims: true), (b * b).sum(axis: 1))
  return relu(left + right - 2 * matmul(a, b.transposed()))
}
