import Tensors
import Testing

@Suite("Elementwise arithmetic")
struct ArithmeticTests {
  let column: Tensor<Float> = [[1], [2], [3]]
  let row: Tensor<Float> = [[10, 20, 30, 40]]

  @Test("broadcasts [3, 1] with [1, 4] and with vectors, scalars and nothing")
  func broadcasting() {
    #expect(column + row == [[11, 21, 31, 41], [12, 22, 32, 42], [13, 23, 33, 43]])
    #expect(row - Tensor([1, 2, 3, 4]) == [[9, 18, 27, 36]])
    #expect((column * Tensor<Float>.zeros(shape: [3, 0])).shape == [3, 0])
    #expect((Tensor<Float>.zeros(shape: [2, 1, 4]) + column).shape == [2, 3, 4])
    #expect(Tensor<Float>(2) * 3 == Tensor(6))
    #expect(1 - column == [[0], [-1], [-2]])
    #expect(6 / column == [[6], [3], [2]])
    #expect(-column == [[-1], [-2], [-3]])
  }

  @Test("agrees on views that are not contiguous")
  func views() {
    let n = Tensor<Double>.arange(0, 5000).reshaped(to: [50, 100])
    let t = n.transposed()
    #expect((t + t).transposed() == n * 2)
    #expect((t * t.copyOfRows())[3...5, 7] == (n * n)[7, 3...5])
    let every = n[0..., stride(from: 99, through: 0, by: -3)]
    #expect((every + 1).scalars == every.scalars.map { $0 + 1 })
    #expect(n[0..., 0..<7].sum().item() == n[0..., 0..<7].scalars.reduce(0, +))
  }

  @Test("changes in place and keeps the shape")
  func inPlace() {
    var x = column
    x += 1
    x *= column
    x -= Tensor([1])
    x /= 2
    #expect(x == [[0.5], [2.5], [5.5]])
  }

  @Test("wraps integers around and truncates nothing")
  func integers() {
    #expect((Tensor<Int32>([.max]) + 1).scalars == [.min])
    #expect((Tensor<Int>([3, -4]) * -2).scalars == [-6, 8])
    #expect(abs(Tensor<Int32>([-3, 2])).scalars == [3, 2])
  }

  @Test("compares elements, and whole tensors with ==")
  func comparisons() {
    let x: Tensor<Float> = [1, .nan, 3]
    #expect((x .== x).scalars == [true, false, true])
    #expect((x .!= x).scalars == [false, true, false])
    #expect((x .< 2).scalars == [true, false, false])
    #expect((x .>= 1).scalars == [true, false, true])
    #expect(((x .> 2) .| (x .<= 1)).scalars == [true, false, true])
    #expect((.!(x .> 2) .& isNaN(x)).scalars == [false, true, false])
    #expect((Tensor([true, true]) .^ Tensor([true, false])).scalars == [false, true])
    #expect(x != x)
    #expect(column != column.transposed())
    #expect((Tensor<Int32>([1, 2]) .== Tensor<Int32>([1, 3])).mean().item() == 0.5)
    #expect(Tensor<Float>([]) == Tensor<Float>([]))
  }

