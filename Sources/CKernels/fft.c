// Transforms of arrays: lanes are gathered into blocks, blocks transformed, and results put back.
#include <stdlib.h>
#include <string.h>

#include "fft_blocks.h"


/// Two factors near the root of a smooth `n`, the first at most the second; 1 and n if there are none.
static size_t split_factor(size_t n) {
  size_t best = 1;
  for (size_t d = 2; d * d <= n; d++)
    if (n % d == 0) best = d;
  return best;
}

/// One long transform as a matrix [a, b]: columns, roots, rows; the lanes are columns, then rows (Bailey 1990, doi:10.1007/BF00162341).
static bool long_fft(bool wide, bool inverse, size_t n, size_t a, size_t count, const void *in, void *out,
                     double scale) {
  size_t b = n / a, lanes = wide ? 8 : 16, scalar = wide ? sizeof(double) : sizeof(float);
  struct fft_plan *columns = fft_plan_take(a, wide), *rows = fft_plan_take(b, wide);
  void *middle = ck_allocate(2 * n * scalar);
  struct fft_roots roots = {0};
  double *base = malloc(2 * a * sizeof(double));
  void *powers = ck_allocate(2 * a * FFT_ROW_BYTES);
  bool done = columns && rows && base && fft_roots_make(&roots, n);
  const struct fft_kernels *k = fft_kernels_for(wide);
  if (done) {
    struct block block;
    block_make(&block, columns);
    // Element i of column j is turned by i j of n parts: by i j0 for its block and i l for its lane.
    for (size_t i = 0; i < a; i++)
      for (size_t l = 0; l < lanes; l++) {
        double re, im;
        fft_roots_at(&roots, i * l % n, &re, &im);
        size_t at = i * lanes + l;
        if (wide) ((double *)powers)[at] = re, ((double *)powers)[a * lanes + at] = im;
        else ((float *)powers)[at] = (float)re, ((float *)powers)[a * lanes + at] = (float)im;
      }
    for (size_t j = 0; j < b; j += lanes) {
      size_t width = smaller(lanes, b - j);
      // Elements j + i b; those from `count` on are zeros.
      size_t whole = count > j ? (count - j + b - 1) / b : 0, sure = count >= j + width ? (count - j - width) / b + 1 : 0;
      struct fft_view from = complex_view(in, wide, (ptrdiff_t)j, (ptrdiff_t)b, 1);
      k->load(&from, width, smaller(sure, a), a, block.re, block.im);
      if (whole > sure && sure < a) {
        struct fft_view rest = complex_view(in, wide, (ptrdiff_t)(j + sure * b), (ptrdiff_t)b, 1);
        k->load(&rest, count - j - sure * b, 1, 1, (char *)block.re + sure * FFT_ROW_BYTES,
                (char *)block.im + sure * FFT_ROW_BYTES);
      }
      block_run(&block, columns, inverse);
      for (size_t i = 0; i < a; i++) fft_roots_at(&roots, i * j, &base[i], &base[a + i]);
      if (inverse) k->twist(a, base, powers, block.im, block.re);
      else k->twist(a, base, powers, block.re, block.im);
      struct fft_view to = complex_view(middle, wide, (ptrdiff_t)(j * a), 1, (ptrdiff_t)a);
      k->store(block.re, block.im, width, a, &to, 1);
    }
    block_free(&block, columns);
    block_make(&block, rows);
    for (size_t i = 0; i < a; i += lanes) {
      size_t width = smaller(lanes, a - i);
      struct fft_view from = complex_view(middle, wide, (ptrdiff_t)i, (ptrdiff_t)a, 1);
      k->load(&from, width, b, b, block.re, block.im);
      block_run(&block, rows, inverse);
      struct fft_view to = complex_view(out, wide, (ptrdiff_t)i, (ptrdiff_t)a, 1);
      k->store(block.re, block.im, width, b, &to, scale);
    }
    block_free(&block, rows);
  }
  ck_release(middle, 2 * n * scalar);
  ck_release(powers, 2 * a * FFT_ROW_BYTES);
  free(base);
  fft_roots_free(&roots);
  if (columns) fft_plan_give(columns);
  if (rows) fft_plan_give(rows);
  return done;
}

