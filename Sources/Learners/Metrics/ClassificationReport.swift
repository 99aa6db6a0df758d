public import Tensors

/// Precision, recall and F1 of each class and their averages, as a text.
public struct ClassificationReport: Equatable, Sendable, CustomStringConvertible {
  /// The scores of each class.
  public let scores: ClassScores
  /// The part of samples whose label is predicted.
  public let accuracy: Double
  private let names: [String]
  private let digits: Int
  private let macro: [Double]
  private let weighted: [Double]

  init(_ pair: LabelPair, names: [String]?, digits: Int) throws(LearnerError) {
    let operation = "classificationReport"
    scores = ClassScores(pair)
    try check(
      names == nil || names?.count == scores.labels.count, operation, "names",
      names?.count ?? 0, "there are \(scores.labels.count) classes (\(scores.labels)); name each")
    try check((0...15).contains(digits), operation, "digits", digits, "it must be in 0...15")
    self.names = names ?? scores.labels.map(\.description)
    self.digits = digits
    let (a, b) = (try scores.averaged(.macro, operation), try scores.averaged(.weighted, operation))
    (macro, weighted) = ([a.precision, a.recall, a.f1], [b.precision, b.recall, b.f1])
    accuracy = try scores.averaged(.micro, operation).recall
  }

  /// The table.
  public var description: String {
    let total = scores.support.reduce(0, +)
    let width = Swift.max(names.map(\.count).max() ?? 0, "weighted avg".count)
    func line(_ name: String, _ cells: [String], _ count: Int) -> String {
      let columns = cells + ["\(count)"]
      return padded(name, width) + columns.map { " " + padded($0, 9) }.joined()
    }
    func numbers(_ values: [Double]) -> [String] { values.map { fixed($0, digits) } }
    var lines = [
      padded("", width)
        + ["precision", "recall", "f1-score", "support"].map { " " + padded($0, 9) }.joined(), "",
    ]
    for index in names.indices {
      let row = [scores.precision[index], scores.recall[index], scores.f1[index]]
      lines.append(line(names[index], numbers(row), scores.support[index]))
    }
    lines.append("")
    lines.append(line("accuracy", ["", "", fixed(accuracy, digits)], total))
    lines.append(line("macro avg", numbers(macro), total))
    lines.append(line("weighted avg", numbers(weighted), total))
    return lines.joined(separator: "\n")
  }
}

/// Returns precision, recall and F1 of each class, printed as a table.
///
/// ```swift
/// print(try classificationReport(yTest, predictions, names: ["malignant", "benign"]))
/// ```
///
/// - Parameters:
///   - actual: The true labels, shape `[samples]`.
///   - predicted: The predictions, shape `[samples]`.
///   - names: A name for each class that occurs, in ascending order of the labels.
///   - digits: Digits after the point.
/// - Returns: The scores, whose description is the table.
/// - Throws: `LearnerError` if shapes do not fit, or there are more or fewer names than classes.
public func classificationReport<A: IntegerTensorScalar, B: IntegerTensorScalar>(
  _ actual: Tensor<A>, _ predicted: Tensor<B>, names: [String]? = nil, digits: Int = 2
) throws(LearnerError) -> ClassificationReport {
  let pair = try LabelPair(actual, predicted, "classificationReport")
  return try ClassificationReport(pair, names: names, digits: digits)
}

/// `text` moved to the right of `width` places.
func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: Swift.max(width - text.count, 0)) + text
}

/// A number with `digits` places after the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var unit = 1.0
  for _ in 0..<digits { unit *= 10 }
  let scaled = (abs(value) * unit).rounded(.toNearestOrEven)
  guard scaled < 9e18 else { return "\(value)" }
  let whole = "\(Int(scaled))"
  let filled = String(repeating: "0", count: Swift.max(digits + 1 - whole.count, 0)) + whole
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard digits > 0 else { return sign + filled }
  return sign + filled.dropLast(digits) + "." + filled.suffix(digits)
}
