// Fused kernels for machines with AVX2 and FMA.
#if defined(__x86_64__)
#define CK_TARGET_AVX2
#define CK_TABLE ck_network_table_avx2
#include "networks_loops.h"
#endif
