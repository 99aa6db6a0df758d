package import BLAS

// How elementwise operations run. An operand that nobody else holds, such as the product in `a * b + c`, gives its memory
// to the result: operands come in owned, so a temporary is known by having one reference.

extension Tensor {
  /// Whether the elements lie without gaps and nothing is recorded or traced, so that a kernel may run straight over them.
  private var isPlain: Bool { layout.isContiguous && node == nil && !OperationTrace.isActive }

  /// Applies a kernel of one operand, in its memory if it is a temporary; the operand must not be recorded.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package static func mapping(_ operation: UnaryOperation, _ x: __owned Tensor) -> Tensor {
    var x = x
    guard x.isPlain, !operation.isPredicate else {
      return x.detached.mapped(operation)
    }
    let type = Scalar.dataType.elementType
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
