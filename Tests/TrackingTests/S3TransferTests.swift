import HTTPServer
import Synchronization
import Testing
import Tracking

@Suite("S3's transfers")
struct S3TransferTests {
  /// A server that answers as a test wants, and remembers what it was asked.
  final class Bucket: Sendable {
    private final class Asked: Sendable {
      let lines = Mutex<[String]>([])
    }

    private let log = Asked()
    private let server: HTTPServer

    /// The requests so far.
    var asked: [String] { log.lines.withLock { $0 } }

    init(_ answer: @escaping @Sendable (HTTPRequest) -> String) throws {
      let log = self.log
      server = try HTTPServer(host: "127.0.0.1", port: 0) { request in
        let query = request.query.map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
        var line = "\(request.method) \(request.path)?\(query.sorted().joined(separator: "&"))"
        for name in ["x-amz-copy-source", "x-amz-copy-source-range", "x-amz-copy-source-if-match"] {
          if let value = request.headers[name] { line += " \(value)" }
        }
        log.lines.withLock { $0.append(line) }
        return HTTPResponse(
          200, .bytes(Array(answer(request).utf8)), headers: [("ETag", "\"head\"")])
      }
    }

    func bucket() throws -> S3Bucket {
      try S3Bucket(
        "s3://runs/a b",
        environment: [
          "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B",
          "MLFLOW_S3_ENDPOINT_URL": "http://127.0.0.1:\(server.port)",
        ])
    }
  }

  @Test("signs an address as the Amazon S3 API reference does")
  func address() {
    let signer = S3Signature(
      keyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", token: nil,
      region: "us-east-1")
    let query = signer.query(
      "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt", lifetime: 86400,
      seconds: 1_369_353_600)
    #expect(
      query
        == "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
  }

  @Test("finds old uploads under its own keys on all pages, and no others")
  func leftUploads() throws {
    let digest = String(repeating: "ab", count: 32)
    let id = String(repeating: "0", count: 32)
    func upload(_ key: String, _ name: String, _ time: String) -> String {
      "<Upload><Key>a b/\(key)</Key><UploadId>\(name)</UploadId><Initiated>\(time)</Initiated></Upload>"
    }
    let first =
      "<ListMultipartUploadsResult>"
      + upload("ab/\(digest)", "one&amp;", "2026-01-01T00:00:00.000Z")
      + upload("cd/\(digest)", "no", "2026-01-01T00:00:00.000Z")
      + upload("incoming/theirs", "no", "2026-01-01T00:00:00.000Z")
      + upload("ab/\(digest)", "young", "2026-01-02T00:00:01Z")
      + "<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker><IsTruncated>true</IsTruncated>"
      + "</ListMultipartUploadsResult>"
    let second =
      "<ListMultipartUploadsResult>" + upload("incoming/\(id)", "two", "2026-01-01T23:59:59Z")
      + "<Upload><Key>incoming/\(id)</Key><UploadId>no</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload>"
      + upload("incoming/\(id)", "no", "yesterday")
      + "<IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"
    let server = try Bucket { request in
      guard request.method == "GET" else { return "" }
      return request.queryValue("key-marker") == "k" ? second : first
    }
    let bucket = try server.bucket()
    // 2026-01-02T00:00:00Z.
    let found = try bucket.leftUploads(before: 1_767_312_000_000)
    #expect(found.map(\.upload) == ["one&", "two"])
    #expect(found.map(\.key) == ["a b/ab/\(digest)", "a b/incoming/\(id)"])
    for leftover in found { try bucket.remove(leftover) }
    #expect(
      server.asked == [
        "GET /runs?prefix=a b/&uploads",
        "GET /runs?key-marker=k&prefix=a b/&upload-id-marker=u&uploads",
        "DELETE /runs/a b/ab/\(digest)?uploadId=one&",
        "DELETE /runs/a b/incoming/\(id)?uploadId=two",
      ])
  }

  @Test("copies large objects in parts, within the bucket")
  func copying() throws {
    let server = try Bucket { request in
      if request.query.contains(where: { $0.name == "uploads" }) { return "<UploadId>U</UploadId>" }
      if let number = request.queryValue("partNumber") { return "<ETag>\"\(number)\"</ETag>" }
      return ""
    }
    let bucket = try server.bucket()
    try bucket.copy("a b/incoming/x", to: "a b/y", size: 2500, etag: "\"e\"", limit: 1000)
    try bucket.copy("a b/incoming/x", to: "a b/y", size: 1000, etag: "\"e\"", limit: 1000)
    let source = "/runs/a%20b/incoming/x"
    #expect(
      server.asked == [
        "POST /runs/a b/y?uploads",
        "PUT /runs/a b/y?partNumber=1&uploadId=U \(source) bytes=0-999 \"e\"",
        "PUT /runs/a b/y?partNumber=2&uploadId=U \(source) bytes=1000-1999 \"e\"",
        "PUT /runs/a b/y?partNumber=3&uploadId=U \(source) bytes=2000-2499 \"e\"",
        "POST /runs/a b/y?uploadId=U",
        "PUT /runs/a b/y? \(source) \"e\"",
      ])
  }

  @Test("ends a copy that fails, and says why")
  func failingCopies() throws {
    let server = try Bucket { request in
      if request.query.contains(where: { $0.name == "uploads" }) { return "<UploadId>U</UploadId>" }
      // S3 finds out after it has begun to answer.
      return request.queryValue("partNumber") == "2"
        ? "<Error><Code>SlowDown</Code></Error>" : "<ETag>\"1\"</ETag>"
    }
    let bucket = try server.bucket()
    let error = #expect(throws: TrackingError.self) {
      try bucket.copy("x", to: "y", size: 2500, etag: "\"e\"", limit: 1000)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("SlowDown"))
    #expect(server.asked.last == "DELETE /runs/y?uploadId=U")
  }
}
