/// How much longer an answer is waited for.
///
/// On a busy machine a healthy process answers late, so that the clock alone does not tell it from
/// one that hangs. What counts is the processor time that it uses, and whether it wants any.
package struct Patience: Sendable {
  /// What is known of the process at one moment.
  package struct Observation: Sendable, Equatable {
    /// The processor time that the process has used since its start.
    package var processorTime: Duration
    /// Whether it waits for something other than a processor or a disk.
    package var isResting: Bool

    package init(processorTime: Duration, isResting: Bool) {
      self.processorTime = processorTime
      self.isResting = isResting
    }
  }

  /// How many times the limit may pass on the clock while the process works.
  package static let stretch = 6

  private let limit: Duration
  private let initialTime: Duration
  private var lastTime: Duration
  /// When the process was last seen to work, counted from the request.
  private var lastWork = Duration.zero

  /// - Parameters:
  ///   - limit: How long the process may compute, and how long it may rest without an answer.
  ///   - observation: The process as the request is sent.
  package init(limit: Duration, observation: Observation?) {
    self.limit = limit
    initialTime = observation?.processorTime ?? .zero
    lastTime = initialTime
  }

  /// Whether the process is given up, `waited` after the request.
  package mutating func isExhausted(after waited: Duration, _ observation: Observation?) -> Bool {
    guard let observation else { return waited >= limit }
    if observation.processorTime > lastTime || !observation.isResting {
      lastTime = observation.processorTime
      lastWork = waited
    }
    return observation.processorTime - initialTime >= limit
      || waited - lastWork >= limit
      || waited >= limit * Self.stretch
  }
}
