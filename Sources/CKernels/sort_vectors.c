// Keys of 32 and 64 bits, sorted by vectors where the machine has AVX-512.
#include "sort.h"

#include "table.h"

#if defined(__x86_64__)
#include <immintrin.h>

bool ck_sorts_by_vectors(void) { return ck_level() == 2; }

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,bmi2,popcnt"))), apply_to = function)

#define CK_JOIN2(a, b) a##b
#define CK_JOIN(a, b) CK_JOIN2(a, b)

#define BITS 32
#define K uint32_t
#define SIGNED int32_t
#define LANES 16
#define LANE_MASK __mmask16
#define LANE_NUMBERS _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#include "sort_vectors.h"
#undef BITS
#undef K
#undef SIGNED
#undef LANES
#undef LANE_MASK
#undef LANE_NUMBERS

#define BITS 64
#define K uint64_t
#define SIGNED int64_t
#define LANES 8
#define LANE_MASK __mmask8
#define LANE_NUMBERS _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0)
#include "sort_vectors.h"

#pragma clang attribute pop

#else
// Never called.
bool ck_sorts_by_vectors(void) { return false; }
void ck_sort32_vectors(uint32_t *keys, size_t n, uint32_t *spare) { ck_sort32_radix(keys, n, spare); }
void ck_sort64_vectors(uint64_t *keys, size_t n, uint64_t *spare) { ck_sort64_radix(keys, n, spare); }
size_t ck_part32(uint32_t *keys, size_t n) { (void)keys; return n; }
size_t ck_part64(uint64_t *keys, size_t n) { (void)keys; return n; }
#endif
