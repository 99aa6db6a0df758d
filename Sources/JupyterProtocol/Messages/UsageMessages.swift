/// Asks what the kernel uses of the machine; control channel.
///
/// - SeeAlso: ipykernel, `usage_request`.
package struct UsageRequest: RequestContent, Equatable {
  package static let messageType = "usage_request"

  package init() {}
}

/// What the kernel's processes use, and what the machine has.
package struct UsageReply: MessageContent, Equatable {
  package static let messageType = "usage_reply"

  /// The machine's memory, in bytes where nothing else is said; in psutil's words.
  package struct VirtualMemory: Codable, Sendable, Equatable {
    package var total = 0
    package var available = 0
    /// The used part, from 0 to 100.
    package var percent = 0.0
    package var used = 0
    package var free = 0
    package var active = 0
    package var inactive = 0
    package var buffers = 0
    package var cached = 0
    package var shared = 0
    package var slab = 0

    package init() {}
  }

  package var status = ReplyStatus.ok
  package var hostname: String
  /// The kernel's process.
  package var processIdentifier: Int
  /// Of one core, in percent, since the request before; 0 in the first reply.
  package var kernelCPU = 0.0
  /// Of the kernel, its worker and all their children: proportional set sizes, in bytes.
  package var kernelMemory = 0
  /// Of all cores, in percent, since the request before; `nil` in the first reply.
  package var hostCPU: Double?
  package var coreCount: Int
  package var hostMemory = VirtualMemory()

  package init(hostname: String, processIdentifier: Int, coreCount: Int) {
    self.hostname = hostname
    self.processIdentifier = processIdentifier
    self.coreCount = coreCount
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case hostname
    case processIdentifier = "pid"
    case kernelCPU = "kernel_cpu"
    case kernelMemory = "kernel_memory"
    case hostCPU = "host_cpu_percent"
    case coreCount = "cpu_count"
    case hostMemory = "host_virtual_memory"
  }
}
