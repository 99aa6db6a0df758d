public import Tensors

/// A row of numbers for each of a number of tokens.
///
/// ```swift
/// let embedding = Embedding(1000, 64)
/// embedding(tokens)  // [n, length] to [n, length, 64]
/// ```
public struct Embedding: Module {
  /// Shape `[count, size]`; normal at first.
  public let weight: Parameter<Float>

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - count: Number of tokens.
  ///   - size: Length of each row.
  ///   - initializer: How the rows start; normal with deviation 1 as PyTorch's by default.
  /// - Precondition: Both numbers are positive.
  public init(_ count: Int, _ size: Int, initializer: Initializer = .normal()) {
    require(count > 0 && size > 0, "Embedding: \(count) rows of \(size); give positive numbers")
    weight = Parameter(initializer(shape: [count, size]))
  }

  /// Returns the rows of tokens; a new last axis for the row.
  ///
  /// - Precondition: Each token is in `0..<count`.
  public func callAsFunction<Index: IntegerTensorScalar>(_ tokens: Tensor<Index>) -> Tensor<Float> {
    weight.value.take(tokens)
  }
}
