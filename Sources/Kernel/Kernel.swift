import FoundationEssentials
import Glibc
package import JupyterProtocol
import Synchronization
import ZeroMQ

/// A Jupyter kernel: the sockets of one connection file and the executor behind them.
///
/// ```swift
/// let kernel = Kernel(
///   connection: try ConnectionFile(path: path), executor: executor,
///   information: KernelInformation(version: "1.0", languageVersion: "6.3.1"))
/// exit(try kernel.run())
/// ```
///
/// The thread that calls `run` owns shell, control, stdin and iopub; one more thread echoes
/// heartbeats. Nobody else touches libzmq.
///
/// - SeeAlso: Jupyter messaging 5.5, "Introduction".
package final class Kernel: Sendable {
  private let connection: ConnectionFile
  private let executor: any CellExecutor
  private let information: KernelInformation
  private let options: Options
  private let history: any HistoryStore
  private let log: @Sendable (String) -> Void

  /// How the kernel fits into its process.
  package struct Options: Sendable {
    /// Whether SIGINT interrupts the cell and SIGTERM ends the kernel.
    package var handlesSignals: Bool
    /// The process whose end ends the kernel; `nil` when there is none.
    package var parentProcess: Int32?
    /// How long the executor may take to shut down.
    package var shutDownLimit: Duration
    /// Sockets that listen already; the others are made.
    package var listeners: Listeners

    /// Makes options; the parent process is the one that Jupyter names in `JPY_PARENT_PID`.
    package init(
      handlesSignals: Bool = true,
      parentProcess: Int32? = ProcessInfo.processInfo.environment["JPY_PARENT_PID"].flatMap {
        Int32($0)
      },
      shutDownLimit: Duration = .seconds(3), listeners: Listeners = Listeners()
    ) {
      self.handlesSignals = handlesSignals
      self.parentProcess = parentProcess
      self.shutDownLimit = shutDownLimit
      self.listeners = listeners
    }
  }

  /// Makes a kernel that does not listen yet.
  ///
  /// - Parameters:
  ///   - connection: Where to listen.
  ///   - executor: What compiles and runs cells.
  ///   - information: What the kernel tells about itself.
  ///   - options: How the kernel fits into its process.
  ///   - history: Where the cells that were run are kept.
  ///   - log: Takes lines for whoever looks after the kernel.
  package init(
    connection: ConnectionFile, executor: any CellExecutor, information: KernelInformation,
    options: Options = Options(), history: any HistoryStore = MemoryHistory(),
    log: @escaping @Sendable (String) -> Void = { writeToStandardError("martlet: \($0)") }
  ) {
    self.connection = connection
    self.executor = executor
    self.information = information
    self.options = options
    self.history = history
    self.log = log
  }

  /// Listens and serves until a shutdown request, SIGTERM or the end of the parent process.
  ///
  /// It blocks the calling thread, which must not be one of Swift's concurrency pool.
  ///
  /// - Returns: The process's exit status.
  /// - Throws: `KernelError.transport` when a port is in use or a socket fails.
  package func run() throws(KernelError) -> Int32 {
    do {
      let context = try Context()
      let heartbeat = try EchoThread(
        endpoint: connection.endpoint(port: connection.heartbeatPort), in: context,
        options: connection.encryption + options.listeners.options(for: .heartbeat))
      defer {
        context.shutDown()
        heartbeat.join()
      }
      try serve(in: context)
      return 0
    } catch {
      throw .transport(error)
    }
  }

  /// Runs the loop of the socket thread; the sockets are closed when it returns.
  private func serve(in context: Context) throws(ZeroMQError) {
    let sockets = try KernelSockets(connection, listeners: options.listeners, in: context)
    let outbox = try Outbox()
    let signals = try WakeUp()
    if options.handlesSignals { SignalForwarding.start([SIGINT, SIGTERM], to: signals) }
    defer { if options.handlesSignals { SignalForwarding.stop([SIGINT, SIGTERM]) } }
    let signer = MessageSigner(key: connection.key)
    let dispatcher = Dispatcher(
      executor: executor, publisher: Publisher(outbox: outbox, signer: signer, log: log),
      signer: signer, information: information, connection: connection, history: history,
      log: log)
    executor.start { output in
      dispatcher.publish(output, parent: dispatcher.state.withLock { $0.latestCell })
    }
    let parent = ParentGuard(options.parentProcess)
    var poller = KernelPoller(
      sockets, wakeUps: [outbox.descriptor, signals.descriptor], parent: parent.descriptor)
    var deadline: ContinuousClock.Instant?
    while true {
      let patience = deadline.map { ContinuousClock.now.duration(to: $0) } ?? parent.pollInterval
      try poller.wait(for: patience)
      try poller.receive(from: sockets, dispatcher)
      guard try sockets.send(outbox.drain()) else { return }
      signals.reset()
      act(on: SignalForwarding.takePending(), dispatcher)
      if poller.hasParentEnded || parent.isOrphaned {
        poller.ignoreParent()
        dispatcher.shutDown()
      }
      if dispatcher.isStopping, deadline == nil {
        deadline = ContinuousClock.now + options.shutDownLimit
      }
      if let deadline, deadline <= ContinuousClock.now {
        log("ended although the executor did not within \(options.shutDownLimit)")
        return
      }
    }
  }

  /// Interrupts the cell on SIGINT; ends the kernel on SIGTERM.
  private func act(on signals: [Int32], _ dispatcher: Dispatcher) {
    guard options.handlesSignals else { return }
    for signal in signals {
      if signal == SIGINT { dispatcher.interrupt() }
      if signal == SIGTERM { dispatcher.shutDown() }
    }
  }
}
