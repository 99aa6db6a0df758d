import Tensors
import Testing

/// The definition: a loop over every combination of indices.
private func looped(_ inputs: [String], _ output: String, _ operands: [Tensor<Double>])
  -> Tensor<Double>
{
  var lengths: [Character: Int] = [:]
  for (letters, operand) in zip(inputs, operands) {
    for (letter, length) in zip(letters, operand.shape) {
      lengths[letter] = max(lengths[letter] ?? 1, length)
    }
  }
  let letters = lengths.keys.sorted()
  let shape = output.map { lengths[$0] ?? 1 }
  var result = [Double](repeating: 0, count: shape.reduce(1, *))
  let values = operands.map(\.scalars)
  var index: [Character: Int] = [:]
  func place(_ letters: String, _ shape: [Int]) -> Int {
    zip(letters, shape).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : index[$1.0] ?? 0) }
  }
  func visit(_ depth: Int) {
    guard depth < letters.count else {
      var product = 1.0
      for (number, letters) in inputs.enumerated() {
        product *= values[number][place(letters, operands[number].shape)]
      }
      result[place(output, shape)] += product
      return
    }
    for position in 0..<(lengths[letters[depth]] ?? 1) {
      index[letters[depth]] = position
      visit(depth + 1)
    }
  }
  visit(0)
  return Tensor(result).reshaped(to: shape)
}

@Suite("einsum")
struct EinsumTests {
  @Test(
    "is the sum over every index",
    arguments: [
      (["ij", "jk"], "ik"), (["ij", "jk"], "ki"), (["ij", "kj"], "ik"), (["ji", "jk"], "ik"),
      (["i", "i"], ""), (["i", "j"], "ij"), (["i", "j"], "ji"), (["ij"], "ji"), (["ij"], ""),
      (["ii"], ""), (["ii"], "i"), (["iij"], "ji"), (["iii"], "i"), (["ijk"], "j"),
      (["bij", "bjk"], "bik"), (["bij", "bkj"], "kib"), (["ij", "ij"], "ij"), (["ij", "ij"], "i"),
      (["ij", "j"], "i"), (["bij", "bj"], "bi"), (["ij", "kl"], "jl"), (["ijk", "jil"], "kl"),
      (["ij", "jk", "kl"], "il"), (["ij", "jk", "kl", "lm"], "mi"), (["i", "ij", "j"], ""),
      (["ij", "ik", "il"], "jkl"), (["ii", "ij"], "j"), (["abc", "cd", "bde"], "ae"),
      (["ij", "jk", "ki"], ""),
    ])
  func definition(inputs: [String], output: String) {
    let sizes: [Character: Int] = [
      "i": 3, "j": 4, "k": 5, "l": 2, "m": 3, "a": 2, "b": 3, "c": 4, "d": 5, "e": 2,
    ]
    var random = RandomGenerator(seed: 11)
    let operands = inputs.map { letters -> Tensor<Double> in
      random.normal(shape: letters.map { sizes[$0] ?? 1 })
    }
    let expected = looped(inputs, output, operands)
    let formula = inputs.joined(separator: ",") + "->" + output
    expectClose(einsum(formula, operands), expected, relative: 1e-12, absolute: 1e-12)
    // Through views that are not contiguous.
    let views = operands.map { operand in
      stack([operand, operand], axis: -1)[..., 1]
    }
    expectClose(einsum(formula, views), expected, relative: 1e-12, absolute: 1e-12)
  }

