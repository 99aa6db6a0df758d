internal import CKernels

/// Floating-point elements that lie row by row from a place in a storage.
@safe package struct DenseView {
  let storage: Storage
  let offset: Int

  /// The elements from number `offset`.
  package init(_ storage: Storage, offset: Int = 0) {
    self.storage = storage
    self.offset = offset
  }

  /// The address, after checking that `count` elements lie in the storage.
  func address(_ count: Int, _ type: ElementType) -> UnsafeMutableRawPointer {
    precondition(
      offset >= 0 && count >= 0 && (offset + count) * type.byteCount <= storage.byteCount,
      "a kernel got \(count) elements from \(offset) of a storage of \(storage.byteCount) bytes")
    return unsafe storage.base + offset * type.byteCount
  }
}

extension DenseView? {
  fileprivate func address(_ count: Int, _ type: ElementType) -> UnsafeMutableRawPointer? {
    unsafe self.map { unsafe $0.address(count, type) }
  }
}

/// What a linear layer does after its bias.
package enum FusedActivation: Int32, Sendable {
  case none, relu
}

/// The fused kernels of neural networks, checked; see `networks.h` for what they compute.
package enum NetworkKernels {
  private static func check(_ type: ElementType) {
    precondition(type == .float32 || type == .float64, "a fused kernel for \(type)")
  }

  /// Adds a bias to each row of `out` and applies an activation, in place.
  package static func biasActivation(
    _ type: ElementType, rows: Int, columns: Int, out: DenseView, bias: DenseView?,
    activation: FusedActivation
  ) {
    check(type)
    unsafe ck_bias_activation(
      type.rawValue, rows, columns, out.address(rows * columns, type),
      bias.address(columns, type), activation.rawValue)
  }

  /// The gradient before bias and activation, and that of the bias.
  package static func biasActivationBackward(
    _ type: ElementType, rows: Int, columns: Int, result: DenseView, gradient: DenseView,
    activation: FusedActivation, out: DenseView, bias: DenseView?
  ) {
    check(type)
    let count = rows * columns
    unsafe ck_bias_activation_backward(
      type.rawValue, rows, columns, result.address(count, type), gradient.address(count, type),
      activation.rawValue, out.address(count, type), bias.address(columns, type))
  }

  /// Each row's cross-entropy and softmax.
  ///
  /// - Precondition: Labels are `ignored` or in `0..<columns`.
  package static func crossEntropy(
    _ type: ElementType, columns: Int, logits: DenseView, labels: [Int64], ignored: Int64,
    smoothing: Double, losses: DenseView, probabilities: DenseView
  ) {
    check(type)
    precondition(
      columns > 0 && labels.allSatisfy { $0 == ignored || ($0 >= 0 && $0 < columns) },
      "cross-entropy of a label outside 0..<\(columns)")
    let count = labels.count * columns
    unsafe ck_cross_entropy(
      type.rawValue, labels.count, columns, logits.address(count, type), labels, ignored,
      smoothing, losses.address(labels.count, type), probabilities.address(count, type))
  }

  /// The gradient of the logits from those of the rows' losses.
  ///
  /// - Precondition: Labels are `ignored` or in `0..<columns`.
  package static func crossEntropyBackward(
    _ type: ElementType, columns: Int, probabilities: DenseView, labels: [Int64],
    ignored: Int64, smoothing: Double, losses: DenseView, out: DenseView
  ) {
    check(type)
    precondition(
      columns > 0 && labels.allSatisfy { $0 == ignored || ($0 >= 0 && $0 < columns) },
      "cross-entropy of a label outside 0..<\(columns)")
    let count = labels.count * columns
    unsafe ck_cross_entropy_backward(
      type.rawValue, labels.count, columns, probabilities.address(count, type), labels, ignored,
      smoothing, losses.address(labels.count, type), out.address(count, type))
  }

  /// Normalises each row; `means` and `scales` get what the gradient needs.
  package static func layerNorm(
    _ type: ElementType, rows: Int, columns: Int, isCentred: Bool, epsilon: Double, x: DenseView,
    weight: DenseView?, bias: DenseView?, out: DenseView, means: DenseView, scales: DenseView
  ) {
    check(type)
    let count = rows * columns
    unsafe ck_layer_norm(
      type.rawValue, rows, columns, isCentred, epsilon, x.address(count, type),
      weight.address(columns, type), bias.address(columns, type), out.address(count, type),
      means.address(rows, type), scales.address(rows, type))
  }

  /// The gradients of `layerNorm`.
  package static func layerNormBackward(
    _ type: ElementType, rows: Int, columns: Int, isCentred: Bool, x: DenseView,
    weight: DenseView?, means: DenseView, scales: DenseView, gradient: DenseView, out: DenseView,
    weightOut: DenseView?, biasOut: DenseView?
  ) {
    check(type)
    let count = rows * columns
    unsafe ck_layer_norm_backward(
      type.rawValue, rows, columns, isCentred, x.address(count, type),
      weight.address(columns, type), means.address(rows, type), scales.address(rows, type),
      gradient.address(count, type), out.address(count, type), weightOut.address(columns, type),
      biasOut.address(columns, type))
  }

  /// The gradient of a softmax along rows from its result.
  package static func softmaxBackward(
    _ type: ElementType, rows: Int, columns: Int, result: DenseView, gradient: DenseView,
    out: DenseView
  ) {
    check(type)
    let count = rows * columns
    unsafe ck_softmax_backward(
      type.rawValue, rows, columns, result.address(count, type), gradient.address(count, type),
      out.address(count, type))
  }

  /// The numbers of one step of Adam or AdamW.
  package struct AdamStep {
    /// Learning rate over the first moment's bias correction.
    package var rate: Double
    package var beta1: Double
    package var beta2: Double
    package var epsilon: Double
    /// The square root of the second moment's bias correction.
    package var secondCorrection: Double
    /// Added to the gradient, or the part taken off the weight if it is decoupled.
    package var decay: Double
    package var isDecoupled: Bool

    package init(
      rate: Double, beta1: Double, beta2: Double, epsilon: Double, secondCorrection: Double,
      decay: Double, isDecoupled: Bool
    ) {
      (self.rate, self.beta1, self.beta2, self.epsilon) = (rate, beta1, beta2, epsilon)
      (self.secondCorrection, self.decay) = (secondCorrection, decay)
      self.isDecoupled = isDecoupled
    }
  }

  /// Changes weights and both moments in place.
  package static func adam(
    _ type: ElementType, count: Int, step: AdamStep, weight: DenseView, gradient: DenseView,
    first: DenseView, second: DenseView
  ) {
    check(type)
    let options = ck_adam(
      rate: step.rate, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
      second_correction: step.secondCorrection, decay: step.decay, decoupled: step.isDecoupled)
    unsafe ck_adam_step(
      type.rawValue, count, options, weight.address(count, type), gradient.address(count, type),
      first.address(count, type), second.address(count, type))
  }

  /// Changes weights and velocity in place.
  package static func gradientDescent(
    _ type: ElementType, count: Int, rate: Double, momentum: Double, dampening: Double,
    decay: Double, isNesterov: Bool, weight: DenseView, gradient: DenseView, velocity: DenseView?
  ) {
    check(type)
    let options = ck_sgd(
      rate: rate, momentum: momentum, dampening: dampening, decay: decay, nesterov: isNesterov)
    unsafe ck_sgd_step(
      type.rawValue, count, options, weight.address(count, type), gradient.address(count, type),
      velocity.address(count, type))
  }
}
