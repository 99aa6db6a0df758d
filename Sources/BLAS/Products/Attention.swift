internal import CKernels

/// Scaled dot products of queries with keys, their softmax, and values weighted by it; small enough matrices never leave the cache.
///
/// Each matrix of a batch is one thread's work.
@safe package struct AttentionKernel {
  private let type: ElementType
  private let scale: Double
  private let isCausal: Bool
  private let mask: BooleanMask?

  /// What may be looked at: Booleans with the batch's axes, targets and sources.
  package struct BooleanMask {
    let storage: Storage
    let offset: Int
    let shape: [Int]
    let strides: [Int]

    /// Describes a mask that may repeat along any axis.
    package init(_ storage: Storage, offset: Int, shape: [Int], strides: [Int]) {
      (self.storage, self.offset) = (storage, offset)
      (self.shape, self.strides) = (shape, strides)
    }
  }

  /// Creates the kernel; `scale` is positive.
  package init(_ type: ElementType, scale: Double, isCausal: Bool, mask: BooleanMask?) {
    precondition(type == .float32 || type == .float64, "attention of \(type)")
    (self.type, self.scale, self.isCausal, self.mask) = (type, scale, isCausal, mask)
  }

  /// Writes the weighted values into `out`, and the weights `[..., targets, sources]` into `weights` if there are such.
  package func forward(
    query: MatrixBatch, key: MatrixBatch, value: MatrixBatch, out: MatrixBatch, weights: Storage?
  ) {
    let (targets, sources) = (query.rows, key.rows)
    let pieces = unsafe Pieces(
      type, [query, key, value, out], scores: weights?.base, targets, sources, mask)
    precondition(
      weights.map { $0.byteCount >= query.count * targets * sources * type.byteCount } ?? true,
      "attention's weights leave their storage")
    inParallel(query.count) { number in
      unsafe pieces.withScores(number) { scores in
        unsafe pieces.product(0, 1, number, turnsB: true, out: scores)
        unsafe ck_attention_weights(
          type.rawValue, targets, sources, options(pieces, number), scores)
        unsafe pieces.product(scores, targets, sources, turned: false, 2, number, into: 3)
      }
    }
  }

  /// Writes the gradients of queries, keys and values, from that of the result.
  package func backward(
    query: MatrixBatch, key: MatrixBatch, value: MatrixBatch, weights: Storage,
    gradient: MatrixBatch, queryOut: MatrixBatch, keyOut: MatrixBatch, valueOut: MatrixBatch
  ) {
    let (targets, sources) = (query.rows, key.rows)
    let size = targets * sources * type.byteCount
    precondition(
      weights.byteCount >= query.count * size, "attention's weights leave their storage")
    let pieces = unsafe Pieces(
      type, [query, key, value, gradient, queryOut, keyOut, valueOut], scores: nil, targets,
      sources, mask)
    inParallel(query.count) { number in
      let own = unsafe weights.base + number * size
      unsafe pieces.withScores(number) { scores in
        unsafe pieces.product(3, 2, number, turnsB: true, out: scores)
        unsafe pieces.product(own, targets, sources, turned: true, 3, number, into: 6)
        unsafe ck_attention_backward(type.rawValue, targets, sources, scale, own, scores)
        unsafe pieces.product(scores, targets, sources, turned: false, 1, number, into: 4)
        unsafe pieces.product(scores, targets, sources, turned: true, 0, number, into: 5)
      }
    }
  }

  private func options(_ pieces: Pieces, _ number: Int) -> ck_attention {
    unsafe ck_attention(
      scale: scale, causal: isCausal, first: 0, mask: pieces.mask(number),
      mask_row: mask.map { $0.strides[$0.strides.count - 2] } ?? 0,
      mask_column: mask.map { $0.strides[$0.strides.count - 1] } ?? 0)
  }

  /// Calls `body` for each matrix of the batch.
  private func inParallel(_ count: Int, _ body: (Int) -> Void) {
    OneThread.scope { Parallel.each(count, body) }
  }
}

