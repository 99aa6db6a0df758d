#pragma once
// Vectorisable mathematics: branch-free scalar source that clang turns into vector code at every CPU level.
// Each series is the Taylor series of the function on a reduced argument, long enough for the type.

static inline __attribute__((always_inline)) float from_bits_f32(uint32_t u) { float x; memcpy(&x, &u, 4); return x; }
static inline __attribute__((always_inline)) uint32_t bits_f32(float x) { uint32_t u; memcpy(&u, &x, 4); return u; }
static inline __attribute__((always_inline)) double from_bits_f64(uint64_t u) { double x; memcpy(&x, &u, 8); return x; }
static inline __attribute__((always_inline)) uint64_t bits_f64(double x) { uint64_t u; memcpy(&u, &x, 8); return u; }

// Adding and subtracting 1.5 * 2^(mantissa bits) rounds to an integer, whose bits stay at the bottom.
#define ROUNDER_F32 12582912.0f
#define ROUNDER_F64 6755399441055744.0

/// e^r - 1 for |r| <= ln(2) / 2.
static inline __attribute__((always_inline)) float small_expm1_f32(float r) {
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  return r + r * r * p;
}
static inline __attribute__((always_inline)) double small_expm1_f64(double r) {
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  return r + r * r * p;
}

// The power of two is applied in two halves so that results may be subnormal.
static inline __attribute__((always_inline)) float exp_f32(float x) {
  float c = x < -104.0f ? -104.0f : x;
  c = c > 89.0f ? 89.0f : c;
  float t = c * 1.44269504f + ROUNDER_F32;
  float n = t - ROUNDER_F32;
  float r = c - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.0f + small_expm1_f32(r);
  int32_t k = (int32_t)(bits_f32(t) - bits_f32(ROUNDER_F32));
  int32_t k1 = k >> 1, k2 = k - k1;
  return p * from_bits_f32((uint32_t)(k1 + 127) << 23) * from_bits_f32((uint32_t)(k2 + 127) << 23);
}
static inline __attribute__((always_inline)) double exp_f64(double x) {
  double c = x < -746.0 ? -746.0 : x;
  c = c > 710.0 ? 710.0 : c;
  double t = c * 1.4426950408889634 + ROUNDER_F64;
  double n = t - ROUNDER_F64;
  double r = c - n * 0x1.62e42fee00000p-1;
  r = r - n * 0x1.a39ef35793c76p-33;
  double p = 1.0 + small_expm1_f64(r);
  int64_t k = (int64_t)(bits_f64(t) - bits_f64(ROUNDER_F64));
  int64_t k1 = k / 2, k2 = k - k1;
  return p * from_bits_f64((uint64_t)(k1 + 1023) << 52) * from_bits_f64((uint64_t)(k2 + 1023) << 52);
}

// tanh(a) = m / (m + 2) with m = e^(2a) - 1, where m keeps its accuracy near zero.
static inline __attribute__((always_inline)) float tanh_f32(float x) {
  float a = x < 0 ? -x : x;
  float c = a > 10.0f ? 20.0f : a + a;
  float t = c * 1.44269504f + ROUNDER_F32;
  float n = t - ROUNDER_F32;
  float r = c - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  int32_t k = (int32_t)(bits_f32(t) - bits_f32(ROUNDER_F32));
  float s = from_bits_f32((uint32_t)(k + 127) << 23);
  float m = s * small_expm1_f32(r) + (s - 1.0f);
  return __builtin_copysignf(m / (m + 2.0f), x);
}
static inline __attribute__((always_inline)) double tanh_f64(double x) {
  double a = x < 0 ? -x : x;
  double c = a > 20.0 ? 40.0 : a + a;
  double t = c * 1.4426950408889634 + ROUNDER_F64;
  double n = t - ROUNDER_F64;
  double r = c - n * 0x1.62e42fee00000p-1;
  r = r - n * 0x1.a39ef35793c76p-33;
  int64_t k = (int64_t)(bits_f64(t) - bits_f64(ROUNDER_F64));
  double s = from_bits_f64((uint64_t)(k + 1023) << 52);
  double m = s * small_expm1_f64(r) + (s - 1.0);
  return __builtin_copysign(m / (m + 2.0), x);
}

static inline __attribute__((always_inline)) float sigmoid_f32(float x) { return 1.0f / (1.0f + exp_f32(-x)); }
static inline __attribute__((always_inline)) double sigmoid_f64(double x) { return 1.0 / (1.0 + exp_f64(-x)); }

