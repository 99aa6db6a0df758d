import Digest
import HTTPClient

extension S3Bucket {
  /// The largest file that is sent as one; larger ones go in parts.
  static let largestObject = 64 << 20
  /// The size of a part in bytes, but for files that would have more than S3's ten thousand of them.
  static let partSize = 16 << 20

  /// Sends a file; the object is there, whole, when this returns.
  ///
  /// S3 computes the SHA-256 of what arrives and refuses anything but `digest`.
  func upload(
    _ file: String, byteCount: Int, digest: String, as key: String
  ) throws(TrackingError) {
    guard byteCount > Self.largestObject else {
      _ = try send(
        Call(
          method: "PUT", key: key, body: .file(path: file), bodyDigest: digest))
      return
    }
    let upload = try beginUpload(key)
    do throws(TrackingError) {
      let parts = try sendParts(file, byteCount, as: key, upload)
      if let failure = try completeUpload(key, upload, parts) {
        throw .bucketFailed(uri: address.uri(key), reason: failure.reason(address))
      }
    } catch {
      // Parts cost money until the upload is ended.
      try? endUpload(key, upload)
      throw error
    }
  }

  private func sendParts(
    _ file: String, _ byteCount: Int, as key: String, _ upload: String
  ) throws(TrackingError) -> [(number: Int, etag: String)] {
    let size = max(Self.partSize, (byteCount + 9999) / 10000)
    var parts: [(number: Int, etag: String)] = []
    for (index, start) in stride(from: 0, to: byteCount, by: size).enumerated() {
      let count = min(size, byteCount - start)
      let digest: String
      do throws(DigestError) {
        digest = hexadecimal(try sha256(ofFile: file, from: start, limit: count).digest)
      } catch {
        throw .artifactFailed(path: file, reason: error.description)
      }
      let answer = try send(
        Call(
          method: "PUT", key: key,
          query: [("partNumber", "\(index + 1)"), ("uploadId", upload)],
          body: .file(path: file, offset: Int64(start), count: Int64(count)), bodyDigest: digest))
      parts.append((index + 1, answer.header("etag") ?? ""))
    }
    return parts
  }

  // MARK: Uploads in parts

  /// Begins an object that is sent in parts, and returns the upload's id at the server.
  func beginUpload(_ key: String) throws(TrackingError) -> String {
    let begun = try send(Call(method: "POST", key: key, query: [("uploads", "")]))
    guard let upload = xmlTexts("UploadId", in: begun.body[...]).first else {
      throw .bucketFailed(
        uri: address.uri(key),
        reason: "the server began no upload in parts. Check that it speaks S3")
    }
    return upload
  }

  /// Makes the object of its parts.
  ///
  /// - Returns: Why the server will not, because of the parts or the upload; `nil` when the object is there.
  func completeUpload(
    _ key: String, _ upload: String, _ parts: [(number: Int, etag: String)]
  ) throws(TrackingError) -> S3Failure? {
    let list = parts.map { number, etag in
      "<Part><PartNumber>\(number)</PartNumber><ETag>\(Self.escaped(etag))</ETag></Part>"
    }
    let body = Array(
      "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(list.joined())</CompleteMultipartUpload>"
        .utf8)
    let answer = try send(
      Call(
        method: "POST", key: key, query: [("uploadId", upload)], body: .bytes(body),
        bodyDigest: hexadecimal(sha256(body)), accepted: [400, 404]))
    guard answer.isSuccess else {
      return S3Failure(status: answer.status, body: answer.body, region: nil)
    }
    try check(answer.body, key)
    return nil
  }

  /// Ends an upload and removes its parts; one that is not there is no error.
  func endUpload(_ key: String, _ upload: String) throws(TrackingError) {
    _ = try send(
      Call(method: "DELETE", key: key, query: [("uploadId", upload)], accepted: [404]))
  }

  /// Throws if an answer of success tells of a failure: S3 may find out that it cannot after it has begun to answer.
  func check(_ body: [UInt8], _ key: String) throws(TrackingError) {
    guard !xmlElements("Code", in: body[...]).isEmpty else { return }
    throw .bucketFailed(
      uri: address.uri(key),
      reason: S3Failure(status: 500, body: body, region: nil).reason(address))
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
