// Distributions whose numbers need a varying count of uniform ones: by rejection, each element from blocks of its own.
#include <math.h>

#include "random.h"

#pragma STDC FP_CONTRACT OFF

/// Uniform numbers for one element.
struct source {
  uint64_t key, stream, counter;
  uint32_t block[4];
  int left;
};

static struct source source_at(uint64_t key, uint64_t stream, size_t element) {
  return (struct source){key, stream, (uint64_t)element << 16, {0}, 0};
}

static uint64_t next_bits(struct source *s) {
  if (s->left == 0) {
    ck_philox(s->key, s->stream, s->counter++, s->block);
    s->left = 2;
  }
  int at = 2 * (2 - s->left--);
  return (uint64_t)s->block[at + 1] << 32 | s->block[at];
}

/// A number in [0, 1).
static double next_unit(struct source *s) { return (double)(next_bits(s) >> 11) * 0x1p-53; }

/// A number in (0, 1].
static double next_positive(struct source *s) { return 1.0 - next_unit(s); }

static double next_normal(struct source *s) {
  double first, second;
  ck_philox(s->key, s->stream, s->counter++, s->block);
  s->left = 0;
  ck_normal_pair(s->block, &first, &second);
  return first;
}

void ck_integers(uint64_t key, uint64_t stream, size_t n, int64_t low, uint64_t width, int64_t *out) {
  // The upper half of a product is fair unless its lower half is among the first 2^64 mod width (Lemire 2019,
  // doi:10.1145/3230636).
  uint64_t unfair = width ? (0 - width) % width : 0;
  uint32_t words[1024];
  for (size_t start = 0; start < n; start += 512) {
    // First tries are packed two to a block, in a stream beside that of the others.
    ck_random_words(key, ~stream, start / 2, 1024, words);
    size_t count = n - start < 512 ? n - start : 512;
    for (size_t i = 0; i < count; i++) {
      uint64_t bits = (uint64_t)words[2 * i + 1] << 32 | words[2 * i];
      if (width == 0) {
        out[start + i] = (int64_t)bits;
        continue;
      }
      unsigned __int128 product = (unsigned __int128)bits * width;
      if ((uint64_t)product < unfair) {
        struct source s = source_at(key, stream, start + i);
        do product = (unsigned __int128)next_bits(&s) * width;
        while ((uint64_t)product < unfair);
      }
      out[start + i] = (int64_t)((uint64_t)low + (uint64_t)(product >> 64));
    }
  }
}

/// The logarithm of a gamma number; the shape is positive.
///
/// Marsaglia and Tsang 2000, doi:10.1145/358407.358414; shapes below 1 by their remark on powers of uniform numbers.
static double next_log_gamma(struct source *s, double shape) {
  double boost = 0;
  if (shape < 1) {
    boost = ck_steady_log(next_positive(s)) / shape;
    shape += 1;
  }
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double x = next_normal(s), t = 1 + c * x;
    if (t <= 0) continue;
    double v = t * t * t, u = next_positive(s), log_v = ck_steady_log(v);
    if (ck_steady_log(u) < 0.5 * x * x + d - d * v + d * log_v) return log(d) + log_v + boost;
  }
}

void ck_gamma(uint64_t key, uint64_t stream, size_t n, const double *shape, size_t step, double *out) {
  for (size_t i = 0; i < n; i++) {
    struct source s = source_at(key, stream, i);
    double a = shape[i * step];
    out[i] = a > 0 ? exp(next_log_gamma(&s, a)) : a == 0 ? 0 : NAN;
  }
}

void ck_beta(uint64_t key, uint64_t stream, size_t n, const double *a, size_t a_step, const double *b, size_t b_step,
             double *out) {
  for (size_t i = 0; i < n; i++) {
    struct source s = source_at(key, stream, i);
    // x / (x + y) by logarithms: with small parameters both gamma numbers may be below the smallest double.
    double x = next_log_gamma(&s, a[i * a_step]), y = next_log_gamma(&s, b[i * b_step]);
    out[i] = 1 / (1 + exp(y - x));
  }
}

/// ln k!, by Stirling's series for k of 10 and more.
static double log_factorial(double k) {
  static const double small[10] = {
      0, 0, 0.69314718055994531, 1.791759469228055, 3.1780538303479458, 4.7874917427820458, 6.5792512120101012,
      8.5251613610654147, 10.60460290274525, 12.801827480081469,
  };
  if (k < 10) return small[(int)k];
  double x = k + 1, r = 1 / x, z = r * r;
  return (x - 0.5) * log(x) - x + 0.91893853320467274 +
         r * (1.0 / 12 - z * (1.0 / 360 - z * (1.0 / 1260 - z * (1.0 / 1680))));
}

