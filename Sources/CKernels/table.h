#pragma once
#include "CKernels.h"

/// Contiguous kernels: `n` elements from each address.
typedef void (*ck_loop1)(size_t n, void *out, const void *a);
typedef void (*ck_loop2)(size_t n, void *out, const void *a, const void *b);
typedef void (*ck_loop3)(size_t n, void *out, const void *a, const void *b, const void *c);
typedef void (*ck_reduction)(size_t outer, size_t n, size_t inner, size_t stride, const void *a, void *out,
                             const double *means, double correction);
typedef void (*ck_row_kernel)(size_t rows, size_t n, const void *a, void *out);

/// The kernels of one source file at one CPU level; null where there is none.
struct ck_elementwise {
  ck_loop1 unary[CK_UNARY_COUNT][CK_TYPE_COUNT];
  ck_loop2 binary[CK_BINARY_COUNT][CK_TYPE_COUNT];
  ck_loop3 ternary[CK_TERNARY_COUNT][CK_TYPE_COUNT];
  /// Choice between elements of 4 and 8 bytes by a mask of bytes.
  ck_loop3 select4, select8;
};
struct ck_conversions {
  ck_loop1 cast[CK_TYPE_COUNT][CK_TYPE_COUNT];
};
/// Besides the public reductions: sums of floats as doubles, and sums of squares of differences from given means.
enum { CK_SUM_WIDE = CK_REDUCE_COUNT, CK_SQUARES, CK_ALL_REDUCE_COUNT };
struct ck_reductions {
  ck_reduction reduce[CK_ALL_REDUCE_COUNT][CK_TYPE_COUNT];
};
struct ck_row_kernels {
  ck_row_kernel rows[CK_ROW_COUNT][CK_TYPE_COUNT];
};

struct ck_scan_kernels {
  /// Along the middle axis of a contiguous [outer, n, inner].
  void (*scan[CK_CUMULATIVE_COUNT][CK_TYPE_COUNT])(size_t outer, size_t n, size_t inner, const void *a, void *out);
  /// Of F32 and F64: the sum of a run, and cumulative sums from a start.
  double (*total[2])(size_t n, const void *a);
  void (*sum_from[2])(size_t n, double start, const void *a, void *out);
  /// Elements of 4 and 8 bytes where the mask is true, at most `room`.
  void (*compress[2])(size_t n, const uint8_t *mask, const void *a, void *out, size_t room);
};

#if defined(__x86_64__)
#define CK_DECLARE(TYPE, NAME) extern const struct TYPE NAME##_base, NAME##_avx2, NAME##_avx512;
#define CK_CHOOSE3(NAME) (ck_level() == 2 ? &NAME##_avx512 : ck_level() == 1 ? &NAME##_avx2 : &NAME##_base)
#define CK_CHOOSE2(NAME) (ck_level() > 0 ? &NAME##_avx2 : &NAME##_base)
#else
#define CK_DECLARE(TYPE, NAME) extern const struct TYPE NAME##_base;
#define CK_CHOOSE3(NAME) (&NAME##_base)
#define CK_CHOOSE2(NAME) (&NAME##_base)
#endif

CK_DECLARE(ck_elementwise, ck_floats)
CK_DECLARE(ck_elementwise, ck_integers)
CK_DECLARE(ck_conversions, ck_casts)
CK_DECLARE(ck_reductions, ck_reducers)
CK_DECLARE(ck_row_kernels, ck_row_table)
CK_DECLARE(ck_scan_kernels, ck_scans)
/// Kernels that call libm for each element; they are the same at every level.
extern const struct ck_elementwise ck_libm;
#if defined(__x86_64__)
/// Kernels that call glibc's vector mathematics.
extern const struct ck_elementwise ck_mvec_avx2, ck_mvec_avx512;
#endif
/// Complex arithmetic.
extern const struct ck_elementwise ck_complexes;

/// Bytes of an element of each type.
extern const size_t ck_type_size[CK_TYPE_COUNT];
