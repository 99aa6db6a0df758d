// Cuts reductions into parts for the threads. The cuts depend on the shape alone, never on the number of threads, so
// results do not either.
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "threads.h"

/// Elements (or rows) of a cut of a long axis.
#define CUT ((size_t)1 << 16)

static ck_reduction kernel(int op, int type) { return CK_CHOOSE3(ck_reducers)->reduce[op][type]; }

bool ck_has_reduction(int op, int type) { return kernel(op, type) != 0; }

/// Bytes of an element of the result.
static size_t result_size(int op, int type) {
  switch (op) {
    case CK_SUM: case CK_PRODUCT: return type == CK_F32 ? 4 : 8;
    case CK_ARGMAX: case CK_ARGMIN: return 4;
    case CK_SUM_WIDE: case CK_SQUARES: return 8;
    default: return ck_type_size[type];
  }
}

struct reduction {
  int op, type;
  size_t outer, n, inner, step;
  const char *a;
  char *out;
  const double *means;
  double correction;
};

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/// Some of the outer blocks.
static void run_outer(void *context, size_t part) {
  const struct reduction *r = context;
  size_t start = part * r->step, count = least(r->step, r->outer - start);
  kernel(r->op, r->type)(count, r->n, r->inner, r->inner, r->a + start * r->n * r->inner * ck_type_size[r->type],
                         r->out + start * r->inner * result_size(r->op, r->type),
                         r->means ? r->means + start * r->inner : 0, r->correction);
}

/// Some of the columns of the only outer block.
static void run_columns(void *context, size_t part) {
  const struct reduction *r = context;
  size_t start = part * r->step, count = least(r->step, r->inner - start);
  kernel(r->op, r->type)(1, r->n, count, r->inner, r->a + start * ck_type_size[r->type],
                         r->out + start * result_size(r->op, r->type), r->means ? r->means + start : 0, r->correction);
}

/// Some of the rows of the only outer block, to a row of partial results.
static void run_rows(void *context, size_t part) {
  const struct reduction *r = context;
  size_t start = part * r->step, count = least(r->step, r->n - start);
  kernel(r->op, r->type)(1, count, r->inner, r->inner, r->a + start * r->inner * ck_type_size[r->type],
                         r->out + part * r->inner * result_size(r->op, r->type), r->means, r->correction);
}

static void reduce(struct reduction r, double cost);

/// Reduces rows in cuts, and then the cuts.
static void reduce_rows(struct reduction r) {
  size_t rows = CUT / (r.inner < CUT ? r.inner : CUT), cuts;
  r.step = rows ? rows : 1;
  cuts = (r.n + r.step - 1) / r.step;
  struct reduction partial = r;
  if (r.op == CK_SUM && r.type == CK_F32) partial.op = CK_SUM_WIDE;
  size_t size = result_size(partial.op, r.type);
  char *results = ck_allocate(cuts * r.inner * size);
  partial.out = results;
  ck_parallel(cuts, run_rows, &partial);
  if (r.op == CK_ARGMAX || r.op == CK_ARGMIN) {
    // Positions are compared by their elements; the first of the best cuts wins.
    size_t element = ck_type_size[r.type];
    const int32_t *positions = (const int32_t *)(void *)results;
    char *best = ck_allocate(cuts * r.inner * element);
    for (size_t c = 0; c < cuts; c++)
      for (size_t j = 0; j < r.inner; j++)
        memcpy(best + (c * r.inner + j) * element,
               r.a + ((c * r.step + (size_t)positions[c * r.inner + j]) * r.inner + j) * element, element);
    int32_t *winners = (int32_t *)(void *)r.out;
    kernel(r.op, r.type)(1, cuts, r.inner, r.inner, best, winners, 0, 0);
    for (size_t j = 0; j < r.inner; j++) {
      size_t c = (size_t)winners[j];
      winners[j] = (int32_t)(c * r.step) + positions[c * r.inner + j];
    }
    ck_release(best, cuts * r.inner * element);
  } else if (partial.op == CK_SUM_WIDE && r.op == CK_SUM) {
    double *totals = ck_allocate(r.inner * 8);
    kernel(CK_SUM, CK_F64)(1, cuts, r.inner, r.inner, results, totals, 0, 0);
    for (size_t j = 0; j < r.inner; j++) ((float *)(void *)r.out)[j] = (float)totals[j];
    ck_release(totals, r.inner * 8);
  } else {
    bool is_wide = r.op == CK_SUM_WIDE || r.op == CK_SQUARES;
    bool is_total = r.op == CK_SUM || r.op == CK_PRODUCT;
    int type = is_wide ? CK_F64 : is_total && r.type > CK_F64 ? CK_U64 : r.type;
    kernel(is_wide ? CK_SUM : r.op, type)(1, cuts, r.inner, r.inner, results, r.out, 0, 0);
  }
  ck_release(results, cuts * r.inner * size);
}