/// One transform of a length with a large prime: chirp, convolution by long transforms, chirp.
static bool chirp_fft(const struct fft_plan *plan, bool inverse, size_t count, const struct fft_view *from,
                      const struct fft_view *to, double scale) {
  size_t n = plan->n, m = plan->m, size = plan->wide ? sizeof(double) : sizeof(float);
  int type = plan->wide ? CK_F64 : CK_F32;
  void *line = ck_allocate(2 * m * size), *turned = ck_allocate(2 * m * size);
#define CHIRP(T)                                                                          \
  {                                                                                       \
    T *x = line, *y = turned;                                                             \
    const T *cr = plan->chirp, *ci = cr + n, *fr = plan->filter, *fi = fr + m;            \
    const T *re = inverse ? from->im : from->re, *im = inverse ? from->re : from->im;     \
    T *out_re = inverse ? to->im : to->re, *out_im = inverse ? to->re : to->im;           \
    memset(x, 0, 2 * m * size);                                                           \
    for (size_t k = 0; k < count; k++) {                                                  \
      T a = re[(ptrdiff_t)k * from->element], b = im[(ptrdiff_t)k * from->element];       \
      x[2 * k] = a * cr[k] - b * ci[k];                                                   \
      x[2 * k + 1] = a * ci[k] + b * cr[k];                                               \
    }                                                                                     \
    done = ck_fft(type, false, m, m, 1, 1, x, y, 1);                                      \
    for (size_t k = 0; k < m; k++) {                                                      \
      T a = y[2 * k], b = y[2 * k + 1];                                                   \
      y[2 * k] = a * fr[k] - b * fi[k];                                                   \
      y[2 * k + 1] = a * fi[k] + b * fr[k];                                               \
    }                                                                                     \
    done = done && ck_fft(type, true, m, m, 1, 1, y, x, 1);                               \
    for (size_t k = 0; k < n; k++) {                                                      \
      T a = x[2 * k] * (T)scale, b = x[2 * k + 1] * (T)scale;                             \
      out_re[(ptrdiff_t)k * to->element] = a * cr[k] - b * ci[k];                         \
      out_im[(ptrdiff_t)k * to->element] = a * ci[k] + b * cr[k];                         \
    }                                                                                     \
  }
  bool done;
  if (plan->wide) CHIRP(double)
  else CHIRP(float)
  ck_release(line, 2 * m * size);
  ck_release(turned, 2 * m * size);
  return done;
}

bool ck_fft(int type, bool inverse, size_t n, size_t count, size_t outer, size_t inner, const void *in, void *out,
            double scale) {
  bool wide = type == CK_F64, smooth = fft_is_smooth(n);
  size_t lanes = wide ? 8 : 16, total = outer * inner;
  if (n == 0 || total == 0) return true;
  // A few long lines one by one, so that all lanes of a block have work and it fits in the cache.
  bool is_long = inner == 1 && ((n >= 1024 && outer < lanes / 2) || n >= 32768);
  if (is_long && smooth) {
    size_t a = split_factor(n);
    if (a >= lanes) {
      for (size_t row = 0; row < outer; row++)
        if (!long_fft(wide, inverse, n, a, count, offset(in, wide, (ptrdiff_t)(2 * row * count)),
                      offset(out, wide, (ptrdiff_t)(2 * row * n)), scale))
          return false;
      return true;
    }
  }
  struct fft_plan *plan = fft_plan_take(n, wide);
  if (!plan) return false;
  const struct fft_kernels *k = fft_kernels_for(wide);
  bool by_lines = !smooth && !plan->inner, done = true;
  struct block block = {0};
  if (!by_lines) block_make(&block, plan);
  for (size_t lane = 0; lane < total && done;) {
    size_t width = by_lines ? 1 : lanes_from(lane, lanes, outer, inner), o = lane / inner, i = lane % inner;
    ptrdiff_t in_step = inner == 1 ? (ptrdiff_t)count : 1, out_step = inner == 1 ? (ptrdiff_t)n : 1;
    struct fft_view from =
        complex_view(in, wide, (ptrdiff_t)(o * count * inner + i), (ptrdiff_t)inner, in_step);
    struct fft_view to = complex_view(out, wide, (ptrdiff_t)(o * n * inner + i), (ptrdiff_t)inner, out_step);
    if (by_lines) {
      done = chirp_fft(plan, inverse, count, &from, &to, scale);
    } else {
      k->load(&from, width, count, n, block.re, block.im);
      block_run(&block, plan, inverse);
      k->store(block.re, block.im, width, n, &to, scale);
    }
    lane += width;
  }
  if (!by_lines) block_free(&block, plan);
  fft_plan_give(plan);
  return done;
}