  @Test("works out the result's letters, broadcasts ... and lengths of 1")
  func conventions() {
    let a: Tensor<Double> = matrices([2, 3, 4])
    let b: Tensor<Double> = matrices([4, 5], seed: 2)
    expectClose(einsum("...ij, jk", a, b), matmul(a, b), relative: 1e-12)
    #expect(einsum("...ij,jk", a, b).shape == [2, 3, 5])
    #expect(einsum("ba", b) == b.transposed())
    #expect(einsum("...ij->...ji", a) == a.swappingAxes(-1, -2))
    #expect(einsum("i...->...", a) == a.sum(axis: 0))
    expectClose(
      einsum("...a,...b->...ab", a, a[0..<1]),
      a.expandingDims(axis: -1) * a[0..<1].expandingDims(axis: -2),
      relative: 1e-15)
    let one: Tensor<Double> = matrices([1, 4])
    expectClose(einsum("ij,ij->ij", one, a[0]), one * a[0], relative: 1e-15)
    expectClose(einsum("ij,kj->ik", one, a[0]), matmul(one, a[0].transposed()), relative: 1e-12)
    #expect(einsum("ij->i", one).shape == [1])
    #expect(einsum(",ij->ij", Tensor<Double>(2), b) == b * 2)
    #expect(
      einsum("ij,jk->ik", Tensor<Double>.zeros(shape: [2, 0]), .zeros(shape: [0, 3])).sum().item()
        == 0)
  }

  @Test("contracts many operands in a cheap order")
  func order() {
    // All letters at once, this would be 10^10 products.
    let v: Tensor<Double> = .ones(shape: [100])
    let m: Tensor<Double> = .ones(shape: [100, 100])
    #expect(einsum("a,ab,bc,cd,de,e->", v, m, m, m, m, v).item() == 1e10)
    let chain = (0..<12).map { _ in Tensor<Double>.eye(2) * 2 }
    let letters = Array("abcdefghijklm")
    let formula = (0..<12).map { "\(letters[$0])\(letters[$0 + 1])" }.joined(separator: ",")
    #expect(einsum("\(formula)->am", chain) == Tensor.eye(2) * 4096)
  }

  @Test("explains formulas that do not fit")
  func mistakes() async {
    await #expect(processExitsWith: .failure) {
      _ = einsum("ij,jk->ik", Tensor<Float>.ones(shape: [2, 3]), .ones(shape: [4, 5]))
    }
    await #expect(processExitsWith: .failure) { _ = einsum("ij->ik", Tensor<Float>.eye(2)) }
    await #expect(processExitsWith: .failure) { _ = einsum("i", Tensor<Float>.eye(2)) }
    await #expect(processExitsWith: .failure) { _ = einsum("i..j", Tensor<Float>.eye(2)) }
  }

  @Test("has its relatives: tensordot, inner, kron, cross, vdot")
  func relatives() {
    let a: Tensor<Double> = matrices([3, 4, 5])
    let b: Tensor<Double> = matrices([4, 3, 2], seed: 8)
    expectClose(
      tensordot(a, b, axes: ([1, 0], [0, 1])), einsum("ijk,jil->kl", a, b), relative: 1e-12,
      absolute: 1e-12)
    expectClose(
      tensordot(a[0], matrices([5, 2]) as Tensor<Double>, axes: 1),
      matmul(a[0], matrices([5, 2])), relative: 1e-12)
    #expect(tensordot(a, b, axes: 0).shape == [3, 4, 5, 4, 3, 2])
    expectClose(inner(a, a[0]), einsum("ijk,lk->ijl", a, a[0]), relative: 1e-12, absolute: 1e-12)
    expectClose(vdot(a, a), square(a).sum(), relative: 1e-12)
    let k = kron(Tensor<Double>([[1, 2], [3, 4]]), Tensor<Double>([0, 1]))
    #expect(k == [[0, 1, 0, 2], [0, 3, 0, 4]])
    let x: Tensor<Double> = [[1, 0, 0], [0, 2, 3]]
    #expect(cross(x, Tensor<Double>([0, 1, 0])) == [[0, 0, 1], [-3, 0, 0]])
    #expect(
      cross(x.transposed(), Tensor<Double>([[0], [1], [0]]), axis: 0) == [
        [0, -3], [0, 0], [1, 0],
      ])
  }
}
