import FoundationEssentials

/// Milliseconds since 1970.
package func currentMilliseconds() -> Int64 {
  Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))
}
