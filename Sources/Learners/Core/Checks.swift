internal import Tensors

/// The checks of input that learners share; `operation` is what messages name first.
extension Tensor where Scalar == Double {
  /// The samples row by row, after checking that they are a finite matrix that holds something.
  func samples(_ operation: String, allowsNaN: Bool = false) throws(LearnerError) -> Tensor<Double>
  {
    guard rank == 2 else { throw .notMatrix(operation: operation, shape: shape) }
    guard count > 0 else { throw .empty(operation: operation, shape: shape) }
    let rows = contiguous()
    if !allowsNaN { try rows.checkFinite(operation) }
    return rows
  }

  /// The samples row by row, after checking that they have as many features as in `fit`.
  ///
  /// No samples at all are allowed here: they have no answers.
  func samples(_ operation: String, features: Int, allowsNaN: Bool = false) throws(LearnerError)
    -> Tensor<Double>
  {
    guard features > 0 else { throw .notFitted(operation: operation) }
    guard rank == 2 else { throw .notMatrix(operation: operation, shape: shape) }
    guard shape[1] == features else {
      throw .featureMismatch(operation: operation, expected: features, found: shape[1])
    }
    let rows = contiguous()
    if !allowsNaN { try rows.checkFinite(operation) }
    return rows
  }

  /// The targets, after checking that there is a finite one for each of `rows` samples.
  func targets(_ operation: String, rows: Int) throws(LearnerError) -> Tensor<Double> {
    guard rank == 1 else {
      throw .notVector(operation: operation, name: "the target", shape: shape)
    }
    guard count == rows else {
      throw .lengthMismatch(operation: operation, rows: rows, targets: count)
    }
    let values = contiguous()
    try values.checkFinite(operation)
    return values
  }

  /// Finds the first element that is NaN or infinite.
  func checkFinite(_ operation: String) throws(LearnerError) {
    guard !isFinite(self).all().item() else { return }
    let values = scalars
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return }
    var (index, rest) = ([Int](), place)
    for length in shape.reversed() {
      index.insert(rest % length, at: 0)
      rest /= length
    }
    throw .notFinite(operation: operation, index: index, value: "\(values[place])")
  }
}

/// The classes of labels and each label's place among them.
struct ClassIndex: Sendable {
  /// The distinct labels, ascending.
  let classes: [Int32]
  /// For each label the position of its class.
  let positions: [Int]
  /// How many labels each class has.
  let counts: [Int]

  init(_ labels: Tensor<Int32>, rows: Int, operation: String, least: Int = 2) throws(LearnerError) {
    guard labels.rank == 1 else {
      throw .notVector(operation: operation, name: "the labels", shape: labels.shape)
    }
    guard labels.count == rows else {
      throw .lengthMismatch(operation: operation, rows: rows, targets: labels.count)
    }
    let values = labels.scalars
    let distinct = Set(values).sorted()
    guard distinct.count >= least else {
      throw .tooFewClasses(operation: operation, classes: distinct)
    }
    let place = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
    classes = distinct
    positions = values.map { place[$0] ?? 0 }
    counts = positions.reduce(into: [Int](repeating: 0, count: distinct.count)) { $0[$1] += 1 }
  }
}

/// Refuses a setting outside its range.
func check(
  _ isValid: Bool, _ operation: String, _ name: String, _ value: some Any, _ rule: String
) throws(LearnerError) {
  guard isValid else {
    throw .invalidParameter(operation: operation, name: name, value: "\(value)", rule: rule)
  }
}

/// Runs linear algebra and names the learner in what it throws.
func solving<Result>(_ operation: String, _ body: () throws(LinearAlgebraError) -> Result)
  throws(LearnerError) -> Result
{
  do throws(LinearAlgebraError) {
    return try body()
  } catch {
    throw .unsolvable(operation: operation, reason: "\(error)")
  }
}
