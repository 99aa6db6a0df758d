/// A number, a Boolean or a nested list of them, as written in source.
///
/// It exists so that `let x: Tensor<Float> = [[1, 2], [3, 4]]` works for every rank; write no value of this type.
public enum TensorLiteral<Scalar: TensorScalar>: Sendable {
  /// One element.
  case scalar(Scalar)
  /// A list along one more axis.
  case list([TensorLiteral])

  /// The shape, if all lists of a level are equally long.
  fileprivate var shape: [Int] {
    guard case .list(let items) = self else { return [] }
    guard let first = items.first else { return [0] }
    let inner = first.shape
    for (index, item) in items.enumerated() {
      require(
        item.shape == inner,
        "Tensor: item \(index) of a literal has shape \(item.shape) but item 0 has \(inner); they must agree"
      )
    }
    return [items.count] + inner
  }

  fileprivate func append(to values: inout [Scalar]) {
    switch self {
    case .scalar(let value): values.append(value)
    case .list(let items): for item in items { item.append(to: &values) }
    }
  }
}

extension TensorLiteral: ExpressibleByArrayLiteral {
  /// Creates a list.
  public init(arrayLiteral elements: TensorLiteral...) { self = .list(elements) }
}

extension TensorLiteral: ExpressibleByIntegerLiteral where Scalar: ExpressibleByIntegerLiteral {
  /// Creates one element.
  public init(integerLiteral value: Scalar.IntegerLiteralType) {
    self = .scalar(Scalar(integerLiteral: value))
  }
}

extension TensorLiteral: ExpressibleByFloatLiteral where Scalar: ExpressibleByFloatLiteral {
  /// Creates one element.
  public init(floatLiteral value: Scalar.FloatLiteralType) {
    self = .scalar(Scalar(floatLiteral: value))
  }
}

extension TensorLiteral: ExpressibleByBooleanLiteral where Scalar: ExpressibleByBooleanLiteral {
  /// Creates one element.
  public init(booleanLiteral value: Scalar.BooleanLiteralType) {
    self = .scalar(Scalar(booleanLiteral: value))
  }
}

extension TensorLiteral where Scalar: FloatingTensorScalar {
  /// The element that is no number, as in `[1, .nan]`.
  public static var nan: TensorLiteral { .scalar(.nan) }
  /// The element beyond all numbers, as in `[1, .infinity]`.
  public static var infinity: TensorLiteral { .scalar(.infinity) }
}

extension TensorLiteral {
  /// The literal that would make `tensor`.
  init(_ tensor: Tensor<Scalar>) {
    self =
      tensor.rank == 0
      ? .scalar(tensor.item()) : .list((0..<tensor.shape[0]).map { TensorLiteral(tensor[$0]) })
  }
}

extension Tensor: ExpressibleByArrayLiteral {
  /// Creates a tensor from nested lists.
  ///
  /// ```swift
  /// let x: Tensor<Float> = [[1, 2], [3, 4]]
  /// ```
  ///
  /// - Precondition: Lists of the same level have the same shape.
  public init(arrayLiteral elements: TensorLiteral<Scalar>...) {
    self.init(describedBy: TensorLiteral.list(elements))
  }

  /// Creates the tensor that a literal describes.
  ///
  /// It has a label so that a cell, which sees internal members, does not take it for another.
  init(describedBy literal: TensorLiteral<Scalar>) {
    var values: [Scalar] = []
    literal.append(to: &values)
    self.init(shape: literal.shape, values: values)
  }
}
