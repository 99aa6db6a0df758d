import CCrypto

/// Whether `a` and `b` are equal, in a time that depends on their lengths only.
///
/// Compare signatures with it: `==` stops at the first difference and so tells an attacker how
/// much of a guess was right.
package func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  return unsafe CRYPTO_memcmp(a, b, a.count) == 0
}
