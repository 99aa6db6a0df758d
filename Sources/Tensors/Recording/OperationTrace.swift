package import BLAS
internal import Locks
internal import Synchronization

/// An operation that a trace has seen, with what it takes besides its operands.
package enum TracedOperation: Equatable, Sendable {
  case unary(UnaryOperation)
  case binary(BinaryOperation)
  /// Mask, what stands where it is true, what stands elsewhere.
  case select
  /// Spreads the operand over the result's shape and converts it to the result's type.
  case copy
  case reduction(Reduction, axes: [Int], keepsDims: Bool, correction: Double)
  case rows(RowOperation, axis: Int)
  case matmul
  case concatenate(axis: Int)
  /// Items of the first operand at the places in the second.
  case take(axis: Int)
  /// Images and kernels.
  case convolution(Convolution2D)
  /// Images and kernels; the description is that of the convolution whose gradient it is.
  case transposedConvolution(Convolution2D)
  case pool(PoolKind, size: Size2D, stride: Size2D, padding: Size2D, dilation: Size2D)
  /// Input, weight `[out, in]` and perhaps a bias.
  case linear(hasRelu: Bool)
  /// Input and perhaps a weight and a bias, along the last axis.
  case lineNorm(isCentred: Bool, epsilon: Double, hasWeight: Bool, hasBias: Bool)
  // What views are made of.
  case reshape
  case transpose([Int])
  case expand
  case slice(starts: [Int], counts: [Int], steps: [Int])
  /// Something that has no description; the text names it.
  case other(String)

  package enum PoolKind: Equatable, Sendable {
    case largest, mean, meanWithPadding
  }
}

/// What a trace needs to know of a tensor.
package protocol TracedTensor: AnyTensor {
  var storage: Storage { get }
  var layout: Layout { get }
}

extension Tensor: TracedTensor {}

/// A list of what is done with a tensor, for programs that do it elsewhere.
///
/// While a trace runs, the kernels' callers note operands and results. A result is known by its memory, which the trace
/// keeps, so that nothing else can come to lie there, and views of it are told from their layouts. What does not depend on
/// the input counts as a constant. So does what an operation gives that notes nothing: whoever uses a trace runs it
/// twice, with different inputs, and compares the constants.
package final class OperationTrace: Sendable {
  /// A tensor that is the input, a constant or a result.
  package struct Value: Equatable, Sendable {
    package let shape: [Int]
    package let type: DataType
    /// The elements of a constant.
    package let constant: [UInt8]?
    /// The memory of a constant that is all of it.
    package let storage: ObjectIdentifier?

    package static func == (a: Value, b: Value) -> Bool {
      a.shape == b.shape && a.type == b.type && a.constant == b.constant
    }
  }

  /// One operation; operands and result are places in the list of values.
  package struct Step: Equatable, Sendable {
    package let operation: TracedOperation
    package let operands: [Int]
    package let result: Int
  }

  /// What lies in a storage.
  struct Content {
    let storage: Storage
    /// The value that fills it row by row; `nil` after it was overwritten in part.
    var value: Int?
    let type: DataType
    /// Values that are views of it.
    var views: [(layout: Layout, value: Int)]
  }

  struct State {
    var values: [Value] = []
    var steps: [Step] = []
    var contents: [ObjectIdentifier: Content] = [:]
    var constants: [ObjectIdentifier: Content] = [:]
    /// Why the trace cannot be used.
    var failure: String?
  }

  private let state = Guarded(State())
  @TaskLocal private static var current: OperationTrace?
  private static let running = Atomic<Int>(0)

  /// Whether some trace runs, on any thread.
  package static var isActive: Bool { running.load(ordering: .relaxed) > 0 }

  /// Whether a trace runs on this thread.
  package static var isTracing: Bool { isActive && current != nil }

  package init() {}

  /// The values; the first is the input.
  package var values: [Value] { state.withLock { $0.values } }
  package var steps: [Step] { state.withLock { $0.steps } }
  package var failure: String? { state.withLock { $0.failure } }

  /// Runs a function of `input`; returns the place of its result among the values, or `nil` if that is a constant.
  package func run<Input: TensorScalar, Output: TensorScalar>(
    _ input: Tensor<Input>, _ body: (Tensor<Input>) throws -> Tensor<Output>
  ) rethrows -> Int? {
    // Memory of its own, which no constant shares.
    let input = input.detached.copied()
    OperationTrace.running.add(1, ordering: .relaxed)
    defer { OperationTrace.running.subtract(1, ordering: .relaxed) }
    state.withLock { _ = $0.add(input) }
    let output = try OperationTrace.$current.withValue(self) { try body(input) }
    return state.withLock { $0.known(output) }
  }

  /// Notes that `output` was computed from `inputs`, if a trace runs on this thread.
  package static func note(
    _ operation: TracedOperation, _ inputs: [any TracedTensor], _ output: any TracedTensor
  ) {
    guard let current else { return }
    // What is done with tensors meanwhile is not noted.
    $current.withValue(nil) {
      current.state.withLock { state in
        let known = inputs.map { state.known($0) }
        guard known.contains(where: { $0 != nil }) else {
          state.forget(output)
          return
        }
        let operands = zip(inputs, known).map { $1 ?? state.constant($0) }
        state.steps.append(
          Step(operation: operation, operands: operands, result: state.add(output)))
      }
    }
  }

  /// Runs what computes a tensor as one operation, whatever it does inside.
  package static func noting<Scalar: TensorScalar>(
    _ operation: TracedOperation, _ inputs: [any TracedTensor], _ body: () -> Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let result = $current.withValue(nil) { body() }
    note(operation, inputs, result)
    return result
  }

  /// Notes that a storage is about to be changed in place.
  package static func willWrite(_ tensor: any TracedTensor) {
    current?.state.withLock { state in
      let id = ObjectIdentifier(tensor.storage)
      state.contents[id]?.value = nil
      state.contents[id]?.views = []
    }
  }
}

