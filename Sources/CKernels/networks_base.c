// Fused kernels for plain x86-64 and every other machine.
#define CK_TABLE ck_network_table_base
#include "networks_loops.h"
