import Gradients
import NeuralNetworks
import Tensors
import Testing

/// Attention of a tensor to itself has a way of its own.
@Suite("Attention to itself")
struct AttentionTests {
  private let attention = withParameterSeed(1) { MultiHeadAttention(12, heads: 3) }
  private let x = Tensor<Float>.randomNormal(shape: [2, 5, 12], seed: 1)
  private let mask = Tensor<Bool>(Tensor<Float>.random(shape: [2, 1, 5, 5], seed: 2) .< 0.7)

  @Test(
    "is attention to an equal tensor, up to second derivatives",
    arguments: [false, true], [false, true])
  func isTheSame(isMasked: Bool, isCausal: Bool) {
    let mask = isMasked ? mask : nil
    let attention = attention
    func own(_ x: Tensor<Float>) -> Tensor<Float> {
      attention(x, x, x, mask: mask, isCausal: isCausal)
    }
    func other(_ x: Tensor<Float>) -> Tensor<Float> {
      attention(x, x + 0, x + 0, mask: mask, isCausal: isCausal)
    }
    expectClose(own(x), other(x))
    let weights = Tensor<Float>.randomNormal(shape: x.shape, seed: 3)
    let (first, second) = (grad { (own($0) * weights).sum() }, grad { (other($0) * weights).sum() })
    expectClose(first(x), second(x))
    expectClose(
      grad { (first($0) * weights).sum() }(x), grad { (second($0) * weights).sum() }(x))
  }

  private func expectClose(
    _ a: Tensor<Float>, _ b: Tensor<Float>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      a.shape == b.shape && abs(a - b).max().item() < 2e-5 * Swift.max(1, abs(b).max().item()),
      "\(a), not \(b)", sourceLocation: sourceLocation)
  }

  @Test("gives its maps the gradients that equal tensors give them")
  func parameters() {
    let own = valueAndGrad(of: attention) { square(attention(x, x, x)).sum() }.gradients
    let other = valueAndGrad(of: attention) { square(attention(x, x + 0, x + 0)).sum() }.gradients
    for name in attention.tensors.keys {
      expectClose(own[name] ?? Tensor(.nan), other[name] ?? Tensor(.infinity))
    }
    #expect(attention.tensors.count == 8)
  }
}
