// Conversions between element types.
#define CK_BODY "casts.h"
#define CK_LEVELS 2
#include <stdint.h>
#include <string.h>


// BFloat16 is the upper half of a Float, rounded to nearest even; a NaN stays one.
static inline __attribute__((always_inline)) uint16_t bf16_from_f32(float x) {
  uint32_t u;
  memcpy(&u, &x, 4);
  uint32_t rounded = u + 0x7FFF + (u >> 16 & 1);
  return (uint16_t)(x != x ? (u >> 16 | 0x40) : rounded >> 16);
}
static inline __attribute__((always_inline)) float f32_from_bf16(uint16_t h) {
  uint32_t u = (uint32_t)h << 16;
  float x;
  memcpy(&x, &u, 4);
  return x;
}

#include "levels.h"
