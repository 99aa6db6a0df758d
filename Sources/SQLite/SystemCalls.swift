import CSQLite
import Glibc

/// The operating system's text for error `number`.
func reason(ofSystemError number: Int32) -> String {
  unsafe String(cString: strerror(number))
}

/// Makes statements of `connection` wait up to `milliseconds` for another one's lock.
///
/// SQLite's own handler sleeps up to 100 ms between attempts, which starves a process beside one
/// that commits without a pause; this one asks again after 0.1 to 5 ms.
func setBusyHandler(of connection: OpaquePointer, milliseconds: Int) {
  let limit = unsafe UnsafeMutableRawPointer(bitPattern: max(1, milliseconds))
  unsafe sqlite3_busy_handler(
    connection,
    { limit, attempt in
      let limitMicroseconds = Int(bitPattern: limit) * 1000
      // Attempt n sleeps 100·(n + 1) microseconds up to 5 ms: the time so far follows from n.
      let attempts = Int(attempt)
      let ramp = min(attempts, 50)
      let waited = 50 * ramp * (ramp + 1) + 5000 * (attempts - ramp)
      guard waited < limitMicroseconds else { return 0 }
      usleep(UInt32(min(100 * (attempts + 1), 5000)))
      return 1
    }, limit)
}
