// Transforms of real numbers: two of them are the real and imaginary parts of one complex transform.
#include <string.h>

#include "fft_blocks.h"

/// Real lanes: strides count real numbers.
static struct fft_view real_view(const void *base, bool wide, ptrdiff_t at, ptrdiff_t element, ptrdiff_t lane) {
  return (struct fft_view){offset(base, wide, at), 0, element, lane};
}

/// One long line of even length is half as many complex numbers; only roots are needed to sort them out.
///
/// With z the transform of x[2j] + i x[2j + 1], and e and o those of the even and odd elements, z = e + i o.
#define HALVES(NAME, T)                                                                                \
  static void unfold_##NAME(const struct fft_roots *roots, size_t n, const T *z, T *out, T scale) {     \
    size_t h = n / 2;                                                                                   \
    for (size_t k = 0; k <= h; k++) {                                                                   \
      size_t a = k == h ? 0 : k, b = k == 0 || k == h ? 0 : h - k;                                      \
      T er = z[2 * a] + z[2 * b], ei = z[2 * a + 1] - z[2 * b + 1];                                     \
      T or_ = z[2 * a + 1] + z[2 * b + 1], oi = z[2 * b] - z[2 * a];                                    \
      double wr, wi;                                                                                    \
      fft_roots_at(roots, k, &wr, &wi);                                                                 \
      out[2 * k] = (T)0.5 * scale * (er + or_ * (T)wr - oi * (T)wi);                                    \
      out[2 * k + 1] = (T)0.5 * scale * (ei + or_ * (T)wi + oi * (T)wr);                                \
    }                                                                                                   \
  }                                                                                                     \
  static void fold_##NAME(const struct fft_roots *roots, size_t n, size_t count, const T *in, T *z) {   \
    size_t h = n / 2;                                                                                   \
    for (size_t k = 0; k < h; k++) {                                                                    \
      size_t m = h - k;                                                                                 \
      T ar = k < count ? in[2 * k] : 0, ai = k < count && k > 0 ? in[2 * k + 1] : 0;                    \
      T br = m < count ? in[2 * m] : 0, bi = m < count && m < h ? in[2 * m + 1] : 0;                    \
      T er = ar + br, ei = ai - bi, dr = ar - br, di = ai + bi;                                         \
      double wr, wi;                                                                                    \
      fft_roots_at(roots, k, &wr, &wi);                                                                 \
      T or_ = dr * (T)wr + di * (T)wi, oi = di * (T)wr - dr * (T)wi;                                    \
      z[2 * k] = er - oi;                                                                               \
      z[2 * k + 1] = ei + or_;                                                                          \
    }                                                                                                   \
  }

HALVES(f32, float)
HALVES(f64, double)

/// Whether lines go one by one: few and long ones of even length, or those whose convolutions are too long for blocks.
static bool is_line(size_t n, size_t lanes, size_t total, size_t inner) {
  bool heavy = n >= 32768 || (!fft_is_smooth(n) && n >= FFT_LONG_CHIRP);
  return n % 2 == 0 && inner == 1 && (heavy || (n >= 1024 && total < lanes));
}

/// Transforms of many lines at once: those of a block and of the one behind it share one complex transform.
struct real_lines {
  const struct fft_plan *plan;
  size_t count, outer, inner;
  const void *in;
  void *out;
  double scale;
};

