// Reductions of the middle axis of a contiguous [outer, n, inner], included by `loops.h`.
//
// Sums add in `double` (integers in `int64_t`) over sixteen lanes, and pairwise above blocks, so the error of a sum of
// n floats grows like log n at worst. When inner > 1 the rows are added in tiles of columns, again pairwise.

#define LANES 16
#define BLOCK 1024
#define TILE 256
#define TILE_ROWS 32

#define SUM_TYPE(S, T, A)                                                                        \
  static A sum_run_##S(const T *p, size_t n) {                                                   \
    if (n > BLOCK) {                                                                             \
      size_t half = (n / 2 + LANES - 1) / LANES * LANES;                                         \
      return sum_run_##S(p, half) + sum_run_##S(p + half, n - half);                             \
    }                                                                                            \
    A lanes[LANES] = {0};                                                                        \
    size_t i = 0;                                                                                \
    for (; i + LANES <= n; i += LANES)                                                           \
      for (size_t k = 0; k < LANES; k++) lanes[k] += (A)p[i + k];                                \
    for (size_t k = 0; i < n; i++, k++) lanes[k] += (A)p[i];                                     \
    for (size_t width = LANES / 2; width > 0; width /= 2)                                        \
      for (size_t k = 0; k < width; k++) lanes[k] += lanes[k + width];                           \
    return lanes[0];                                                                             \
  }                                                                                              \
  static void sum_tile_##S(const T *p, size_t n, size_t stride, size_t width, A *sums) {         \
    if (n > TILE_ROWS) {                                                                         \
      A other[TILE];                                                                             \
      sum_tile_##S(p, n / 2, stride, width, sums);                                               \
      sum_tile_##S(p + n / 2 * stride, n - n / 2, stride, width, other);                         \
      for (size_t j = 0; j < width; j++) sums[j] += other[j];                                    \
      return;                                                                                    \
    }                                                                                            \
    for (size_t j = 0; j < width; j++) sums[j] = 0;                                              \
    for (size_t i = 0; i < n; i++)                                                               \
      for (size_t j = 0; j < width; j++) sums[j] += (A)p[i * stride + j];                        \
  }

#define SUM(S, T, A, R)                                                                          \
  SUM_TYPE(S, T, A)                                                                              \
  static void sum_##S(size_t outer, size_t n, size_t inner, const void *a, void *out, double c) { \
    (void)c;                                                                                     \
    const T *p = a;                                                                              \
    R *o = out;                                                                                  \
    for (size_t b = 0; b < outer; b++, p += n * inner, o += inner) {                             \
      if (inner == 1) {                                                                          \
        *o = (R)sum_run_##S(p, n);                                                               \
        continue;                                                                                \
      }                                                                                          \
      for (size_t j = 0; j < inner; j += TILE) {                                                 \
        size_t width = inner - j < TILE ? inner - j : TILE;                                      \
        A sums[TILE];                                                                            \
        sum_tile_##S(p + j, n, inner, width, sums);                                              \
        for (size_t k = 0; k < width; k++) o[j + k] = (R)sums[k];                                \
      }                                                                                          \
    }                                                                                            \
  }

SUM(f32, float, double, float)
SUM(f64, double, double, double)
SUM(i32, int32_t, int64_t, int64_t)
SUM(i64, int64_t, int64_t, int64_t)
SUM(u8, uint8_t, int64_t, int64_t)

