internal import CKernels
internal import COpenBLAS
internal import Synchronization

/// A product of row-major matrices that may be stored transposed: out = a b, or out += a b.
///
/// OpenBLAS's threads wait for each other in turn, so that a product of a tenth of a millisecond takes many when other
/// programs have the processor. Products are therefore shared out to the kernels' own threads, which wait for nobody who has
/// not started, and OpenBLAS works on each part alone.
@safe struct Gemm {
  let type: ElementType
  var m: Int
  var n: Int
  let k: Int
  var a: UnsafeMutableRawPointer
  let turnsA: Bool
  let lda: Int
  var b: UnsafeMutableRawPointer
  let turnsB: Bool
  let ldb: Int
  var out: UnsafeMutableRawPointer
  let ldc: Int
  let adds: Bool

  init(
    _ type: ElementType, m: Int, n: Int, k: Int, a: UnsafeMutableRawPointer, turnsA: Bool, lda: Int,
    b: UnsafeMutableRawPointer, turnsB: Bool, ldb: Int, out: UnsafeMutableRawPointer,
    ldc: Int? = nil,
    adds: Bool
  ) {
    precondition(
      type == .float32 || type == .float64,
      "BLAS multiplies floating-point matrices only, not \(type)")
    (self.type, self.m, self.n, self.k) = (type, m, n, k)
    unsafe (self.a, self.b, self.out) = unsafe (a, b, out)
    (self.turnsA, self.lda, self.turnsB, self.ldb) = (turnsA, lda, turnsB, ldb)
    (self.ldc, self.adds) = (ldc ?? n, adds)
  }

  func run() {
    let work = Double(m) * Double(n) * Double(k)
    // Below, OpenBLAS uses one thread itself.
    guard work > 2.5e5 else { return call() }
    let threads = ck_thread_count()
    // More parts than threads even out what other programs take, but each part packs an operand for itself, which
    // long ones feel.
    let parts =
      switch work {
      case ..<4e6: 2
      case ..<1.4e8: Swift.max(4, Swift.min(threads, Int(work / 4e6)))
      default: Swift.max(2, threads)
      }
    OneThread.scope { Parallel.each(parts, isLong: work > 4e6) { part($0, of: parts).call() } }
  }

  /// Some rows of the result, or some columns of one that is far wider than high.
  private func part(_ number: Int, of parts: Int) -> Gemm {
    func bounds(_ length: Int) -> Range<Int> {
      // Multiples of 16 keep the parts' lines where the processor's vectors begin.
      let step = ((length + parts - 1) / parts + 15) / 16 * 16
      return Swift.min(number * step, length)..<Swift.min((number + 1) * step, length)
    }
    if n <= 2 * m { return rows(bounds(m)) }
    var part = self
    let columns = bounds(n)
    part.n = columns.count
    unsafe part.b += columns.lowerBound * (turnsB ? ldb : 1) * type.byteCount
    unsafe part.out += columns.lowerBound * type.byteCount
    return part
  }

  /// Some rows of the result.
  func rows(_ range: Range<Int>) -> Gemm {
    var part = self
    part.m = range.count
    unsafe part.a += range.lowerBound * (turnsA ? 1 : lda) * type.byteCount
    unsafe part.out += range.lowerBound * ldc * type.byteCount
    return part
  }

  func call() {
    guard m > 0, n > 0 else { return }
    guard k > 0 || adds else {
      for row in 0..<m {
        unsafe (out + row * ldc * type.byteCount).initializeMemory(
          as: UInt8.self, repeating: 0, count: n * type.byteCount)
      }
      return
    }
    let (aFlag, bFlag) = (turnsA ? CblasTrans : CblasNoTrans, turnsB ? CblasTrans : CblasNoTrans)
    let (rows, columns, depth) = (Int32(m), Int32(n), Int32(k))
    if type == .float32 {
      unsafe cblas_sgemm(
        CblasRowMajor, aFlag, bFlag, rows, columns, depth, 1,
        UnsafePointer(a.assumingMemoryBound(to: Float.self)), Int32(lda),
        UnsafePointer(b.assumingMemoryBound(to: Float.self)), Int32(ldb), adds ? 1 : 0,
        out.assumingMemoryBound(to: Float.self), Int32(ldc))
    } else {
      unsafe cblas_dgemm(
        CblasRowMajor, aFlag, bFlag, rows, columns, depth, 1,
        UnsafePointer(a.assumingMemoryBound(to: Double.self)), Int32(lda),
        UnsafePointer(b.assumingMemoryBound(to: Double.self)), Int32(ldb), adds ? 1 : 0,
        out.assumingMemoryBound(to: Double.self), Int32(ldc))
    }
  }
}

/// Times in which OpenBLAS uses the calling threads only; the number of its threads is one for all callers.
enum OneThread {
  private static let users = Atomic<Int>(0)
  private static let usual = openblas_get_num_threads()

  static func scope(_ body: () -> Void) {
    let usual = usual
    if users.add(1, ordering: .relaxed).oldValue == 0 { openblas_set_num_threads(1) }
    body()
    if users.subtract(1, ordering: .relaxed).newValue == 0 { openblas_set_num_threads(usual) }
  }
}
