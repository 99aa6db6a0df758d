public import Tensors

/// How the learning rate changes from step to step, as a factor of the optimizer's first.
///
/// ```swift
/// let schedule = Schedule.cosine(steps: 1000).warmedUp(steps: 100)
/// for step in 0..<1000 {
///   optimizer.learningRate = 1e-3 * schedule(step)
///   …
/// }
/// ```
public struct Schedule: Sendable {
  private let factor: @Sendable (Int) -> Double

  /// Creates a schedule from a function of the step's number, from 0.
  public init(_ factor: @escaping @Sendable (Int) -> Double) { self.factor = factor }

  /// The factor at a step, from 0.
  public func callAsFunction(_ step: Int) -> Double { factor(step) }

  /// Always 1.
  public static let constant = Schedule { _ in 1 }

  /// Times `gamma` after every so many steps.
  ///
  /// - Precondition: `every` is positive.
  public static func step(every: Int, gamma: Double = 0.1) -> Schedule {
    require(every > 0, "Schedule.step: every \(every) steps; give a positive number")
    return Schedule { power(gamma, $0 / every) }
  }

  /// Times `gamma` at each of some steps.
  public static func multiStep(at milestones: [Int], gamma: Double = 0.1) -> Schedule {
    Schedule { step in power(gamma, milestones.filter { $0 <= step }.count) }
  }

  /// Times `gamma` with every step.
  public static func exponential(gamma: Double) -> Schedule { Schedule { power(gamma, $0) } }

  /// In a straight line from `start` to `end`, and then `end`.
  public static func linear(from start: Double = 1, to end: Double, steps: Int) -> Schedule {
    Schedule { step in
      start + (end - start) * Swift.min(Double(step) / Double(Swift.max(steps, 1)), 1)
    }
  }

  /// Down half a cosine from 1 to `end`, and then `end`.
  ///
  /// - SeeAlso: Loshchilov and Hutter, SGDR, 2017.
  public static func cosine(steps: Int, to end: Double = 0) -> Schedule {
    Schedule { step in
      end + (1 - end) * rise(1 - Swift.min(Double(step) / Double(Swift.max(steps, 1)), 1))
    }
  }

  /// Up from `start` to 1 in the first part of the steps, and down to `end` in the rest, along cosines.
  ///
  /// - SeeAlso: Smith and Topin, Super-convergence, 2018.
  public static func oneCycle(
    steps: Int, rising: Double = 0.3, from start: Double = 0.04, to end: Double = 4e-6
  ) -> Schedule {
    Schedule { step in
      let top = Swift.max(rising * Double(steps) - 1, 1e-9)
      let now = Double(step)
      if now <= top { return start + (1 - start) * rise(now / top) }
      let rest = Swift.max(Double(steps) - 1 - top, 1e-9)
      return end + (1 - end) * rise(1 - Swift.min((now - top) / rest, 1))
    }
  }

  /// Returns the schedule after a straight rise from almost 0 to 1 in the first steps.
  public func warmedUp(steps: Int) -> Schedule {
    Schedule { step in
      step < steps ? Double(step + 1) / Double(steps) : factor(step - steps)
    }
  }

  /// Half a cosine from 0 at 0 to 1 at 1.
  private static func rise(_ part: Double) -> Double {
    let angle = Tensor<Double>(part * Double.pi)
    return (1 - cos(angle).item()) / 2
  }
}

/// A moving average of a model's parameters and buffers, which often is the better model.
///
/// ```swift
/// let average = MovingAverage(of: model, decay: 0.999)
/// …  // After every step:
/// average.update()
/// average.apply()  // The model gets the average.
/// ```
public final class MovingAverage<Model: Module>: Sendable {
  private let model: Model
  private let decay: Float
  private let values: Buffers

  private typealias Buffers = [String: Buffer<Float>]

  /// Creates an average that begins with the model as it is.
  ///
  /// - Parameters:
  ///   - model: The model that is trained.
  ///   - decay: How much of the average is kept with every update.
  /// - Precondition: The decay is from 0 to 1.
  public init(of model: Model, decay: Double = 0.999) {
    require((0...1).contains(decay), "MovingAverage: a decay of \(decay); it must be from 0 to 1")
    self.model = model
    self.decay = Float(decay)
    values = model.tensors.mapValues { Buffer($0.copied()) }
  }

  /// Takes the model as it is now into the average.
  public func update() {
    for (name, tensor) in model.tensors {
      guard let buffer = values[name] else { continue }
      buffer.value = buffer.value * decay + tensor * (1 - decay)
    }
  }

  /// The averages by name.
  public var tensors: [String: Tensor<Float>] { values.mapValues(\.value) }

  /// Gives the model the averages.
  ///
  /// - Throws: `ModuleError`, if the model has got other parameters meanwhile.
  public func apply() throws(ModuleError) { try model.assign(tensors, file: "the average") }
}
