import JupyterProtocol
import Synchronization

extension Dispatcher {
  /// - SeeAlso: Jupyter messaging 5.5, "Completion".
  func complete(_ content: CompleteRequest) async -> Response {
    let cursor = Self.clamped(content.cursor, in: content.code)
    let completions = await executor.completions(in: content.code, at: cursor)
    let matches = completions.matches.map { match in
      CompleteReply.TypedMatch(
        text: match.text, type: match.type, signature: match.signature,
        start: completions.start, end: completions.end)
    }
    return Response(
      content: CompleteReply(matches: matches, start: completions.start, end: completions.end))
  }

  /// - SeeAlso: Jupyter messaging 5.5, "Introspection".
  func inspect(_ content: InspectRequest) async -> Response {
    let cursor = Self.clamped(content.cursor, in: content.code)
    let description = await executor.inspection(
      of: content.code, at: cursor, detailLevel: content.detailLevel)
    return Response(content: InspectReply(description))
  }

  /// - SeeAlso: Jupyter messaging 5.5, "Code completeness".
  func checkCompleteness(_ content: IsCompleteRequest) async -> Response {
    if HelpQuery(content.code) != nil {
      return Response(content: IsCompleteReply(status: .complete))
    }
    let reply =
      switch await executor.completeness(of: content.code) {
      case .complete: IsCompleteReply(status: .complete)
      case .incomplete(let indent): IsCompleteReply(status: .incomplete, indent: indent)
      case .invalid: IsCompleteReply(status: .invalid)
      case .unknown: IsCompleteReply(status: .unknown)
      }
    return Response(content: reply)
  }

  /// Tells what the kernel, its worker and their children use.
  ///
  /// - SeeAlso: ipykernel, `usage_request`.
  func measureUsage() -> Response {
    Response(content: usage.withLock { $0.measure() })
  }

  /// - SeeAlso: Jupyter messaging 5.5, "History".
  func searchHistory(_ content: HistoryRequest) async -> Response {
    let query: HistoryQuery =
      switch content.access {
      case .tail:
        .tail(limit: content.limit ?? 10)
      case .range:
        .range(session: content.session, start: content.start ?? 0, stop: content.stop)
      case .search:
        .search(
          pattern: content.pattern ?? "*", limit: content.limit, isUnique: content.isUnique)
      }
    let entries = await history.entries(query).map { entry -> JSONValue in
      let source = JSONValue.string(entry.source)
      let output = entry.output.map(JSONValue.string) ?? .null
      let text = content.includesOutput ? .array([source, output]) : source
      return [.int(entry.session), .int(entry.line), text]
    }
    return Response(content: HistoryReply(history: entries))
  }

  /// Replies, tells every subscriber and ends the kernel.
  ///
  /// - SeeAlso: Jupyter messaging 5.5, "Kernel shutdown".
  func shutDown(_ content: ShutdownRequest, _ request: Request) -> Response {
    let reply = ShutdownReply(restarts: content.restarts)
    publisher.publish(reply, parent: request.message)
    return Response(content: reply, afterwards: { self.shutDown() })
  }

  /// - SeeAlso: Jupyter messaging 5.5, "Debug request".
  func refuseDebugging(_ content: DebugRequest) -> Response {
    Response(
      content: DebugReply(
        refusing: content, message: "this kernel has no debugger; print values instead"))
  }

  /// Returns the cursor in Unicode scalars, moved into the code.
  private static func clamped(_ cursor: Int?, in code: String) -> Int {
    let end = code.unicodeScalars.count
    return min(max(cursor ?? end, 0), end)
  }
}
