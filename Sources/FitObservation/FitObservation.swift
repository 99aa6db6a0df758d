internal import Synchronization

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

  private static let current = Mutex<(any Observer)?>(nil)

  /// Who is told; `nil` for nobody.
  package static var observer: (any Observer)? {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
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
      switch value {
      case is Int, is Double, is Bool, is String, is UInt64, is Float, is Int32:
        found[name] = "\(value)"
      default:
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .enum: found[name] = "\(value)"
        case .optional:
          let wrapped = mirror.children.first?.value
          found[name] = wrapped.map { "\($0)" } ?? "none"
        case .struct where name == "options" || name == "net":
          found.merge(settings(of: value, except: learned)) { first, _ in first }
        default: continue
        }
      }
    }
    return found
  }
}
