import JupyterProtocol
import Synchronization

/// Subshells: queues of shell requests beside the main one.
///
/// Completion, inspection, history and comms of a subshell are answered while the main shell runs
/// a cell. Cells of all shells run in one worker and share its variables, so they run one at a
/// time; one of a subshell waits its turn, between a `busy` and an `idle` of its own.
///
/// - SeeAlso: JEP 91, "Kernel subshells".
extension Dispatcher {
  /// - SeeAlso: Jupyter messaging 5.5, "Create subshell".
  func createSubshell() -> Response {
    let subshell = uniqueIdentifier()
    state.withLock { $0.createSubshell(subshell) }
    return Response(content: CreateSubshellReply(subshell: subshell))
  }

  /// Ends a subshell: what waits in it is refused, what runs goes on to its end.
  ///
  /// - SeeAlso: Jupyter messaging 5.5, "Delete subshell".
  func deleteSubshell(
    _ content: DeleteSubshellRequest
  ) throws(JupyterProtocolError) -> Response {
    guard let waiting = state.withLock({ $0.deleteSubshell(content.subshell) }) else {
      throw .unknownSubshell(identifier: content.subshell)
    }
    return Response(
      content: DeleteSubshellReply(),
      afterwards: { for request in waiting { self.refuseUnknownSubshell(request) } })
  }

  /// - SeeAlso: Jupyter messaging 5.5, "List subshells".
  func listSubshells() -> Response {
    Response(content: ListSubshellReply(subshells: state.withLock { $0.subshells }))
  }

  /// Answers a request whose subshell is gone, so that no frontend waits for ever.
  func refuseUnknownSubshell(_ request: Request) {
    let period = BusyPeriod(self, request)
    let error = JupyterProtocolError.unknownSubshell(identifier: request.subshell ?? "")
    period.end(after: .failure(error), as: route(of: request)?.replyType)
  }
}
