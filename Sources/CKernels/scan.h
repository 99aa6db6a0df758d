// Cumulative operations along the middle axis of a contiguous [outer, n, inner] at one CPU level; see `levels.h`.

#define SCAN(NAME, S, T, R, EXPRESSION)                                                      \
  static void L(NAME##_##S)(size_t outer, size_t n, size_t inner, const void *a, void *out) { \
    const T *p = a;                                                                          \
    R *o = out;                                                                              \
    for (size_t b = 0; b < outer; b++, p += n * inner, o += n * inner) {                     \
      if (inner == 1) {                                                                      \
        R y = (R)p[0];                                                                       \
        o[0] = y;                                                                            \
        for (size_t i = 1; i < n; i++) { R x = (R)p[i]; y = (R)(EXPRESSION); o[i] = y; }     \
        continue;                                                                            \
      }                                                                                      \
      for (size_t j = 0; j < inner; j++) o[j] = (R)p[j];                                     \
      for (size_t i = 1; i < n; i++) {                                                       \
        const T *row = p + i * inner;                                                        \
        R *above = o + (i - 1) * inner, *here = above + inner;                               \
        INDEPENDENT for (size_t j = 0; j < inner; j++) {                                     \
          R x = (R)row[j], y = above[j];                                                     \
          here[j] = (R)(EXPRESSION);                                                         \
        }                                                                                    \
      }                                                                                      \
    }                                                                                        \
  }

#define TOTALS(S, T, R) SCAN(sums, S, T, R, y + x) SCAN(products, S, T, R, y * x)
// A NaN stays once it is there.
#define EXTREMES(S, T)                                          \
  SCAN(maxima, S, T, T, y != y ? y : x <= y ? y : x)            \
  SCAN(minima, S, T, T, y != y ? y : x >= y ? y : x)

TOTALS(f32_narrow, float, float)
TOTALS(f64_narrow, double, double)
TOTALS(i8, int8_t, uint64_t)
TOTALS(i16, int16_t, uint64_t)
TOTALS(i32, int32_t, uint64_t)
TOTALS(u8, uint8_t, uint64_t)
TOTALS(u16, uint16_t, uint64_t)
TOTALS(u32, uint32_t, uint64_t)
TOTALS(u64, uint64_t, uint64_t)
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

// Eight sums at a time, in `double`: each vector is summed from the left in three steps, and the last sum so far is added.
typedef double L(lanes) __attribute__((vector_size(64)));

