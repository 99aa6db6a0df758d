import Processes

/// How a worker process ended, and what it had used.
struct WorkerDeath: Sendable, Equatable {
  var status: ExitStatus
  /// The most memory that it had, in bytes.
  var peakMemoryBytes = 0
  /// How many processes the system has killed for want of memory while the worker lived.
  var killsForMemory = 0

  /// What happened, to follow "the process".
  var explanation: String {
    let memory = "it had used up to \(Self.text(ofBytes: peakMemoryBytes)) of memory"
    switch status {
    case .signalled(9) where killsForMemory > 0:
      return "ran out of memory and was killed by the system (SIGKILL); \(memory)"
    case .signalled(9):
      return "ended with \(status), as when the system runs out of memory or someone kills it; "
        + memory
    case .exited(WorkerExit.outOfMemory):
      return "ended with \(status), which is how it ends when it can get no more memory; \(memory)"
    default: return "ended with \(status)"
    }
  }

  /// How many processes the system has killed since it started because memory ran out.
  static var memoryKills: Int {
    guard let bytes = Files.read("/proc/vmstat") else { return 0 }
    return memoryKills(inStatistics: String(decoding: bytes, as: UTF8.self))
  }

  /// Reads the count from the lines of `/proc/vmstat`; 0 where they have none.
  static func memoryKills(inStatistics text: String) -> Int {
    for line in text.split(separator: "\n") where line.hasPrefix("oom_kill ") {
      return Int(line.dropFirst("oom_kill ".count)) ?? 0
    }
    return 0
  }

  private static func text(ofBytes bytes: Int) -> String {
    let tenths = (bytes * 10 + (1 << 29)) >> 30
    return tenths < 10 ? "\((bytes + (1 << 19)) >> 20) MiB" : "\(tenths / 10).\(tenths % 10) GiB"
  }
}
