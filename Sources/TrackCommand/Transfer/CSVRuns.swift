import Digest
import FoundationEssentials
import Tracking

/// Reads runs from comma-separated values: a file with a row for each run, or a folder that `export` wrote.
struct CSVRuns {
  let path: String
  /// The experiment of runs that name none.
  let experiment: String

  /// Whether `folder` is one that `export` wrote.
  static func isOne(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(folder)/runs.csv")
  }

  func read(into store: TrackingStore, _ report: inout ImportReport) throws {
    var isFolder = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let rows = try records(isFolder ? "\(path)/runs.csv" : path)
    guard let first = rows.first else { throw Refusal("\(path) has no rows of runs") }
    let known: Set<String> = [
      "run_id", "id", "name", "run", "run_name", "experiment", "experiment_name", "experiment_id",
      "status", "start_ms", "start_time", "started", "end_ms", "end_time", "parent_run_id", "user",
      "duration_ms", "duration", "artifact_uri", "tags.mlflow.runName",
    ]
    for column in first.keys.sorted()
    where !known.contains(column) && Self.kind(of: column) == nil {
      report.leave(out: column, because: "columns that are no params.X, metrics.X or tags.X")
    }
    var more: [String: [String: [[String: String]]]] = [:]
    if isFolder {
      for name in ["params", "tags", "points", "datasets", "run_models"]
      where FileManager.default.fileExists(atPath: "\(path)/\(name).csv") {
        more[name] = Dictionary(grouping: try records("\(path)/\(name).csv")) { $0["run_id"] ?? "" }
      }
    }
    for row in rows {
      var run = try run(row, store)
      let id = row["run_id"] ?? ""
      run.params += (more["params"]?[id] ?? []).map { ($0["key"] ?? "", $0["value"] ?? "") }
      run.tags += (more["tags"]?[id] ?? []).map { ($0["key"] ?? "", $0["value"] ?? "") }
      run.metrics += try (more["points"]?[id] ?? []).map { try point($0) }
      run.datasets = (more["datasets"]?[id] ?? []).map { row in
        func optional(_ key: String) -> String? { row[key].flatMap { $0.isEmpty ? nil : $0 } }
        return DatasetRecord(
          name: row["name"] ?? "", digest: row["digest"] ?? "",
          sourceType: row["source_type"] ?? "", source: row["source"] ?? "",
          schema: optional("schema"), profile: optional("profile"), context: optional("context"))
      }
      for row in more["run_models"]?[id] ?? [] {
        guard let model = row["model_id"], let step = Int64(row["step"] ?? "") else {
          throw Refusal("\(path)/run_models.csv has a row without model_id and step")
        }
        if row["kind"] == "output" {
          run.models.outputs.append(.init(modelID: model, step: step))
        } else {
          run.models.inputs.append(model)
        }
      }
      let artifacts = "\(path)/artifacts/\(id)"
      if isFolder, !id.isEmpty, FileManager.default.fileExists(atPath: artifacts) {
        run.artifacts = try ArtifactFolder.files(in: artifacts, run: id, &report)
      }
      try report.take(run, into: store)
    }
    // After the runs, which they name.
    if isFolder { try readModels(into: store, &report) }
  }

  private static func kind(of column: String) -> (kind: String, key: String)? {
    for kind in ["params", "metrics", "tags"] where column.hasPrefix("\(kind).") {
      return (kind, String(column.dropFirst(kind.count + 1)))
    }
    return nil
  }

  private func run(_ row: [String: String], _ store: TrackingStore) throws -> TransferredRun {
    func text(_ names: String...) -> String? {
      names.lazy.compactMap { row[$0] }.first { !$0.isEmpty }
    }
    let contents = row.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let given = text("run_id", "id") ?? contents.joined(separator: "\n")
    // Runs without an id are known again by their contents.
    let isID = given.utf8.count == 32 && given.allSatisfy { $0.isHexDigit && $0.isASCII }
    let id =
      isID ? given.lowercased() : String(hexadecimal(sha256(Array(given.utf8))).prefix(32))
    let start = try time(text("start_ms", "start_time", "started"), store) ?? 0
    let status = text("status") ?? "FINISHED"
    guard let status = RunStatus(rawValue: status.uppercased()) else {
      throw Refusal("\(path): \"\(printable(status))\" is no status of a run")
    }
    var run = TransferredRun(
      id: id, experiment: text("experiment", "experiment_name") ?? experiment,
      name: text("name", "run_name", "tags.mlflow.runName", "run") ?? String(id.prefix(8)),
      status: status, startMilliseconds: start,
      endMilliseconds: try time(text("end_ms", "end_time"), store))
    run.parentID = text("parent_run_id", "tags.mlflow.parentRunId")
    run.user = text("user", "tags.mlflow.user") ?? ""
    for (column, value) in row.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
      guard let (kind, key) = Self.kind(of: column) else { continue }
      switch kind {
      case "params": run.params.append((key, value))
      case "tags": run.tags.append((key, value))
      default:
        guard let number = MLflowFileStore.number(value[...]) else {
          throw Refusal("\(path): \"\(printable(value))\" in \(printable(column)) is no number")
        }
        run.metrics.append(
          MetricEntry(key: key, value: number, step: 0, timeMilliseconds: start))
      }
    }
    return run
  }

  private func point(_ row: [String: String]) throws -> MetricEntry {
    guard let key = row["key"], let step = Int64(row["step"] ?? ""),
      let time = Int64(row["time_ms"] ?? ""),
      let value = MLflowFileStore.number((row["value"] ?? "")[...])
    else {
      throw Refusal("\(path)/points.csv has a row that is no point: \(row.values.sorted())")
    }
    return MetricEntry(key: key, value: value, step: step, timeMilliseconds: time)
  }

  /// Milliseconds since 1970, given as those or as a date.
  private func time(_ text: String?, _ store: TrackingStore) throws -> Int64? {
    guard let text else { return nil }
    if let number = Int64(text) { return number }
    guard let time = try store.milliseconds(ofTime: text) else {
      throw Refusal(
        "\(path): \"\(printable(text))\" is no time; give 2026-01-31 12:00:00 or milliseconds")
    }
    return time
  }

  /// The rows by the names in the first one.
  func records(_ file: String) throws -> [[String: String]] {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Refusal("cannot read \(file); check the path and its permissions")
    }
    let rows = try Self.rows(Array(data), file)
    guard let names = rows.first else { return [] }
    return try rows.dropFirst().enumerated().map { place, row in
      guard row.count == names.count else {
        throw Refusal("\(file), row \(place + 2) has \(row.count) fields instead of \(names.count)")
      }
      return Dictionary(zip(names, row), uniquingKeysWith: { first, _ in first })
    }
  }

  /// The fields of each row; quotes as in RFC 4180.
  private static func rows(_ bytes: [UInt8], _ file: String) throws -> [[String]] {
    let (quote, comma, line) = (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"))
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    func end() {
      row.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        guard byte == quote else {
          field.append(byte)
          continue
        }
        if index < bytes.count, bytes[index] == quote {
          field.append(quote)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == quote, field.isEmpty, !wasQuoted {
        isQuoted = true
        wasQuoted = true
      } else if byte == comma {
        end()
      } else if byte == line {
        if field.last == UInt8(ascii: "\r") { field.removeLast() }
        end()
        if row != [""] { rows.append(row) }
        row = []
      } else {
        field.append(byte)
      }
    }
    guard !isQuoted else { throw Refusal("\(file) ends within quotes; is it whole?") }
    if !field.isEmpty || !row.isEmpty {
      end()
      rows.append(row)
    }
    return rows
  }
}
