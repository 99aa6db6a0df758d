// Elementwise kernels of Float and Double at one CPU level; see `levels.h`.
#include "vector_math.h"

#define TERNARY(NAME, S, T, EXPRESSION)                                  \
  static void L(NAME##_##S)(size_t n, void *out, const void *a, const void *b, const void *c) { \
    T *o = out;                                                          \
    const T *p = a, *q = b, *r = c;                                      \
    INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i], y = q[i], z = r[i]; o[i] = (T)(EXPRESSION); } \
  }

// A NaN in either operand wins in maximum and minimum, and loses in fmax and fmin.
#define FLOATING(S, T, F)                                            \
  BINARY(add, S, T, T, x + y)                                        \
  BINARY(subtract, S, T, T, x - y)                                   \
  BINARY(multiply, S, T, T, x * y)                                   \
  BINARY(divide, S, T, T, x / y)                                     \
  BINARY(maximum, S, T, T, x != x ? x : (x > y ? x : y))             \
  BINARY(minimum, S, T, T, x != x ? x : (x < y ? x : y))             \
  BINARY(fmax, S, T, T, y != y ? x : (x > y ? x : y))                \
  BINARY(fmin, S, T, T, y != y ? x : (x < y ? x : y))                \
  BINARY(copy_sign, S, T, T, __builtin_copysign##F(x, y))            \
  BINARY(equal, S, T, uint8_t, x == y)                               \
  BINARY(not_equal, S, T, uint8_t, x != y)                           \
  BINARY(less, S, T, uint8_t, x < y)                                 \
  BINARY(less_equal, S, T, uint8_t, x <= y)                          \
  TERNARY(multiply_add, S, T, x * y + z)                             \
  TERNARY(clip, S, T, clip_##S(x, y, z))                             \
  UNARY(negate, S, T, T, -x)                                         \
  UNARY(abs, S, T, T, __builtin_fabs##F(x))                          \
  UNARY(sign, S, T, T, x != x ? x : (T)((x > 0) - (x < 0)))          \
  UNARY(square, S, T, T, x * x)                                      \
  UNARY(reciprocal, S, T, T, 1 / x)                                  \
  UNARY(sqrt, S, T, T, __builtin_elementwise_sqrt(x))                \
  UNARY(exp, S, T, T, exp_##S(x))                                    \
  UNARY(expm1, S, T, T, expm1_##S(x))                                \
  UNARY(log, S, T, T, log_##S(x))                                    \
  UNARY(tanh, S, T, T, tanh_##S(x))                                  \
  UNARY(sigmoid, S, T, T, sigmoid_##S(x))                            \
  UNARY(silu, S, T, T, x * sigmoid_##S(x))                           \
  UNARY(gelu_tanh, S, T, T, gelu_tanh_##S(x))                        \
  UNARY(softplus, S, T, T, softplus_##S(x))                          \
  UNARY(relu, S, T, T, x <= 0 ? 0 : x)                               \
  UNARY(floor, S, T, T, __builtin_floor##F(x))                       \
  UNARY(ceil, S, T, T, __builtin_ceil##F(x))                         \
  UNARY(trunc, S, T, T, __builtin_trunc##F(x))                       \
  UNARY(round, S, T, T, __builtin_rint##F(x))                        \
  UNARY(is_nan, S, T, uint8_t, x != x)                               \
  UNARY(is_inf, S, T, uint8_t, __builtin_fabs##F(x) == __builtin_inf()) \
  UNARY(is_finite, S, T, uint8_t, __builtin_fabs##F(x) < __builtin_inf()) \
  UNARY(sign_bit, S, T, uint8_t, is_negative_##S(x))

#define SELECT(BYTES, T)                                                                           \
  static void L(select##BYTES)(size_t n, void *out, const void *mask, const void *a, const void *b) { \
    T *o = out;                                                                                    \
    const uint8_t *m = mask;                                                                       \
    const T *p = a, *q = b;                                                                        \
    INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i], y = q[i]; o[i] = m[i] ? x : y; }      \
  }
SELECT(4, uint32_t)
SELECT(8, uint64_t)

FLOATING(f32, float, f)
FLOATING(f64, double, )

#undef TERNARY
#undef SELECT
#undef FLOATING

#define FLOATS(OP) {[CK_F32] = L(OP##_f32), [CK_F64] = L(OP##_f64)}

const struct ck_elementwise L(ck_floats) = {
    .unary =
        {
            [CK_NEGATE] = FLOATS(negate), [CK_ABS] = FLOATS(abs), [CK_SIGN] = FLOATS(sign),
            [CK_SQUARE] = FLOATS(square), [CK_RECIPROCAL] = FLOATS(reciprocal), [CK_SQRT] = FLOATS(sqrt),
            [CK_EXP] = FLOATS(exp), [CK_EXPM1] = FLOATS(expm1), [CK_LOG] = FLOATS(log), [CK_TANH] = FLOATS(tanh),
            [CK_SIGMOID] = FLOATS(sigmoid), [CK_SILU] = FLOATS(silu), [CK_GELU_TANH] = FLOATS(gelu_tanh),
            [CK_SOFTPLUS] = FLOATS(softplus), [CK_RELU] = FLOATS(relu), [CK_FLOOR] = FLOATS(floor),
            [CK_CEIL] = FLOATS(ceil), [CK_TRUNC] = FLOATS(trunc), [CK_ROUND] = FLOATS(round),
            [CK_IS_NAN] = FLOATS(is_nan), [CK_IS_INF] = FLOATS(is_inf), [CK_IS_FINITE] = FLOATS(is_finite),
            [CK_SIGN_BIT] = FLOATS(sign_bit),
        },
    .binary =
        {
            [CK_ADD] = FLOATS(add), [CK_SUBTRACT] = FLOATS(subtract), [CK_MULTIPLY] = FLOATS(multiply),
            [CK_DIVIDE] = FLOATS(divide), [CK_MAXIMUM] = FLOATS(maximum), [CK_MINIMUM] = FLOATS(minimum),
            [CK_FMAX] = FLOATS(fmax), [CK_FMIN] = FLOATS(fmin), [CK_COPY_SIGN] = FLOATS(copy_sign),
            [CK_EQUAL] = FLOATS(equal), [CK_NOT_EQUAL] = FLOATS(not_equal), [CK_LESS] = FLOATS(less),
            [CK_LESS_EQUAL] = FLOATS(less_equal),
        },
    .select4 = L(select4),
    .select8 = L(select8),
    .ternary = {[CK_MULTIPLY_ADD] = FLOATS(multiply_add), [CK_CLIP] = FLOATS(clip)},
};
#undef FLOATS
