internal import Glibc
internal import Locks

/// The worker's functions for comms, and what it calls for them.
enum CommBridge {
  private typealias Handler = @convention(c) (UnsafePointer<UInt8>?, Int) -> Void
  private typealias Answerer =
    @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int>?
    ) -> UnsafeMutablePointer<UInt8>?
  private typealias SetHandler = @convention(c) (Handler, Answerer) -> Void
  private typealias ParentID = @convention(c) () -> UnsafeMutablePointer<CChar>?

  private static let parentIDFunction = unsafe WorkerBridge.find(
    "martlet_worker_parent_id", as: ParentID.self)

  /// The identifier of the frontend's message on whose behalf this code runs.
  static var parentID: String {
    guard let identifier = parentIDFunction?() else { return "" }
    defer { unsafe free(identifier) }
    return unsafe String(cString: identifier)
  }

  /// Hands fields to the kernel.
  static func emit(_ fields: [[UInt8]]) {
    guard WorkerBridge.isInNotebook else { return }
    WorkerBridge.emit(.comm, CommFields.packed(fields))
  }

  /// Registers what takes the frontend's messages; the worker calls it on its cell thread.
  static func install() {
    guard
      let setHandler = unsafe WorkerBridge.find(
        "martlet_worker_set_comm_handler", as: SetHandler.self)
    else { return }
    unsafe setHandler(
      { start, count in
        let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
        do {
          try CommTable.shared.receive(CommFields.unpacked(bytes))
        } catch {
          WorkerBridge.end(with: error)
        }
      },
      { start, count, answerCount in
        let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
        guard let events = CommTable.shared.answer(CommFields.unpacked(bytes)) else { return nil }
        let packed = CommFields.packed([Array("done".utf8)] + events)
        let copy = unsafe malloc(packed.count)?.assumingMemoryBound(to: UInt8.self)
        unsafe copy?.initialize(from: packed, count: packed.count)
        unsafe answerCount?.pointee = packed.count
        return unsafe copy
      })
  }
}

/// A value behind a lock that no interrupted cell keeps, as is `Guarded`; this one takes values that are not `Sendable`.
@safe final class GuardedValue<Value>: @unchecked Sendable {
  // Sendable: `value` is touched only under `lock`.
  private var value: Value
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init(_ value: Value) {
    self.value = value
    unsafe pthread_mutex_init(lock, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(lock)
    unsafe lock.deallocate()
  }

  /// Calls `body`, which must neither wait nor call code of the user.
  func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    holdOffInterrupts(1)
    unsafe pthread_mutex_lock(lock)
    defer {
      unsafe pthread_mutex_unlock(lock)
      holdOffInterrupts(-1)
    }
    return try body(&value)
  }
}
