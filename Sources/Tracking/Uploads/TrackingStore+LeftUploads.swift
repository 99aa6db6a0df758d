import FoundationEssentials

extension TrackingStore {
  /// Removes files that began to come in parts over a day ago and never were complete.
  func removeUploads(isTrial: Bool, report: inout GarbageReport) throws(TrackingError) {
    let yesterday = currentMilliseconds() - Int64(PartedUpload.lifetime) * 1000
    var known: Set<String> = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: incomingFolder)) ?? [] {
      let id = name.prefix { $0 != "." }
      guard PartedUpload.isID(id), name.dropFirst(id.count) == ".upload" else { continue }
      known.insert(String(id))
      if begun(String(id)) < yesterday {
        try removeUpload(String(id), isTrial: isTrial, report: &report)
      }
    }
    guard case .bucket(let bucket) = contents else { return }
    // Of this store's own, the time that it noted counts.
    func isKnown(_ leftover: S3Bucket.Leftover) -> Bool {
      leftover.key.hasPrefix(bucket.incomingKey(""))
        && known.contains(String(leftover.key.suffix(32)))
    }
    var found = try bucket.leftObjects(before: yesterday)
    do throws(TrackingError) {
      found += try bucket.leftUploads(before: yesterday)
    } catch {
      report.uploadsFault = error.description
    }
    for leftover in found where !isKnown(leftover) {
      report.uploads += 1
      report.bytes += leftover.size
      if !isTrial { try bucket.remove(leftover) }
    }
  }

  /// When an upload began, in milliseconds; of one that cannot be read, when its folder changed last.
  private func begun(_ id: String) -> Int64 {
    if let upload = upload(id) { return upload.createdMilliseconds }
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder(of: id))
    let date = attributes?[.modificationDate] as? Date ?? Date()
    return Int64(date.timeIntervalSince1970 * 1000)
  }

  private func removeUpload(
    _ id: String, isTrial: Bool, report: inout GarbageReport
  ) throws(TrackingError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(of: id))) ?? []
    // Of those that were completed only the note is left.
    if !names.contains("done") { report.uploads += 1 }
    for name in names {
      let attributes = try? FileManager.default.attributesOfItem(
        atPath: "\(folder(of: id))/\(name)")
      if name.hasPrefix("part-") { report.bytes += ArtifactContents.size(attributes ?? [:]) }
    }
    guard !isTrial else { return }
    if case .bucket(let bucket) = contents, let upload = upload(id)?.bucketUpload,
      !names.contains("done")
    {
      try bucket.endUpload(bucket.incomingKey(id), upload)
      try bucket.remove(bucket.incomingKey(id))
    }
    try removeFolder(of: id)
  }
}
