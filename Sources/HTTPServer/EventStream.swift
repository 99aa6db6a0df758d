import CMicroHTTPD
import Glibc
import Synchronization

/// The body of an answer that goes on until someone closes it.
///
/// ```swift
/// let stream = EventStream()
/// let answer = HTTPResponse(200, .stream(stream), headers: [("Content-Type", "text/event-stream")])
/// stream.send(Array("data: 1\n\n".utf8))  // Any thread, also after the answer was given.
/// stream.close()
/// ```
package final class EventStream: Sendable {
  private struct State {
    var pending: [UInt8] = []
    var isClosed = false
    var isGone = false
    /// The connection that sleeps until there is something to send.
    var sleeper: UInt?
  }

  /// How much may wait for a client that does not read; one with more is given up.
  private static let mostPending = 1 << 20

  private let state = Mutex(State())

  package init() {}

  /// Sends `bytes`; returns false when nobody reads them any more.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    state.withLock { state in
      guard !state.isClosed, !state.isGone else { return false }
      state.pending += bytes
      if state.pending.count > Self.mostPending { state.isClosed = true }
      Self.wake(&state)
      return !state.isClosed
    }
  }

  /// Ends the answer after what was sent.
  package func close() {
    state.withLock { state in
      state.isClosed = true
      Self.wake(&state)
    }
  }

  private static func wake(_ state: inout State) {
    guard let sleeper = state.sleeper else { return }
    state.sleeper = nil
    unsafe martlet_http_resume(OpaquePointer(bitPattern: sleeper))
  }

  /// Gives the next bytes to libmicrohttpd, or lets `connection` sleep until there are some.
  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer, for connection: UInt) -> Int {
    state.withLock { state in
      guard state.pending.isEmpty else {
        let count = min(buffer.count, state.pending.count)
        unsafe buffer.copyBytes(from: state.pending[..<count])
        state.pending.removeFirst(count)
        return count
      }
      guard !state.isClosed else { return -1 }
      state.sleeper = connection
      unsafe martlet_http_suspend(OpaquePointer(bitPattern: connection))
      return 0
    }
  }

  fileprivate func end() {
    state.withLock { state in
      state.isGone = true
      state.pending = []
      state.sleeper = nil
    }
  }

  /// libmicrohttpd's response of which this is the body, for `connection`.
  func response(for connection: OpaquePointer) -> OpaquePointer? {
    let reading = Reading(stream: self, connection: UInt(bitPattern: connection))
    return unsafe martlet_http_stream_response(
      { context, _, buffer, count in
        guard let context = unsafe context, let buffer = unsafe buffer else { return -1 }
        let reading = unsafe Unmanaged<Reading>.fromOpaque(context).takeUnretainedValue()
        return unsafe reading.stream.read(
          into: UnsafeMutableRawBufferPointer(start: buffer, count: count),
          for: reading.connection)
      }, Unmanaged.passRetained(reading).toOpaque(),
      { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Reading>.fromOpaque(context).takeRetainedValue().stream.end()
      })
  }
}

private final class Reading {
  let stream: EventStream
  let connection: UInt

  init(stream: EventStream, connection: UInt) {
    self.stream = stream
    self.connection = connection
  }
}
