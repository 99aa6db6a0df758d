// The kernels of one CPU level. The including file defines `CK_TABLE`, the name of its table, and sets the target.
#include <math.h>
#include <string.h>

#include "table.h"

#if defined(CK_TARGET_AVX2)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#elif defined(CK_TARGET_AVX512)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi,bmi2"), min_vector_width(512))), \
    apply_to = function)
#endif

#include "vector_math.h"

// Calls of libm stay scalar, whatever the hint on their loop says.
#pragma clang diagnostic ignored "-Wpass-failed"

// Operands either coincide exactly or do not overlap, so no iteration depends on another.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

// MARK: Elementwise

#define UNARY(NAME, T, R, EXPRESSION)                                                        \
  static void NAME(size_t n, void *out, ptrdiff_t so, const void *a, ptrdiff_t sa) {         \
    R *o = out;                                                                              \
    const T *p = a;                                                                          \
    if (so == 1 && sa == 1) {                                                                \
      INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i]; o[i] = (R)(EXPRESSION); }     \
    } else if (so == 1 && sa == 0 && n > 0) {                                                \
      T x = *p;                                                                              \
      R value = (R)(EXPRESSION);                                                             \
      for (size_t i = 0; i < n; i++) o[i] = value;                                           \
    } else {                                                                                 \
      for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) { T x = p[i * sa]; o[i * so] = (R)(EXPRESSION); } \
    }                                                                                        \
  }

#define BINARY(NAME, T, R, EXPRESSION)                                                                          \
  static void NAME(size_t n, void *out, ptrdiff_t so, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb) { \
    R *o = out;                                                                                                 \
    const T *p = a, *q = b;                                                                                     \
    if (so == 1 && sa == 1 && sb == 1) {                                                                        \
      INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i], y = q[i]; o[i] = (R)(EXPRESSION); }              \
    } else if (so == 1 && sa == 1 && sb == 0 && n > 0) {                                                        \
      T y = *q;                                                                                                 \
      INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i]; o[i] = (R)(EXPRESSION); }                        \
    } else if (so == 1 && sa == 0 && sb == 1 && n > 0) {                                                        \
      T x = *p;                                                                                                 \
      INDEPENDENT for (size_t i = 0; i < n; i++) { T y = q[i]; o[i] = (R)(EXPRESSION); }                        \
    } else {                                                                                                    \
      for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {                                                            \
        T x = p[i * sa], y = q[i * sb];                                                                         \
        o[i * so] = (R)(EXPRESSION);                                                                            \
      }                                                                                                         \
    }                                                                                                           \
  }

#define SELECT(NAME, T)                                                                                        \
  static void NAME(size_t n, void *out, ptrdiff_t so, const void *mask, ptrdiff_t sm, const void *a, ptrdiff_t sa, \
                   const void *b, ptrdiff_t sb) {                                                              \
    T *o = out;                                                                                                \
    const uint8_t *m = mask;                                                                                   \
    const T *p = a, *q = b;                                                                                    \
    if (so == 1 && sm == 1 && sa == 1 && sb == 1) {                                                            \
      INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i], y = q[i]; o[i] = m[i] ? x : y; }                \
    } else {                                                                                                   \
      for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) o[i * so] = m[i * sm] ? p[i * sa] : q[i * sb];              \
    }                                                                                                          \
  }

