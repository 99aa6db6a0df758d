import HTTPServer

/// Refuses requests that a page of another site makes a browser send: those have that site's name in Origin or, where the site's name
/// was made to mean this machine, in Host.
///
/// - SeeAlso: Fetch Standard, section "`Origin` header"; RFC 9110, section 7.2.
struct RequestGuard: Sendable {
  /// Other names of this machine that clients may use; a `*` is every name.
  let allowedHosts: [String]
  /// Whether only this machine itself is served, so that its own names are the only ones.
  let isLocal: Bool

  func check(_ headers: [String: String]) throws(APIError) {
    let host = headers["host"]
    if isLocal, let host, !isAllowed(host) {
      throw APIError(
        .permissionDenied,
        "The Host \"\(host)\" is not this machine's; ask for 127.0.0.1 or localhost, or start the server with --allowed-hosts."
      )
    }
    if !isLocal, !allowedHosts.isEmpty, let host, !isAllowed(host) {
      throw APIError(
        .permissionDenied, "The Host \"\(host)\" is not among those of --allowed-hosts.")
    }
    guard let origin = headers["origin"] else { return }
    let scheme = ["http://", "https://"].first { origin.hasPrefix($0) }
    let place = scheme.map { String(origin.dropFirst($0.count)) }
    guard let place, place == host || isAllowed(place) else {
      throw APIError(.permissionDenied, "Pages of \"\(origin)\" may not use this server.")
    }
  }

  /// Whether `place`, perhaps with a port, is a name of the machine itself or an allowed one.
  private func isAllowed(_ place: String) -> Bool {
    let name =
      place.hasPrefix("[")
      ? place.prefix { $0 != "]" } + "]"
      : place.prefix { $0 != ":" }
    return (["localhost", "127.0.0.1", "[::1]"] + allowedHosts).contains {
      $0 == "*" || $0.lowercased() == name.lowercased() || $0.lowercased() == place.lowercased()
    }
  }
}
