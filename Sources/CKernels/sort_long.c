// One long row, sorted by two threads: parted at a pivot first where keys are sorted by vectors, otherwise in halves that are
// merged.
#include "CKernels.h"
#include "sort.h"
#include "table.h"
#include "threads.h"

struct long_row {
  int type;
  bool descends;
  /// Of two parts, the first has `middle` keys.
  size_t n, middle;
  const char *a;
  char *out, *keys, *spare;
};

struct part { size_t start, n; };
static struct part part_of(size_t n, size_t middle, size_t part) {
  return part ? (struct part){middle, n - middle} : (struct part){0, middle};
}

static void load_part(void *context, size_t part) {
  struct long_row *r = context;
  size_t size = ck_type_size[r->type];
  struct part p = part_of(r->n, r->n / 2, part);
  ck_sort_keys[r->type].load(r->a + p.start * size, p.n, r->descends ? ~0ull : 0, false, r->keys + p.start * size);
}

static void store_part(const struct long_row *r, struct part p, const char *keys) {
  size_t size = ck_type_size[r->type];
  ck_sort_keys[r->type].store(r->out + p.start * size, p.n, r->descends ? ~0ull : 0, keys + p.start * size);
}

static void sort_part(const struct long_row *r, struct part p) {
  size_t size = ck_type_size[r->type];
  void *keys = r->keys + p.start * size, *spare = r->spare + p.start * size;
  if (size == 4) ck_sort32(keys, p.n, spare);
  else ck_sort64(keys, p.n, spare);
}

// MARK: Parted, then sorted

static void sort_and_store(void *context, size_t part) {
  struct long_row *r = context;
  struct part p = part_of(r->n, r->middle, part);
  sort_part(r, p);
  store_part(r, p, r->keys);
}

static void part_and_sort(struct long_row *r) {
  ck_parallel_long(2, load_part, r);
  if (ck_type_size[r->type] == 4) r->middle = ck_part32((uint32_t *)(void *)r->keys, r->n);
  else r->middle = ck_part64((uint64_t *)(void *)r->keys, r->n);
  ck_parallel_long(2, sort_and_store, r);
}

// MARK: Sorted in halves, then merged

static void load_and_sort(void *context, size_t part) {
  struct long_row *r = context;
  load_part(r, part);
  sort_part(r, part_of(r->n, r->n / 2, part));
}

/// Merges the smaller half of all keys, or the larger one from its end.
#define MERGE(NAME, K)                                                                            \
  static void NAME(const struct long_row *r, size_t part) {                                         \
    const K *left = (const K *)(const void *)r->keys, *right = left + r->middle;                  \
    K *o = (K *)(void *)r->spare;                                                                 \
    size_t total = r->n, half = total / 2, count = r->n - r->middle;                              \
    if (part == 0) {                                                                              \
      for (size_t i = 0, j = 0, k = 0; k < half; k++) {                                           \
        bool takes_left = j >= count || (i < r->middle && left[i] <= right[j]);                   \
        o[k] = takes_left ? left[i] : right[j];                                                   \
        i += takes_left;                                                                          \
        j += !takes_left;                                                                         \
      }                                                                                           \
    } else {                                                                                      \
      size_t i = r->middle, j = count;                                                            \
      for (size_t k = total; k > half; k--) {                                                     \
        bool takes_right = i == 0 || (j > 0 && left[i - 1] <= right[j - 1]);                      \
        o[k - 1] = takes_right ? right[j - 1] : left[i - 1];                                      \
        j -= takes_right;                                                                         \
        i -= !takes_right;                                                                        \
      }                                                                                           \
    }                                                                                             \
  }
MERGE(merge32, uint32_t)
MERGE(merge64, uint64_t)

static void merge_and_store(void *context, size_t part) {
  struct long_row *r = context;
  if (ck_type_size[r->type] == 4) merge32(r, part);
  else merge64(r, part);
  store_part(r, part_of(r->n, r->n / 2, part), r->spare);
}

void ck_sort_long(int type, bool descends, size_t n, const void *a, void *out) {
  size_t size = ck_type_size[type];
  struct long_row r = {type, descends, n, n / 2, a, out, ck_allocate(n * size), ck_allocate(n * size)};
  if (ck_sorts_by_vectors()) {
    part_and_sort(&r);
  } else {
    ck_parallel_long(2, load_and_sort, &r);
    ck_parallel_long(2, merge_and_store, &r);
  }
  ck_release(r.keys, n * size);
  ck_release(r.spare, n * size);
}
