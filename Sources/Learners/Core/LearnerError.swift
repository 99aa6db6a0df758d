/// Why a learner, a metric or a split refused its input.
///
/// ```swift
/// do {
///   try model.fit(x, y)
/// } catch LearnerError.lengthMismatch(_, let rows, let targets) {
///   print("\(rows) samples but \(targets) targets")
/// }
/// ```
public enum LearnerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The samples are no matrix `[samples, features]`.
  case notMatrix(operation: String, shape: [Int])
  /// Targets, labels or scores are no vector `[samples]`.
  case notVector(operation: String, name: String, shape: [Int])
  /// There are no samples or no features.
  case empty(operation: String, shape: [Int])
  /// There are not as many targets as samples.
  case lengthMismatch(operation: String, rows: Int, targets: Int)
  /// An element is NaN or infinite; `index` is its place.
  case notFinite(operation: String, index: [Int], value: String)
  /// The learner was asked for an answer before `fit`.
  case notFitted(operation: String)
  /// The samples have another number of features than those that the learner was fitted to.
  case featureMismatch(operation: String, expected: Int, found: Int)
  /// There are fewer than two classes to tell apart.
  case tooFewClasses(operation: String, classes: [Int32])
  /// A label or category that was not there when the learner was fitted.
  case unknownLabel(operation: String, label: String, known: [String])
  /// A setting is outside its range; `rule` says what is allowed.
  case invalidParameter(operation: String, name: String, value: String, rule: String)
  /// There are fewer samples than the settings need.
  case tooFewSamples(operation: String, needed: Int, found: Int, reason: String)
  /// A linear system could not be solved; `reason` is the array library's.
  case unsolvable(operation: String, reason: String)

  /// What failed, with the values, and what to do.
  public var description: String {
    switch self {
    case .notMatrix(let operation, let shape):
      "\(operation): the samples have shape \(shape); they must be a matrix [samples, features]; "
        + Self.remedy(forShape: shape)
    case .notVector(let operation, let name, let shape):
      "\(operation): \(name) has shape \(shape); it must be a vector [samples]; "
        + "flatten it with .flattened() if each sample has one"
    case .empty(let operation, let shape):
      "\(operation): shape \(shape) holds nothing; "
        + "it needs at least one sample and one feature, so check how the data was selected"
    case .lengthMismatch(let operation, let rows, let targets):
      "\(operation): \(rows) samples but \(targets) targets; "
        + "both must have one entry per sample, so select the same rows of both"
    case .notFinite(let operation, let index, let value):
      "\(operation): element \(index) is \(value); "
        + "fill missing values with SimpleImputer or drop those rows"
    case .notFitted(let operation):
      "\(operation): not fitted yet; call fit with training samples first"
    case .featureMismatch(let operation, let expected, let found):
      "\(operation): the samples have \(found) features but it was fitted to \(expected); "
        + "give the same columns as in fit"
    case .tooFewClasses(let operation, let classes):
      "\(operation): the labels have \(classes.count) classes (\(classes.map(\.description).joined(separator: ", "))); "
        + "two or more are needed, so check the labels or split the samples by class (stratify)"
    case .unknownLabel(let operation, let label, let known):
      "\(operation): \(label) is none of the known values \(Self.list(known)); "
        + "fit to data that has it, or leave it out"
    case .invalidParameter(let operation, let name, let value, let rule):
      "\(operation): \(name) is \(value); \(rule)"
    case .tooFewSamples(let operation, let needed, let found, let reason):
      "\(operation): \(found) samples but \(needed) are needed, as \(reason); "
        + "give more samples or lower the setting"
    case .unsolvable(let operation, let reason):
      "\(operation): \(reason)"
    }
  }

  private static func remedy(forShape shape: [Int]) -> String {
    switch shape.count {
    case 1: "use x.reshaped(to: [-1, 1]) for one feature, or [1, -1] for one sample"
    case 0: "a single number is no sample"
    default: "flatten each sample, as x.reshaped(to: [x.shape[0], -1]) does"
    }
  }

  private static func list(_ values: [String]) -> String {
    let shown = values.prefix(12).joined(separator: ", ")
    return values.count > 12 ? "[\(shown), … \(values.count - 12) more]" : "[\(shown)]"
  }
}
