import Processes
import Tracking

/// A value on its way into a file.
enum TransferValue {
  case null
  case text(String)
  case integer(Int64)
  case real(Double)

  static func text(orNull text: String?) -> TransferValue { text.map { .text($0) } ?? .null }
}

/// Writes the rows of a table to a file.
protocol TableWriter {
  mutating func write(_ row: [TransferValue]) throws
  mutating func finish() throws
}

/// A table of an exported store; rows belong together by `run_id`.
struct TransferTable: Sendable {
  enum Kind: Sendable {
    case text, integer, real
    /// Milliseconds since 1970.
    case time
  }

  struct Column: Sendable {
    let name: String
    let kind: Kind
    let isOptional: Bool

    init(_ name: String, _ kind: Kind = .text, isOptional: Bool = false) {
      self.name = name
      self.kind = kind
      self.isOptional = isOptional
    }
  }

  let name: String
  let columns: [Column]
  let rows: @Sendable (TransferredRun, [ArtifactRecord]) -> [[TransferValue]]

  static let all: [TransferTable] = [
    TransferTable(
      name: "runs",
      columns: [
        Column("run_id"), Column("name"), Column("experiment"), Column("status"),
        Column("start_ms", .time), Column("end_ms", .time, isOptional: true),
        Column("parent_run_id", isOptional: true), Column("user"),
      ],
      rows: { run, _ in
        [
          [
            .text(run.id), .text(run.name), .text(run.experiment), .text(run.status.rawValue),
            .integer(run.startMilliseconds), run.endMilliseconds.map { .integer($0) } ?? .null,
            .text(orNull: run.parentID), .text(run.user),
          ]
        ]
      }),
    TransferTable(
      name: "params", columns: [Column("run_id"), Column("key"), Column("value")],
      rows: { run, _ in run.params.map { [.text(run.id), .text($0.key), .text($0.value)] } }),
    TransferTable(
      name: "tags", columns: [Column("run_id"), Column("key"), Column("value")],
      rows: { run, _ in run.tags.map { [.text(run.id), .text($0.key), .text($0.value)] } }),
    TransferTable(
      name: "points",
      columns: [
        Column("run_id"), Column("key"), Column("step", .integer), Column("time_ms", .time),
        Column("value", .real),
      ],
      rows: { run, _ in
        run.metrics.map {
          [
            .text(run.id), .text($0.key), .integer($0.step ?? 0), .integer($0.timeMilliseconds),
            .real($0.value),
          ]
        }
      }),
    TransferTable(
      name: "datasets",
      columns: [
        Column("run_id"), Column("name"), Column("digest"), Column("source_type"),
        Column("source"), Column("schema", isOptional: true), Column("profile", isOptional: true),
        Column("context", isOptional: true),
      ],
      rows: { run, _ in
        run.datasets.map {
          [
            .text(run.id), .text($0.name), .text($0.digest), .text($0.sourceType),
            .text($0.source), .text(orNull: $0.schema), .text(orNull: $0.profile),
            .text(orNull: $0.context),
          ]
        }
      }),
    TransferTable(
      name: "run_models",
      columns: [Column("run_id"), Column("kind"), Column("model_id"), Column("step", .integer)],
      rows: { run, _ in
        run.models.inputs.map { [.text(run.id), .text("input"), .text($0), .integer(0)] }
          + run.models.outputs.map {
            [.text(run.id), .text("output"), .text($0.modelID), .integer($0.step)]
          }
      }),
    TransferTable(
      name: "artifacts",
      columns: [Column("run_id"), Column("path"), Column("bytes", .integer), Column("sha256")],
      rows: { run, artifacts in
        artifacts.map {
          [.text(run.id), .text($0.path), .integer($0.byteCount), .text($0.sha256)]
        }
      }),
  ]
}

/// Writes a table as comma-separated values (RFC 4180).
struct CSVWriter: TableWriter {
  private let file: FileWriter

  init(_ path: String, _ table: TransferTable) throws {
    file = try FileWriter(path)
    try file.write(table.columns.map(\.name).joined(separator: ",") + "\n")
  }

  mutating func write(_ row: [TransferValue]) throws {
    let cells = row.map { value in
      switch value {
      case .null: ""
      case .text(let text): csvField(text)
      case .integer(let number): "\(number)"
      case .real(let number): jsonNumber(number)
      }
    }
    try file.write(cells.joined(separator: ",") + "\n")
  }

  mutating func finish() throws { try file.finish() }
}
