#pragma once
#include "CKernels.h"

/// One row of a view: `n` elements, strides in elements.
typedef void (*ck_loop1)(size_t n, void *out, ptrdiff_t so, const void *a, ptrdiff_t sa);
typedef void (*ck_loop2)(size_t n, void *out, ptrdiff_t so, const void *a, ptrdiff_t sa, const void *b, ptrdiff_t sb);
typedef void (*ck_loop3)(size_t n, void *out, ptrdiff_t so, const void *mask, ptrdiff_t sm, const void *a,
                         ptrdiff_t sa, const void *b, ptrdiff_t sb);
typedef void (*ck_reduction)(size_t outer, size_t n, size_t inner, const void *a, void *out, double correction);
typedef void (*ck_row_kernel)(size_t rows, size_t n, const void *a, void *out);

/// Every kernel of one CPU level.
struct ck_table {
  ck_loop1 unary[CK_UNARY_COUNT][CK_TYPE_COUNT];
  ck_loop2 binary[CK_BINARY_COUNT][CK_TYPE_COUNT];
  ck_loop1 cast[CK_TYPE_COUNT][CK_TYPE_COUNT];
  ck_loop3 select[CK_TYPE_COUNT];
  ck_reduction reduce[CK_REDUCE_COUNT][CK_TYPE_COUNT];
  ck_row_kernel rows[CK_ROW_COUNT][CK_TYPE_COUNT];
};

extern const struct ck_table ck_table_base;
#if defined(__x86_64__)
extern const struct ck_table ck_table_avx2;
extern const struct ck_table ck_table_avx512;
#endif

const struct ck_table *ck_current(void);