// Two passes: the mean, then the squares of the differences from it.
#define VARIANCE(S, T)                                                                           \
  static double squares_run_##S(const T *p, size_t n, double mean) {                             \
    if (n > BLOCK) {                                                                             \
      size_t half = (n / 2 + LANES - 1) / LANES * LANES;                                         \
      return squares_run_##S(p, half, mean) + squares_run_##S(p + half, n - half, mean);         \
    }                                                                                            \
    double lanes[LANES] = {0};                                                                   \
    size_t i = 0;                                                                                \
    for (; i + LANES <= n; i += LANES)                                                           \
      for (size_t k = 0; k < LANES; k++) { double d = p[i + k] - mean; lanes[k] += d * d; }      \
    for (size_t k = 0; i < n; i++, k++) { double d = p[i] - mean; lanes[k] += d * d; }           \
    double total = 0;                                                                            \
    for (size_t k = 0; k < LANES; k++) total += lanes[k];                                        \
    return total;                                                                                \
  }                                                                                              \
  static void squares_tile_##S(const T *p, size_t n, size_t stride, size_t width, const double *means, double *sums) { \
    if (n > TILE_ROWS) {                                                                         \
      double other[TILE];                                                                        \
      squares_tile_##S(p, n / 2, stride, width, means, sums);                                    \
      squares_tile_##S(p + n / 2 * stride, n - n / 2, stride, width, means, other);              \
      for (size_t j = 0; j < width; j++) sums[j] += other[j];                                    \
      return;                                                                                    \
    }                                                                                            \
    for (size_t j = 0; j < width; j++) sums[j] = 0;                                              \
    for (size_t i = 0; i < n; i++)                                                               \
      for (size_t j = 0; j < width; j++) {                                                       \
        double d = p[i * stride + j] - means[j];                                                 \
        sums[j] += d * d;                                                                        \
      }                                                                                          \
  }                                                                                              \
  static void variance_##S(size_t outer, size_t n, size_t inner, const void *a, void *out, double correction) { \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    double count = (double)n, divisor = count - correction;                                      \
    divisor = divisor > 0 ? divisor : 0;                                                         \
    for (size_t b = 0; b < outer; b++, p += n * inner, o += inner) {                             \
      if (inner == 1) {                                                                          \
        *o = (T)(squares_run_##S(p, n, sum_run_##S(p, n) / count) / divisor);                    \
        continue;                                                                                \
      }                                                                                          \
      for (size_t j = 0; j < inner; j += TILE) {                                                 \
        size_t width = inner - j < TILE ? inner - j : TILE;                                      \
        double means[TILE], sums[TILE];                                                          \
        sum_tile_##S(p + j, n, inner, width, means);                                             \
        for (size_t k = 0; k < width; k++) means[k] /= count;                                    \
        squares_tile_##S(p + j, n, inner, width, means, sums);                                   \
        for (size_t k = 0; k < width; k++) o[j + k] = (T)(sums[k] / divisor);                    \
      }                                                                                          \
    }                                                                                            \
  }

VARIANCE(f32, float)
VARIANCE(f64, double)

// `x BETTER m || x != x` lets a NaN in and never out; for integers the second half is always false.
#define EXTREME(NAME, ARG, S, T, BETTER)                                                         \
  static T NAME##_run_##S(const T *p, size_t n) {                                                \
    T lanes[LANES];                                                                              \
    for (size_t k = 0; k < LANES; k++) lanes[k] = p[0];                                          \
    size_t i = 0;                                                                                \
    for (; i + LANES <= n; i += LANES)                                                           \
      for (size_t k = 0; k < LANES; k++) {                                                       \
        T x = p[i + k], m = lanes[k];                                                            \
        lanes[k] = ((x BETTER m) | (x != x)) ? x : m;                                              \
      }                                                                                          \
    T m = lanes[0];                                                                              \
    for (; i < n; i++) m = ((p[i] BETTER m) | (p[i] != p[i])) ? p[i] : m;                          \
    for (size_t k = 1; k < LANES; k++) m = ((lanes[k] BETTER m) | (lanes[k] != lanes[k])) ? lanes[k] : m; \
    return m;                                                                                    \
  }                                                                                              \
  static void NAME##_##S(size_t outer, size_t n, size_t inner, const void *a, void *out, double c) { \
    (void)c;                                                                                     \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    for (size_t b = 0; b < outer; b++, p += n * inner, o += inner) {                             \
      if (inner == 1) {                                                                          \
        *o = NAME##_run_##S(p, n);                                                               \
        continue;                                                                                \
      }                                                                                          \
      memcpy(o, p, inner * sizeof(T));                                                           \
      for (size_t i = 1; i < n; i++) {                                                           \
        const T *row = p + i * inner;                                                            \
        INDEPENDENT for (size_t j = 0; j < inner; j++) {                                         \
          T x = row[j], m = o[j];                                                                \
          o[j] = ((x BETTER m) | (x != x)) ? x : m;                                                \
        }                                                                                        \
      }                                                                                          \
    }                                                                                            \
  }                                                                                              \
  static void ARG##_##S(size_t outer, size_t n, size_t inner, const void *a, void *out, double c) { \
    (void)c;                                                                                     \
    const T *p = a;                                                                              \
    int32_t *o = out;                                                                            \
    for (size_t b = 0; b < outer; b++, p += n * inner, o += inner) {                             \
      if (inner == 1) {                                                                          \
        T m = NAME##_run_##S(p, n);                                                              \
        size_t i = 0;                                                                            \
        if (m != m) while (p[i] == p[i]) i++;                                                    \
        else while (p[i] != m) i++;                                                              \
        *o = (int32_t)i;                                                                         \
        continue;                                                                                \
      }                                                                                          \
      for (size_t j = 0; j < inner; j += TILE) {                                                 \
        size_t width = inner - j < TILE ? inner - j : TILE;                                      \
        T best[TILE];                                                                            \
        for (size_t k = 0; k < width; k++) { best[k] = p[j + k]; o[j + k] = 0; }                 \
        for (size_t i = 1; i < n; i++) {                                                         \
          const T *row = p + i * inner + j;                                                      \
          for (size_t k = 0; k < width; k++) {                                                   \
            T x = row[k], m = best[k];                                                           \
            bool wins = (x BETTER m) | ((x != x) & (m == m));                                    \
            best[k] = wins ? x : m;                                                              \
            o[j + k] = wins ? (int32_t)i : o[j + k];                                             \
          }                                                                                      \
        }                                                                                        \
      }                                                                                          \
    }                                                                                            \
  }

