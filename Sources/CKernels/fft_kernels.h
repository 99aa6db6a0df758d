// The steps of transforms for one scalar type at one CPU level; the including file defines T, V (a vector of
// FFT_ROW_BYTES of T), W (its length), SMALL_PAIRS (whether a complex number has 8 bytes) and LEVEL(name).

#define ROWS(p) ((V *)(p))

/// Stockham's decimation in frequency: `s` interleaved transforms of length n, one radix at a time, self-sorting.
///
/// x[q + s (p + j m)] for j < r becomes y[q + s (r p + k)] for k < r, with m = n / r and p < m.
static void LEVEL(step2)(size_t n, size_t s, size_t step, const T *wr, const T *wi, const V *xr, const V *xi, V *yr,
                         V *yi) {
  size_t m = n / 2;
  for (size_t p = 0; p < m; p++) {
    T cr = wr[p * step], ci = wi[p * step];
    for (size_t q = 0; q < s; q++) {
      V ar = xr[q + s * p], ai = xi[q + s * p], br = xr[q + s * (p + m)], bi = xi[q + s * (p + m)];
      V dr = ar - br, di = ai - bi;
      yr[q + s * 2 * p] = ar + br;
      yi[q + s * 2 * p] = ai + bi;
      yr[q + s * (2 * p + 1)] = dr * cr - di * ci;
      yi[q + s * (2 * p + 1)] = dr * ci + di * cr;
    }
  }
}

static void LEVEL(step4)(size_t n, size_t s, size_t step, const T *wr, const T *wi, const V *xr, const V *xi, V *yr,
                         V *yi) {
  size_t m = n / 4;
  for (size_t p = 0; p < m; p++) {
    T w1r = wr[p * step], w1i = wi[p * step], w2r = wr[2 * p * step], w2i = wi[2 * p * step];
    T w3r = wr[3 * p * step], w3i = wi[3 * p * step];
    const V *x0r = xr + s * p, *x0i = xi + s * p;
    V *y0r = yr + s * 4 * p, *y0i = yi + s * 4 * p;
    for (size_t q = 0; q < s; q++) {
      V ar = x0r[q], ai = x0i[q], br = x0r[q + s * m], bi = x0i[q + s * m];
      V cr = x0r[q + 2 * s * m], ci = x0i[q + 2 * s * m], dr = x0r[q + 3 * s * m], di = x0i[q + 3 * s * m];
      V sr = ar + cr, si = ai + ci, tr = ar - cr, ti = ai - ci;
      V ur = br + dr, ui = bi + di, vr = br - dr, vi = bi - di;
      // -i v = (vi, -vr).
      V er = tr + vi, ei = ti - vr, fr = sr - ur, fi = si - ui, gr = tr - vi, gi = ti + vr;
      y0r[q] = sr + ur;
      y0i[q] = si + ui;
      y0r[q + s] = er * w1r - ei * w1i;
      y0i[q + s] = er * w1i + ei * w1r;
      y0r[q + 2 * s] = fr * w2r - fi * w2i;
      y0i[q + 2 * s] = fr * w2i + fi * w2r;
      y0r[q + 3 * s] = gr * w3r - gi * w3i;
      y0i[q + 3 * s] = gr * w3i + gi * w3r;
    }
  }
}

static void LEVEL(step3)(size_t n, size_t s, size_t step, const T *wr, const T *wi, const V *xr, const V *xi, V *yr,
                         V *yi) {
  size_t m = n / 3;
  const T half = (T)0.86602540378443864676;
  for (size_t p = 0; p < m; p++) {
    T w1r = wr[p * step], w1i = wi[p * step], w2r = wr[2 * p * step], w2i = wi[2 * p * step];
    for (size_t q = 0; q < s; q++) {
      V ar = xr[q + s * p], ai = xi[q + s * p], br = xr[q + s * (p + m)], bi = xi[q + s * (p + m)];
      V cr = xr[q + s * (p + 2 * m)], ci = xi[q + s * (p + 2 * m)];
      V sr = br + cr, si = bi + ci, dr = (br - cr) * half, di = (bi - ci) * half;
      V tr = ar - sr * (T)0.5, ti = ai - si * (T)0.5;
      V er = tr + di, ei = ti - dr, fr = tr - di, fi = ti + dr;
      yr[q + s * 3 * p] = ar + sr;
      yi[q + s * 3 * p] = ai + si;
      yr[q + s * (3 * p + 1)] = er * w1r - ei * w1i;
      yi[q + s * (3 * p + 1)] = er * w1i + ei * w1r;
      yr[q + s * (3 * p + 2)] = fr * w2r - fi * w2i;
      yi[q + s * (3 * p + 2)] = fr * w2i + fi * w2r;
    }
  }
}

