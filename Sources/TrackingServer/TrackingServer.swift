package import HTTPServer
import JSONValues
package import Tracking

/// How a server serves.
package struct ServerOptions: Sendable {
  package var host = "127.0.0.1"
  /// The port; 0 is any that is free.
  package var port = 5000
  /// What to serve by TLS with.
  package var identity: HTTPServer.Identity?
  /// Who may use it; `nil` is everybody.
  package var accounts: AccountStore?
  /// Names of the machine that clients may use beside its own.
  package var allowedHosts: [String] = []
  /// How requests are written to the standard error; `nil` is not at all.
  package var logFormat: RequestLog.Format?
  /// The most bytes of a request's body, other than an artifact's.
  package var bodyBytes = 1 << 20
  /// How long a connection may be silent, and a request may take to arrive.
  package var seconds = 60

  /// MLflow's own page, where it is to be shown.
  package var page: MLflowPage?

  package init() {}

  /// Whether the server listens for this machine only.
  package var isLocal: Bool {
    host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
  }
}

/// Serves a tracking store to MLflow's clients.
///
/// - SeeAlso: MLflow's REST API 2.0.
package final class TrackingServer: Sendable {
  private let server: HTTPServer

  /// The port that it listens at.
  package var port: Int { server.port }

  /// Listens and serves.
  package init(store: TrackingStore, options: ServerOptions) throws(HTTPServerError) {
    let metrics = ServerMetrics()
    let log = options.logFormat.map { RequestLog($0) }
    let routes = Routes(
      store: store, page: options.page, metrics: metrics,
      door: Doorkeeper(accounts: options.accounts),
      guardian: RequestGuard(allowedHosts: options.allowedHosts, isLocal: options.isLocal),
      isSecure: options.identity != nil)
    @Sendable func isUpload(_ head: HTTPRequestHead) -> Bool {
      head.method == "PUT" && head.path.hasPrefix(ArtifactsAPI.proxy)
    }
    @Sendable func isPageUpload(_ head: HTTPRequestHead) -> Bool {
      head.method == "POST" && head.path == PageAPI.upload
    }
    let limits = HTTPServer.Limits(
      bodySize: {
        if isUpload($0) { return .max }
        if UploadsAPI.isPart($0) { return PartedUpload.largestPart }
        if UploadsAPI.isList($0) { return max(UploadsAPI.longestList, options.bodyBytes) }
        return isPageUpload($0) ? PageAPI.largestUpload : options.bodyBytes
      },
      bodyFile: {
        isUpload($0) || isPageUpload($0) || UploadsAPI.isPart($0)
          ? try? store.newIncomingFile() : nil
      },
      refusal: { routes.refusal($0) }, seconds: options.seconds)
    server = try HTTPServer(
      host: options.host, port: options.port, limits: limits, identity: options.identity,
      finish: { exchange, response in
        metrics.count(exchange, response, route: routes.label(of: exchange.head))
        let id = RequestIdentity(exchange.head)
        log?.write(exchange, response, id)
        var response = response
        response.headers.append(("X-Request-Id", id.request))
        return response
      }
    ) { routes.answer($0) }
  }

  /// Takes no more requests, lets those end that are being answered, and stops.
  package func stop() { server.stop() }
}