/// Hörmann 1993, "The transformed rejection method for generating Poisson random variables" (PTRS),
/// doi:10.1016/0167-6687(93)90997-4; products of uniform numbers below a rate of 10.
static int64_t next_poisson(struct source *s, double rate) {
  if (rate < 10) {
    double limit = exp(-rate), product = next_positive(s);
    int64_t k = 0;
    for (; product > limit; k++) product *= next_positive(s);
    return k;
  }
  double log_rate = log(rate), b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
  double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    double u = next_unit(s) - 0.5, v = next_positive(s), us = 0.5 - fabs(u);
    double k = floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= v_r) return (int64_t)k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (log(v) + log(inverse_alpha) - log(a / (us * us) + b) <= k * log_rate - rate - log_factorial(k))
      return (int64_t)k;
  }
}

void ck_poisson(uint64_t key, uint64_t stream, size_t n, const double *rate, size_t step, int64_t *out) {
  for (size_t i = 0; i < n; i++) {
    struct source s = source_at(key, stream, i);
    out[i] = next_poisson(&s, rate[i * step]);
  }
}

/// Hörmann 1993, "The generation of binomial random variates" (BTRS), doi:10.1080/00949659308811496; inversion when few
/// successes are expected.
static int64_t next_binomial(struct source *s, int64_t trials, double p) {
  if (p > 0.5) return trials - next_binomial(s, trials, 1 - p);
  double n = (double)trials, q = 1 - p;
  if (trials == 0 || p <= 0) return 0;
  if (n * p < 10) {
    double first = exp(n * log1p(-p)), odds = p / q;
    for (;;) {
      double u = next_unit(s), r = first;
      int64_t k = 0;
      while (u > r && k <= trials) {
        u -= r;
        k++;
        r *= odds * (n - (double)k + 1) / (double)k;
      }
      // Rounding may leave a rest beyond the last one.
      if (k <= trials) return k;
    }
  }
  double spread = sqrt(n * p * q), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
  double c = n * p + 0.5, v_r = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread, log_odds = log(p / q);
  double m = floor((n + 1) * p), h = log_factorial(m) + log_factorial(n - m);
  for (;;) {
    double u = next_unit(s) - 0.5, v = next_positive(s), us = 0.5 - fabs(u);
    double k = floor((2 * a / us + b) * u + c);
    if (k < 0 || k > n) continue;
    if (us >= 0.07 && v <= v_r) return (int64_t)k;
    v = log(v * alpha / (a / (us * us) + b));
    if (v <= h - log_factorial(k) - log_factorial(n - k) + (k - m) * log_odds) return (int64_t)k;
  }
}

void ck_binomial(uint64_t key, uint64_t stream, size_t n, const int64_t *trials, size_t trials_step, const double *p,
                 size_t p_step, int64_t *out) {
  for (size_t i = 0; i < n; i++) {
    struct source s = source_at(key, stream, i);
    out[i] = next_binomial(&s, trials[i * trials_step], p[i * p_step]);
  }
}

/// Robert 1995, "Simulation of truncated normal variables", doi:10.1007/BF00143942.
static double next_truncated(struct source *s, double low, double high) {
  if (high < 0) return -next_truncated(s, -high, -low);
  if (low <= 0) {
    if (high - low > 2.5) {
      for (;;) {
        double x = next_normal(s);
        if (x >= low && x <= high) return x;
      }
    }
    for (;;) {
      double x = low + (high - low) * next_unit(s);
      if (ck_steady_log(next_positive(s)) <= -0.5 * x * x) return x;
    }
  }
  // A tail: exponential proposals, or uniform ones where the interval is short for the exponential's decay.
  double rate = 0.5 * (low + sqrt(low * low + 4));
  if (high - low < 1 / rate) {
    for (;;) {
      double x = low + (high - low) * next_unit(s);
      if (ck_steady_log(next_positive(s)) <= 0.5 * (low - x) * (low + x)) return x;
    }
  }
  for (;;) {
    double x = low - ck_steady_log(next_positive(s)) / rate, gap = x - rate;
    if (x <= high && ck_steady_log(next_positive(s)) <= -0.5 * gap * gap) return x;
  }
}

void ck_truncated_normal(uint64_t key, uint64_t stream, size_t n, double low, double high, double *out) {
  for (size_t i = 0; i < n; i++) {
    struct source s = source_at(key, stream, i);
    out[i] = next_truncated(&s, low, high);
  }
}

void ck_categorical(uint64_t key, uint64_t stream, size_t rows, size_t k, size_t n, const double *weights, double *sums,
                    int64_t *out) {
  for (size_t row = 0; row < rows; row++) {
    double total = 0;
    size_t last = 0;
    for (size_t j = 0; j < k; j++) {
      if (weights[row * k + j] > 0) last = j;
      sums[j] = total += weights[row * k + j];
    }
    for (size_t i = 0; i < n; i++) {
      struct source s = source_at(key, stream, row * n + i);
      double wanted = next_unit(&s) * total;
      // The first whose sum exceeds the number; one without weight never does.
      size_t from = 0, to = last;
      while (from < to) {
        size_t middle = (from + to) / 2;
        if (sums[middle] > wanted) to = middle;
        else from = middle + 1;
      }
      out[row * n + i] = (int64_t)from;
    }
  }
}
