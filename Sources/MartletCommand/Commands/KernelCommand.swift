import CommandArguments
import CellCompiler
import JupyterProtocol
import Kernel
import Session

/// `kernel --connection-file FILE`: serves a frontend until it shuts the kernel down.
struct KernelCommand: Subcommand {
  static let name = "kernel"
  static let help = """
    Usage: martlet kernel --connection-file FILE
           martlet kernel install [--user | --sys-prefix | --prefix DIR] [--name NAME]
           martlet kernel uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME]

    Serve the Jupyter frontend that wrote FILE, the way its kernelspec asks for; or write or
    remove that kernelspec.
    """

  private let connectionFile: String
  private let listeners: Listeners

  init(_ arguments: inout Arguments) throws(UsageError) {
    guard let file = try arguments.option("--connection-file") else {
      throw UsageError("--connection-file FILE is missing")
    }
    connectionFile = file
    let descriptors = try arguments.option("--listening")
    guard let listeners = descriptors.map(Listeners.init) ?? Listeners() else {
      throw UsageError(
        "--listening takes what martlet-kernel gives, such as shell=3,control=4, not "
          + "\"\(descriptors ?? "")\"")
    }
    self.listeners = listeners
    // `jupyter run` and `jupyter console` hand on the files that they were given themselves.
    arguments.ignoreOperands()
  }

  func run() throws -> Int32 {
    let connection = try ConnectionFile(path: connectionFile)
    let history = HistoryLocation().open()
    let kernel = Kernel(
      connection: connection, executor: NotebookSession(store: history),
      information: KernelInformation(
        version: Martlet.version, languageVersion: Toolchain.requiredVersion),
      options: Kernel.Options(listeners: listeners), history: history)
    return try kernel.run()
  }
}
