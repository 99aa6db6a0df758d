#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Discrete Fourier transforms along the middle axis of contiguous arrays [outer, n, inner].
///
/// Complex numbers are pairs of real and imaginary part. All return false when memory runs out. An input axis shorter than `n`
/// counts as filled up with zeros; the results are multiplied by `scale`.

/// Complex [outer, count, inner] to complex [outer, n, inner]; the exponent's sign is + if `inverse`.
bool ck_fft(int type, bool inverse, size_t n, size_t count, size_t outer, size_t inner, const void *in, void *out,
            double scale);
/// Real [outer, count, inner] to the first n / 2 + 1 of n complex coefficients.
bool ck_rfft(int type, size_t n, size_t count, size_t outer, size_t inner, const void *in, void *out, double scale);
/// The first n / 2 + 1 coefficients (`count` of them are there) of real numbers to those, [outer, n, inner].
bool ck_irfft(int type, size_t n, size_t count, size_t outer, size_t inner, const void *in, void *out, double scale);
