// Lloyd's algorithm for k-means: a step over parts of a fixed number of rows, whose sums are added in their order.
#define CK_BODY "clusters.h"
#define CK_LEVELS 3
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "threads.h"

/// Rows of a part; the same whatever the number of threads.
#define LLOYD_ROWS ((size_t)512)

struct lloyd {
  size_t n, d, k;
  const double *x, *centres, *offsets;
  int32_t *labels;
  double *distances, *scratch;
  ptrdiff_t *changed;
};

#include "levels.h"

ptrdiff_t ck_lloyd_step(size_t n, size_t d, size_t k, const double *x, const double *centres, const double *offsets,
                        int32_t *labels, double *distances, double *sums, double *counts) {
  size_t parts = (n + LLOYD_ROWS - 1) / LLOYD_ROWS, size = k * (d + 1);
  double *scratch = malloc((parts * size + 1) * sizeof(double));
  ptrdiff_t *changed = malloc((parts + 1) * sizeof(ptrdiff_t));
  ptrdiff_t total = -1;
  if (scratch && changed) {
    struct lloyd job = {n, d, k, x, centres, offsets, labels, distances, scratch, changed};
    void (*work)(void *, size_t) = lloyd_base;
#if defined(__x86_64__)
    if (ck_level() == 1) work = lloyd_avx2;
    if (ck_level() == 2) work = lloyd_avx512;
#endif
    if ((double)n * (double)d * (double)k < 4.0 * CK_PARALLEL_FROM) {
      for (size_t part = 0; part < parts; part++) work(&job, part);
    } else {
      ck_parallel(parts, work, &job);
    }
    memset(sums, 0, k * d * sizeof(double));
    memset(counts, 0, k * sizeof(double));
    total = 0;
    for (size_t part = 0; part < parts; part++) {
      const double *from = scratch + part * size;
      for (size_t i = 0; i < k * d; i++) sums[i] += from[i];
      for (size_t i = 0; i < k; i++) counts[i] += from[k * d + i];
      total += changed[part];
    }
  }
  free(scratch);
  free(changed);
  return total;
}
