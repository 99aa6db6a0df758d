// The fused kernels of one CPU level. The including file defines `CK_TABLE`, the name of its table, and the target.
#include <math.h>
#include <string.h>

#include "networks_table.h"

#if defined(CK_TARGET_AVX2)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#elif defined(CK_TARGET_AVX512)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,bmi,bmi2"), min_vector_width(512))), \
    apply_to = function)
#endif

#include "vector_math.h"
#pragma clang diagnostic ignored "-Wpass-failed"
#pragma clang diagnostic ignored "-Wunused-function"
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
// Sums may be added in any order, so that they use all lanes.
#define ANY_ORDER _Pragma("clang fp reassociate(on)")

#define NETWORK(S, T)                                                                                                \
  static void bias_activation_##S(size_t rows, size_t n, void *y, const void *bias, int activation) {                \
    T *o = y;                                                                                                        \
    const T *b = bias;                                                                                               \
    for (size_t r = 0; r < rows; r++, o += n) {                                                                      \
      if (b && activation == CK_ACTIVATION_RELU) {                                                                   \
        INDEPENDENT for (size_t j = 0; j < n; j++) { T v = o[j] + b[j]; o[j] = v <= 0 ? 0 : v; }                     \
      } else if (b) {                                                                                                \
        INDEPENDENT for (size_t j = 0; j < n; j++) o[j] += b[j];                                                     \
      } else if (activation == CK_ACTIVATION_RELU) {                                                                 \
        INDEPENDENT for (size_t j = 0; j < n; j++) o[j] = o[j] <= 0 ? 0 : o[j];                                      \
      }                                                                                                              \
    }                                                                                                                \
  }                                                                                                                  \
  static void bias_activation_backward_##S(size_t rows, size_t n, const void *y, const void *dy, int activation,     \
                                           void *dx, void *dbias) {                                                  \
    const T *v = y, *g = dy;                                                                                         \
    T *o = dx, *s = dbias;                                                                                           \
    if (s) memset(s, 0, n * sizeof(T));                                                                              \
    for (size_t r = 0; r < rows; r++, v += n, g += n, o += n) {                                                      \
      if (activation == CK_ACTIVATION_RELU) {                                                                        \
        INDEPENDENT for (size_t j = 0; j < n; j++) o[j] = v[j] > 0 ? g[j] : 0;                                       \
      } else if (o != g) {                                                                                           \
        memcpy(o, g, n * sizeof(T));                                                                                 \
      }                                                                                                              \
      if (s) { INDEPENDENT for (size_t j = 0; j < n; j++) s[j] += o[j]; }                                            \
    }                                                                                                                \
  }                                                                                                                  \
  static void cross_entropy_##S(size_t rows, size_t n, const void *logits, const int64_t *labels, int64_t ignored,   \
                                double smoothing, void *losses, void *probabilities) {                               \
    ANY_ORDER                                                                                                        \
    const T *x = logits;                                                                                             \
    T *p = probabilities, *loss = losses;                                                                            \
    for (size_t r = 0; r < rows; r++, x += n, p += n) {                                                              \
      T top = x[0];                                                                                                  \
      for (size_t j = 1; j < n; j++) top = ((x[j] > top) | (x[j] != x[j])) ? x[j] : top;                             \
      T total = 0;                                                                                                   \
      INDEPENDENT for (size_t j = 0; j < n; j++) p[j] = exp_##S(x[j] - top);                                         \
      for (size_t j = 0; j < n; j++) total += p[j];                                                                  \
      T scale = 1 / total;                                                                                           \
      INDEPENDENT for (size_t j = 0; j < n; j++) p[j] *= scale;                                                      \
      if (labels[r] == ignored) { loss[r] = 0; continue; }                                                           \
      double norm = (double)top + log((double)total);                                                                \
      double value = (1 - smoothing) * (norm - (double)x[labels[r]]);                                                \
      if (smoothing > 0) {                                                                                           \
        double sum = 0;                                                                                              \
        for (size_t j = 0; j < n; j++) sum += (double)x[j];                                                          \
        value += smoothing * (norm - sum / (double)n);                                                               \
      }                                                                                                              \
      loss[r] = (T)value;                                                                                            \
    }                                                                                                                \
  }                                                                                                                  \
  static void cross_entropy_backward_##S(size_t rows, size_t n, const void *probabilities, const int64_t *labels,    \
                                         int64_t ignored, double smoothing, const void *dlosses, void *dlogits) {    \
    const T *p = probabilities, *g = dlosses;                                                                        \
    T *o = dlogits, even = (T)(smoothing / (double)n), rest = (T)(1 - smoothing);                                    \
    for (size_t r = 0; r < rows; r++, p += n, o += n) {                                                              \
      if (labels[r] == ignored) { memset(o, 0, n * sizeof(T)); continue; }                                           \
      T d = g[r];                                                                                                    \
      INDEPENDENT for (size_t j = 0; j < n; j++) o[j] = d * (p[j] - even);                                           \
      o[labels[r]] -= d * rest;                                                                                      \
    }                                                                                                                \
  }                                                                                                                  \
  static void layer_norm_##S(size_t rows, size_t n, bool centred, double epsilon, const void *x, const void *scale,  \
                             const void *shift, void *y, void *means, void *rstds) {                                 \
    ANY_ORDER                                                                                                        \
    const T *p = x, *w = scale, *b = shift;                                                                          \
    T *o = y, *mean = means, *rstd = rstds;                                                                          \
    for (size_t r = 0; r < rows; r++, p += n, o += n) {                                                              \
      double m = 0, v = 0;                                                                                           \
      if (centred) {                                                                                                 \
        for (size_t j = 0; j < n; j++) m += (double)p[j];                                                            \
        m /= (double)n;                                                                                              \
      }                                                                                                              \
      for (size_t j = 0; j < n; j++) { double d = (double)p[j] - m; v += d * d; }                                    \
      T c = (T)m, s = (T)(1 / sqrt(v / (double)n + epsilon));                                                        \
      mean[r] = c;                                                                                                   \
      rstd[r] = s;                                                                                                   \
      if (w && b) {                                                                                                  \
        INDEPENDENT for (size_t j = 0; j < n; j++) o[j] = (p[j] - c) * s * w[j] + b[j];                              \
      } else if (w) {                                                                                                \
        INDEPENDENT for (size_t j = 0; j < n; j++) o[j] = (p[j] - c) * s * w[j];                                     \
      } else {                                                                                                       \
        INDEPENDENT for (size_t j = 0; j < n; j++) o[j] = (p[j] - c) * s;                                            \
        if (b) { INDEPENDENT for (size_t j = 0; j < n; j++) o[j] += b[j]; }                                          \
      }                                                                                                              \
    }                                                                                                                \
  }                                                                                                                  \
  static void layer_norm_backward_##S(size_t rows, size_t n, bool centred, const void *x, const void *scale,         \
                                      const void *means, const void *rstds, const void *dy, void *dx, void *dscale,  \
                                      void *dshift) {                                                                \
    ANY_ORDER                                                                                                        \
    const T *p = x, *w = scale, *mean = means, *rstd = rstds, *g = dy;                                               \
    T *o = dx, *dw = dscale, *db = dshift;                                                                           \
    if (dw) memset(dw, 0, n * sizeof(T));                                                                            \
    if (db) memset(db, 0, n * sizeof(T));                                                                            \
    for (size_t r = 0; r < rows; r++, p += n, g += n, o += n) {                                                      \
      T c = mean[r], s = rstd[r], sum = 0, product = 0;                                                              \
      for (size_t j = 0; j < n; j++) {                                                                               \
        T h = (p[j] - c) * s, d = w ? g[j] * w[j] : g[j];                                                            \
        sum += d;                                                                                                    \
        product += d * h;                                                                                            \
      }                                                                                                              \
      T a = centred ? sum / (T)n : 0, q = product / (T)n;                                                            \
      INDEPENDENT for (size_t j = 0; j < n; j++) {                                                                   \
        T h = (p[j] - c) * s, d = w ? g[j] * w[j] : g[j];                                                            \
        o[j] = s * (d - a - h * q);                                                                                  \
      }                                                                                                              \
      if (dw) { INDEPENDENT for (size_t j = 0; j < n; j++) dw[j] += g[j] * ((p[j] - c) * s); }                       \
      if (db) { INDEPENDENT for (size_t j = 0; j < n; j++) db[j] += g[j]; }                                          \
    }                                                                                                                \
  }                                                                                                                  \
  static void softmax_backward_##S(size_t rows, size_t n, double scale, const void *y, const void *dy, void *dx) {   \
    ANY_ORDER                                                                                                        \
    const T *p = y, *g = dy;                                                                                         \
    T *o = dx, factor = (T)scale;                                                                                    \
    for (size_t r = 0; r < rows; r++, p += n, g += n, o += n) {                                                      \
      T sum = 0;                                                                                                     \
      for (size_t j = 0; j < n; j++) sum += g[j] * p[j];                                                             \
      INDEPENDENT for (size_t j = 0; j < n; j++) o[j] = p[j] * (g[j] - sum) * factor;                                \
    }                                                                                                                \
  }                                                                                                                  \
  static void attention_##S(size_t rows, size_t n, struct ck_attention c, void *scores) {                            \
    ANY_ORDER                                                                                                        \
    T *x = scores, factor = (T)c.scale;                                                                              \
    const bool *mask = c.mask;                                                                                       \
    for (size_t r = 0; r < rows; r++, x += n) {                                                                      \
      size_t seen = c.causal && c.first + r + 1 < n ? c.first + r + 1 : n;                                           \
      if (mask) {                                                                                                    \
        const bool *m = mask + (ptrdiff_t)r * c.mask_row;                                                            \
        INDEPENDENT for (size_t j = 0; j < seen; j++) x[j] = m[(ptrdiff_t)j * c.mask_column] ? x[j] : (T)-INFINITY;  \
      }                                                                                                              \
      T top = (T)-INFINITY, total = 0;                                                                               \
      for (size_t j = 0; j < seen; j++) top = ((x[j] > top) | (x[j] != x[j])) ? x[j] : top;                          \
      memset(x + seen, 0, (n - seen) * sizeof(T));                                                                   \
      if (mask && top == (T)-INFINITY) {                                                                             \
        memset(x, 0, seen * sizeof(T));                                                                              \
        continue;                                                                                                    \
      }                                                                                                              \
      INDEPENDENT for (size_t j = 0; j < seen; j++) x[j] = exp_##S((x[j] - top) * factor);                           \
      for (size_t j = 0; j < seen; j++) total += x[j];                                                               \
      T share = 1 / total;                                                                                           \
      INDEPENDENT for (size_t j = 0; j < seen; j++) x[j] *= share;                                                   \
    }                                                                                                                \
  }                                                                                                                  \
  static void adam_step_##S(size_t n, struct ck_adam c, void *weight, const void *gradient, void *first,             \
                            void *second) {                                                                          \
    T *w = weight, *m = first, *v = second;                                                                          \
    const T *d = gradient;                                                                                           \
    T rate = (T)c.rate, b1 = (T)c.beta1, b2 = (T)c.beta2, rest1 = (T)(1 - c.beta1), rest2 = (T)(1 - c.beta2);        \
    T epsilon = (T)c.epsilon, root = (T)(1 / c.second_correction);                                                   \
    T added = c.decoupled ? 0 : (T)c.decay, shrink = c.decoupled ? (T)(1 - c.decay) : 1;                             \
    INDEPENDENT for (size_t i = 0; i < n; i++) {                                                                     \
      T x = w[i], g = d[i] + added * x;                                                                              \
      T a = b1 * m[i] + rest1 * g, b = b2 * v[i] + rest2 * g * g;                                                    \
      m[i] = a;                                                                                                      \
      v[i] = b;                                                                                                      \
      w[i] = x * shrink - rate * a / (__builtin_elementwise_sqrt(b) * root + epsilon);                               \
    }                                                                                                                \
  }                                                                                                                  \
  static void sgd_step_##S(size_t n, struct ck_sgd c, void *weight, const void *gradient, void *velocity) {          \
    T *w = weight, *v = velocity;                                                                                    \
    const T *d = gradient;                                                                                           \
    T rate = (T)c.rate, momentum = (T)c.momentum, rest = (T)(1 - c.dampening), decay = (T)c.decay;                   \
    if (!v) {                                                                                                        \
      INDEPENDENT for (size_t i = 0; i < n; i++) w[i] -= rate * (d[i] + decay * w[i]);                               \
      return;                                                                                                        \
    }                                                                                                                \
    T ahead = c.nesterov ? momentum : 1, direct = c.nesterov ? 1 : 0;                                                \
    INDEPENDENT for (size_t i = 0; i < n; i++) {                                                                     \
      T g = d[i] + decay * w[i], a = momentum * v[i] + rest * g;                                                     \
      v[i] = a;                                                                                                      \
      w[i] -= rate * (direct * g + ahead * a);                                                                       \
    }                                                                                                                \
  }

NETWORK(f32, float)
NETWORK(f64, double)

#define BOTH(OP) {OP##_f32, OP##_f64}

const struct ck_network_table CK_TABLE = {
    .bias_activation = BOTH(bias_activation),
    .bias_activation_backward = BOTH(bias_activation_backward),
    .cross_entropy = BOTH(cross_entropy),
    .cross_entropy_backward = BOTH(cross_entropy_backward),
    .layer_norm = BOTH(layer_norm),
    .layer_norm_backward = BOTH(layer_norm_backward),
    .softmax_backward = BOTH(softmax_backward),
    .attention = BOTH(attention),
    .adam_step = BOTH(adam_step),
    .sgd_step = BOTH(sgd_step),
};

#if defined(CK_TARGET_AVX2) || defined(CK_TARGET_AVX512)
#pragma clang attribute pop
#endif