// x = 2^e * m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s) with s = (m - 1) / (m + 1), whose leading
// terms are regrouped around f = m - 1 so that no rounding of s reaches the first digits.
static inline __attribute__((always_inline)) float log_f32(float x) {
  bool small = x < 0x1p-126f;
  float y = small ? x * 0x1p25f : x;
  int32_t u = (int32_t)bits_f32(y);
  int32_t e = (u - (int32_t)0x3f3504f3) >> 23;
  float f = from_bits_f32((uint32_t)(u - (int32_t)((uint32_t)e << 23))) - 1.0f;
  float n = (float)(small ? e - 25 : e);
  float s = f / (2.0f + f), z = s * s;
  float p = 2.0f / 11;
  p = p * z + 2.0f / 9;
  p = p * z + 2.0f / 7;
  p = p * z + 2.0f / 5;
  p = p * z + 2.0f / 3;
  float h = 0.5f * f * f;
  float result = n * 0.693359375f - ((h - (s * (h + z * p) - n * 2.12194440e-4f)) - f);
  result = x == __builtin_inff() ? x : result;
  result = x == 0 ? -__builtin_inff() : result;
  return x >= 0 ? result : __builtin_nanf("");
}
static inline __attribute__((always_inline)) double log_f64(double x) {
  bool small = x < 0x1p-1022;
  double y = small ? x * 0x1p54 : x;
  int64_t u = (int64_t)bits_f64(y);
  int64_t e = (u - (int64_t)0x3fe6a09e667f3bcd) >> 52;
  double f = from_bits_f64((uint64_t)(u - (int64_t)((uint64_t)e << 52))) - 1.0;
  double n = (double)(int32_t)(small ? e - 54 : e);
  double s = f / (2.0 + f), z = s * s;
  double p = 2.0 / 23;
  p = p * z + 2.0 / 21;
  p = p * z + 2.0 / 19;
  p = p * z + 2.0 / 17;
  p = p * z + 2.0 / 15;
  p = p * z + 2.0 / 13;
  p = p * z + 2.0 / 11;
  p = p * z + 2.0 / 9;
  p = p * z + 2.0 / 7;
  p = p * z + 2.0 / 5;
  p = p * z + 2.0 / 3;
  double h = 0.5 * f * f;
  double result = n * 0x1.62e42fee00000p-1 - ((h - (s * (h + z * p) + n * 0x1.a39ef35793c76p-33)) - f);
  result = x == __builtin_inf() ? x : result;
  result = x == 0 ? -__builtin_inf() : result;
  return x >= 0 ? result : __builtin_nan("");
}

// e^x - 1: the exact form below the overflow of 2^k, e^x itself above.
static inline __attribute__((always_inline)) float expm1_f32(float x) {
  float c = x < -20.0f ? -20.0f : x;
  c = c > 80.0f ? 80.0f : c;
  float t = c * 1.44269504f + ROUNDER_F32;
  float n = t - ROUNDER_F32;
  float r = c - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float s = from_bits_f32((bits_f32(t) - bits_f32(ROUNDER_F32) + 127) << 23);
  float m = s * small_expm1_f32(r) + (s - 1.0f);
  return __builtin_copysignf(x > 80.0f ? exp_f32(x) : m, x);
}
static inline __attribute__((always_inline)) double expm1_f64(double x) {
  double c = x < -50.0 ? -50.0 : x;
  c = c > 700.0 ? 700.0 : c;
  double t = c * 1.4426950408889634 + ROUNDER_F64;
  double n = t - ROUNDER_F64;
  double r = c - n * 0x1.62e42fee00000p-1;
  r = r - n * 0x1.a39ef35793c76p-33;
  double s = from_bits_f64((bits_f64(t) - bits_f64(ROUNDER_F64) + 1023) << 52);
  double m = s * small_expm1_f64(r) + (s - 1.0);
  return __builtin_copysign(x > 700.0 ? exp_f64(x) : m, x);
}

// log(1 + e^x) = max(x, 0) + log1p(e^-|x|), with log1p(e) = log(u) e / (u - 1) for u = 1 + e (Kahan).
#define SOFTPLUS(S, T, F)                                                              \
  static inline __attribute__((always_inline)) T softplus_##S(T x) {                   \
    T e = exp_##S(-__builtin_fabs##F(x)), u = 1 + e;                                   \
    T tail = u == 1 ? e : log_##S(u) * e / (u - 1);                                    \
    return x != x ? x : (x > 0 ? x : 0) + tail;                                        \
  }                                                                                    \
  /* 0.5 x (1 + tanh u) = x / (1 + e^-2u) with u = sqrt(2 / pi) (x + 0.044715 x^3). */ \
  static inline __attribute__((always_inline)) T gelu_tanh_##S(T x) {                  \
    T u = (T)1.5957691216057308 * (x + (T)0.044715 * x * x * x);                       \
    return x / (1 + exp_##S(-u));                                                      \
  }                                                                                    \
  static inline __attribute__((always_inline)) T clip_##S(T x, T low, T high) {        \
    T y = x < low ? low : x;                                                           \
    y = y > high ? high : y;                                                           \
    return low != low ? low : high != high ? high : y;                                 \
  }
SOFTPLUS(f32, float, f)
SOFTPLUS(f64, double, )

static inline __attribute__((always_inline)) bool is_negative_f32(float x) { return bits_f32(x) >> 31; }
static inline __attribute__((always_inline)) bool is_negative_f64(double x) { return bits_f64(x) >> 63; }
