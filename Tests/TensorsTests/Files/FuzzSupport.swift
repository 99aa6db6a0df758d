import BLAS
import Tensors
import Testing

/// Numbers that are the same in every run of a test (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Gives every prefix of `bytes` to `read`, which must throw, and `flips` copies with changed bytes, which it may read.
///
/// A crash ends the test run; what `read` throws must be an `Expected`.
func fuzz<Expected: Error>(
  _ bytes: [UInt8], flips: Int, as error: Expected.Type, read: ([UInt8]) throws -> Void
) {
  for count in 0..<bytes.count {
    do {
      try read(Array(bytes[..<count]))
      Issue.record("the first \(count) of \(bytes.count) bytes were read as if they were all")
    } catch {
      if !(error is Expected) { Issue.record("the first \(count) bytes: \(error)") }
    }
  }
  var generator = SeededGenerator(state: 7)
  for _ in 0..<flips {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: bytes.indices, using: &generator)
      changed[place] = UInt8.random(in: 0...255, using: &generator)
    }
    do { try read(changed) } catch {
      if !(error is Expected) { Issue.record("changed bytes: \(error)") }
    }
  }
}
