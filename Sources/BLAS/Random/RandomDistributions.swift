internal import CKernels

/// A parameter of a distribution: one value, or one for each number that is drawn.
@safe package struct DistributionParameter {
  let storage: Storage
  let offset: Int
  let step: Int

  /// One value for all.
  package init<Element: BitwiseCopyable>(_ value: Element) {
    storage = Storage(repeating: value, count: 1)
    (offset, step) = (0, 0)
  }

  /// `count` values of 8 bytes from element `offset` of a storage.
  package init(_ storage: Storage, offset: Int, count: Int) {
    precondition(
      offset >= 0 && (offset + count) * 8 <= storage.byteCount,
      "\(count) parameters leave their storage")
    self.storage = storage
    self.offset = offset
    step = 1
  }

  func address<Element: BitwiseCopyable>(as type: Element.Type) -> UnsafePointer<Element> {
    unsafe UnsafePointer((storage.base + offset * 8).assumingMemoryBound(to: type))
  }
}

/// Numbers whose elements draw from blocks of their own in one stream.
@safe package struct RandomStream {
  let key: UInt64
  let stream: UInt64

  /// A stream that nothing else draws from.
  package init(key: UInt64, stream: UInt64) {
    self.key = key
    self.stream = stream
  }

  private func doubles(_ count: Int, _ body: (UnsafeMutablePointer<Double>) -> Void) -> Storage {
    let storage = Storage(byteCount: count * 8)
    unsafe body(storage.base.assumingMemoryBound(to: Double.self))
    return storage
  }

  private func integers(_ count: Int, _ body: (UnsafeMutablePointer<Int64>) -> Void) -> Storage {
    let storage = Storage(byteCount: count * 8)
    unsafe body(storage.base.assumingMemoryBound(to: Int64.self))
    return storage
  }

  /// 64-bit integers from `low`, `width` of them, 0 meaning all.
  package func integers(_ count: Int, low: Int64, width: UInt64) -> Storage {
    unsafe integers(count) { unsafe ck_integers(key, stream, count, low, width, $0) }
  }

  /// Gamma numbers of scale 1.
  package func gamma(_ count: Int, shape: DistributionParameter) -> Storage {
    unsafe doubles(count) {
      unsafe ck_gamma(key, stream, count, shape.address(as: Double.self), shape.step, $0)
    }
  }

  /// Beta numbers.
  package func beta(_ count: Int, a: DistributionParameter, b: DistributionParameter) -> Storage {
    unsafe doubles(count) {
      unsafe ck_beta(
        key, stream, count, a.address(as: Double.self), a.step, b.address(as: Double.self), b.step,
        $0)
    }
  }

  /// Poisson numbers, as 64-bit integers.
  package func poisson(_ count: Int, rate: DistributionParameter) -> Storage {
    unsafe integers(count) {
      unsafe ck_poisson(key, stream, count, rate.address(as: Double.self), rate.step, $0)
    }
  }

  /// Counts of successes, as 64-bit integers.
  package func binomial(
    _ count: Int, trials: DistributionParameter, probability: DistributionParameter
  ) -> Storage {
    unsafe integers(count) {
      unsafe ck_binomial(
        key, stream, count, trials.address(as: Int64.self), trials.step,
        probability.address(as: Double.self), probability.step, $0)
    }
  }

  /// Standard normal numbers in `low...high`.
  package func truncatedNormal(_ count: Int, low: Double, high: Double) -> Storage {
    unsafe doubles(count) { unsafe ck_truncated_normal(key, stream, count, low, high, $0) }
  }

  /// For each row of `weights` `[rows, choices]`, `count` positions by weight, as 64-bit integers.
  package func categorical(_ count: Int, rows: Int, choices: Int, weights: DistributionParameter)
    -> Storage
  {
    let sums = Storage(byteCount: choices * 8)
    return unsafe integers(rows * count) {
      unsafe ck_categorical(
        key, stream, rows, choices, count, weights.address(as: Double.self),
        sums.base.assumingMemoryBound(to: Double.self), $0)
    }
  }
}
