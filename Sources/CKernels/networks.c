// Hands the fused kernels' calls to the table of the CPU's level.
#include "CKernels.h"
#include "networks_table.h"

static const struct ck_network_table *current(void) {
  switch (ck_level()) {
#if defined(__x86_64__)
    case 2: return &ck_network_table_avx512;
    case 1: return &ck_network_table_avx2;
#endif
    default: return &ck_network_table_base;
  }
}

static int index_of(int type) { return type == CK_F64; }

void ck_bias_activation(int type, size_t rows, size_t n, void *y, const void *bias, int activation) {
  current()->bias_activation[index_of(type)](rows, n, y, bias, activation);
}

void ck_bias_activation_backward(int type, size_t rows, size_t n, const void *y, const void *dy, int activation,
                                 void *dx, void *dbias) {
  current()->bias_activation_backward[index_of(type)](rows, n, y, dy, activation, dx, dbias);
}

void ck_cross_entropy(int type, size_t rows, size_t n, const void *logits, const int64_t *labels, int64_t ignored,
                      double smoothing, void *losses, void *probabilities) {
  current()->cross_entropy[index_of(type)](rows, n, logits, labels, ignored, smoothing, losses, probabilities);
}

void ck_cross_entropy_backward(int type, size_t rows, size_t n, const void *probabilities, const int64_t *labels,
                               int64_t ignored, double smoothing, const void *dlosses, void *dlogits) {
  current()->cross_entropy_backward[index_of(type)](rows, n, probabilities, labels, ignored, smoothing, dlosses,
                                                    dlogits);
}

void ck_layer_norm(int type, size_t rows, size_t n, bool centred, double epsilon, const void *x, const void *scale,
                   const void *shift, void *y, void *means, void *rstds) {
  current()->layer_norm[index_of(type)](rows, n, centred, epsilon, x, scale, shift, y, means, rstds);
}

void ck_layer_norm_backward(int type, size_t rows, size_t n, bool centred, const void *x, const void *scale,
                            const void *means, const void *rstds, const void *dy, void *dx, void *dscale,
                            void *dshift) {
  current()->layer_norm_backward[index_of(type)](rows, n, centred, x, scale, means, rstds, dy, dx, dscale, dshift);
}

void ck_softmax_backward(int type, size_t rows, size_t n, const void *y, const void *dy, void *dx) {
  current()->softmax_backward[index_of(type)](rows, n, y, dy, dx);
}

void ck_adam_step(int type, size_t n, struct ck_adam options, void *weight, const void *gradient, void *first,
                  void *second) {
  current()->adam_step[index_of(type)](n, options, weight, gradient, first, second);
}

void ck_sgd_step(int type, size_t n, struct ck_sgd options, void *weight, const void *gradient, void *velocity) {
  current()->sgd_step[index_of(type)](n, options, weight, gradient, velocity);
}
