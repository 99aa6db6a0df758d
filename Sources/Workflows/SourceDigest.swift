import Digest

/// Returns the SHA-256 digest of a program's source in hexadecimal: 64 small digits.
package func sourceDigest(_ source: String) -> String {
  hexadecimal(sha256(Array(source.utf8)))
}
