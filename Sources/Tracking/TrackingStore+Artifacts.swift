import Digest
import FoundationEssentials
import SQLite

extension TrackingStore {
  /// Copies the file at `source` into the store and notes it as `path` of `owner`.
  func logArtifact(
    file source: String, as path: String, of owner: ArtifactOwner
  ) throws(TrackingError) {
    try ArtifactPath.validate(path)
    let file = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    switch attributes?[.type] as? FileAttributeType {
    case .some(.typeRegular): break
    case .some(.typeDirectory):
      throw .artifactFailed(path: source, reason: "it is a folder; use logArtifacts")
    case nil: throw .artifactFailed(path: source, reason: "there is no such file")
    default: throw .artifactFailed(path: source, reason: "it is no regular file")
    }
    try logArtifact(as: path, of: owner) { incoming throws(TrackingError) in
      do {
        try FileManager.default.copyItem(atPath: file, toPath: incoming)
      } catch {
        throw TrackingError(copying: source, error: error)
      }
    }
  }

  /// Stores `data` as the artifact `path` of `owner`.
  func logArtifact(
    data: [UInt8], as path: String, of owner: ArtifactOwner
  ) throws(TrackingError) {
    try ArtifactPath.validate(path)
    try logArtifact(as: path, of: owner) { incoming throws(TrackingError) in
      do {
        try Data(data).write(to: URL(fileURLWithPath: incoming))
      } catch {
        throw TrackingError(copying: incoming, error: error)
      }
    }
  }

  /// Logs the file `incoming` as the artifact `path` of `owner`, and takes it away.
  package func takeArtifact(
    _ incoming: String, as path: String, of owner: ArtifactOwner
  ) throws(TrackingError) {
    try ArtifactPath.validate(path)
    try logArtifact(incoming, as: path, of: owner)
  }

  /// The files of `owner`, by path.
  package func artifacts(of owner: ArtifactOwner) throws(TrackingError) -> [ArtifactRecord] {
    try reading { database throws(TrackingError) in try database.artifacts(of: owner) }
  }

  /// A file for contents that somebody is about to write, which must be taken or removed.
  package func newIncomingFile() throws(TrackingError) -> String {
    try ArtifactContents.makeFolder(incomingFolder)
    return "\(incomingFolder)/\(RunIdentity.newID())"
  }

  /// Removes the artifact `path` of `owner`, or all of the folder `path`; all of its own if it is empty.
  ///
  /// - Returns: How many there were.
  package func removeArtifacts(
    _ path: String, of owner: ArtifactOwner
  ) throws(TrackingError) -> Int {
    try withDatabase { database throws(TrackingError) in
      try database.write { () throws(TrackingError) in
        try database.checkIsThere(owner)
        return try database.execute(
          """
          DELETE FROM \(owner.table) WHERE \(owner.column) = ?1
            AND (?2 = '' OR path = ?2 OR substr(path, 1, length(?2) + 1) = ?2 || '/')
          """, .integer(owner.row), .text(path))
      }
    }
  }

  /// Where the contents of artifacts are kept: a folder, or one of a bucket.
  package var artifactsPlace: String { contents.place }

  /// The file or the object that holds the contents of `artifact`, as people write it.
  package func contentAddress(of artifact: ArtifactRecord) -> String {
    contents.address(artifact.sha256)
  }

  /// Whether the contents of artifacts are kept in a bucket.
  package var isInBucket: Bool { if case .bucket = contents { true } else { false } }

  /// A URL at the bucket that gives the contents of `artifact` for so many seconds; `nil` where they are in a folder.
  package func downloadURL(
    of artifact: ArtifactRecord, disposition: String, seconds: Int
  ) throws(TrackingError) -> String? {
    guard case .bucket(let bucket) = contents else { return nil }
    return try bucket.url(
      "GET", bucket.address.key(artifact.sha256),
      [
        ("response-content-disposition", disposition),
        ("response-content-type", "application/octet-stream"),
      ], seconds: seconds)
  }

  /// Calls `body` with a file that holds the contents of `artifact`, and is there meanwhile.
  package func withContentFile<Value>(
    of artifact: ArtifactRecord, _ body: (String) throws -> Value
  ) throws -> Value {
    guard case .bucket = contents else { return try body(contents.address(artifact.sha256)) }
    let file = try newIncomingFile()
    defer { try? FileManager.default.removeItem(atPath: file) }
    try contents.copy(artifact.sha256, to: file)
    return try body(file)
  }

  /// A file that holds bytes of `artifact` from `offset` on, and whether it is for the caller to remove.
  ///
  /// - Parameters:
  ///   - artifact: The artifact.
  ///   - range: The bytes, at least one unless the artifact is empty.
  /// - Returns: The file, where the bytes begin in it, and whether to remove it.
  /// - Throws: ``TrackingError`` when the bucket does not give them.
  package func contentFile(
    of artifact: ArtifactRecord, _ range: Range<Int64>
  ) throws(TrackingError) -> (path: String, offset: Int64, isTemporary: Bool) {
    guard case .bucket(let bucket) = contents else {
      return (contents.address(artifact.sha256), range.lowerBound, false)
    }
    let file = try newIncomingFile()
    let isWhole = range.count == artifact.byteCount
    try bucket.download(
      bucket.address.key(artifact.sha256), isWhole ? nil : range, to: file)
    return (file, 0, true)
  }

  /// Throws unless artifacts can be kept where they are to be.
  package func checkContents() throws(TrackingError) { try contents.check() }

