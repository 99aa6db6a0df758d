internal import CKernels

/// Work in parts, on the threads of the kernels' pool; see `threads.c`.
package enum Parallel {
  /// Calls `body` once for each number below `count`, on this thread and others, and returns when all are done.
  ///
  /// Which thread takes a part must not change its result. What a part would share out in turn it does alone.
  ///
  /// - Parameters:
  ///   - count: How many parts there are.
  ///   - isLong: Whether parts are long enough to wake threads for, however few they are, such as a tree of a forest.
  ///   - body: Does a part.
  package static func each(_ count: Int, isLong: Bool = false, _ body: (Int) -> Void) {
    guard count > 1 else { return (0..<count).forEach(body) }
    withoutActuallyEscaping(body) { body in
      var job = Job(body: body)
      unsafe withUnsafeMutablePointer(to: &job) { job in
        let share = unsafe isLong ? ck_parallel_long : ck_parallel
        unsafe share(
          count,
          { context, part in
            guard let context = unsafe context else { return }
            unsafe context.assumingMemoryBound(to: Job.self).pointee.body(part)
          }, job)
      }
    }
  }

  private struct Job {
    let body: (Int) -> Void
  }
}
