#pragma once
#include <stddef.h>

/// Calls `work(context, part)` once for each part in 0..<parts, on this thread and those of the pool, and returns when
/// all are done. Which thread runs a part must not change its result.
void ck_parallel(size_t parts, void (*work)(void *context, size_t part), void *context);

/// Nanoseconds of work below which threads do not pay.
#define CK_PARALLEL_FROM 8000

/// Into how many parts work of about so many nanoseconds (for one thread) is best cut; 1 if threads do not pay.
size_t ck_parallel_parts(double nanoseconds);
