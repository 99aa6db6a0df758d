import Gradients
import Tensors
import Testing

/// A function whose gradients are compared with differences, and where.
///
/// To check an operation, add a line to the table of its topic.
struct GradientCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let inputs: [Tensor<Double>]
  /// Whether second derivatives are compared as well.
  let isTwiceDifferentiable: Bool
  let function: @Sendable ([Tensor<Double>]) -> Tensor<Double>

  /// At random points: normally distributed, or between 0.5 and 1.5 if `positive`.
  init(
    _ name: String, _ shapes: [Int]..., positive: Bool = false, twice: Bool = true,
    _ function: @escaping @Sendable ([Tensor<Double>]) -> Tensor<Double>
  ) {
    var random = RandomGenerator(
      seed: UInt64(name.utf8.reduce(17) { ($0 * 31 + Int($1)) % 65_521 }))
    self.init(
      name,
      at: shapes.map {
        positive ? random.uniform(shape: $0, in: 0.5..<1.5) : random.normal(shape: $0)
      },
      twice: twice, function)
  }

  /// At given points.
  init(
    _ name: String, at inputs: [Tensor<Double>], twice: Bool = true,
    _ function: @escaping @Sendable ([Tensor<Double>]) -> Tensor<Double>
  ) {
    testDescription = name
    self.inputs = inputs
    isTwiceDifferentiable = twice
    self.function = function
  }

  /// Compares gradients, and gradients of gradients, with central differences.
  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    let function = function
    let weights = Tensor<Double>.randomNormal(shape: function(inputs).shape, seed: 5)
    let weighted: ([Tensor<Double>]) -> Tensor<Double> = { (function($0) * weights).sum() }
    compare(weighted, "gradient", sourceLocation)
    guard isTwiceDifferentiable else { return }
    let directions = inputs.enumerated().map { number, x in
      Tensor<Double>.randomNormal(shape: x.shape, seed: UInt64(number) + 11)
    }
    compare(
      { x in
        zip(grad(weighted)(x), directions).reduce(Tensor(0)) { $0 + ($1.0 * $1.1).sum() }
      }, "second derivative", sourceLocation)
  }

  private func compare(
    _ scalar: @escaping ([Tensor<Double>]) -> Tensor<Double>, _ what: String,
    _ sourceLocation: SourceLocation
  ) {
    let gradients = grad(scalar)(inputs)
    for (number, (x, gradient)) in zip(inputs, gradients).enumerated() {
      guard gradient.shape == x.shape else {
        Issue.record(
          "\(what) of input \(number) has shape \(gradient.shape), not \(x.shape)",
          sourceLocation: sourceLocation)
        return
      }
      let (values, found) = (x.scalars, gradient.scalars)
      for place in values.indices {
        let step = values[place].isNaN ? 1 : 1e-5 * Swift.max(1, Swift.abs(values[place]))
        let change = [step, -step].map { offset in
          var (moved, arguments) = (values, inputs)
          moved[place] += offset
          arguments[number] = Tensor(shape: x.shape, values: moved)
          return scalar(arguments).item()
        }
        let expected = (change[0] - change[1]) / (2 * step)
        // Not the other way round: a gradient of NaN is wrong, too.
        if !(Swift.abs(found[place] - expected) <= 1e-6 * Swift.max(1, Swift.abs(expected))) {
          Issue.record(
            "\(what) of input \(number) at \(place) is \(found[place]), by differences \(expected)",
            sourceLocation: sourceLocation)
          return
        }
      }
    }
  }
}

@Suite("The gradient check")
struct GradientCheckTests {
  @Test("notices gradients that are wrong in first or second order")
  func wrong() {
    withKnownIssue {
      GradientCase("half", [3]) { $0[0] * stopGradient($0[0]) }.check()
    }
    withKnownIssue {
      GradientCase("right once", [3]) { input in
        let x = stopGradient(input[0])
        return (input[0] - x) * (x * 2) + x * x
      }.check()
    }
  }
}

/// Checks shapes, then values exactly.
func expectEqual<Scalar: TensorScalar>(
  _ actual: Tensor<Scalar>, _ expected: Tensor<Scalar>,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
  #expect(actual.scalars == expected.scalars, sourceLocation: sourceLocation)
}
