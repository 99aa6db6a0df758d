import HTTPServer

/// Refuses requests that a page of another site makes a browser send: those have that site's name in Origin or, where the site's name
/// was made to mean this machine, in Host.
///
/// - SeeAlso: Fetch Standard, section "`Origin` header"; RFC 9110, section 7.2.
enum RequestGuard {
  static func check(_ request: HTTPRequest) throws(APIError) {
    if let host = request.headers["host"], !isThisMachine(host) {
      throw APIError(
        .permissionDenied,
        "The Host \"\(host)\" is not this machine's; ask for 127.0.0.1 or localhost.")
    }
    guard let origin = request.headers["origin"] else { return }
    let scheme = ["http://", "https://"].first { origin.hasPrefix($0) }
    guard let scheme, isThisMachine(String(origin.dropFirst(scheme.count))) else {
      throw APIError(.permissionDenied, "Pages of \"\(origin)\" may not use this server.")
    }
  }

  /// Whether `place`, perhaps with a port, is a name of the machine itself.
  private static func isThisMachine(_ place: String) -> Bool {
    let name =
      place.hasPrefix("[")
      ? place.prefix { $0 != "]" } + "]"
      : place.prefix { $0 != ":" }
    return ["localhost", "127.0.0.1", "[::1]"].contains(name.lowercased())
  }
}
