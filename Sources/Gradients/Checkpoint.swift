public import Tensors

/// Runs `body` and forgets what it computed in between; the way back runs it once more.
///
/// ```swift
/// for block in blocks { x = checkpoint { [x] in block(x) } }
/// ```
///
/// Memory for the values between is needed for one checkpoint at a time, at the price of a second run. Gradients flow to
/// everything that the body captures. Numbers that it draws from a `RandomStream` are the same in both runs.
///
/// - Parameter body: Gives the same result whenever it is called.
/// - Returns: The body's result.
/// - SeeAlso: T. Chen et al., Training deep nets with sublinear memory cost, 2016.
public func checkpoint<Scalar: FloatingTensorScalar>(
  _ body: @escaping @Sendable () -> Tensor<Scalar>
) -> Tensor<Scalar> {
  let draws = RandomDraws()
  let result = RandomDraws.$current.withValue(draws) { body() }
  let replayed = draws.finished()
  return result.recordedLater {
    RandomDraws.$current.withValue(RandomDraws(replaying: replayed)) { body() }
  }
}

/// Computes a value whose gradient you give yourself.
///
/// ```swift
/// // Rounds, with the gradient of a straight line.
/// let y = customGradient(of: x) { x in (round(x), { gradient in gradient }) }
/// ```
///
/// - Parameters:
///   - arguments: A tensor or a tree of tensors.
///   - function: Gives the value, which counts as constant otherwise, and its pullback. This gets a gradient of the
///     value's shape and gives those of the arguments, in their structure and of their shapes. It is made of tensor
///     operations if second derivatives are wanted.
/// - Returns: The value.
public func customGradient<Argument: TensorTree, Scalar: FloatingTensorScalar>(
  of arguments: Argument,
  _ function: (Argument) -> (
    value: Tensor<Scalar>, pullback: @Sendable (Tensor<Scalar>) -> Argument
  )
) -> Tensor<Scalar> {
  let (value, pullback) = withoutGradients { function(arguments) }
  let operands = OperandList()
  _ = arguments.mappingTensors(operands)
  return stopGradient(value).recorded(from: operands.operands) { gradient in
    let list = TensorList()
    _ = pullback(gradient).mappingTensors(list)
    return list.tensors
  }
}

/// Lists where the tensors of a tree stand in their graphs.
private final class OperandList: TensorTransform {
  private(set) var operands: [RecordedOperand?] = []

  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    operands.append(x.recordedOperand)
    return x
  }
}
