// Reductions of the middle axis of [outer, n, inner] at one CPU level; see `levels.h`. Rows lie `stride` elements apart.
//
// Sums add in `double` (integers in 64 bits) over 32 lanes, and pairwise above blocks, so the error of a sum of
// n floats grows like log n at worst. When inner > 1 the rows are added in tiles of columns, again pairwise.
#include "vector_math.h"

#define LANES 32
/// Lanes as a vector: left to itself, the compiler makes pairs of them after the tree that adds them up in the end.
#define VECTOR(T) T __attribute__((ext_vector_type(LANES)))
#define BLOCK 1024
#define TILE 1024
#define TILE_ROWS 32
#define VARIANCE_ROWS 64

/// Runs `RUN` where the axis is contiguous and `COLUMNS` for each tile of columns elsewhere.
#define EACH_OUTER(T, R, RUN, ...)                                         \
  const T *p = a;                                                          \
  R *o = out;                                                              \
  for (size_t b = 0; b < outer; b++, p += n * stride, o += inner) {        \
    if (inner == 1 && stride == 1) {                                       \
      RUN;                                                                 \
      continue;                                                            \
    }                                                                      \
    for (size_t j = 0; j < inner; j += TILE) {                             \
      size_t width = inner - j < TILE ? inner - j : TILE;                  \
      __VA_ARGS__;                                                         \
    }                                                                      \
  }

// MARK: Sums and products

