// The entry points of elementwise kernels: which kernel, which conversions around it, and what it costs.
#include <string.h>

#include "lookup.h"
#include "threads.h"
#include "walk.h"

// MARK: Costs, in nanoseconds

#define LIGHT 0.04  // For each byte moved, while it is in a cache.

double ck_unary_cost(int op, int type) {
  double wide = ck_type_size[type] / 4.0;
  switch (op) {
    case CK_NEGATE: case CK_ABS: case CK_SIGN: case CK_SQUARE: case CK_RELU: case CK_FLOOR: case CK_CEIL: case CK_TRUNC:
    case CK_ROUND: case CK_NOT: case CK_CONJUGATE: case CK_IS_NAN: case CK_IS_INF: case CK_IS_FINITE: case CK_SIGN_BIT:
      return type >= CK_F16 ? wide : 2 * LIGHT * (double)ck_type_size[type];
    case CK_SQRT: case CK_RECIPROCAL: case CK_EXP: case CK_LOG: case CK_TANH: case CK_SIGMOID: case CK_EXPM1:
    case CK_SILU: case CK_GELU_TANH: case CK_SOFTPLUS:
      return type >= CK_C64 ? 40 : 0.4 * wide * wide;
    case CK_LGAMMA: case CK_DIGAMMA: case CK_TRIGAMMA: return 40;
    default: return ck_level() > 0 && type < CK_C64 ? 1.5 * wide : 15;
  }
}

double ck_binary_cost(int op, int type) {
  double wide = ck_type_size[type] / 4.0;
  switch (op) {
    case CK_POWER: case CK_ATAN2: case CK_HYPOT: case CK_LOG_ADD_EXP: return ck_level() > 0 ? 3 * wide : 30;
    case CK_FMOD: case CK_REMAINDER: case CK_FLOOR_DIVIDE: return type <= CK_F64 || type >= CK_F16 ? 15 : 2;
    case CK_NEXT_AFTER: return 8;
    case CK_GCD: case CK_LCM: return 50;
    default: return type >= CK_F16 ? 2 * wide : 3 * LIGHT * (double)ck_type_size[type];
  }
}

/// Sets up conversions of operands of `type` for kernels that work in Float; returns the type worked in.
static int set_conversions(struct ck_row_job *job, int type, int operands, bool converts_result) {
  if (type != CK_F16 && type != CK_BF16) return type;
  for (int k = 1; k < operands; k++) job->before[k] = ck_converters.cast[type][CK_F32];
  if (converts_result) job->after = ck_converters.cast[CK_F32][type];
  return CK_F32;
}

static size_t unary_result_size(int op, int type) {
  if (op >= CK_IS_NAN) return 1;
  return op == CK_ABS && type >= CK_C64 ? ck_type_size[type] / 2 : ck_type_size[type];
}

// MARK: Views

void ck_unary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
              const void *a, const ptrdiff_t *a_strides) {
  struct ck_walk w;
  ck_walk_start(&w, rank, shape);
  ck_walk_operand(&w, out, out_strides, unary_result_size(op, type));
  ck_walk_operand(&w, a, a_strides, ck_type_size[type]);
  struct ck_row_job job = {.cost = ck_unary_cost(op, type)};
  job.unary = ck_kernels.unary[op][set_conversions(&job, type, 2, op < CK_IS_NAN)];
  ck_walk_run(&w, &job);
}

void ck_binary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
               const void *a, const ptrdiff_t *a_strides, const void *b, const ptrdiff_t *b_strides) {
  if (op == CK_GREATER || op == CK_GREATER_EQUAL) {
    ck_binary(op == CK_GREATER ? CK_LESS : CK_LESS_EQUAL, type, rank, shape, out, out_strides, b, b_strides, a, a_strides);
    return;
  }
  struct ck_walk w;
  ck_walk_start(&w, rank, shape);
  ck_walk_operand(&w, out, out_strides, op >= CK_EQUAL ? 1 : ck_type_size[type]);
  ck_walk_operand(&w, a, a_strides, ck_type_size[type]);
  ck_walk_operand(&w, b, b_strides, ck_type_size[type]);
  struct ck_row_job job = {.cost = ck_binary_cost(op, type)};
  job.binary = ck_kernels.binary[op][set_conversions(&job, type, 3, op < CK_EQUAL)];
  ck_walk_run(&w, &job);
}

void ck_ternary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
                const void *a, const ptrdiff_t *a_strides, const void *b, const ptrdiff_t *b_strides,
                const void *c, const ptrdiff_t *c_strides) {
  struct ck_walk w;
  ck_walk_start(&w, rank, shape);
  ck_walk_operand(&w, out, out_strides, ck_type_size[type]);
  ck_walk_operand(&w, a, a_strides, ck_type_size[type]);
  ck_walk_operand(&w, b, b_strides, ck_type_size[type]);
  ck_walk_operand(&w, c, c_strides, ck_type_size[type]);
  struct ck_row_job job = {.cost = 4 * LIGHT * (double)ck_type_size[type]};
  job.ternary = ck_kernels.ternary[op][set_conversions(&job, type, 4, true)];
  ck_walk_run(&w, &job);
}

