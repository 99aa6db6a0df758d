// Walks views of any shape row by row. Kernels see contiguous runs only: whatever is strided, repeated or of another
// type than the kernel's is brought into small blocks first.
#include "walk.h"

#include <string.h>

#include "threads.h"

/// Elements of a block; four blocks of the widest type stay in the first-level cache.
#define BLOCK 512
#define WIDEST 16

void ck_walk_start(struct ck_walk *w, int rank, const ptrdiff_t *shape) {
  w->operands = 0;
  w->rank = rank;
  memcpy(w->shape, shape, (size_t)rank * sizeof(ptrdiff_t));
}

void ck_walk_operand(struct ck_walk *w, const void *data, const ptrdiff_t *strides, size_t size) {
  int k = w->operands++;
  w->data[k] = (char *)(uintptr_t)data;
  w->size[k] = size;
  memcpy(w->strides[k], strides, (size_t)w->rank * sizeof(ptrdiff_t));
}

/// Drops axes of length one and joins neighbours that every operand steps through evenly.
static bool simplify(struct ck_walk *w) {
  int kept = 0;
  for (int d = 0; d < w->rank; d++) {
    if (w->shape[d] == 0) return false;
    if (w->shape[d] == 1) continue;
    bool joins = kept > 0;
    for (int k = 0; joins && k < w->operands; k++)
      joins = w->strides[k][kept - 1] == w->strides[k][d] * w->shape[d];
    if (joins) {
      w->shape[kept - 1] *= w->shape[d];
      for (int k = 0; k < w->operands; k++) w->strides[k][kept - 1] = w->strides[k][d];
    } else {
      w->shape[kept] = w->shape[d];
      for (int k = 0; k < w->operands; k++) w->strides[k][kept] = w->strides[k][d];
      kept++;
    }
  }
  if (kept == 0) {
    w->shape[0] = 1;
    for (int k = 0; k < w->operands; k++) w->strides[k][0] = 1;
    kept = 1;
  }
  w->rank = kept;
  return true;
}

static ptrdiff_t magnitude(ptrdiff_t x) { return x < 0 ? -x : x; }

/// Puts the axes in the order of the result's memory, so that transposed results are written along their rows.
static void order_axes(struct ck_walk *w) {
  for (int d = 1; d < w->rank; d++)
    for (int e = d; e > 0 && magnitude(w->strides[0][e - 1]) < magnitude(w->strides[0][e]); e--) {
      ptrdiff_t length = w->shape[e];
      w->shape[e] = w->shape[e - 1];
      w->shape[e - 1] = length;
      for (int k = 0; k < w->operands; k++) {
        ptrdiff_t stride = w->strides[k][e];
        w->strides[k][e] = w->strides[k][e - 1];
        w->strides[k][e - 1] = stride;
      }
    }
}

// MARK: Blocks

#define GATHER(T)                                                              \
  {                                                                            \
    T *o = out;                                                                \
    const T *p = a;                                                            \
    for (size_t i = 0; i < n; i++) o[i] = p[(ptrdiff_t)i * stride];            \
    break;                                                                     \
  }
#define SCATTER(T)                                                             \
  {                                                                            \
    T *o = out;                                                                \
    const T *p = a;                                                            \
    for (size_t i = 0; i < n; i++) o[(ptrdiff_t)i * stride] = p[i];            \
    break;                                                                     \
  }
typedef struct { uint64_t low, high; } wide;

static void gather(size_t size, size_t n, void *out, const void *a, ptrdiff_t stride) {
  switch (size) {
    case 1: GATHER(uint8_t)
    case 2: GATHER(uint16_t)
    case 4: GATHER(uint32_t)
    case 8: GATHER(uint64_t)
    default: GATHER(wide)
  }
}
static void scatter(size_t size, size_t n, void *out, const void *a, ptrdiff_t stride) {
  switch (size) {
    case 1: SCATTER(uint8_t)
    case 2: SCATTER(uint16_t)
    case 4: SCATTER(uint32_t)
    case 8: SCATTER(uint64_t)
    default: SCATTER(wide)
  }
}

