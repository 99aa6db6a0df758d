#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/CKernels.h"

// Inside the transforms. A block is `lanes` independent transforms side by side: element i of lane l is at
// [i * lanes + l] of the real and of the imaginary parts, so that every step works on whole vectors without shuffles.

/// Bytes of a row of a block: 16 floats or 8 doubles.
#define FFT_ROW_BYTES 64
#define FFT_MAX_FACTORS 64
/// The largest prime that has steps of its own; others go by Bluestein's way.
#define FFT_MAX_PRIME 13
/// From here on Bluestein's convolutions are done line by line, not in blocks.
#define FFT_LONG_CHIRP 2048

/// What a length needs: its factors and the powers of exp(-2 pi i / n).
struct fft_plan {
  size_t n;
  bool wide;
  int factors[FFT_MAX_FACTORS];
  int factor_count;
  /// n real parts, then n imaginary parts.
  void *twiddles;
  /// For a length with a large prime: the length of the convolution, its plan, the chirp (2 n) and the transformed filter
  /// (2 m), real parts first.
  size_t m;
  struct fft_plan *inner;
  void *chirp, *filter;
};

/// A plan for length `n`, of the caller alone until given back; null when memory runs out.
struct fft_plan *fft_plan_take(size_t n, bool wide);
void fft_plan_give(struct fft_plan *plan);
/// Whether the length has no prime above FFT_MAX_PRIME.
bool fft_is_smooth(size_t n);
/// The real and imaginary part of exp(-2 pi i k / n).
void fft_root(size_t k, size_t n, double *re, double *im);

/// Many roots of one n, each the product of two from tables.
struct fft_roots {
  int shift;
  /// Real and imaginary parts of the roots k and of the roots k << shift.
  double *low, *high;
};

bool fft_roots_make(struct fft_roots *roots, size_t n);
void fft_roots_free(struct fft_roots *roots);
/// exp(-2 pi i k / n) for k <= n.
static inline void fft_roots_at(const struct fft_roots *roots, size_t k, double *re, double *im) {
  size_t l = k & (((size_t)1 << roots->shift) - 1), h = k >> roots->shift;
  double ar = roots->low[2 * l], ai = roots->low[2 * l + 1], br = roots->high[2 * h], bi = roots->high[2 * h + 1];
  *re = ar * br - ai * bi;
  *im = ar * bi + ai * br;
}

/// Where lanes of complex numbers lie in memory: strides count scalars.
struct fft_view {
  void *re, *im;
  ptrdiff_t element, lane;
};

/// The kernels of one scalar type at one CPU level.
struct fft_kernels {
  /// Transforms a block in place; `work` has room for another. Returns where the result is: 0 in a, 1 in work.
  int (*run)(const struct fft_plan *plan, void *re, void *im, void *work_re, void *work_im);
  /// Copies `lanes` lanes of `count` elements into a block of `n` elements; the rest becomes 0. Null `im` counts as 0.
  void (*load)(const struct fft_view *from, size_t lanes, size_t count, size_t n, void *re, void *im);
  /// Copies a block's first `count` elements out, times `scale`.
  void (*store)(const void *re, const void *im, size_t lanes, size_t count, const struct fft_view *to, double scale);
  /// Multiplies row k, lane l by the number `base` [k] and the powers [k, l]; real parts first in both.
  void (*twist)(size_t rows, const double *base, const void *powers, void *re, void *im);
  /// Takes apart the transforms of two real numbers, real and imaginary part of z, of length n: the first n / 2 + 1
  /// coefficients of the first go to a, those of the second stay in z. Both come out doubled.
  void (*separate)(size_t n, void *zr, void *zi, void *ar, void *ai);
  /// Joins the first n / 2 + 1 coefficients in z and in b to those of n complex numbers, z + i b, in z.
  void (*join)(size_t n, void *zr, void *zi, const void *br, const void *bi);
};

const struct fft_kernels *fft_kernels_for(bool wide);
