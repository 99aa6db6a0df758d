import JupyterProtocol
import Synchronization

extension Dispatcher {
  /// - SeeAlso: Jupyter messaging 5.5, "Comm info".
  func listComms(_ content: CommInfoRequest) -> Response {
    let open = state.withLock { $0.comms }.filter { _, target in
      content.targetName.map { $0 == target } ?? true
    }
    let comms = open.mapValues { JSONValue.object(["target_name": .string($0)]) }
    return Response(content: CommInfoReply(comms: comms))
  }

  /// Hands what the frontend did with a comm to the session's code and waits for its callback.
  ///
  /// A comm that nobody takes is closed. What a callback publishes, its error too, has the
  /// frontend's message as its parent.
  ///
  /// - SeeAlso: Jupyter messaging 5.5, "Custom Messages".
  func receive(_ action: CommEvent.Action, _ commID: String, data: JSONValue, _ request: Request)
    async -> Response
  {
    let parent = request.message
    let metadata = try? parent.metadata(as: [String: JSONValue].self)
    let event = CommEvent(
      commID: commID, action: action, data: data, metadata: metadata ?? [:],
      buffers: parent.buffers)
    note(event)
    let outcome = await executor.handleComm(event, messageID: parent.header.identifier) {
      self.publish($0, parent: parent)
    }
    switch outcome {
    case .handled: break
    case .untaken:
      guard case .open(let target) = action else { break }
      log("closed a comm: nothing here is called \"\(target)\"")
      publish(CommEvent(commID: commID, action: .close), parent: parent)
    case .failed(let failure):
      publisher.publish(
        ErrorOutput(name: failure.name, value: failure.value, traceback: failure.traceback),
        parent: parent)
    }
    return Response()
  }

  /// Broadcasts what the session's code did with a comm.
  func publish(_ event: CommEvent, parent: Message?) {
    note(event)
    switch event.action {
    case .open(let target):
      publisher.publish(
        CommOpen(commID: event.commID, targetName: target, data: event.data), parent: parent,
        metadata: event.metadata, buffers: event.buffers)
    case .message:
      publisher.publish(
        CommMessage(commID: event.commID, data: event.data), parent: parent,
        metadata: event.metadata, buffers: event.buffers)
    case .close:
      publisher.publish(
        CommClose(commID: event.commID, data: event.data), parent: parent,
        metadata: event.metadata, buffers: event.buffers)
    }
  }

  /// Closes every comm: the process that had them is gone.
  func closeComms(parent: Message?) {
    let lost = state.withLock { $0.comms.keys.sorted() }
    for commID in lost { publish(CommEvent(commID: commID, action: .close), parent: parent) }
  }

  /// Keeps the list of open comms.
  private func note(_ event: CommEvent) {
    state.withLock { state in
      switch event.action {
      case .open(let target): state.comms[event.commID] = target
      case .message: break
      case .close: state.comms[event.commID] = nil
      }
    }
  }
}