/// The variance where rows have to be cut: means first, then squares.
static void reduce_variance(struct reduction r, double cost) {
  size_t count = r.outer * r.inner;
  double *means = ck_allocate(count * 8), *squares = ck_allocate(count * 8);
  double n = (double)r.n, divisor = n - r.correction > 0 ? n - r.correction : 0;
  struct reduction pass = r;
  pass.op = CK_SUM_WIDE;
  pass.out = (char *)means;
  reduce(pass, cost);
  for (size_t i = 0; i < count; i++) means[i] /= n;
  pass.op = CK_SQUARES;
  pass.means = means;
  pass.out = (char *)squares;
  reduce(pass, cost);
  for (size_t i = 0; i < count; i++) {
    if (r.type == CK_F32) ((float *)(void *)r.out)[i] = (float)(squares[i] / divisor);
    else ((double *)(void *)r.out)[i] = squares[i] / divisor;
  }
  ck_release(means, count * 8);
  ck_release(squares, count * 8);
}

static void reduce(struct reduction r, double cost) {
  size_t parts = ck_parallel_parts((double)r.outer * (double)r.n * (double)r.inner * cost);
  // A long axis is always cut, so that the sum is the same on one thread.
  bool is_long = r.outer == 1 && r.inner < 512 && r.n * r.inner >= 4 * CUT;
  if (is_long) {
    if (r.op == CK_VARIANCE) reduce_variance(r, cost);
    else reduce_rows(r);
  } else if (parts > 1 && r.outer > 1) {
    r.step = (r.outer + parts - 1) / parts;
    ck_parallel((r.outer + r.step - 1) / r.step, run_outer, &r);
  } else if (parts > 1 && r.inner >= 512) {
    // Whole tiles of columns.
    r.step = ((r.inner + parts - 1) / parts + 1023) / 1024 * 1024;
    ck_parallel((r.inner + r.step - 1) / r.step, run_columns, &r);
  } else {
    r.step = r.outer;
    run_outer(&r, 0);
  }
}

void ck_reduce(int op, int type, size_t outer, size_t n, size_t inner, const void *a, void *out, double correction) {
  if (outer == 0 || inner == 0) return;
  struct reduction r = {op, type, outer, n, inner, 0, a, out, 0, correction};
  double cost = op == CK_VARIANCE ? 0.4 : op == CK_SUM || op == CK_PRODUCT ? 0.15 : 0.1;
  reduce(r, cost * (double)ck_type_size[type] / 4);
}

// MARK: Rows

struct rows {
  ck_row_kernel kernel;
  size_t rows, n, step, size, out_size;
  const char *a;
  char *out;
};

static void run_some_rows(void *context, size_t part) {
  const struct rows *r = context;
  size_t start = part * r->step;
  r->kernel(least(r->step, r->rows - start), r->n, r->a + start * r->n * r->size, r->out + start * r->out_size);
}

void ck_rows(int op, int type, size_t rows, size_t n, const void *a, void *out) {
  if (rows == 0) return;
  size_t size = ck_type_size[type];
  struct rows r = {CK_CHOOSE3(ck_row_table)->rows[op][type], rows, n, rows, size, op == CK_LOG_SUM_EXP ? size : n * size, a, out};
  size_t parts = ck_parallel_parts((double)rows * (double)n * 0.6 * (double)size / 4);
  if (parts > rows) parts = rows;
  r.step = (rows + parts - 1) / parts;
  ck_parallel((rows + r.step - 1) / r.step, run_some_rows, &r);
}
