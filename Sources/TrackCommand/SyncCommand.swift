import CommandArguments
import Glibc
import Tracking

/// What `sync` ends with when servers do not have everything.
struct SyncError: Error, CustomStringConvertible {
  let counts: OutboxCounts

  var description: String {
    let refused =
      counts.rejected > 0
      ? " What a server refused can be tried again with --retry, or given up with --discard." : ""
    return "\(counts.waiting) entries wait and \(counts.rejected) were refused."
      + (counts.waiting > 0 ? " Run this again when the server is there." : "") + refused
  }
}

/// `sync`: delivers runs that wait for their server.
struct SyncCommand: StorelessCommand {
  static let name = "sync"
  static let operands = ""
  static let summary = "Deliver runs that wait for a tracking server."
  static let options = [
    "    --server URL       only those of this server",
    "    --status           deliver nothing, only show what waits",
    "    --retry            try again what a server refused",
    "    --discard          give up what a server refused",
  ]
  static let notes = """
    Programs whose TRACKING_URI is a server's URL keep what they log in the user's
    folder (~/.local/state/martlet/outbox) until the server has it. The exit status
    is 1 while something waits or was refused.
    """

  private let server: String?
  private let onlyShows: Bool
  private let retries: Bool
  private let discards: Bool

  init(_ arguments: inout Arguments) throws(UsageError) {
    server = try arguments.option("--server")
    onlyShows = arguments.flag("--status")
    retries = arguments.flag("--retry")
    discards = arguments.flag("--discard")
    _ = try arguments.operands(0...0, of: "options only")
    if retries, discards { throw UsageError("--retry and --discard exclude each other; keep one") }
  }

  func run(_ format: OutputFormat, _ style: Style) throws -> String {
    let address = server.flatMap { ServerAddress($0) }
    if let server, address == nil {
      throw UsageError("--server takes a URL of http or https, not \"\(server)\"")
    }
    var table = Table(columns: [
      .init(title: "server"), .init(title: "state", mayShrink: true),
      .init(title: "waiting", alignment: .right), .init(title: "refused", alignment: .right),
    ])
    var total = OutboxCounts()
    var messages: [JSON] = []
    var lines: [String] = []
    for outbox in try Outbox.all() where address == nil || address?.url == outbox.url {
      if retries { try outbox.retry() }
      if discards { try outbox.discardRejections() }
      let outcome = onlyShows ? nil : try outbox.deliver()
      let counts = try outbox.counts()
      total.waiting += counts.waiting
      total.rejected += counts.rejected
      let state = state(outcome, counts)
      table.rows.append([outbox.url, state, "\(counts.waiting)", "\(counts.rejected)"])
      let refusals = try outbox.rejections()
      lines += refusals.prefix(20).map { refusal in
        "refused: \(refusal.kind) \(refusal.key) of run \(refusal.run.prefix(8)): \(refusal.reason)\n"
      }
      messages.append(
        .object([
          ("server", .string(outbox.url)), ("state", .string(state)),
          ("waiting", .integer(Int64(counts.waiting))),
          ("refused", .integer(Int64(counts.rejected))), ("file", .string(outbox.path)),
        ]))
    }
    var text = table.text(format, style: style) + lines.joined()
    if format == .json {
      text = JSON.array(messages).text
    } else if table.rows.isEmpty {
      text = "Nothing waits for a server.\n"
    }
    guard total == OutboxCounts() else {
      print(text, terminator: "")
      fflush(nil)
      throw SyncError(counts: total)
    }
    return text
  }

  private func state(_ outcome: DeliveryOutcome?, _ counts: OutboxCounts) -> String {
    switch outcome {
    case .complete: counts.rejected == 0 ? "has everything" : "refused some"
    case .busy: "another process delivers"
    case .stopped(let reason): reason
    case nil: counts.waiting == 0 ? "has everything" : "not asked"
    }
  }
}
