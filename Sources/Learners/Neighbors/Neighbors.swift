public import Tensors

/// How much each neighbour's vote counts.
public enum NeighborWeights: String, Codable, Sendable {
  /// All the same.
  case uniform
  /// By the inverse of its distance; neighbours at distance 0 count alone.
  case distance
}

/// The nearest of the samples that a learner remembers.
public struct Neighbors: Sendable {
  /// Positions of the nearest samples, by ascending distance, shape `[samples, neighbors]`.
  public let indices: Tensor<Int32>
  /// Their Euclidean distances, of the same shape.
  public let distances: Tensor<Double>

  /// What each neighbour counts, row by row.
  func weights(_ kind: NeighborWeights) -> [Double] {
    let values = distances.scalars
    guard kind == .distance else { return values.map { _ in 1 } }
    let width = distances.shape[1]
    var weights = values.map { 1 / $0 }
    for start in stride(from: 0, to: values.count, by: width)
    where values[start..<start + width].contains(0) {
      for place in start..<start + width { weights[place] = values[place] == 0 ? 1 : 0 }
    }
    return weights
  }
}

/// Samples that are searched for the nearest to others, all of them, through matrix products.
struct NeighborSearch: Codable, Sendable {
  private var samples = Tensor<Double>.zeros(shape: [0, 0])
  private var means = Tensor<Double>([])

  var count: Int { samples.shape[0] }
  var features: Int { samples.shape[1] }

  init() {}

  init(_ x: Tensor<Double>) {
    // Distances between centred samples lose fewer digits.
    means = x.mean(axis: 0)
    samples = x - means
  }

  /// The `count` nearest samples of each row of `x`.
  func nearest(_ count: Int, to x: Tensor<Double>) -> Neighbors {
    let width = features
    let all = samples.scalars
    let lengths = (samples * samples).sum(axis: 1)
    let (transposed, queries) = (samples.transposed(), x - means)
    var (indices, distances) = ([Int32](), [Double]())
    // Blocks of queries bound the memory that their distances take.
    let block = Swift.max(1, (1 << 20) / Swift.max(samples.shape[0], 1))
    for start in stride(from: 0, to: x.shape[0], by: block) {
      let part = queries[start..<Swift.min(start + block, x.shape[0])].contiguous()
      let relative = lengths - 2 * matmul(part, transposed)
      let found = relative.topK(count, axis: 1, largest: false).positions.scalars
      let rows = part.scalars
      for row in 0..<part.shape[0] {
        let nearest = found[row * count..<(row + 1) * count].map { index in
          var sum = 0.0
          for column in 0..<width {
            let difference = rows[row * width + column] - all[Int(index) * width + column]
            sum += difference * difference
          }
          return (sum.squareRoot(), Int32(index))
        }
        for (distance, index) in nearest.sorted(by: <) {
          distances.append(distance)
          indices.append(index)
        }
      }
    }
    let shape = [x.shape[0], count]
    return Neighbors(
      indices: Tensor(shape: shape, values: indices),
      distances: Tensor(shape: shape, values: distances))
  }

  /// Checks samples and settings and remembers the samples.
  static func fitted(_ x: Tensor<Double>, neighbors: Int, _ operation: String) throws(LearnerError)
    -> NeighborSearch
  {
    try check(neighbors > 0, operation, "neighbors", neighbors, "it must be positive")
    let rows = try x.samples(operation)
    guard rows.shape[0] >= neighbors else {
      throw .tooFewSamples(
        operation: operation, needed: neighbors, found: rows.shape[0],
        reason: "each answer asks \(neighbors) neighbours")
    }
    return NeighborSearch(rows)
  }
}
