import FoundationEssentials
import Glibc

/// The process that a run lives in, so that others can see whether it still does.
struct RunOwner: Sendable, Equatable {
  /// How long a run on another machine may be silent before it counts as interrupted; its
  /// process gives a sign of life every ``heartbeatSeconds``.
  static let silenceLimitMilliseconds: Int64 = 300_000
  static let heartbeatSeconds = 15

  let host: String
  /// The system's boot and the process namespace: process ids mean the same only within both.
  let boot: String
  let pid: Int32
  /// The start of the process in clock ticks since boot: process ids are used again.
  let started: Int64

  /// This process.
  static let current = RunOwner(
    host: thisHost, boot: thisBoot, pid: getpid(), started: startOfProcess(getpid()) ?? 0)

  /// Whether the process may still be there; `silenceMilliseconds` is how long ago it gave its
  /// latest sign of life.
  func isAlive(silenceMilliseconds: Int64) -> Bool {
    guard host == Self.thisHost, boot == Self.thisBoot else {
      return silenceMilliseconds <= Self.silenceLimitMilliseconds
    }
    if kill(pid, 0) != 0, errno == ESRCH { return false }
    // What cannot be read belongs to another user, on a system that hides such processes.
    guard let found = Self.startOfProcess(pid) else { return true }
    return found == started
  }

  private static let thisHost = line(of: "/proc/sys/kernel/hostname") ?? "localhost"
  private static let thisBoot: String = {
    let boot = line(of: "/proc/sys/kernel/random/boot_id") ?? "unknown"
    let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    return "\(boot) \(namespace ?? "pid:[unknown]")"
  }()

  /// When process `pid` started; -1 for one that has ended but was not yet waited for, and `nil`
  /// where that cannot be read.
  private static func startOfProcess(_ pid: Int32) -> Int64? {
    // The second field is the name in brackets, which may hold anything.
    guard let text = line(of: "/proc/\(pid)/stat"), let bracket = text.lastIndex(of: ")") else {
      return nil
    }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19 else { return nil }
    return fields[0] == "Z" || fields[0] == "X" ? -1 : Int64(fields[19])
  }

  private static func line(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
