// Elementwise arithmetic and fused functions of Float and Double.
#define CK_BODY "floats.h"
#define CK_LEVELS 3
#include <math.h>
#include <string.h>

#include "levels.h"
