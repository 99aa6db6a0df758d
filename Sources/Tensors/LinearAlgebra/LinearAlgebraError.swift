/// Why a matrix could not be solved, factored or decomposed.
///
/// Every case names the operation and the shape it was given; of a batch, `index` says which matrix it was.
public enum LinearAlgebraError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operand has fewer than two axes.
  case notMatrix(operation: String, shape: [Int])
  /// The last two axes differ in length.
  case notSquare(operation: String, shape: [Int])
  /// The shapes do not fit each other; `rule` says what would.
  case shapeMismatch(operation: String, shapes: [[Int]], rule: String)
  /// A pivot is exactly zero: row `pivot` is a combination of those before it.
  case singular(operation: String, shape: [Int], index: [Int], pivot: Int)
  /// The leading square of `order` rows and columns has no positive determinant.
  case notPositiveDefinite(operation: String, shape: [Int], index: [Int], order: Int)
  /// The iteration ended with `unconverged` values still moving.
  case notConverged(operation: String, shape: [Int], index: [Int], unconverged: Int)
  /// The operand holds a NaN or an infinity, which the iteration cannot work on.
  case notFinite(operation: String, shape: [Int])
  /// The operand has no elements, and the result would need one.
  case empty(operation: String, shape: [Int])

  /// What failed, with the shape and what was found, and what to do.
  public var description: String {
    switch self {
    case .notMatrix(let operation, let shape):
      "\(operation): shape \(shape) has \(shape.count) axes; a matrix needs at least two"
    case .notSquare(let operation, let shape):
      "\(operation): shape \(shape) is not square; the last two axes must have one length"
    case .shapeMismatch(let operation, let shapes, let rule):
      "\(operation): shapes \(shapes.map(\.description).joined(separator: " and ")); \(rule)"
    case .singular(let operation, let shape, let index, let pivot):
      "\(operation): \(Self.place(shape, index)) is singular: U[\(pivot),\(pivot)] is exactly zero, "
        + "so that row \(pivot) is a combination of the rows above it; "
        + "use leastSquares or pseudoInverse if that is meant"
    case .notPositiveDefinite(let operation, let shape, let index, let order):
      "\(operation): \(Self.place(shape, index)) is not positive definite: its leading "
        + "\(order) by \(order) part is not; add a small multiple of the identity if rounding is the cause"
    case .notConverged(let operation, let shape, let index, let unconverged):
      "\(operation): \(Self.place(shape, index)) did not converge: \(unconverged) values were left; "
        + "scale the matrix so that its elements are near 1"
    case .notFinite(let operation, let shape):
      "\(operation): the matrix of shape \(shape) holds NaN or infinity; replace those first"
    case .empty(let operation, let shape):
      "\(operation): shape \(shape) has no elements; the result needs at least one"
    }
  }

  private static func place(_ shape: [Int], _ index: [Int]) -> String {
    index.isEmpty
      ? "the matrix of shape \(shape)" : "matrix \(index) of the batch of shape \(shape)"
  }
}
