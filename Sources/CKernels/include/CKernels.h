#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clusters.h"
#include "convolution.h"
#include "fft.h"
#include "networks.h"
#include "random_distributions.h"
#include "recording.h"

// The numeric kernels of the array core.
//
// One plain C source per family of kernels is compiled for three CPU levels (`levels.h`); the level that fits is chosen
// once, at the first call. Shapes and strides count elements. Nothing in here checks bounds: the Swift module `BLAS`
// does, and is the only caller.

/// The most axes a view may have here.
#define CK_MAX_RANK 32

/// Element types, in the order of every table. Booleans are bytes of 0 or 1.
enum {
  CK_F32, CK_F64, CK_I32, CK_I64, CK_BOOL, CK_I8, CK_I16, CK_U8, CK_U16, CK_U32, CK_U64, CK_F16, CK_BF16,
  CK_C64, CK_C128, CK_TYPE_COUNT
};

enum {
  CK_NEGATE, CK_ABS, CK_SIGN, CK_SQUARE, CK_RECIPROCAL, CK_SQRT, CK_CBRT,
  CK_EXP, CK_EXP2, CK_EXPM1, CK_LOG, CK_LOG2, CK_LOG10, CK_LOG1P,
  CK_SIN, CK_COS, CK_TAN, CK_ASIN, CK_ACOS, CK_ATAN, CK_SINH, CK_COSH, CK_TANH, CK_ASINH, CK_ACOSH, CK_ATANH,
  CK_ERF, CK_ERFC, CK_SIGMOID, CK_SILU, CK_GELU, CK_GELU_TANH, CK_SOFTPLUS, CK_RELU,
  CK_FLOOR, CK_CEIL, CK_TRUNC, CK_ROUND, CK_NOT, CK_CONJUGATE, CK_LGAMMA, CK_DIGAMMA, CK_TRIGAMMA,
  // From here on the result is Boolean.
  CK_IS_NAN, CK_IS_INF, CK_IS_FINITE, CK_SIGN_BIT, CK_UNARY_COUNT
};

enum {
  CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_POWER, CK_MAXIMUM, CK_MINIMUM, CK_FMAX, CK_FMIN,
  CK_FLOOR_DIVIDE, CK_REMAINDER, CK_FMOD, CK_ATAN2, CK_HYPOT, CK_COPY_SIGN, CK_NEXT_AFTER, CK_LOG_ADD_EXP,
  CK_GCD, CK_LCM, CK_AND, CK_OR, CK_XOR, CK_LEFT_SHIFT, CK_RIGHT_SHIFT,
  // From here on the result is Boolean.
  CK_EQUAL, CK_NOT_EQUAL, CK_LESS, CK_LESS_EQUAL, CK_GREATER, CK_GREATER_EQUAL, CK_BINARY_COUNT
};

/// a * b + c; min(max(a, b), c).
enum { CK_MULTIPLY_ADD, CK_CLIP, CK_TERNARY_COUNT };

enum { CK_SUM, CK_REDUCE_MAX, CK_REDUCE_MIN, CK_ARGMAX, CK_ARGMIN, CK_VARIANCE, CK_PRODUCT, CK_REDUCE_COUNT };

enum { CK_CUMULATIVE_SUM, CK_CUMULATIVE_PRODUCT, CK_CUMULATIVE_MAX, CK_CUMULATIVE_MIN, CK_CUMULATIVE_COUNT };

enum { CK_SOFTMAX, CK_LOG_SOFTMAX, CK_LOG_SUM_EXP, CK_ROW_COUNT };

/// The chosen CPU level: 0 is plain x86-64 (or any other machine), 1 AVX2 with FMA, 2 AVX-512.
int ck_level(void);

/// How many threads work on one call: as many as the process may use CPUs, or what `MARTLET_NUM_THREADS` says.
size_t ck_thread_count(void);
/// Calls `work(context, part)` once for each part in 0..<parts, on this thread and those of the pool, and returns when
/// all are done. Which thread runs a part must not change its result.
void ck_parallel(size_t parts, void (*work)(void *context, size_t part), void *context);
void ck_set_thread_count(size_t count);

/// Whether the kernel exists for the element type.
bool ck_has_unary(int op, int type);
bool ck_has_binary(int op, int type);
bool ck_has_ternary(int op, int type);

/// out[i...] = op(a[i...]); operations from `CK_IS_NAN` on write Booleans.
void ck_unary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
              const void *a, const ptrdiff_t *a_strides);

/// out[i...] = op(a[i...], b[i...]); comparisons write Booleans.
void ck_binary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
               const void *a, const ptrdiff_t *a_strides, const void *b, const ptrdiff_t *b_strides);

/// out[i...] = op(a[i...], b[i...], c[i...]).
void ck_ternary(int op, int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
                const void *a, const ptrdiff_t *a_strides, const void *b, const ptrdiff_t *b_strides,
                const void *c, const ptrdiff_t *c_strides);

/// The same over `n` elements without gaps; a step of 0 repeats an operand's first element.
void ck_unary_flat(int op, int type, size_t n, void *out, const void *a);
void ck_binary_flat(int op, int type, size_t n, void *out, const void *a, ptrdiff_t a_step, const void *b,
                    ptrdiff_t b_step);

