import FoundationEssentials
import HTTPServer
import JSONValues
import StandardError

/// What a request is called in logs, here and elsewhere.
struct RequestIdentity {
  /// The client's `X-Request-Id`, the trace's or a new one.
  let request: String
  /// The trace that the request belongs to.
  let trace: String?

  /// - SeeAlso: W3C Trace Context, section 3.2.
  init(_ head: HTTPRequestHead) {
    let parts = (head.headers["traceparent"] ?? "").split(separator: "-").map(String.init)
    let isTrace =
      parts.count >= 4 && parts[1].utf8.count == 32 && parts[1] != String(repeating: "0", count: 32)
      && parts[1].allSatisfy { $0.isHexDigit && !$0.isUppercase }
    trace = isTrace ? parts[1] : nil
    if let given = head.headers["x-request-id"], (1...128).contains(given.utf8.count),
      given.unicodeScalars.allSatisfy({ scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
          || "._-".unicodeScalars.contains(scalar)
      })
    {
      request = given
    } else {
      request = trace ?? UUID().uuidString.lowercased()
    }
  }
}

/// A line on the standard error for each request; its query and its body are never part of it.
package struct RequestLog: Sendable {
  package enum Format: String, Sendable, CaseIterable {
    case text
    case json
  }

  private let format: Format

  init(_ format: Format) {
    self.format = format
  }

  func write(_ exchange: Exchange, _ response: HTTPResponse, _ id: RequestIdentity) {
    let time = Date().ISO8601Format(.init(includingFractionalSeconds: true))
    let milliseconds = (exchange.duration / .milliseconds(1) * 1000).rounded() / 1000
    let count: Int64 =
      switch response.body {
      case .bytes(let bytes): Int64(bytes.count)
      case .file(_, _, let count), .temporaryFile(_, let count): count
      case .stream: 0
      }
    let level = response.status >= 500 ? "error" : response.status >= 400 ? "warn" : "info"
    switch format {
    case .json:
      var json = JSONWriter()
      json.object { json in
        json.member("time", time)
        json.member("level", level)
        json.member("message", "request")
        json.member("method", exchange.head.method)
        json.member("path", exchange.head.path)
        json.member("status", Int64(response.status))
        json.member("duration_ms", milliseconds)
        json.member("bytes", count)
        json.member("client", exchange.peer)
        if let account = response.account { json.member("account", account) }
        json.member("request_id", id.request)
        if let trace = id.trace { json.member("trace_id", trace) }
      }
      StandardError.print(String(decoding: json.bytes, as: UTF8.self))
    case .text:
      let path = JSONText.quoted(exchange.head.path)
      let method = exchange.head.method
      StandardError.print(
        "\(time) \(level) \(exchange.peer) \(response.account ?? "-") \(method) \(path) \(response.status) \(count) B "
          + "\(milliseconds) ms \(id.request)")
    }
  }
}
