package import JupyterProtocol
import Synchronization

/// The kernel's logic without its sockets: takes frames in, posts frames to an outbox.
///
/// The socket thread calls `receive`. Control requests are answered right there, so that a
/// running cell never delays them. Shell requests queue up for one task that serves them in
/// order, those of each subshell for a task of its own.
package final class Dispatcher: Sendable {
  let executor: any CellExecutor
  let publisher: Publisher
  let information: KernelInformation
  let connection: ConnectionFile
  let history: any HistoryStore
  let log: @Sendable (String) -> Void
  let state = Mutex(SessionState())
  let turn = CellTurn()
  let usage = Mutex(UsageMeter())
  private let reader: Mutex<MessageReader>

  package init(
    executor: any CellExecutor, publisher: Publisher, signer: MessageSigner,
    information: KernelInformation, connection: ConnectionFile, history: any HistoryStore,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.executor = executor
    self.publisher = publisher
    self.information = information
    self.connection = connection
    self.history = history
    self.log = log
    reader = Mutex(MessageReader(signer: signer))
  }

  /// Takes one multipart message from a socket; returns soon.
  ///
  /// Frames that are no authentic message are logged and dropped: there is nobody to trust with
  /// an answer.
  package func receive(_ frames: [[UInt8]], on channel: Channel) {
    let message: Message
    do {
      message = try reader.withLock { reader throws(JupyterProtocolError) in
        try reader.message(from: frames)
      }
    } catch {
      log("refused a message on \(channel): \(error)")
      return
    }
    let request = Request(message: message, channel: channel)
    switch channel {
    case .shell: enqueue(request)
    case .control: serveNow(request)
    case .stdin: acceptInput(message)
    case .iopub: break
    }
  }

  /// Takes a subscription frame of the iopub socket: welcomes the new subscriber.
  ///
  /// The kernel counts as starting until its first request, so the first subscriber learns that.
  ///
  /// - SeeAlso: Jupyter messaging 5.5, "Welcome message"; JEP 65.
  package func welcome(subscriberTo topic: [UInt8]) {
    publisher.welcome(subscriberTo: topic)
    let isStarting = state.withLock { state in
      defer { state.isStarting = false }
      return state.isStarting
    }
    if isStarting { publisher.publish(KernelStatus(.starting), parent: nil) }
  }

  /// Stops the running cell and aborts the cells that wait; any thread may call it.
  package func interrupt() {
    // The state first: a cell must not slip into the executor after the interrupt.
    state.withLock { $0.interrupt() }
    executor.interrupt()
  }

  /// Ends the executor's processes, then lets the socket thread end.
  package func shutDown() {
    let isFirst = state.withLock { state in
      defer { state.stop() }
      return !state.isStopping
    }
    guard isFirst else { return }
    Task(priority: .userInitiated) {
      await history.close()
      await executor.shutDown()
      publisher.stop()
    }
  }

  /// Whether the kernel is on its way out.
  package var isStopping: Bool {
    state.withLock { $0.isStopping }
  }

  // MARK: Serving

  /// Serves a control request on the calling thread.
  private func serveNow(_ request: Request) {
    if let route = Route.table[request.type], case .background = route.work {
      Task(priority: .userInitiated) { await serve(RequestQueue.Entry(request: request)) }
      return
    }
    let period = BusyPeriod(self, request)
    guard let route = route(of: request) else { return period.end() }
    switch route.work {
    case .immediate(let respond):
      let result = Result { () throws(JupyterProtocolError) in try respond(self, request) }
      period.end(after: result, as: route.replyType)
    case .queued, .background:
      log("ignored \(request.type) on \(request.channel): send it on shell")
      period.end()
    }
  }

  private func enqueue(_ request: Request) {
    switch state.withLock({ $0.enqueue(request) }) {
    case .isQueued: break
    case .unknownSubshell: refuseUnknownSubshell(request)
    case .startsQueue:
      let subshell = request.subshell
      Task(priority: .userInitiated) {
        while let next = state.withLock({ $0.dequeue(from: subshell) }) { await serve(next) }
      }
    }
  }

  /// Serves a request that may take time; of each shell, one at a time.
  private func serve(_ queued: RequestQueue.Entry) async {
    let request = queued.request
    let period = BusyPeriod(self, request)
    guard let route = route(of: request) else { return period.end() }
    if queued.isAborted {
      return period.end(after: .success(abortedReply()), as: route.replyType)
    }
    switch route.work {
    case .immediate(let respond):
      let result = Result { () throws(JupyterProtocolError) in try respond(self, request) }
      period.end(after: result, as: route.replyType)
    case .queued(let respond), .background(let respond):
      let result: Result<Response, JupyterProtocolError>
      do {
        result = .success(try await respond(self, request))
      } catch {
        result = .failure(error)
      }
      period.end(after: result, as: route.replyType)
    }
  }

  /// Finds who answers `request`; logs when nobody does.
  func route(of request: Request) -> Route? {
    guard let route = Route.table[request.type], route.channels.contains(request.channel) else {
      log("ignored \(request.type) on \(request.channel): the kernel does not know it there")
      return nil
    }
    return route
  }

  /// Hands the frontend's answer to the cell that waits for it, unless it comes too late.
  private func acceptInput(_ message: Message) {
    guard message.header.messageType == InputReply.messageType else {
      log("ignored \(message.header.messageType) on stdin: only input_reply belongs there")
      return
    }
    do {
      let reply = try message.content(as: InputReply.self)
      let parent = message.parentHeader?.identifier
      guard state.withLock({ $0.acceptsInput(answering: parent) }) else {
        log("ignored an input_reply: no cell waits for it")
        return
      }
      executor.answerInput(reply.value)
    } catch {
      log("refused an input_reply: \(error)")
    }
  }
}

/// The time between a request's `busy` and its `idle`: the one place that emits both.
struct BusyPeriod: ~Copyable {
  private let dispatcher: Dispatcher
  private let request: Request

  /// Publishes `busy`.
  init(_ dispatcher: Dispatcher, _ request: Request) {
    self.dispatcher = dispatcher
    self.request = request
    dispatcher.state.withLock { $0.isStarting = false }
    dispatcher.publisher.publish(KernelStatus(.busy), parent: request.message)
  }

  /// Publishes `idle` without any reply.
  consuming func end() {
    dispatcher.publisher.publish(KernelStatus(.idle), parent: request.message)
  }

  /// Replies with `result` as a message of type `replyType`, publishes `idle`, then does what
  /// the response asks for.
  consuming func end(
    after result: Result<Response, JupyterProtocolError>, as replyType: String?
  ) {
    let publisher = dispatcher.publisher
    switch result {
    case .success(let response):
      if let content = response.content, let replyType {
        publisher.reply(content, type: replyType, to: request, metadata: response.metadata)
      }
      publisher.publish(KernelStatus(.idle), parent: request.message)
      response.afterwards?()
    case .failure(let error):
      dispatcher.log("cannot serve \(request.type): \(error)")
      if let replyType {
        let reply = ErrorReply(
          name: error.name, value: "\(error)", traceback: ["\(error.name): \(error)"],
          executionCount: replyType == ExecuteReply.messageType
            ? dispatcher.state.withLock { $0.executionCount } : nil)
        publisher.reply(reply, type: replyType, to: request, metadata: ["status": "error"])
      }
      publisher.publish(KernelStatus(.idle), parent: request.message)
    }
  }
}
