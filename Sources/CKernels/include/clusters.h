#pragma once
#include <stddef.h>
#include <stdint.h>

/// How many centres stand side by side in the kernel; unused ones have an infinite offset.
#define CK_CENTRE_LANES 16

/// One step of Lloyd's algorithm on n samples x[n, d], F64.
///
/// `centres` is [lanes, d, CK_CENTRE_LANES], where lanes = ceil(k / CK_CENTRE_LANES); `offsets` has half the squared length
/// of each centre. Writes the nearest centre of each sample to `labels`, half its squared distance less half the sample's
/// squared length to `distances`, and the sum of each centre's samples to `sums[k, d]`, their number to `counts[k]`.
/// Equally near centres: the first. The result does not depend on the number of threads.
///
/// Returns how many labels changed; -1 if there is no memory.
ptrdiff_t ck_lloyd_step(size_t n, size_t d, size_t k, const double *_Nonnull x, const double *_Nonnull centres,
                        const double *_Nonnull offsets, int32_t *_Nonnull labels, double *_Nonnull distances,
                        double *_Nonnull sums, double *_Nonnull counts);
