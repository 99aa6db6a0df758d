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
struct long_fft {
  bool wide, inverse;
  size_t a, b, count;
  const void *in;
  void *middle, *out;
  double scale;
  const struct fft_plan *columns, *rows;
  struct fft_roots roots;
  /// exp(-2 pi i k l / n) for row k and lane l.
  void *powers;
};

static void long_columns(struct block *block, size_t number, const void *context) {
  const struct long_fft *f = context;
  const struct fft_kernels *k = fft_kernels_for(f->wide);
  size_t lanes = f->wide ? 8 : 16, a = f->a, b = f->b, j = number * lanes, width = smaller(lanes, b - j);
  // Elements j + i b; those from `count` on are zeros.
  size_t whole = f->count > j ? (f->count - j + b - 1) / b : 0, sure = f->count >= j + width ? (f->count - j - width) / b + 1 : 0;
  struct fft_view from = complex_view(f->in, f->wide, (ptrdiff_t)j, (ptrdiff_t)b, 1);
  k->load(&from, width, smaller(sure, a), a, block->re, block->im);
  if (whole > sure && sure < a) {
    struct fft_view rest = complex_view(f->in, f->wide, (ptrdiff_t)(j + sure * b), (ptrdiff_t)b, 1);
    k->load(&rest, f->count - j - sure * b, 1, 1, (char *)block->re + sure * FFT_ROW_BYTES,
            (char *)block->im + sure * FFT_ROW_BYTES);
  }
  block_run(block, f->columns, f->inverse);
  // Element i of column j is turned by i j of n parts: by i j0 for its block and i l for its lane.
  double *base = ck_allocate(2 * a * sizeof(double));
  for (size_t i = 0; i < a; i++) fft_roots_at(&f->roots, i * j, &base[i], &base[a + i]);
  if (f->inverse) k->twist(a, base, f->powers, block->im, block->re);
  else k->twist(a, base, f->powers, block->re, block->im);
  ck_release(base, 2 * a * sizeof(double));
  struct fft_view to = complex_view(f->middle, f->wide, (ptrdiff_t)(j * a), 1, (ptrdiff_t)a);
  k->store(block->re, block->im, width, a, &to, 1);
}

static void long_rows(struct block *block, size_t number, const void *context) {
  const struct long_fft *f = context;
  const struct fft_kernels *k = fft_kernels_for(f->wide);
  size_t lanes = f->wide ? 8 : 16, i = number * lanes, width = smaller(lanes, f->a - i);
  struct fft_view from = complex_view(f->middle, f->wide, (ptrdiff_t)i, (ptrdiff_t)f->a, 1);
  k->load(&from, width, f->b, f->b, block->re, block->im);
  block_run(block, f->rows, f->inverse);
  struct fft_view to = complex_view(f->out, f->wide, (ptrdiff_t)i, (ptrdiff_t)f->a, 1);
  k->store(block->re, block->im, width, f->b, &to, f->scale);
}

static bool long_fft(bool wide, bool inverse, size_t n, size_t a, size_t count, const void *in, void *out,
                     double scale) {
  size_t b = n / a, lanes = wide ? 8 : 16, scalar = wide ? sizeof(double) : sizeof(float);
  struct fft_plan *columns = fft_plan_take(a, wide), *rows = fft_plan_take(b, wide);
  struct long_fft f = {wide, inverse, a, b, count, in, 0, out, scale, columns, rows, {0}, 0};
  f.middle = ck_allocate(2 * n * scalar);
  f.powers = ck_allocate(2 * a * FFT_ROW_BYTES);
  bool done = columns && rows && fft_roots_make(&f.roots, n);
  if (done) {
    for (size_t i = 0; i < a; i++)
      for (size_t l = 0; l < lanes; l++) {
        double re, im;
        fft_roots_at(&f.roots, i * l % n, &re, &im);
        size_t at = i * lanes + l;
        if (wide) ((double *)f.powers)[at] = re, ((double *)f.powers)[a * lanes + at] = im;
        else ((float *)f.powers)[at] = (float)re, ((float *)f.powers)[a * lanes + at] = (float)im;
      }
    each_block(columns, (b + lanes - 1) / lanes, long_columns, &f);
    each_block(rows, (a + lanes - 1) / lanes, long_rows, &f);
    fft_roots_free(&f.roots);
  }
  ck_release(f.middle, 2 * n * scalar);
  ck_release(f.powers, 2 * a * FFT_ROW_BYTES);
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

/// Transforms of many lines at once.
struct lines {
  const struct fft_plan *plan;
  bool inverse;
  size_t count, outer, inner;
  const void *in;
  void *out;
  double scale;
};

static struct fft_view lines_from(const struct lines *f, size_t o, size_t i) {
  return complex_view(f->in, f->plan->wide, (ptrdiff_t)(o * f->count * f->inner + i), (ptrdiff_t)f->inner,
                      f->inner == 1 ? (ptrdiff_t)f->count : 1);
}

static struct fft_view lines_to(const struct lines *f, size_t o, size_t i) {
  size_t n = f->plan->n;
  return complex_view(f->out, f->plan->wide, (ptrdiff_t)(o * n * f->inner + i), (ptrdiff_t)f->inner,
                      f->inner == 1 ? (ptrdiff_t)n : 1);
}

static void lines_block(struct block *block, size_t number, const void *context) {
  const struct lines *f = context;
  const struct fft_kernels *k = fft_kernels_for(f->plan->wide);
  struct block_lanes at = block_lanes(number, f->plan->wide ? 8 : 16, f->outer, f->inner);
  struct fft_view from = lines_from(f, at.outer, at.inner), to = lines_to(f, at.outer, at.inner);
  k->load(&from, at.width, f->count, f->plan->n, block->re, block->im);
  block_run(block, f->plan, f->inverse);
  k->store(block->re, block->im, at.width, f->plan->n, &to, f->scale);
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
  struct lines f = {plan, inverse, count, outer, inner, in, out, scale};
  bool done = true;
  if (smooth || plan->inner) {
    each_block(plan, block_count(lanes, outer, inner), lines_block, &f);
  } else {
    for (size_t line = 0; line < total && done; line++) {
      struct fft_view from = lines_from(&f, line / inner, line % inner), to = lines_to(&f, line / inner, line % inner);
      done = chirp_fft(plan, inverse, count, &from, &to, scale);
    }
  }
  fft_plan_give(plan);
  return done;
}
