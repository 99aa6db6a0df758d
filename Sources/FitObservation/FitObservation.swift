internal import Locks

/// Who is told of trainings and fits, such as a log that needs no line of the user's.
///
/// Learners and trainers tell, without knowing whom; whoever wants to know sets ``observer``.
package enum FitObservation {
  /// A model that has learned.
  package struct Fit: Sendable {
    /// The model's type.
    package let kind: String
    package let parameters: [String: String]
    /// How it does on what it has learned from.
    package let metrics: [String: Double]

    package init(kind: String, parameters: [String: String], metrics: [String: Double]) {
      self.kind = kind
      self.parameters = parameters
      self.metrics = metrics
    }
  }

  package protocol Observer: Sendable {
    /// Takes a model that has learned at once.
    func fitted(_ fit: Fit)
    /// Takes a training that begins.
    func training(kind: String, parameters: [String: String]) -> any Training
  }

  /// A training that goes on.
  package protocol Training: Sendable {
    /// Takes an epoch's metrics.
    func log(_ metrics: [String: Double], epoch: Int)
    /// Takes the end, by an error or not.
    func end(after error: (any Error)?)
  }

  private static let current = Guarded<(any Observer)?>(nil)

  @TaskLocal private static var isTrial = false

  /// Who is told; `nil` for nobody.
  package static var observer: (any Observer)? {
    get { isTrial ? nil : current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  /// Runs `body`, of whose fits nobody is told: they are steps of something else, such as a cross-validation.
  package static func trial<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $isTrial.withValue(true, operation: body)
  }

  /// The settings among a model's stored properties: numbers, texts, Booleans and cases, those of nested settings too.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - learned: Names of properties that were learned.
  /// - Returns: The values as text, by name.
  package static func settings(of model: Any, except learned: Set<String>) -> [String: String] {
    var found: [String: String] = [:]
    for (name, value) in Mirror(reflecting: model).children {
      guard let name, !learned.contains(name) else { continue }
      let mirror = Mirror(reflecting: value)
      switch (mirror.displayStyle, value) {
      // First, since an optional number passes for a number.
      case (.optional, _): found[name] = mirror.children.first.map { "\($0.value)" } ?? "none"
      case (.enum, _), (_, is Int), (_, is Int32), (_, is UInt64), (_, is Float), (_, is Double),
        (_, is Bool), (_, is String):
        found[name] = "\(value)"
      case (.struct, _) where name == "options" || name == "net":
        found.merge(settings(of: value, except: learned)) { first, _ in first }
      default: continue
      }
    }
    return found
  }
}
