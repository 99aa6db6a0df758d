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
    let begun = try send(Call(method: "POST", key: key, query: [("uploads", "")]))
    guard let upload = xmlTexts("UploadId", in: begun.body[...]).first else {
      throw .bucketFailed(
        uri: address.uri(key),
        reason: "the server began no upload in parts. Check that it speaks S3")
    }
    do throws(TrackingError) {
      try sendParts(file, byteCount, as: key, upload)
    } catch {
      // Parts cost money until the upload is ended.
      _ = try? send(
        Call(method: "DELETE", key: key, query: [("uploadId", upload)], accepted: [404]))
      throw error
    }
  }

  private func sendParts(
    _ file: String, _ byteCount: Int, as key: String, _ upload: String
  ) throws(TrackingError) {
    let size = max(Self.partSize, (byteCount + 9999) / 10000)
    var parts = ""
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
      parts +=
        "<Part><PartNumber>\(index + 1)</PartNumber>"
        + "<ETag>\(answer.header("etag") ?? "")</ETag></Part>"
    }
    let list = Array(
      "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts)</CompleteMultipartUpload>"
        .utf8)
    let answer = try send(
      Call(
        method: "POST", key: key, query: [("uploadId", upload)], body: .bytes(list),
        bodyDigest: hexadecimal(sha256(list))))
    // S3 may find out that it cannot after it has begun to answer with 200.
    guard xmlElements("Code", in: answer.body[...]).isEmpty else {
      throw .bucketFailed(
        uri: address.uri(key),
        reason: S3Failure(status: 500, body: answer.body, region: nil).reason(address))
    }
  }
}
