// Elementwise functions that the C library computes: one element at a time here, several at once where glibc's vector
// library has the function (at most 4 units in the last place off) and the CPU the instructions.
#include <complex.h>
#include <math.h>
#include <string.h>

#include "table.h"

#define UNARY(NAME, S, T, EXPRESSION)                                                      \
  static void NAME##_##S(size_t n, void *out, const void *a) {                             \
    T *o = out;                                                                            \
    const T *p = a;                                                                        \
    for (size_t i = 0; i < n; i++) { T x = p[i]; o[i] = EXPRESSION; }                      \
  }
#define BINARY(NAME, S, T, EXPRESSION)                                                     \
  static void NAME##_##S(size_t n, void *out, const void *a, const void *b) {              \
    T *o = out;                                                                            \
    const T *p = a, *q = b;                                                                \
    for (size_t i = 0; i < n; i++) { T x = p[i], y = q[i]; o[i] = EXPRESSION; }            \
  }

// MARK: Floating point

// The quotient rounded down and the remainder with the divisor's sign, from the exact remainder (as Python has them).
#define DIVISION(S, T, F)                                                                  \
  static T remainder_of_##S(T x, T y) {                                                    \
    T r = fmod##F(x, y);                                                                   \
    if (r == 0) return copysign##F(0, y);                                                  \
    return (r < 0) != (y < 0) ? r + y : r;                                                 \
  }                                                                                        \
  static T floor_quotient_##S(T x, T y) {                                                  \
    if (y == 0) return x / y;                                                              \
    T r = fmod##F(x, y), q = (x - r) / y;                                                  \
    if (r != 0 && (r < 0) != (y < 0)) q -= 1;                                              \
    if (q == 0) return copysign##F(0, x / y);                                              \
    T whole = floor##F(q);                                                                 \
    return q - whole > (T)0.5 ? whole + 1 : whole;                                         \
  }                                                                                        \
  static T log_add_exp_of_##S(T x, T y) {                                                  \
    if (x == y) return x + (T)0.693147180559945309417;                                     \
    T d = x - y;                                                                           \
    return d > 0 ? x + log1p##F(exp##F(-d)) : d <= 0 ? y + log1p##F(exp##F(d)) : d;        \
  }

// The derivatives of lgamma: by recurrence up to 10, then by the asymptotic series (DLMF 5.5, 5.11 and 5.15).
static double digamma_of(double x) {
  if (x < 0) return x == floor(x) ? NAN : digamma_of(1 - x) - M_PI / tan(M_PI * (x - floor(x)));
  if (x == 0) return -copysign(INFINITY, x);
  double below = 0;
  for (; x < 10; x++) below += 1 / x;
  double r = 1 / (x * x);
  double series = r * (1.0 / 12 - r * (1.0 / 120 - r * (1.0 / 252 - r * (1.0 / 240 - r * (1.0 / 132 - r * (691.0 / 32760))))));
  return log(x) - 0.5 / x - series - below;
}

static double trigamma_of(double x) {
  if (x <= 0) {
    double sine = sin(M_PI * (x - floor(x)));
    return x == floor(x) ? INFINITY : M_PI * M_PI / (sine * sine) - trigamma_of(1 - x);
  }
  double below = 0;
  for (; x < 10; x++) below += 1 / (x * x);
  double r = 1 / (x * x);
  double series = r * (1.0 / 6 - r * (1.0 / 30 - r * (1.0 / 42 - r * (1.0 / 30 - r * (5.0 / 66 - r * (691.0 / 2730))))));
  return (1 + 0.5 / x + series) / x + below;
}

