import JupyterProtocol
import Synchronization

extension Dispatcher {
  /// Runs one cell: `execute_input`, then its outputs, then its error if it failed.
  ///
  /// - SeeAlso: Jupyter messaging 5.5, "Execute".
  func execute(_ content: ExecuteRequest, _ request: Request) async -> Response {
    await turn.take()
    defer { turn.give() }
    if state.withLock({ $0.isInterrupted(in: request.subshell) }) { return abortedReply() }
    let started = timestamp()
    let start = ContinuousClock.now
    let count = state.withLock { state in
      if content.storesHistory { state.executionCount += 1 }
      if !content.isSilent { state.latestCell = request.message }
      return state.executionCount
    }
    if content.storesHistory { history.append(line: count, source: content.code) }
    if !content.isSilent {
      publisher.publish(
        ExecuteInput(code: content.code, executionCount: count), parent: request.message)
    }
    let metadata = try? request.message.metadata(as: ExecuteRequestMetadata.self)
    let cell = CellRequest(
      code: content.code, executionCount: count, isSilent: content.isSilent,
      userExpressions: content.userExpressions, allowsInput: content.allowsInput,
      cellID: metadata?.cellID, messageID: request.message.header.identifier,
      isInterrupted: { self.state.withLock { $0.isInterrupted(in: request.subshell) } })
    let outcome =
      if let query = HelpQuery(content.code) {
        await answer(query, request)
      } else {
        await run(cell, content, request)
      }
    state.withLock { $0.endInput() }
    if let failure = outcome.failure {
      publisher.publish(
        ErrorOutput(name: failure.name, value: failure.value, traceback: failure.traceback),
        parent: request.message)
      if content.stopsOnError { await abortCompanions(of: request, since: start) }
    }
    return reply(to: outcome, count: count, started: started)
  }

  /// Aborts the cells sent together with one that started at `start` and failed.
  ///
  /// "Run All" sends a notebook's cells one after the other; when the first fails at once, the
  /// rest is still on its way. So they get a moment to arrive. It must be over before the reply:
  /// cells that are sent because of the reply must run.
  private func abortCompanions(
    of request: Request, since start: ContinuousClock.Instant
  ) async {
    try? await Task.sleep(until: start + .milliseconds(20), clock: .continuous)
    state.withLock { $0.abortQueuedCells(in: request.subshell) }
  }

  /// The reply to a cell that was queued behind a failure or an interrupt.
  func abortedReply() -> Response {
    Response(content: ExecuteReply(status: .aborted), metadata: ["status": "aborted"])
  }

  /// Hands the cell to the executor, unless an interrupt came before it could.
  private func run(
    _ cell: CellRequest, _ content: ExecuteRequest, _ request: Request
  ) async -> CellOutcome {
    guard !cell.isInterrupted() else {
      let value = "the cell was interrupted before it started"
      return CellOutcome(
        failure: CellFailure(
          name: "Interrupted", value: value, traceback: ["Interrupted: \(value)"]))
    }
    return await executor.execute(cell) { output in
      self.publish(output, of: content, count: cell.executionCount, request: request)
    }
  }

  /// Shows a name's description in the frontend's pager.
  ///
  /// - SeeAlso: Jupyter messaging 5.5, "Payloads".
  private func answer(_ query: HelpQuery, _ request: Request) async -> CellOutcome {
    guard
      let description = await executor.inspection(
        of: query.name, at: query.name.unicodeScalars.count, detailLevel: query.detailLevel)
    else {
      publisher.publish(
        StreamOutput(name: "stdout", text: "Object `\(query.name)` not found.\n"),
        parent: request.message)
      return CellOutcome()
    }
    return CellOutcome(payload: [["source": "page", "data": .object(description), "start": 0]])
  }

  private func reply(to outcome: CellOutcome, count: Int, started: String) -> Response {
    var reply = ExecuteReply(
      status: outcome.failure == nil ? .ok : .error, executionCount: count,
      userExpressions: outcome.userExpressions.mapValues(\.wireValue), payload: outcome.payload)
    reply.errorName = outcome.failure?.name
    reply.errorValue = outcome.failure?.value
    reply.traceback = outcome.failure?.traceback
    // JupyterLab's execution timing reads `started`.
    return Response(
      content: reply,
      metadata: ["started": .string(started), "status": .string(reply.status.rawValue)])
  }

  /// Broadcasts something that a cell published, or asks for the input that it wants.
  private func publish(
    _ output: CellOutput, of content: ExecuteRequest, count: Int, request: Request
  ) {
    switch output {
    case .result(let data, let metadata):
      if content.isSilent { return }
      if content.storesHistory, let text = data["text/plain"]?.string {
        history.setOutput(text, line: count)
      }
      publisher.publish(
        ExecuteResult(executionCount: count, data: data, metadata: metadata),
        parent: request.message)
    case .inputRequest(let prompt, let isPassword):
      askForInput(
        InputRequest(prompt: prompt, isPassword: isPassword), isAllowed: content.allowsInput,
        request)
    default: publish(output, parent: request.message)
    }
  }

  /// Broadcasts something that the session's code published, in a cell or elsewhere.
  func publish(_ output: CellOutput, parent: Message?) {
    switch output {
    case .stream(let stream, let text):
      publisher.publish(StreamOutput(name: stream.rawValue, text: text), parent: parent)
    case .result(let data, let metadata):
      publisher.publish(
        DisplayData(data: data, metadata: metadata, displayID: nil), parent: parent)
    case .display(let data, let metadata, let displayID, isUpdate: false):
      publisher.publish(
        DisplayData(data: data, metadata: metadata, displayID: displayID), parent: parent)
    case .display(let data, let metadata, let displayID, isUpdate: true):
      publisher.publish(
        UpdateDisplayData(data: data, metadata: metadata, displayID: displayID), parent: parent)
    case .clear(let wait):
      publisher.publish(ClearOutput(wait: wait), parent: parent)
    case .comm(let event): publish(event, parent: parent)
    case .commsLost: closeComms(parent: parent)
    case .inputRequest:
      log("answered an input request with nothing: only a cell can ask")
      executor.answerInput("")
    }
  }

  private func askForInput(_ input: InputRequest, isAllowed: Bool, _ request: Request) {
    guard isAllowed else {
      log("answered an input request with nothing: the frontend takes none")
      executor.answerInput("")
      return
    }
    // Under the lock: the answer must not come in before it is awaited.
    state.withLock { $0.awaitInput(publisher.requestInput(input, for: request)) }
  }
}

extension UserExpressionValue {
  /// The value as an execution reply carries it.
  fileprivate var wireValue: JSONValue {
    switch self {
    case .value(let data, let metadata):
      ["status": "ok", "data": .object(data), "metadata": .object(metadata)]
    case .failure(let failure):
      [
        "status": "error", "ename": .string(failure.name), "evalue": .string(failure.value),
        "traceback": .array(failure.traceback.map(JSONValue.string)),
      ]
    }
  }
}
