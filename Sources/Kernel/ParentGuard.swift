import Glibc
import ZeroMQ

/// Notices that the process which started the kernel is gone, so that no orphan stays behind.
struct ParentGuard: ~Copyable {
  private let watch: ProcessWatch?
  private let polledParent: Int32?

  /// Guards against the end of `process`; `nil` guards against nothing.
  init(_ process: Int32?) {
    watch = process.flatMap { ProcessWatch(processIdentifier: $0) }
    // Without a pidfd only our own parent can be told to be gone: we get another one then.
    polledParent = watch == nil && process == getppid() ? process : nil
  }

  /// The descriptor that becomes readable when the process ends; `nil` when polling is needed.
  var descriptor: Int32? {
    switch watch {
    case .some(let watch): watch.descriptor
    case .none: nil
    }
  }

  /// How often to ask `isOrphaned`; `nil` when the descriptor tells.
  var pollInterval: Duration? {
    polledParent == nil ? nil : .seconds(5)
  }

  /// Whether the process is gone, where the descriptor cannot tell.
  var isOrphaned: Bool {
    polledParent.map { $0 != getppid() } ?? false
  }
}
