import FoundationEssentials
import Glibc

/// The processes that are visible here, and who started whom.
///
/// - SeeAlso: proc(5), `/proc/[pid]/stat`, `/proc/[pid]/smaps_rollup`.
struct ProcessTable: Sendable {
  /// One process.
  struct Entry: Sendable, Equatable {
    let identifier: Int32
    let parent: Int32
    /// Processor time of the process and of its children that have ended, in seconds: so the sum
    /// over a family does not change when a child ends.
    let processorSeconds: Double

    /// Reads the `stat` file of a process; `nil` when it is none.
    init?(identifier: Int32, statistics: String, ticksPerSecond: Double) {
      // The name, in parentheses, may hold anything.
      guard let end = statistics.lastIndex(of: ")") else { return nil }
      let fields = statistics[end...].split(separator: " ").dropFirst().map(String.init)
      guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
      let ticks = fields[11...14].compactMap(Int.init).reduce(0, +)
      self.identifier = identifier
      self.parent = parent
      processorSeconds = Double(ticks) / ticksPerSecond
    }

    /// The memory that the process uses, its part of what it shares; in bytes.
    var memory: Int {
      let shares = SystemFile.text("/proc/\(identifier)/smaps_rollup")
      if let bytes = SystemFile.bytes("Pss", in: shares) { return bytes }
      return SystemFile.bytes("VmRSS", in: SystemFile.text("/proc/\(identifier)/status")) ?? 0
    }
  }

  private let entries: [Entry]

  init(_ entries: [Entry]) {
    self.entries = entries
  }

  /// Reads the processes that there are now.
  static func read() -> ProcessTable {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let ticksPerSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
    return ProcessTable(
      names.compactMap { name in
        Int32(name).flatMap { identifier in
          Entry(
            identifier: identifier, statistics: SystemFile.text("/proc/\(name)/stat"),
            ticksPerSecond: ticksPerSecond)
        }
      })
  }

  /// A process and all its descendants.
  func tree(of root: Int32) -> [Entry] {
    let children = Dictionary(grouping: entries, by: \.parent)
    var members = entries.filter { $0.identifier == root }
    var next = 0
    while next < members.count {
      let parent = members[next].identifier
      members += (children[parent] ?? []).filter { $0.identifier != parent }
      next += 1
    }
    return members
  }
}
