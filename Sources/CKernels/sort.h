// What the sources of sorting share: keys, whose unsigned order is that of the elements, and their sorters.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// From elements to keys and back. `flip` reverses the order; zeros of both signs get one key where `joins_zeros`.
struct ck_sort_key {
  void (*load)(const void *elements, size_t n, uint64_t flip, bool joins_zeros, void *keys);
  void (*store)(void *elements, size_t n, uint64_t flip, const void *keys);
};
extern const struct ck_sort_key ck_sort_keys[];

/// Sort keys, with room for `n` more in `spare`: by radix, and by what is fastest on this machine.
void ck_sort32_radix(uint32_t *keys, size_t n, uint32_t *spare);
void ck_sort64_radix(uint64_t *keys, size_t n, uint64_t *spare);
void ck_sort32(uint32_t *keys, size_t n, uint32_t *spare);
void ck_sort64(uint64_t *keys, size_t n, uint64_t *spare);

/// Whether keys are sorted by vectors, which needs AVX-512; what follows may be called only then.
bool ck_sorts_by_vectors(void);
void ck_sort32_vectors(uint32_t *keys, size_t n, uint32_t *spare);
void ck_sort64_vectors(uint64_t *keys, size_t n, uint64_t *spare);
/// Puts keys up to about the median before the others, and returns how many these are. `n` is at least `CK_LONG_ROW`.
size_t ck_part32(uint32_t *keys, size_t n);
size_t ck_part64(uint64_t *keys, size_t n);

/// Keys from which two threads sort a row.
#define CK_LONG_ROW ((size_t)1 << 17)
void ck_sort_long(int type, bool descends, size_t n, const void *a, void *out);
