// Chooses the CPU level, and walks views of any shape row by row with the kernels of that level.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

// MARK: CPU level

/// `MARTLET_CPU_LEVEL` (0, 1 or 2) lowers the level, so that tests reach every variant.
static int detect_level(void) {
  int best = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) best = 1;
  if (best == 1 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    best = 2;
#endif
  const char *asked = getenv("MARTLET_CPU_LEVEL");
  if (asked && asked[0] >= '0' && asked[0] < '0' + best && asked[1] == 0) best = asked[0] - '0';
  return best;
}

// Threads that race here find the same answer.
static _Atomic int chosen = -1;

int ck_level(void) {
  int level = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (level < 0) {
    level = detect_level();
    atomic_store_explicit(&chosen, level, memory_order_relaxed);
  }
  return level;
}

const struct ck_table *ck_current(void) {
  switch (ck_level()) {
#if defined(__x86_64__)
    case 2: return &ck_table_avx512;
    case 1: return &ck_table_avx2;
#endif
    default: return &ck_table_base;
  }
}

bool ck_has_unary(int op, int type) { return ck_current()->unary[op][type] != 0; }
bool ck_has_binary(int op, int type) { return ck_current()->binary[op][type] != 0; }

// MARK: Walking

#define MAX_OPERANDS 4

/// Up to four operands over one shape; `size` is the bytes of an element of each.
struct walk {
  int operands, rank;
  ptrdiff_t shape[CK_MAX_RANK];
  ptrdiff_t strides[MAX_OPERANDS][CK_MAX_RANK];
  char *data[MAX_OPERANDS];
  size_t size[MAX_OPERANDS];
};

static void walk_operand(struct walk *w, const void *data, const ptrdiff_t *strides, size_t size) {
  int k = w->operands++;
  w->data[k] = (char *)(uintptr_t)data;
  w->size[k] = size;
  memcpy(w->strides[k], strides, (size_t)w->rank * sizeof(ptrdiff_t));
}

/// Drops axes of length one and joins neighbours that every operand steps through evenly.
static bool walk_simplify(struct walk *w) {
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

/// Whether an operand runs faster along the axis before the last, as a transposed matrix does.
static bool walk_crosses(const struct walk *w) {
  if (w->rank < 2) return false;
  for (int k = 0; k < w->operands; k++) {
    ptrdiff_t above = magnitude(w->strides[k][w->rank - 2]), last = magnitude(w->strides[k][w->rank - 1]);
    if (above != 0 && above < last) return true;
  }
  return false;
}

typedef void (*row_call)(const void *kernel, size_t n, char *const *data, const ptrdiff_t *strides);

static void walk_run(struct walk *w, row_call call, const void *kernel) {
  if (!walk_simplify(w)) return;
  int last = w->rank - 1;
  ptrdiff_t steps[MAX_OPERANDS];
  for (int k = 0; k < w->operands; k++) steps[k] = w->strides[k][last];
  // A strip of columns goes down all rows, so that each cache line of a transposed operand is used up.
  ptrdiff_t strip = walk_crosses(w) ? 32 : w->shape[last];
  for (ptrdiff_t start = 0; start < w->shape[last]; start += strip) {
    ptrdiff_t left = w->shape[last] - start;
    size_t n = (size_t)(left < strip ? left : strip);
    char *data[MAX_OPERANDS];
    for (int k = 0; k < w->operands; k++) data[k] = w->data[k] + start * steps[k] * (ptrdiff_t)w->size[k];
    ptrdiff_t index[CK_MAX_RANK] = {0};
    for (;;) {
      call(kernel, n, data, steps);
      int d = last - 1;
      for (; d >= 0; d--) {
        index[d]++;
        for (int k = 0; k < w->operands; k++) data[k] += w->strides[k][d] * (ptrdiff_t)w->size[k];
        if (index[d] < w->shape[d]) break;
        for (int k = 0; k < w->operands; k++)
          data[k] -= w->shape[d] * w->strides[k][d] * (ptrdiff_t)w->size[k];
        index[d] = 0;
      }
      if (d < 0) break;
    }
  }
}

static const size_t type_size[CK_TYPE_COUNT] = {4, 8, 4, 8, 1};

static void call1(const void *kernel, size_t n, char *const *data, const ptrdiff_t *strides) {
  (*(const ck_loop1 *)kernel)(n, data[0], strides[0], data[1], strides[1]);
}
static void call2(const void *kernel, size_t n, char *const *data, const ptrdiff_t *strides) {
  (*(const ck_loop2 *)kernel)(n, data[0], strides[0], data[1], strides[1], data[2], strides[2]);
}
static void call3(const void *kernel, size_t n, char *const *data, const ptrdiff_t *strides) {
  (*(const ck_loop3 *)kernel)(n, data[0], strides[0], data[1], strides[1], data[2], strides[2], data[3], strides[3]);
}

static void walk_start(struct walk *w, int rank, const ptrdiff_t *shape) {
  w->operands = 0;
  w->rank = rank;
  memcpy(w->shape, shape, (size_t)rank * sizeof(ptrdiff_t));
}

// MARK: Entry points

void ck_unary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
              const void *a, const ptrdiff_t *a_strides) {
  struct walk w;
  walk_start(&w, rank, shape);
  walk_operand(&w, out, out_strides, op == CK_IS_NAN ? 1 : type_size[type]);
  walk_operand(&w, a, a_strides, type_size[type]);
  walk_run(&w, call1, &ck_current()->unary[op][type]);
}

