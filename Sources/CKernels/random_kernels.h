// The vector kernels of random numbers for one CPU level; the including file defines `LEVEL(name)`.
//
// Every level must give the same bits, so nothing here may be contracted to fused operations: `random.c` sees to it.

/// Blocks `counter`… of a stream: word k of block i goes to w[k][i].
static void LEVEL(philox_blocks)(uint64_t key, uint64_t stream, uint64_t counter, uint32_t w[4][BLOCKS]) {
  for (size_t i = 0; i < BLOCKS; i++) {
    uint64_t c = counter + i;
    // Words live in the low halves of 64 bits; multiplication does not look at the upper ones.
    uint64_t x0 = c, x1 = c >> 32, x2 = stream, x3 = stream >> 32;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
#pragma clang loop unroll(full)
    for (int round = 0; round < 10; round++) {
      uint64_t p0 = (uint64_t)0xD2511F53u * (uint32_t)x0, p1 = (uint64_t)0xCD9E8D57u * (uint32_t)x2;
      uint64_t y0 = (p1 >> 32) ^ x1 ^ k0, y2 = (p0 >> 32) ^ x3 ^ k1;
      x1 = p1;
      x3 = p0;
      x0 = y0;
      x2 = y2;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    w[0][i] = (uint32_t)x0;
    w[1][i] = (uint32_t)x1;
    w[2][i] = (uint32_t)x2;
    w[3][i] = (uint32_t)x3;
  }
}

/// A double in [0, 1) from 53 of 64 bits; both terms and the sum are exact.
static inline double LEVEL(unit)(uint32_t low, uint32_t high) {
  return (double)high * 0x1p-32 + (double)(int32_t)(low >> 11) * 0x1p-53;
}

static void LEVEL(uniform_f32)(uint64_t key, uint64_t stream, uint64_t counter, float *out) {
  uint32_t w[4][BLOCKS];
  LEVEL(philox_blocks)(key, stream, counter, w);
  for (size_t i = 0; i < BLOCKS; i++) {
    out[4 * i] = (float)(int32_t)(w[0][i] >> 8) * 0x1p-24f;
    out[4 * i + 1] = (float)(int32_t)(w[1][i] >> 8) * 0x1p-24f;
    out[4 * i + 2] = (float)(int32_t)(w[2][i] >> 8) * 0x1p-24f;
    out[4 * i + 3] = (float)(int32_t)(w[3][i] >> 8) * 0x1p-24f;
  }
}

static void LEVEL(uniform_f64)(uint64_t key, uint64_t stream, uint64_t counter, double *out) {
  uint32_t w[4][BLOCKS];
  LEVEL(philox_blocks)(key, stream, counter, w);
  for (size_t i = 0; i < BLOCKS; i++) {
    out[2 * i] = LEVEL(unit)(w[0][i], w[1][i]);
    out[2 * i + 1] = LEVEL(unit)(w[2][i], w[3][i]);
  }
}

static void LEVEL(words)(uint64_t key, uint64_t stream, uint64_t counter, uint32_t *out) {
  uint32_t w[4][BLOCKS];
  LEVEL(philox_blocks)(key, stream, counter, w);
  for (size_t i = 0; i < BLOCKS; i++)
    for (size_t k = 0; k < 4; k++) out[4 * i + k] = w[k][i];
}

/// The natural logarithm of a normal number in (0, 1].
static inline double LEVEL(steady_log)(double x) {
  uint64_t u;
  memcpy(&u, &x, 8);
  int32_t e = (int32_t)((uint32_t)(u >> 32) - 0x3fe6a09eu) >> 20;
  u -= (uint64_t)(int64_t)e << 52;
  double m;
  memcpy(&m, &u, 8);
  double f = m - 1.0, s = f / (2.0 + f), z = s * s;
  double p = 2.0 / 23;
  p = p * z + 2.0 / 21;
  p = p * z + 2.0 / 19;
  p = p * z + 2.0 / 17;
  p = p * z + 2.0 / 15;
  p = p * z + 2.0 / 13;
  p = p * z + 2.0 / 11;
  p = p * z + 2.0 / 9;
  p = p * z + 2.0 / 7;
  p = p * z + 2.0 / 5;
  p = p * z + 2.0 / 3;
  p = p * z + 2.0;
  return (double)e * 0x1.62e42fefa39efp-1 + s * p;
}

/// Box and Muller's pairs: the angle in eighths of a turn by Taylor series, the rest by symmetry.
static inline void LEVEL(normal_pair)(double u, double t, double *first, double *second) {
  double radius = __builtin_elementwise_sqrt(-2.0 * LEVEL(steady_log)(1.0 - u));
  double eighths = t * 8.0;
  int32_t octant = (int32_t)eighths;
  double part = eighths - (double)octant;
  double angle = (octant & 1 ? 1.0 - part : part) * 0x1.921fb54442d18p-1, z = angle * angle;
  double s = 1.0 / 355687428096000.0;
  s = s * z - 1.0 / 1307674368000.0;
  s = s * z + 1.0 / 6227020800.0;
  s = s * z - 1.0 / 39916800.0;
  s = s * z + 1.0 / 362880.0;
  s = s * z - 1.0 / 5040.0;
  s = s * z + 1.0 / 120.0;
  s = s * z - 1.0 / 6.0;
  s = angle + angle * (z * s);
  double c = 1.0 / 20922789888000.0;
  c = c * z - 1.0 / 87178291200.0;
  c = c * z + 1.0 / 479001600.0;
  c = c * z - 1.0 / 3628800.0;
  c = c * z + 1.0 / 40320.0;
  c = c * z - 1.0 / 720.0;
  c = c * z + 1.0 / 24.0;
  c = c * z - 0.5;
  c = 1.0 + z * c;
  int swaps = (octant + 1) & 2;
  double x = swaps ? s : c, y = swaps ? c : s;
  *first = radius * ((octant + 2) & 4 ? -x : x);
  *second = radius * (octant & 4 ? -y : y);
}

static void LEVEL(normal_f64)(uint64_t key, uint64_t stream, uint64_t counter, double *out) {
  uint32_t w[4][BLOCKS];
  LEVEL(philox_blocks)(key, stream, counter, w);
  for (size_t i = 0; i < BLOCKS; i++)
    LEVEL(normal_pair)(LEVEL(unit)(w[0][i], w[1][i]), LEVEL(unit)(w[2][i], w[3][i]), &out[2 * i], &out[2 * i + 1]);
}

static void LEVEL(normal_f32)(uint64_t key, uint64_t stream, uint64_t counter, float *out) {
  uint32_t w[4][BLOCKS];
  LEVEL(philox_blocks)(key, stream, counter, w);
  for (size_t i = 0; i < BLOCKS; i++) {
    double first, second;
    LEVEL(normal_pair)(LEVEL(unit)(w[0][i], w[1][i]), LEVEL(unit)(w[2][i], w[3][i]), &first, &second);
    out[2 * i] = (float)first;
    out[2 * i + 1] = (float)second;
  }
}

static const struct random_table LEVEL(random_table) = {
    LEVEL(words), LEVEL(uniform_f32), LEVEL(uniform_f64), LEVEL(normal_f32), LEVEL(normal_f64),
};
