import JSONValues
import Tracking

/// The tables of models of an exported store, beside those of runs.
struct ModelTables {
  /// The columns of a table, as the files have them; its rows come from ``rows``.
  private static func table(_ name: String, _ columns: [TransferTable.Column]) -> TransferTable {
    TransferTable(name: name, columns: columns, rows: { _, _ in [] })
  }

  static let loggedModels = table(
    "logged_models",
    [
      .init("model_id"), .init("run_id"), .init("experiment"), .init("name"), .init("type"),
      .init("status"), .init("created_ms", .time), .init("updated_ms", .time), .init("params"),
      .init("tags"),
    ])
  static let metrics = table(
    "logged_model_metrics",
    [
      .init("model_id"), .init("run_id"), .init("key"), .init("step", .integer),
      .init("time_ms", .time), .init("value", .real), .init("dataset_name"),
      .init("dataset_digest"),
    ])
  static let registeredModels = table(
    "registered_models",
    [
      .init("name"), .init("description"), .init("created_ms", .time), .init("updated_ms", .time),
      .init("tags"), .init("aliases"),
    ])
  static let versions = table(
    "model_versions",
    [
      .init("name"), .init("version", .integer), .init("run_id"),
      .init("model_id", isOptional: true), .init("stage"), .init("description"),
      .init("created_ms", .time), .init("updated_ms", .time), .init("source"), .init("storage"),
      .init("run_link"), .init("tags"),
    ])

  /// Each table with its rows.
  let rows: [(table: TransferTable, rows: [[TransferValue]])]

  init(_ logged: [TransferredLoggedModel], _ registered: [TransferredRegisteredModel]) {
    var metrics: [[TransferValue]] = []
    var versions: [[TransferValue]] = []
    for model in logged {
      metrics += model.metrics.map { metric in
        [
          .text(model.id), .text(metric.runID), .text(metric.key), .integer(metric.step),
          .integer(metric.timeMilliseconds), .real(metric.value), .text(metric.datasetName),
          .text(metric.datasetDigest),
        ]
      }
    }
    for model in registered {
      versions += model.versions.map { version in
        [
          .text(model.name), .integer(Int64(version.number)), .text(version.runID),
          .text(orNull: version.loggedModelID), .text(version.stage.rawValue),
          .text(version.description), .integer(version.createdMilliseconds),
          .integer(version.updatedMilliseconds), .text(version.source), .text(version.storage),
          .text(version.runLink), .text(Self.json(version.tags)),
        ]
      }
    }
    rows = [
      (
        Self.loggedModels,
        logged.map { model in
          [
            .text(model.id), .text(model.sourceRunID), .text(model.experiment), .text(model.name),
            .text(model.type), .text(model.status.rawValue), .integer(model.createdMilliseconds),
            .integer(model.updatedMilliseconds), .text(Self.json(model.params)),
            .text(Self.json(model.tags)),
          ]
        }
      ),
      (Self.metrics, metrics),
      (
        Self.registeredModels,
        registered.map { model in
          let aliases = model.aliases.map { (key: $0.alias, value: "\($0.version)") }
          return [
            .text(model.name), .text(model.description), .integer(model.createdMilliseconds),
            .integer(model.updatedMilliseconds), .text(Self.json(model.tags)),
            .text(Self.json(aliases)),
          ]
        }
      ), (Self.versions, versions),
    ]
  }

  /// Pairs as a JSON object of texts, in a field.
  private static func json(_ pairs: [(key: String, value: String)]) -> String {
    "\(JSONValue.object(Dictionary(pairs.map { ($0.key, .string($0.value)) }) { $1 }))"
  }
}
