package import BLAS

// How elementwise operations run. An operand that nobody else holds, such as the product in `a * b + c`, gives its memory
// to the result: operands come in owned, so a temporary is known by having one reference. Operations on many elements are
// put off, so that what is done with a temporary is done together with what made it.

extension Tensor {
  /// Whether the elements lie without gaps and nothing is recorded or traced, so that a kernel may run straight over them.
  private var isPlain: Bool { layout.isContiguous && node == nil && !OperationTrace.isActive }

  /// The elements as the beginning of a chain over `count` of them; if `isOwned`, `self` must not be used again.
  private func chain(over count: Int, repeats: Bool, isOwned: Bool) -> ElementwiseChain {
    .from(
      Scalar.dataType.elementType, count: count, storage, offset: layout.offset, repeats: repeats,
      isOwned: isOwned)
  }

  /// Returns the tensor with its elements computed.
  ///
  /// Elementwise operations on many elements are put off until somebody asks for a result, and are then carried out together;
  /// every other operation does so by itself. This is for measuring times, and for when memory of operands should be given back.
  @discardableResult
  public func evaluated() -> Tensor {
    storage.settle()
    return self
  }

  /// Applies a kernel of one operand, in its memory if it is a temporary; the operand must not be recorded.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package static func mapping(_ operation: UnaryOperation, _ x: __owned Tensor) -> Tensor {
    var x = x
    guard x.isPlain, !operation.isPredicate else {
      return x.detached.mapped(operation)
    }
    let type = Scalar.dataType.elementType
    if ElementwiseChain.isWorthwhile(type, count: x.layout.count) {
      let isOwned = isKnownUniquelyReferenced(&x.storage)
      let chain = x.chain(over: x.layout.count, repeats: false, isOwned: isOwned)
      chain.append(operation)
      return Tensor(storage: chain.storage(), layout: x.layout.atStart)
    }
    if isKnownUniquelyReferenced(&x.storage) {
      Kernels.unaryFlat(
        operation, type, count: x.layout.count, out: x.storage, outOffset: x.layout.offset,
        a: x.storage, aOffset: x.layout.offset)
      return x
    }
    let result = Storage(byteCount: x.layout.count * type.byteCount)
    Kernels.unaryFlat(
      operation, type, count: x.layout.count, out: result, outOffset: 0, a: x.storage,
      aOffset: x.layout.offset)
    return Tensor(storage: result, layout: x.layout.atStart)
  }

  /// Applies a kernel of two operands, in the memory of one that is a temporary; neither must be recorded.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package static func combining(
    _ operation: BinaryOperation, _ a: __owned Tensor, _ b: __owned Tensor,
    _ name: @autoclosure () -> String
  ) -> Tensor {
    var (a, b) = (a, b)
    let type = Scalar.dataType.elementType
    guard a.isPlain, b.isPlain else {
      return a.detached.combined(operation, with: b.detached, name())
    }
    let haveOneShape = a.layout.shape == b.layout.shape
    let (aIsOne, bIsOne) = (a.layout.rank == 0, b.layout.rank == 0)
    guard haveOneShape || aIsOne || bIsOne else {
      return a.combined(operation, with: b, name())
    }
    let aStep = aIsOne && !haveOneShape ? 0 : 1
    let bStep = bIsOne && !haveOneShape ? 0 : 1
    let (aOffset, bOffset) = (a.layout.offset, b.layout.offset)
    let layout = aStep == 1 ? a.layout : b.layout
    if !operation.isComparison, ElementwiseChain.isWorthwhile(type, count: layout.count) {
      let isOwned = (
        a: isKnownUniquelyReferenced(&a.storage), b: isKnownUniquelyReferenced(&b.storage)
      )
      let chain = a.chain(over: layout.count, repeats: aStep == 0, isOwned: isOwned.a)
      chain.append(
        operation, b.chain(over: layout.count, repeats: bStep == 0, isOwned: isOwned.b))
      return Tensor(storage: chain.storage(), layout: layout.atStart)
    }
    if aStep == 1, isKnownUniquelyReferenced(&a.storage) {
      Kernels.binaryFlat(
        operation, type, count: layout.count, out: a.storage, outOffset: aOffset, a: a.storage,
        aOffset: aOffset, aStep: 1, b: b.storage, bOffset: bOffset, bStep: bStep)
      return a
    }
    if bStep == 1, isKnownUniquelyReferenced(&b.storage) {
      Kernels.binaryFlat(
        operation, type, count: layout.count, out: b.storage, outOffset: bOffset, a: a.storage,
        aOffset: aOffset, aStep: aStep, b: b.storage, bOffset: bOffset, bStep: 1)
      return b
    }
    let result = Storage(byteCount: layout.count * type.byteCount)
    Kernels.binaryFlat(
      operation, type, count: layout.count, out: result, outOffset: 0, a: a.storage,
      aOffset: aOffset, aStep: aStep, b: b.storage, bOffset: bOffset, bStep: bStep)
    return Tensor(storage: result, layout: layout.atStart)
  }
}
