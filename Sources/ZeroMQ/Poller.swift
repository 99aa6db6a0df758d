import CZeroMQ
import Glibc

/// Waits until one of several sockets or descriptors can be read.
///
/// ```swift
/// var poller = Poller()
/// let shell = poller.watch(shellSocket)
/// try poller.wait()
/// if poller.isReady(shell) { … }
/// ```
@safe package struct Poller: ~Copyable {
  /// Names one watched socket or descriptor.
  package struct Entry: Sendable, Equatable {
    fileprivate let index: Int
  }

  private var items: [zmq_pollitem_t] = unsafe []
  private var handles: [SocketHandle] = []

  /// Makes a poller that watches nothing.
  package init() {}

  /// Watches `socket`, which stays open as long as the poller exists.
  package mutating func watch(_ socket: borrowing Socket) -> Entry {
    handles.append(socket.handle)
    unsafe items.append(
      zmq_pollitem_t(socket: socket.handle.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
    return unsafe Entry(index: items.count - 1)
  }

  /// Watches a file descriptor, which the caller keeps open.
  package mutating func watch(descriptor: Int32) -> Entry {
    unsafe items.append(
      zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
    return unsafe Entry(index: items.count - 1)
  }

  /// Stops watching a file descriptor.
  package mutating func ignore(_ entry: Entry) {
    unsafe items[entry.index].fd = -1
    unsafe items[entry.index].revents = 0
  }

  /// Waits until something is ready or `timeout` has passed; `nil` waits for ever.
  ///
  /// - Returns: Whether something is ready.
  /// - Throws: `ZeroMQError.terminated` after `Context.shutDown`, else `pollFailed`.
  @discardableResult
  package mutating func wait(for timeout: Duration? = nil) throws(ZeroMQError) -> Bool {
    let deadline = timeout.map { ContinuousClock.now + $0 }
    while true {
      let milliseconds = deadline.map { ContinuousClock.now.duration(to: $0).roundedMilliseconds }
      let ready = unsafe zmq_poll(&items, Int32(items.count), milliseconds ?? -1)
      if ready >= 0 { return ready > 0 }
      switch zmq_errno() {
      case EINTR: continue
      case ETERM: throw .terminated
      default: throw .pollFailed(reason: lastReason())
      }
    }
  }

  /// Tells whether the last `wait` found `entry` ready.
  package func isReady(_ entry: Entry) -> Bool {
    unsafe items[entry.index].revents != 0
  }
}

extension Duration {
  /// The duration in whole milliseconds, rounded up and never negative.
  fileprivate var roundedMilliseconds: Int {
    let parts = components
    let nanoseconds = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    return max(0, Int((nanoseconds + 999_999) / 1_000_000))
  }
}
