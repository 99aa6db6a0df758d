internal import CKernels

/// Whether the calling thread records operations for differentiation.
package enum RecordingMode: Int32, Sendable {
  /// Operations of graphs whose function still runs.
  case open
  /// None, as inside `withoutGradients`.
  case paused
  /// All that have a graph, as when `checkpoint` runs a function again.
  case all

  /// The calling thread's mode.
  package static var current: RecordingMode {
    RecordingMode(rawValue: unsafe ck_recording_state().pointee.mode) ?? .open
  }

  /// Runs `body` with this mode on the calling thread.
  package func callAsFunction<Result, Failure: Error>(_ body: () throws(Failure) -> Result)
    throws(Failure) -> Result
  {
    let state = unsafe ck_recording_state()
    let previous = unsafe state.pointee.mode
    unsafe state.pointee.mode = rawValue
    defer { unsafe state.pointee.mode = previous }
    return try body()
  }
}
