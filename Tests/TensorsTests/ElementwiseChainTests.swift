import Tensors
import Testing

/// Operations on so many elements are put off and carried out together.
private let count = 40_000

@Suite("Chains of elementwise operations")
struct ElementwiseChainTests {
  private let x = Tensor<Float>((0..<count).map { Float($0 % 1001) / 500 - 1 })

  /// The same, element by element.
  private func map(_ body: (Float) -> Float) -> [Float] { x.scalars.map(body) }

  @Test("give what the operations give one by one")
  func values() {
    #expect((x * 2 + 1).scalars == map { $0 * 2 + 1 })
    #expect((1 / (2 + abs(-x))).scalars == map { 1 / (2 + Swift.abs(-$0)) })
    #expect(
      ((x + 1) * (x - 1) / (2 - x * 0.25)).scalars == map { ($0 + 1) * ($0 - 1) / (2 - $0 * 0.25) })
    #expect(maximum(x * 3, x + 1).scalars == map { Swift.max($0 * 3, $0 + 1) })
    let doubles = Tensor<Double>(x)
    #expect((doubles * 3 - doubles).scalars == doubles.scalars.map { $0 * 3 - $0 })
  }

  @Test("may be as deep and as broad as one likes")
  func sizes() {
    func tree(_ depth: Int) -> Tensor<Float> {
      depth == 0 ? x : (tree(depth - 1) + 1) * (tree(depth - 1) - Float(depth))
    }
    func number(_ depth: Int, _ value: Float) -> Float {
      depth == 0
        ? value : (number(depth - 1, value) + 1) * (number(depth - 1, value) - Float(depth))
    }
    #expect(tree(4).scalars == map { number(4, $0) })
    let many = (1...20).map { x + Float($0) }
    let total = many.reduce(x) { $0 - $1 * 0.5 }
    #expect(
      total.scalars == map { value in (1...20).reduce(value) { $0 - (value + Float($1)) * 0.5 } })
    var changing = x
    for _ in 0..<60 { changing = changing * 0.5 + 1 }
    #expect(
      changing.scalars == map { value in (0..<60).reduce(value) { old, _ in old * 0.5 + 1 } })
  }

  @Test("keep the values that their operands had")
  func operandsThatChange() {
    var a = x.copied()
    let doubled = a * 2
    a += 1
    a[0] = Tensor(99)
    #expect(doubled.scalars == map { $0 * 2 })
    var b = x.copied()
    b += b * 2 + 1
    #expect(b.scalars == map { $0 + ($0 * 2 + 1) })
    var c = x.copied()
    c[0...] = c * 3
    #expect(c.scalars == map { $0 * 3 })
    var d = x + 1
    let before = d
    d *= 2
    #expect(before.scalars == map { $0 + 1 })
    #expect(d.scalars == map { ($0 + 1) * 2 })
  }

  @Test("can be looked at through views, and go on from them")
  func views() {
    let square = (x + 1).reshaped(to: [200, 200])
    #expect((square.transposed() * 2)[3, 5].item() == (x.scalars[5 * 200 + 3] + 1) * 2)
    #expect(
      ((x + 1)[100..<(count - 100)] * 2).scalars == Array(map { ($0 + 1) * 2 }[100..<(count - 100)])
    )
    let shared = x * x
    #expect((shared + 1).scalars == map { $0 * $0 + 1 })
    #expect(shared.scalars == map { $0 * $0 })
    #expect((x + 1).sum(axis: 0).item() == (x + 1).copied().sum(axis: 0).item())
  }

  @Test("are carried out once, whichever thread asks first")
  func threads() async {
    for _ in 0..<50 {
      let put = 1 / (2 + x * x)
      let expected = map { 1 / (2 + $0 * $0) }
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 { group.addTask { put.scalars == expected } }
        for await same in group { #expect(same) }
      }
    }
  }

  @Test("are carried out when that is asked for")
  func evaluation() {
    let result = (x + 1).evaluated()
    #expect(result.scalars == map { $0 + 1 })
  }
}
