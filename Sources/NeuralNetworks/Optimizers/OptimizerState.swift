internal import Locks
package import Tensors

/// What an optimizer works with: parameters, learning rate, the number of steps, and tensors such as moments.
public final class OptimizerState: Sendable {
  let parameters: TrainedParameters
  private let rule: any UpdateRule
  private let current: Guarded<Current>

  private struct Current {
    var steps = 0
    var learningRate: Double
    /// By the parameter's position; made with its first gradient.
    var slots: [(any AnySlots)?]
  }

  init(_ model: some Module, learningRate: Double, rule: any UpdateRule) {
    parameters = TrainedParameters(model)
    self.rule = rule
    current = Guarded(
      Current(
        learningRate: learningRate,
        slots: [(any AnySlots)?](repeating: nil, count: parameters.all.count)))
    OptimizerState.check(learningRate)
  }

  private static func check(_ learningRate: Double) {
    require(
      learningRate.isFinite && learningRate >= 0,
      "learningRate: \(learningRate); it must be a number that is not negative")
  }

  var stepCount: Int { current.withLock { $0.steps } }

  var learningRate: Double {
    get { current.withLock { $0.learningRate } }
    set {
      OptimizerState.check(newValue)
      current.withLock { $0.learningRate = newValue }
    }
  }

  func update(_ gradients: ModuleGradients) {
    require(
      gradients.entries.count == parameters.all.count,
      "update: gradients of \(gradients.entries.count) parameters for an optimizer of \(parameters.all.count); "
        + "make the optimizer for the same model")
    current.withLock { current in
      current.steps += 1
      let step = OptimizerStep(number: current.steps, learningRate: current.learningRate)
      for (index, entry) in gradients.entries.enumerated() {
        guard let gradient = entry.gradient, !entry.parameter.isFrozen else { continue }
        let slots = current.slots[index] ?? entry.parameter.makeSlots(rule.slotNames.count)
        current.slots[index] = slots
        entry.parameter.apply(rule, gradient, slots, step)
      }
    }
  }

  // MARK: Saving

  /// The tensors by parameter and slot name, and the number of steps, in the form of a file's entries.
  func saved(into archive: inout [String: Tensor<Float>]) {
    current.withLock { current in
      for (slots, parameter) in zip(current.slots, parameters.all) {
        guard let slots = slots as? Slots<Float> else { continue }
        for (name, tensor) in zip(rule.slotNames, slots.tensors) {
          archive["optimizer.\(parameter.name).\(name)"] = tensor.copied()
        }
      }
    }
  }

  /// Puts back what `saved` gave.
  func restore(from archive: [String: Tensor<Float>], steps: Int, learningRate: Double) {
    current.withLock { current in
      current.steps = steps
      current.learningRate = learningRate
      for (index, parameter) in parameters.all.enumerated() {
        let tensors = rule.slotNames.compactMap { archive["optimizer.\(parameter.name).\($0)"] }
        guard tensors.count == rule.slotNames.count, parameter.parameter is Parameter<Float> else {
          continue
        }
        current.slots[index] = Slots(tensors.map { $0.copied() })
      }
    }
  }
}

/// Which step an update belongs to.
package struct OptimizerStep: Sendable {
  /// From 1.
  package let number: Int
  package let learningRate: Double
}

/// How one parameter changes by its gradient.
package protocol UpdateRule: Sendable {
  /// The names of the tensors it remembers for a parameter, which begin as zeros.
  var slotNames: [String] { get }
  /// Changes the weight and what is remembered, all contiguous and nobody else's, in place.
  func apply<Scalar: FloatingTensorScalar>(
    to weight: inout Tensor<Scalar>, gradient: Tensor<Scalar>, slots: inout [Tensor<Scalar>],
    step: OptimizerStep)
}

/// What an optimizer remembers of a parameter, whatever its element type.
package protocol AnySlots: AnyObject, Sendable {}

/// The tensors of one parameter.
package final class Slots<Scalar: FloatingTensorScalar>: AnySlots {
  private let state: Guarded<[Tensor<Scalar>]>

  init(_ tensors: [Tensor<Scalar>]) { state = Guarded(tensors) }

  var tensors: [Tensor<Scalar>] { state.withLock { $0 } }

  func change(_ body: (inout [Tensor<Scalar>]) -> Void) { state.withLock { body(&$0) } }
}

extension Parameter {
  package func makeSlots(_ count: Int) -> any AnySlots {
    Slots<Scalar>((0..<count).map { _ in .zeros(shape: shape) })
  }

  package func apply(
    _ rule: any UpdateRule, _ gradient: any AnyGradient, _ slots: any AnySlots,
    _ step: OptimizerStep
  ) {
    guard let gradient = gradient as? Tensor<Scalar>, let slots = slots as? Slots<Scalar> else {
      fail("update: a gradient of another type than its parameter")
    }
    let dense = stopGradient(gradient).contiguous()
    updateInPlace { weight in
      weight.makeWritable(for: dense)
      slots.change { rule.apply(to: &weight, gradient: dense, slots: &$0, step: step) }
    }
  }
}
