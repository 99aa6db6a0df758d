// Kernels for machines with AVX-512.
#if defined(__x86_64__)
#define CK_TARGET_AVX512
#define CK_TABLE ck_table_avx512
#include "loops.h"
#endif
