import Locks
import StandardError

/// What users are told of a server, once each.
enum Notices {
  private static let told = Guarded<Set<String>>([])

  /// The server cannot be delivered to now.
  static func away(_ url: String, reason: String, outbox: String) {
    guard told.withLock({ $0.insert("away \(url)").inserted }) else { return }
    StandardError.print(
      "Tracking: \(url) takes nothing now (\(reason)). Runs are kept in \(outbox) and delivered when it does, "
        + "while this program runs or by: track-cli sync")
  }

  /// The server has everything again.
  static func back(_ url: String) {
    guard told.withLock({ $0.remove("away \(url)") != nil }) else { return }
    StandardError.print("Tracking: \(url) is back and has everything.")
  }

  /// The server will never take an entry; one is told of, the others are counted by `track-cli sync`.
  static func rejected(_ entry: OutboxEntry, reason: String, server url: String) {
    guard told.withLock({ $0.insert("rejected \(url)").inserted }) else { return }
    let what = entry.kind == .start ? "a run" : "the \(entry.kind.rawValue) \"\(entry.key)\""
    StandardError.print(
      "Tracking: \(url) refused \(what): \(reason). What it refuses is kept aside; see: track-cli sync"
    )
  }
}
