// Sorting of rows: by radix, least significant digit first, on keys whose unsigned order is that of the elements; by
// insertion where a row is short. Both are stable. NaN comes last, as in NumPy. Keys alone are sorted by vectors, where
// the machine has them (`sort_vectors.c`).
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "sort.h"
#include "table.h"
#include "threads.h"

#define SHORT 48

static uint64_t key_f32(uint32_t u) {
  if ((u & 0x7FFFFFFF) > 0x7F800000) return 0xFFFFFFFF;
  return u >> 31 ? (uint32_t)~u : u | 0x80000000;
}
static uint64_t key_f64(uint64_t u) {
  if ((u & ~(1ull << 63)) > 0x7FF0000000000000ull) return ~0ull;
  return u >> 63 ? ~u : u | 1ull << 63;
}

#define LOAD(S, T, KEY) \
  static void load_##S(const void *a, size_t n, uint64_t flip, bool joins_zeros, void *out) { \
    const T *p = a;                                                                            \
    (void)joins_zeros;                                                                         \
    T *o = out;                                                                                \
    for (size_t i = 0; i < n; i++) { T x = p[i]; o[i] = (T)((KEY) ^ flip); }                   \
  }
// A zero with a minus counts as zero where positions are asked for.
LOAD(f32, uint32_t, key_f32(joins_zeros && x == 0x80000000u ? 0 : x))
LOAD(f64, uint64_t, key_f64(joins_zeros && x == 1ull << 63 ? 0 : x))
LOAD(u8, uint8_t, x)
LOAD(u16, uint16_t, x)
LOAD(u32, uint32_t, x)
LOAD(u64, uint64_t, x)
LOAD(i8, uint8_t, x ^ 0x80u)
LOAD(i16, uint16_t, x ^ 0x8000u)
LOAD(i32, uint32_t, x ^ 0x80000000u)
LOAD(i64, uint64_t, x ^ 1ull << 63)

#define STORE(S, T, ELEMENT)                                                     \
  static void store_##S(void *a, size_t n, uint64_t flip, const void *keys) {    \
    const T *k = keys;                                                           \
    T *o = a;                                                                    \
    for (size_t i = 0; i < n; i++) { T x = (T)(k[i] ^ flip); o[i] = (T)(ELEMENT); } \
  }
STORE(f32, uint32_t, x == 0xFFFFFFFFu ? 0x7FC00000u : x >> 31 ? x & 0x7FFFFFFF : ~x)
STORE(f64, uint64_t, x == ~0ull ? 0x7FF8000000000000ull : x >> 63 ? x & ~(1ull << 63) : ~x)
STORE(u8, uint8_t, x)
STORE(u16, uint16_t, x)
STORE(u32, uint32_t, x)
STORE(u64, uint64_t, x)
STORE(i8, uint8_t, x ^ 0x80u)
STORE(i16, uint16_t, x ^ 0x8000u)
STORE(i32, uint32_t, x ^ 0x80000000u)
STORE(i64, uint64_t, x ^ 1ull << 63)

const struct ck_sort_key ck_sort_keys[CK_TYPE_COUNT] = {
    [CK_F32] = {load_f32, store_f32}, [CK_F64] = {load_f64, store_f64}, [CK_BOOL] = {load_u8, store_u8},
    [CK_U8] = {load_u8, store_u8},    [CK_U16] = {load_u16, store_u16}, [CK_U32] = {load_u32, store_u32},
    [CK_U64] = {load_u64, store_u64}, [CK_I8] = {load_i8, store_i8},    [CK_I16] = {load_i16, store_i16},
    [CK_I32] = {load_i32, store_i32}, [CK_I64] = {load_i64, store_i64},
};

bool ck_has_sort(int type) { return ck_sort_keys[type].load != 0; }

// MARK: Radix