static void forward_block(struct block *block, size_t number, const void *context) {
  const struct real_lines *f = context;
  bool wide = f->plan->wide;
  const struct fft_kernels *k = fft_kernels_for(wide);
  size_t lanes = wide ? 8 : 16, n = f->plan->n, kept = n / 2 + 1, inner = f->inner;
  struct block_lanes at = block_lanes(number, 2 * lanes, f->outer, inner);
  size_t first = smaller(at.width, lanes), second = at.width - first;
  ptrdiff_t in_step = inner == 1 ? (ptrdiff_t)f->count : 1, out_step = inner == 1 ? (ptrdiff_t)kept : 1;
  ptrdiff_t from_at = (ptrdiff_t)(at.outer * f->count * inner + at.inner), to_at = (ptrdiff_t)(at.outer * kept * inner + at.inner);
  struct fft_view from = real_view(f->in, wide, from_at, (ptrdiff_t)inner, in_step);
  k->load(&from, first, f->count, n, block->re, block->im);
  if (second) {
    from = real_view(f->in, wide, from_at + (ptrdiff_t)lanes * in_step, (ptrdiff_t)inner, in_step);
    k->load(&from, second, f->count, n, block->im, block->work_re);
  }
  block_run(block, f->plan, false);
  k->separate(n, block->re, block->im, block->work_re, block->work_im);
  struct fft_view to = complex_view(f->out, wide, to_at, (ptrdiff_t)inner, out_step);
  k->store(block->work_re, block->work_im, first, kept, &to, 0.5 * f->scale);
  if (second) {
    to = complex_view(f->out, wide, to_at + (ptrdiff_t)lanes * out_step, (ptrdiff_t)inner, out_step);
    k->store(block->re, block->im, second, kept, &to, 0.5 * f->scale);
  }
}

static void inverse_block(struct block *block, size_t number, const void *context) {
  const struct real_lines *f = context;
  bool wide = f->plan->wide;
  const struct fft_kernels *k = fft_kernels_for(wide);
  size_t lanes = wide ? 8 : 16, n = f->plan->n, kept = n / 2 + 1, inner = f->inner;
  struct block_lanes at = block_lanes(number, 2 * lanes, f->outer, inner);
  size_t first = smaller(at.width, lanes), second = at.width - first;
  ptrdiff_t in_step = inner == 1 ? (ptrdiff_t)f->count : 1, out_step = inner == 1 ? (ptrdiff_t)n : 1;
  ptrdiff_t from_at = (ptrdiff_t)(at.outer * f->count * inner + at.inner), to_at = (ptrdiff_t)(at.outer * n * inner + at.inner);
  struct fft_view from = complex_view(f->in, wide, from_at, (ptrdiff_t)inner, in_step);
  k->load(&from, first, f->count, kept, block->re, block->im);
  from = complex_view(f->in, wide, from_at + (ptrdiff_t)lanes * in_step, (ptrdiff_t)inner, in_step);
  k->load(&from, second, second ? f->count : 0, kept, block->work_re, block->work_im);
  k->join(n, block->re, block->im, block->work_re, block->work_im);
  block_run(block, f->plan, true);
  struct fft_view to = real_view(f->out, wide, to_at, (ptrdiff_t)inner, out_step);
  k->store(block->re, block->im, first, n, &to, f->scale);
  if (second) {
    to = real_view(f->out, wide, to_at + (ptrdiff_t)lanes * out_step, (ptrdiff_t)inner, out_step);
    k->store(block->im, block->re, second, n, &to, f->scale);
  }
}

