// Elementwise functions of glibc's vector library (libmvec), several elements at once, at most 4 units in the last
// place off. The last elements of a run are padded, so that a result never depends on where an element lies.
#if defined(__x86_64__)
#include <string.h>

#include "table.h"

#define CK_TARGET_AVX2 __attribute__((target("avx2,fma,f16c")))
#define CK_TARGET_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")))

#define VECTOR(LEVEL, S, T, BYTES) typedef T LEVEL##_##S __attribute__((vector_size(BYTES)));
VECTOR(avx2, f32, float, 32)
VECTOR(avx2, f64, double, 32)
VECTOR(avx512, f32, float, 64)
VECTOR(avx512, f64, double, 64)

// `PAD` fills the rest of the last vector, and is inside the domain of every function.
#define UNARY(LEVEL, TARGET, S, T, PAD, NAME, FUNCTION, BEFORE, AFTER)                     \
  TARGET LEVEL##_##S FUNCTION(LEVEL##_##S);                                                \
  TARGET static void NAME##_##S##_##LEVEL(size_t n, void *out, const void *a) {            \
    enum { WIDTH = sizeof(LEVEL##_##S) / sizeof(T) };                                      \
    T *o = out;                                                                            \
    const T *p = a;                                                                        \
    LEVEL##_##S x, y;                                                                      \
    size_t i = 0;                                                                          \
    for (; i + WIDTH <= n; i += WIDTH) {                                                   \
      memcpy(&x, p + i, sizeof x);                                                         \
      y = FUNCTION(BEFORE);                                                                \
      y = AFTER;                                                                           \
      memcpy(o + i, &y, sizeof y);                                                         \
    }                                                                                      \
    if (i < n) {                                                                           \
      x = (LEVEL##_##S){0} + (T)PAD;                                                       \
      memcpy(&x, p + i, (n - i) * sizeof(T));                                              \
      y = FUNCTION(BEFORE);                                                                \
      y = AFTER;                                                                           \
      memcpy(o + i, &y, (n - i) * sizeof(T));                                              \
    }                                                                                      \
  }

#define BINARY(LEVEL, TARGET, S, T, NAME, FUNCTION)                                        \
  TARGET LEVEL##_##S FUNCTION(LEVEL##_##S, LEVEL##_##S);                                   \
  TARGET static void NAME##_##S##_##LEVEL(size_t n, void *out, const void *a, const void *b) { \
    enum { WIDTH = sizeof(LEVEL##_##S) / sizeof(T) };                                      \
    T *o = out;                                                                            \
    const T *p = a, *q = b;                                                                \
    LEVEL##_##S x, y;                                                                      \
    size_t i = 0;                                                                          \
    for (; i + WIDTH <= n; i += WIDTH) {                                                   \
      memcpy(&x, p + i, sizeof x);                                                         \
      memcpy(&y, q + i, sizeof y);                                                         \
      x = FUNCTION(x, y);                                                                  \
      memcpy(o + i, &x, sizeof x);                                                         \
    }                                                                                      \
    if (i < n) {                                                                           \
      x = (LEVEL##_##S){0} + 1;                                                            \
      y = (LEVEL##_##S){0} + 1;                                                            \
      memcpy(&x, p + i, (n - i) * sizeof(T));                                              \
      memcpy(&y, q + i, (n - i) * sizeof(T));                                              \
      x = FUNCTION(x, y);                                                                  \
      memcpy(o + i, &x, (n - i) * sizeof(T));                                              \
    }                                                                                      \
  }

#define FUNCTIONS(LEVEL, TARGET, S, T, V, F)                                               \
  UNARY(LEVEL, TARGET, S, T, 0.5, cbrt, V##v_cbrt##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, exp2, V##v_exp2##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, log2, V##v_log2##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, log10, V##v_log10##F, x, y)                              \
  UNARY(LEVEL, TARGET, S, T, 0.5, log1p, V##v_log1p##F, x, y)                              \
  UNARY(LEVEL, TARGET, S, T, 0.5, sin, V##v_sin##F, x, y)                                  \
  UNARY(LEVEL, TARGET, S, T, 0.5, cos, V##v_cos##F, x, y)                                  \
  UNARY(LEVEL, TARGET, S, T, 0.5, tan, V##v_tan##F, x, y)                                  \
  UNARY(LEVEL, TARGET, S, T, 0.5, asin, V##v_asin##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, acos, V##v_acos##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, atan, V##v_atan##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, sinh, V##v_sinh##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, cosh, V##v_cosh##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, asinh, V##v_asinh##F, x, y)                              \
  UNARY(LEVEL, TARGET, S, T, 1.5, acosh, V##v_acosh##F, x, y)                              \
  UNARY(LEVEL, TARGET, S, T, 0.5, atanh, V##v_atanh##F, x, y)                              \
  UNARY(LEVEL, TARGET, S, T, 0.5, erf, V##v_erf##F, x, y)                                  \
  UNARY(LEVEL, TARGET, S, T, 0.5, erfc, V##v_erfc##F, x, y)                                \
  UNARY(LEVEL, TARGET, S, T, 0.5, gelu, V##v_erfc##F, x *(T)-0.70710678118654752440, (T)0.5 * x * y) \
  BINARY(LEVEL, TARGET, S, T, power, V##vv_pow##F)                                         \
  BINARY(LEVEL, TARGET, S, T, atan2, V##vv_atan2##F)                                       \
  BINARY(LEVEL, TARGET, S, T, hypot, V##vv_hypot##F)

FUNCTIONS(avx2, CK_TARGET_AVX2, f32, float, _ZGVdN8, f)
FUNCTIONS(avx2, CK_TARGET_AVX2, f64, double, _ZGVdN4, )
FUNCTIONS(avx512, CK_TARGET_AVX512, f32, float, _ZGVeN16, f)
FUNCTIONS(avx512, CK_TARGET_AVX512, f64, double, _ZGVeN8, )

#define FLOATS(OP, LEVEL) {[CK_F32] = OP##_f32_##LEVEL, [CK_F64] = OP##_f64_##LEVEL}

#define TABLE(LEVEL)                                                                                         \
  const struct ck_elementwise ck_mvec_##LEVEL = {                                                            \
      .unary = {[CK_CBRT] = FLOATS(cbrt, LEVEL), [CK_EXP2] = FLOATS(exp2, LEVEL), [CK_LOG2] = FLOATS(log2, LEVEL), \
                [CK_LOG10] = FLOATS(log10, LEVEL), [CK_LOG1P] = FLOATS(log1p, LEVEL),                        \
                [CK_SIN] = FLOATS(sin, LEVEL), [CK_COS] = FLOATS(cos, LEVEL), [CK_TAN] = FLOATS(tan, LEVEL), \
                [CK_ASIN] = FLOATS(asin, LEVEL), [CK_ACOS] = FLOATS(acos, LEVEL),                            \
                [CK_ATAN] = FLOATS(atan, LEVEL), [CK_SINH] = FLOATS(sinh, LEVEL),                            \
                [CK_COSH] = FLOATS(cosh, LEVEL), [CK_ASINH] = FLOATS(asinh, LEVEL),                          \
                [CK_ACOSH] = FLOATS(acosh, LEVEL), [CK_ATANH] = FLOATS(atanh, LEVEL),                        \
                [CK_ERF] = FLOATS(erf, LEVEL), [CK_ERFC] = FLOATS(erfc, LEVEL), [CK_GELU] = FLOATS(gelu, LEVEL)}, \
      .binary = {[CK_POWER] = FLOATS(power, LEVEL), [CK_ATAN2] = FLOATS(atan2, LEVEL),                       \
                 [CK_HYPOT] = FLOATS(hypot, LEVEL)},                                                         \
  };
TABLE(avx2)
TABLE(avx512)
#endif
