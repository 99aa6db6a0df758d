package import CommandArguments
import FoundationEssentials
import Glibc
import HTTPServer
package import Tracking

/// What `track-cli serve` and `martlet serve` were asked for.
package struct ServeInvocation: Sendable {
  /// The lines of the help on the options.
  package static let options = [
    "    --host HOST        the address to listen at, IPv4 or IPv6; by default",
    "                       127.0.0.1",
    "    --port PORT        the port to listen at; by default 5000; 0 is a free one",
    "    --artifacts PLACE  keep artifacts' files there: a folder, file:///DIR",
    "                       or s3://BUCKET/DIR",
    "    --accounts FILE    who may use the server; see track-cli accounts --help",
    "    --no-auth          let everybody in, on this machine only; also NO_AUTH=1",
    "    --tls-cert FILE    serve https with this certificate, in PEM,",
    "    --tls-key FILE     and this key",
    "    --allowed-hosts HOSTS",
    "                       names, with commas, that clients may call this by",
    "    --log-format FORMAT",
    "                       write a line for each request to standard error, as",
    "                       text or json",
    "    --mlflow-ui PLACE  show MLflow's own page, from the folder of an mlflow",
    "                       package or a virtual environment; auto looks for one",
    "    --max-body BYTES   the most bytes of a body; by default 1048576",
    "    --timeout SECONDS  end connections that are silent for so long, and",
    "                       requests that take so long to arrive; by default 60",
  ]

  private var server = ServerOptions()
  private let certificate: String?
  private let key: String?
  private let accounts: String?
  private let pagePlace: String?
  /// Where the files of artifacts are kept; `nil` is beside the store.
  package let artifacts: String?

  /// Takes the options; `environment` may have `NO_AUTH`.
  package init(
    _ arguments: inout Arguments,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(UsageError) {
    server.host = try arguments.option("--host") ?? server.host
    server.port = try arguments.count("--port", minimum: 0) ?? server.port
    guard server.port <= 65535 else {
      throw UsageError("--port takes a number up to 65535, not \(server.port)")
    }
    certificate = try arguments.option("--tls-cert")
    key = try arguments.option("--tls-key")
    guard (certificate == nil) == (key == nil) else {
      throw UsageError("--tls-cert and --tls-key go together")
    }
    artifacts = try arguments.option("--artifacts")
    pagePlace = try arguments.option("--mlflow-ui")
    let named = try arguments.option("--accounts")
    let isOpen = arguments.flag("--no-auth") || !["", "0"].contains(environment["NO_AUTH"] ?? "")
    accounts = isOpen ? nil : named
    server.allowedHosts = (try arguments.option("--allowed-hosts") ?? "").split(separator: ",")
      .map(String.init)
    if let name = try arguments.option("--log-format") {
      guard let format = RequestLog.Format(rawValue: name) else {
        throw UsageError("--log-format is text or json, not \"\(name)\"")
      }
      server.logFormat = format
    }
    server.bodyBytes = try arguments.count("--max-body", minimum: 1024) ?? server.bodyBytes
    server.seconds = try arguments.count("--timeout", minimum: 1) ?? server.seconds
    guard server.seconds <= 86_400 else { throw UsageError("--timeout is at most 86400 seconds") }
    guard server.isLocal || accounts != nil else {
      throw UsageError(
        isOpen
          ? "--no-auth and NO_AUTH are for this machine only; leave --host \(server.host) out"
          : "other machines are served with --accounts FILE only; or leave --host \(server.host) out"
      )
    }
  }

  /// Serves `store` until the process is told to end, and says where on the standard output.
  package func run(_ store: TrackingStore) throws {
    var options = server
    if let certificate, let key {
      options.identity = HTTPServer.Identity(
        certificate: try Self.text(of: certificate), key: try Self.text(of: key))
    }
    if let pagePlace {
      options.page = MLflowPage(pagePlace, environment: ProcessInfo.processInfo.environment)
      guard options.page != nil else { throw MissingPage(place: pagePlace) }
    }
    if let accounts { options.accounts = try AccountStore(path: accounts) }
    try store.checkContents()
    EndSignals.watch()
    let server = try TrackingServer(store: store, options: options)
    let host =
      options.host.contains(":") && !options.host.hasPrefix("[")
      ? "[\(options.host)]" : options.host
    let scheme = options.identity == nil ? "http" : "https"
    print("Serving \(store.path) at \(scheme)://\(host):\(server.port)")
    fflush(nil)
    EndSignals.wait()
    server.stop()
  }

  private static func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HTTPServerError.cannotSecure(reason: "\(path) cannot be read")
    }
    return String(decoding: data, as: UTF8.self)
  }
}

/// That MLflow's page is not where it was to be.
private struct MissingPage: Error, CustomStringConvertible {
  let place: String

  var description: String {
    let location = place == "auto" ? "in no Python that was found" : "not at \(place)"
    return "MLflow's page is \(location). Install it (pip install mlflow; mlflow-skinny has none), "
      + "and name its virtual environment or package folder."
  }
}
