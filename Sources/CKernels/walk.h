#pragma once
#include "table.h"

#define CK_MAX_OPERANDS 4

/// Up to four operands over one shape, the result first; `size` is the bytes of an element of each.
struct ck_walk {
  int operands, rank;
  ptrdiff_t shape[CK_MAX_RANK];
  ptrdiff_t strides[CK_MAX_OPERANDS][CK_MAX_RANK];
  char *data[CK_MAX_OPERANDS];
  size_t size[CK_MAX_OPERANDS];
};

/// What runs over rows of a walk: one of the contiguous kernels, with conversions of operands where they need them.
///
/// A working element may be of another type than the operand's: `before[k]` converts a block of operand k, `after` one
/// of the result.
struct ck_row_job {
  ck_loop1 unary;
  ck_loop2 binary;
  ck_loop3 ternary;
  ck_loop1 before[CK_MAX_OPERANDS], after;
  /// Bytes of a working element.
  size_t size[CK_MAX_OPERANDS];
  /// Nanoseconds an element costs, about; decides whether threads pay.
  double cost;
};

void ck_walk_start(struct ck_walk *w, int rank, const ptrdiff_t *shape);
void ck_walk_operand(struct ck_walk *w, const void *data, const ptrdiff_t *strides, size_t size);
/// Runs the job over all elements, on several threads where that pays.
void ck_walk_run(struct ck_walk *w, const struct ck_row_job *job);
