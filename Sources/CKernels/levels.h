// Includes the file named by `CK_BODY` once for each CPU level, with the functions' target set.
//
// In the body, `L(name)` is the name for the level, and `CK_VECTOR_BYTES` is 0, 32 or 64. One source thus gives up to three
// functions, and the table of the level that fits the machine is chosen at run time. `CK_LEVELS` may be 2: AVX-512 then
// gets the functions of AVX2, where longer vectors gain nothing.
#include "table.h"

// Calls of libm stay scalar, whatever the hint on their loop says.
#pragma clang diagnostic ignored "-Wpass-failed"

// Operands either coincide exactly or do not overlap, so no iteration depends on another.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

#define CK_JOIN2(a, b) a##_##b
#define CK_JOIN(a, b) CK_JOIN2(a, b)
#define L(name) CK_JOIN(name, CK_SUFFIX)

// The loops of an expression of `x`, and of one of `x` and `y`.
#define UNARY(NAME, S, T, R, EXPRESSION)                                 \
  static void L(NAME##_##S)(size_t n, void *out, const void *a) {        \
    R *o = out;                                                          \
    const T *p = a;                                                      \
    INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i]; o[i] = (R)(EXPRESSION); } \
  }

#define BINARY(NAME, S, T, R, EXPRESSION)                                \
  static void L(NAME##_##S)(size_t n, void *out, const void *a, const void *b) { \
    R *o = out;                                                          \
    const T *p = a, *q = b;                                              \
    INDEPENDENT for (size_t i = 0; i < n; i++) { T x = p[i], y = q[i]; o[i] = (R)(EXPRESSION); } \
  }

#define CK_SUFFIX base
#define CK_VECTOR_BYTES 0
#include CK_BODY
#undef CK_SUFFIX
#undef CK_VECTOR_BYTES

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,f16c"))), apply_to = function)
#define CK_SUFFIX avx2
#define CK_VECTOR_BYTES 32
#include CK_BODY
#undef CK_SUFFIX
#undef CK_VECTOR_BYTES
#pragma clang attribute pop
#if CK_LEVELS == 3
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi,bmi2,f16c"), min_vector_width(512))), \
    apply_to = function)
#define CK_SUFFIX avx512
#define CK_VECTOR_BYTES 64
#include CK_BODY
#undef CK_SUFFIX
#undef CK_VECTOR_BYTES
#pragma clang attribute pop
#endif
#endif