void ck_binary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
               const void *a, const ptrdiff_t *a_strides, const void *b, const ptrdiff_t *b_strides) {
  struct walk w;
  walk_start(&w, rank, shape);
  walk_operand(&w, out, out_strides, op >= CK_EQUAL && op <= CK_GREATER_EQUAL ? 1 : type_size[type]);
  walk_operand(&w, a, a_strides, type_size[type]);
  walk_operand(&w, b, b_strides, type_size[type]);
  walk_run(&w, call2, &ck_current()->binary[op][type]);
}

void ck_cast(int from, int to, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
             const void *a, const ptrdiff_t *a_strides) {
  struct walk w;
  walk_start(&w, rank, shape);
  walk_operand(&w, out, out_strides, type_size[to]);
  walk_operand(&w, a, a_strides, type_size[from]);
  walk_run(&w, call1, &ck_current()->cast[from][to]);
}

void ck_select(int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides, const void *mask,
               const ptrdiff_t *mask_strides, const void *a, const ptrdiff_t *a_strides, const void *b,
               const ptrdiff_t *b_strides) {
  struct walk w;
  walk_start(&w, rank, shape);
  walk_operand(&w, out, out_strides, type_size[type]);
  walk_operand(&w, mask, mask_strides, 1);
  walk_operand(&w, a, a_strides, type_size[type]);
  walk_operand(&w, b, b_strides, type_size[type]);
  walk_run(&w, call3, &ck_current()->select[type]);
}

void ck_reduce(int op, int type, size_t outer, size_t n, size_t inner, const void *a, void *out, double correction) {
  ck_current()->reduce[op][type](outer, n, inner, a, out, correction);
}

void ck_rows(int op, int type, size_t rows, size_t n, const void *a, void *out) {
  ck_current()->rows[op][type](rows, n, a, out);
}

void ck_take(size_t item_bytes, size_t outer, size_t n, const int64_t *indices, size_t count, const void *a,
             void *out) {
  const char *source = a;
  char *target = out;
  for (size_t b = 0; b < outer; b++, source += n * item_bytes)
    for (size_t k = 0; k < count; k++, target += item_bytes)
      memcpy(target, source + (size_t)indices[k] * item_bytes, item_bytes);
}

void ck_put(size_t item_bytes, const int64_t *indices, size_t count, size_t step, const void *a, void *out) {
  for (size_t k = 0; k < count; k++)
    memcpy((char *)out + (size_t)indices[k] * item_bytes, (const char *)a + k * step * item_bytes, item_bytes);
}

size_t ck_positions(const uint8_t *mask, size_t n, int64_t *out) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    out[count] = (int64_t)i;
    count += mask[i];
  }
  return count;
}
