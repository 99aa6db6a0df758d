import Synchronization
package import ZeroMQ

/// One of the kernel's sockets.
package enum Channel: Sendable, Hashable {
  case shell
  case control
  case stdin
  case iopub
}

/// Something for the socket thread to do.
package enum Posting: Sendable, Equatable {
  /// Send one message.
  case send(Channel, [[UInt8]])
  /// Leave the loop, after everything posted before.
  case stop
}

/// Messages on their way to the socket thread, in one order for all channels.
package final class Outbox: Sendable {
  private let pending = Mutex<[Posting]>([])
  private let wakeUp: WakeUp

  /// Makes an empty outbox.
  package init() throws(ZeroMQError) {
    wakeUp = try WakeUp()
  }

  /// The descriptor that is readable while something is queued.
  package var descriptor: Int32 { wakeUp.descriptor }

  /// Queues `posting`; any thread or actor may call it.
  package func post(_ posting: Posting) {
    pending.withLock { $0.append(posting) }
    wakeUp.signal()
  }

  /// Takes everything queued, oldest first; only the socket thread calls it.
  package func drain() -> [Posting] {
    wakeUp.reset()  // Before taking the list, or a wake-up could be lost.
    return pending.withLock { list in
      defer { list = [] }
      return list
    }
  }
}
