internal import Foundation

// A library of its own: the worker loads it when an error ends a cell and Foundation is there.
// So neither the worker nor the library that cells import has to load Foundation.

/// What the `any Error` at `pointer` says through Foundation's protocols, malloc'ed; nil when it
/// says nothing there.
@c(martlet_error_text)
public func errorText(_ pointer: UnsafeRawPointer) -> UnsafeMutablePointer<CChar>? {
  let error = unsafe pointer.assumingMemoryBound(to: (any Error).self).pointee
  return unsafe foundationText(of: error).map { unsafe strdup($0) }
}

/// The error's description, then its reason, its suggestion and where it is from, each on a line.
func foundationText(of error: any Error) -> String? {
  // Their own descriptions name the key and the path; Foundation's texts do not.
  if error is DecodingError || error is EncodingError { return nil }
  if let error = error as? any LocalizedError, let text = localizedText(of: error) { return text }
  guard error is any CustomNSError || type(of: error) is NSError.Type else { return nil }
  return text(of: error as NSError)
}

private func localizedText(of error: any LocalizedError) -> String? {
  let notes = [error.failureReason, error.recoverySuggestion].compactMap(\.self)
  guard error.errorDescription != nil || !notes.isEmpty else { return nil }
  return ([error.errorDescription ?? String(describing: error)] + notes).joined(separator: "\n")
}

private func text(of error: NSError) -> String {
  var lines = [error.localizedDescription]
  if let reason = error.localizedFailureReason, !lines[0].contains(reason) { lines.append(reason) }
  if let suggestion = error.localizedRecoverySuggestion { lines.append(suggestion) }
  let url = error.userInfo[NSURLErrorKey] as? URL
  if let path = error.userInfo[NSFilePathErrorKey] as? String ?? url?.path, !path.isEmpty {
    lines.append("file: \(path)")
  }
  if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error {
    lines.append("caused by: \((cause as NSError).localizedDescription)")
  }
  lines.append("domain: \(error.domain), code: \(error.code)")
  return lines.joined(separator: "\n")
}
