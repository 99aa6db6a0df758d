// Items by number: taking, putting, and the positions of a mask's true elements.
#include <string.h>

#include "CKernels.h"
#include "threads.h"

struct take {
  size_t item_bytes, outer, n, count, step;
  const int64_t *indices;
  const char *source;
  char *target;
};

/// How many items ahead memory is asked for one: items lie anywhere.
#define AHEAD 16

static void take_items(const struct take *t, size_t start, size_t end) {
  // Item `i` of all outer * count.
  const size_t size = t->item_bytes, lines = size < 512 ? (size + 63) / 64 : 8;
  size_t block = start / t->count, k = start % t->count;
  for (size_t i = start; i < end; i++) {
    const char *base = t->source + block * t->n * size;
    const char *from = base + (size_t)t->indices[k] * size;
    if (k + AHEAD < t->count) {
      const char *next = base + (size_t)t->indices[k + AHEAD] * size;
      for (size_t line = 0; line < lines; line++) __builtin_prefetch(next + 64 * line);
    }
    char *to = t->target + i * size;
    switch (size) {  // A known size becomes one move.
      case 1: *to = *from; break;
      case 2: memcpy(to, from, 2); break;
      case 4: memcpy(to, from, 4); break;
      case 8: memcpy(to, from, 8); break;
      case 16: memcpy(to, from, 16); break;
      default: memcpy(to, from, size);
    }
    if (++k == t->count) block++, k = 0;
  }
}

static void take_part(void *context, size_t part) {
  const struct take *t = context;
  size_t total = t->outer * t->count, start = part * t->step;
  take_items(t, start, start + t->step < total ? start + t->step : total);
}

void ck_take(size_t item_bytes, size_t outer, size_t n, const int64_t *indices, size_t count, const void *a,
             void *out) {
  size_t total = outer * count;
  if (total == 0 || item_bytes == 0) return;
  struct take t = {item_bytes, outer, n, count, total, indices, a, out};
  size_t parts = ck_parallel_parts((double)total * (2 + 0.05 * (double)item_bytes));
  if (parts > total) parts = total;
  t.step = (total + parts - 1) / parts;
  ck_parallel((total + t.step - 1) / t.step, take_part, &t);
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
