import FoundationEssentials
import Tracking

extension MLflowFileStore {
  /// Reads the logged models of an experiment, which are folders in `folder`.
  func readLoggedModels(
    in folder: String, experiment: String, into store: TrackingStore, _ report: inout ImportReport
  ) throws {
    for id in try names(in: folder) {
      let place = "\(folder)/\(id)"
      guard let meta = try meta(in: place) else {
        report.leave(out: id, because: "logged models without a meta.yaml")
        continue
      }
      guard meta["lifecycle_stage"] != "deleted" else {
        report.leave(out: id, because: "logged models that are deleted")
        continue
      }
      var model = TransferredLoggedModel(
        id: meta["model_id"] ?? id, experiment: experiment, name: meta["name"] ?? id)
      model.type = meta["model_type"] ?? ""
      model.status = LoggedModelStatus(mlflow: meta["status"] ?? "")
      model.createdMilliseconds = meta["creation_timestamp"].flatMap { Int64($0) } ?? 0
      model.updatedMilliseconds =
        meta["last_updated_timestamp"].flatMap { Int64($0) } ?? model.createdMilliseconds
      model.sourceRunID = meta["source_run_id"] ?? ""
      model.params = try pairs(in: "\(place)/params")
      model.tags = try pairs(in: "\(place)/tags")
      for key in try files(in: "\(place)/metrics") {
        for line in try text("\(place)/metrics/\(key)").split(separator: "\n") {
          let words = line.split(separator: " ", maxSplits: 5)
          guard words.count > 3, let time = Int64(words[0]), let value = Self.number(words[1]),
            let step = Int64(words[2])
          else {
            report.leave(out: "\(id) \(key): \(line)", because: "points that are no numbers")
            continue
          }
          model.metrics.append(
            LoggedModel.Metric(
              key: key, value: value, step: step, timeMilliseconds: time, runID: String(words[3]),
              datasetName: words.count > 5 ? String(words[4]) : "",
              datasetDigest: words.count > 5 ? String(words[5]) : ""))
        }
      }
      let named = Self.localPath(meta["artifact_location"] ?? "", beside: place)
      let present = [named, "\(place)/artifacts"].compactMap { $0 }
        .first { FileManager.default.fileExists(atPath: $0) }
      if let present {
        model.artifacts = try ArtifactFolder.files(in: present, run: id, &report)
      }
      try report.take(model, into: store)
    }
  }

  /// Reads registered models, which are folders in `folder`.
  func readRegisteredModels(
    in folder: String, into store: TrackingStore, _ report: inout ImportReport
  ) throws {
    for name in try names(in: folder) {
      let place = "\(folder)/\(name)"
      guard let meta = try meta(in: place) else {
        report.leave(out: name, because: "registered models without a meta.yaml")
        continue
      }
      var model = TransferredRegisteredModel(name: meta["name"] ?? name)
      model.description = meta["description"] ?? ""
      model.createdMilliseconds = meta["creation_timestamp"].flatMap { Int64($0) } ?? 0
      model.updatedMilliseconds =
        meta["last_updated_timestamp"].flatMap { Int64($0) } ?? model.createdMilliseconds
      model.tags = try pairs(in: "\(place)/tags")
      for (alias, version) in try pairs(in: "\(place)/aliases") {
        guard let number = Int(version.filter { !$0.isWhitespace }) else {
          report.leave(out: "\(name)@\(alias)", because: "aliases that name no version")
          continue
        }
        model.aliases.append((alias, number))
      }
      for child in try names(in: place) where child.hasPrefix("version-") {
        guard let meta = try self.meta(in: "\(place)/\(child)"),
          let number = Int(meta["version"] ?? String(child.dropFirst("version-".count)))
        else {
          report.leave(out: "\(name)/\(child)", because: "versions without a number")
          continue
        }
        guard meta["current_stage"] != "Deleted_Internal" else { continue }
        var version = TransferredRegisteredModel.Version(number: number)
        version.createdMilliseconds = meta["creation_timestamp"].flatMap { Int64($0) } ?? 0
        version.updatedMilliseconds =
          meta["last_updated_timestamp"].flatMap { Int64($0) } ?? version.createdMilliseconds
        version.description = meta["description"] ?? ""
        version.stage = ModelStage(named: meta["current_stage"] ?? "") ?? .none
        version.source = meta["source"] ?? ""
        version.storage = meta["storage_location"] ?? ""
        (version.runID, version.runLink) = (meta["run_id"] ?? "", meta["run_link"] ?? "")
        version.loggedModelID = meta["model_id"]
        version.tags = try pairs(in: "\(place)/\(child)/tags")
        model.versions.append(version)
      }
      try report.take(model, into: store)
    }
  }

  private func pairs(in folder: String) throws -> [(key: String, value: String)] {
    try files(in: folder).map { ($0, try text("\(folder)/\($0)")) }
  }
}

extension LoggedModelStatus {
  /// The status of a number or name in MLflow's stores.
  init(mlflow text: String) {
    let byNumber: [String: LoggedModelStatus] = [
      "0": .unspecified, "1": .pending, "2": .ready, "3": .uploadFailed,
    ]
    self =
      byNumber[text] ?? (text == "FAILED" ? .uploadFailed : LoggedModelStatus(rawValue: text))
      ?? .unspecified
  }
}

extension TransferredRegisteredModel.Version {
  /// The logged model that the source names, if it names one.
  var sourceModelID: String? {
    guard case .loggedModel(let id) = try? ModelReference(source) else { return nil }
    return id
  }
}
