internal import Gradients
internal import Synchronization
public import Tensors

/// How the elements of a new parameter start.
///
/// ```swift
/// let layer = Linear(64, 128, initializer: .kaimingNormal)
/// seedParameters(42)  // The same start in every run.
/// ```
///
/// For a shape `[out, in, ...]` the fan in is `in` times the rest, the fan out `out` times the rest.
public struct Initializer: Sendable {
  private let draw: @Sendable (_ shape: [Int], inout RandomGenerator) -> Tensor<Double>

  /// Creates an initializer from a function of a shape and a source of random numbers.
  public init(_ draw: @escaping @Sendable (_ shape: [Int], inout RandomGenerator) -> Tensor<Double>)
  {
    self.draw = draw
  }

  /// Returns new elements of a shape, from the generator that `seedParameters` sets.
  public func callAsFunction<Scalar: FloatingTensorScalar>(shape: [Int]) -> Tensor<Scalar> {
    var random = parameterStream.next()
    return callAsFunction(shape: shape, using: &random)
  }

  /// Returns new elements of a shape from a given generator.
  public func callAsFunction<Scalar: FloatingTensorScalar>(
    shape: [Int], using random: inout RandomGenerator
  ) -> Tensor<Scalar> {
    Tensor<Scalar>(draw(shape, &random))
  }

  /// A generator from the source that `seedParameters` sets, for a layer's own use.
  static func nextGenerator() -> RandomGenerator { parameterStream.next() }

  private static func fans(_ shape: [Int]) -> (input: Double, output: Double) {
    guard shape.count > 1 else {
      let length = Double(Swift.max(shape.first ?? 1, 1))
      return (length, length)
    }
    let rest = shape.dropFirst(2).reduce(1, *)
    return (Double(Swift.max(shape[1] * rest, 1)), Double(Swift.max(shape[0] * rest, 1)))
  }

  /// Every element is `value`.
  public static func constant(_ value: Double) -> Initializer {
    Initializer { shape, _ in .full(shape: shape, value) }
  }

  /// Every element is 0.
  public static let zeros = constant(0)
  /// Every element is 1.
  public static let ones = constant(1)

  /// Uniform between ±`bound`.
  public static func uniform(_ bound: Double) -> Initializer {
    Initializer { shape, random in
      (random.uniform(shape: shape) as Tensor<Double>) * (2 * bound) - bound
    }
  }

  /// Normal around 0.
  public static func normal(standardDeviation: Double = 1) -> Initializer {
    Initializer { shape, random in
      (random.normal(shape: shape) as Tensor<Double>) * standardDeviation
    }
  }

  /// Normal around 0 and drawn again beyond two standard deviations.
  public static func truncatedNormal(standardDeviation: Double = 1) -> Initializer {
    Initializer { shape, random in
      var x: Tensor<Double> = random.normal(shape: shape)
      var outside = abs(x) .> 2
      while outside.any().item() {
        x = select(outside, random.normal(shape: shape), x)
        outside = abs(x) .> 2
      }
      return x * standardDeviation
    }
  }

  /// Uniform between ±1/√fan, whatever the shape.
  static func uniformFan(_ fan: Int) -> Initializer { uniform(1 / Double(fan).squareRoot()) }

  /// Uniform between ±1/√(fan in), as PyTorch starts linear and convolutional layers.
  public static let torchLinear = Initializer { shape, random in
    let bound = 1 / fans(shape).input.squareRoot()
    return (random.uniform(shape: shape) as Tensor<Double>) * (2 * bound) - bound
  }

  /// Uniform between ±√(6 / (fan in + fan out)), for tanh and sigmoid.
  ///
  /// - SeeAlso: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
  public static let xavierUniform = Initializer { shape, random in
    let (input, output) = fans(shape)
    let bound = (6 / (input + output)).squareRoot()
    return (random.uniform(shape: shape) as Tensor<Double>) * (2 * bound) - bound
  }

  /// Normal with variance 2 / (fan in + fan out), for tanh and sigmoid.
  public static let xavierNormal = Initializer { shape, random in
    let (input, output) = fans(shape)
    return (random.normal(shape: shape) as Tensor<Double>) * (2 / (input + output)).squareRoot()
  }

  /// Uniform between ±√(6 / fan in), for relu.
  ///
  /// - SeeAlso: K. He et al., Delving deep into rectifiers, 2015.
  public static let kaimingUniform = Initializer { shape, random in
    let bound = (6 / fans(shape).input).squareRoot()
    return (random.uniform(shape: shape) as Tensor<Double>) * (2 * bound) - bound
  }

  /// Normal with variance 2 / fan in, for relu.
  public static let kaimingNormal = Initializer { shape, random in
    (random.normal(shape: shape) as Tensor<Double>) * (2 / fans(shape).input).squareRoot()
  }

  /// Rows, or columns if there are fewer, that are orthogonal and of length `gain`.
  ///
  /// - SeeAlso: A. Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2014.
  public static func orthogonal(gain: Double = 1) -> Initializer {
    Initializer { shape, random in
      let rows = shape.first ?? 1
      let columns = shape.dropFirst().reduce(1, *)
      let (long, short) = (Swift.max(rows, columns), Swift.min(rows, columns))
      // Gram and Schmidt twice, for the columns of a random matrix.
      var q: Tensor<Double> = random.normal(shape: [short, long])
      for row in 0..<short {
        var v = q[row]
        for _ in 0..<2 {
          if row > 0 { v -= matmul(matmul(q[0..<row], v), q[0..<row]) }
        }
        q[row] = v / sqrt(square(v).sum())
      }
      return (rows <= columns ? q : q.transposed()).reshaped(to: shape) * gain
    }
  }
}

/// The source of new parameters' elements.
private let parameterStream = RandomStream(seed: UInt64.random(in: .min ... .max))

/// Makes the parameters of the layers that are created from now on the same in every run.
///
/// - Parameter seed: Any number.
public func seedParameters(_ seed: UInt64) { parameterStream.state = RandomGenerator(seed: seed) }