// MARK: Runs without gaps

void ck_unary_flat(int op, int type, size_t n, void *out, const void *a) {
  ck_loop1 kernel = ck_kernels.unary[op][type];
  if (kernel && (double)n * ck_unary_cost(op, type) < CK_PARALLEL_FROM) {
    kernel(n, out, a);
    return;
  }
  ptrdiff_t shape = (ptrdiff_t)n, one = 1;
  ck_unary(op, type, 1, &shape, out, &one, a, &one);
}

void ck_binary_flat(int op, int type, size_t n, void *out, const void *a, ptrdiff_t a_step, const void *b,
                    ptrdiff_t b_step) {
  ck_loop2 kernel = ck_kernels.binary[op][type];
  if (kernel && a_step == 1 && b_step == 1 && (double)n * ck_binary_cost(op, type) < CK_PARALLEL_FROM) {
    kernel(n, out, a, b);
    return;
  }
  ptrdiff_t shape = (ptrdiff_t)n, one = 1;
  ck_binary(op, type, 1, &shape, out, &one, a, &a_step, b, &b_step);
}

// MARK: Conversions

static void copy1(size_t n, void *out, const void *a) { memcpy(out, a, n); }
static void copy2(size_t n, void *out, const void *a) { memcpy(out, a, n * 2); }
static void copy4(size_t n, void *out, const void *a) { memcpy(out, a, n * 4); }
static void copy8(size_t n, void *out, const void *a) { memcpy(out, a, n * 8); }
static void copy16(size_t n, void *out, const void *a) { memcpy(out, a, n * 16); }

static ck_loop1 copier(size_t size) {
  return size == 1 ? copy1 : size == 2 ? copy2 : size == 4 ? copy4 : size == 8 ? copy8 : copy16;
}

/// The type between two that have no conversion of their own.
static int way_point(int from, int to) {
  if (from == CK_C128 || to == CK_C128) return CK_F64;
  return CK_F32;
}

void ck_cast(int from, int to, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
             const void *a, const ptrdiff_t *a_strides) {
  struct ck_walk w;
  ck_walk_start(&w, rank, shape);
  ck_walk_operand(&w, out, out_strides, ck_type_size[to]);
  ck_walk_operand(&w, a, a_strides, ck_type_size[from]);
  struct ck_row_job job = {.cost = LIGHT * (double)(ck_type_size[from] + ck_type_size[to])};
  if (from == to) {
    job.unary = copier(ck_type_size[to]);
  } else if (ck_converters.cast[from][to]) {
    job.unary = ck_converters.cast[from][to];
  } else {
    int between = way_point(from, to);
    job.before[1] = ck_converters.cast[from][between];
    job.unary = ck_converters.cast[between][to];
  }
  ck_walk_run(&w, &job);
}

// MARK: Selection

#define SELECT(T)                                                                                  \
  static void select_##T(size_t n, void *out, const void *mask, const void *a, const void *b) {    \
    T *o = out;                                                                                    \
    const uint8_t *m = mask;                                                                       \
    const T *p = a, *q = b;                                                                        \
    for (size_t i = 0; i < n; i++) o[i] = m[i] ? p[i] : q[i];                                      \
  }
typedef struct { uint64_t low, high; } wide_t;
SELECT(uint8_t)
SELECT(uint16_t)
SELECT(uint32_t)
SELECT(uint64_t)
SELECT(wide_t)

void ck_select(int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides, const void *mask,
               const ptrdiff_t *mask_strides, const void *a, const ptrdiff_t *a_strides, const void *b,
               const ptrdiff_t *b_strides) {
  size_t size = ck_type_size[type];
  struct ck_walk w;
  ck_walk_start(&w, rank, shape);
  ck_walk_operand(&w, out, out_strides, size);
  ck_walk_operand(&w, mask, mask_strides, 1);
  ck_walk_operand(&w, a, a_strides, size);
  ck_walk_operand(&w, b, b_strides, size);
  struct ck_row_job job = {.cost = LIGHT * (double)(3 * size + 1)};
  job.ternary = size == 1   ? select_uint8_t
                : size == 2 ? select_uint16_t
                : size == 4 ? select_uint32_t
                : size == 8 ? select_uint64_t
                            : select_wide_t;
  if (size == 4 && ck_kernels.select4) job.ternary = ck_kernels.select4;
  if (size == 8 && ck_kernels.select8) job.ternary = ck_kernels.select8;
  ck_walk_run(&w, &job);
}