#define FUNCTIONS(S, T, F)                          \
  DIVISION(S, T, F)                                 \
  UNARY(cbrt, S, T, cbrt##F(x))                     \
  UNARY(exp2, S, T, exp2##F(x))                     \
  UNARY(log2, S, T, log2##F(x))                     \
  UNARY(log10, S, T, log10##F(x))                   \
  UNARY(log1p, S, T, log1p##F(x))                   \
  UNARY(sin, S, T, sin##F(x))                       \
  UNARY(cos, S, T, cos##F(x))                       \
  UNARY(tan, S, T, tan##F(x))                       \
  UNARY(asin, S, T, asin##F(x))                     \
  UNARY(acos, S, T, acos##F(x))                     \
  UNARY(atan, S, T, atan##F(x))                     \
  UNARY(sinh, S, T, sinh##F(x))                     \
  UNARY(cosh, S, T, cosh##F(x))                     \
  UNARY(asinh, S, T, asinh##F(x))                   \
  UNARY(acosh, S, T, acosh##F(x))                   \
  UNARY(atanh, S, T, atanh##F(x))                   \
  UNARY(erf, S, T, erf##F(x))                       \
  UNARY(erfc, S, T, erfc##F(x))                     \
  UNARY(lgamma, S, T, lgamma##F##_r(x, &(int){0}))  \
  UNARY(digamma, S, T, (T)digamma_of((double)x))    \
  UNARY(trigamma, S, T, (T)trigamma_of((double)x))  \
  UNARY(gelu, S, T, (T)0.5 * x * erfc##F(x * -(T)0.70710678118654752440)) \
  BINARY(power, S, T, pow##F(x, y))                 \
  BINARY(atan2, S, T, atan2##F(x, y))               \
  BINARY(hypot, S, T, hypot##F(x, y))               \
  BINARY(fmod, S, T, fmod##F(x, y))                 \
  BINARY(remainder, S, T, remainder_of_##S(x, y))   \
  BINARY(floor_divide, S, T, floor_quotient_##S(x, y)) \
  BINARY(next_after, S, T, nextafter##F(x, y))      \
  BINARY(log_add_exp, S, T, log_add_exp_of_##S(x, y))

FUNCTIONS(f32, float, f)
FUNCTIONS(f64, double, )

// MARK: Integers

// Powers by squaring; a negative exponent leaves 1 and -1 alone and makes everything else 0.
#define INTEGERS(S, T, IS_SIGNED)                                                          \
  static T power_of_##S(T x, T y) {                                                        \
    if (IS_SIGNED && y < 0) return x == 1 ? 1 : x == (T)-1 ? ((y & 1) ? (T)-1 : 1) : 0;    \
    uint64_t base = (uint64_t)x, result = 1;                                               \
    for (uint64_t e = (uint64_t)y; e > 0; e >>= 1, base *= base)                           \
      if (e & 1) result *= base;                                                           \
    return (T)result;                                                                      \
  }                                                                                        \
  static uint64_t size_of_##S(T x) { return IS_SIGNED && x < 0 ? 0 - (uint64_t)x : (uint64_t)x; } \
  static uint64_t gcd_of_##S(T x, T y) {                                                   \
    uint64_t a = size_of_##S(x), b = size_of_##S(y);                                       \
    while (b != 0) { uint64_t r = a % b; a = b; b = r; }                                   \
    return a;                                                                              \
  }                                                                                        \
  static uint64_t lcm_of_##S(T x, T y) {                                                   \
    uint64_t g = gcd_of_##S(x, y);                                                         \
    return g == 0 ? 0 : size_of_##S(x) / g * size_of_##S(y);                               \
  }                                                                                        \
  BINARY(power, S, T, power_of_##S(x, y))                                                  \
  BINARY(gcd, S, T, (T)gcd_of_##S(x, y))                                                   \
  BINARY(lcm, S, T, (T)lcm_of_##S(x, y))

INTEGERS(i8, int8_t, 1)
INTEGERS(i16, int16_t, 1)
INTEGERS(i32, int32_t, 1)
INTEGERS(i64, int64_t, 1)
INTEGERS(u8, uint8_t, 0)
INTEGERS(u16, uint16_t, 0)
INTEGERS(u32, uint32_t, 0)
INTEGERS(u64, uint64_t, 0)

#define FLOATS(OP) {[CK_F32] = OP##_f32, [CK_F64] = OP##_f64}
#define WHOLE(OP)                                                                        \
  [CK_I8] = OP##_i8, [CK_I16] = OP##_i16, [CK_I32] = OP##_i32, [CK_I64] = OP##_i64,      \
  [CK_U8] = OP##_u8, [CK_U16] = OP##_u16, [CK_U32] = OP##_u32, [CK_U64] = OP##_u64

const struct ck_elementwise ck_libm = {
    .unary =
        {
            [CK_CBRT] = FLOATS(cbrt), [CK_EXP2] = FLOATS(exp2), [CK_LOG2] = FLOATS(log2), [CK_LOG10] = FLOATS(log10),
            [CK_LOG1P] = FLOATS(log1p), [CK_SIN] = FLOATS(sin), [CK_COS] = FLOATS(cos), [CK_TAN] = FLOATS(tan),
            [CK_ASIN] = FLOATS(asin), [CK_ACOS] = FLOATS(acos), [CK_ATAN] = FLOATS(atan), [CK_SINH] = FLOATS(sinh),
            [CK_COSH] = FLOATS(cosh), [CK_ASINH] = FLOATS(asinh), [CK_ACOSH] = FLOATS(acosh),
            [CK_ATANH] = FLOATS(atanh), [CK_ERF] = FLOATS(erf), [CK_ERFC] = FLOATS(erfc), [CK_LGAMMA] = FLOATS(lgamma),
            [CK_DIGAMMA] = FLOATS(digamma), [CK_TRIGAMMA] = FLOATS(trigamma),
            [CK_GELU] = FLOATS(gelu),
        },
    .binary =
        {
            [CK_POWER] = {[CK_F32] = power_f32, [CK_F64] = power_f64, WHOLE(power)},
            [CK_ATAN2] = FLOATS(atan2), [CK_HYPOT] = FLOATS(hypot), [CK_FMOD] = FLOATS(fmod),
            [CK_REMAINDER] = FLOATS(remainder), [CK_FLOOR_DIVIDE] = FLOATS(floor_divide),
            [CK_NEXT_AFTER] = FLOATS(next_after), [CK_LOG_ADD_EXP] = FLOATS(log_add_exp),
            [CK_GCD] = {WHOLE(gcd)}, [CK_LCM] = {WHOLE(lcm)},
        },
};

// MARK: Complex numbers

#define COMPLEX(S, T, C, F)                                                                \
  BINARY(add, S, C, x + y)                                                                 \
  BINARY(subtract, S, C, x - y)                                                            \
  BINARY(divide, S, C, x / y)                                                              \
  BINARY(power, S, C, cpow##F(x, y))                                                       \
  UNARY(negate, S, C, -x)                                                                  \
  UNARY(conjugate, S, C, conj##F(x))                                                       \
  UNARY(reciprocal, S, C, 1 / x)                                                           \
  UNARY(sqrt, S, C, csqrt##F(x))                                                           \
  UNARY(exp, S, C, cexp##F(x))                                                             \
  UNARY(log, S, C, clog##F(x))                                                             \
  UNARY(sin, S, C, csin##F(x))                                                             \
  UNARY(cos, S, C, ccos##F(x))                                                             \
  UNARY(tanh, S, C, ctanh##F(x))                                                           \
  /* Without the recovery of infinities that C's own product has, as in NumPy. */          \
  static void multiply_##S(size_t n, void *out, const void *a, const void *b) {            \
    T *o = out;                                                                            \
    const T *p = a, *q = b;                                                                \
    for (size_t i = 0; i < 2 * n; i += 2) {                                                \
      T re = p[i] * q[i] - p[i + 1] * q[i + 1], im = p[i] * q[i + 1] + p[i + 1] * q[i];    \
      o[i] = re;                                                                           \
      o[i + 1] = im;                                                                       \
    }                                                                                      \
  }                                                                                        \
  static void square_##S(size_t n, void *out, const void *a) { multiply_##S(n, out, a, a); } \
  static void abs_##S(size_t n, void *out, const void *a) {                                \
    T *o = out;                                                                            \
    const T *p = a;                                                                        \
    for (size_t i = 0; i < n; i++) o[i] = hypot##F(p[2 * i], p[2 * i + 1]);                \
  }                                                                                        \
  static void equal_##S(size_t n, void *out, const void *a, const void *b) {               \
    uint8_t *o = out;                                                                      \
    const T *p = a, *q = b;                                                                \
    for (size_t i = 0; i < n; i++) o[i] = p[2 * i] == q[2 * i] && p[2 * i + 1] == q[2 * i + 1]; \
  }                                                                                        \
  static void not_equal_##S(size_t n, void *out, const void *a, const void *b) {           \
    equal_##S(n, out, a, b);                                                               \
    for (size_t i = 0; i < n; i++) ((uint8_t *)out)[i] ^= 1;                               \
  }                                                                                        \
  static void is_nan_##S(size_t n, void *out, const void *a) {                             \
    const T *p = a;                                                                        \
    for (size_t i = 0; i < n; i++) ((uint8_t *)out)[i] = p[2 * i] != p[2 * i] || p[2 * i + 1] != p[2 * i + 1]; \
  }

COMPLEX(c64, float, float complex, f)
COMPLEX(c128, double, double complex, )

#define BOTH(OP) {[CK_C64] = OP##_c64, [CK_C128] = OP##_c128}

const struct ck_elementwise ck_complexes = {
    .unary =
        {
            [CK_NEGATE] = BOTH(negate), [CK_ABS] = BOTH(abs), [CK_SQUARE] = BOTH(square),
            [CK_CONJUGATE] = BOTH(conjugate), [CK_RECIPROCAL] = BOTH(reciprocal), [CK_SQRT] = BOTH(sqrt),
            [CK_EXP] = BOTH(exp), [CK_LOG] = BOTH(log), [CK_SIN] = BOTH(sin), [CK_COS] = BOTH(cos),
            [CK_TANH] = BOTH(tanh), [CK_IS_NAN] = BOTH(is_nan),
        },
    .binary =
        {
            [CK_ADD] = BOTH(add), [CK_SUBTRACT] = BOTH(subtract), [CK_MULTIPLY] = BOTH(multiply),
            [CK_DIVIDE] = BOTH(divide), [CK_POWER] = BOTH(power), [CK_EQUAL] = BOTH(equal),
            [CK_NOT_EQUAL] = BOTH(not_equal),
        },
};
