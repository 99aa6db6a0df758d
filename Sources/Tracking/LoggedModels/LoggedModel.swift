/// How far a logged model has come, in MLflow's words.
public enum LoggedModelStatus: String, Sendable, CaseIterable {
  /// Nobody said.
  case unspecified = "UNSPECIFIED"
  /// Its files are being stored.
  case pending = "PENDING"
  /// It can be used.
  case ready = "READY"
  /// Its files could not be stored.
  case uploadFailed = "UPLOAD_FAILED"
}

/// A model that was logged with files, params and metrics of its own, by MLflow 3 or like it.
public struct LoggedModel: Sendable {
  /// A value of a metric of a model.
  public struct Metric: Sendable {
    /// The metric's key.
    public let key: String
    /// Any number, NaN and infinities included.
    public let value: Double
    /// The step; 0 if there was none.
    public let step: Int64
    /// When it was logged, in milliseconds since 1970.
    public let timeMilliseconds: Int64
    /// The run that logged it.
    public let runID: String
    /// The data set that it was measured on; or empty.
    public let datasetName: String
    /// What tells that data set from others of its name; or empty.
    public let datasetDigest: String

    package init(
      key: String, value: Double, step: Int64, timeMilliseconds: Int64, runID: String,
      datasetName: String, datasetDigest: String
    ) {
      (self.key, self.value, self.step) = (key, value, step)
      (self.timeMilliseconds, self.runID) = (timeMilliseconds, runID)
      (self.datasetName, self.datasetDigest) = (datasetName, datasetDigest)
    }
  }

  /// `m-` and 32 hexadecimal digits.
  public let id: String
  /// The number of its experiment.
  public let experimentID: Int64
  /// What it is called; several may be called the same.
  public let name: String
  /// What it is for; or empty.
  public let modelType: String
  /// The run that made it; or empty.
  public let sourceRunID: String
  /// How far it has come.
  public let status: LoggedModelStatus
  /// When it was made, in milliseconds since 1970.
  public let createdMilliseconds: Int64
  /// When it was changed, in milliseconds since 1970.
  public let updatedMilliseconds: Int64
  /// Its tags.
  public internal(set) var tags: [String: String] = [:]
  /// Its params.
  public internal(set) var params: [String: String] = [:]
  /// Every value of its metrics, by key and time.
  public internal(set) var metrics: [Metric] = []
  /// The versions that it is registered as, by model and number.
  public internal(set) var registrations: [Registration] = []

  /// The name and number of a version of a registered model.
  public struct Registration: Sendable, Equatable {
    /// The registered model's name.
    public let model: String
    /// The version's number.
    public let version: Int

    package init(model: String, version: Int) {
      self.model = model
      self.version = version
    }
  }

  /// The number by which other tables know it.
  package let row: Int64
  /// When it was deleted; `nil` for one that is there.
  package let deletedMilliseconds: Int64?
}

/// A value of a metric of a logged model, as a run logs it.
package struct LoggedModelMetricEntry: Sendable {
  package let modelID: String
  package let entry: MetricEntry
  package let datasetName: String
  package let datasetDigest: String

  package init(
    modelID: String, entry: MetricEntry, datasetName: String = "", datasetDigest: String = ""
  ) {
    self.modelID = modelID
    self.entry = entry
    self.datasetName = datasetName
    self.datasetDigest = datasetDigest
  }
}

/// The logged models that a run used and made.
package struct RunModels: Sendable, Equatable {
  package struct Output: Sendable, Equatable {
    package let modelID: String
    package let step: Int64

    package init(modelID: String, step: Int64) {
      self.modelID = modelID
      self.step = step
    }
  }

  package var inputs: [String] = []
  package var outputs: [Output] = []

  package init() {}

  /// One of them, as the store has it.
  struct Row {
    let isOutput: Bool
    let modelID: String
    let step: Int64
  }

  init(_ rows: [Row]) {
    for row in rows {
      if row.isOutput {
        outputs.append(Output(modelID: row.modelID, step: row.step))
      } else {
        inputs.append(row.modelID)
      }
    }
  }
}