/// Any odd prime: pairs j and r - j share their cosines and sines.
static void LEVEL(step_odd)(size_t r, size_t n, size_t s, size_t step, const T *wr, const T *wi, const V *xr,
                            const V *xi, V *yr, V *yi) {
  size_t m = n / r, h = r / 2, full = n * step;
  for (size_t p = 0; p < m; p++) {
    for (size_t q = 0; q < s; q++) {
      V ar = xr[q + s * p], ai = xi[q + s * p], zr = ar, zi = ai;
      V plus_r[FFT_MAX_PRIME / 2], plus_i[FFT_MAX_PRIME / 2], minus_r[FFT_MAX_PRIME / 2], minus_i[FFT_MAX_PRIME / 2];
      for (size_t j = 1; j <= h; j++) {
        V br = xr[q + s * (p + j * m)], bi = xi[q + s * (p + j * m)];
        V cr = xr[q + s * (p + (r - j) * m)], ci = xi[q + s * (p + (r - j) * m)];
        plus_r[j - 1] = br + cr;
        plus_i[j - 1] = bi + ci;
        minus_r[j - 1] = br - cr;
        minus_i[j - 1] = bi - ci;
        zr += br + cr;
        zi += bi + ci;
      }
      yr[q + s * r * p] = zr;
      yi[q + s * r * p] = zi;
      for (size_t k = 1; k <= h; k++) {
        V tr = ar, ti = ai, ur = ar * 0, ui = ar * 0;
        for (size_t j = 1; j <= h; j++) {
          size_t at = (j * k % r) * (full / r);
          // The root is cos - i sin.
          T c = wr[at], sine = -wi[at];
          tr += plus_r[j - 1] * c;
          ti += plus_i[j - 1] * c;
          ur += minus_r[j - 1] * sine;
          ui += minus_i[j - 1] * sine;
        }
        // y_k = t - i u, y_(r-k) = t + i u.
        V er = tr + ui, ei = ti - ur, fr = tr - ui, fi = ti + ur;
        T w1r = wr[k * p * step], w1i = wi[k * p * step], w2r = wr[(r - k) * p * step], w2i = wi[(r - k) * p * step];
        yr[q + s * (r * p + k)] = er * w1r - ei * w1i;
        yi[q + s * (r * p + k)] = er * w1i + ei * w1r;
        yr[q + s * (r * p + r - k)] = fr * w2r - fi * w2i;
        yi[q + s * (r * p + r - k)] = fr * w2i + fi * w2r;
      }
    }
  }
}

static int LEVEL(run_smooth)(const struct fft_plan *plan, V *re, V *im, V *work_re, V *work_im) {
  const T *wr = plan->twiddles, *wi = wr + plan->n;
  size_t n = plan->n, s = 1;
  int at = 0;
  for (int f = 0; f < plan->factor_count; f++) {
    size_t r = (size_t)plan->factors[f];
    V *xr = at ? work_re : re, *xi = at ? work_im : im, *yr = at ? re : work_re, *yi = at ? im : work_im;
    switch (r) {
      case 2: LEVEL(step2)(n, s, plan->n / n, wr, wi, xr, xi, yr, yi); break;
      case 3: LEVEL(step3)(n, s, plan->n / n, wr, wi, xr, xi, yr, yi); break;
      case 4: LEVEL(step4)(n, s, plan->n / n, wr, wi, xr, xi, yr, yi); break;
      default: LEVEL(step_odd)(r, n, s, plan->n / n, wr, wi, xr, xi, yr, yi); break;
    }
    n /= r;
    s *= r;
    at = !at;
  }
  return at;
}

/// Multiplies `count` rows by one complex number each.
static void LEVEL(scale_rows)(size_t count, const void *real, const void *imaginary, void *re, void *im) {
  const T *cr = real, *ci = imaginary;
  for (size_t i = 0; i < count; i++) {
    V ar = ROWS(re)[i], ai = ROWS(im)[i];
    ROWS(re)[i] = ar * cr[i] - ai * ci[i];
    ROWS(im)[i] = ar * ci[i] + ai * cr[i];
  }
}

