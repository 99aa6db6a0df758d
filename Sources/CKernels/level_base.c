// Kernels for plain x86-64 and every other machine.
#define CK_TABLE ck_table_base
#include "loops.h"