#define SUM_FROM(S, T)                                                                           \
  static double L(total_##S)(size_t n, const void *a) {                                          \
    const T *p = a;                                                                              \
    double lanes[16] = {0}, total = 0;                                                           \
    size_t i = 0;                                                                                \
    for (; i + 16 <= n; i += 16)                                                                 \
      for (size_t k = 0; k < 16; k++) lanes[k] += p[i + k];                                      \
    for (; i < n; i++) total += p[i];                                                            \
    for (size_t k = 0; k < 16; k++) total += lanes[k];                                           \
    return total;                                                                                \
  }                                                                                              \
  static void L(sum_from_##S)(size_t n, double start, const void *a, void *out) {                \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    L(lanes) zero = {0}, carry = zero + start;                                                   \
    size_t i = 0;                                                                                \
    for (; i + 8 <= n; i += 8) {                                                                 \
      L(lanes) x;                                                                                \
      for (int k = 0; k < 8; k++) x[k] = p[i + (size_t)k];                                       \
      x += __builtin_shufflevector(zero, x, 0, 8, 9, 10, 11, 12, 13, 14);                        \
      x += __builtin_shufflevector(zero, x, 0, 0, 8, 9, 10, 11, 12, 13);                         \
      x += __builtin_shufflevector(zero, x, 0, 0, 0, 0, 8, 9, 10, 11);                           \
      x += carry;                                                                                \
      carry = __builtin_shufflevector(x, x, 7, 7, 7, 7, 7, 7, 7, 7);                             \
      for (int k = 0; k < 8; k++) o[i + (size_t)k] = (T)x[k];                                    \
    }                                                                                            \
    double y = carry[0];                                                                         \
    for (; i < n; i++) { y += p[i]; o[i] = (T)y; }                                               \
  }                                                                                              \
  static void L(sums_##S)(size_t outer, size_t n, size_t inner, const void *a, void *out) {      \
    if (inner > 1) { L(sums_##S##_narrow)(outer, n, inner, a, out); return; }                    \
    for (size_t b = 0; b < outer; b++) L(sum_from_##S)(n, 0, (const T *)a + b * n, (T *)out + b * n); \
  }

SUM_FROM(f32, float)
SUM_FROM(f64, double)

// MARK: Selection by a mask

// Without a branch: each element is written, and the next one over it unless the mask is true.
#define COMPRESS(BYTES, T)                                                                       \
  static void L(compress##BYTES)(size_t n, const uint8_t *mask, const void *a, void *out, size_t room) { \
    const T *p = a;                                                                              \
    T *o = out;                                                                                  \
    size_t count = 0, i = 0;                                                                     \
    for (; i < n && count + 1 < room; i++) { o[count] = p[i]; count += mask[i]; }                \
    for (; i < n && count < room; i++) if (mask[i]) o[count++] = p[i];                           \
  }
#if CK_VECTOR_BYTES == 64
static void L(compress4)(size_t n, const uint8_t *mask, const void *a, void *out, size_t room) {
  const uint32_t *p = a;
  uint32_t *o = out;
  size_t count = 0, i = 0;
  for (; i + 16 <= n && count + 16 <= room; i += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(mask + i));
    __mmask16 chosen = _mm_test_epi8_mask(bytes, bytes);
    _mm512_storeu_si512(o + count, _mm512_maskz_compress_epi32(chosen, _mm512_loadu_si512(p + i)));
    count += (size_t)__builtin_popcount(chosen);
  }
  for (; i < n && count < room; i++) if (mask[i]) o[count++] = p[i];
}
static void L(compress8)(size_t n, const uint8_t *mask, const void *a, void *out, size_t room) {
  const uint64_t *p = a;
  uint64_t *o = out;
  size_t count = 0, i = 0;
  for (; i + 8 <= n && count + 8 <= room; i += 8) {
    __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)(mask + i));
    __mmask8 chosen = (__mmask8)_mm_test_epi8_mask(bytes, bytes);
    _mm512_storeu_si512(o + count, _mm512_maskz_compress_epi64(chosen, _mm512_loadu_si512(p + i)));
    count += (size_t)__builtin_popcount(chosen);
  }
  for (; i < n && count < room; i++) if (mask[i]) o[count++] = p[i];
}
#else
COMPRESS(4, uint32_t)
COMPRESS(8, uint64_t)
#endif

#define FLOATS(OP) [CK_F32] = L(OP##_f32), [CK_F64] = L(OP##_f64)
#define WHOLE(OP, S64)                                                                                        \
  [CK_I8] = L(OP##_i8), [CK_I16] = L(OP##_i16), [CK_I32] = L(OP##_i32), [CK_I64] = L(OP##_##S64),             \
  [CK_U8] = L(OP##_u8), [CK_U16] = L(OP##_u16), [CK_U32] = L(OP##_u32), [CK_U64] = L(OP##_u64), [CK_BOOL] = L(OP##_u8)

const struct ck_scan_kernels L(ck_scans) = {
    .scan =
        {
            [CK_CUMULATIVE_SUM] = {FLOATS(sums), WHOLE(sums, u64)},
            [CK_CUMULATIVE_PRODUCT] = {[CK_F32] = L(products_f32_narrow), [CK_F64] = L(products_f64_narrow),
                                       WHOLE(products, u64)},
            [CK_CUMULATIVE_MAX] = {FLOATS(maxima), WHOLE(maxima, i64)},
            [CK_CUMULATIVE_MIN] = {FLOATS(minima), WHOLE(minima, i64)},
        },
    .total = {L(total_f32), L(total_f64)},
    .sum_from = {L(sum_from_f32), L(sum_from_f64)},
    .compress = {L(compress4), L(compress8)},
};

#undef SCAN
#undef TOTALS
#undef EXTREMES
#undef SUM_FROM
#undef COMPRESS
#undef FLOATS
#undef WHOLE
