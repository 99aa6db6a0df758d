internal import Glibc
public import Tensors

/// Returns the mean negative logarithm of the probabilities that were given to the true labels.
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - probabilities: Shape `[samples]`, of the higher of two labels, or `[samples, classes]` in ascending order of the
///     labels; each row is divided by its sum.
///   - labels: All labels, ascending, where some do not occur in `actual`.
/// - Returns: 0 or more; 0 is best.
/// - Throws: `LearnerError` if shapes do not fit, a probability is outside 0...1, or a label is not among `labels`.
public func logLoss<Label: IntegerTensorScalar, Scalar: FloatingTensorScalar>(
  _ actual: Tensor<Label>, _ probabilities: Tensor<Scalar>, labels: [Int]? = nil
) throws(LearnerError) -> Double {
  let operation = "logLoss"
  let truth = try vector(actual, "the true labels", operation).map { Int($0) }
  let known = labels ?? Set(truth).sorted()
  guard known.count > 1 else {
    throw .tooFewClasses(operation: operation, classes: known.map { Int32(clamping: $0) })
  }
  var table = Tensor<Double>(probabilities)
  if table.rank == 1 { table = stack([1 - table, table], axis: 1) }
  let rows = try table.samples(operation)
  try checkLengths(truth.count, rows.shape[0], operation)
  guard rows.shape[1] == known.count else {
    throw .invalidParameter(
      operation: operation, name: "the probabilities' shape", value: "\(probabilities.shape)",
      rule: "there are \(known.count) classes (\(known)); give one column for each, or the labels")
  }
  let values = rows.scalars
  if let wrong = Tensor<Double>(probabilities).scalars.first(where: { $0 < 0 || $0 > 1 }) {
    throw .invalidParameter(
      operation: operation, name: "a probability", value: "\(wrong)",
      rule: "it must be in 0...1; give predictProbabilities, not scores")
  }
  let precision = Double(Scalar.ulpOfOne)
  var sum = 0.0
  for (row, label) in truth.enumerated() {
    guard let column = known.firstIndex(of: label) else {
      throw .unknownLabel(
        operation: operation, label: "label \(label)", known: known.map(\.description))
    }
    let line = values[row * known.count..<(row + 1) * known.count]
    let probability = line[line.startIndex + column] / line.reduce(0, +)
    sum -= Glibc.log(Swift.min(Swift.max(probability, precision), 1 - precision))
  }
  return sum / Double(truth.count)
}
