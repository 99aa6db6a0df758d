import Digest
import FoundationEssentials

/// Where the contents of artifacts are kept, each once, by their SHA-256.
enum ArtifactContents: Sendable {
  /// A folder of this machine.
  case folder(String)
  /// A bucket that speaks S3's protocol.
  case bucket(S3Bucket)

  /// Reads a path, `file:path` or `s3://BUCKET/FOLDER`.
  init(_ uri: String) throws(TrackingError) {
    self =
      try uri.hasPrefix("s3://")
      ? .bucket(S3Bucket(uri)) : .folder(StoreLocation.artifactFolder(uri))
  }

  /// The folder, or the bucket's, as people write it.
  var place: String {
    switch self {
    case .folder(let folder): folder
    case .bucket(let bucket): bucket.address.uri(bucket.address.prefix)
    }
  }

  /// The file, or the object, of contents, as people write it.
  func address(_ digest: String) -> String {
    switch self {
    case .folder(let folder): "\(folder)/\(digest.prefix(2))/\(digest)"
    case .bucket(let bucket): bucket.address.uri(bucket.address.key(digest))
    }
  }

  /// Whether there are contents of that SHA-256.
  func has(_ digest: String) throws(TrackingError) -> Bool {
    switch self {
    case .folder: FileManager.default.fileExists(atPath: address(digest))
    case .bucket(let bucket): try bucket.size(bucket.address.key(digest)) != nil
    }
  }

  /// Moves the file `incoming` to where contents of `digest` are kept, unless they are there.
  func keep(_ incoming: String, byteCount: Int, digest: String) throws(TrackingError) {
    guard try !has(digest) else { return }
    switch self {
    case .folder(let folder):
      try Self.makeFolder("\(folder)/\(digest.prefix(2))")
      do {
        try FileManager.default.moveItem(atPath: incoming, toPath: address(digest))
      } catch {
        throw TrackingError(copying: address(digest), error: error)
      }
    case .bucket(let bucket):
      try bucket.upload(
        incoming, byteCount: byteCount, digest: digest, as: bucket.address.key(digest))
    }
  }

  /// Copies contents to the new file `path`.
  func copy(_ digest: String, to path: String) throws(TrackingError) {
    switch self {
    case .folder:
      do {
        try FileManager.default.copyItem(atPath: address(digest), toPath: path)
      } catch {
        throw TrackingError(copying: address(digest), error: error)
      }
    case .bucket(let bucket): try bucket.download(bucket.address.key(digest), to: path)
    }
  }

  /// The sizes of all contents by digest, and what else is there that has no place in a store.
  func all() throws(TrackingError) -> [(digest: String, address: String, size: Int64)] {
    switch self {
    case .folder(let folder): return Self.files(in: folder)
    case .bucket(let bucket):
      return try bucket.list().compactMap { key, size, _ in
        let parts = key.dropFirst(bucket.address.keyPrefix.count).split(separator: "/")
        // The bucket may have other things in it.
        guard parts.count == 2, Self.isDigest(parts[1]), parts[1].hasPrefix(parts[0]) else {
          return nil
        }
        return (String(parts[1]), bucket.address.uri(key), size)
      }
    }
  }

  /// Removes contents.
  func remove(_ digest: String) throws(TrackingError) {
    switch self {
    case .folder:
      do {
        try FileManager.default.removeItem(atPath: address(digest))
      } catch {
        throw TrackingError(copying: address(digest), error: error)
      }
    case .bucket(let bucket): try bucket.remove(bucket.address.key(digest))
    }
  }

  /// Throws unless the bucket is there and lets itself be used; folders are made when they are needed.
  func check() throws(TrackingError) {
    guard case .bucket(let bucket) = self else { return }
    _ = try bucket.list(limit: 1)
  }

  static func makeFolder(_ path: String) throws(TrackingError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: nil)
    } catch {
      throw TrackingError(copying: path, error: error)
    }
  }

  /// Whether `name` is a SHA-256 in hexadecimal digits.
  static func isDigest(_ name: Substring) -> Bool {
    name.utf8.count == 64
      && name.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func files(
    in folder: String
  ) -> [(digest: String, address: String, size: Int64)] {
    let manager = FileManager.default
    var found: [(digest: String, address: String, size: Int64)] = []
    for part in ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
      let names = (try? manager.contentsOfDirectory(atPath: "\(folder)/\(part)")) ?? []
      for name in names.sorted() where part != "incoming" {
        let path = "\(folder)/\(part)/\(name)"
        guard let attributes = try? manager.attributesOfItem(atPath: path),
          attributes[.type] as? FileAttributeType == .typeRegular
        else { continue }
        found.append((name, path, size(attributes)))
      }
    }
    return found
  }

  /// The size of a file, which Foundation gives as one type or another.
  static func size(_ attributes: [FileAttributeKey: Any]) -> Int64 {
    let size = attributes[.size]
    return Int64(size as? UInt64 ?? UInt64(size as? UInt ?? 0))
  }
}
