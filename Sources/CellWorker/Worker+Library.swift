import Glibc
import Processes
import Synchronization

/// Gives a value's richer forms as JSON, malloc'ed; `nil` when it has none.
typealias Renderer = @convention(c) (UnsafeRawPointer) -> UnsafeMutablePointer<CChar>?

/// Says what the library makes of a comm's message while a cell runs.
///
/// It gives packed fields, malloc'ed, and their size, and calls no code of the user.
typealias CommAnswerer =
  @convention(c) (
    UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int>
  ) -> UnsafeMutablePointer<UInt8>?

/// Takes what the frontend did with a comm, as fields that `WorkerMessage.packed` made.
typealias CommHandler = @convention(c) (UnsafePointer<UInt8>?, Int) -> Void

// What the library that cells import has the worker call.
extension Worker {
  var renderer: Renderer? {
    unsafe state.withLock { state in unsafe state.renderer }
  }

  var commHandler: CommHandler? {
    unsafe state.withLock { state in unsafe state.commHandler }
  }

  func setRenderer(_ renderer: @escaping Renderer) {
    state.withLock { state in unsafe state.renderer = renderer }
  }

  /// Lets the user's library say how its values are shown, once it is loaded.
  func installRenderer() {
    guard isInNotebook, unsafe renderer == nil,
      let symbol = unsafe dlsym(nil, "martlet_install")
    else { return }
    unsafe unsafeBitCast(symbol, to: (@convention(c) () -> Void).self)()
  }

  /// Hands the frontend's comm messages to `handler` from now on.
  func setCommHandler(_ handler: @escaping CommHandler, _ answerer: @escaping CommAnswerer) {
    state.withLock { state in
      unsafe state.commHandler = handler
      unsafe state.commAnswerer = answerer
    }
    send(WorkerMessage(kind: WorkerMessageKind.takesComms))
  }

  /// Answers comm messages while a cell runs; the comm thread's work.
  func answerComms() -> Never {
    while true {
      let message = commsDuringCell.take()
      let payload = message.fields.last ?? []
      var answer = [Array("later".utf8)]
      if let answerer = unsafe state.withLock({ state in unsafe state.commAnswerer }) {
        var count = 0
        let bytes = unsafe payload.withUnsafeBufferPointer {
          unsafe answerer($0.baseAddress, $0.count, &count)
        }
        if let bytes = unsafe bytes {
          let packed = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
          unsafe free(bytes)
          answer = WorkerMessage.unpacked(packed[...])
        }
      }
      send(
        WorkerMessage(
          kind: WorkerMessageKind.commAnswer, fields: [Array(message.text(0).utf8)] + answer))
    }
  }
}
