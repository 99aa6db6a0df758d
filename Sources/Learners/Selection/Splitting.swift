public import Tensors

/// The rows of the samples to fit to and those to judge by.
public struct TrainTestIndices: Equatable, Sendable {
  /// Rows to fit to.
  public let train: [Int]
  /// Rows to judge by.
  public let test: [Int]
}

/// Samples and targets, split into those to fit to and those to judge by.
public struct TrainTestSplit<X: TensorScalar, Y: TensorScalar>: Sendable {
  /// Samples to fit to, shape `[samples, …]`.
  public let xTrain: Tensor<X>
  /// Samples to judge by.
  public let xTest: Tensor<X>
  /// Targets to fit to, shape `[samples, …]`.
  public let yTrain: Tensor<Y>
  /// Targets to judge by.
  public let yTest: Tensor<Y>
  /// Which rows went where.
  public let indices: TrainTestIndices
}

/// Splits samples and targets at random, the same way in every run.
///
/// ```swift
/// let data = try trainTestSplit(x, labels, testSize: 0.2, stratify: true, seed: 7)
/// let model = try LogisticRegression().fitted(data.xTrain, data.yTrain)
/// ```
///
/// - Parameters:
///   - x: The samples, shape `[samples, …]`.
///   - y: The targets, shape `[samples, …]`.
///   - testSize: The part to judge by, more than 0 and less than 1; rounded up to whole samples.
///   - shuffle: Whether rows are drawn at random; otherwise the last ones are for judging.
///   - stratify: Whether every value of `y`, a vector of labels, has its part of both sides.
///   - seed: Another seed gives another split.
/// - Returns: Both sides, and which rows they have.
/// - Throws: `LearnerError` if there are not as many targets as samples, a side would be empty, or a class too small.
public func trainTestSplit<X: TensorScalar, Y: TensorScalar>(
  _ x: Tensor<X>, _ y: Tensor<Y>, testSize: Double = 0.25, shuffle: Bool = true,
  stratify: Bool = false, seed: UInt64 = 0
) throws(LearnerError) -> TrainTestSplit<X, Y> {
  let operation = "trainTestSplit"
  guard x.rank > 0, y.rank > 0 else {
    throw .empty(operation: operation, shape: x.rank > 0 ? y.shape : x.shape)
  }
  let count = x.shape[0]
  guard y.shape[0] == count else {
    throw .lengthMismatch(operation: operation, rows: count, targets: y.shape[0])
  }
  try check(
    testSize > 0 && testSize < 1, operation, "testSize", testSize,
    "it is the part of the samples to judge by: more than 0 and less than 1")
  let testCount = Int((testSize * Double(count)).rounded(.up))
  guard count >= 2, testCount < count else {
    throw .tooFewSamples(
      operation: operation, needed: Swift.max(2, testCount + 1), found: count,
      reason: "\(testCount) are to judge by and at least one must be left to fit to")
  }
  let indices: TrainTestIndices
  if stratify {
    try check(shuffle, operation, "stratify", stratify, "rows by class are drawn; shuffle, too")
    indices = try stratified(
      try vector(y, "the labels", operation), testCount: testCount, seed: seed, operation)
  } else {
    var random = RandomGenerator(seed: seed)
    let order = shuffle ? random.permutation(count) : Array(0..<count)
    let train = Array(shuffle ? order[testCount...] : order[..<(count - testCount)])
    let test = Array(shuffle ? order[..<testCount] : order[(count - testCount)...])
    indices = TrainTestIndices(train: train, test: test)
  }
  return TrainTestSplit(
    xTrain: x[rows: indices.train], xTest: x[rows: indices.test], yTrain: y[rows: indices.train],
    yTest: y[rows: indices.test], indices: indices)
}

/// Draws each label's part of `testCount` rows.
private func stratified<Label: Hashable>(
  _ labels: [Label], testCount: Int, seed: UInt64, _ operation: String
) throws(LearnerError) -> TrainTestIndices {
  let groups = rowsByLabel(labels)
  for group in groups where group.count < 2 {
    throw .tooFewSamples(
      operation: operation, needed: 2, found: group.count,
      reason: "label \(labels[group[0]]) must be on both sides of a stratified split")
  }
  guard testCount >= groups.count, labels.count - testCount >= groups.count else {
    throw .tooFewSamples(
      operation: operation, needed: groups.count,
      found: Swift.min(testCount, labels.count - testCount),
      reason: "each of \(groups.count) classes must be on both sides of a stratified split")
  }
  var random = RandomGenerator(seed: seed)
  // Whole parts first, then one more for the largest rests, so that the sum is exact.
  let exact = groups.map { Double($0.count * testCount) / Double(labels.count) }
  var parts = exact.map { Int($0) }
  let byRest = exact.indices.sorted {
    (exact[$0] - exact[$0].rounded(.down), $1) > (exact[$1] - exact[$1].rounded(.down), $0)
  }
  for index in byRest.prefix(testCount - parts.reduce(0, +)) { parts[index] += 1 }
  var (train, test) = ([Int](), [Int]())
  for (group, part) in zip(groups, parts) {
    var rows = group
    random.shuffle(&rows)
    test += rows[..<part]
    train += rows[part...]
  }
  random.shuffle(&train)
  random.shuffle(&test)
  return TrainTestIndices(train: train, test: test)
}

/// The rows of each distinct label, in the order in which labels appear.
func rowsByLabel<Label: Hashable>(_ labels: [Label]) -> [[Int]] {
  var place: [Label: Int] = [:]
  var groups: [[Int]] = []
  for (row, label) in labels.enumerated() {
    if let index = place[label] {
      groups[index].append(row)
    } else {
      place[label] = groups.count
      groups.append([row])
    }
  }
  return groups
}
