internal import CKernels

/// Work in parts, on the kernels' threads.
enum Parallel {
  /// Calls `body` once for each number below `count`, on this thread and others, and returns when all are done.
  ///
  /// Which thread takes a part must not change its result. What a part would share out in turn it does alone.
  static func each(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1 else { return (0..<count).forEach(body) }
    withoutActuallyEscaping(body) { body in
      var job = Job(body: body)
      unsafe withUnsafeMutablePointer(to: &job) { job in
        unsafe ck_parallel(
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