/// The matrices that one attention computes with, and what may be looked at.
@safe private struct Pieces {
  let type: ElementType
  let batches: [MatrixBatch]
  let addresses: [UnsafeMutableRawPointer]
  let scores: UnsafeMutableRawPointer?
  let scoreBytes: Int
  let maskStart: UnsafePointer<Bool>?
  let maskBatch: (shape: [Int], strides: [Int])

  init(
    _ type: ElementType, _ batches: [MatrixBatch], scores: UnsafeMutableRawPointer?,
    _ targets: Int, _ sources: Int, _ mask: AttentionKernel.BooleanMask?
  ) {
    self.type = type
    self.batches = batches
    unsafe addresses = batches.map { unsafe $0.address(type) }
    unsafe self.scores = scores
    scoreBytes = targets * sources * type.byteCount
    guard let mask else {
      unsafe maskStart = nil
      maskBatch = ([], [])
      return
    }
    let last = zip(mask.shape, mask.strides).reduce(mask.offset) {
      $0 + Swift.max(($1.0 - 1) * $1.1, 0)
    }
    precondition(
      mask.strides.allSatisfy { $0 >= 0 } && last < mask.storage.byteCount
        && mask.shape.suffix(2) == [targets, sources],
      "a mask of shape \(mask.shape) leaves its storage")
    unsafe maskStart = UnsafePointer(
      (mask.storage.base + mask.offset).assumingMemoryBound(to: Bool.self))
    maskBatch = (Array(mask.shape.dropLast(2)), Array(mask.strides.dropLast(2)))
  }

  /// Where a matrix's mask starts.
  func mask(_ number: Int) -> UnsafePointer<Bool>? {
    guard let start = unsafe maskStart else { return nil }
    var (rest, distance) = (number, 0)
    for axis in maskBatch.shape.indices.reversed() {
      distance += rest % maskBatch.shape[axis] * maskBatch.strides[axis]
      rest /= maskBatch.shape[axis]
    }
    return unsafe start + distance
  }

  /// Room for the scores of a matrix: what is kept of them, or scratch memory.
  func withScores(_ number: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    if let scores = unsafe scores { return unsafe body(scores + number * scoreBytes) }
    let room = UnsafeMutableRawPointer.allocate(byteCount: scoreBytes, alignment: 64)
    defer { unsafe room.deallocate() }
    unsafe body(room)
  }

  private func address(_ piece: Int, _ number: Int) -> UnsafeMutableRawPointer {
    unsafe addresses[piece] + batches[piece].distance(to: number) * type.byteCount
  }

  /// out = a times b, or the transposed b.
  func product(
    _ a: Int, _ b: Int, _ number: Int, turnsB: Bool, out: UnsafeMutableRawPointer
  ) {
    let (left, right) = (batches[a], batches[b])
    let n = turnsB ? right.rows : right.columns
    unsafe Gemm(
      type, m: left.rows, n: n, k: left.columns, a: address(a, number),
      turnsA: left.first.isTransposed, lda: left.first.leadingDimension, b: address(b, number),
      turnsB: right.first.isTransposed != turnsB, ldb: right.first.leadingDimension, out: out,
      ldc: n, adds: false
    ).call()
  }

  /// Piece `out` = scores, or the transposed scores, times b.
  func product(
    _ scores: UnsafeMutableRawPointer, _ targets: Int, _ sources: Int, turned: Bool, _ b: Int,
    _ number: Int, into out: Int
  ) {
    let right = batches[b]
    unsafe Gemm(
      type, m: turned ? sources : targets, n: right.columns, k: turned ? targets : sources,
      a: scores, turnsA: turned, lda: sources, b: address(b, number),
      turnsB: right.first.isTransposed, ldb: right.first.leadingDimension,
      out: address(out, number), ldc: batches[out].first.leadingDimension, adds: false
    ).call()
  }
}
