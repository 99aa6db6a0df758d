// Whoever handles messages handles the values in them.
@_exported public import JSONValues

/// Representations of one value by MIME type; Jupyter's "mimebundle".
///
/// A JSON type (`application/json`, `application/*+json`) holds any JSON value, binary types hold
/// base64 text, all others hold text.
package typealias MIMEBundle = [String: JSONValue]
