#pragma once
#include "fft.h"
#include "threads.h"

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

/// Where a block's lanes lie in [outer, inner]: side by side in `inner`, or in `outer` when `inner` is 1.
struct block_lanes {
  size_t outer, inner, width;
};

static inline size_t block_count(size_t lanes, size_t outer, size_t inner) {
  return inner == 1 ? (outer + lanes - 1) / lanes : outer * ((inner + lanes - 1) / lanes);
}

static inline struct block_lanes block_lanes(size_t number, size_t lanes, size_t outer, size_t inner) {
  if (inner == 1) return (struct block_lanes){number * lanes, 0, smaller(lanes, outer - number * lanes)};
  size_t each = (inner + lanes - 1) / lanes, start = number % each * lanes;
  return (struct block_lanes){number / each, start, smaller(lanes, inner - start)};
}

struct each_block {
  const struct fft_plan *plan;
  size_t count, step;
  void (*body)(struct block *block, size_t number, const void *context);
  const void *context;
};

static inline void some_blocks(void *context, size_t part) {
  const struct each_block *e = context;
  struct block block;
  block_make(&block, e->plan);
  for (size_t i = part * e->step; i < e->count && i < (part + 1) * e->step; i++) e->body(&block, i, e->context);
  block_free(&block, e->plan);
}

/// Calls `body` for each of `count` blocks, on several threads where it pays.
static inline void each_block(const struct fft_plan *plan, size_t count, void (*body)(struct block *, size_t, const void *),
                              const void *context) {
  size_t rows = plan->inner ? 2 * plan->m : plan->n, lanes = FFT_ROW_BYTES / (plan->wide ? sizeof(double) : sizeof(float));
  double steps = 64 - __builtin_clzll(rows);
  size_t parts = ck_parallel_parts(0.3 * steps * (double)rows * (double)lanes * (double)count);
  if (parts > count) parts = count;
  struct each_block e = {plan, count, (count + parts - 1) / parts, body, context};
  ck_parallel((count + e.step - 1) / e.step, some_blocks, &e);
}
