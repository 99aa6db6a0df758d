import FitObservation
import Tensors

/// What a fit is told of, if anybody wants to know.
private let learned: Set = [
  "intercept", "rank", "iterationCount", "hasConverged", "inertia", "featureCount",
]

extension Regressor {
  /// Tells of this model, which has learned from `x` and `y`.
  func tellOfFit(_ x: Tensor<Double>, _ y: Tensor<Double>) {
    guard let observer = FitObservation.observer else { return }
    var metrics: [String: Double] = [:]
    // A judgement that cannot be made, of a constant target say, is left out.
    if let predicted = try? predict(x) {
      metrics["training_r2_score"] = try? r2Score(y, predicted)
      metrics["training_mean_squared_error"] = try? meanSquaredError(y, predicted)
      metrics["training_root_mean_squared_error"] = try? rootMeanSquaredError(y, predicted)
      metrics["training_mean_absolute_error"] = try? meanAbsoluteError(y, predicted)
    }
    observer.fitted(
      FitObservation.Fit(
        kind: "\(Self.self)", parameters: FitObservation.settings(of: self, except: learned),
        metrics: metrics))
  }
}

extension Classifier {
  /// Tells of this model, which has learned from `x` and `y`.
  func tellOfFit(_ x: Tensor<Double>, _ y: Tensor<Int32>) {
    guard let observer = FitObservation.observer else { return }
    var metrics: [String: Double] = [:]
    if let predicted = try? predict(x) {
      metrics["training_accuracy_score"] = try? accuracyScore(y, predicted)
    }
    observer.fitted(
      FitObservation.Fit(
        kind: "\(Self.self)", parameters: FitObservation.settings(of: self, except: learned),
        metrics: metrics))
  }
}

extension KMeans {
  /// Tells of these clusters, which were learned.
  func tellOfFit() {
    FitObservation.observer?.fitted(
      FitObservation.Fit(
        kind: "\(Self.self)", parameters: FitObservation.settings(of: self, except: learned),
        metrics: ["training_inertia": inertia, "iterations": Double(iterationCount)]))
  }
}
