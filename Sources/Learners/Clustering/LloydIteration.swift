internal import BLAS
internal import Glibc
internal import Tensors

/// Lloyd's algorithm from given centres: assign samples to centres, move centres to their means.
struct LloydIteration {
  private let x: Tensor<Double>
  private let columns: Int
  private let count: Int
  private(set) var centers: Tensor<Double>
  private(set) var labels: Tensor<Int32>
  private(set) var iterationCount = 0
  /// Half the squared distance of each sample to its centre less half its squared length.
  private let partial: Tensor<Double>
  private let sums: Tensor<Double>
  private let counts: Tensor<Double>

  /// - Precondition: Both are contiguous.
  init(_ x: Tensor<Double>, centers: Tensor<Double>) {
    (self.x, self.centers) = (x.contiguous(), centers)
    (columns, count) = (x.shape[1], centers.shape[0])
    labels = .full(shape: [x.shape[0]], -1)
    partial = Tensor(uninitialized: [x.shape[0]])
    sums = Tensor(uninitialized: centers.shape)
    counts = Tensor(uninitialized: [count])
  }

  /// The sum of squared distances, directly from samples and centres.
  var inertia: Double {
    (x * x).sum().item() + 2 * partial.sum().item()
  }

  /// Finds each sample's nearest centre; gives how many changed.
  @discardableResult
  mutating func assign() -> Int {
    let lanes = ClusterKernels.lanes
    let blocks = (count + lanes - 1) / lanes
    var filled = Tensor<Double>.zeros(shape: [blocks * lanes, columns])
    filled[0..<count] = centers
    let interleaved = filled.reshaped(to: [blocks, lanes, columns]).swappingAxes(1, 2).copied()
    var offsets = Tensor<Double>.full(shape: [blocks * lanes], .infinity)
    offsets[0..<count] = (centers * centers).sum(axis: 1) * 0.5
    return ClusterKernels.step(
      rows: x.shape[0], columns: columns, centreCount: count,
      x: DenseView(x.storage, offset: x.layout.offset),
      centres: DenseView(interleaved.storage, offset: interleaved.layout.offset),
      offsets: DenseView(offsets.storage, offset: offsets.layout.offset), labels: labels.storage,
      distances: partial.storage, sums: sums.storage, counts: counts.storage)
  }

  /// Iterates until no label changes, the centres' squared movement is at most `limit`, or the steps are used up.
  mutating func run(maxIterations: Int, limit: Double) {
    var isStable = false
    while iterationCount < maxIterations, !isStable {
      iterationCount += 1
      isStable = assign() == 0
      let next = means()
      let moved = next - centers
      centers = next
      if isStable { return }
      if (moved * moved).sum().item() <= limit { break }
    }
    // The labels must be those of the last centres.
    assign()
  }

  /// The mean of each centre's samples; a centre without samples takes the farthest sample.
  private func means() -> Tensor<Double> {
    let sizes = counts.scalars
    let empty = sizes.indices.filter { sizes[$0] == 0 }
    guard !empty.isEmpty else { return sums / counts.expandingDims(axis: 1) }
    var (totals, numbers) = (sums.copied(), sizes)
    let nearest = labels.scalars
    let distances = 2 * partial + (x * x).sum(axis: 1)
    let farthest = distances.argsorted(descending: true).scalars
    for (centre, row) in zip(empty, farthest) {
      let sample = x[Int(row)]
      let old = Int(nearest[Int(row)])
      totals[old] = totals[old] - sample
      totals[centre] = sample
      numbers[old] -= 1
      numbers[centre] = 1
    }
    let divisors = Tensor(numbers.map { Swift.max($0, 1) }).expandingDims(axis: 1)
    let isBare = Tensor(numbers.map { $0 <= 0 }).expandingDims(axis: 1)
    return select(isBare, centers, totals / divisors)
  }
}

/// The first centres of k-means.
struct CenterSeeding {
  private let x: Tensor<Double>

  init(_ x: Tensor<Double>) { self.x = x }

  /// Draws samples with chances by their squared distance to those drawn before, the best of a few draws each time.
  func kMeansPlusPlus(_ count: Int, random: inout RandomGenerator) -> Tensor<Double> {
    let rows = x.shape[0]
    let trials = 2 + Int(Glibc.log(Double(count)))
    var chosen = [Int(Double.random(in: 0..<1, using: &random) * Double(rows))]
    let lengths = (x * x).sum(axis: 1)
    var nearest = distances(to: chosen, lengths)[0]
    while chosen.count < count {
      let cumulative = nearest.cumsum()
      let total = cumulative[-1].item()
      let candidates: [Int]
      if total > 0 {
        let draws = Tensor((0..<trials).map { _ in Double.random(in: 0..<total, using: &random) })
        candidates = searchSorted(cumulative, draws, after: true).scalars
          .map { Swift.min(Int($0), rows - 1) }
      } else {
        // All samples coincide with centres: any of them.
        candidates = [Int(Double.random(in: 0..<1, using: &random) * Double(rows))]
      }
      let updated = minimum(distances(to: candidates, lengths), nearest)
      let best = Int(updated.sum(axis: 1).argmin().item())
      nearest = updated[best].contiguous()
      chosen.append(candidates[best])
    }
    return x[rows: chosen]
  }

  /// The squared distances of some rows to all, shape `[rows.count, samples]`.
  private func distances(to rows: [Int], _ lengths: Tensor<Double>) -> Tensor<Double> {
    let own = lengths.take(rows).expandingDims(axis: 1)
    return relu(lengths + own - 2 * matmul(x[rows: rows], x.transposed()))
  }
}
