// The transforms' kernels for both scalar types at every CPU level.
#include <string.h>

#include "fft.h"

typedef float fft_f32 __attribute__((ext_vector_type(16)));
typedef double fft_f64 __attribute__((ext_vector_type(8)));

#define T float
#define V fft_f32
#define W 16
#define SMALL_PAIRS 1
#define LEVEL(name) name##_f32_base
#include "fft_kernels.h"
#undef LEVEL
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL(name) name##_f32_avx2
#include "fft_kernels.h"
#undef LEVEL
#pragma clang attribute pop
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"), min_vector_width(512))), apply_to = function)
#define LEVEL(name) name##_f32_avx512
#include "fft_kernels.h"
#undef LEVEL
#pragma clang attribute pop
#endif
#undef T
#undef V
#undef W
#undef SMALL_PAIRS

#define T double
#define V fft_f64
#define W 8
#define SMALL_PAIRS 0
#define LEVEL(name) name##_f64_base
#include "fft_kernels.h"
#undef LEVEL
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LEVEL(name) name##_f64_avx2
#include "fft_kernels.h"
#undef LEVEL
#pragma clang attribute pop
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"), min_vector_width(512))), apply_to = function)
#define LEVEL(name) name##_f64_avx512
#include "fft_kernels.h"
#undef LEVEL
#pragma clang attribute pop
#endif

const struct fft_kernels *fft_kernels_for(bool wide) {
  switch (ck_level()) {
#if defined(__x86_64__)
    case 2: return wide ? &fft_kernels_f64_avx512 : &fft_kernels_f32_avx512;
    case 1: return wide ? &fft_kernels_f64_avx2 : &fft_kernels_f32_avx2;
#endif
    default: return wide ? &fft_kernels_f64_base : &fft_kernels_f32_base;
  }
}