/// An operand of a chain: `n` elements without gaps, or one that is repeated.
struct ck_chain_leaf {
  const void *elements;
  bool repeats;
};
/// A chain's code in postfix order: an operand's number, or an operation with one of these.
enum { CK_CHAIN_LEAF = 0, CK_CHAIN_UNARY = 0x100, CK_CHAIN_BINARY = 0x200, CK_CHAIN_LEAVES = 8, CK_CHAIN_DEPTH = 6 };
/// Carries out a chain of elementwise operations of F32 or F64, which are as those of `ck_unary` and `ck_binary`, over `n` elements. The
/// code ends in an operation, and at most `CK_CHAIN_DEPTH` values wait at once; `out` may be an operand.
void ck_chain(int type, const uint16_t *code, size_t length, const struct ck_chain_leaf *leaves, size_t leaf_count, size_t n,
              void *out);

/// out[i...] = a[i...], converted: integers wrap around, fractions are cut off, everything but 0 is true.
void ck_cast(int from, int to, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides,
             const void *a, const ptrdiff_t *a_strides);

/// out[i...] = mask[i...] ? a[i...] : b[i...].
void ck_select(int type, int rank, const ptrdiff_t *shape, void *out, const ptrdiff_t *out_strides, const void *mask,
               const ptrdiff_t *mask_strides, const void *a, const ptrdiff_t *a_strides, const void *b,
               const ptrdiff_t *b_strides);

/// Reduces the middle axis of a contiguous [outer, n, inner]; `correction` matters to the variance only.
///
/// Sums and products of integers and Booleans are 64 bits wide, positions are `int32_t`, everything else keeps its type.
void ck_reduce(int op, int type, size_t outer, size_t n, size_t inner, const void *a, void *out, double correction);
bool ck_has_reduction(int op, int type);

/// Works on each row of a contiguous [rows, n] of F32 or F64.
void ck_rows(int op, int type, size_t rows, size_t n, const void *a, void *out);

/// Writes for each element the total of those up to it along the middle axis of a contiguous [outer, n, inner].
///
/// Sums and products of integers are 64 bits wide, everything else keeps its type.
void ck_scan(int op, int type, size_t outer, size_t n, size_t inner, const void *a, void *out);
bool ck_has_scan(int op, int type);

/// Sorts each row of a contiguous [rows, n], stably, NaN last; writes elements, positions or both.
void ck_sort(int type, bool descends, size_t rows, size_t n, const void *a, void *out, int32_t *positions);
bool ck_has_sort(int type);

/// Writes where each of `count` values belongs among `n` sorted elements: before its equals, or after them.
void ck_search_sorted(int type, size_t n, const void *sorted, size_t count, const void *values, bool after,
                      int64_t *out);

/// The elements of 4 or 8 bytes where a contiguous mask is true; `ck_count_true` says how many there are.
void ck_compress(size_t size, const uint8_t *mask, size_t n, const void *a, void *out);
size_t ck_count_true(const uint8_t *mask, size_t n);

/// Copies item k's `item_bytes` from item `indices[k]` of each of `outer` blocks of `n` items.
void ck_take(size_t item_bytes, size_t outer, size_t n, const int64_t *indices, size_t count, const void *a, void *out);

/// Copies item k of `a` (the same item every time when `step` is 0) over item `indices[k]` of `out`.
void ck_put(size_t item_bytes, const int64_t *indices, size_t count, size_t step, const void *a, void *out);

/// Adds item k, of `inner` F32 or F64, of each of `outer` blocks of `a` to item `indices[k]` of the `n` of `out`'s.
void ck_add_up(int type, size_t outer, size_t n, size_t inner, const int64_t *indices, size_t count, const void *a,
               void *out);

/// Writes the positions of the true elements of a contiguous mask, with room for n + 1; returns how many there are.
size_t ck_positions(const uint8_t *mask, size_t n, int64_t *out);

/// Memory aligned to 64 bytes, from a pool of size classes; never null.
void *ck_allocate(size_t bytes);
void ck_release(void *memory, size_t bytes);
/// Bytes the pool keeps for reuse.
size_t ck_pool_bytes(void);
/// Gives the pool's memory back to the system.
void ck_pool_drain(void);

/// Philox 4x32-10: block `counter` of stream `stream` under `key`.
void ck_philox(uint64_t key, uint64_t stream, uint64_t counter, uint32_t out[4]);
/// The words of blocks `counter`… one after the other.
void ck_random_words(uint64_t key, uint64_t stream, uint64_t counter, size_t n, uint32_t *out);
/// Uniform numbers in [0, 1): 24 bits (F32) or 53 bits (F64) each.
void ck_uniform(int type, uint64_t key, uint64_t stream, uint64_t counter, size_t n, void *out);
/// Standard normal numbers, two from each block of the counter.
void ck_normal(int type, uint64_t key, uint64_t stream, uint64_t counter, size_t n, void *out);

/// Prints `value` with `digits` after the point ("%.*f", or "%.*e"); returns the length.
int ck_format(char *out, size_t size, double value, int digits, bool scientific);

// MARK: Threads

/// Calls `work(context, part)` once for each part in 0..<parts, on this thread and those of the pool, and returns when all are
/// done; for parts that are long however few they are. Which thread runs a part must not change its result.
void ck_parallel_long(size_t parts, void (*work)(void *context, size_t part), void *context);
