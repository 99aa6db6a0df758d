internal import CKernels

/// Philox 4x32-10 blocks and what is drawn from them.
package enum RandomBlocks {
  /// The four words of block `counter` of `stream` under `key`.
  package static func block(key: UInt64, stream: UInt64, counter: UInt64) -> [UInt32] {
    var words: [UInt32] = [0, 0, 0, 0]
    unsafe ck_philox(key, stream, counter, &words)
    return words
  }

  /// Uniform numbers in `[0, 1)`; a block gives four `float32` or two `float64`.
  package static func uniform(
    _ type: ElementType, count: Int, key: UInt64, stream: UInt64, counter: UInt64
  ) -> Storage {
    precondition(type == .float32 || type == .float64, "uniform numbers of \(type)")
    let storage = Storage(byteCount: count * type.byteCount)
    unsafe ck_uniform(type.rawValue, key, stream, counter, count, storage.base)
    return storage
  }

  /// Standard normal numbers; a block gives two.
  package static func normal(
    _ type: ElementType, count: Int, key: UInt64, stream: UInt64, counter: UInt64
  ) -> Storage {
    precondition(type == .float32 || type == .float64, "normal numbers of \(type)")
    let storage = Storage(byteCount: count * type.byteCount)
    unsafe ck_normal(type.rawValue, key, stream, counter, count, storage.base)
    return storage
  }
}
