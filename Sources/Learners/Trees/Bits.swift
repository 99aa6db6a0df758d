internal import Glibc

/// `p · log₂ p`, and 0 of 0.
func bits(_ p: Double) -> Double { p > 0 ? p * Glibc.log2(p) : 0 }