#define FOLD(NAME, S, T, A, START, OP)                                                           \
  static A L(NAME##_run_##S)(const T *p, size_t n) {                                             \
    if (n > BLOCK) {                                                                             \
      size_t half = (n / 2 + LANES - 1) / LANES * LANES;                                         \
      return L(NAME##_run_##S)(p, half) OP L(NAME##_run_##S)(p + half, n - half);                \
    }                                                                                            \
    if (n < LANES) {                                                                             \
      A part[4] = {START, START, START, START};                                                  \
      for (size_t i = 0; i < n; i++) part[i % 4] = part[i % 4] OP (A)p[i];                       \
      return (part[0] OP part[1]) OP (part[2] OP part[3]);                                       \
    }                                                                                            \
    VECTOR(T) x;                                                                                 \
    VECTOR(A) total = (VECTOR(A))START;                                                          \
    size_t i = 0;                                                                                \
    for (; i + LANES <= n; i += LANES) {                                                         \
      memcpy(&x, p + i, sizeof x);                                                               \
      total = total OP __builtin_convertvector(x, VECTOR(A));                                    \
    }                                                                                            \
    A lanes[LANES];                                                                              \
    memcpy(lanes, &total, sizeof lanes);                                                         \
    for (size_t k = 0; i < n; i++, k++) lanes[k] = lanes[k] OP (A)p[i];                          \
    for (size_t width = LANES / 2; width > 0; width /= 2)                                        \
      for (size_t k = 0; k < width; k++) lanes[k] = lanes[k] OP lanes[k + width];                \
    return lanes[0];                                                                             \
  }                                                                                              \
  static void L(NAME##_tile_##S)(const T *p, size_t n, size_t stride, size_t width, A *totals) { \
    if (n > TILE_ROWS) {                                                                         \
      A other[TILE];                                                                             \
      L(NAME##_tile_##S)(p, n / 2, stride, width, totals);                                       \
      L(NAME##_tile_##S)(p + n / 2 * stride, n - n / 2, stride, width, other);                   \
      for (size_t j = 0; j < width; j++) totals[j] = totals[j] OP other[j];                      \
      return;                                                                                    \
    }                                                                                            \
    for (size_t j = 0; j < width; j++) totals[j] = START;                                        \
    for (size_t i = 0; i < n; i++)                                                               \
      for (size_t j = 0; j < width; j++) totals[j] = totals[j] OP (A)p[i * stride + j];          \
  }

#define FOLDING(NAME, RUN, S, T, A, R)                                                           \
  static void L(NAME##_##S)(size_t outer, size_t n, size_t inner, size_t stride, const void *a, void *out, \
                            const double *means, double correction) {                            \
    (void)means, (void)correction;                                                               \
    EACH_OUTER(T, R, *o = (R)L(RUN##_run_##S)(p, n),                                             \
               A totals[TILE]; L(RUN##_tile_##S)(p + j, n, stride, width, totals);               \
               for (size_t k = 0; k < width; k++) o[j + k] = (R)totals[k])                       \
  }

#define SUM(S, T, A, R) FOLD(sum, S, T, A, 0, +) FOLDING(sum, sum, S, T, A, R)
#define PRODUCT(S, T, A, R) FOLD(product, S, T, A, 1, *) FOLDING(product, product, S, T, A, R)

SUM(f32, float, double, float)
SUM(f64, double, double, double)
SUM(i8, int8_t, int64_t, int64_t)
SUM(i16, int16_t, int64_t, int64_t)
SUM(i32, int32_t, int64_t, int64_t)
SUM(u8, uint8_t, uint64_t, uint64_t)
SUM(u16, uint16_t, uint64_t, uint64_t)
SUM(u32, uint32_t, uint64_t, uint64_t)
SUM(u64, uint64_t, uint64_t, uint64_t)
FOLDING(sum_wide, sum, f32, float, double, double)
PRODUCT(f32, float, double, float)
PRODUCT(f64, double, double, double)
PRODUCT(i8, int8_t, uint64_t, uint64_t)
PRODUCT(i16, int16_t, uint64_t, uint64_t)
PRODUCT(i32, int32_t, uint64_t, uint64_t)
PRODUCT(u8, uint8_t, uint64_t, uint64_t)
PRODUCT(u16, uint16_t, uint64_t, uint64_t)
PRODUCT(u32, uint32_t, uint64_t, uint64_t)
PRODUCT(u64, uint64_t, uint64_t, uint64_t)

// MARK: Variance, in two passes: the mean, then the squares of the differences from it

#define VARIANCE(S, T)                                                                           \
  static double L(squares_run_##S)(const T *p, size_t n, double mean) {                          \
    if (n > BLOCK) {                                                                             \
      size_t half = (n / 2 + LANES - 1) / LANES * LANES;                                         \
      return L(squares_run_##S)(p, half, mean) + L(squares_run_##S)(p + half, n - half, mean);   \
    }                                                                                            \
    VECTOR(T) x;                                                                                 \
    VECTOR(double) total = 0;                                                                    \
    size_t i = 0;                                                                                \
    for (; i + LANES <= n; i += LANES) {                                                         \
      memcpy(&x, p + i, sizeof x);                                                               \
      VECTOR(double) d = __builtin_convertvector(x, VECTOR(double)) - mean;                      \
      total += d * d;                                                                            \
    }                                                                                            \
    double lanes[LANES], sum = 0;                                                                \
    memcpy(lanes, &total, sizeof lanes);                                                         \
    for (size_t k = 0; i < n; i++, k++) { double d = p[i] - mean; lanes[k] += d * d; }           \
    for (size_t k = 0; k < LANES; k++) sum += lanes[k];                                          \
    return sum;                                                                                  \
  }                                                                                              \
  static void L(squares_tile_##S)(const T *p, size_t n, size_t stride, size_t width, const double *means, \
                                  double *sums) {                                                \
    if (n > TILE_ROWS) {                                                                         \
      double other[TILE];                                                                        \
      L(squares_tile_##S)(p, n / 2, stride, width, means, sums);                                 \
      L(squares_tile_##S)(p + n / 2 * stride, n - n / 2, stride, width, means, other);           \
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
  /* Sums of squares of differences from known means. */                                         \
  static void L(squares_##S)(size_t outer, size_t n, size_t inner, size_t stride, const void *a, void *out, \
                             const double *means, double correction) {                           \
    (void)correction;                                                                            \
    EACH_OUTER(T, double, *o = L(squares_run_##S)(p, n, means[b]),                               \
               L(squares_tile_##S)(p + j, n, stride, width, means + b * inner + j, o + j))       \
  }                                                                                              \
  /* Blocks of rows that stay in the cache for both passes, joined by Chan's formula (1979). */    \
  static void L(variance_tile_##S)(const T *p, size_t n, size_t stride, size_t width, double divisor, T *out) { \
    double mean[TILE], squares[TILE], block_mean[TILE], block_squares[TILE];                     \
    for (size_t k = 0; k < width; k++) mean[k] = squares[k] = 0;                                 \
    for (size_t start = 0; start < n; start += VARIANCE_ROWS) {                                  \
      size_t rows = n - start < VARIANCE_ROWS ? n - start : VARIANCE_ROWS;                       \
      const T *block = p + start * stride;                                                       \
      L(sum_tile_##S)(block, rows, stride, width, block_mean);                                   \
      for (size_t k = 0; k < width; k++) block_mean[k] /= (double)rows;                          \
      L(squares_tile_##S)(block, rows, stride, width, block_mean, block_squares);                \
      double share = (double)rows / (double)(start + rows);                                      \
      for (size_t k = 0; k < width; k++) {                                                       \
        double step = block_mean[k] - mean[k];                                                   \
        mean[k] += step * share;                                                                 \
        squares[k] += block_squares[k] + step * step * share * (double)start;                    \
      }                                                                                          \
    }                                                                                            \
    for (size_t k = 0; k < width; k++) out[k] = (T)(n == 0 ? 0 / (double)n : squares[k] / divisor); \
  }                                                                                              \
  static void L(variance_##S)(size_t outer, size_t n, size_t inner, size_t stride, const void *a, void *out, \
                              const double *unused, double correction) {                         \
    (void)unused;                                                                                \
    double count = (double)n, divisor = count - correction;                                      \
    divisor = divisor > 0 ? divisor : 0;                                                         \
    EACH_OUTER(T, T, *o = (T)(L(squares_run_##S)(p, n, L(sum_run_##S)(p, n) / count) / divisor), \
               L(variance_tile_##S)(p + j, n, stride, width, divisor, o + j))                    \
  }

VARIANCE(f32, float)
VARIANCE(f64, double)

// MARK: Extremes

// `x BETTER m || x != x` lets a NaN in and never out; for integers the second half is always false.
#define EXTREME_LANES(NAME, S, T, BETTER, WIDTH)                                                 \
  static inline T L(NAME##_run##WIDTH##_##S)(const T *p, size_t n) {                             \
    T lanes[WIDTH];                                                                              \
    memcpy(lanes, p, sizeof lanes);                                                              \
    for (size_t i = WIDTH; i < n; i += WIDTH) {                                                  \
      /* The last ones may be seen twice. */                                                     \
      const T *q = p + (i + WIDTH <= n ? i : n - WIDTH);                                         \
      for (size_t k = 0; k < WIDTH; k++)                                                         \
        lanes[k] = ((q[k] BETTER lanes[k]) | (q[k] != q[k])) ? q[k] : lanes[k];                  \
    }                                                                                            \
    for (size_t width = WIDTH / 2; width > 0; width /= 2)                                        \
      for (size_t k = 0; k < width; k++) {                                                       \
        T x = lanes[k + width], m = lanes[k];                                                    \
        lanes[k] = ((x BETTER m) | (x != x)) ? x : m;                                            \
      }                                                                                          \
    return lanes[0];                                                                             \
  }

#define EXTREME(NAME, ARG, S, T, BETTER)                                                         \
  EXTREME_LANES(NAME, S, T, BETTER, 64)                                                          \
  EXTREME_LANES(NAME, S, T, BETTER, 16)                                                          \
  static T L(NAME##_run_##S)(const T *p, size_t n) {                                             \
    if (n >= 64) return L(NAME##_run64_##S)(p, n);                                               \
    if (n >= 16) return L(NAME##_run16_##S)(p, n);                                               \
    T m = p[0];                                                                                  \
    for (size_t i = 1; i < n; i++) m = ((p[i] BETTER m) | (p[i] != p[i])) ? p[i] : m;            \
    return m;                                                                                    \
  }                                                                                              \
  static size_t L(ARG##_run_##S)(const T *p, size_t n) {                                         \
    if (n < 16) {                                                                                \
      T m = p[0];                                                                                \
      size_t at = 0;                                                                             \
      for (size_t i = 1; i < n; i++) {                                                           \
        bool wins = (p[i] BETTER m) | ((p[i] != p[i]) & (m == m));                               \
        m = wins ? p[i] : m;                                                                     \
        at = wins ? i : at;                                                                      \
      }                                                                                          \
      return at;                                                                                 \
    }                                                                                            \
    T m = L(NAME##_run_##S)(p, n);                                                               \
    size_t i = 0;                                                                                \
    for (; i + 64 <= n; i += 64) {                                                               \
      uint8_t hit = 0;                                                                           \
      for (size_t k = 0; k < 64; k++) hit |= (p[i + k] == m) | (p[i + k] != p[i + k]);           \
      if (hit) break;                                                                            \
    }                                                                                            \
    while (p[i] != m && p[i] == p[i]) i++;                                                       \
    return i;                                                                                    \
  }                                                                                              \
  static void L(NAME##_##S)(size_t outer, size_t n, size_t inner, size_t stride, const void *a, void *out, \
                            const double *means, double correction) {                            \
    (void)means, (void)correction;                                                               \
    EACH_OUTER(T, T, *o = L(NAME##_run_##S)(p, n),                                               \
               memcpy(o + j, p + j, width * sizeof(T));                                          \
               for (size_t i = 1; i < n; i++) {                                                  \
                 const T *row = p + i * stride + j;                                              \
                 INDEPENDENT for (size_t k = 0; k < width; k++) {                                \
                   T x = row[k], m = o[j + k];                                                   \
                   o[j + k] = ((x BETTER m) | (x != x)) ? x : m;                                 \
                 }                                                                               \
               })                                                                                \
  }                                                                                              \
  static void L(ARG##_##S)(size_t outer, size_t n, size_t inner, size_t stride, const void *a, void *out, \
                           const double *means, double correction) {                             \
    (void)means, (void)correction;                                                               \
    EACH_OUTER(T, int32_t, *o = (int32_t)L(ARG##_run_##S)(p, n),                                 \
               T best[TILE];                                                                     \
               for (size_t k = 0; k < width; k++) { best[k] = p[j + k]; o[j + k] = 0; }          \
               for (size_t i = 1; i < n; i++) {                                                  \
                 const T *row = p + i * stride + j;                                              \
                 INDEPENDENT for (size_t k = 0; k < width; k++) {                                \
                   T x = row[k], m = best[k];                                                    \
                   bool wins = (x BETTER m) | ((x != x) & (m == m));                             \
                   best[k] = wins ? x : m;                                                       \
                   o[j + k] = wins ? (int32_t)i : o[j + k];                                      \
                 }                                                                               \
               })                                                                                \
  }

#define EXTREMES(S, T)               \
  EXTREME(max, argmax, S, T, >)      \
  EXTREME(min, argmin, S, T, <)

EXTREMES(f32, float)
EXTREMES(f64, double)
EXTREMES(i8, int8_t)
EXTREMES(i16, int16_t)
EXTREMES(i32, int32_t)
EXTREMES(i64, int64_t)
EXTREMES(u8, uint8_t)
EXTREMES(u16, uint16_t)
EXTREMES(u32, uint32_t)
EXTREMES(u64, uint64_t)

// MARK: Rows

// The shift keeps exp in range; an infinite or NaN maximum shifts log-sum-exp by nothing, as SciPy does.
#define ROWS(S, T)                                                                               \
  static double L(exp_row_##S)(const T *p, size_t n, T shift, T *out) {                          \
    INDEPENDENT for (size_t i = 0; i < n; i++) out[i] = exp_##S(p[i] - shift);                   \
    return L(sum_run_##S)(out, n);                                                               \
  }                                                                                              \
  static double L(exp_sum_##S)(const T *p, size_t n, T shift) {                                  \
    T buffer[BLOCK];                                                                             \
    double total = 0;                                                                            \
    for (size_t i = 0; i < n; i += BLOCK)                                                        \
      total += L(exp_row_##S)(p + i, n - i < BLOCK ? n - i : BLOCK, shift, buffer);              \
    return total;                                                                                \
  }                                                                                              \
  static T L(row_shift_##S)(const T *p, size_t n) {                                              \
    T m = L(max_run_##S)(p, n);                                                                  \
    return m - m == 0 ? m : 0;                                                                   \
  }                                                                                              \
  /* Short rows, of which each alone would leave vectors half empty. */                          \
  static void L(softmax_short_##S)(size_t rows, size_t n, const T *p, T *o) {                    \
    for (size_t r = 0; r < rows; r++) {                                                          \
      T m = L(max_run_##S)(p + r * n, n);                                                        \
      INDEPENDENT for (size_t i = 0; i < n; i++) o[r * n + i] = p[r * n + i] - m;                \
    }                                                                                            \
    INDEPENDENT for (size_t i = 0; i < rows * n; i++) o[i] = exp_##S(o[i]);                      \
    for (size_t r = 0; r < rows; r++) {                                                          \
      T scale = (T)(1.0 / L(sum_run_##S)(o + r * n, n));                                         \
      INDEPENDENT for (size_t i = 0; i < n; i++) o[r * n + i] *= scale;                          \
    }                                                                                            \
  }                                                                                              \
  static void L(softmax_##S)(size_t rows, size_t n, const void *a, void *out) {                  \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    if (n <= BLOCK / 8) {                                                                        \
      for (size_t r = 0, step = BLOCK / n; r < rows; r += step)                                  \
        L(softmax_short_##S)(rows - r < step ? rows - r : step, n, p + r * n, o + r * n);        \
      return;                                                                                    \
    }                                                                                            \
    for (size_t r = 0; r < rows; r++, p += n, o += n) {                                          \
      T scale = (T)(1.0 / L(exp_row_##S)(p, n, L(max_run_##S)(p, n), o));                        \
      INDEPENDENT for (size_t i = 0; i < n; i++) o[i] *= scale;                                  \
    }                                                                                            \
  }                                                                                              \
  static void L(log_softmax_##S)(size_t rows, size_t n, const void *a, void *out) {              \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    for (size_t r = 0; r < rows; r++, p += n, o += n) {                                          \
      T shift = L(row_shift_##S)(p, n);                                                          \
      T norm = (T)log_f64(L(exp_sum_##S)(p, n, shift));                                          \
      INDEPENDENT for (size_t i = 0; i < n; i++) o[i] = (p[i] - shift) - norm;                   \
    }                                                                                            \
  }                                                                                              \
  static void L(log_sum_exp_##S)(size_t rows, size_t n, const void *a, void *out) {              \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    for (size_t r = 0; r < rows; r++, p += n) {                                                  \
      T shift = L(row_shift_##S)(p, n);                                                          \
      o[r] = (T)((double)shift + log_f64(L(exp_sum_##S)(p, n, shift)));                          \
    }                                                                                            \
  }

ROWS(f32, float)
ROWS(f64, double)

// MARK: Tables

#define FLOATS(OP) [CK_F32] = L(OP##_f32), [CK_F64] = L(OP##_f64)
#define UNSIGNED(OP) [CK_U8] = L(OP##_u8), [CK_U16] = L(OP##_u16), [CK_U32] = L(OP##_u32), [CK_U64] = L(OP##_u64)
#define SIGNED(OP, S64) \
  [CK_I8] = L(OP##_i8), [CK_I16] = L(OP##_i16), [CK_I32] = L(OP##_i32), [CK_I64] = L(OP##_##S64), [CK_BOOL] = L(OP##_u8)

const struct ck_reductions L(ck_reducers) = {
    .reduce =
        {
            [CK_SUM] = {FLOATS(sum), UNSIGNED(sum), SIGNED(sum, u64)},
            [CK_PRODUCT] = {FLOATS(product), UNSIGNED(product), SIGNED(product, u64)},
            [CK_REDUCE_MAX] = {FLOATS(max), UNSIGNED(max), SIGNED(max, i64)},
            [CK_REDUCE_MIN] = {FLOATS(min), UNSIGNED(min), SIGNED(min, i64)},
            [CK_ARGMAX] = {FLOATS(argmax), UNSIGNED(argmax), SIGNED(argmax, i64)},
            [CK_ARGMIN] = {FLOATS(argmin), UNSIGNED(argmin), SIGNED(argmin, i64)},
            [CK_VARIANCE] = {FLOATS(variance)},
            [CK_SUM_WIDE] = {[CK_F32] = L(sum_wide_f32), [CK_F64] = L(sum_f64)},
            [CK_SQUARES] = {FLOATS(squares)},
        },
};

const struct ck_row_kernels L(ck_row_table) = {
    .rows =
        {
            [CK_SOFTMAX] = {FLOATS(softmax)}, [CK_LOG_SOFTMAX] = {FLOATS(log_softmax)},
            [CK_LOG_SUM_EXP] = {FLOATS(log_sum_exp)},
        },
};

#undef LANES
#undef VECTOR
#undef BLOCK
#undef TILE
#undef TILE_ROWS
#undef VARIANCE_ROWS
#undef EACH_OUTER
#undef FOLD
#undef FOLDING
#undef SUM
#undef PRODUCT
#undef VARIANCE
#undef EXTREME
#undef EXTREME_LANES
#undef EXTREMES
#undef ROWS
#undef FLOATS
#undef UNSIGNED
#undef SIGNED
