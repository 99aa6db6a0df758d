// Fused kernels for machines with AVX-512.
#if defined(__x86_64__)
#define CK_TARGET_AVX512
#define CK_TABLE ck_network_table_avx512
#include "networks_loops.h"
#endif
