// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405).
//
// Numbers must be the same for ever, on every machine and for any number of threads: each depends on its position
// only, contraction to fused operations is off, and the logarithm, sine and cosine use nothing but exactly rounded
// arithmetic.
#include <string.h>

#include "random.h"
#include "threads.h"

#pragma STDC FP_CONTRACT OFF

/// Blocks that a kernel makes in one go.
#define BLOCKS 256

typedef void (*words_kernel)(uint64_t key, uint64_t stream, uint64_t counter, uint32_t *out);
typedef void (*f32_kernel)(uint64_t key, uint64_t stream, uint64_t counter, float *out);
typedef void (*f64_kernel)(uint64_t key, uint64_t stream, uint64_t counter, double *out);

struct random_table {
  words_kernel words;
  f32_kernel uniform_f32;
  f64_kernel uniform_f64;
  f32_kernel normal_f32;
  f64_kernel normal_f64;
};

#define LEVEL(name) name##_base
#include "random_kernels.h"
#undef LEVEL

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define LEVEL(name) name##_avx2
#include "random_kernels.h"
#undef LEVEL
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2"), min_vector_width(512))), apply_to = function)
#define LEVEL(name) name##_avx512
#include "random_kernels.h"
#undef LEVEL
#pragma clang attribute pop
#endif

static const struct random_table *current(void) {
  switch (ck_level()) {
#if defined(__x86_64__)
    case 2: return &random_table_avx512;
    case 1: return &random_table_avx2;
#endif
    default: return &random_table_base;
  }
}

void ck_philox(uint64_t key, uint64_t stream, uint64_t counter, uint32_t out[4]) {
  uint32_t x0 = (uint32_t)counter, x1 = (uint32_t)(counter >> 32);
  uint32_t x2 = (uint32_t)stream, x3 = (uint32_t)(stream >> 32);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * x0, p1 = (uint64_t)0xCD9E8D57u * x2;
    uint32_t y0 = (uint32_t)(p1 >> 32) ^ x1 ^ k0, y2 = (uint32_t)(p0 >> 32) ^ x3 ^ k1;
    x1 = (uint32_t)p1;
    x3 = (uint32_t)p0;
    x0 = y0;
    x2 = y2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

double ck_steady_log(double x) { return steady_log_base(x); }

void ck_normal_pair(const uint32_t block[4], double *first, double *second) {
  normal_pair_base(unit_base(block[0], block[1]), unit_base(block[2], block[3]), first, second);
}

/// Numbers to draw: runs of whole blocks, and a rest by way of a buffer.
struct draw {
  uint64_t key, stream, counter;
  size_t n, parts;
  void *out;
};

#define FILL(KERNEL, T, PER)                                                                                  \
  static void part_##KERNEL(void *context, size_t part) {                                                     \
    const struct draw *d = context;                                                                           \
    const size_t run = (size_t)(PER) * BLOCKS, runs = (d->n + run - 1) / run;                                 \
    T *out = d->out;                                                                                          \
    for (size_t r = runs * part / d->parts; r < runs * (part + 1) / d->parts; r++) {                          \
      uint64_t counter = d->counter + r * BLOCKS;                                                             \
      if ((r + 1) * run <= d->n) {                                                                            \
        current()->KERNEL(d->key, d->stream, counter, out + r * run);                                         \
      } else {                                                                                                \
        T rest[(PER) * BLOCKS];                                                                               \
        current()->KERNEL(d->key, d->stream, counter, rest);                                                  \
        memcpy(out + r * run, rest, (d->n - r * run) * sizeof(T));                                            \
      }                                                                                                       \
    }                                                                                                         \
  }

FILL(words, uint32_t, 4)
FILL(uniform_f32, float, 4)
FILL(uniform_f64, double, 2)
FILL(normal_f32, float, 2)
FILL(normal_f64, double, 2)

/// Shares the runs out; a number takes about so many nanoseconds.
static void draw(struct draw *d, double nanoseconds, void (*part)(void *, size_t)) {
  d->parts = ck_parallel_parts(nanoseconds * (double)d->n);
  ck_parallel(d->parts, part, d);
}

void ck_random_words(uint64_t key, uint64_t stream, uint64_t counter, size_t n, uint32_t *out) {
  struct draw d = {key, stream, counter, n, 1, out};
  part_words(&d, 0);
}

void ck_uniform(int type, uint64_t key, uint64_t stream, uint64_t counter, size_t n, void *out) {
  struct draw d = {key, stream, counter, n, 1, out};
  if (type == CK_F32) draw(&d, 1, part_uniform_f32);
  else draw(&d, 2, part_uniform_f64);
}

void ck_normal(int type, uint64_t key, uint64_t stream, uint64_t counter, size_t n, void *out) {
  struct draw d = {key, stream, counter, n, 1, out};
  draw(&d, 4, type == CK_F32 ? part_normal_f32 : part_normal_f64);
}
