public import Tensors

/// A value made of tensors, with respect to which functions are differentiated.
///
/// Floating-point tensors, and arrays, dictionaries and optionals of such values, are trees. A type of your own becomes
/// one by handing on the transform:
///
/// ```swift
/// struct Line: TensorTree {
///   var slope: Tensor<Float>
///   var offset: Tensor<Float>
///   func mappingTensors(_ transform: some TensorTransform) -> Line {
///     Line(slope: slope.mappingTensors(transform), offset: offset.mappingTensors(transform))
///   }
/// }
/// ```
public protocol TensorTree: SendableMetatype {
  /// Returns the same structure with each tensor replaced by its transform, always in the same order.
  func mappingTensors(_ transform: some TensorTransform) -> Self
}

/// What happens to each tensor of a tree.
public protocol TensorTransform: AnyObject {
  /// Returns what stands in for `x`.
  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar>
}

extension Tensor: TensorTree where Scalar: FloatingTensorScalar {
  /// Returns the transform of this tensor.
  public func mappingTensors(_ transform: some TensorTransform) -> Tensor { transform(self) }
}

extension Array: TensorTree where Element: TensorTree {
  /// Returns the array of the transformed elements.
  public func mappingTensors(_ transform: some TensorTransform) -> [Element] {
    map { $0.mappingTensors(transform) }
  }
}

extension Dictionary: TensorTree where Value: TensorTree {
  /// Returns the dictionary with transformed values.
  public func mappingTensors(_ transform: some TensorTransform) -> [Key: Value] {
    mapValues { $0.mappingTensors(transform) }
  }
}

extension Optional: TensorTree where Wrapped: TensorTree {
  /// Returns the transform of the value, if there is one.
  public func mappingTensors(_ transform: some TensorTransform) -> Wrapped? {
    map { $0.mappingTensors(transform) }
  }
}

/// Counts the tensors of a tree.
final class TensorCount: TensorTransform {
  private(set) var count = 0

  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    count += 1
    return x
  }
}

/// Makes each tensor of the arguments an input of a function that is being differentiated.
final class InputTransform: TensorTransform {
  private let call: Differentiation
  private var number = 0

  init(_ call: Differentiation) { self.call = call }

  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    defer { number += 1 }
    return call.input(x, number: number)
  }
}

/// Puts each tensor's gradient in its place.
final class GradientTransform: TensorTransform {
  private let gradients: InputGradients
  private var number = 0

  init(_ gradients: InputGradients) { self.gradients = gradients }

  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    defer { number += 1 }
    return gradients.gradient(ofInput: number, like: x)
  }
}

/// Adds up the products of the tensors of two trees of one structure.
final class InnerProduct: TensorTransform {
  private let others: TensorList
  private var number = 0
  /// The sum, once all tensors were seen; differentiable.
  private(set) var total = Tensor<Double>(0)

  init(_ others: TensorList) { self.others = others }

  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    defer { number += 1 }
    guard let other: Tensor<Scalar> = others.tensor(number), other.shape == x.shape else {
      fail("jvp: the tangent differs in structure or shapes from the argument; they must agree")
    }
    total += Tensor<Double>((x * other).sum())
    return x
  }
}

/// Lists the tensors of a tree.
final class TensorList: TensorTransform {
  private(set) var tensors: [Any] = []

  var count: Int { tensors.count }

  func tensor<Scalar: FloatingTensorScalar>(_ number: Int) -> Tensor<Scalar>? {
    tensors.indices.contains(number) ? tensors[number] as? Tensor<Scalar> : nil
  }

  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    tensors.append(x)
    return x
  }
}