  /// Copies the contents of `artifact` of `run` to the file `destination`, whose folders are made.
  ///
  /// The copy appears whole or not at all; its bytes are checked against what was logged.
  package func copy(_ artifact: ArtifactRecord, to destination: String) throws(TrackingError) {
    let target = URL(fileURLWithPath: destination)
    let partial = "\(destination).\(RunIdentity.newID().prefix(8)).partial"
    defer { try? FileManager.default.removeItem(atPath: partial) }
    do {
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try contents.copy(artifact.sha256, to: partial)
      let found = try sha256(ofFile: partial).digest
      guard hexadecimal(found) == artifact.sha256 else {
        throw TrackingError.artifactFailed(
          path: contentAddress(of: artifact), reason: "its contents are not those that were logged")
      }
      // A link that leads nowhere is in the way, too.
      if (try? FileManager.default.attributesOfItem(atPath: destination)) != nil {
        try FileManager.default.removeItem(atPath: destination)
      }
      try FileManager.default.moveItem(atPath: partial, toPath: destination)
    } catch let error as TrackingError {
      throw error
    } catch {
      throw TrackingError(copying: destination, error: error)
    }
  }

  /// Lets `write` make a file, and moves it to where its contents are kept; equal contents are
  /// kept once.
  private func logArtifact(
    as path: String, of owner: ArtifactOwner, write: (String) throws(TrackingError) -> Void
  ) throws(TrackingError) {
    let incoming = try newIncomingFile()
    defer { try? FileManager.default.removeItem(atPath: incoming) }
    try write(incoming)
    try logArtifact(incoming, as: path, of: owner)
  }

  /// Logs the file `incoming`, which is in the store already, and moves it to where its contents are kept.
  private func logArtifact(
    _ incoming: String, as path: String, of owner: ArtifactOwner
  ) throws(TrackingError) {
    let digest: String
    let byteCount: Int
    do throws(DigestError) {
      let found = try sha256(ofFile: incoming)
      (digest, byteCount) = (hexadecimal(found.digest), found.byteCount)
    } catch {
      throw .artifactFailed(path: incoming, reason: error.description)
    }
    try noteArtifact(digest, byteCount: Int64(byteCount), as: path, of: owner) {
      () throws(TrackingError) in
      try contents.keep(incoming, byteCount: byteCount, digest: digest)
    }
  }

  /// Notes contents as the artifact `path` of `owner` when `keep` has put them where such are kept.
  func noteArtifact(
    _ digest: String, byteCount: Int64, as path: String, of owner: ArtifactOwner,
    keep: () throws(TrackingError) -> Void
  ) throws(TrackingError) {
    for _ in 0..<3 {
      // Sending may take long, and nobody can write to the store in a transaction of ours.
      if case .bucket = contents { try keep() }
      // Together, so that nobody takes the contents for nobody's in between.
      let isDone = try withDatabase { database throws(TrackingError) in
        try database.write { () throws(TrackingError) in
          try database.checkIsThere(owner)
          if case .bucket = contents {
            guard try contents.has(digest) else { return false }
          } else {
            try keep()
          }
          _ = try database.execute(
            """
            INSERT INTO \(owner.table) (\(owner.column), path, sha256, byte_count, logged_ms)
              VALUES (?, ?, ?, ?, ?)
              ON CONFLICT (\(owner.column), path) DO UPDATE SET sha256 = excluded.sha256,
                byte_count = excluded.byte_count, logged_ms = excluded.logged_ms
            """, .integer(owner.row), .text(path), .text(digest), .integer(byteCount),
            .integer(currentMilliseconds()))
          return true
        }
      }
      if isDone { return }
    }
    throw .bucketFailed(
      uri: contents.address(digest),
      reason: "it is removed again as soon as it was sent. Check what else removes objects there")
  }
}

extension Database {
  func artifacts(of owner: ArtifactOwner) throws(TrackingError) -> [ArtifactRecord] {
    try query(
      """
      SELECT path, byte_count, sha256, logged_ms FROM \(owner.table) WHERE \(owner.column) = ?
        ORDER BY path
      """, .integer(owner.row)
    ) { (row: borrowing Row) in
      ArtifactRecord(
        path: row.text(0), byteCount: row.integer(1), sha256: row.text(2),
        loggedMilliseconds: row.integer(3))
    }
  }

  /// Throws when nothing can be logged to `owner`, because it was deleted or is gone.
  func checkIsThere(_ owner: ArtifactOwner) throws(TrackingError) {
    switch owner {
    case .run(let row): try checkIsThere(run: row)
    case .model(let row):
      let found = try query(
        "SELECT model_id FROM logged_models WHERE id = ? AND deleted_ms IS NULL", .integer(row)
      ) { $0.text(0) }
      guard !found.isEmpty else { throw .loggedModelNotFound(id: "of number \(row)") }
    case .shared: break
    }
  }
}

extension TrackingError {
  /// What `error` of a file operation on `path` means.
  init(copying path: String, error: any Error) {
    let reason: String
    switch (error as? CocoaError)?.code {
    case CocoaError.Code.fileWriteOutOfSpace:
      self = .diskFull(path: path)
      return
    case CocoaError.Code.fileNoSuchFile, CocoaError.Code.fileReadNoSuchFile:
      reason = "there is no such file"
    case CocoaError.Code.fileReadNoPermission, CocoaError.Code.fileWriteNoPermission:
      reason = "permission denied"
    case CocoaError.Code.fileWriteVolumeReadOnly: reason = "the file system is read-only"
    case CocoaError.Code.fileWriteFileExists: reason = "a file is in the way"
    default: reason = "\(error)"
    }
    self = .artifactFailed(path: path, reason: reason)
  }
}
