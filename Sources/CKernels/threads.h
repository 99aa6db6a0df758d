#pragma once
#include <stddef.h>

#include "CKernels.h"

/// Nanoseconds of work below which threads do not pay.
#define CK_PARALLEL_FROM 8000

/// Into how many parts work of about so many nanoseconds (for one thread) is best cut; 1 if threads do not pay.
size_t ck_parallel_parts(double nanoseconds);
