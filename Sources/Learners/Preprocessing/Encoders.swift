public import Tensors

/// Gives each distinct label a number, from 0 up in the order of the labels.
///
/// ```swift
/// var encoder = LabelEncoder<String>()
/// let y = try encoder.fitTransform(["cat", "dog", "cat"])  // [0, 1, 0]
/// let names = try encoder.inverseTransform(model.predict(x))
/// ```
public struct LabelEncoder<Label: Hashable & Comparable & Codable & Sendable>: Codable, Sendable {
  /// The labels that `fit` saw, ascending; their positions are their numbers.
  public private(set) var classes: [Label] = []

  /// Makes an encoder to be fitted.
  public init() {}

  /// Learns which labels there are.
  ///
  /// - Throws: `LearnerError` if there are none.
  public mutating func fit(_ labels: [Label]) throws(LearnerError) {
    guard !labels.isEmpty else { throw .empty(operation: "LabelEncoder.fit", shape: [0]) }
    classes = Set(labels).sorted()
  }

  /// Returns the number of each label, shape `[labels]`.
  ///
  /// - Throws: `LearnerError` before `fit`, or if a label is new.
  public func transform(_ labels: [Label]) throws(LearnerError) -> Tensor<Int32> {
    let operation = "LabelEncoder.transform"
    guard !classes.isEmpty else { throw .notFitted(operation: operation) }
    let place = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
    var numbers: [Int32] = []
    for label in labels {
      guard let number = place[label] else {
        throw .unknownLabel(
          operation: operation, label: "label \(label)", known: classes.map { "\($0)" })
      }
      numbers.append(number)
    }
    return Tensor(numbers)
  }

  /// Learns the labels and returns the number of each.
  public mutating func fitTransform(_ labels: [Label]) throws(LearnerError) -> Tensor<Int32> {
    try fit(labels)
    return try transform(labels)
  }

  /// Returns the label of each number.
  ///
  /// - Throws: `LearnerError` before `fit`, or if a number is not that of a label.
  public func inverseTransform(_ numbers: Tensor<Int32>) throws(LearnerError) -> [Label] {
    let operation = "LabelEncoder.inverseTransform"
    guard !classes.isEmpty else { throw .notFitted(operation: operation) }
    let values = try vector(numbers, "the numbers", operation)
    if let wrong = values.first(where: { !classes.indices.contains(Int($0)) }) {
      throw .unknownLabel(
        operation: operation, label: "number \(wrong)",
        known: classes.indices.map(\.description))
    }
    return values.map { classes[Int($0)] }
  }
}

/// Replaces each feature of categories by one feature for each category, 1 where the sample has it and 0 elsewhere.
///
/// ```swift
/// var encoder = OneHotEncoder()
/// try encoder.fitTransform([[0], [2], [0]])  // [[1, 0], [0, 1], [1, 0]]
/// ```
///
/// Categories are numbers; make them from texts with `LabelEncoder`.
public struct OneHotEncoder: InvertibleTransformer {
  /// What happens to categories that `fit` did not see.
  public enum UnknownCategories: String, Codable, Sendable {
    /// `transform` throws.
    case refused
    /// All of the feature's columns are 0.
    case ignored
  }

  /// Which category of a feature gets no column of its own.
  public enum Drop: String, Codable, Sendable {
    /// Every category has a column.
    case none
    /// The first category has none, so that no column follows from the others.
    case first
  }

  /// What happens to categories that `fit` did not see.
  public var unknownCategories: UnknownCategories
  /// Which category of a feature gets no column.
  public var drop: Drop

  /// The categories of each feature, ascending; empty before `fit`.
  public private(set) var categories: [[Double]] = []

  /// Makes an encoder to be fitted.
  public init(unknownCategories: UnknownCategories = .refused, drop: Drop = .none) {
    self.unknownCategories = unknownCategories
    self.drop = drop
  }

  /// Learns which categories each feature of `x` has, shape `[samples, features]`.
  ///
  /// - Throws: `LearnerError` if `x` is no matrix, empty, or an element is not finite.
  public mutating func fit(_ x: Tensor<Double>) throws(LearnerError) {
    let rows = try x.samples("OneHotEncoder.fit")
    categories = rows.transposed().unstacked().map { Set($0.scalars).sorted() }
  }

  private var skipped: Int { drop == .first ? 1 : 0 }

  /// Returns the columns of all categories, shape `[samples, columns]`.
  ///
  /// - Throws: `LearnerError` before `fit`, if the features are not those of `fit`, or a category is new and refused.
  public func transform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let operation = "OneHotEncoder.transform"
    let rows = try x.samples(operation, features: categories.count)
    let width = categories.reduce(0) { $0 + $1.count - skipped }
    let (count, features) = (rows.shape[0], rows.shape[1])
    let elements = rows.scalars
    var values = [Double](repeating: 0, count: count * width)
    var start = 0
    for (feature, known) in categories.enumerated() {
      let place = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
      for row in 0..<count {
        let category = elements[row * features + feature]
        if let position = place[category] {
          if position >= skipped { values[row * width + start + position - skipped] = 1 }
        } else if unknownCategories == .refused {
          throw .unknownLabel(
            operation: operation, label: "category \(category) of feature \(feature)",
            known: known.map(\.description))
        }
      }
      start += known.count - skipped
    }
    return Tensor(shape: [count, width], values: values)
  }

  /// Returns the category of each feature, shape `[samples, features]`.
  ///
  /// A row without any 1 in a feature's columns is NaN there, or the dropped category.
  ///
  /// - Throws: `LearnerError` before `fit`, or if there are other columns than `transform` gives.
  public func inverseTransform(_ x: Tensor<Double>) throws(LearnerError) -> Tensor<Double> {
    let operation = "OneHotEncoder.inverseTransform"
    guard !categories.isEmpty else { throw .notFitted(operation: operation) }
    let width = categories.reduce(0) { $0 + $1.count - skipped }
    guard x.rank == 2 else { throw .notMatrix(operation: operation, shape: x.shape) }
    guard x.shape[1] == width else {
      throw .featureMismatch(operation: operation, expected: width, found: x.shape[1])
    }
    let elements = x.scalars
    var values: [Double] = []
    for row in 0..<x.shape[0] {
      var start = row * width
      for known in categories {
        let end = start + known.count - skipped
        let place = (start..<end).first { elements[$0] == 1 }
        values.append(
          place.map { known[$0 - start + skipped] } ?? (skipped == 1 ? known[0] : .nan))
        start = end
      }
    }
    return Tensor(shape: [x.shape[0], categories.count], values: values)
  }
}
