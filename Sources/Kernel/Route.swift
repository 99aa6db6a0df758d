import JupyterProtocol

/// What a handler answers.
struct Response: Sendable {
  /// The reply's content; `nil` when the message type has no reply.
  var content: (any Encodable & Sendable)?
  var metadata: [String: JSONValue] = [:]
  /// What to do once the reply and `idle` are posted.
  var afterwards: (@Sendable () -> Void)?
}

/// How one type of message is served.
struct Route: Sendable {
  /// Who answers: quick work is done where the message arrives, other work only in shell's queues,
  /// or beside everything else.
  enum Work: Sendable {
    case immediate(@Sendable (Dispatcher, Request) throws(JupyterProtocolError) -> Response)
    case queued(@Sendable (Dispatcher, Request) async throws(JupyterProtocolError) -> Response)
    case background(@Sendable (Dispatcher, Request) async throws(JupyterProtocolError) -> Response)
  }

  /// The reply's message type; `nil` when there is no reply.
  let replyType: String?
  /// Where the message is understood.
  let channels: Set<Channel>
  let work: Work

  /// Every message type that the kernel understands; add a message here.
  ///
  /// - SeeAlso: Jupyter messaging 5.5, "Messages on the shell (ROUTER/DEALER) channel".
  static let table: [String: Route] = Dictionary(uniqueKeysWithValues: [
    immediate(KernelInfoRequest.self, on: [.shell, .control]) { kernel, _, _ in
      Response(content: kernel.information.reply)
    },
    immediate(ConnectRequest.self, on: [.shell, .control]) { kernel, _, _ in
      Response(content: ConnectReply(kernel.connection))
    },
    queued(ExecuteRequest.self) { await $0.execute($1, $2) },
    queued(CompleteRequest.self) { kernel, content, _ in await kernel.complete(content) },
    queued(InspectRequest.self) { kernel, content, _ in await kernel.inspect(content) },
    queued(IsCompleteRequest.self) { kernel, content, _ in
      await kernel.checkCompleteness(content)
    },
    queued(HistoryRequest.self) { kernel, content, _ in await kernel.searchHistory(content) },
    immediate(CommInfoRequest.self, on: [.shell]) { kernel, content, _ in
      kernel.listComms(content)
    },
    notification(CommOpen.self) {
      await $0.receive(.open(target: $1.targetName), $1.commID, data: $1.data, $2)
    },
    notification(CommMessage.self) { await $0.receive(.message, $1.commID, data: $1.data, $2) },
    notification(CommClose.self) { await $0.receive(.close, $1.commID, data: $1.data, $2) },
    immediate(InterruptRequest.self, on: [.shell, .control]) { kernel, _, _ in
      kernel.interrupt()
      return Response(content: InterruptReply())
    },
    immediate(CreateSubshellRequest.self, on: [.control]) { kernel, _, _ in
      kernel.createSubshell()
    },
    immediate(DeleteSubshellRequest.self, on: [.control]) {
      kernel, content, _ throws(JupyterProtocolError) in
      try kernel.deleteSubshell(content)
    },
    immediate(ListSubshellRequest.self, on: [.control]) { kernel, _, _ in
      kernel.listSubshells()
    },
    immediate(ShutdownRequest.self, on: [.shell, .control]) { $0.shutDown($1, $2) },
    background(UsageRequest.self, on: [.control]) { kernel, _ in kernel.measureUsage() },
    immediate(DebugRequest.self, on: [.shell, .control]) { kernel, content, _ in
      kernel.refuseDebugging(content)
    },
  ])
}

extension Route {
  /// Serves a quick request where it arrives.
  private static func immediate<Content: RequestContent>(
    _ type: Content.Type, on channels: Set<Channel>,
    _ respond:
      @escaping @Sendable (Dispatcher, Content, Request) throws(JupyterProtocolError) -> Response
  ) -> (String, Route) {
    let route = Route(
      replyType: Content.replyType, channels: channels,
      work: .immediate { kernel, request throws(JupyterProtocolError) in
        try respond(kernel, try request.message.content(as: type), request)
      })
    return (Content.messageType, route)
  }

  /// Serves a request that may take time, on shell.
  private static func queued<Content: RequestContent>(
    _ type: Content.Type,
    _ respond: @escaping @Sendable (Dispatcher, Content, Request) async -> Response
  ) -> (String, Route) {
    let route = Route(
      replyType: Content.replyType, channels: [.shell],
      work: .queued { kernel, request throws(JupyterProtocolError) in
        await respond(kernel, try request.message.content(as: type), request)
      })
    return (Content.messageType, route)
  }

  /// Serves a request that may take time, but waits for no cell.
  private static func background<Content: RequestContent>(
    _ type: Content.Type, on channels: Set<Channel>,
    _ respond: @escaping @Sendable (Dispatcher, Content) async -> Response
  ) -> (String, Route) {
    let route = Route(
      replyType: Content.replyType, channels: channels,
      work: .background { kernel, request throws(JupyterProtocolError) in
        await respond(kernel, try request.message.content(as: type))
      })
    return (Content.messageType, route)
  }

  /// Serves a message that has no reply and may take time, on shell.
  private static func notification<Content: MessageContent>(
    _ type: Content.Type,
    _ handle: @escaping @Sendable (Dispatcher, Content, Request) async -> Response
  ) -> (String, Route) {
    let route = Route(
      replyType: nil, channels: [.shell],
      work: .queued { kernel, request throws(JupyterProtocolError) in
        await handle(kernel, try request.message.content(as: type), request)
      })
    return (Content.messageType, route)
  }
}
