import FoundationEssentials
import Tracking

/// Reads a folder that MLflow's client wrote, `mlruns`.
struct MLflowFileStore {
  let folder: String

  /// Whether `folder` looks like one.
  static func isOne(_ folder: String) -> Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)/meta.yaml") }
  }

  func read(into store: TrackingStore, _ report: inout ImportReport) throws {
    for name in try names(in: folder) {
      let place = "\(folder)/\(name)"
      if name == ".trash" {
        for deleted in try names(in: place) {
          report.leave(out: deleted, because: "experiments that are deleted")
        }
        continue
      }
      if name == "models" { continue }
      guard let meta = try meta(in: place) else { continue }
      let experiment = meta["name"] ?? name
      for child in try names(in: place) where !["tags", "datasets"].contains(child) {
        let runFolder = "\(place)/\(child)"
        if child == "models" { continue }
        if child == "traces" {
          for item in try names(in: runFolder) { report.leave(out: item, because: "traces") }
          continue
        }
        guard let meta = try self.meta(in: runFolder) else { continue }
        guard meta["lifecycle_stage"] != "deleted" else {
          report.leave(out: child, because: "runs that are deleted")
          continue
        }
        let run = try run(
          id: child, meta, in: runFolder, experiment: experiment, datasets: "\(place)/datasets",
          &report)
        try report.take(run, into: store)
      }
      // After the runs, which they name.
      try readLoggedModels(in: "\(place)/models", experiment: experiment, into: store, &report)
    }
    try readRegisteredModels(in: "\(folder)/models", into: store, &report)
  }

  private func run(
    id: String, _ meta: [String: String], in folder: String, experiment: String, datasets: String,
    _ report: inout ImportReport
  ) throws -> TransferredRun {
    let statuses: [String: RunStatus] = [
      "1": .running, "2": .scheduled, "3": .finished, "4": .failed, "5": .killed,
    ]
    var run = TransferredRun(
      id: meta["run_id"] ?? id, experiment: experiment, name: meta["run_name"] ?? id,
      status: statuses[meta["status"] ?? ""] ?? RunStatus(rawValue: meta["status"] ?? "")
        ?? .finished,
      startMilliseconds: meta["start_time"].flatMap { Int64($0) } ?? 0,
      endMilliseconds: meta["end_time"].flatMap { Int64($0) })
    run.user = meta["user_id"] ?? ""
    run.params = try files(in: "\(folder)/params").map { ($0, try text("\(folder)/params/\($0)")) }
    run.tags = try files(in: "\(folder)/tags").map { ($0, try text("\(folder)/tags/\($0)")) }
    run.parentID = run.tags.first { $0.key == "mlflow.parentRunId" }?.value
    for key in try files(in: "\(folder)/metrics") {
      let lines = try text("\(folder)/metrics/\(key)").split(separator: "\n")
      for line in lines {
        let words = line.split(separator: " ")
        guard words.count > 1, let time = Int64(words[0]), let value = Self.number(words[1]) else {
          report.leave(
            out: "\(id.prefix(8)) \(key): \(line)", because: "points that are no numbers")
          continue
        }
        // The oldest stores have no steps.
        let step = words.count > 2 ? Int64(words[2]) ?? 0 : 0
        run.metrics.append(MetricEntry(key: key, value: value, step: step, timeMilliseconds: time))
      }
    }
    run.datasets = try datasetRecords(folder, datasets)
    for name in try names(in: "\(folder)/inputs") {
      guard let input = try self.meta(in: "\(folder)/inputs/\(name)"),
        input["source_type"] == "MODEL",
        let model = input["source_id"]
      else { continue }
      run.models.inputs.append(model)
    }
    for name in try names(in: "\(folder)/outputs") {
      guard let output = try self.meta(in: "\(folder)/outputs/\(name)") else { continue }
      run.models.outputs.append(
        .init(
          modelID: output["source_id"] ?? name, step: output["step"].flatMap { Int64($0) } ?? 0))
    }
    let artifacts = Self.localPath(meta["artifact_uri"] ?? "", beside: folder)
    let present = [artifacts, "\(folder)/artifacts"].compactMap { $0 }
      .first { FileManager.default.fileExists(atPath: $0) }
    if let present {
      run.artifacts = try ArtifactFolder.files(in: present, run: id, &report)
    } else if artifacts == nil {
      report.leave(
        out: "\(id.prefix(8)) \(meta["artifact_uri"] ?? "")", because: "artifacts kept elsewhere")
    }
    return run
  }

  private func datasetRecords(_ folder: String, _ datasets: String) throws -> [DatasetRecord] {
    try names(in: "\(folder)/inputs").compactMap { name in
      guard let input = try meta(in: "\(folder)/inputs/\(name)"),
        input["source_type"] == nil || input["source_type"] == "DATASET",
        let dataset = try meta(in: "\(datasets)/\(input["source_id"] ?? name)")
      else { return nil }
      return DatasetRecord(
        name: dataset["name"] ?? name, digest: dataset["digest"] ?? "",
        sourceType: dataset["source_type"] ?? "", source: dataset["source"] ?? "",
        schema: dataset["schema"], profile: dataset["profile"],
        context: input["tags.mlflow.data.context"])
    }
  }

  /// A number as Python writes it.
  static func number(_ text: Substring) -> Double? {
    switch text.lowercased() {
    case "nan": .nan
    case "inf", "infinity": .infinity
    case "-inf", "-infinity": -.infinity
    default: Double(text)
    }
  }

  /// The folder that a URI of artifacts names, if it is one of this machine.
  static func localPath(_ uri: String, beside folder: String) -> String? {
    guard !uri.isEmpty else { return nil }
    if uri.hasPrefix("file:") { return try? StoreLocation.path(uri: uri) }
    if uri.contains("://") || uri.hasPrefix("mlflow-artifacts:") { return nil }
    return uri.hasPrefix("/") ? uri : "\(folder)/\(uri)"
  }

  func names(in folder: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  /// The files below `folder`, whose names are keys and may have slashes.
  func files(in folder: String, below prefix: String = "") throws -> [String] {
    try names(in: folder).flatMap { name in
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
      return isFolder
        ? try files(in: "\(folder)/\(name)", below: "\(prefix)\(name)/") : ["\(prefix)\(name)"]
    }
  }

  func text(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Refusal("cannot read \(path); check its permissions")
    }
    return String(decoding: data, as: UTF8.self)
  }

  func meta(in folder: String) throws -> [String: String]? {
    let path = "\(folder)/meta.yaml"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return YAML.scalars(try text(path))
  }
}

/// Files that become artifacts.
enum ArtifactFolder {
  /// Those below `folder`; links are left out, as they may lead anywhere.
  static func files(
    in folder: String, run: String, below prefix: String = "", _ report: inout ImportReport
  ) throws -> [(path: String, file: String)] {
    var files: [(path: String, file: String)] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      let place = "\(folder)/\(name)"
      let attributes = try FileManager.default.attributesOfItem(atPath: place)
      switch attributes[.type] as? FileAttributeType {
      case .some(.typeDirectory):
        files += try self.files(in: place, run: run, below: "\(prefix)\(name)/", &report)
      case .some(.typeRegular): files.append(("\(prefix)\(name)", place))
      default:
        report.leave(
          out: "\(run.prefix(8)) \(prefix)\(name)", because: "links and special files")
      }
    }
    return files
  }
}
