/// What S3 says when it refuses, and what to do about it.
package struct S3Failure {
  let status: Int
  let code: String
  let region: String?

  /// Reads the answer to a refused request.
  package init(status: Int, body: [UInt8], region: String?) {
    self.status = status
    code = xmlTexts("Code", in: body[...]).first ?? ""
    // Newer regions tell it in the header, the answer of a wrong signature in the body.
    self.region = region ?? xmlTexts("Region", in: body[...]).first
  }

  /// Whether the same request may succeed a moment later.
  var isPassing: Bool { [500, 502, 503, 504].contains(status) || code == "RequestTimeout" }

  /// The status, S3's code, and a remedy.
  package func reason(_ address: S3Address) -> String {
    "the server answers \(status)\(code.isEmpty ? "" : " \(code)"). \(remedy(address))"
  }

  private func remedy(_ address: S3Address) -> String {
    switch (code, status) {
    case ("InvalidAccessKeyId", _), ("SignatureDoesNotMatch", _), ("InvalidToken", _):
      return "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
    case ("ExpiredToken", _), ("TokenRefreshRequired", _):
      return "The keys have expired: set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY "
        + "and AWS_SESSION_TOKEN"
    case ("RequestTimeTooSkewed", _), ("RequestExpired", _):
      return "This machine's clock and the server's differ: set the clock"
    case ("NoSuchBucket", _):
      return "There is no bucket \(address.bucket) at \(address.host): make it, or check the name"
    case ("PermanentRedirect", _), ("AuthorizationHeaderMalformed", _), (_, 301), (_, 307):
      guard let region else {
        return "The bucket is in another region than \(address.region): set AWS_REGION"
      }
      return "The bucket is in another region than \(address.region): set AWS_REGION=\(region)"
    case ("EntityTooSmall", _):
      return "All parts but the last have at least 5 MiB: raise MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"
    case ("InvalidPart", _), ("InvalidPartOrder", _):
      return "A part did not arrive, or is another one than was said: send the file again"
    case ("NoSuchUpload", _):
      return "The upload was ended meanwhile: send the file again"
    case ("NoSuchKey", _), (_, 404):
      return "The contents are not there: see track-cli doctor"
    case ("BadDigest", _), ("XAmzContentSHA256Mismatch", _):
      return "The contents changed on their way: try again"
    case (_, 401), (_, 403):
      return
        "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may list the bucket and "
        + "get, put and delete its objects (s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject; "
        + "s3:ListBucketMultipartUploads and s3:AbortMultipartUpload to remove what uploads left)"
    default:
      return isPassing ? "Try again later" : "Check the bucket's address and settings"
    }
  }
}

/// The texts of the elements called `name` in an XML document of S3, which nests no two of a name.
package func xmlTexts(_ name: String, in document: ArraySlice<UInt8>) -> [String] {
  xmlElements(name, in: document).map { unescaped(String(decoding: $0, as: UTF8.self)) }
}

/// What is in the elements called `name`.
func xmlElements(_ name: String, in document: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
  let start = Array("<\(name)>".utf8)
  let end = Array("</\(name)>".utf8)
  var found: [ArraySlice<UInt8>] = []
  var rest = document
  while let from = place(of: start, in: rest) {
    rest = rest[(from + start.count)...]
    guard let to = place(of: end, in: rest) else { break }
    found.append(rest[..<to])
    rest = rest[(to + end.count)...]
  }
  return found
}

private func place(of text: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
  var rest = bytes
  while let index = rest.firstIndex(of: text[0]) {
    rest = rest[index...]
    if rest.starts(with: text) { return index }
    rest = rest.dropFirst()
  }
  return nil
}

private func unescaped(_ text: String) -> String {
  guard text.contains("&") else { return text }
  var text = text
  for (name, character) in [
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&"),
  ] {
    text = text.replacing(name, with: character)
  }
  return text
}
