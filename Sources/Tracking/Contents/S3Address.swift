import FoundationEssentials

/// A place in a bucket, and the server that has it.
package struct S3Address: Sendable, Equatable {
  let bucket: String
  /// The keys' common beginning, without a slash at its ends.
  let prefix: String
  /// `http` or `https`, and the server with its port.
  package let scheme: String
  package let host: String
  /// Whether the bucket's name is part of the path instead of the server's.
  let isPathStyle: Bool
  package let region: String

  /// Reads `s3://BUCKET/PREFIX`, and the server and region from the environment.
  package init(
    _ uri: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(TrackingError) {
    let rest = uri.dropFirst("s3://".count)
    let parts = rest.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    func refuse(_ reason: String) -> TrackingError {
      .invalidBucket(uri: uri, reason: reason)
    }
    guard let bucket = parts.first, !rest.hasPrefix("/") else {
      throw refuse("it names no bucket; write s3://BUCKET/FOLDER")
    }
    let isName =
      (3...63).contains(bucket.utf8.count)
      && bucket.utf8.allSatisfy {
        $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
    guard isName else {
      throw refuse(
        "a bucket's name has 3 to 63 lowercase letters, digits, hyphens and dots, and it is \"\(bucket)\""
      )
    }
    guard !uri.contains("?"), !uri.contains("#"), !parts.contains(".."), !parts.contains("."),
      !uri.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }),
      uri.utf8.count <= 900
    else { throw refuse("the folder in it cannot be the beginning of a key") }
    func variable(_ names: String...) -> (name: String, value: String)? {
      for name in names {
        if let value = environment[name], !value.isEmpty { return (name, value) }
      }
      return nil
    }
    self.bucket = bucket
    prefix = parts.dropFirst().joined(separator: "/")
    region = variable("AWS_REGION", "AWS_DEFAULT_REGION")?.value ?? "us-east-1"
    guard region.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }) else {
      throw refuse("AWS_REGION is \"\(region)\", which is no region such as us-east-1")
    }
    if let endpoint = variable("MLFLOW_S3_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3") {
      (scheme, host) = try Self.endpoint(endpoint.value, of: endpoint.name, uri: uri)
      isPathStyle = true
      return
    }
    scheme = "https"
    // The certificates of S3 cover one label before its own name.
    isPathStyle = bucket.contains(".")
    let server = "s3.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")"
    host = isPathStyle ? server : "\(bucket).\(server)"
  }

  private static func endpoint(
    _ url: String, of variable: String, uri: String
  ) throws(TrackingError) -> (scheme: String, host: String) {
    for (scheme, port) in [("http", ":80"), ("https", ":443")] where url.hasPrefix("\(scheme)://") {
      var host = url.dropFirst(scheme.count + 3)
      while host.hasSuffix("/") { host = host.dropLast() }
      guard !host.isEmpty, !host.contains(where: { "/@?# ".contains($0) }) else { break }
      // A port that goes without saying is not in the Host header, which is signed.
      return (scheme, String(host.hasSuffix(port) ? host.dropLast(port.count) : host))
    }
    // The value may have a password in it.
    throw .invalidBucket(
      uri: uri, reason: "\(variable) is no URL such as https://minio.example.org:9000")
  }

  /// The key of contents with a SHA-256, spread over folders as in a folder of contents.
  package func key(_ digest: String) -> String { "\(keyPrefix)\(digest.prefix(2))/\(digest)" }

  /// What all keys begin with: nothing, or a folder and a slash.
  var keyPrefix: String { prefix.isEmpty ? "" : "\(prefix)/" }

  /// The escaped path of a key, or of the bucket.
  package func path(_ key: String) -> String {
    (isPathStyle ? "/\(bucket)" : "")
      + (key.isEmpty && isPathStyle ? "" : "/" + StoreLocation.encodingPercents(key, isPath: true))
  }

  /// How people write the place of a key.
  package func uri(_ key: String) -> String {
    key.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(key)"
  }
}