// Digits of 11 bits need three passes over 32 bits; a digit that is the same everywhere is passed over. Positions, if
// there are any, follow their keys.
#define RADIX(NAME, K, BITS)                                                                      \
  static bool NAME(K *keys, int32_t *at, size_t n, K *spare, int32_t *spare_at) {                 \
    enum { WIDTH = sizeof(K) * 8, PASSES = (WIDTH + BITS - 1) / BITS, VALUES = 1 << BITS };       \
    uint32_t(*counts)[VALUES] = calloc(PASSES, sizeof *counts);                                   \
    if (!counts) return false;                                                                    \
    for (size_t i = 0; i < n; i++)                                                                \
      for (int d = 0; d < PASSES; d++) counts[d][keys[i] >> (d * BITS) & (VALUES - 1)]++;         \
    bool is_swapped = false;                                                                      \
    for (int d = 0; d < PASSES; d++) {                                                            \
      int shift = d * BITS;                                                                       \
      uint32_t *starts = counts[d], total = 0;                                                    \
      if (starts[keys[0] >> shift & (VALUES - 1)] == n) continue;                                 \
      for (int v = 0; v < VALUES; v++) { uint32_t c = starts[v]; starts[v] = total; total += c; } \
      if (at) {                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                          \
          uint32_t to = starts[keys[i] >> shift & (VALUES - 1)]++;                                \
          spare[to] = keys[i];                                                                    \
          spare_at[to] = at[i];                                                                   \
        }                                                                                         \
      } else {                                                                                    \
        for (size_t i = 0; i < n; i++) spare[starts[keys[i] >> shift & (VALUES - 1)]++] = keys[i]; \
      }                                                                                           \
      K *k = keys; keys = spare; spare = k;                                                       \
      int32_t *p = at; at = spare_at; spare_at = p;                                               \
      is_swapped = !is_swapped;                                                                   \
    }                                                                                             \
    if (is_swapped) {                                                                             \
      memcpy(spare, keys, n * sizeof(K));                                                         \
      if (at) memcpy(spare_at, at, n * sizeof *at);                                               \
    }                                                                                             \
    free(counts);                                                                                 \
    return true;                                                                                  \
  }                                                                                               \
  static void NAME##_merge(K *keys, int32_t *at, size_t n, K *spare, int32_t *spare_at) {         \
    for (size_t start = 0; start < n; start += SHORT) {                                           \
      size_t end = start + SHORT < n ? start + SHORT : n;                                         \
      for (size_t i = start + 1; i < end; i++) {                                                  \
        K key = keys[i];                                                                          \
        int32_t position = at ? at[i] : 0;                                                        \
        size_t j = i;                                                                             \
        for (; j > start && keys[j - 1] > key; j--) {                                             \
          keys[j] = keys[j - 1];                                                                  \
          if (at) at[j] = at[j - 1];                                                              \
        }                                                                                         \
        keys[j] = key;                                                                            \
        if (at) at[j] = position;                                                                 \
      }                                                                                           \
    }                                                                                             \
    for (size_t run = SHORT; run < n; run *= 2) {                                                 \
      for (size_t start = 0; start < n; start += 2 * run) {                                       \
        size_t middle = start + run < n ? start + run : n, end = start + 2 * run < n ? start + 2 * run : n; \
        size_t i = start, j = middle;                                                             \
        for (size_t k = start; k < end; k++) {                                                    \
          bool takes_left = j >= end || (i < middle && keys[i] <= keys[j]);                       \
          size_t from = takes_left ? i++ : j++;                                                   \
          spare[k] = keys[from];                                                                  \
          if (at) spare_at[k] = at[from];                                                         \
        }                                                                                         \
      }                                                                                           \
      memcpy(keys, spare, n * sizeof(K));                                                         \
      if (at) memcpy(at, spare_at, n * sizeof *at);                                               \
    }                                                                                             \
  }                                                                                               \
  /* Counting digits pays from some hundred keys on. */                                           \
  static void NAME##_sort(void *keys, int32_t *at, size_t n, void *spare, int32_t *spare_at) {    \
    if (n < 600 || n > UINT32_MAX || !NAME(keys, at, n, spare, spare_at))                         \
      NAME##_merge(keys, at, n, spare, spare_at);                                                 \
  }

RADIX(radix8, uint8_t, 8)
RADIX(radix16, uint16_t, 8)
RADIX(radix32, uint32_t, 11)
RADIX(radix64, uint64_t, 11)

void ck_sort32_radix(uint32_t *keys, size_t n, uint32_t *spare) { radix32_sort(keys, 0, n, spare, 0); }
void ck_sort64_radix(uint64_t *keys, size_t n, uint64_t *spare) { radix64_sort(keys, 0, n, spare, 0); }

void ck_sort32(uint32_t *keys, size_t n, uint32_t *spare) {
  (ck_sorts_by_vectors() ? ck_sort32_vectors : ck_sort32_radix)(keys, n, spare);
}
void ck_sort64(uint64_t *keys, size_t n, uint64_t *spare) {
  (ck_sorts_by_vectors() ? ck_sort64_vectors : ck_sort64_radix)(keys, n, spare);
}

// MARK: Rows

struct sorting {
  int type;
  bool descends;
  size_t rows, n, step;
  const char *a;
  char *out;
  int32_t *positions;
};

/// Positions follow their keys by radix, which keeps the order of equal ones.
static void sort_row(size_t size, void *keys, int32_t *at, size_t n, void *spare, int32_t *spare_at) {
  switch (size) {
    case 1: radix8_sort(keys, at, n, spare, spare_at); break;
    case 2: radix16_sort(keys, at, n, spare, spare_at); break;
    case 4:
      if (at) radix32_sort(keys, at, n, spare, spare_at);
      else ck_sort32(keys, n, spare);
      break;
    default:
      if (at) radix64_sort(keys, at, n, spare, spare_at);
      else ck_sort64(keys, n, spare);
  }
}

static void sort_rows(void *context, size_t part) {
  const struct sorting *s = context;
  size_t size = ck_type_size[s->type], n = s->n;
  uint64_t flip = s->descends ? ~0ull : 0;
  char *keys = ck_allocate(2 * n * size);
  int32_t *spare_at = s->positions ? ck_allocate(n * sizeof *spare_at) : 0;
  size_t end = (part + 1) * s->step < s->rows ? (part + 1) * s->step : s->rows;
  for (size_t row = part * s->step; row < end; row++) {
    int32_t *at = s->positions ? s->positions + row * n : 0;
    if (at)
      for (size_t i = 0; i < n; i++) at[i] = (int32_t)i;
    ck_sort_keys[s->type].load(s->a + row * n * size, n, flip, at != 0, keys);
    sort_row(size, keys, at, n, keys + n * size, spare_at);
    if (s->out) ck_sort_keys[s->type].store(s->out + row * n * size, n, flip, keys);
  }
  ck_release(keys, 2 * n * size);
  if (spare_at) ck_release(spare_at, n * sizeof *spare_at);
}

void ck_sort(int type, bool descends, size_t rows, size_t n, const void *a, void *out, int32_t *positions) {
  if (rows == 0 || n == 0) return;
  if (rows == 1 && out && !positions && n >= CK_LONG_ROW && ck_type_size[type] >= 4 && ck_thread_count() > 1) {
    ck_sort_long(type, descends, n, a, out);
    return;
  }
  struct sorting s = {type, descends, rows, n, rows, a, out, positions};
  size_t parts = ck_parallel_parts((double)rows * (double)n * 5);
  if (parts > rows) parts = rows;
  s.step = (rows + parts - 1) / parts;
  ck_parallel((rows + s.step - 1) / s.step, sort_rows, &s);
}

