import Digest
import FoundationEssentials
import HTTPClient

/// What the bucket does for files that others send to it or fetch from it.
extension S3Bucket {
  /// The most bytes of a request that reads an object to look at it.
  static let blockSize: Int64 = 8 << 20
  /// The most bytes that the server copies for one request; it copies more in parts.
  package static let copySize: Int64 = 512 << 20

  /// A URL by which whoever has it can send one request about an object for so many seconds.
  func url(
    _ method: String, _ key: String, _ query: [(name: String, value: String)], seconds: Int
  ) throws(TrackingError) -> String {
    let path = address.path(key)
    let signed = try signature().query(
      method, host: address.host, path: path, query: query, lifetime: seconds,
      seconds: currentMilliseconds() / 1000)
    return "\(address.scheme)://\(address.host)\(path)?\(signed)"
  }

  /// The key of what is sent under a name of its own, until its SHA-256 is known.
  func incomingKey(_ id: String) -> String { "\(address.keyPrefix)incoming/\(id)" }

  /// The SHA-256 of an object of `size` bytes, which is read in blocks and kept nowhere.
  func digest(_ key: String, size: Int64) throws(TrackingError) -> String {
    var hasher = SHA256Hasher()
    var start: Int64 = 0
    while start < size {
      let end = min(size, start + Self.blockSize)
      let block = try send(
        Call(method: "GET", key: key, headers: [("range", "bytes=\(start)-\(end - 1)")])
      ).body
      guard block.count == end - start else {
        throw .bucketFailed(
          uri: address.uri(key),
          reason: "the server gave \(block.count) bytes for \(end - start). Try again")
      }
      hasher.update(block)
      start = end
    }
    return hexadecimal(hasher.finalize())
  }

  /// Copies an object of `size` bytes and that ETag within the bucket; no byte comes here.
  ///
  /// - Parameters:
  ///   - source: The key to copy.
  ///   - key: The key of the copy.
  ///   - size: The size.
  ///   - etag: The ETag that the source has to have still.
  ///   - limit: The most bytes of one request.
  /// - Throws: ``TrackingError/bucketFailed(uri:reason:)``; then there is no copy.
  package func copy(
    _ source: String, to key: String, size: Int64, etag: String, limit: Int64 = copySize
  ) throws(TrackingError) {
    let path = StoreLocation.encodingPercents("\(address.bucket)/\(source)", isPath: true)
    var headers = [("x-amz-copy-source", "/\(path)"), ("x-amz-copy-source-if-match", etag)]
      .map { (name: $0.0, value: $0.1) }
    guard size > limit else {
      try check(send(Call(method: "PUT", key: key, headers: headers)).body, key)
      return
    }
    let upload = try beginUpload(key)
    do throws(TrackingError) {
      let count = max(limit, (size + 9999) / 10000)
      var parts: [(number: Int, etag: String)] = []
      for start in stride(from: 0, to: size, by: Int64.Stride(count)) {
        headers.append(
          ("x-amz-copy-source-range", "bytes=\(start)-\(min(size, start + count) - 1)"))
        let number = parts.count + 1
        let answer = try send(
          Call(
            method: "PUT", key: key,
            query: [("partNumber", "\(number)"), ("uploadId", upload)], headers: headers))
        try check(answer.body, key)
        headers.removeLast()
        parts.append((number, xmlTexts("ETag", in: answer.body[...]).first ?? ""))
      }
      if let failure = try completeUpload(key, upload, parts) {
        throw .bucketFailed(uri: address.uri(key), reason: failure.reason(address))
      }
    } catch {
      try? endUpload(key, upload)
      throw error
    }
  }

  // MARK: What was left behind

  /// Something that no process will finish.
  package struct Leftover {
    package let key: String
    /// The upload that it is part of; `nil` for an object.
    package let upload: String?
    let size: Int64
  }

  /// Objects under names of their own that were made before a time in milliseconds.
  func leftObjects(before time: Int64) throws(TrackingError) -> [Leftover] {
    try list(below: "incoming/").filter { $0.modified < time && isOurs($0.key) }.map {
      Leftover(key: $0.key, upload: nil, size: $0.size)
    }
  }

  /// Uploads in parts that began before a time in milliseconds.
  ///
  /// - Throws: ``TrackingError/bucketFailed(uri:reason:)``, also where the keys may not list uploads.
  package func leftUploads(before time: Int64) throws(TrackingError) -> [Leftover] {
    var found: [Leftover] = []
    var marker: [(name: String, value: String)] = []
    repeat {
      let query = [("uploads", ""), ("prefix", address.keyPrefix)].map { (name: $0.0, value: $0.1) }
      let body = try send(Call(method: "GET", query: query + marker)).body
      for upload in xmlElements("Upload", in: body[...]) {
        guard let key = xmlTexts("Key", in: upload).first,
          let id = xmlTexts("UploadId", in: upload).first,
          let begun = xmlTexts("Initiated", in: upload).first.flatMap(Self.milliseconds),
          begun < time, isOurs(key)
        else { continue }
        found.append(Leftover(key: key, upload: id, size: 0))
      }
      marker = []
      if xmlTexts("IsTruncated", in: body[...]).first == "true",
        let key = xmlTexts("NextKeyMarker", in: body[...]).first,
        let id = xmlTexts("NextUploadIdMarker", in: body[...]).first
      {
        marker = [("key-marker", key), ("upload-id-marker", id)]
      }
    } while !marker.isEmpty
    return found
  }

  /// Removes what was left behind.
  package func remove(_ leftover: Leftover) throws(TrackingError) {
    if let upload = leftover.upload { return try endUpload(leftover.key, upload) }
    try remove(leftover.key)
  }

  /// Whether a key is one that we make, and not one of others in the same bucket.
  private func isOurs(_ key: String) -> Bool {
    guard key.hasPrefix(address.keyPrefix) else { return false }
    let parts = key.dropFirst(address.keyPrefix.count).split(
      separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return false }
    if parts[0] == "incoming" { return PartedUpload.isID(parts[1]) }
    return ArtifactContents.isDigest(parts[1]) && parts[1].hasPrefix(parts[0])
      && parts[0].utf8.count == 2
  }

  /// A time such as `2026-11-21T21:30:26.000Z` since 1970.
  static func milliseconds(_ text: String) -> Int64? {
    let seconds = text.prefix { $0 != "." && $0 != "Z" }
    guard let date = try? Date("\(seconds)Z", strategy: .iso8601) else { return nil }
    return Int64(date.timeIntervalSince1970 * 1000)
  }
}