#define COMPARISONS(S, T)                     \
  BINARY(equal_##S, T, uint8_t, x == y)       \
  BINARY(not_equal_##S, T, uint8_t, x != y)   \
  BINARY(less_##S, T, uint8_t, x < y)         \
  BINARY(less_equal_##S, T, uint8_t, x <= y)  \
  BINARY(greater_##S, T, uint8_t, x > y)      \
  BINARY(greater_equal_##S, T, uint8_t, x >= y) \
  SELECT(select_##S, T)

#define CASTS(S, T)                           \
  UNARY(cast_##S##_f32, T, float, x)          \
  UNARY(cast_##S##_f64, T, double, x)         \
  UNARY(cast_##S##_i32, T, int32_t, x)        \
  UNARY(cast_##S##_i64, T, int64_t, x)        \
  UNARY(cast_##S##_u8, T, uint8_t, x != 0)

// A NaN in either operand wins: `x + y` keeps it.
#define FLOATING(S, T, F)                                   \
  BINARY(add_##S, T, T, x + y)                              \
  BINARY(subtract_##S, T, T, x - y)                         \
  BINARY(multiply_##S, T, T, x * y)                         \
  BINARY(divide_##S, T, T, x / y)                           \
  BINARY(power_##S, T, T, pow##F(x, y))                     \
  BINARY(maximum_##S, T, T, x != x ? x : (x > y ? x : y))   \
  BINARY(minimum_##S, T, T, x != x ? x : (x < y ? x : y))   \
  UNARY(negate_##S, T, T, -x)                               \
  UNARY(abs_##S, T, T, __builtin_fabs##F(x))                \
  UNARY(sign_##S, T, T, x != x ? x : (T)((x > 0) - (x < 0))) \
  UNARY(sqrt_##S, T, T, __builtin_elementwise_sqrt(x))               \
  UNARY(exp_##S##_loop, T, T, exp_##S(x))                   \
  UNARY(expm1_##S, T, T, expm1##F(x))                       \
  UNARY(log_##S##_loop, T, T, log_##S(x))                   \
  UNARY(log1p_##S, T, T, log1p##F(x))                       \
  UNARY(sin_##S, T, T, sin##F(x))                           \
  UNARY(cos_##S, T, T, cos##F(x))                           \
  UNARY(tanh_##S##_loop, T, T, tanh_##S(x))                 \
  UNARY(sigmoid_##S##_loop, T, T, sigmoid_##S(x))           \
  UNARY(relu_##S, T, T, x <= 0 ? 0 : x)                     \
  UNARY(floor_##S, T, T, __builtin_floor##F(x))             \
  UNARY(ceil_##S, T, T, __builtin_ceil##F(x))               \
  UNARY(round_##S, T, T, __builtin_rint##F(x))              \
  UNARY(square_##S, T, T, x * x)                            \
  UNARY(is_nan_##S, T, uint8_t, x != x)                     \
  COMPARISONS(S, T)                                         \
  CASTS(S, T)

// Integers wrap around; the unsigned type makes that defined.
#define INTEGER(S, T, U)                                  \
  BINARY(add_##S, T, T, (U)x + (U)y)                      \
  BINARY(subtract_##S, T, T, (U)x - (U)y)                 \
  BINARY(multiply_##S, T, T, (U)x * (U)y)                 \
  BINARY(maximum_##S, T, T, x > y ? x : y)                \
  BINARY(minimum_##S, T, T, x < y ? x : y)                \
  UNARY(negate_##S, T, T, 0 - (U)x)                       \
  UNARY(abs_##S, T, T, x < 0 ? 0 - (U)x : (U)x)           \
  UNARY(sign_##S, T, T, (x > 0) - (x < 0))                \
  UNARY(relu_##S, T, T, x > 0 ? x : 0)                    \
  UNARY(square_##S, T, T, (U)x * (U)x)                    \
  COMPARISONS(S, T)                                       \
  CASTS(S, T)

FLOATING(f32, float, f)
FLOATING(f64, double, )
INTEGER(i32, int32_t, uint32_t)
INTEGER(i64, int64_t, uint64_t)
COMPARISONS(u8, uint8_t)
CASTS(u8, uint8_t)
BINARY(and_u8, uint8_t, uint8_t, x & y)
BINARY(or_u8, uint8_t, uint8_t, x | y)
BINARY(xor_u8, uint8_t, uint8_t, x ^ y)
UNARY(not_u8, uint8_t, uint8_t, x ^ 1)

#include "reductions.h"

// MARK: Table

#define ALL(OP) {OP##_f32, OP##_f64, OP##_i32, OP##_i64, OP##_u8}
#define NUMBERS(OP) {OP##_f32, OP##_f64, OP##_i32, OP##_i64, 0}
#define FLOATS(OP) {OP##_f32, OP##_f64, 0, 0, 0}
#define FLOAT_LOOPS(OP) {OP##_f32_loop, OP##_f64_loop, 0, 0, 0}
#define BOOLEANS(OP) {0, 0, 0, 0, OP##_u8}
#define TO_ALL(S) {cast_##S##_f32, cast_##S##_f64, cast_##S##_i32, cast_##S##_i64, cast_##S##_u8}

const struct ck_table CK_TABLE = {
    .unary =
        {
            [CK_NEGATE] = NUMBERS(negate), [CK_ABS] = NUMBERS(abs), [CK_SIGN] = NUMBERS(sign),
            [CK_SQRT] = FLOATS(sqrt), [CK_EXP] = FLOAT_LOOPS(exp), [CK_EXPM1] = FLOATS(expm1),
            [CK_LOG] = FLOAT_LOOPS(log), [CK_LOG1P] = FLOATS(log1p), [CK_SIN] = FLOATS(sin), [CK_COS] = FLOATS(cos),
            [CK_TANH] = FLOAT_LOOPS(tanh), [CK_SIGMOID] = FLOAT_LOOPS(sigmoid), [CK_RELU] = NUMBERS(relu),
            [CK_FLOOR] = FLOATS(floor), [CK_CEIL] = FLOATS(ceil), [CK_ROUND] = FLOATS(round),
            [CK_SQUARE] = NUMBERS(square), [CK_IS_NAN] = FLOATS(is_nan), [CK_NOT] = BOOLEANS(not),
        },
    .binary =
        {
            [CK_ADD] = NUMBERS(add), [CK_SUBTRACT] = NUMBERS(subtract), [CK_MULTIPLY] = NUMBERS(multiply),
            [CK_DIVIDE] = FLOATS(divide), [CK_POWER] = FLOATS(power), [CK_MAXIMUM] = NUMBERS(maximum),
            [CK_MINIMUM] = NUMBERS(minimum), [CK_EQUAL] = ALL(equal), [CK_NOT_EQUAL] = ALL(not_equal),
            [CK_LESS] = ALL(less), [CK_LESS_EQUAL] = ALL(less_equal), [CK_GREATER] = ALL(greater),
            [CK_GREATER_EQUAL] = ALL(greater_equal), [CK_AND] = BOOLEANS(and), [CK_OR] = BOOLEANS(or),
            [CK_XOR] = BOOLEANS(xor),
        },
    .cast = {TO_ALL(f32), TO_ALL(f64), TO_ALL(i32), TO_ALL(i64), TO_ALL(u8)},
    .select = ALL(select),
    .reduce =
        {
            [CK_SUM] = ALL(sum), [CK_REDUCE_MAX] = ALL(max), [CK_REDUCE_MIN] = ALL(min), [CK_ARGMAX] = ALL(argmax),
            [CK_ARGMIN] = ALL(argmin), [CK_VARIANCE] = FLOATS(variance),
        },
    .rows =
        {
            [CK_SOFTMAX] = FLOATS(softmax), [CK_LOG_SOFTMAX] = FLOATS(log_softmax),
            [CK_LOG_SUM_EXP] = FLOATS(log_sum_exp),
        },
};

#if defined(CK_TARGET_AVX2) || defined(CK_TARGET_AVX512)
#pragma clang attribute pop
#endif
