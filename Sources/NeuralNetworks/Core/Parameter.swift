internal import Locks
internal import Synchronization
public import Tensors

/// A tensor that training changes.
///
/// A parameter is a reference: a model that is copied shares its parameters with the copy, and an optimizer that was
/// made for a model changes that model.
///
/// ```swift
/// struct Scale: Layer {
///   let factor = Parameter<Float>(Tensor(1))
///   func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { x * factor.value }
/// }
/// ```
///
/// Threads may read parameters at once; each read and each change is whole.
public final class Parameter<Scalar: FloatingTensorScalar>: Sendable {
  private struct State {
    var value: Tensor<Scalar>
    var isFrozen = false
  }

  private let state: Guarded<State>
  package let node: Node<Scalar>
  /// The length of each axis, which never changes.
  public let shape: [Int]

  /// Creates a parameter with an initial value.
  public init(_ value: Tensor<Scalar>) {
    shape = value.shape
    node = Tensor<Scalar>.parameterNode(shape: value.shape)
    state = Guarded(State(value: stopGradient(value).contiguous()))
  }

  /// The tensor; what is computed with it inside `valueAndGrad(of:)` is recorded, unless the parameter is frozen.
  ///
  /// - Precondition: A new value has the old one's shape.
  public var value: Tensor<Scalar> {
    get { state.withLock { $0.isFrozen ? $0.value : $0.value.attached(to: node) } }
    set { update { $0 = newValue } }
  }

  /// Changes the value; of two threads that do so at once, the later one's is kept.
  ///
  /// - Precondition: The value keeps its shape.
  public func update(_ change: (inout Tensor<Scalar>) -> Void) {
    // Not behind the lock, which a mistake in the closure would keep for good.
    var value = state.withLock { $0.value }
    change(&value)
    require(
      value.shape == shape,
      "Parameter: a value of shape \(value.shape) for a parameter of shape \(shape)")
    let changed = stopGradient(value).contiguous()
    state.withLock { $0.value = changed }
  }

  /// Changes the elements where they are.
  func updateInPlace(_ change: (inout Tensor<Scalar>) -> Void) {
    state.withLock { change(&$0.value) }
  }

  /// Whether training leaves the value as it is.
  public var isFrozen: Bool {
    get { state.withLock { $0.isFrozen } }
    set { state.withLock { $0.isFrozen = newValue } }
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

/// A tensor of a model that is saved with it and that training does not optimise, such as a running mean.
public final class Buffer<Scalar: FloatingTensorScalar>: Sendable {
  private let state: Guarded<Tensor<Scalar>>
  /// The length of each axis, which never changes.
  public let shape: [Int]

  /// Creates a buffer with an initial value.
  public init(_ value: Tensor<Scalar>) {
    shape = value.shape
    state = Guarded(stopGradient(value))
  }

  /// The tensor; it counts as constant.
  ///
  /// - Precondition: A new value has the old one's shape.
  public var value: Tensor<Scalar> {
    get { state.withLock { $0 } }
    set {
      require(
        newValue.shape == shape,
        "Buffer: a value of shape \(newValue.shape) for a buffer of shape \(shape)")
      state.withLock { $0 = stopGradient(newValue) }
    }
  }
}

/// A switch between training and evaluation that the copies of a layer share.
public final class TrainingMode: Sendable {
  private let isOn = Atomic<Bool>(true)

  /// Creates the switch, in training mode.
  public init() {}

  /// Whether the model is being trained.
  public var isTraining: Bool {
    get { isOn.load(ordering: .relaxed) }
    set { isOn.store(newValue, ordering: .relaxed) }
  }
}
