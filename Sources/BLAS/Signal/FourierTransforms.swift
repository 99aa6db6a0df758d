internal import CKernels

/// A transform along the middle axis of a contiguous array `[outer, count, inner]`; `float32` or `float64` parts.
package struct FourierTransform: Sendable {
  let outer: Int
  let count: Int
  let inner: Int
  /// The length of the transform; missing elements count as zeros.
  let length: Int
  /// What the results are multiplied by.
  let scale: Double

  /// Describes a transform; `count` is the length of the input's axis.
  package init(outer: Int, count: Int, inner: Int, length: Int, scale: Double) {
    precondition(outer >= 0 && inner >= 0 && count >= 0 && length >= 1, "a transform of \(length)")
    self.outer = outer
    self.count = count
    self.inner = inner
    self.length = length
    self.scale = scale
  }

  private func address(_ storage: Storage, _ offset: Int, _ length: Int, _ type: ElementType)
    -> UnsafeMutableRawPointer
  {
    let count = outer * length * inner
    precondition(
      offset >= 0 && (offset + count) * type.byteCount <= storage.byteCount,
      "a transform of \(count) elements leaves its storage")
    return unsafe storage.base + offset * type.byteCount
  }

  /// Complex numbers to as many, as [outer, length, inner].
  ///
  /// - Precondition: `count` is at most `length`, and memory suffices.
  package func complex(
    isInverse: Bool, isWide: Bool, source: Storage, offset: Int, out: Storage
  ) {
    precondition(count <= length, "a transform of \(length) got \(count) elements")
    let type: ElementType = isWide ? .complex128 : .complex64
    let done = unsafe ck_fft(
      isWide ? ElementType.float64.rawValue : ElementType.float32.rawValue, isInverse, length,
      count, outer, inner, address(source, offset, count, type), address(out, 0, length, type),
      scale)
    precondition(done, "no memory for a transform of length \(length)")
  }

  /// Real numbers to the first half of their coefficients, [outer, length / 2 + 1, inner].
  package func real(isWide: Bool, source: Storage, offset: Int, out: Storage) {
    precondition(count <= length, "a transform of \(length) got \(count) elements")
    let type: ElementType = isWide ? .float64 : .float32
    let done = unsafe ck_rfft(
      type.rawValue, length, count, outer, inner, address(source, offset, count, type),
      address(out, 0, length / 2 + 1, isWide ? .complex128 : .complex64), scale)
    precondition(done, "no memory for a transform of length \(length)")
  }

  /// The first half of coefficients to real numbers, [outer, length, inner].
  package func inverseReal(isWide: Bool, source: Storage, offset: Int, out: Storage) {
    precondition(count <= length / 2 + 1, "a transform of \(length) got \(count) coefficients")
    let type: ElementType = isWide ? .float64 : .float32
    let done = unsafe ck_irfft(
      type.rawValue, length, count, outer, inner,
      address(source, offset, count, isWide ? .complex128 : .complex64),
      address(out, 0, length, type), scale)
    precondition(done, "no memory for a transform of length \(length)")
  }
}
