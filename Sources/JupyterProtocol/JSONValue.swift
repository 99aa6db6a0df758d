/// Any JSON value, as message contents and MIME bundles carry it.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

/// Representations of one value by MIME type; Jupyter's "mimebundle".
///
/// A JSON type (`application/json`, `application/*+json`) holds any JSON value, binary types hold
/// base64 text, all others hold text.
package typealias MIMEBundle = [String: JSONValue]
