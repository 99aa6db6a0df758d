import Tensors
import Testing

@Suite("Shapes, products and reductions")
struct ShapeTests {
  let a = Tensor<Double>.arange(6).reshaped(to: [2, 3])
  let b = Tensor<Double>.arange(12).reshaped(to: [3, 4]) - 5
  /// `a @ b` by NumPy.
  let ab: Tensor<Double> = [[5, 8, 11, 14], [-4, 8, 20, 32]]

  @Test("reshapes, transposes and moves axes")
  func reshaping() {
    #expect(a.reshaped(to: [3, -1]) == [[0, 1], [2, 3], [4, 5]])
    #expect(a.transposed().reshaped(to: [6]).scalars == [0, 3, 1, 4, 2, 5])
    #expect(a.flattened().shape == [6])
    let t = Tensor<Int>.arange(24).reshaped(to: [2, 3, 4])
    #expect(t.permuted(2, 0, 1).shape == [4, 2, 3])
    #expect(t.permuted(2, 0, -2)[3, 1, 2].item() == 23)
    #expect(t.swappingAxes(0, -1).shape == [4, 3, 2])
    #expect(a.expandingDims(axis: -1).shape == [2, 3, 1])
    #expect(a.expandingDims(axis: 0).squeezed().shape == [2, 3])
    #expect(Tensor<Float>.zeros(shape: [1, 2, 1]).squeezed(axis: -1).shape == [1, 2])
    #expect(Tensor(1.0).reshaped(to: [1, 1]).shape == [1, 1])
    #expect(Tensor<Float>.zeros(shape: [0, 3]).reshaped(to: [3, 0]).shape == [3, 0])
  }

  @Test("joins along old and new axes")
  func joining() {
    #expect(concatenate([a, a * 10], axis: 1)[1].scalars == [3, 4, 5, 30, 40, 50])
    #expect(concatenate([a.transposed(), a.transposed()]).shape == [6, 2])
    #expect(concatenate([a, Tensor<Double>.zeros(shape: [0, 3])]).shape == [2, 3])
    #expect(stack([a, a]).shape == [2, 2, 3])
    #expect(stack([a[0], a[1]], axis: 1) == a.transposed())
    #expect(stack([a, a], axis: -1).shape == [2, 3, 2])
  }

