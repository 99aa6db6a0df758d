import Tensors
import Testing

/// Checks shapes, then values; NaN matches NaN and an infinity itself.
func expectClose<Scalar: FloatingTensorScalar>(
  _ actual: Tensor<Scalar>, _ expected: Tensor<Scalar>, relative: Scalar, absolute: Scalar = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape == expected.shape else {
    Issue.record("shape \(actual.shape), not \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  for (index, pair) in zip(actual.scalars, expected.scalars).enumerated() {
    let (x, y) = pair
    if x == y || (x.isNaN && y.isNaN) { continue }
    guard abs(x - y) <= absolute + relative * abs(y) else {
      Issue.record("element \(index) is \(x), not \(y)", sourceLocation: sourceLocation)
      return
    }
  }
}

/// [[-5, -3.171573, -0.803848, 2], …], a matrix for reference numbers.
func sample<Scalar: FloatingTensorScalar>(_ type: Scalar.Type = Scalar.self) -> Tensor<Scalar> {
  let n = Tensor<Scalar>.linspace(1, 12, count: 12).reshaped(to: [3, 4])
  return n * sqrt(n) - 6
}
