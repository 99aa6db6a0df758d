import CKernels

/// A fixed block of memory that tensors share; its address is a multiple of 64.
///
/// It knows bytes, not types: a view says which element type it means. Writing is only legal for the one owner, which
/// `Tensor` ensures by copying when a storage is shared.
@safe package final class Storage: @unchecked Sendable {
  // Unchecked: the memory changes only through an owner that found itself unique (copy-on-write), so two threads that
  // share a storage can only read it.
  let base: UnsafeMutableRawPointer

  /// The usable bytes.
  package let byteCount: Int

  /// Takes `byteCount` bytes whose contents are undefined until a kernel writes them.
  package init(byteCount: Int) {
    precondition(byteCount >= 0, "a storage cannot have \(byteCount) bytes")
    self.byteCount = byteCount
    unsafe base = ck_allocate(byteCount)
  }

  /// Takes `byteCount` bytes that are all 0.
  package convenience init(clearedByteCount byteCount: Int) {
    self.init(byteCount: byteCount)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  /// Copies the elements of `values`.
  package convenience init<Element: BitwiseCopyable>(copying values: [Element]) {
    self.init(byteCount: values.count * MemoryLayout<Element>.stride)
    unsafe values.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress {
        unsafe base.copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  /// Fills `count` elements with one value.
  package convenience init<Element: BitwiseCopyable>(repeating value: Element, count: Int) {
    self.init(byteCount: count * MemoryLayout<Element>.stride)
    unsafe base.bindMemory(to: Element.self, capacity: count)
      .update(repeating: value, count: count)
  }

  deinit { unsafe ck_release(base, byteCount) }

  /// Reads the element at `index`, counted in elements.
  package func load<Element: BitwiseCopyable>(_ index: Int, as type: Element.Type) -> Element {
    let stride = MemoryLayout<Element>.stride
    precondition(
      index >= 0 && index < byteCount / stride,
      "element \(index) lies outside a storage of \(byteCount / stride)")
    return unsafe base.load(fromByteOffset: index * stride, as: type)
  }

  /// Copies `count` elements from `start` into an array.
  package func array<Element: BitwiseCopyable>(
    from start: Int, count: Int, as type: Element.Type
  ) -> [Element] {
    let stride = MemoryLayout<Element>.stride
    precondition(
      start >= 0 && count >= 0 && (start + count) * stride <= byteCount,
      "elements \(start)..<\(start + count) lie outside a storage of \(byteCount / stride)")
    return unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      if let target = buffer.baseAddress, count > 0 {
        unsafe UnsafeMutableRawPointer(target)
          .copyMemory(from: base + start * stride, byteCount: count * stride)
      }
      initialized = count
    }
  }

  /// Copies `bytes` to the front.
  package func copyBytes(from bytes: ArraySlice<UInt8>) {
    precondition(bytes.count <= byteCount, "\(bytes.count) bytes do not fit in \(byteCount)")
    unsafe bytes.withUnsafeBytes { source in
      if let address = source.baseAddress {
        unsafe base.copyMemory(from: address, byteCount: source.count)
      }
    }
  }

  /// Bytes kept by the pool for the next results.
  package static var pooledByteCount: Int { Int(ck_pool_bytes()) }

  /// Gives the pool's memory back to the system.
  package static func drainPool() { ck_pool_drain() }
}
