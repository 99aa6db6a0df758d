import Dispatch
import Glibc
import Synchronization

/// Hangs up on connections whose requests take too long to arrive, however steadily they trickle in.
///
/// libmicrohttpd itself only ends connections that are silent.
final class ConnectionWatch: Sendable {
  private struct Entry {
    let descriptor: Int32
    /// When the connection is cut; `nil` while a request is answered.
    var deadline: ContinuousClock.Instant?
  }

  private let entries = Mutex<[UInt: Entry]>([:])
  private let seconds: Int
  private let timer: Mutex<any DispatchSourceTimer>

  /// A request's head, and its body beyond what comes at 1 KiB per second, may take `seconds`.
  init(seconds: Int) {
    self.seconds = seconds
    let timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
    timer.schedule(deadline: .now() + 1, repeating: 1, leeway: .milliseconds(200))
    self.timer = Mutex(timer)
    self.timer.withLock { timer in
      timer.setEventHandler { [weak self] in self?.sweep() }
      timer.activate()
    }
  }

  deinit { timer.withLock { $0.cancel() } }

  func opened(_ connection: UInt, descriptor: Int32) {
    let entry = Entry(descriptor: descriptor, deadline: .now + .seconds(seconds))
    entries.withLock { $0[connection] = entry }
  }

  /// Forgets a connection whose socket is about to be closed.
  func closed(_ connection: UInt) {
    _ = entries.withLock { $0.removeValue(forKey: connection) }
  }

  /// Notes that a request's body is awaited since `start`, of which `count` bytes have come.
  func receiving(_ connection: UInt, since start: ContinuousClock.Instant, count: Int) {
    set(connection, start + .seconds(seconds + count / 1024))
  }

  /// Notes that a request is being answered, which may take its time.
  func answering(_ connection: UInt) { set(connection, nil) }

  /// Notes that the next request is awaited; a connection may be silent for as long as a head may take.
  func waiting(_ connection: UInt) { set(connection, .now + .seconds(2 * seconds)) }

  private func set(_ connection: UInt, _ deadline: ContinuousClock.Instant?) {
    entries.withLock { $0[connection]?.deadline = deadline }
  }

  private func sweep() {
    let now = ContinuousClock.now
    // Under the lock, so that no descriptor is closed and used again meanwhile.
    entries.withLock { entries in
      for (connection, entry) in entries {
        guard let deadline = entry.deadline, deadline < now else { continue }
        shutdown(entry.descriptor, Int32(SHUT_RDWR))
        entries[connection]?.deadline = nil
      }
    }
  }
}
