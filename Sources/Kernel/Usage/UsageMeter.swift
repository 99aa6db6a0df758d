import FoundationEssentials
import JupyterProtocol

/// Measures what the kernel's processes use; rates are those since the measurement before.
struct UsageMeter: Sendable {
  private struct Sample: Sendable {
    let time: ContinuousClock.Instant
    /// Processor time of the kernel's processes, in seconds.
    let kernelSeconds: Double
    let host: HostTimes?
  }

  private var last: Sample?

  /// Measures everything that a reply tells.
  mutating func measure() -> UsageReply {
    let process = ProcessInfo.processInfo
    let members = ProcessTable.read().tree(of: process.processIdentifier)
    let sample = Sample(
      time: .now, kernelSeconds: members.reduce(0) { $0 + $1.processorSeconds },
      host: HostTimes(statistics: SystemFile.text("/proc/stat")))
    defer { last = sample }
    var reply = UsageReply(
      hostname: process.hostName, processIdentifier: Int(process.processIdentifier),
      coreCount: process.activeProcessorCount)
    reply.kernelMemory = members.reduce(0) { $0 + $1.memory }
    reply.hostMemory = UsageReply.VirtualMemory(information: SystemFile.text("/proc/meminfo"))
    if let last {
      let elapsed = max(sample.time - last.time, .milliseconds(1)) / .seconds(1)
      // Less than before when a process left the family; nothing can be said then.
      reply.kernelCPU = max(0, sample.kernelSeconds - last.kernelSeconds) / elapsed * 100
      reply.hostCPU = last.host.flatMap { sample.host?.percentBusy(since: $0) }
    }
    return reply
  }
}

/// Files of procfs.
enum SystemFile {
  /// The file's text; empty when it cannot be read, as those of a process that has just ended.
  static func text(_ path: String) -> String {
    (try? Data(contentsOf: URL(filePath: path))).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// The bytes behind a `name: 123 kB` line of `text`.
  static func bytes(_ name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}

/// Processor time of the whole machine, in ticks.
///
/// - SeeAlso: proc(5), `/proc/stat`.
struct HostTimes: Sendable, Equatable {
  let total: Int
  let idle: Int

  init?(statistics: String) {
    let ticks = statistics.prefix { $0 != "\n" }.split(separator: " ").dropFirst()
      .map { Int($0) ?? 0 }
    guard ticks.count >= 8 else { return nil }
    // The guests' time, behind these eight, is part of the first two.
    total = ticks[..<8].reduce(0, +)
    idle = ticks[3] + ticks[4]
  }

  /// The busy part of the time since `earlier`, from 0 to 100; `nil` when none has passed.
  func percentBusy(since earlier: HostTimes) -> Double? {
    guard total > earlier.total else { return nil }
    let idlePart = Double(idle - earlier.idle) / Double(total - earlier.total)
    return min(max(1 - idlePart, 0), 1) * 100
  }
}

extension UsageReply.VirtualMemory {
  /// Reads `/proc/meminfo`.
  ///
  /// - SeeAlso: proc(5), `/proc/meminfo`.
  init(information: String) {
    self.init()
    func bytes(_ name: String) -> Int { SystemFile.bytes(name, in: information) ?? 0 }
    total = bytes("MemTotal")
    free = bytes("MemFree")
    available = SystemFile.bytes("MemAvailable", in: information) ?? free
    used = max(0, total - available)
    percent = total > 0 ? Double(used) / Double(total) * 100 : 0
    active = bytes("Active")
    inactive = bytes("Inactive")
    buffers = bytes("Buffers")
    cached = bytes("Cached") + bytes("SReclaimable")
    shared = bytes("Shmem")
    slab = bytes("Slab")
  }
}