bool ck_rfft(int type, size_t n, size_t count, size_t outer, size_t inner, const void *in, void *out, double scale) {
  bool wide = type == CK_F64, done = true;
  size_t lanes = wide ? 8 : 16, total = outer * inner, kept = n / 2 + 1, size = wide ? sizeof(double) : sizeof(float);
  if (n == 0 || total == 0) return true;
  if (is_line(n, lanes, total, inner)) {
    struct fft_roots roots;
    if (!fft_roots_make(&roots, n)) return false;
    // Zeros behind an odd count make the last pair whole.
    void *line = ck_allocate(n * size), *z = ck_allocate(n * size);
    for (size_t row = 0; row < outer && done; row++) {
      memset(line, 0, n * size);
      memcpy(line, offset(in, wide, (ptrdiff_t)(row * count)), count * size);
      done = ck_fft(type, false, n / 2, n / 2, 1, 1, line, z, 1);
      void *target = offset(out, wide, (ptrdiff_t)(2 * row * kept));
      if (wide) unfold_f64(&roots, n, z, target, scale);
      else unfold_f32(&roots, n, z, target, (float)scale);
    }
    ck_release(line, n * size);
    ck_release(z, n * size);
    fft_roots_free(&roots);
    return done;
  }
  struct fft_plan *plan = fft_plan_take(n, wide);
  if (!plan) return false;
  if (!fft_is_smooth(n) && !plan->inner) {
    // Long lines of odd length, with a large prime: complex ones with nothing in the imaginary part.
    fft_plan_give(plan);
    size_t elements = total * count;
    char *complex = ck_allocate(2 * elements * size), *full = ck_allocate(2 * total * n * size);
    memset(complex, 0, 2 * elements * size);
    for (size_t i = 0; i < elements; i++) memcpy(complex + 2 * i * size, (const char *)in + i * size, size);
    done = ck_fft(type, false, n, count, outer, inner, complex, full, scale);
    for (size_t o = 0; o < outer; o++)
      memcpy((char *)out + 2 * o * kept * inner * size, full + 2 * o * n * inner * size, 2 * kept * inner * size);
    ck_release(complex, 2 * elements * size);
    ck_release(full, 2 * total * n * size);
    return done;
  }
  struct real_lines f = {plan, count, outer, inner, in, out, scale};
  each_block(plan, block_count(2 * lanes, outer, inner), forward_block, &f);
  fft_plan_give(plan);
  return true;
}

bool ck_irfft(int type, size_t n, size_t count, size_t outer, size_t inner, const void *in, void *out, double scale) {
  bool wide = type == CK_F64, done = true;
  size_t lanes = wide ? 8 : 16, total = outer * inner, size = wide ? sizeof(double) : sizeof(float);
  if (n == 0 || total == 0) return true;
  if (is_line(n, lanes, total, inner)) {
    struct fft_roots roots;
    if (!fft_roots_make(&roots, n)) return false;
    void *z = ck_allocate(n * size);
    for (size_t row = 0; row < outer && done; row++) {
      const void *source = offset(in, wide, (ptrdiff_t)(2 * row * count));
      if (wide) fold_f64(&roots, n, count, source, z);
      else fold_f32(&roots, n, count, source, z);
      done = ck_fft(type, true, n / 2, n / 2, 1, 1, z, offset(out, wide, (ptrdiff_t)(row * n)), scale);
    }
    ck_release(z, n * size);
    fft_roots_free(&roots);
    return done;
  }
  struct fft_plan *plan = fft_plan_take(n, wide);
  if (!plan) return false;
  if (!fft_is_smooth(n) && !plan->inner) {
    // The other half of the coefficients mirrors the first.
    fft_plan_give(plan);
    size_t bytes = 2 * total * n * size;
    char *full = ck_allocate(bytes), *result = ck_allocate(bytes);
    memset(full, 0, bytes);
    for (size_t o = 0; o < outer; o++)
      for (size_t e = 0; e < count; e++)
        for (size_t i = 0; i < inner; i++) {
          const char *from = (const char *)in + 2 * ((o * count + e) * inner + i) * size;
          char *to = full + 2 * ((o * n + e) * inner + i) * size;
          memcpy(to, from, e && 2 * e != n ? 2 * size : size);
          if (e == 0 || 2 * e == n) continue;
          char *mirror = full + 2 * ((o * n + n - e) * inner + i) * size;
          memcpy(mirror, from, size);
          if (wide) ((double *)mirror)[1] = -((const double *)from)[1];
          else ((float *)mirror)[1] = -((const float *)from)[1];
        }
    done = ck_fft(type, true, n, n, outer, inner, full, result, scale);
    for (size_t i = 0; i < total * n; i++) memcpy((char *)out + i * size, result + 2 * i * size, size);
    ck_release(full, bytes);
    ck_release(result, bytes);
    return done;
  }
  struct real_lines f = {plan, count, outer, inner, in, out, scale};
  each_block(plan, block_count(2 * lanes, outer, inner), inverse_block, &f);
  fft_plan_give(plan);
  return true;
}
