import Digest
import FoundationEssentials
import JSONValues
import Locks

/// The uploads whose parts this process is putting together.
private let busy = Guarded<Set<String>>([])

extension TrackingStore {
  /// Begins a file that comes in parts.
  ///
  /// - Parameters:
  ///   - path: What it is to be called.
  ///   - owner: Whose it is to be.
  ///   - place: What the server calls both.
  ///   - partCount: How many parts there will be, 1 to 10,000.
  ///   - account: Who sends it.
  /// - Returns: The upload, and the secret that its parts are sent with, which is kept nowhere.
  /// - Throws: ``TrackingError/uploadRefused(upload:reason:)`` for a wrong count, and others.
  package func beginUpload(
    _ path: String, of owner: ArtifactOwner, place: String, partCount: Int, account: String?
  ) throws(TrackingError) -> (upload: PartedUpload, secret: String) {
    try ArtifactPath.validate(path)
    guard (1...PartedUpload.mostParts).contains(partCount) else {
      throw .uploadRefused(
        upload: path,
        reason: "a file has 1 to \(PartedUpload.mostParts) parts, not \(partCount); "
          + "set MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE so that it does")
    }
    try withDatabase { database throws(TrackingError) in
      try database.read { () throws(TrackingError) in try database.checkIsThere(owner) }
    }
    let id = RunIdentity.newID()
    let secret = RunIdentity.newID() + RunIdentity.newID()
    let bucketUpload: String? =
      if case .bucket(let bucket) = contents {
        try bucket.beginUpload(bucket.incomingKey(id))
      } else { nil }
    let upload = PartedUpload(
      id: id, place: place, partCount: partCount, createdMilliseconds: currentMilliseconds(),
      account: account, secretDigest: sha256(Array(secret.utf8)), bucketUpload: bucketUpload)
    try ArtifactContents.makeFolder(folder(of: id))
    let file = "\(folder(of: id))/upload.json"
    do {
      try Data(upload.json.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw TrackingError(copying: file, error: error)
    }
    return (upload, secret)
  }

  /// An upload that goes on, or is done; `nil` if there is none of that id.
  package func upload(_ id: String) -> PartedUpload? {
    guard PartedUpload.isID(id),
      let data = FileManager.default.contents(atPath: "\(folder(of: id))/upload.json"),
      let json = JSONValue(utf8: Array(data))
    else { return nil }
    return PartedUpload(json)
  }

  /// The URL at the bucket that a part is sent to; `nil` where it is sent to the server.
  package func partURL(_ number: Int, of upload: PartedUpload) throws(TrackingError) -> String? {
    guard case .bucket(let bucket) = contents, let id = upload.bucketUpload else { return nil }
    return try bucket.url(
      "PUT", bucket.incomingKey(upload.id),
      [("partNumber", "\(number)"), ("uploadId", id)], seconds: PartedUpload.lifetime)
  }

  /// Takes the file `incoming` as a part; one that came before under its number is replaced.
  ///
  /// - Returns: The part's ETag: its SHA-256 in quotes.
  package func takePart(
    _ number: Int, _ incoming: String, of upload: PartedUpload
  ) throws(TrackingError) -> String {
    guard (1...upload.partCount).contains(number), upload.bucketUpload == nil else {
      throw .uploadRefused(
        upload: upload.id, reason: "it has parts 1 to \(upload.partCount), and none \(number)")
    }
    guard !upload.isExpired, !isDone(upload) else {
      throw .uploadRefused(upload: upload.id, reason: "it takes no parts any more")
    }
    let digest: String
    do throws(DigestError) {
      digest = hexadecimal(try sha256(ofFile: incoming).digest)
    } catch {
      throw .artifactFailed(path: incoming, reason: error.description)
    }
    let name = Self.partName(number, digest)
    for other in parts(of: upload.id) where other.hasPrefix(Self.partName(number, "")) {
      if other != name { try? FileManager.default.removeItem(atPath: path(other, upload.id)) }
    }
    do {
      // The same part, sent again.
      try? FileManager.default.removeItem(atPath: path(name, upload.id))
      try FileManager.default.moveItem(atPath: incoming, toPath: path(name, upload.id))
    } catch {
      throw TrackingError(copying: path(name, upload.id), error: error)
    }
    return "\"\(digest)\""
  }

  /// Logs the file that the parts are, whole: until this has returned there is no such artifact.
  ///
  /// It may be asked for again, if an answer was lost.
  ///
  /// - Parameters:
  ///   - upload: The upload.
  ///   - parts: All its parts, in order.
  ///   - path: What the artifact is called.
  ///   - owner: Whose it is.
  /// - Throws: ``TrackingError/uploadRefused(upload:reason:)`` when a part is missing, or not the one that came.
  package func completeUpload(
    _ upload: PartedUpload, _ parts: [UploadedPart], as path: String, of owner: ArtifactOwner
  ) throws(TrackingError) {
    guard busy.withLock({ $0.insert(upload.id).inserted }) else {
      throw .uploadBusy(upload: upload.id)
    }
    defer { _ = busy.withLock { $0.remove(upload.id) } }
    guard !isDone(upload) else { return }
    try ArtifactPath.validate(path)
    for (index, part) in parts.enumerated() where part.number != index + 1 {
      throw .uploadRefused(
        upload: upload.id,
        reason:
          "its parts are to be listed in order and once, and part \(part.number) stands at \(index + 1)"
      )
    }
    guard parts.count == upload.partCount else {
      throw .uploadRefused(
        upload: upload.id, reason: "it has \(upload.partCount) parts, and \(parts.count) are listed"
      )
    }
    if case .bucket(let bucket) = contents, let id = upload.bucketUpload {
      try complete(upload, parts, in: bucket, id, as: path, of: owner)
    } else {
      try join(upload, parts, as: path, of: owner)
    }
    try markDone(upload)
  }

  /// Ends an upload and removes what came of it; it is no error if it is done.
  package func abortUpload(_ upload: PartedUpload) throws(TrackingError) {
    guard busy.withLock({ $0.insert(upload.id).inserted }) else {
      throw .uploadBusy(upload: upload.id)
    }
    defer { _ = busy.withLock { $0.remove(upload.id) } }
    if !isDone(upload), case .bucket(let bucket) = contents, let id = upload.bucketUpload {
      try bucket.endUpload(bucket.incomingKey(upload.id), id)
      try bucket.remove(bucket.incomingKey(upload.id))
    }
    try removeFolder(of: upload.id)
  }

  // MARK: Putting parts together

  private func join(
    _ upload: PartedUpload, _ parts: [UploadedPart], as path: String, of owner: ArtifactOwner
  ) throws(TrackingError) {
    let manager = FileManager.default
    let files = parts.map { self.path(Self.partName($0.number, $0.tag), upload.id) }
    for (part, file) in zip(parts, files) {
      guard ArtifactContents.isDigest(part.tag[...]), manager.fileExists(atPath: file) else {
        throw .uploadRefused(
          upload: upload.id,
          reason:
            "part \(part.number) did not arrive with the ETag \(part.etag.prefix(80)). Send the file again"
        )
      }
    }
    let incoming = try newIncomingFile()
    defer { try? manager.removeItem(atPath: incoming) }
    let joined: (digests: [[UInt8]], digest: [UInt8], byteCount: Int)
    do throws(DigestError) {
      joined = try joinFiles(files, to: incoming)
    } catch {
      if case .cannotWrite(let path, _, isFull: true) = error { throw .diskFull(path: path) }
      throw .artifactFailed(path: incoming, reason: error.description)
    }
    for (part, digest) in zip(parts, joined.digests) where hexadecimal(digest) != part.tag {
      throw .uploadRefused(
        upload: upload.id,
        reason: "part \(part.number) was damaged on this server's disk. Send the file again")
    }
    let digest = hexadecimal(joined.digest)
    try noteArtifact(digest, byteCount: Int64(joined.byteCount), as: path, of: owner) {
      () throws(TrackingError) in
      try contents.keep(incoming, byteCount: joined.byteCount, digest: digest)
    }
  }

  /// Has the bucket make an object of the parts, and copy it to its SHA-256 when that has been read from it.
  private func complete(
    _ upload: PartedUpload, _ parts: [UploadedPart], in bucket: S3Bucket, _ id: String,
    as path: String, of owner: ArtifactOwner
  ) throws(TrackingError) {
    let source = bucket.incomingKey(upload.id)
    if let failure = try bucket.completeUpload(source, id, parts.map { ($0.number, $0.etag) }) {
      // An earlier attempt may have come as far as this.
      guard failure.code == "NoSuchUpload", try bucket.head(source) != nil else {
        throw .uploadRefused(upload: upload.id, reason: failure.reason(bucket.address))
      }
    }
    guard let (size, etag) = try bucket.head(source) else {
      throw .uploadRefused(upload: upload.id, reason: "it was ended meanwhile. Send the file again")
    }
    let digest = try bucket.digest(source, size: size)
    try noteArtifact(digest, byteCount: size, as: path, of: owner) { () throws(TrackingError) in
      guard try !contents.has(digest) else { return }
      // Only what was read: the bucket compares the ETag.
      try bucket.copy(source, to: bucket.address.key(digest), size: size, etag: etag)
    }
    try bucket.remove(source)
  }

  // MARK: Files

  func folder(of id: String) -> String { "\(incomingFolder)/\(id).upload" }

  private func path(_ name: String, _ id: String) -> String { "\(folder(of: id))/\(name)" }

  private static func partName(_ number: Int, _ digest: String) -> String {
    "part-\(number)-\(digest)"
  }

  private func parts(of id: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder(of: id))) ?? []).filter {
      $0.hasPrefix("part-")
    }
  }

  private func isDone(_ upload: PartedUpload) -> Bool {
    FileManager.default.fileExists(atPath: path("done", upload.id))
  }

  /// Removes the parts, and remembers that the file is whole, for who asks again.
  private func markDone(_ upload: PartedUpload) throws(TrackingError) {
    guard FileManager.default.createFile(atPath: path("done", upload.id), contents: nil) else {
      return try removeFolder(of: upload.id)
    }
    for part in parts(of: upload.id) {
      try? FileManager.default.removeItem(atPath: path(part, upload.id))
    }
  }

  func removeFolder(of id: String) throws(TrackingError) {
    do { try FileManager.default.removeItem(atPath: folder(of: id)) } catch {
      throw TrackingError(copying: folder(of: id), error: error)
    }
  }
}
