/// How a run stands, in MLflow's words.
package enum RunStatus: String, Sendable {
  case running = "RUNNING"
  case scheduled = "SCHEDULED"
  case finished = "FINISHED"
  case failed = "FAILED"
  case killed = "KILLED"
}

/// How a run ended.
public enum RunOutcome: String, Sendable {
  /// It did what it was to do.
  case finished = "FINISHED"
  /// An error ended it.
  case failed = "FAILED"
  /// Somebody stopped it.
  case killed = "KILLED"
}

/// An experiment as the store has it.
package struct ExperimentRecord: Sendable, Equatable {
  package let id: Int64
  package let name: String
  /// How many runs it has; `nil` where that is not known.
  package let runCount: Int?
  /// When its latest run started.
  package let latestStartMilliseconds: Int64?
}

/// A run as the store has it, without what it logged.
package struct RunRecord: Sendable, Equatable {
  /// The number by which other tables know it.
  package let row: Int64
  /// 32 hexadecimal digits.
  package let id: String
  package let experimentID: Int64
  package let experiment: String
  package let name: String
  package let status: RunStatus
  /// Whether it was killed by nobody's decision: its process went away without ending it.
  package let isInterrupted: Bool
  package let startMilliseconds: Int64
  package let endMilliseconds: Int64?
  package let parentID: String?
  /// When it was deleted; `nil` for a run that is there.
  package let deletedMilliseconds: Int64?
  /// Whose it is, as an MLflow client says; empty if nobody did.
  package let user: String

  /// How long it took; a running one, until `now`.
  package func durationMilliseconds(now: Int64) -> Int64 {
    max(0, (endMilliseconds ?? now) - startMilliseconds)
  }

  /// The beginning of the id that people read.
  package var shortID: String { String(id.prefix(8)) }
}

/// One logged value of a metric.
package struct MetricPoint: Sendable, Equatable {
  package let step: Int64
  package let timeMilliseconds: Int64
  /// Any number, NaN and infinities included.
  package let value: Double

  package init(step: Int64, timeMilliseconds: Int64, value: Double) {
    self.step = step
    self.timeMilliseconds = timeMilliseconds
    self.value = value
  }
}

/// What is kept of a metric beside its points.
package struct MetricSummary: Sendable {
  package let key: String
  /// How many points there are, those of NaN included.
  package let count: Int
  /// The value at the highest step; among several there, the latest.
  package let last: Double
  package let lastStep: Int64
  /// When that was logged.
  package let lastMilliseconds: Int64
  /// The lowest value that is a number, and its step; `nil` when all are NaN.
  package let minimum: (value: Double, step: Int64)?
  /// The highest value that is a number, and its step; `nil` when all are NaN.
  package let maximum: (value: Double, step: Int64)?

  /// The best value in `direction`; `nil` when all are NaN or no direction is known.
  package func best(_ direction: MetricDirection?) -> (value: Double, step: Int64)? {
    switch direction {
    case .lowerIsBetter: minimum
    case .higherIsBetter: maximum
    case nil: nil
    }
  }
}

/// A file that a run logged.
package struct ArtifactRecord: Sendable, Equatable {
  /// Relative, with `/` between folders.
  package let path: String
  package let byteCount: Int64
  /// 64 hexadecimal digits.
  package let sha256: String
  package let loggedMilliseconds: Int64
}

/// A run with what it logged, except for metric points and the contents of artifacts.
package struct RunDetail: Sendable {
  package let run: RunRecord
  /// By key.
  package let params: [(key: String, value: String)]
  /// By key.
  package let tags: [(key: String, value: String)]
  /// By key.
  package let metrics: [MetricSummary]
  package let artifacts: [ArtifactRecord]
  /// By name.
  package let datasets: [DatasetRecord]
  /// The logged models that it used and made.
  package var models = RunModels()
}