/// Bluestein's convolution with a chirp, in blocks of the inner plan's length.
static int LEVEL(run)(const struct fft_plan *plan, void *re, void *im, void *work_re, void *work_im) {
  if (!plan->inner) return LEVEL(run_smooth)(plan, re, im, work_re, work_im);
  size_t n = plan->n, m = plan->m;
  const T *chirp_r = plan->chirp, *chirp_i = chirp_r + n, *filter_r = plan->filter, *filter_i = filter_r + m;
  LEVEL(scale_rows)(n, chirp_r, chirp_i, re, im);
  memset((char *)re + n * FFT_ROW_BYTES, 0, (m - n) * FFT_ROW_BYTES);
  memset((char *)im + n * FFT_ROW_BYTES, 0, (m - n) * FFT_ROW_BYTES);
  void *parts[2][2] = {{re, im}, {work_re, work_im}};
  int at = LEVEL(run_smooth)(plan->inner, re, im, work_re, work_im);
  LEVEL(scale_rows)(m, filter_r, filter_i, parts[at][0], parts[at][1]);
  // The way back is the way there with real and imaginary parts exchanged.
  int next = LEVEL(run_smooth)(plan->inner, parts[at][1], parts[at][0], parts[!at][1], parts[!at][0]);
  if (next) at = !at;
  LEVEL(scale_rows)(n, chirp_r, chirp_i, parts[at][0], parts[at][1]);
  return at;
}

