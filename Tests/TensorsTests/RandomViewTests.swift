import Tensors
import Testing

/// Compares operations on random views with loops over their elements.
@Suite("Random views")
struct RandomViewTests {
  /// A view of up to four axes: cut, strided, reversed, permuted and sometimes broadcast.
  private func view(_ random: inout RandomGenerator) -> Tensor<Double> {
    func below(_ bound: Int) -> Int { random.integers(shape: [], in: 0..<bound).item() }
    let shape = (0..<(1 + below(4))).map { _ in 1 + below(6) }
    var x = Tensor<Double>.random(shape: shape, seed: random.next())
    for axis in shape.indices {
      x = x.swappingAxes(0, axis)
      let length = x.shape[0]
      switch below(5) {
      case 0: x = x[below(length)...]
      case 1: x = x[stride(from: length - 1, through: 0, by: -1 - below(2))]
      case 2: x = x[stride(from: 0, to: length, by: 2)]
      default: break
      }
      x = x.swappingAxes(0, axis)
    }
    x = x.permuted(axes: random.permutation(x.rank))
    if below(4) == 0 { x = x.broadcast(to: [2] + x.shape) }
    return x
  }

  /// All index tuples of a shape, row by row.
  private func indices(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { tuples, length in
      tuples.flatMap { tuple in (0..<length).map { tuple + [$0] } }
    }
  }

  @Test("reduce over any axes as a loop does")
  func reductions() {
    var random = RandomGenerator(seed: 11)
    for _ in 0..<300 {
      let x = view(&random)
      let axes = (0..<x.rank).filter { _ in random.next() % 2 == 0 }
      var groups: [[Int]: [Double]] = [:]
      for (index, value) in zip(indices(x.shape), x.scalars) {
        groups[(0..<x.rank).map { axes.contains($0) ? 0 : index[$0] }, default: []].append(value)
      }
      let keptShape = (0..<x.rank).map { axes.contains($0) ? 1 : x.shape[$0] }
      let parts = indices(keptShape).map { groups[$0] ?? [] }
      let sums = Tensor(shape: keptShape, values: parts.map { $0.reduce(0, +) })
      expectClose(x.sum(axes: axes, keepDims: true), sums, relative: 1e-13)
      #expect(x.max(axes: axes, keepDims: true).scalars == parts.map { $0.max() ?? 0 })
      #expect(x.min(axes: axes).count == parts.count)
      let means = parts.map { $0.reduce(0, +) / Double($0.count) }
      let variances = zip(parts, means).map { part, mean in
        part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(part.count)
      }
      expectClose(
        x.variance(axes: axes, keepDims: true), Tensor(shape: keptShape, values: variances),
        relative: 1e-12, absolute: 1e-15)
      let axis = x.rank - 1
      let lines = x.reshaped(to: [-1, x.shape[axis]])
      let positions = (0..<lines.shape[0]).map { row in
        let line = lines[row].scalars
        return Int32(line.firstIndex(of: line.max() ?? 0) ?? 0)
      }
      #expect(x.argmax(axis: axis).scalars == positions)
    }
  }

  @Test("combine, compare, copy and assign as a loop does")
  func elementwise() {
    var random = RandomGenerator(seed: 12)
    for _ in 0..<300 {
      let x = view(&random)
      let y = Tensor<Double>.random(shape: x.shape, seed: random.next())
      #expect((x - y).scalars == zip(x.scalars, y.scalars).map { $0 - $1 })
      #expect((x .< y).scalars == zip(x.scalars, y.scalars).map { $0 < $1 })
      #expect(select(x .< y, x, y).scalars == zip(x.scalars, y.scalars).map { min($0, $1) })
      #expect(x[x .> 0.5].scalars == x.scalars.filter { $0 > 0.5 })
      var z = x
      z += y
      #expect(z == x + y)
      z[x .> 0.5] = 0
      #expect(z.scalars == zip((x + y).scalars, x.scalars).map { $1 > 0.5 ? 0 : $0 })
      let row = Tensor<Double>.random(shape: [x.shape[x.rank - 1]], seed: random.next())
      if x.rank > 1 { z[0] = row }
      #expect(z[0] == (x.rank > 1 ? row.broadcast(to: Array(x.shape.dropFirst())) : z[0]))
      #expect(concatenate([x, y], axis: -1)[..., 0..<x.shape[x.rank - 1]] == x)
      #expect(x.take([0, -1], axis: -1)[..., 1] == x[..., -1])
    }
  }

  @Test("multiply as a loop does")
  func products() {
    var random = RandomGenerator(seed: 13)
    for _ in 0..<200 {
      let x = view(&random)
      guard x.rank >= 2 else { continue }
      let (m, k) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
      let y = Tensor<Double>.random(shape: [3, k], seed: random.next()).transposed()
      let product = matmul(x, y)
      let slow = (x.expandingDims(axis: -1) * y).sum(axis: -2)
      expectClose(product, slow, relative: 1e-13)
      #expect(product.shape.suffix(2) == [m, 3])
      expectClose(matmul(x, y[0..., 1]), slow[..., 1], relative: 1e-13)
    }
  }
}
