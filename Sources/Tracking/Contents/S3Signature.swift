import Digest

/// Signs requests to S3, so that the secret key itself is never sent.
///
/// ```swift
/// let signer = S3Signature(keyID: "AKID", secret: "…", token: nil, region: "us-east-1")
/// let headers = signer.headers("GET", host: "bucket.s3.amazonaws.com", path: "/key", bodyDigest: digest, time: now)
/// ```
///
/// - SeeAlso: AWS's "Signature Version 4 for API requests", and the Amazon S3 API reference, "Authenticating Requests".
package struct S3Signature: Sendable {
  /// The SHA-256 of no bytes, in hexadecimal digits.
  package static let emptyDigest =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  private let keyID: String
  private let secret: String
  /// The token of a session, for keys that expire.
  private let token: String?
  private let region: String

  package init(keyID: String, secret: String, token: String?, region: String) {
    self.keyID = keyID
    self.secret = secret
    self.token = token
    self.region = region
  }

  /// The headers to send with a request, the signature among them.
  ///
  /// - Parameters:
  ///   - method: `GET`, `PUT` and so on.
  ///   - host: The server as the request's `Host` header has it, with a port that is not the scheme's own.
  ///   - path: The escaped path.
  ///   - query: Names and values, not escaped.
  ///   - headers: Other headers to sign.
  ///   - bodyDigest: The body's SHA-256 in hexadecimal digits, which S3 checks.
  ///   - seconds: The time, since 1970.
  /// - Returns: `headers` and those of the signature, `Authorization` last.
  package func headers(
    _ method: String, host: String, path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], bodyDigest: String, seconds: Int64
  ) -> [(name: String, value: String)] {
    let time = Self.basicTime(seconds)
    var sent = headers
    sent.append(("x-amz-content-sha256", bodyDigest))
    sent.append(("x-amz-date", time))
    if let token { sent.append(("x-amz-security-token", token)) }
    let signed = (sent + [("host", host)]).map { ($0.0.lowercased(), Self.trimmed($0.1)) }
      .sorted { $0.0 < $1.0 }
    let names = signed.map(\.0).joined(separator: ";")
    let lines = signed.map { "\($0.0):\($0.1)\n" }.joined()
    let request = [method, path, Self.query(query), lines, names, bodyDigest]
      .joined(separator: "\n")
    sent.append(
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(keyID)/\(scope(time)),SignedHeaders=\(names),"
          + "Signature=\(signature(of: request, time))"
      ))
    return sent
  }

  /// A query that lets whoever has it send one request without keys, for a while.
  ///
  /// - Parameters:
  ///   - method: `GET`, `PUT` and so on.
  ///   - host: The server as the request's `Host` header will have it.
  ///   - path: The escaped path.
  ///   - query: Names and values, not escaped.
  ///   - lifetime: For how many seconds it is valid, up to a week.
  ///   - seconds: The time, since 1970.
  /// - Returns: The whole query, escaped.
  /// - SeeAlso: The Amazon S3 API reference, "Authenticating Requests: Using Query Parameters".
  package func query(
    _ method: String, host: String, path: String, query: [(name: String, value: String)] = [],
    lifetime: Int, seconds: Int64
  ) -> String {
    let time = Self.basicTime(seconds)
    var parts =
      query + [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(keyID)/\(scope(time))"),
        ("X-Amz-Date", time), ("X-Amz-Expires", "\(lifetime)"), ("X-Amz-SignedHeaders", "host"),
      ]
    if let token { parts.append(("X-Amz-Security-Token", token)) }
    let text = Self.query(parts)
    let request = [method, path, text, "host:\(host)\n", "host", "UNSIGNED-PAYLOAD"]
      .joined(separator: "\n")
    return "\(text)&X-Amz-Signature=\(signature(of: request, time))"
  }

  /// What a signature of that time is good for.
  private func scope(_ time: String) -> String { "\(time.prefix(8))/\(region)/s3/aws4_request" }

  private func signature(of request: String, _ time: String) -> String {
    let text =
      "AWS4-HMAC-SHA256\n\(time)\n\(scope(time))\n\(hexadecimal(sha256(Array(request.utf8))))"
    var key = Array("AWS4\(secret)".utf8)
    for part in [String(time.prefix(8)), region, "s3", "aws4_request"] {
      key = Self.code(part, key)
    }
    return hexadecimal(Self.code(text, key))
  }

  private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
    HMACSHA256(key: key).signature(of: [Array(text.utf8)])
  }

  /// A query with its names in order, as it is both sent and signed.
  static func query(_ parts: [(name: String, value: String)]) -> String {
    parts.map {
      (StoreLocation.encodingPercents($0.name), StoreLocation.encodingPercents($0.value))
    }.sorted { $0 < $1 }
      .map { "\($0)=\($1)" }.joined(separator: "&")
  }

  private static func trimmed(_ text: String) -> String {
    text.split(separator: " ").joined(separator: " ")
  }

  /// A time as ISO 8601 writes it without separators: `20130524T000000Z`.
  package static func basicTime(_ seconds: Int64) -> String {
    let days = Int((Double(seconds) / 86400).rounded(.down))
    let rest = Int(seconds) - days * 86400
    // The days of a year that begins in March, so that leap days come last.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let date =
      (yearOfEra + era * 400 + (month >= 10 ? 1 : 0)) * 10000
      + (month < 10 ? month + 3 : month - 9) * 100 + dayOfYear - (153 * month + 2) / 5 + 1
    let clock = rest / 3600 * 10000 + rest / 60 % 60 * 100 + rest % 60
    return "\(padded(date, 8))T\(padded(clock, 6))Z"
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
