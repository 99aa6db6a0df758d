// Cumulative sums, products and extremes, and the selection of elements by a mask.
#define CK_BODY "scan.h"
#define CK_LEVELS 3
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "levels.h"
#include "threads.h"

/// Elements of a cut of a long row; the same whatever the number of threads.
#define CUT ((size_t)1 << 15)

struct scan {
  int op, type;
  size_t outer, n, inner, step;
  const char *a;
  char *out;
  double *starts;
};

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t result_size(int op, int type) {
  bool is_total = op == CK_CUMULATIVE_SUM || op == CK_CUMULATIVE_PRODUCT;
  return is_total && type > CK_F64 ? 8 : ck_type_size[type];
}

static void scan_blocks(void *context, size_t part) {
  const struct scan *s = context;
  size_t start = part * s->step, count = least(s->step, s->outer - start), block = s->n * s->inner;
  CK_CHOOSE3(ck_scans)->scan[s->op][s->type](count, s->n, s->inner, s->a + start * block * ck_type_size[s->type],
                                             s->out + start * block * result_size(s->op, s->type));
}

static void total_cut(void *context, size_t part) {
  const struct scan *s = context;
  size_t start = part * CUT, count = least(CUT, s->n - start);
  int op = s->type == CK_F32 ? 0 : 1;
  s->starts[part] = CK_CHOOSE3(ck_scans)->total[op](count, s->a + start * ck_type_size[s->type]);
}

static void scan_cut(void *context, size_t part) {
  const struct scan *s = context;
  size_t start = part * CUT, count = least(CUT, s->n - start), size = ck_type_size[s->type];
  int op = s->type == CK_F32 ? 0 : 1;
  CK_CHOOSE3(ck_scans)->sum_from[op](count, s->starts[part], s->a + start * size, s->out + start * size);
}

void ck_scan(int op, int type, size_t outer, size_t n, size_t inner, const void *a, void *out) {
  if (outer == 0 || n == 0 || inner == 0) return;
  struct scan s = {op, type, outer, n, inner, outer, a, out, 0};
  if (op == CK_CUMULATIVE_SUM && type <= CK_F64 && outer == 1 && inner == 1 && n >= 4 * CUT) {
    // The sums of all cuts give each its start.
    size_t cuts = (n + CUT - 1) / CUT;
    s.starts = ck_allocate(cuts * sizeof *s.starts);
    ck_parallel(cuts, total_cut, &s);
    double sum = 0;
    for (size_t c = 0; c < cuts; c++) { double next = sum + s.starts[c]; s.starts[c] = sum; sum = next; }
    ck_parallel(cuts, scan_cut, &s);
    ck_release(s.starts, cuts * sizeof *s.starts);
    return;
  }
  size_t parts = ck_parallel_parts((double)outer * (double)n * (double)inner);
  if (parts > outer) parts = outer;
  s.step = (outer + parts - 1) / parts;
  ck_parallel((outer + s.step - 1) / s.step, scan_blocks, &s);
}

bool ck_has_scan(int op, int type) { return CK_CHOOSE3(ck_scans)->scan[op][type] != 0; }

// MARK: Selection

struct selection {
  const uint8_t *mask;
  size_t n, size, step;
  const char *a;
  char *out;
  size_t *counts;
};

static void count_part(void *context, size_t part) {
  const struct selection *s = context;
  size_t start = part * s->step, end = least(start + s->step, s->n), count = 0;
  for (size_t i = start; i < end; i++) count += s->mask[i];
  s->counts[part] = count;
}

static void select_part(void *context, size_t part) {
  const struct selection *s = context;
  size_t start = part * s->step, count = least(s->step, s->n - start);
  size_t room = s->counts[part + 1] - s->counts[part];
  CK_CHOOSE3(ck_scans)->compress[s->size == 8](count, s->mask + start, s->a + start * s->size,
                                               s->out + s->counts[part] * s->size, room);
}

size_t ck_count_true(const uint8_t *mask, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) count += mask[i];
  return count;
}

void ck_compress(size_t size, const uint8_t *mask, size_t n, const void *a, void *out) {
  struct selection s = {mask, n, size, (size_t)1 << 15, a, out, 0};
  size_t parts = (n + s.step - 1) / s.step, total = 0;
  s.counts = ck_allocate((parts + 1) * sizeof *s.counts);
  ck_parallel(parts, count_part, &s);
  for (size_t p = 0; p < parts; p++) { size_t c = s.counts[p]; s.counts[p] = total; total += c; }
  s.counts[parts] = total;
  ck_parallel(parts, select_part, &s);
  ck_release(s.counts, (parts + 1) * sizeof *s.counts);
}
