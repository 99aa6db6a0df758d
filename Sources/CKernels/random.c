// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405).
//
// Numbers must be the same for ever and on every machine, so contraction to fused operations is off, and the logarithm,
// sine and cosine below use nothing but exactly rounded arithmetic.
#include <math.h>
#include <string.h>

#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

void ck_philox(uint64_t key, uint64_t stream, uint64_t counter, uint32_t out[4]) {
  uint32_t x0 = (uint32_t)counter, x1 = (uint32_t)(counter >> 32);
  uint32_t x2 = (uint32_t)stream, x3 = (uint32_t)(stream >> 32);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * x0, p1 = (uint64_t)0xCD9E8D57u * x2;
    uint32_t y0 = (uint32_t)(p1 >> 32) ^ x1 ^ k0, y2 = (uint32_t)(p0 >> 32) ^ x3 ^ k1;
    x1 = (uint32_t)p1;
    x3 = (uint32_t)p0;
    x0 = y0;
    x2 = y2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/// A double in [0, 1) from 53 of 64 bits.
static double unit(uint32_t low, uint32_t high) {
  return (double)((((uint64_t)high << 32) | low) >> 11) * 0x1p-53;
}

void ck_uniform(int type, uint64_t key, uint64_t stream, uint64_t counter, size_t n, void *out) {
  uint32_t block[4];
  if (type == CK_F32) {
    float *o = out;
    for (size_t i = 0; i < n; i += 4) {
      ck_philox(key, stream, counter++, block);
      for (size_t k = 0; k < 4 && i + k < n; k++) o[i + k] = (float)(block[k] >> 8) * 0x1p-24f;
    }
  } else {
    double *o = out;
    for (size_t i = 0; i < n; i += 2) {
      ck_philox(key, stream, counter++, block);
      o[i] = unit(block[0], block[1]);
      if (i + 1 < n) o[i + 1] = unit(block[2], block[3]);
    }
  }
}

/// The natural logarithm of a normal number in (0, 1].
static double steady_log(double x) {
  uint64_t u;
  memcpy(&u, &x, 8);
  int64_t e = ((int64_t)u - (int64_t)0x3fe6a09e667f3bcd) >> 52;
  u -= (uint64_t)e << 52;
  double m;
  memcpy(&m, &u, 8);
  double f = m - 1.0, s = f / (2.0 + f), z = s * s, p = 0;
  for (int k = 23; k >= 1; k -= 2) p = p * z + 2.0 / k;
  return (double)e * 0x1.62e42fefa39efp-1 + s * p;
}

/// The sine and cosine of 2 pi t, for t in [0, 1): an eighth of a turn by Taylor series, the rest by symmetry.
static void steady_turn(double t, double *sine, double *cosine) {
  double eighths = t * 8.0;
  int octant = (int)eighths;
  double part = eighths - (double)octant;
  double angle = (octant & 1 ? 1.0 - part : part) * 0x1.921fb54442d18p-1, z = angle * angle;
  double s = 0, c = 0;
  for (int k = 17; k >= 3; k -= 2) s = (s + 1.0) * (-z / (double)(k * (k - 1)));
  for (int k = 18; k >= 2; k -= 2) c = (c + 1.0) * (-z / (double)(k * (k - 1)));
  s = angle + angle * s;
  c = 1.0 + c;
  bool swaps = ((octant + 1) & 2) != 0;
  double x = swaps ? s : c, y = swaps ? c : s;
  *cosine = octant >= 2 && octant <= 5 ? -x : x;
  *sine = octant >= 4 ? -y : y;
}

void ck_normal(int type, uint64_t key, uint64_t stream, uint64_t counter, size_t n, void *out) {
  uint32_t block[4];
  for (size_t i = 0; i < n; i += 2) {
    ck_philox(key, stream, counter++, block);
    double sine, cosine;
    double radius = sqrt(-2.0 * steady_log(1.0 - unit(block[0], block[1])));
    steady_turn(unit(block[2], block[3]), &sine, &cosine);
    double pair[2] = {radius * cosine, radius * sine};
    for (size_t k = 0; k < 2 && i + k < n; k++) {
      if (type == CK_F32) ((float *)out)[i + k] = (float)pair[k];
      else ((double *)out)[i + k] = pair[k];
    }
  }
}
