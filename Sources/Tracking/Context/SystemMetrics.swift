import Dispatch
import FoundationEssentials
import GraphicsCards
import Locks

/// Samples how busy the machine is while a run runs, as metrics by MLflow's names: `system/…`.
///
/// The first sample is taken after one interval, ten seconds unless `TRACKING_SYSTEM_METRICS` says another number of
/// them; `off` takes none, and so does MLflow's `MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING=false`.
package final class SystemMonitor: Sendable {
  private let timer: Guarded<any DispatchSourceTimer>

  /// Starts to sample; `nil` where that is switched off.
  package init?(
    run: Int64, store: TrackingStore,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    guard let seconds = Self.interval(environment) else { return nil }
    let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
    let milliseconds = max(1, Int(seconds * 1000))
    timer.schedule(
      deadline: .now() + .milliseconds(milliseconds), repeating: .milliseconds(milliseconds),
      leeway: .milliseconds(milliseconds / 10))
    let sampler = Guarded(SystemSampler(folder: store.path))
    timer.setEventHandler { [weak store] in
      let entries = sampler.withLock { $0.sample() }
      // A store that takes nothing shows in the run's own calls, which throw.
      try? store?.withDatabase { database throws(TrackingError) in
        try database.insert(entries, run: run)
      }
    }
    timer.activate()
    self.timer = Guarded(timer)
  }

  deinit { stop() }

  package func stop() { timer.withLock { $0.cancel() } }

  package static func interval(_ environment: [String: String]) -> Double? {
    if environment["MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING"]?.lowercased() == "false" { return nil }
    let text =
      environment["TRACKING_SYSTEM_METRICS"]
      ?? environment["MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"] ?? ""
    if ["off", "false", "0", "none"].contains(text.lowercased()) { return nil }
    guard let seconds = Double(text), seconds > 0, seconds < 86_400 else { return 10 }
    return seconds
  }
}

/// Counters of the system, and what they came to since the sample before.
///
/// - SeeAlso: proc(5).
package struct SystemSampler {
  private let folder: String
  private var step: Int64 = 0
  private var processor: (busy: Double, total: Double)
  private var ownTicks: Double
  private var network: (received: Double, sent: Double)
  private var time = ContinuousClock.now

  /// - Parameter folder: A file or folder on the disk that is looked at.
  package init(folder: String) {
    self.folder = folder
    processor = Self.processorTicks()
    ownTicks = Self.ownProcessorTicks()
    network = Self.networkBytes()
  }

  /// The values at this moment, and since the last call.
  package mutating func sample() -> [MetricEntry] {
    var values: [String: Double] = [:]
    let now = ContinuousClock.now
    let elapsed = max(1e-3, (now - time) / .seconds(1))
    time = now
    let ticks = Self.processorTicks()
    if ticks.total > processor.total {
      values["cpu_utilization_percentage"] =
        100 * (ticks.busy - processor.busy) / (ticks.total - processor.total)
    }
    processor = ticks
    let own = Self.ownProcessorTicks()
    // A hundred ticks are a second on Linux.
    values["process_cpu_utilization_percentage"] = max(0, own - ownTicks) / elapsed
    ownTicks = own
    if let total = Machine.meminfo("MemTotal"), let free = Machine.meminfo("MemAvailable") {
      values["system_memory_usage_megabytes"] = Double(total - free) / 1000 * 1.024
      values["system_memory_usage_percentage"] = 100 * Double(total - free) / Double(max(1, total))
    }
    if let pages = Machine.line(of: "/proc/self/statm")?.split(separator: " ").dropFirst().first {
      values["process_memory_usage_megabytes"] = (Double(pages) ?? 0) * 4096 / 1e6
    }
    if let disk = try? FileManager.default.attributesOfFileSystem(forPath: folder),
      let size = Self.number(disk[.systemSize]), let free = Self.number(disk[.systemFreeSize])
    {
      values["disk_usage_percentage"] = 100 * (size - free) / max(1, size)
      values["disk_usage_megabytes"] = (size - free) / 1e6
      values["disk_available_megabytes"] = free / 1e6
    }
    let bytes = Self.networkBytes()
    values["network_receive_megabytes"] = max(0, bytes.received - network.received) / 1e6
    values["network_transmit_megabytes"] = max(0, bytes.sent - network.sent) / 1e6
    network = bytes
    for (index, card) in (GraphicsCard.nvidia() + Self.listedCards()).enumerated() {
      for (name, value) in Self.values(of: card) { values["gpu_\(index)_\(name)"] = value }
    }
    defer { step += 1 }
    let milliseconds = currentMilliseconds()
    return values.sorted { $0.key < $1.key }.map { name, value in
      MetricEntry(
        key: "system/\(name)", value: value, step: step, timeMilliseconds: milliseconds)
    }
  }

  private static func processorTicks() -> (busy: Double, total: Double) {
    let fields = (Machine.line(of: "/proc/stat") ?? "").split(separator: " ").dropFirst()
      .compactMap { Double($0) }
    guard fields.count > 4 else { return (0, 0) }
    // Time of guests is part of the users' already.
    let total = fields.prefix(8).reduce(0, +)
    return (total - fields[3] - fields[4], total)
  }

  private static func ownProcessorTicks() -> Double {
    guard let text = Machine.line(of: "/proc/self/stat"), let bracket = text.lastIndex(of: ")")
    else { return 0 }
    let fields = text[text.index(after: bracket)...].split(separator: " ")
    guard fields.count > 12 else { return 0 }
    return (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0)
  }

  /// The bytes that came and went over all devices but the machine's own.
  private static func networkBytes() -> (received: Double, sent: Double) {
    var sum = (received: 0.0, sent: 0.0)
    for line in Machine.lines(of: "/proc/net/dev") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let fields = line[line.index(after: colon)...].split(separator: " ")
      guard fields.count > 8, line[..<colon].filter({ $0 != " " }) != "lo" else { continue }
      sum.received += Double(fields[0]) ?? 0
      sum.sent += Double(fields[8]) ?? 0
    }
    return sum
  }

  private static func number(_ value: Any?) -> Double? {
    switch value {
    case let value as UInt64: Double(value)
    case let value as Int64: Double(value)
    case let value as UInt: Double(value)
    case let value as Int: Double(value)
    default: nil
    }
  }

  /// Cards whose drivers write to the kernel's files, in order; AMD's does.
  private static func listedCards() -> [GraphicsCard] {
    let root = "/sys/class/drm"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.filter { $0.hasPrefix("card") && !$0.contains("-") }.sorted().compactMap { name in
      func read(_ file: String) -> Double? {
        Machine.line(of: "\(root)/\(name)/device/\(file)").flatMap { Double($0) }
      }
      guard let busy = read("gpu_busy_percent") else { return nil }
      var card = GraphicsCard()
      card.busyPercent = busy
      if let used = read("mem_info_vram_used"), let total = read("mem_info_vram_total"), total > 0 {
        card.memory = (used, total)
      }
      return card
    }
  }

  /// What is known of a card, by MLflow's names.
  private static func values(of card: GraphicsCard) -> [String: Double] {
    var values: [String: Double] = [:]
    values["utilization_percentage"] = card.busyPercent
    if let memory = card.memory {
      values["memory_usage_megabytes"] = memory.used / 1e6
      values["memory_usage_percentage"] = 100 * memory.used / memory.total
    }
    values["power_usage_watts"] = card.watts
    if let watts = card.watts, let limit = card.wattLimit, limit > 0 {
      values["power_usage_percentage"] = 100 * watts / limit
    }
    return values
  }
}