static void call(const struct ck_row_job *job, size_t n, char *const *data) {
  if (job->binary) job->binary(n, data[0], data[1], data[2]);
  else if (job->unary) job->unary(n, data[0], data[1]);
  else job->ternary(n, data[0], data[1], data[2], data[3]);
}

static void run_blocks(const struct ck_row_job *job, const struct ck_walk *w, size_t n, char *const *data,
                       const ptrdiff_t *strides) {
  _Alignas(64) char blocks[CK_MAX_OPERANDS][BLOCK * WIDEST], converted[CK_MAX_OPERANDS][BLOCK * WIDEST];
  char *at[CK_MAX_OPERANDS];
  for (size_t start = 0; start < n; start += BLOCK) {
    size_t count = n - start < BLOCK ? n - start : BLOCK;
    for (int k = 1; k < w->operands; k++) {
      char *source = data[k] + (ptrdiff_t)start * strides[k] * (ptrdiff_t)w->size[k];
      if (strides[k] == 0 && start > 0) continue;  // The block is full of it already.
      if (strides[k] != 1) {
        gather(w->size[k], count, blocks[k], source, strides[k]);
        source = blocks[k];
      }
      if (job->before[k]) {
        job->before[k](count, converted[k], source);
        source = converted[k];
      }
      at[k] = source;
    }
    char *target = data[0] + (ptrdiff_t)start * strides[0] * (ptrdiff_t)w->size[0];
    bool is_direct = strides[0] == 1;
    at[0] = job->after ? converted[0] : is_direct ? target : blocks[0];
    call(job, count, at);
    if (job->after) job->after(count, is_direct ? target : blocks[0], converted[0]);
    if (!is_direct) scatter(w->size[0], count, target, blocks[0], strides[0]);
  }
}

static void run_row(const struct ck_row_job *job, const struct ck_walk *w, size_t n, char *const *data,
                    const ptrdiff_t *strides) {
  bool is_plain = !job->after;
  for (int k = 0; k < w->operands; k++) is_plain = is_plain && strides[k] == 1 && !job->before[k];
  if (is_plain) call(job, n, data);
  else run_blocks(job, w, n, data, strides);
}

// MARK: Tiles

// Elements of a tile: the lines of a transposed operand stay in the cache until they are used up.
#define TILE_ROWS 16
#define TILE_COLUMNS 256
#define WIDEST_IN_TILE 8

/// Whether an operand runs faster along the axis before the last, as a transposed matrix does.
static bool crosses(const struct ck_walk *w, int k) {
  if (w->rank < 2 || w->size[k] > WIDEST_IN_TILE) return false;
  ptrdiff_t above = magnitude(w->strides[k][w->rank - 2]), last = magnitude(w->strides[k][w->rank - 1]);
  return above != 0 && above < last;
}

#define TRANSPOSE(T)                                                                         \
  {                                                                                          \
    T *o = (T *)(void *)out;                                                                 \
    for (size_t c = 0; c < columns; c++) {                                                   \
      const T *p = (const T *)(const void *)a + (ptrdiff_t)c * column_step;                  \
      for (size_t r = 0; r < rows; r++) o[r * TILE_COLUMNS + c] = p[(ptrdiff_t)r * row_step]; \
    }                                                                                        \
    break;                                                                                   \
  }

static void transpose(size_t size, size_t rows, size_t columns, char *out, const char *a, ptrdiff_t row_step,
                      ptrdiff_t column_step) {
  switch (size) {
    case 1: TRANSPOSE(uint8_t)
    case 2: TRANSPOSE(uint16_t)
    case 4: TRANSPOSE(uint32_t)
    default: TRANSPOSE(uint64_t)
  }
}

