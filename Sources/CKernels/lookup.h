#pragma once
#include "table.h"

/// The elementwise kernels and conversions of the chosen level; filled when the library is loaded.
extern struct ck_elementwise ck_kernels;
extern struct ck_conversions ck_converters;
