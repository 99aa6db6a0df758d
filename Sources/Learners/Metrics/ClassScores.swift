internal import Tensors

/// Precision, recall and F1 of each class.
public struct ClassScores: Equatable, Sendable {
  /// The classes, ascending.
  public let labels: [Int]
  /// Which part of the samples predicted to be of each class are of it.
  public let precision: [Double]
  /// Which part of the samples of each class are predicted to be of it.
  public let recall: [Double]
  /// The harmonic mean of both.
  public let f1: [Double]
  /// The number of samples of each class.
  public let support: [Int]

  private let hits: [Int]
  private let predictions: [Int]

  init(_ pair: LabelPair) {
    labels = pair.labels
    let place = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var (hits, support) = (labels.map { _ in 0 }, labels.map { _ in 0 })
    var predictions = support
    for (actual, predicted) in zip(pair.actual, pair.predicted) {
      let (row, column) = (place[actual] ?? 0, place[predicted] ?? 0)
      support[row] += 1
      predictions[column] += 1
      if row == column { hits[row] += 1 }
    }
    (self.hits, self.support, self.predictions) = (hits, support, predictions)
    precision = zip(hits, predictions).map { ratio($0, $1) }
    recall = zip(hits, support).map { ratio($0, $1) }
    f1 = labels.indices.map { ratio(2 * hits[$0], predictions[$0] + support[$0]) }
  }

  /// The scores put together.
  func averaged(_ average: ScoreAverage, _ operation: String) throws(LearnerError)
    -> (precision: Double, recall: Double, f1: Double)
  {
    let total = Double(support.reduce(0, +))
    func mean(_ scores: [Double]) -> Double { scores.reduce(0, +) / Double(scores.count) }
    func weighted(_ scores: [Double]) -> Double {
      zip(scores, support).reduce(0) { $0 + $1.0 * Double($1.1) } / total
    }
    switch average {
    case .binary(let positive):
      try check(
        labels.count <= 2, operation, "average", average,
        "the labels have \(labels.count) classes; use .macro, .micro or .weighted")
      guard let index = labels.firstIndex(of: positive) else {
        throw .unknownLabel(
          operation: operation, label: "the positive label \(positive)",
          known: labels.map(\.description))
      }
      return (precision[index], recall[index], f1[index])
    case .macro: return (mean(precision), mean(recall), mean(f1))
    case .weighted: return (weighted(precision), weighted(recall), weighted(f1))
    case .micro:
      let all = hits.reduce(0, +)
      let (found, present) = (predictions.reduce(0, +), support.reduce(0, +))
      return (ratio(all, found), ratio(all, present), ratio(2 * all, found + present))
    }
  }
}

private func ratio(_ a: Int, _ b: Int) -> Double { b == 0 ? 0 : Double(a) / Double(b) }