/// Runs over the last two axes, from `data`, with transposed operands brought into tiles.
static void run_tiles(const struct ck_walk *w, const struct ck_row_job *job, char *const *data) {
  _Alignas(64) char tiles[CK_MAX_OPERANDS - 1][TILE_ROWS * TILE_COLUMNS * WIDEST_IN_TILE];
  int last = w->rank - 1;
  size_t all_rows = (size_t)w->shape[last - 1], all_columns = (size_t)w->shape[last];
  for (size_t row = 0; row < all_rows; row += TILE_ROWS) {
    size_t rows = all_rows - row < TILE_ROWS ? all_rows - row : TILE_ROWS;
    for (size_t column = 0; column < all_columns; column += TILE_COLUMNS) {
      size_t columns = all_columns - column < TILE_COLUMNS ? all_columns - column : TILE_COLUMNS;
      char *at[CK_MAX_OPERANDS];
      ptrdiff_t steps[CK_MAX_OPERANDS], row_bytes[CK_MAX_OPERANDS];
      for (int k = 0; k < w->operands; k++) {
        ptrdiff_t above = w->strides[k][last - 1], size = (ptrdiff_t)w->size[k];
        steps[k] = w->strides[k][last];
        row_bytes[k] = above * size;
        at[k] = data[k] + ((ptrdiff_t)row * above + (ptrdiff_t)column * steps[k]) * size;
        if (k == 0 || !crosses(w, k)) continue;
        transpose(w->size[k], rows, columns, tiles[k - 1], at[k], above, steps[k]);
        at[k] = tiles[k - 1];
        steps[k] = 1;
        row_bytes[k] = TILE_COLUMNS * size;
      }
      for (size_t r = 0; r < rows; r++) {
        run_row(job, w, columns, at, steps);
        for (int k = 0; k < w->operands; k++) at[k] += row_bytes[k];
      }
    }
  }
}

static void run_serial(const struct ck_walk *w, const struct ck_row_job *job) {
  bool has_tiles = false;
  for (int k = 1; k < w->operands; k++) has_tiles = has_tiles || crosses(w, k);
  // The axes that a row, or a plane of tiles, does not have.
  int outer = w->rank - (has_tiles ? 2 : 1);
  ptrdiff_t steps[CK_MAX_OPERANDS], index[CK_MAX_RANK] = {0};
  char *data[CK_MAX_OPERANDS];
  for (int k = 0; k < w->operands; k++) {
    steps[k] = w->strides[k][w->rank - 1];
    data[k] = w->data[k];
  }
  for (;;) {
    if (has_tiles) run_tiles(w, job, data);
    else run_row(job, w, (size_t)w->shape[w->rank - 1], data, steps);
    int d = outer - 1;
    for (; d >= 0; d--) {
      index[d]++;
      for (int k = 0; k < w->operands; k++) data[k] += w->strides[k][d] * (ptrdiff_t)w->size[k];
      if (index[d] < w->shape[d]) break;
      for (int k = 0; k < w->operands; k++) data[k] -= w->shape[d] * w->strides[k][d] * (ptrdiff_t)w->size[k];
      index[d] = 0;
    }
    if (d < 0) break;
  }
}

// MARK: Threads

struct split {
  const struct ck_walk *walk;
  const struct ck_row_job *job;
  int axis;
  ptrdiff_t step;
};

static void run_part(void *context, size_t part) {
  const struct split *s = context;
  struct ck_walk w = *s->walk;
  ptrdiff_t start = (ptrdiff_t)part * s->step, left = w.shape[s->axis] - start;
  w.shape[s->axis] = left < s->step ? left : s->step;
  for (int k = 0; k < w.operands; k++) w.data[k] += start * w.strides[k][s->axis] * (ptrdiff_t)w.size[k];
  run_serial(&w, s->job);
}

void ck_walk_run(struct ck_walk *w, const struct ck_row_job *job) {
  if (!simplify(w)) return;
  if (w->rank > 1) {
    order_axes(w);
    simplify(w);
  }
  double total = 1;
  for (int d = 0; d < w->rank; d++) total *= (double)w->shape[d];
  size_t parts = ck_parallel_parts(total * job->cost);
  struct split s = {w, job, 0, 0};
  for (int d = 1; d < w->rank && w->shape[s.axis] < (ptrdiff_t)parts; d++)
    if (w->shape[d] > w->shape[s.axis]) s.axis = d;
  if (parts <= 1 || w->shape[s.axis] < 2) {
    run_serial(w, job);
    return;
  }
  s.step = (w->shape[s.axis] + (ptrdiff_t)parts - 1) / (ptrdiff_t)parts;
  // Whole cache lines for each thread.
  if (s.axis == w->rank - 1) s.step = (s.step + 63) / 64 * 64;
  ck_parallel((size_t)((w->shape[s.axis] + s.step - 1) / s.step), run_part, &s);
}
