import CKernels
internal import Glibc

/// Elementwise operations that are put off, to be carried out together: a value between two of them then never leaves the nearest
/// cache, where each alone would read and write all of memory.
///
/// The storage of a result may hold a chain in place of elements; whoever asks for its memory has the chain carried out. Results
/// are those of the operations one by one, since the same kernels run. Operands that are memory are held, so that a write to one
/// of them meets a shared storage and copies. A chain has one owner: whoever makes it, or the storage that it is put into.
package final class ElementwiseChain {
  /// Elements in memory: all of the result's, or one that is repeated.
  private struct Leaf {
    var storage: Storage
    let offset: Int
    let repeats: Bool
  }

  private let type: ElementType
  let count: Int
  private var leaves: [Leaf]
  /// In postfix order: see `ck_chain`.
  private var code: [UInt16]
  private var depth = 1

  /// From how many elements on operations are put off, as fewer stay in a cache anyway.
  ///
  /// The environment's `MARTLET_CHAIN_FROM` sets another number, so that tests reach chains with small arrays.
  private static let leastCount =
    unsafe getenv("MARTLET_CHAIN_FROM").flatMap { unsafe Int(String(cString: $0)) } ?? 1 << 15

  /// Up to how many: a chain cannot be interrupted, as its operands are used up meanwhile, and must not take seconds.
  private static let mostCount = 1 << 28

  /// Whether operations of `count` elements are put off.
  package static func isWorthwhile(_ type: ElementType, count: Int) -> Bool {
    count >= leastCount && count <= mostCount && type.isFullFloat
  }

  private init(_ type: ElementType, count: Int, _ leaf: Leaf) {
    self.type = type
    self.count = count
    leaves = [leaf]
    code = [UInt16(CK_CHAIN_LEAF)]
  }

  /// What the chain of a new result begins with: `count` elements of `storage` from `offset` on, or one that is repeated.
  ///
  /// If `isOwned`, nobody else holds `storage`, which then gives up its chain, and must not be used again.
  package static func from(
    _ type: ElementType, count: Int, _ storage: Storage, offset: Int, repeats: Bool, isOwned: Bool
  ) -> ElementwiseChain {
    if isOwned, !repeats, offset == 0, let chain = storage.takeChain(count: count) { return chain }
    precondition(
      offset >= 0 && offset + (repeats ? 1 : count) <= storage.byteCount / type.byteCount,
      "\(count) elements from \(offset) lie outside a storage")
    storage.settle()
    return ElementwiseChain(
      type, count: count, Leaf(storage: storage, offset: offset, repeats: repeats))
  }

  package func append(_ operation: UnaryOperation) {
    precondition(ck_has_unary(operation.rawValue, type.rawValue), "no \(operation) of \(type)")
    code.append(UInt16(CK_CHAIN_UNARY) | UInt16(operation.rawValue))
  }

  /// Makes this the first operand, and `other`, which must not be used again, the second.
  package func append(_ operation: BinaryOperation, _ other: ElementwiseChain) {
    precondition(ck_has_binary(operation.rawValue, type.rawValue), "no \(operation) of \(type)")
    if !hasRoom(for: other), code.count > 1 { settle() }
    if !hasRoom(for: other) { other.settle() }
    let numbers = other.leaves.map { number(of: $0) }
    for word in other.code { code.append(word & 0xFF00 == 0 ? numbers[Int(word)] : word) }
    depth = max(depth, 1 + other.depth)
    code.append(UInt16(CK_CHAIN_BINARY) | UInt16(operation.rawValue))
  }

  private static let mostCode = 32

  private func hasRoom(for other: ElementwiseChain) -> Bool {
    leaves.count + other.leaves.count <= Int(CK_CHAIN_LEAVES)
      && 1 + other.depth <= Int(CK_CHAIN_DEPTH)
      && code.count + other.code.count < Self.mostCode
  }

  /// The number of a leaf that is known already, or of a new one.
  private func number(of leaf: Leaf) -> UInt16 {
    for (number, known) in leaves.enumerated()
    where known.storage === leaf.storage && known.offset == leaf.offset
      && known.repeats == leaf.repeats
    {
      return UInt16(number)
    }
    leaves.append(leaf)
    return UInt16(leaves.count - 1)
  }

  /// Becomes the memory with the results so far.
  private func settle() {
    let storage = unsafe Storage(byteCount: count * type.byteCount, memory: run())
    leaves = [Leaf(storage: storage, offset: 0, repeats: false)]
    code = [UInt16(CK_CHAIN_LEAF)]
    depth = 1
  }

  /// The storage of the chain's results; a chain that has grown long is carried out at once.
  package func storage() -> Storage {
    let isLong = code.count >= Self.mostCode / 2
    let storage = Storage(byteCount: count * type.byteCount, chain: self)
    if isLong { storage.settle() }
    return storage
  }

  /// Carries the chain out: in the memory of an operand that nobody else holds, which is taken from it, or in fresh memory.
  func run() -> UnsafeMutableRawPointer {
    let operands = unsafe leaves.map {
      unsafe ck_chain_leaf(
        elements: $0.storage.base + $0.offset * type.byteCount, repeats: $0.repeats)
    }
    var result: UnsafeMutableRawPointer?
    for index in leaves.indices where !leaves[index].repeats && leaves[index].offset == 0 {
      guard isKnownUniquelyReferenced(&leaves[index].storage) else { continue }
      unsafe result = leaves[index].storage.takeMemory(byteCount: count * type.byteCount)
      if unsafe result != nil { break }
    }
    let memory: UnsafeMutableRawPointer
    if let result = unsafe result {
      unsafe memory = result
    } else {
      unsafe memory = ck_allocate(count * type.byteCount)
    }
    unsafe ck_chain(type.rawValue, code, code.count, operands, operands.count, count, memory)
    return unsafe memory
  }
}
