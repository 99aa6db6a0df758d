import BLAS
import Tensors
import Testing

@Suite("RandomGenerator")
struct RandomTests {
  // From Random123's published known answers for philox4x32-10.
  @Test("gives Philox's known answers")
  func knownAnswers() {
    #expect(
      RandomBlocks.block(key: 0, stream: 0, counter: 0) == [
        0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8,
      ])
    #expect(
      RandomBlocks.block(
        key: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e, counter: 0x85a3_08d3_243f_6a88)
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  // Worked out by an independent Philox in Python.
  @Test("gives the same numbers for a seed for ever")
  func golden() {
    let floats = Tensor<Float>.random(shape: [4], seed: 42).scalars
    #expect(
      floats == [0.6129598617553711, 0.4685865044593811, 0.07323169708251953, 0.3408614993095398])
    let doubles = Tensor<Double>.random(shape: [2], seed: 42).scalars
    #expect(doubles == [0.4685865183391049, 0.34086154938517876])
    expectClose(
      Tensor<Double>.randomNormal(shape: [2], seed: 42), [-0.6076510539335191, 0.9461447819697152],
      relative: 1e-14)
  }

  @Test("draws uniform, normal and whole numbers of the right spread")
  func distributions() {
    var random = RandomGenerator(seed: 7)
    let u: Tensor<Float> = random.uniform(shape: [100_000], in: -2..<4)
    #expect(u.min().item() >= -2 && u.max().item() < 4)
    #expect(abs(u.mean().item() - 1) < 0.03)
    let n: Tensor<Double> = random.normal(shape: [100_001], mean: 3, standardDeviation: 2)
    #expect(abs(n.mean().item() - 3) < 0.03 && abs(n.standardDeviation().item() - 2) < 0.03)
    let k = random.integers(shape: [60_000], in: Int32(1)..<7)
    for face in Int32(1)...6 {
      #expect(abs((k .== face).sum().item() - 10_000) < 500)
    }
    #expect(random.integers(shape: [3], in: Int.min..<Int.max).count == 3)
    let empty: Tensor<Float> = random.uniform(shape: [0])
    #expect(empty.isEmpty)
  }

  @Test("permutes, and splits into independent generators")
  func permutations() {
    var random = RandomGenerator(seed: 1)
    let order = random.permutation(100)
    #expect(order.sorted() == Array(0..<100) && order != Array(0..<100))
    #expect(random.permutation(0).isEmpty && random.permutation(1) == [0])
    var child = random.split()
    var other = random.split()
    #expect(Set([random.next(), child.next(), other.next()]).count == 3)
    var again = RandomGenerator(seed: 1)
    #expect(again.permutation(100) == order)
  }

  @Test("draws 16-bit floating-point numbers that stay inside their ranges")
  func halves() {
    func check<Scalar: FloatingTensorScalar>(_: Scalar.Type) {
      var random = RandomGenerator(seed: 11)
      let u: Tensor<Scalar> = random.uniform(shape: [50_000], in: -1..<3)
      #expect(u.min().item() >= -1 && u.max().item() < 3)
      #expect(abs(Tensor<Double>(u).mean().item() - 1) < 0.05)
      let n: Tensor<Scalar> = random.normal(shape: [50_000], mean: 2, standardDeviation: 0.5)
      #expect(isFinite(n).all().item())
      #expect(abs(Tensor<Double>(n).standardDeviation().item() - 0.5) < 0.02)
      let waiting: Tensor<Scalar> = random.exponential(shape: [50_000], rate: 2)
      #expect(isFinite(waiting).all().item() && waiting.min().item() >= 0)
      #expect(abs(Tensor<Double>(waiting).mean().item() - 0.5) < 0.02)
      let cut: Tensor<Scalar> = random.truncatedNormal(shape: [1000], in: -1...0.5)
      #expect(cut.min().item() >= -1 && cut.max().item() <= 0.5)
    }
    check(Float16.self)
    check(BFloat16.self)
  }
}
