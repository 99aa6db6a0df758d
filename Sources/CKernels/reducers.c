// Reductions of one axis, and the kernels that work on whole rows.
#define CK_BODY "reducers.h"
#define CK_LEVELS 3
#include <math.h>
#include <string.h>

#include "levels.h"
