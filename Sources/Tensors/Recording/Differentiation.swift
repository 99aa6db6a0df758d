internal import BLAS

/// The differentiation of one call of a function: records the call, then walks back, as often as one likes.
///
/// ```swift
/// let call = Differentiation(inputCount: 1)
/// let y = call.recording { f(call.input(x, number: 0)) }
/// let slope = call.pullBack([(y, gradient)]).gradient(ofInput: 0, like: x)
/// ```
package struct Differentiation: Sendable {
  private let scope = DifferentiationScope()
  private let base: Int
  private let inputCount: Int

  /// Prepares for a function of `inputCount` tensors.
  package init(inputCount: Int) {
    self.inputCount = inputCount
    base = takeNodeNumbers(inputCount)
  }

  /// `x` as input `number` of the function.
  ///
  /// If it is recorded for an outer differentiation, that one goes through.
  package func input<Scalar: TensorScalar>(_ x: Tensor<Scalar>, number: Int) -> Tensor<Scalar> {
    let own = Ancestry(scope)
    let id = base + number
    guard let outer = x.recordedNode else {
      return x.attached(to: Node<Scalar>(id: id, ancestry: own, shape: x.shape, edges: .none))
    }
    return x.attached(
      to: Node<Scalar>(
        id: id, ancestry: outer.ancestry.union(own), shape: x.shape, edges: .one(outer, { $0 })))
  }

  /// Runs the function; after that nothing is recorded for it any more.
  package func recording<Result, Failure: Error>(_ body: () throws(Failure) -> Result)
    throws(Failure) -> Result
  {
    defer { scope.close() }
    return RecordingMode.current == .paused ? try RecordingMode.open(body) : try body()
  }

  /// Walks back from results, as `recording` returned them, each with its gradient.
  package func pullBack<Scalar: TensorScalar>(
    _ results: [(value: Tensor<Scalar>, gradient: Tensor<Scalar>)]
  ) -> InputGradients {
    let pass = ReversePass(scope: scope, base: base)
    for (value, gradient) in results {
      guard let node = value.node else { continue }
      pass.add(to: node) { gradient }
    }
    pass.run(downTo: base + inputCount)
    return InputGradients(pass: pass, base: base)
  }
}

/// What a walk back brought to the inputs.
package struct InputGradients {
  fileprivate let pass: ReversePass
  fileprivate let base: Int

  /// The gradient of an input, with its shape; zeros if the results do not depend on it.
  package func gradient<Scalar: NumericTensorScalar>(ofInput number: Int, like x: Tensor<Scalar>)
    -> Tensor<Scalar>
  {
    pass.gradient(of: base + number, as: Scalar.self) ?? .zeros(shape: x.shape)
  }
}

extension Tensor {
  /// This value as the result of a function whose recording has ended: without a node that nobody follows.
  package var leavingDifferentiation: Tensor { isRecorded ? self : detached }
}

/// Returns `x` as a constant: no gradient flows through it.
///
/// ```swift
/// let target = stopGradient(network(next))
/// ```
public func stopGradient<Scalar: TensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
  x.detached
}

/// Runs `body` without recording, so that what it computes counts as constant.
///
/// ```swift
/// let accuracy = withoutGradients { (model(x).argmax(axis: 1) .== y).mean() }
/// ```
public func withoutGradients<Result, Failure: Error>(_ body: () throws(Failure) -> Result)
  throws(Failure) -> Result
{
  try RecordingMode.paused(body)
}
