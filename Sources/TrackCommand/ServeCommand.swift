import CommandArguments
import Dispatch
import FoundationEssentials
import Glibc
import HTTPServer
import Tracking
import TrackingServer

/// `serve`: lets MLflow's clients use the store.
struct ServeCommand: Command {
  static let name = "serve"
  static let operands = ""
  static let summary = "Serve the store to MLflow's clients, on this machine."
  static let options = [
    "    --port PORT        listen at this port; by default 5000, 0 is any that is free",
    "    --mlflow-ui PLACE  show MLflow's own page, from this folder of an installed",
    "                       mlflow package or virtual environment; auto looks for one",
  ]
  static let notes = """
    MLflow's client finds it by MLFLOW_TRACKING_URI=http://127.0.0.1:5000. Ctrl-C ends
    it, after the requests that are being answered.
    """
  let access = StoreAccess.create

  private let port: Int
  private let pagePlace: String?

  init(_ arguments: inout Arguments) throws(UsageError) {
    port = try arguments.count("--port", minimum: 0) ?? 5000
    guard port <= 65535 else { throw UsageError("--port takes a number up to 65535, not \(port)") }
    pagePlace = try arguments.option("--mlflow-ui")
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run(_ context: Context) throws -> String {
    var page: MLflowPage?
    if let pagePlace {
      page = MLflowPage(pagePlace, environment: ProcessInfo.processInfo.environment)
      guard page != nil else { throw Self.missingPage(pagePlace) }
    }
    let server = try TrackingServer(
      store: context.store, host: "127.0.0.1", port: port, page: page)
    print("Serving \(context.store.path) at http://127.0.0.1:\(server.port)")
    fflush(nil)
    let ended = DispatchSemaphore(value: 0)
    let sources = [SIGINT, SIGTERM].map { signal in
      Glibc.signal(signal, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
      source.setEventHandler { ended.signal() }
      source.activate()
      return source
    }
    ended.wait()
    withExtendedLifetime(sources) { server.stop() }
    return "Stopped.\n"
  }

  private static func missingPage(_ place: String) -> Refusal {
    let location = place == "auto" ? "in no Python that was found" : "not at \(place)"
    return Refusal(
      "MLflow's page is \(location). Install it (pip install mlflow; mlflow-skinny has none), "
        + "and name its virtual environment or package folder.")
  }
}