#if SMALL_PAIRS
/// Eight vectors of eight pairs, rows and columns exchanged.
static inline void LEVEL(transpose)(fft_f64 v[8]) {
  fft_f64 t[8];
  for (int i = 0; i < 4; i++) {
    t[2 * i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    t[2 * i + 1] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) {
      v[4 * i + j] = __builtin_shufflevector(t[4 * i + j], t[4 * i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      v[4 * i + j + 2] = __builtin_shufflevector(t[4 * i + j], t[4 * i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int j = 0; j < 4; j++) {
    t[j] = __builtin_shufflevector(v[j], v[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    t[j + 4] = __builtin_shufflevector(v[j], v[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (int j = 0; j < 8; j++) v[j] = t[j];
}

/// Eight complex numbers of each lane, whose starts lie `d` apart, to eight rows of a block.
static void LEVEL(turn_in)(const T *from, ptrdiff_t d, T *to_r, T *to_i) {
  fft_f64 v[2][8];
  for (int half = 0; half < 2; half++) {
    for (int l = 0; l < 8; l++) memcpy(&v[half][l], from + (8 * half + l) * d, 64);
    LEVEL(transpose)(v[half]);
  }
  for (int k = 0; k < 8; k++) {
    V a, b;
    memcpy(&a, &v[0][k], 64);
    memcpy(&b, &v[1][k], 64);
    *(V *)(to_r + k * W) =
        __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    *(V *)(to_i + k * W) =
        __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  }
}

static void LEVEL(turn_out)(const T *from_r, const T *from_i, T f, T *to, ptrdiff_t d) {
  fft_f64 v[2][8];
  for (int k = 0; k < 8; k++) {
    V re = *(const V *)(from_r + k * W) * f, im = *(const V *)(from_i + k * W) * f;
    V a = __builtin_shufflevector(re, im, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    V b = __builtin_shufflevector(re, im, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    memcpy(&v[0][k], &a, 64);
    memcpy(&v[1][k], &b, 64);
  }
  for (int half = 0; half < 2; half++) {
    LEVEL(transpose)(v[half]);
    for (int l = 0; l < 8; l++) memcpy(to + (8 * half + l) * d, &v[half][l], 64);
  }
}
#endif

static void LEVEL(load)(const struct fft_view *from, size_t lanes, size_t count, size_t n, void *re, void *im) {
  T *to_r = re, *to_i = im;
  const T *r = from->re, *i = from->im;
  ptrdiff_t e = from->element, d = from->lane;
  if (lanes < W || !i) {
    memset(re, 0, count * FFT_ROW_BYTES);
    memset(im, 0, count * FFT_ROW_BYTES);
  }
  if (d == 2 && i && lanes == W) {
    for (size_t k = 0; k < count; k++) {
      const T *a = r + (ptrdiff_t)k * e, *b = i + (ptrdiff_t)k * e;
      for (size_t l = 0; l < W; l++) to_r[k * W + l] = a[2 * l];
      for (size_t l = 0; l < W; l++) to_i[k * W + l] = b[2 * l];
      // The next block's part of this row: by then it is in the cache.
      __builtin_prefetch(a + 2 * W);
      __builtin_prefetch(a + 3 * W);
    }
  #if SMALL_PAIRS
  } else if (e == 2 && i == r + 1 && lanes == W) {
    size_t k = 0;
    for (; k + 8 <= count; k += 8) LEVEL(turn_in)(r + 2 * k, d, to_r + k * W, to_i + k * W);
    for (; k < count; k++)
      for (size_t l = 0; l < W; l++) {
        to_r[k * W + l] = r[(ptrdiff_t)k * e + (ptrdiff_t)l * d];
        to_i[k * W + l] = i[(ptrdiff_t)k * e + (ptrdiff_t)l * d];
      }
#endif
  } else {
    // Eight elements of a lane at a time: a cache line of it.
    for (size_t start = 0; start < count; start += 8) {
      size_t end = count < start + 8 ? count : start + 8;
      for (size_t l = 0; l < lanes; l++) {
        for (size_t k = start; k < end; k++) to_r[k * W + l] = r[(ptrdiff_t)k * e + (ptrdiff_t)l * d];
        if (i)
          for (size_t k = start; k < end; k++) to_i[k * W + l] = i[(ptrdiff_t)k * e + (ptrdiff_t)l * d];
      }
    }
  }
  memset((char *)re + count * FFT_ROW_BYTES, 0, (n - count) * FFT_ROW_BYTES);
  memset((char *)im + count * FFT_ROW_BYTES, 0, (n - count) * FFT_ROW_BYTES);
}

static void LEVEL(store)(const void *re, const void *im, size_t lanes, size_t count, const struct fft_view *to,
                         double scale) {
  const T *from_r = re, *from_i = im;
  T *r = to->re, *i = to->im, f = (T)scale;
  ptrdiff_t e = to->element, d = to->lane;
  if (d == 2 && i == r + 1 && lanes == W) {
    for (size_t k = 0; k < count; k++) {
      T *a = r + (ptrdiff_t)k * e;
      for (size_t l = 0; l < W; l++) {
        a[2 * l] = from_r[k * W + l] * f;
        a[2 * l + 1] = from_i[k * W + l] * f;
      }
      __builtin_prefetch(a + 2 * W, 1);
      __builtin_prefetch(a + 3 * W, 1);
    }
    return;
  }
#if SMALL_PAIRS
  if (e == 2 && i == r + 1 && lanes == W) {
    size_t k = 0;
    for (; k + 8 <= count; k += 8) LEVEL(turn_out)(from_r + k * W, from_i + k * W, f, r + 2 * k, d);
    for (; k < count; k++)
      for (size_t l = 0; l < W; l++) {
        r[(ptrdiff_t)k * e + (ptrdiff_t)l * d] = from_r[k * W + l] * f;
        i[(ptrdiff_t)k * e + (ptrdiff_t)l * d] = from_i[k * W + l] * f;
      }
    return;
  }
#endif
  for (size_t start = 0; start < count; start += 8) {
    size_t end = count < start + 8 ? count : start + 8;
    for (size_t l = 0; l < lanes; l++) {
      for (size_t k = start; k < end; k++) r[(ptrdiff_t)k * e + (ptrdiff_t)l * d] = from_r[k * W + l] * f;
      if (i)
        for (size_t k = start; k < end; k++) i[(ptrdiff_t)k * e + (ptrdiff_t)l * d] = from_i[k * W + l] * f;
    }
  }
}

static void LEVEL(twist)(size_t rows, const double *base, const void *powers, void *re, void *im) {
  const V *power_r = powers, *power_i = power_r + rows;
  for (size_t k = 0; k < rows; k++) {
    T br = (T)base[k], bi = (T)base[rows + k];
    V cr = power_r[k] * br - power_i[k] * bi, ci = power_r[k] * bi + power_i[k] * br;
    V ar = ROWS(re)[k], ai = ROWS(im)[k];
    ROWS(re)[k] = ar * cr - ai * ci;
    ROWS(im)[k] = ar * ci + ai * cr;
  }
}

static void LEVEL(separate)(size_t n, void *zr, void *zi, void *ar, void *ai) {
  for (size_t k = 0; k <= n / 2; k++) {
    size_t mirror = k ? n - k : 0;
    V xr = ROWS(zr)[k], xi = ROWS(zi)[k], yr = ROWS(zr)[mirror], yi = ROWS(zi)[mirror];
    ROWS(ar)[k] = xr + yr;
    ROWS(ai)[k] = xi - yi;
    ROWS(zr)[k] = xi + yi;
    ROWS(zi)[k] = yr - xr;
  }
}

static void LEVEL(join)(size_t n, void *zr, void *zi, const void *br, const void *bi) {
  for (size_t k = 0; k <= n / 2; k++) {
    V xr = ROWS(zr)[k], xi = ROWS(zi)[k], yr = ROWS(br)[k], yi = ROWS(bi)[k];
    if (k == 0 || 2 * k == n) {
      // The imaginary parts of these two coefficients mean nothing.
      ROWS(zr)[k] = xr;
      ROWS(zi)[k] = yr;
      continue;
    }
    ROWS(zr)[k] = xr - yi;
    ROWS(zi)[k] = xi + yr;
    ROWS(zr)[n - k] = xr + yi;
    ROWS(zi)[n - k] = yr - xi;
  }
}

static const struct fft_kernels LEVEL(fft_kernels) = {
    LEVEL(run), LEVEL(load), LEVEL(store), LEVEL(twist), LEVEL(separate), LEVEL(join),
};
#undef ROWS
