import CommandArguments
import Tracking
import TrackingServer

/// `martlet serve`: lets MLflow's clients use the tracking store, as `track-cli serve` does.
struct ServeCommand: Subcommand {
  static let name = "serve"
  static var help: String {
    let options = (place + ServeInvocation.options).map { "  \($0)\n" }.joined()
    return """
      martlet serve [OPTION]...

      Serves the tracking store to MLflow's clients and page, and to other Martlets:
      MLFLOW_TRACKING_URI=http://127.0.0.1:5000 or TRACKING_URI=http://127.0.0.1:5000
      leads there. Ctrl-C ends it, after the requests that are being answered. Other
      machines are served with --accounts only.

      \(options)
      The exit status is 0 when it was told to end, otherwise 1.
      """
  }

  private static let place = [
    "    --store PLACE      the store: a path, sqlite:///path or file:path; else",
    "                       $TRACKING_URI, or the nearest tracking.db upwards",
  ]

  private let store: String?
  private let invocation: ServeInvocation

  init(_ arguments: inout Arguments) throws(UsageError) {
    store = try arguments.option("--store")
    invocation = try ServeInvocation(&arguments)
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run() throws -> Int32 {
    try invocation.run(TrackingStore(file: store, artifacts: invocation.artifacts))
    print("Stopped.")
    return 0
  }
}
