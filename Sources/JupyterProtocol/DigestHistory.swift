/// The signatures seen last, at most `limit` of them.
///
/// Only authentic signatures get in, so 128 of their 256 bits tell them apart.
struct DigestHistory: Sendable {
  private struct Digest: Hashable {
    let high: UInt64
    let low: UInt64
  }

  private let limit: Int
  private var members: Set<Digest> = []
  private var ring: [Digest] = []
  private var oldest = 0

  /// Makes an empty history.
  ///
  /// - Precondition: `limit` is positive.
  init(limit: Int) {
    precondition(limit > 0, "DigestHistory: the limit is \(limit); it must be positive")
    self.limit = limit
  }

  /// Remembers a signature of hexadecimal digits; the oldest is forgotten when there are too many.
  ///
  /// - Returns: `false` when it is remembered already.
  mutating func insert(_ signature: [UInt8]) -> Bool {
    let digest = Digest(
      high: Self.number(signature.prefix(16)), low: Self.number(signature.dropFirst(16).prefix(16)))
    guard members.insert(digest).inserted else { return false }
    if ring.count < limit {
      ring.append(digest)
    } else {
      members.remove(ring[oldest])
      ring[oldest] = digest
      oldest = (oldest + 1) % limit
    }
    return true
  }

  /// Reads sixteen hexadecimal digits.
  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64 {
    UInt64(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
  }
}