  @Test("selects, clips and finds extremes as NumPy does with NaN")
  func selection() {
    let x: Tensor<Float> = [-2, .nan, 3]
    let z = Tensor<Float>.zeros(shape: [3])
    #expect(select(x .> 0, x, z).scalars == [0, 0, 3])
    #expect(
      select(Tensor([true, false]), Tensor<Int>([[1], [2]]), Tensor(0)) == [[1, 0], [2, 0]])
    expectClose(maximum(x, 0), [0, .nan, 3], relative: 0)
    expectClose(minimum(z, x), [-2, .nan, 0], relative: 0)
    expectClose(clip(x, -1...1), [-1, .nan, 1], relative: 0)
    expectClose(relu(x), [0, .nan, 3], relative: 0)
    expectClose(sign(x), [-1, .nan, 1], relative: 0)
  }

  // The numbers are from NumPy 2 in float64.
  @Test("gives NumPy's functions")
  func functions() {
    let v: Tensor<Double> = [-2, -0.5, 0, 0.3, 1.7]
    let e = 1e-15
    expectClose(
      exp(v), [0.1353352832366127, 0.6065306597126334, 1, 1.3498588075760032, 5.4739473917272],
      relative: e)
    expectClose(
      expm1(v), [-0.8646647167633873, -0.3934693402873666, 0, 0.3498588075760031, 4.4739473917272],
      relative: e)
    expectClose(
      tanh(v),
      [-0.9640275800758169, -0.46211715726000974, 0, 0.2913126124515909, 0.935409070603099],
      relative: e)
    expectClose(
      sigmoid(v),
      [0.11920292202211755, 0.3775406687981454, 0.5, 0.574442516811659, 0.8455347349164652],
      relative: e)
    expectClose(
      sin(v),
      [-0.9092974268256817, -0.479425538604203, 0, 0.29552020666133955, 0.9916648104524686],
      relative: e)
    expectClose(
      cos(v),
      [-0.4161468365471424, 0.8775825618903728, 1, 0.955336489125606, -0.12884449429552464],
      relative: e)
    #expect(floor(v).scalars == [-2, -1, 0, 0, 1])
    #expect(ceil(v).scalars == [-2, 0, 0, 1, 2])
    #expect(round(Tensor<Double>([0.5, 1.5, -2.5])).scalars == [0, 2, -2])
    let tiny = Double.leastNormalMagnitude / 256
    let w = Tensor([tiny, 0.1, 1, 2.5, 1e300])
    expectClose(
      log(w), [-713.9415959767437, -2.3025850929940455, 0, 0.9162907318741551, 690.7755278982137],
      relative: e)
    expectClose(
      log1p(w),
      Tensor([tiny, 0.09531017980432487, 0.6931471805599453, 1.252762968495368, 690.7755278982137]),
      relative: e)
    expectClose(
      sqrt(w), [9.322925914000258e-156, 0.31622776601683794, 1, 1.5811388300841898, 1e150],
      relative: e)
    expectClose(pow(Tensor<Double>([2, 9]), 0.5), [1.4142135623730951, 3], relative: e)
    #expect(pow(v, 2) == v * v)
  }

  @Test("agrees between Float and Double, and at the ends of the range")
  func extremes() {
    let x = Tensor<Double>.linspace(-80, 80, count: 4001)
    let f = Tensor<Float>(x)
    let xd = Tensor<Double>(f)
    expectClose(exp(f), Tensor<Float>(exp(xd)), relative: 2.5e-7)
    expectClose(tanh(f / 8), Tensor<Float>(tanh(xd / 8)), relative: 4e-7)
    expectClose(sigmoid(f), Tensor<Float>(sigmoid(xd)), relative: 4e-7)
    expectClose(
      log(abs(f) + 1e-3), Tensor<Float>(log(Tensor<Double>(abs(f) + 1e-3))), relative: 3e-7)
    expectClose(
      exp(Tensor<Float>([.infinity, -.infinity, .nan, 1000, -1000])),
      [.infinity, 0, .nan, .infinity, 0],
      relative: 0)
    expectClose(
      log(Tensor<Double>([0, -1, .infinity, .nan])), Tensor([-.infinity, .nan, .infinity, .nan]),
      relative: 0)
  }

  @Test("stops with both shapes and the rule when shapes do not broadcast")
  func mistakes() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor<Float>.zeros(shape: [2, 3]) + Tensor<Float>.zeros(shape: [2])
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("+: shapes [2, 3] and [2] do not broadcast"))
    await #expect(processExitsWith: .failure) {
      var x = Tensor<Float>.zeros(shape: [3])
      x += Tensor<Float>.zeros(shape: [2, 3])
    }
  }
}

extension Tensor {
  /// The same elements in fresh row-major memory.
  fileprivate func copyOfRows() -> Tensor { Tensor(shape: shape, values: scalars) }
}
