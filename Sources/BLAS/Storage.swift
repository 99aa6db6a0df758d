import CKernels
internal import Glibc
internal import Locks
internal import Synchronization

/// A fixed block of memory that tensors share; its address is a multiple of 64.
///
/// It knows bytes, not types: a view says which element type it means. Writing is only legal for the one owner, which
/// `Tensor` ensures by copying when a storage is shared.
@safe package final class Storage: @unchecked Sendable {
  // Unchecked: the memory changes only through an owner that found itself unique (copy-on-write), so two threads that
  // share a storage can only read it. The first of them to ask for elements that were put off computes them; `state` says who.
  private var memory: UnsafeMutableRawPointer?

  /// What is to be carried out for the elements; see `ElementwiseChain`.
  private var chain: ElementwiseChain?
  /// `ready`, `putOff`, or the number of the thread that carries the chain out.
  private let state: Atomic<Int32>
  private static let ready: Int32 = 0
  private static let putOff: Int32 = -1

  /// The usable bytes.
  package let byteCount: Int

  /// Whether the memory is a file's, of which this process has a private copy as soon as it writes.
  package let isMapped: Bool

  /// Takes `byteCount` bytes whose contents are undefined until a kernel writes them.
  package init(byteCount: Int) {
    precondition(byteCount >= 0, "a storage cannot have \(byteCount) bytes")
    self.byteCount = byteCount
    isMapped = false
    chain = nil
    state = Atomic(Self.ready)
    unsafe memory = ck_allocate(byteCount)
  }

  /// Takes the results of `chain`, which are computed when they are asked for.
  init(byteCount: Int, chain: ElementwiseChain) {
    self.byteCount = byteCount
    isMapped = false
    self.chain = chain
    state = Atomic(Self.putOff)
    unsafe memory = nil
  }

  /// Takes memory of `byteCount` bytes over, which the pool gave.
  init(byteCount: Int, memory: UnsafeMutableRawPointer) {
    self.byteCount = byteCount
    isMapped = false
    chain = nil
    state = Atomic(Self.ready)
    unsafe self.memory = memory
  }

  /// The address of the elements.
  var base: UnsafeMutableRawPointer {
    settle()
    return unsafe memory.unsafelyUnwrapped
  }

  /// Computes what was put off.
  package func settle() {
    if state.load(ordering: .acquiring) != Self.ready { computePending() }
  }

  /// Carries the chain out, or waits for the thread that does.
  ///
  /// No lock: memory can run out, and a mapped file can shrink, which ends a cell's thread in the middle. Then other storages
  /// must be usable, and whoever asks for this one must be told.
  private func computePending() {
    holdOffInterrupts(1)
    defer { holdOffInterrupts(-1) }
    while true {
      let (isOurs, found) = state.compareExchange(
        expected: Self.putOff, desired: ThreadNumber.current, ordering: .acquiringAndReleasing)
      if isOurs { break }
      if found == Self.ready { return }
      precondition(
        found == Self.putOff || ThreadNumber.isAlive(found),
        "the elements were being computed when the cell was stopped, and are lost; make the tensor again"
      )
      usleep(20)
    }
    unsafe memory = chain.take()?.run()
    state.store(Self.ready, ordering: .releasing)
  }

  /// Gives up what was put off, if that is `count` elements; only for the one owner, who must not use the storage again.
  func takeChain(count: Int) -> ElementwiseChain? {
    chain?.count == count ? chain.take() : nil
  }

  /// Gives up the memory, if it is of `byteCount` bytes; only for the one owner, who must not use the storage again.
  func takeMemory(byteCount: Int) -> UnsafeMutableRawPointer? {
    guard byteCount == self.byteCount, !isMapped else { return nil }
    defer { unsafe memory = nil }
    return unsafe memory
  }

  /// Maps the first `byteCount` bytes of an open file, which may be closed afterwards, or returns `nil`.
  ///
  /// Pages that are written to become copies of this process; they are not counted against memory before that.
  init?(mapping descriptor: Int32, byteCount: Int) {
    let address = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor, 0)
    guard let address = unsafe address, unsafe address != UnsafeMutableRawPointer(bitPattern: -1)
    else { return nil }
    self.byteCount = byteCount
    isMapped = true
    chain = nil
    state = Atomic(Self.ready)
    unsafe memory = address
  }

  /// Takes `byteCount` bytes that are all 0.
  package convenience init(clearedByteCount byteCount: Int) {
    self.init(byteCount: byteCount)
    unsafe memset(base, 0, byteCount)
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
    guard count > 0 else { return }
    // Copies of ever longer runs: a loop over elements of any type would be slow.
    unsafe base.storeBytes(of: value, as: Element.self)
    var filled = MemoryLayout<Element>.stride
    while filled < byteCount {
      let run = min(filled, byteCount - filled)
      unsafe memcpy(base + filled, base, run)
      filled += run
    }
  }

  deinit {
    guard let memory = unsafe memory else { return }
    if isMapped { unsafe munmap(memory, byteCount) } else { unsafe ck_release(memory, byteCount) }
  }

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

  /// Copies `bytes` to the front, or to what starts at `start`.
  package func copyBytes(from bytes: ArraySlice<UInt8>, to start: Int = 0) {
    precondition(
      start >= 0 && bytes.count <= byteCount - start,
      "\(bytes.count) bytes do not fit at \(start) in \(byteCount)")
    unsafe bytes.withUnsafeBytes { source in
      if let address = source.baseAddress {
        unsafe (base + start).copyMemory(from: address, byteCount: source.count)
      }
    }
  }

  /// Turns round the bytes of every group of `width`: 2, 4 or 8.
  package func swapBytes(ofEach width: Int) {
    switch width {
    case 2: swapBytes(UInt16.self)
    case 4: swapBytes(UInt32.self)
    case 8: swapBytes(UInt64.self)
    default: preconditionFailure("no numbers have \(width) bytes")
    }
  }

  private func swapBytes<Word: FixedWidthInteger>(_ type: Word.Type) {
    let count = byteCount / MemoryLayout<Word>.stride
    let words = unsafe base.bindMemory(to: Word.self, capacity: count)
    for index in 0..<count { unsafe words[index] = words[index].byteSwapped }
  }

  /// Whether every byte is 0 or 1, as those of Booleans must be.
  package func holdsBooleans() -> Bool {
    unsafe UnsafeRawBufferPointer(start: base, count: byteCount).allSatisfy { $0 < 2 }
  }

  /// Bytes kept by the pool for the next results.
  package static var pooledByteCount: Int { Int(ck_pool_bytes()) }

  /// Gives the pool's memory back to the system.
  package static func drainPool() { ck_pool_drain() }
}
