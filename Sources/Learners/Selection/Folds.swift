internal import Tensors

/// A way to split samples several times, so that each is judged by once.
public protocol FoldSplitter: Sendable {
  /// The rows of each fold, for `count` samples with labels or other targets.
  ///
  /// - Parameters:
  ///   - count: The number of samples.
  ///   - labels: A number for each sample that is equal for samples of one class.
  /// - Returns: For each fold the rows to fit to and to judge by.
  /// - Throws: `LearnerError` if the samples cannot be split so.
  func folds(count: Int, labels: [Double]) throws(LearnerError) -> [TrainTestIndices]
}

/// Splits samples into folds of nearly equal size.
///
/// ```swift
/// for fold in try KFold(5, shuffle: true, seed: 1).folds(count: x.shape[0]) {
///   let model = try Ridge().fitted(x[rows: fold.train], y[rows: fold.train])
/// }
/// ```
public struct KFold: FoldSplitter {
  /// The number of folds.
  public var foldCount: Int
  /// Whether the samples are shuffled first.
  public var shuffle: Bool
  /// Another seed gives another order.
  public var seed: UInt64

  /// Makes a splitter into `foldCount` folds.
  public init(_ foldCount: Int = 5, shuffle: Bool = false, seed: UInt64 = 0) {
    self.foldCount = foldCount
    self.shuffle = shuffle
    self.seed = seed
  }

  /// The rows of each fold, for `count` samples.
  ///
  /// - Throws: `LearnerError` if there are fewer than two folds, or fewer samples than folds.
  public func folds(count: Int, labels: [Double] = []) throws(LearnerError) -> [TrainTestIndices] {
    try checkFolds(foldCount, samples: count, "KFold")
    var random = RandomGenerator(seed: seed)
    let order = shuffle ? random.permutation(count) : Array(0..<count)
    var (start, parts) = (0, [TrainTestIndices]())
    for fold in 0..<foldCount {
      let size = count / foldCount + (fold < count % foldCount ? 1 : 0)
      let test = order[start..<start + size].sorted()
      let train = (order[..<start] + order[(start + size)...]).sorted()
      parts.append(TrainTestIndices(train: train, test: test))
      start += size
    }
    return parts
  }
}

/// Splits samples into folds in which every class has its part.
public struct StratifiedKFold: FoldSplitter {
  /// The number of folds.
  public var foldCount: Int
  /// Whether the samples of each class are shuffled first.
  public var shuffle: Bool
  /// Another seed gives another order.
  public var seed: UInt64

  /// Makes a splitter into `foldCount` folds.
  public init(_ foldCount: Int = 5, shuffle: Bool = false, seed: UInt64 = 0) {
    self.foldCount = foldCount
    self.shuffle = shuffle
    self.seed = seed
  }

  /// The rows of each fold, for samples with these labels.
  ///
  /// - Throws: `LearnerError` if there are fewer than two folds, or every class has fewer samples than folds.
  public func folds(count: Int, labels: [Double]) throws(LearnerError) -> [TrainTestIndices] {
    let operation = "StratifiedKFold"
    try checkFolds(foldCount, samples: count, operation)
    try checkLengths(count, labels.count, operation)
    let groups = rowsByLabel(labels)
    let largest = groups.map(\.count).max() ?? 0
    guard largest >= foldCount else {
      throw .tooFewSamples(
        operation: operation, needed: foldCount, found: largest,
        reason: "no class has a sample for each of \(foldCount) folds")
    }
    // How many of each class a fold gets: dealt out round by round from the labels in order of appearance.
    let dealt = groups.indices.flatMap { [Int](repeating: $0, count: groups[$0].count) }
    var shares = [[Int]](
      repeating: [Int](repeating: 0, count: groups.count), count: foldCount)
    for (position, group) in dealt.enumerated() { shares[position % foldCount][group] += 1 }
    var random = RandomGenerator(seed: seed)
    var foldOf = [Int](repeating: 0, count: count)
    for (index, group) in groups.enumerated() {
      var folds = (0..<foldCount).flatMap { [Int](repeating: $0, count: shares[$0][index]) }
      if shuffle { random.shuffle(&folds) }
      for (row, fold) in zip(group, folds) { foldOf[row] = fold }
    }
    return (0..<foldCount).map { fold in
      TrainTestIndices(
        train: foldOf.indices.filter { foldOf[$0] != fold },
        test: foldOf.indices.filter { foldOf[$0] == fold })
    }
  }
}

private func checkFolds(_ folds: Int, samples: Int, _ operation: String) throws(LearnerError) {
  try check(folds >= 2, operation, "foldCount", folds, "it must be 2 or more")
  guard samples >= folds else {
    throw .tooFewSamples(
      operation: operation, needed: folds, found: samples,
      reason: "each of \(folds) folds needs one")
  }
}
