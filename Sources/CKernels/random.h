#pragma once
#include "CKernels.h"

// What the generators of other distributions take from `random.c`.

/// The natural logarithm of a normal number in (0, 1], the same bits everywhere.
double ck_steady_log(double x);

/// Two standard normal numbers from a block.
void ck_normal_pair(const uint32_t block[4], double *first, double *second);
