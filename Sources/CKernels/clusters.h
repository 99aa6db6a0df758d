// The nearest of k centres for each row, and the rows' sums. Part of clusters.c, once for each CPU level.

/// Products of `rows` rows (up to 4) of `x` with 16 centres.
static inline void L(products)(size_t rows, size_t d, const double *x, const double *centres, double *out) {
  double a[4][CK_CENTRE_LANES] = {{0}};
  if (rows == 4) {
    for (size_t j = 0; j < d; j++) {
      const double *c = centres + j * CK_CENTRE_LANES;
      double p = x[j], q = x[d + j], r = x[2 * d + j], s = x[3 * d + j];
      INDEPENDENT for (int l = 0; l < CK_CENTRE_LANES; l++) {
        a[0][l] += p * c[l];
        a[1][l] += q * c[l];
        a[2][l] += r * c[l];
        a[3][l] += s * c[l];
      }
    }
  } else {
    for (size_t i = 0; i < rows; i++)
      for (size_t j = 0; j < d; j++) {
        double p = x[i * d + j];
        INDEPENDENT for (int l = 0; l < CK_CENTRE_LANES; l++) a[i][l] += p * centres[j * CK_CENTRE_LANES + l];
      }
  }
  memcpy(out, a, sizeof a);
}

static void L(lloyd)(void *context, size_t part) {
  const struct lloyd *s = context;
  size_t d = s->d, k = s->k, lanes = (k + CK_CENTRE_LANES - 1) / CK_CENTRE_LANES;
  size_t start = part * LLOYD_ROWS, end = start + LLOYD_ROWS < s->n ? start + LLOYD_ROWS : s->n;
  double *sums = s->scratch + part * k * (d + 1), *counts = sums + k * d;
  memset(sums, 0, k * (d + 1) * sizeof(double));
  ptrdiff_t changed = 0;
  for (size_t i = start; i < end; i += 4) {
    size_t rows = end - i < 4 ? end - i : 4;
    double best[4] = {INFINITY, INFINITY, INFINITY, INFINITY};
    int32_t nearest[4] = {0};
    for (size_t block = 0; block < lanes; block++) {
      double dots[4 * CK_CENTRE_LANES];
      const double *offsets = s->offsets + block * CK_CENTRE_LANES;
      L(products)(rows, d, s->x + i * d, s->centres + block * d * CK_CENTRE_LANES, dots);
      for (size_t r = 0; r < rows; r++)
        for (int l = 0; l < CK_CENTRE_LANES; l++) {
          double distance = offsets[l] - dots[r * CK_CENTRE_LANES + l];
          if (distance < best[r]) {
            best[r] = distance;
            nearest[r] = (int32_t)(block * CK_CENTRE_LANES) + l;
          }
        }
    }
    for (size_t r = 0; r < rows; r++) {
      changed += s->labels[i + r] != nearest[r];
      s->labels[i + r] = nearest[r];
      s->distances[i + r] = best[r];
      double *sum = sums + (size_t)nearest[r] * d;
      const double *row = s->x + (i + r) * d;
      INDEPENDENT for (size_t j = 0; j < d; j++) sum[j] += row[j];
      counts[nearest[r]] += 1;
    }
  }
  s->changed[part] = changed;
}
