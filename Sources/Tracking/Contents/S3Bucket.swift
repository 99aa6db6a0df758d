import Digest
import FoundationEssentials
import Glibc
import HTTPClient
import Locks

/// A folder of a bucket that speaks S3's protocol.
///
/// Calls block their thread; several threads may call at once. Keys are read from the environment with each request, so
/// that a bad one is told of when it is needed.
///
/// - SeeAlso: The Amazon S3 API reference.
package final class S3Bucket: Sendable {
  let address: S3Address
  private let environment: [String: String]
  /// Clients that wait for their next request, whose connections are open.
  private let idle = Guarded<[HTTPClient]>([])

  package init(
    _ uri: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(TrackingError) {
    address = try S3Address(uri, environment: environment)
    self.environment = environment
  }

  /// A request about a key; about the bucket if it is empty.
  struct Call {
    var method: String
    var key = ""
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body = HTTPClientRequest.Body.none
    var bodyDigest = S3Signature.emptyDigest
    /// The file that the answer's body is written to.
    var output: String?
    /// The statuses that are answers, besides those of success.
    var accepted: Set<Int> = []
  }

  /// Sends a request, up to three times while the fault may pass.
  ///
  /// - Throws: ``TrackingError/bucketFailed(uri:reason:)``, ``TrackingError/invalidBucket(uri:reason:)``.
  func send(_ call: Call) throws(TrackingError) -> HTTPClientResponse {
    let signer = try signature()
    let client = idle.withLock { $0.popLast() } ?? Self.client()
    defer { idle.withLock { $0.append(client) } }
    var tries = 0
    while true {
      switch attempt(call, client, signer) {
      case .success(let answer): return answer
      case .failure(let refusal):
        tries += 1
        guard refusal.isPassing, tries < 3 else {
          throw .bucketFailed(uri: address.uri(call.key), reason: refusal.reason)
        }
        usleep(UInt32(200_000 * tries))
      }
    }
  }

  private func attempt(
    _ call: Call, _ client: HTTPClient, _ signer: S3Signature
  ) -> Result<HTTPClientResponse, Refusal> {
    do throws(HTTPClientError) {
      let answer = try send(call, client, signer)
      if answer.isSuccess || call.accepted.contains(answer.status) { return .success(answer) }
      let failure = S3Failure(
        status: answer.status, body: answer.body, region: answer.header("x-amz-bucket-region"))
      return .failure(Refusal(reason: failure.reason(address), isPassing: failure.isPassing))
    } catch {
      // A connection that was kept open may have been closed meanwhile.
      let isPassing = if case .failed = error { true } else { false }
      return .failure(
        Refusal(reason: String(error.description.dropLast()), isPassing: isPassing))
    }
  }

  /// Why a request was not done, and whether to try again.
  private struct Refusal: Error {
    let reason: String
    let isPassing: Bool
  }

  private func send(
    _ call: Call, _ client: HTTPClient, _ signer: S3Signature
  ) throws(HTTPClientError) -> HTTPClientResponse {
    let path = address.path(call.key)
    let query = S3Signature.query(call.query)
    let headers = signer.headers(
      call.method, host: address.host, path: path, query: call.query, headers: call.headers,
      bodyDigest: call.bodyDigest, seconds: currentMilliseconds() / 1000)
    let request = HTTPClientRequest(
      call.method,
      "\(address.scheme)://\(address.host)\(path)\(query.isEmpty ? "" : "?\(query)")",
      headers: headers, body: call.body)
    guard let output = call.output else { return try client.send(request) }
    return try client.download(request, to: output)
  }

  private static func client() -> HTTPClient {
    var settings = HTTPClient.Settings()
    settings.stallSeconds = 30
    settings.bodyLimit = 16 << 20
    return HTTPClient(settings)
  }

  func signature() throws(TrackingError) -> S3Signature {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    guard let id = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") else {
      throw .invalidBucket(
        uri: address.uri(address.prefix),
        reason: "there are no keys for it; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
    return S3Signature(
      keyID: id, secret: secret, token: value("AWS_SESSION_TOKEN"), region: address.region)
  }

  // MARK: Objects

  /// The size of an object in bytes; `nil` if it is not there.
  package func size(_ key: String) throws(TrackingError) -> Int64? { try head(key)?.size }

  /// The size in bytes and the ETag of an object; `nil` if it is not there.
  func head(_ key: String) throws(TrackingError) -> (size: Int64, etag: String)? {
    let answer = try send(Call(method: "HEAD", key: key, accepted: [400, 401, 403, 404]))
    if answer.isSuccess {
      let size = answer.header("content-length").flatMap(Int64.init) ?? 0
      return (size, answer.header("etag") ?? "")
    }
    if answer.status == 404 { return nil }
    // An answer to HEAD has no body to tell why; one to this has.
    _ = try list(limit: 1)
    throw .bucketFailed(
      uri: address.uri(key),
      reason: S3Failure(
        status: answer.status, body: [], region: answer.header("x-amz-bucket-region")
      ).reason(address))
  }

  /// Writes bytes of an object to the file `path`; all of them by default.
  func download(
    _ key: String, _ range: Range<Int64>? = nil, to path: String
  ) throws(TrackingError) {
    var call = Call(method: "GET", key: key, output: path)
    if let range {
      call.headers = [("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")]
    }
    _ = try send(call)
  }

  /// Removes an object; one that is not there is no error.
  func remove(_ key: String) throws(TrackingError) {
    _ = try send(Call(method: "DELETE", key: key, accepted: [404]))
  }

  /// The objects of the folder, in the order of their keys; with the times in milliseconds when they were made.
  func list(
    limit: Int? = nil, below folder: String = ""
  ) throws(TrackingError) -> [(key: String, size: Int64, modified: Int64)] {
    var found: [(key: String, size: Int64, modified: Int64)] = []
    var token: String?
    repeat {
      var query = [
        ("list-type", "2"), ("prefix", address.keyPrefix + folder), ("encoding-type", "url"),
      ]
      if let limit { query.append(("max-keys", "\(limit)")) }
      if let token { query.append(("continuation-token", token)) }
      let body = try send(Call(method: "GET", query: query.map { (name: $0.0, value: $0.1) })).body
      for object in xmlElements("Contents", in: body[...]) {
        guard let key = xmlTexts("Key", in: object).first,
          let size = xmlTexts("Size", in: object).first.flatMap(Int64.init)
        else { continue }
        let modified = xmlTexts("LastModified", in: object).first.flatMap(Self.milliseconds)
        found.append((StoreLocation.decodingPercents(key), size, modified ?? .max))
      }
      token = xmlTexts("NextContinuationToken", in: body[...]).first
    } while token != nil && limit == nil
    return found
  }
}
