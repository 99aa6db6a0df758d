/// A batch of dense matrices or vectors, one after the other in a storage.
@safe package struct Matrices {
  let storage: Storage
  /// The first element.
  let offset: Int
  /// Elements of one matrix.
  let size: Int
  let type: ElementType

  /// Describes `batch` items of `size` elements from element `offset`, after checking that they lie in the storage.
  package init(_ storage: Storage, offset: Int = 0, size: Int, batch: Int, type: ElementType) {
    precondition(type == .float32 || type == .float64, "LAPACK has no routines for \(type)")
    precondition(
      offset >= 0 && size >= 0 && batch >= 0
        && (offset + size * batch) * type.byteCount <= storage.byteCount,
      "\(batch) matrices of \(size) elements leave a storage of \(storage.byteCount) bytes")
    self.storage = storage
    self.offset = offset
    self.size = size
    self.type = type
  }

  var isWide: Bool { type == .float64 }

  /// The address of item `index`; `size` must be at least `needed`.
  func address(_ index: Int, needed: Int) -> UnsafeMutableRawPointer {
    precondition(needed <= size, "LAPACK needs \(needed) elements of a matrix that has \(size)")
    return unsafe storage.base + (offset + index * size) * type.byteCount
  }
}

/// What LAPACK said of one matrix of a batch that it could not handle.
package struct LAPACKFailure: Error, Equatable {
  /// The number of the matrix.
  package let index: Int
  /// LAPACK's positive `info`; its meaning depends on the routine.
  package let info: Int
}

/// LAPACK's drivers for batches; matrices are column-major unless it says otherwise.
package enum LAPACK {
  /// Runs `body` for each matrix and turns a positive `info` into an error.
  static func each(_ batch: Int, _ body: (Int) -> Int32) throws(LAPACKFailure) {
    for index in 0..<batch { try check(body(index), index) }
  }

  static func check(_ info: Int32, _ index: Int) throws(LAPACKFailure) {
    if info == 0 { return }
    // A negative one says that an argument is wrong, which only a mistake in here can cause.
    precondition(info > 0, "LAPACK refused argument \(-info), or memory ran out")
    throw LAPACKFailure(index: index, info: Int(info))
  }

  /// A length as LAPACK counts; it counts in 32 bits.
  static func int32(_ length: Int) -> Int32 {
    precondition(length <= Int(Int32.max), "LAPACK cannot count to \(length)")
    return Int32(length)
  }
}
