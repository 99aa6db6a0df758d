package import Synchronization

/// A value behind a lock that no interrupted cell keeps.
///
/// A notebook ends the thread of a cell that is interrupted wherever it happens to be in a library, and with a `Mutex` that it
/// holds there all later cells would stop as well. While a thread holds this lock, interrupts wait.
package struct Guarded<Value: ~Copyable>: ~Copyable, Sendable {
  @usableFromInline package let mutex: Mutex<Value>

  @inlinable package init(_ initial: consuming sending Value) { mutex = Mutex(initial) }

  /// Calls `body`, which must neither run for long nor call code of the user: an interrupt could not stop it.
  @inlinable package borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    holdOffInterrupts(1)
    defer { holdOffInterrupts(-1) }
    return try mutex.withLock(body)
  }
}
