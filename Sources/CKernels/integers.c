// Elementwise arithmetic of integers and Booleans.
#define CK_BODY "integers.h"
#define CK_LEVELS 2
#include "levels.h"
