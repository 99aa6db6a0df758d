// Numbers as text, without Foundation.
#include <stdio.h>

#include "CKernels.h"

int ck_format(char *out, size_t size, double value, int digits, bool scientific) {
  return snprintf(out, size, scientific ? "%.*e" : "%.*f", digits, value);
}
