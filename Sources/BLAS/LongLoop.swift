internal import CKernels

/// Loops of long steps on the threads of the kernels' pool; see `threads.c`.
package enum LongLoop {
  /// Calls `body` once for each number in `0..<count`, on this thread and those of the pool, and returns when all are done.
  ///
  /// It is for long work, such as a tree of a forest. Kernels that `body` calls use one thread. Which thread gets a number must
  /// not change its result.
  package static func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    precondition(count >= 0, "a loop over \(count) numbers")
    var body = body
    unsafe withUnsafeMutablePointer(to: &body) { body in
      unsafe ck_parallel_long(
        count,
        { context, part in
          guard let context = unsafe context else { return }
          unsafe context.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(part)
        }, body)
    }
  }
}