extension OperationTrace.State {
  /// Adds a tensor that was just computed.
  mutating func add(_ tensor: any TracedTensor) -> Int {
    values.append(
      .init(shape: tensor.shape, type: tensor.dataType, constant: nil, storage: nil))
    let value = values.count - 1
    let id = ObjectIdentifier(tensor.storage)
    constants[id] = nil
    var content = OperationTrace.Content(
      storage: tensor.storage, value: nil, type: tensor.dataType,
      views: [(tensor.layout, value)])
    // Results lie in their memory without gaps, perhaps with the axes in another order.
    let order = tensor.layout.memoryOrder
    if tensor.layout.offset == 0, let order {
      content.value =
        order == Array(order.indices)
        ? value : step(.transpose(order), value, shape: order.map { tensor.shape[$0] })
    }
    contents[id] = content
    return value
  }

  /// Forgets what a storage held, as it now holds a constant.
  mutating func forget(_ tensor: any TracedTensor) {
    contents[ObjectIdentifier(tensor.storage)] = nil
  }

  /// The place of a tensor that depends on the input.
  mutating func known(_ tensor: any TracedTensor) -> Int? {
    let id = ObjectIdentifier(tensor.storage)
    guard let content = contents[id] else { return nil }
    if content.type == tensor.dataType,
      let view = content.views.first(where: { $0.layout.isSame(tensor.layout) })
    {
      return view.value
    }
    guard let whole = content.value, content.type == tensor.dataType,
      let value = view(of: whole, tensor.layout)
    else {
      failure =
        failure
        ?? (content.value == nil
          ? "a tensor of shape \(tensor.shape) was changed in place, in part"
          : "a view of shape \(tensor.shape) with strides \(tensor.layout.strides) of a tensor of shape "
            + "\(values[content.value ?? 0].shape)")
      return nil
    }
    contents[id]?.views.append((tensor.layout, value))
    return value
  }

  /// The place of a tensor that does not depend on the input.
  mutating func constant(_ tensor: any TracedTensor) -> Int {
    let id = ObjectIdentifier(tensor.storage)
    if let known = constants[id]?.views.first(where: { $0.layout.isSame(tensor.layout) }) {
      return known.value
    }
    values.append(
      .init(
        shape: tensor.shape, type: tensor.dataType, constant: tensor.rowMajorBytes(),
        storage: tensor.layout.offset == 0 && tensor.layout.isContiguous ? id : nil))
    let entry = (layout: tensor.layout, value: values.count - 1)
    if constants[id] == nil {
      constants[id] = .init(
        storage: tensor.storage, value: nil, type: tensor.dataType, views: [])
    }
    constants[id]?.views.append(entry)
    return entry.value
  }

  /// Adds an operation of one operand that views are made of.
  mutating func step(_ operation: TracedOperation, _ operand: Int, shape: [Int]) -> Int {
    if operation == .reshape && values[operand].shape == shape { return operand }
    values.append(.init(shape: shape, type: values[operand].type, constant: nil, storage: nil))
    steps.append(
      OperationTrace.Step(operation: operation, operands: [operand], result: values.count - 1))
    return values.count - 1
  }
}