#define EXTREMES(S, T)               \
  EXTREME(max, argmax, S, T, >)      \
  EXTREME(min, argmin, S, T, <)

EXTREMES(f32, float)
EXTREMES(f64, double)
EXTREMES(i32, int32_t)
EXTREMES(i64, int64_t)
EXTREMES(u8, uint8_t)

// The shift keeps exp in range; an infinite or NaN maximum shifts log-sum-exp by nothing, as SciPy does.
#define ROWS(S, T)                                                                               \
  static double exp_row_##S(const T *p, size_t n, T shift, T *out) {                             \
    INDEPENDENT for (size_t i = 0; i < n; i++) out[i] = exp_##S(p[i] - shift);                   \
    return sum_run_##S(out, n);                                                                  \
  }                                                                                              \
  static double exp_sum_##S(const T *p, size_t n, T shift) {                                     \
    T buffer[BLOCK];                                                                             \
    double total = 0;                                                                            \
    for (size_t i = 0; i < n; i += BLOCK)                                                        \
      total += exp_row_##S(p + i, n - i < BLOCK ? n - i : BLOCK, shift, buffer);                 \
    return total;                                                                                \
  }                                                                                              \
  static T row_shift_##S(const T *p, size_t n) {                                                 \
    T m = max_run_##S(p, n);                                                                     \
    return m - m == 0 ? m : 0;                                                                   \
  }                                                                                              \
  static void softmax_##S(size_t rows, size_t n, const void *a, void *out) {                     \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    for (size_t r = 0; r < rows; r++, p += n, o += n) {                                          \
      T scale = (T)(1.0 / exp_row_##S(p, n, max_run_##S(p, n), o));                              \
      INDEPENDENT for (size_t i = 0; i < n; i++) o[i] *= scale;                                  \
    }                                                                                            \
  }                                                                                              \
  static void log_softmax_##S(size_t rows, size_t n, const void *a, void *out) {                 \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    for (size_t r = 0; r < rows; r++, p += n, o += n) {                                          \
      T shift = row_shift_##S(p, n);                                                             \
      T norm = (T)log_f64(exp_sum_##S(p, n, shift));                                             \
      INDEPENDENT for (size_t i = 0; i < n; i++) o[i] = (p[i] - shift) - norm;                   \
    }                                                                                            \
  }                                                                                              \
  static void log_sum_exp_##S(size_t rows, size_t n, const void *a, void *out) {                 \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    for (size_t r = 0; r < rows; r++, p += n) {                                                  \
      T shift = row_shift_##S(p, n);                                                             \
      o[r] = (T)((double)shift + log_f64(exp_sum_##S(p, n, shift)));                             \
    }                                                                                            \
  }

ROWS(f32, float)
ROWS(f64, double)
