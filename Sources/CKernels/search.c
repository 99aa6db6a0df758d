// Where values belong in sorted elements, by bisection of keys.
#include "CKernels.h"
#include "sort.h"
#include "table.h"

/// Where each value belongs in sorted elements: before its equals, or after them.
#define SEARCH(NAME, K)                                                                           \
  static void NAME(size_t n, const K *sorted, size_t count, const K *values, bool after, int64_t *out) { \
    for (size_t i = 0; i < count; i++) {                                                          \
      size_t low = 0, high = n;                                                                   \
      while (low < high) {                                                                        \
        size_t middle = low + (high - low) / 2;                                                   \
        if (sorted[middle] < values[i] || (after && sorted[middle] == values[i])) low = middle + 1; \
        else high = middle;                                                                       \
      }                                                                                           \
      out[i] = (int64_t)low;                                                                      \
    }                                                                                             \
  }
SEARCH(search8, uint8_t)
SEARCH(search16, uint16_t)
SEARCH(search32, uint32_t)
SEARCH(search64, uint64_t)

void ck_search_sorted(int type, size_t n, const void *sorted, size_t count, const void *values, bool after,
                      int64_t *out) {
  size_t size = ck_type_size[type];
  char *keys = ck_allocate(n * size), *wanted = ck_allocate(count * size);
  ck_sort_keys[type].load(sorted, n, 0, true, keys);
  ck_sort_keys[type].load(values, count, 0, true, wanted);
  switch (size) {
    case 1: search8(n, (uint8_t *)keys, count, (uint8_t *)wanted, after, out); break;
    case 2: search16(n, (uint16_t *)(void *)keys, count, (uint16_t *)(void *)wanted, after, out); break;
    case 4: search32(n, (uint32_t *)(void *)keys, count, (uint32_t *)(void *)wanted, after, out); break;
    default: search64(n, (uint64_t *)(void *)keys, count, (uint64_t *)(void *)wanted, after, out);
  }
  ck_release(keys, n * size);
  ck_release(wanted, count * size);
}
