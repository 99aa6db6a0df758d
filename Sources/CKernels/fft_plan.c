// Plans of transforms: factors, roots of unity, and Bluestein's chirps; some are kept.
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "fft.h"

#define KEPT_PLANS 32

void fft_root(size_t k, size_t n, double *re, double *im) {
  // The argument is reduced to an eighth of a turn in integers, where sine and cosine are most accurate.
  size_t eighth = 8 * k / n;
  unsigned __int128 part = (unsigned __int128)8 * k - (unsigned __int128)eighth * n;
  double turn = 0.78539816339744830962;
  double angle = eighth & 1 ? turn * ((double)(n - (size_t)part) / (double)n) : turn * ((double)part / (double)n);
  double c = cos(angle), s = sin(angle);
  if (((eighth + 1) & 2) != 0) {
    double kept = c;
    c = s;
    s = kept;
  }
  *re = ((eighth + 2) & 4) != 0 ? -c : c;
  *im = (eighth & 4) != 0 ? s : -s;
}

bool fft_roots_make(struct fft_roots *roots, size_t n) {
  roots->shift = 0;
  while ((size_t)1 << (2 * roots->shift) < n) roots->shift++;
  size_t low = (size_t)1 << roots->shift, high = (n >> roots->shift) + 1;
  roots->low = malloc(2 * low * sizeof(double));
  roots->high = malloc(2 * high * sizeof(double));
  if (!roots->low || !roots->high) {
    fft_roots_free(roots);
    return false;
  }
  for (size_t k = 0; k < low; k++) fft_root(k % n, n, &roots->low[2 * k], &roots->low[2 * k + 1]);
  for (size_t k = 0; k < high; k++) fft_root((k << roots->shift) % n, n, &roots->high[2 * k], &roots->high[2 * k + 1]);
  return true;
}

void fft_roots_free(struct fft_roots *roots) {
  free(roots->low);
  free(roots->high);
}

bool fft_is_smooth(size_t n) {
  for (size_t p = 2; p <= FFT_MAX_PRIME; p++)
    while (n % p == 0) n /= p;
  return n == 1;
}

/// The smallest length from `n` up whose only factors are 2, 3 and 5.
static size_t convolution_length(size_t n) {
  size_t best = 1;
  while (best < n) best *= 2;
  for (size_t fives = 1; fives < best; fives *= 5)
    for (size_t threes = fives; threes < best; threes *= 3) {
      size_t length = threes;
      while (length < n) length *= 2;
      if (length < best) best = length;
    }
  return best;
}

static void put(void *array, bool wide, size_t at, double value) {
  if (wide) ((double *)array)[at] = value;
  else ((float *)array)[at] = (float)value;
}

static void plan_free(struct fft_plan *plan) {
  if (!plan) return;
  if (plan->inner) plan_free(plan->inner);
  free(plan->twiddles);
  free(plan->chirp);
  free(plan->filter);
  free(plan);
}

static bool plan_smooth(struct fft_plan *plan) {
  size_t rest = plan->n;
  // Fours first: they are the cheapest.
  const size_t order[] = {4, 2, 3, 5, 7, 11, 13};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++)
    while (rest % order[i] == 0) {
      plan->factors[plan->factor_count++] = (int)order[i];
      rest /= order[i];
    }
  size_t size = plan->wide ? sizeof(double) : sizeof(float);
  plan->twiddles = malloc(2 * plan->n * size);
  if (!plan->twiddles) return false;
  for (size_t k = 0; k < plan->n; k++) {
    double re, im;
    fft_root(k, plan->n, &re, &im);
    put(plan->twiddles, plan->wide, k, re);
    put(plan->twiddles, plan->wide, plan->n + k, im);
  }
  return true;
}

static struct fft_plan *plan_make(size_t n, bool wide);

/// x_k w^(k^2 / 2) convolved with w^(-k^2 / 2), times w^(k^2 / 2): Bluestein 1970, doi:10.1109/TAU.1970.1162132.
static bool plan_chirp(struct fft_plan *plan) {
  size_t n = plan->n, m = convolution_length(2 * n - 1);
  bool wide = plan->wide;
  size_t size = wide ? sizeof(double) : sizeof(float);
  plan->m = m;
  plan->chirp = malloc(2 * n * size);
  plan->filter = malloc(2 * m * size);
  if (n < FFT_LONG_CHIRP) {
    plan->inner = plan_make(m, wide);
    if (!plan->inner) return false;
  }
  // The filter is transformed in double whatever the type.
  double *filter = calloc(2 * m, sizeof(double)), *transformed = malloc(2 * m * sizeof(double));
  bool done = plan->chirp && plan->filter && filter && transformed;
  if (done) {
    for (size_t k = 0; k < n; k++) {
      double re, im;
      size_t square = (size_t)((unsigned __int128)k * k % (2 * n)), mirror = k ? m - k : 0;
      fft_root(square, 2 * n, &re, &im);
      put(plan->chirp, wide, k, re);
      put(plan->chirp, wide, n + k, im);
      filter[2 * k] = filter[2 * mirror] = re;
      filter[2 * k + 1] = filter[2 * mirror + 1] = -im;
    }
    done = ck_fft(CK_F64, false, m, m, 1, 1, filter, transformed, 1.0 / (double)m);
    for (size_t k = 0; done && k < m; k++) {
      put(plan->filter, wide, k, transformed[2 * k]);
      put(plan->filter, wide, m + k, transformed[2 * k + 1]);
    }
  }
  free(filter);
  free(transformed);
  return done;
}

static struct fft_plan *plan_make(size_t n, bool wide) {
  struct fft_plan *plan = calloc(1, sizeof *plan);
  if (!plan) return 0;
  plan->n = n;
  plan->wide = wide;
  if (fft_is_smooth(n) ? plan_smooth(plan) : plan_chirp(plan)) return plan;
  plan_free(plan);
  return 0;
}

/// Plans that nobody uses, and what is in their places: 2 n + 1 for double, 2 n for float.
///
/// Whoever uses a plan has taken it out, so there is no lock that the parked thread of an interrupted cell could keep.
static _Atomic(struct fft_plan *) kept[KEPT_PLANS];
static _Atomic size_t keys[KEPT_PLANS];
static _Atomic unsigned replaced;

struct fft_plan *fft_plan_take(size_t n, bool wide) {
  size_t key = 2 * n + wide;
  for (int i = 0; i < KEPT_PLANS; i++) {
    if (atomic_load(&keys[i]) != key) continue;
    struct fft_plan *plan = atomic_exchange(&kept[i], 0);
    if (plan && plan->n == n && plan->wide == wide) return plan;
    // Another one was put there in between.
    if (plan) fft_plan_give(plan);
  }
  return plan_make(n, wide);
}

void fft_plan_give(struct fft_plan *plan) {
  size_t key = 2 * plan->n + plan->wide;
  for (int i = 0; i < KEPT_PLANS; i++) {
    struct fft_plan *none = 0;
    if (!atomic_compare_exchange_strong(&kept[i], &none, plan)) continue;
    atomic_store(&keys[i], key);
    return;
  }
  unsigned i = atomic_fetch_add(&replaced, 1) % KEPT_PLANS;
  struct fft_plan *old = atomic_exchange(&kept[i], plan);
  atomic_store(&keys[i], key);
  if (old) plan_free(old);
}
