import FoundationEssentials
import Processes

/// What a run ran on, read once in a process.
enum Machine {
  /// Tags about the toolchain, the system and the hardware.
  static let tags: [String: String] = {
    var tags = [
      "martlet.version": MartletVersion.current, "martlet.swift": MartletVersion.swift,
      "martlet.host": line(of: "/proc/sys/kernel/hostname") ?? "unknown",
      "martlet.os": system, "martlet.cpu": processor,
    ]
    if let megabytes = memoryMebibytes { tags["martlet.memory"] = "\(megabytes) MiB" }
    return tags
  }()

  /// The name of whoever runs this process; empty if the environment does not say.
  static var user: String {
    let environment = ProcessInfo.processInfo.environment
    for name in ["LOGNAME", "USER", "JUPYTERHUB_USER", "NB_USER"] {
      if let value = environment[name], !value.isEmpty { return value }
    }
    return ""
  }

  /// Debian's words for the system, and the kernel's release.
  private static let system: String = {
    let named = lines(of: "/etc/os-release").first { $0.hasPrefix("PRETTY_NAME=") }
    let name = named.map { $0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" } } ?? "Linux"
    let release = line(of: "/proc/sys/kernel/osrelease") ?? ""
    return "\(name), Linux \(release)"
  }()

  private static let processor: String = {
    let model = lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }?.split(
      separator: ":"
    ).last
    let name = model.map { $0.drop { $0 == " " } } ?? "unknown"
    return "\(name) × \(ProcessInfo.processInfo.activeProcessorCount)"
  }()

  /// The main memory, or what a container may have of it.
  static let memoryMebibytes: Int? = {
    let limit = line(of: "/sys/fs/cgroup/memory.max").flatMap { Int($0) }.map { $0 >> 20 }
    let total = meminfo("MemTotal").map { $0 >> 10 }
    guard let total else { return limit }
    return min(limit ?? total, total)
  }()

  /// A number of `/proc/meminfo`, in KiB.
  static func meminfo(_ name: String) -> Int? {
    let found = lines(of: "/proc/meminfo").first { $0.hasPrefix("\(name):") }
    return found?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  /// The files of the shared libraries that this process has loaded; their names have the versions.
  static var libraries: [String] {
    let paths = lines(of: "/proc/self/maps").compactMap { line -> String? in
      guard let slash = line.firstIndex(of: "/") else { return nil }
      let path = line[slash...]
      return path.contains(".so") ? String(path) : nil
    }
    return Set(paths).sorted()
  }

  static func lines(of path: String) -> [Substring] {
    // Files of /proc have no size, and must be read to their end.
    guard let bytes = Files.read(path) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }

  static func line(of path: String) -> String? { lines(of: path).first.map(String.init) }
}

/// The versions that a run is logged with.
package enum MartletVersion {
  package static let current = "0.1.0"
  /// The version of Swift's standard library, which is the toolchain's.
  static let swift: String = {
    if #available(macOS 13, *) { return "\(_SwiftStdlibVersion.current)" }
    return "unknown"
  }()
}
