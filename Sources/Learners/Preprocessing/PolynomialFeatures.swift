public import Tensors

/// Adds the products of the features up to a degree.
///
/// ```swift
/// try PolynomialFeatures(degree: 2).fitted(x).transform([[2, 3]])  // [[1, 2, 3, 4, 6, 9]]
/// ```
///
/// The order is by degree, then by features, as in scikit-learn.
public struct PolynomialFeatures: Transformer {
  /// The most factors in a product.
  public var degree: Int
  /// Whether only products of different features are added, without powers.
  public var interactionsOnly: Bool
  /// Whether the constant 1 is the first column.
  public var includesBias: Bool

  /// The factors of each new feature, as positions of the old ones; empty before `fit`.
  public private(set) var terms: [[Int]] = []
  private var features = 0

  /// Makes a transformer to be fitted.
  public init(degree: Int = 2, interactionsOnly: Bool = false, includesBias: Bool = true) {
    self.degree = degree
    self.interactionsOnly = interactionsOnly
    self.includesBias = includesBias
  }

  /// Learns how many features `x` has, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` if `x` is no matrix, empty or not finite, or there would be more than 2^20 new features.
  public mutating func fit(_ x: Tensor<Double>) throws(LearnerError) {
    let operation = "PolynomialFeatures.fit"
    try check(degree >= 0, operation, "degree", degree, "it must be 0 or more")
    let count = try x.samples(operation).shape[1]
    // Counted before any is made: a high degree would take minutes.
    var (total, size) = (1.0, 1.0)
    for factors in stride(from: 1, through: degree, by: 1) where size > 0 && total <= 1_048_576 {
      let choices = interactionsOnly ? count - factors + 1 : count + factors - 1
      size *= Double(choices) / Double(factors)
      total += size
    }
    try check(
      total <= 1_048_576, operation, "degree", degree,
      "of \(count) features it gives more than \(1 << 20) new ones; lower it")
    var all: [[Int]] = includesBias ? [[]] : []
    var last: [[Int]] = [[]]
    for _ in 0..<degree {
      var next: [[Int]] = []
      for term in last {
        let first = term.last.map { interactionsOnly ? $0 + 1 : $0 } ?? 0
        for feature in first..<Swift.max(first, count) { next.append(term + [feature]) }
      }
      if next.isEmpty { break }
      all += next
      last = next
    }
    try check(
      !all.isEmpty, operation, "degree", degree, "without the bias nothing is left; raise it")
    (terms, features) = (all, count)
  }

  /// Returns the products, shape `[samples, terms]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if the features are not those of `fit`.
  public func transform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let rows = try x.samples("PolynomialFeatures.transform", features: features)
    let columns = rows.transposed().contiguous().unstacked()
    var products: [[Int]: Tensor<Double>] = [[]: .ones(shape: [rows.shape[0]])]
    for term in terms where !term.isEmpty {
      guard let last = term.last else { continue }
      // Every term extends one that came before, except after a skipped first.
      let shorter = products[Array(term.dropLast())]
      products[term] = shorter.map { term.count == 1 ? columns[last] : $0 * columns[last] }
    }
    return stack(terms.compactMap { products[$0] }, axis: 1)
  }
}