  @Test("multiplies matrices, also transposed, sliced and strided ones")
  func products() {
    #expect(matmul(a, b) == ab)
    #expect(matmul(b.transposed(), a.transposed()) == ab.transposed())
    #expect(matmul(a.transposed(), a) == [[9, 12, 15], [12, 17, 22], [15, 22, 29]])
    #expect(matmul(a, b[0..., 1..<3]) == ab[0..., 1..<3])
    #expect(matmul(a, b[0..., stride(from: 3, through: 0, by: -1)])[0].scalars == [14, 11, 8, 5])
    #expect(
      matmul(a[0..., stride(from: 0, to: 3, by: 2)], b[stride(from: 0, to: 3, by: 2)]).shape == [
        2, 4,
      ])
    #expect(
      matmul(Tensor<Float>.ones(shape: [2, 0]), .ones(shape: [0, 3])) == .zeros(shape: [2, 3]))
    #expect(matmul(Tensor<Float>(a), Tensor<Float>(b)) == Tensor<Float>(ab))
    #expect(matmul(a[0..<1], b) == ab[0..<1])
    #expect(matmul(a, b[0..., 0..<1]) == ab[0..., 0..<1])
    #expect(matmul(Tensor([1.0, 2]).broadcast(to: [3, 2]), a).shape == [3, 3])
  }

  @Test("multiplies matrices so large that the product is taken in panels of rows")
  func largeProducts() {
    let left = Tensor<Float>.arange(4_200 * 500).reshaped(to: [4_200, 500]) / 1e6
    let right = Tensor<Float>.arange(500 * 4_000).reshaped(to: [500, 4_000]) / 1e6
    let whole = matmul(left, right)
    let transposed = matmul(right.transposed(), left.transposed())
    for rows in [0..<7, 1_990..<2_010, 4_193..<4_200] {
      let expected = matmul(left[rows], right)
      #expect(isClose(whole[rows], expected, relative: 1e-4).all().item())
      let other = transposed[0..., rows].transposed()
      #expect(isClose(other, expected, relative: 1e-4).all().item())
    }
  }

  @Test("multiplies by vectors and in batches")
  func vectorsAndBatches() {
    let v: Tensor<Double> = [1, 2, 3]
    #expect(matmul(a, v) == [8, 26])
    #expect(matmul(a.transposed(), Tensor([1.0, 10])) == [30, 41, 52])
    #expect(matmul(v, b).shape == [4])
    #expect(matmul(a, Tensor([3.0, 0, 2, 0, 1])[stride(from: 4, through: 0, by: -2)]) == [8, 26])
    #expect(matmul(v, v).item() == 14 && matmul(v, v).rank == 0)
    #expect(dot(v, v).item() == 14)
    #expect(outer(v, v)[2].scalars == [3, 6, 9])
    let x = Tensor<Double>.arange(12).reshaped(to: [2, 2, 3])
    let y = Tensor<Double>.arange(12).reshaped(to: [2, 3, 2]) - 3
    #expect(matmul(x, y) == [[[1, 4], [-8, 4]], [[109, 130], [154, 184]]])
    #expect(matmul(x, y[0])[0] == [[1, 4], [-8, 4]])
    #expect(matmul(x, v).shape == [2, 2])
    #expect(matmul(x.permuted(1, 0, 2), y).shape == [2, 2, 2])
  }

  // The numbers are from NumPy 2 and SciPy 1 in float64.
  @Test("reduces by axis like NumPy, in both types and any memory order")
  func reductions() {
    let x = sample(Double.self)
    let variances: Tensor<Double> = [
      114.43344070000654, 139.6066799941034, 164.33846338688429, 188.84952171872865,
    ]
    expectClose(x.variance(axis: 0), variances, relative: 1e-14)
    expectClose(x.transposed().variance(axis: 1), variances, relative: 1e-14)
    expectClose(Tensor<Float>(x).variance(axis: 0), Tensor<Float>(variances), relative: 1e-6)
    expectClose(
      x.standardDeviation(axis: 1, correction: 1),
      [3.0299022430937033, 4.929971869788868, 6.271498173333419], relative: 1e-14)
    #expect(a.sum().item() == 15)
    #expect(a.sum(axis: 0) == [3, 5, 7])
    #expect(a.sum(axis: -1, keepDims: true) == [[3], [12]])
    #expect(a.mean(axis: 1) == [1, 4])
    #expect(a.mean(keepDims: true).shape == [1, 1])
    let t = Tensor<Int>.arange(24).reshaped(to: [2, 3, 4])
    #expect(t.sum(axes: [0, 2]) == [60, 92, 124])
    #expect(t.permuted(1, 2, 0).sum(axes: [1, 2]) == [60, 92, 124])
    #expect(t.sum(axes: [0, 1]) == [60, 66, 72, 78])
    #expect(t.sum(axis: 1) == [[12, 15, 18, 21], [48, 51, 54, 57]])
    #expect(t.permuted(2, 1, 0).max(axis: 1) == [[8, 20], [9, 21], [10, 22], [11, 23]])
    #expect(t[0..., 1...2, 1..<3].min(axis: 2) == [[5, 9], [17, 21]])
    #expect(Tensor([true, false, true]).sum().item() == 2)
    #expect(Tensor<Int32>([.max, .max]).sum().item() == 4_294_967_294)
    #expect(Tensor<Int32>([1, 2]).mean().item() == 1.5)
  }

  @Test("keeps sums accurate and lets NaN through")
  func accuracy() {
    let tenth = Tensor<Float>.full(shape: [1_000_003], 0.1)
    expectClose(tenth.sum(), Tensor(100_000.3), relative: 1e-7)
    let column = tenth.reshaped(to: [1_000_003, 1]).broadcast(to: [1_000_003, 2])
    expectClose(column.sum(axis: 0), [100_000.3, 100_000.3], relative: 1e-7)
    let big = Tensor<Double>.full(shape: [999_983], 0.1)
    expectClose(big.sum(), Tensor(99_998.3), relative: 1e-14)
    var x = Tensor<Float>.linspace(0, 1, count: 100)
    x[57] = Tensor(.nan)
    #expect(x.max().item().isNaN && x.min().item().isNaN && x.sum().item().isNaN)
    #expect(x.argmax().item() == 57)
    #expect(x.reshaped(to: [10, 10]).argmin(axis: 1).scalars[5] == 7)
    #expect(x.reshaped(to: [10, 10]).argmax(axis: 0).scalars[7] == 5)
    #expect(x.reshaped(to: [10, 10]).max(axis: 0).scalars[7].isNaN)
  }

  @Test("finds first positions, and truth of all or any")
  func positions() {
    let x: Tensor<Float> = [[1, 5, 5], [7, 0, 7]]
    #expect(x.argmax().item() == 3 && x.argmin().item() == 4)
    #expect(argmax(x, axis: 1) == [1, 0])
    #expect(argmax(x, axis: 0) == [1, 0, 1])
    #expect(x.transposed().argmax().item() == 1)
    #expect(argmin(x, axis: 1) == [0, 1])
    #expect(x.argmax(axis: 1, keepDims: true).shape == [2, 1])
    #expect((x .> 0).all(axis: 1).scalars == [true, false])
    #expect((x .> 6).any(axis: 1).scalars == [false, true])
    #expect((x .> 0).any().item() && !(x .> 0).all().item())
    #expect(Tensor<Bool>([]).all().item() && !Tensor<Bool>([]).any().item())
  }

  @Test("sums nothing to 0 and averages nothing to NaN")
  func nothing() async {
    let none = Tensor<Float>.zeros(shape: [0, 3])
    #expect(none.sum().item() == 0)
    #expect(none.sum(axis: 0) == [0, 0, 0])
    #expect(none.sum(axis: 1).shape == [0])
    #expect(none.max(axis: 1).shape == [0])
    #expect(none.mean(axis: 0).scalars.allSatisfy { $0.isNaN })
    #expect(Tensor(3.0).sum().item() == 3 && Tensor(3.0).max().item() == 3)
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros(shape: [0, 3]).max(axis: 0)
    }
  }

  // The numbers are from SciPy 1 in float64.
  @Test("gives SciPy's softmax and log-sum-exp along any axis")
  func softmaxes() {
    let x = sample(Double.self)
    let first: Tensor<Double> = [
      0.11349080059441158, 0.1635971832225234, 0.2626841253754317, 0.4602278908076334,
    ]
    expectClose(softmax(x / 5, axis: 1)[0], first, relative: 1e-13)
    expectClose(softmax(Tensor<Float>(x) / 5, axis: 1)[0], Tensor<Float>(first), relative: 1e-6)
    expectClose(
      softmax(x / 5, axis: 0)[0..., 0],
      [0.005265023630699536, 0.040332339306747386, 0.9544026370625531], relative: 1e-13)
    expectClose(
      logSumExp(x, axis: 1), [2.065004716300759, 16.644101798940582, 35.57542898860871],
      relative: 1e-13)
    expectClose(
      logSoftmax(x, axis: 0)[0..., 1],
      [-28.79434952152426, -16.925838189571383, -4.4586658481613296e-08], relative: 1e-7)
    #expect(logSumExp(x, axis: 0, keepDims: true).shape == [1, 4])
    let wild = Tensor<Float>([
      [1000, 1000], [-.infinity, 0], [.nan, 0], [-.infinity, -.infinity],
    ])
    expectClose(
      softmax(wild, axis: 1), [[0.5, 0.5], [0, 1], [.nan, .nan], [.nan, .nan]], relative: 1e-6)
    expectClose(
      logSumExp(wild, axis: 1), Tensor([1000.6931, 0, .nan, -.infinity]), relative: 1e-6,
      absolute: 1e-6)
    #expect(softmax(Tensor<Float>.zeros(shape: [0, 3]), axis: 1).shape == [0, 3])
  }

  @Test("stops when matrices do not chain, axes do not exist or counts differ")
  func mistakes() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = matmul(Tensor<Float>.zeros(shape: [2, 3]), Tensor<Float>.zeros(shape: [4, 5]))
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("matmul: shapes [2, 3] and [4, 5] do not chain"))
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros(shape: [2]).sum(axis: 1) }
    await #expect(processExitsWith: .failure) { _ = softmax(Tensor<Float>(1), axis: 0) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros(shape: [4]).reshaped(to: [3, -1])
    }
    await #expect(processExitsWith: .failure) {
      _ = concatenate([Tensor<Float>.zeros(shape: [2, 2]), Tensor<Float>.zeros(shape: [3])])
    }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([1, 2]).item() }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>([[1, 2], [3]]) }
  }
}
