#pragma once
#include "table.h"

/// The elementwise kernels and conversions of the chosen level; filled when the library is loaded.
extern struct ck_elementwise ck_kernels;
extern struct ck_conversions ck_converters;

/// Nanoseconds that an operation takes for one element, about.
double ck_unary_cost(int op, int type);
double ck_binary_cost(int op, int type);
