import JSONValues

/// Calls that need an answer, so that they throw where the server is away.
extension MLflowServer {
  /// Calls the server; what it does not have is `missing`, and what it has already is `exists`.
  func answer(
    _ method: String, _ path: String, _ message: JSONValue, missing: TrackingError? = nil,
    exists: TrackingError? = nil
  ) throws(TrackingError) -> JSONValue {
    do throws(DeliveryFailure) {
      return try call(method, path, message)
    } catch {
      if case .rejected("RESOURCE_DOES_NOT_EXIST", _) = error, let missing { throw missing }
      if case .rejected("RESOURCE_ALREADY_EXISTS", _) = error, let exists { throw exists }
      throw .serverFailed(url: address.url, reason: error.reason)
    }
  }

  /// Calls `body` with the items of each page of a search, until it has enough.
  func forEachPage(
    _ method: String, _ path: String, _ list: String, _ message: [String: JSONValue], size: Int,
    _ body: ([JSONValue]) throws(TrackingError) -> Bool
  ) throws(TrackingError) {
    var message = message
    message["max_results"] = .int(size)
    while true {
      let answer = try answer(method, path, .object(message))
      guard try body(answer[list]?.array ?? []),
        let token = answer["next_page_token"]?.string, !token.isEmpty
      else { return }
      message["page_token"] = .string(token)
    }
  }

  /// The items of all pages of a search.
  func pages(
    _ method: String, _ path: String, _ list: String, _ message: [String: JSONValue] = [:],
    limit: Int? = nil, offset: Int = 0, size: Int = 100
  ) throws(TrackingError) -> [JSONValue] {
    var items: [JSONValue] = []
    let wanted = limit.map { offset + $0 }
    try forEachPage(method, path, list, message, size: min(size, wanted ?? size)) { page in
      items += page
      return wanted.map { items.count < $0 } ?? true
    }
    return Array(items.dropFirst(offset).prefix(limit ?? .max))
  }
}
