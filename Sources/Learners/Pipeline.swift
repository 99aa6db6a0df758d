public import Tensors

/// A chain of transformers and a final estimator, which is fitted and asked as one estimator.
///
/// ```swift
/// var model = Pipeline(StandardScaler(), PCA(components: 10), estimator: LogisticRegression())
/// try model.fit(x, labels)
/// print(try model.score(xTest, yTest))
/// ```
///
/// In `fit` each transformer learns from what the one before gives, so that cross-validation never shows it the samples that
/// it is judged by.
public struct Pipeline<each Step: Transformer, Final: Estimator>: Estimator {
  /// What the final estimator predicts.
  public typealias Target = Final.Target

  /// The transformers, in order.
  public var steps: (repeat each Step)
  /// The final estimator.
  public var estimator: Final

  /// Chains `steps` and `estimator`.
  public init(_ steps: repeat each Step, estimator: Final) {
    self.steps = (repeat each steps)
    self.estimator = estimator
  }

  /// Fits every transformer to what the one before gives, and the estimator to what the last gives.
  ///
  /// - Throws: What the first failing step throws; the pipeline is then as it was.
  public mutating func fit(_ x: Tensor<Double>, _ y: Tensor<Target>) throws {
    var features = x
    func advance<Part: Transformer>(_ step: Part) throws -> Part {
      var step = step
      features = try step.fitTransform(features)
      return step
    }
    let fitted = (repeat try advance(each steps))
    try estimator.fit(features, y)
    steps = fitted
  }

  /// Returns the samples as the final estimator sees them.
  public func transform(_ x: Tensor<Double>) throws -> Tensor<Double> {
    var features = x
    for step in repeat each steps { features = try step.transform(features) }
    return features
  }

  /// Returns the target of each sample of `x`, shape `[samples, features]`.
  public func predict(_ x: Tensor<Double>) throws -> Tensor<Target> {
    try estimator.predict(transform(x))
  }

  /// Judges the predictions for `x` as the final estimator does.
  public func score(_ x: Tensor<Double>, _ y: Tensor<Target>) throws -> Double {
    try estimator.score(transform(x), y)
  }

  /// Writes the transformers and the estimator, in order.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    repeat try container.encode(each steps)
    try container.encode(estimator)
  }

  /// Reads what `encode(to:)` writes.
  public init(from decoder: any Decoder) throws {
    let reader = PartReader(try decoder.unkeyedContainer())
    let read = (repeat try reader.next((each Step).self))
    self.init(repeat each read, estimator: try reader.next(Final.self))
  }
}

/// Reads one part after the other; the compiler (6.3.1) fails where a pack is decoded from a container directly.
private final class PartReader {
  private var container: any UnkeyedDecodingContainer

  init(_ container: any UnkeyedDecodingContainer) { self.container = container }

  func next<Part: Decodable>(_ type: Part.Type) throws -> Part { try container.decode(Part.self) }
}

extension Pipeline: Regressor where Final: Regressor {}

extension Pipeline: Classifier where Final: Classifier {
  /// The labels that `fit` saw, ascending.
  public var classes: [Int32] { estimator.classes }

  /// Returns each sample's probability of each class, shape `[samples, classes]`.
  public func predictProbabilities(_ x: Tensor<Double>) throws -> Tensor<Double> {
    try estimator.predictProbabilities(transform(x))
  }
}
