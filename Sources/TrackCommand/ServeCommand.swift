import CommandArguments
import Tracking
import TrackingServer

/// `serve`: lets MLflow's clients use the store.
struct ServeCommand: Command {
  static let name = "serve"
  static let operands = ""
  static let summary = "Serve the store to MLflow's clients."
  static let options = ServeInvocation.options
  static let notes = """
    MLflow's client finds it by MLFLOW_TRACKING_URI=http://127.0.0.1:5000. Ctrl-C
    ends it, after the requests that are being answered. Other machines are served
    with --accounts only.
    """
  let access = StoreAccess.create
  var artifacts: String? { invocation.artifacts }

  private let invocation: ServeInvocation

  init(_ arguments: inout Arguments) throws(UsageError) {
    invocation = try ServeInvocation(&arguments)
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run(_ context: Context) throws -> String {
    try invocation.run(context.store)
    return "Stopped.\n"
  }
}
