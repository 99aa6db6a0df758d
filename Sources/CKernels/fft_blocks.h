#pragma once
#include "fft.h"

// What all transforms of arrays share: blocks of lanes, and where the lanes lie.

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/// Memory for a block and its work space.
struct block {
  char *memory;
  void *re, *im, *work_re, *work_im;
};

static inline void block_make(struct block *b, const struct fft_plan *plan) {
  size_t rows = plan->inner ? plan->m : plan->n, bytes = (rows ? rows : 1) * FFT_ROW_BYTES;
  // A line more each, so that the four do not fall on the same places of the cache.
  size_t step = bytes + FFT_ROW_BYTES * 5;
  b->memory = ck_allocate(4 * step);
  b->re = b->memory;
  b->im = b->memory + step;
  b->work_re = b->memory + 2 * step;
  b->work_im = b->memory + 3 * step;
}

static inline void block_free(struct block *b, const struct fft_plan *plan) {
  size_t rows = plan->inner ? plan->m : plan->n, bytes = (rows ? rows : 1) * FFT_ROW_BYTES;
  ck_release(b->memory, 4 * (bytes + FFT_ROW_BYTES * 5));
}

/// Transforms a block; afterwards its result is in re and im.
static inline void block_run(struct block *b, const struct fft_plan *plan, bool inverse) {
  const struct fft_kernels *k = fft_kernels_for(plan->wide);
  // exp(+i) for exp(-i): real and imaginary parts change places on the way in and out.
  int at = inverse ? k->run(plan, b->im, b->re, b->work_im, b->work_re)
                   : k->run(plan, b->re, b->im, b->work_re, b->work_im);
  if (at) {
    void *re = b->re, *im = b->im;
    b->re = b->work_re;
    b->im = b->work_im;
    b->work_re = re;
    b->work_im = im;
  }
}

static inline void *offset(const void *base, bool wide, ptrdiff_t scalars) {
  return (char *)(uintptr_t)base + scalars * (ptrdiff_t)(wide ? sizeof(double) : sizeof(float));
}

static inline struct fft_view complex_view(const void *base, bool wide, ptrdiff_t at, ptrdiff_t element, ptrdiff_t lane) {
  return (struct fft_view){offset(base, wide, 2 * at), offset(base, wide, 2 * at + 1), 2 * element, 2 * lane};
}

/// Lanes of [outer, inner] from `lane`: how many go into one block, as neighbours in `inner` or in `outer`.
static inline size_t lanes_from(size_t lane, size_t lanes, size_t outer, size_t inner) {
  size_t left = outer * inner - lane;
  return smaller(lanes, inner == 1 ? left : smaller(left, inner - lane % inner));
}

