// Hands the fused kernels' calls to the table of the CPU's level, cut into parts for the threads. The cuts depend on the
// shape alone, so that sums over rows do not depend on the number of threads.
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "networks_table.h"
#include "threads.h"

static const struct ck_network_table *current(void) {
  switch (ck_level()) {
#if defined(__x86_64__)
    case 2: return &ck_network_table_avx512;
    case 1: return &ck_network_table_avx2;
#endif
    default: return &ck_network_table_base;
  }
}

/// One call: what the kernels take besides rows, and where each of their arrays lies.
struct call {
  const struct ck_network_table *table;
  int type, activation;
  size_t size, rows, n, step;
  double epsilon, scale;
  bool centred;
  int64_t ignored;
  const int64_t *labels;
  struct ck_adam adam;
  struct ck_sgd sgd;
  /// Arrays of [rows, n], of n and of rows elements; null where there is none.
  char *whole[4], *line[2], *column[2];
  /// Sums over the rows, of n elements, for each part.
  char *sums[2];
};

static struct call call_of(int type, size_t rows, size_t n) {
  struct call c = {.table = current(), .type = type == CK_F64, .size = type == CK_F64 ? 8 : 4, .rows = rows, .n = n};
  // Microseconds of work each, and at most 32 parts.
  size_t few = n < 16384 ? 16384 / (n ? n : 1) : 1, most = (rows + 31) / 32;
  c.step = few > most ? few : most;
  return c;
}

static size_t part_count(const struct call *c) { return c->rows ? (c->rows + c->step - 1) / c->step : 0; }

/// The rows of a part.
static size_t rows_of(const struct call *c, size_t part) {
  size_t start = part * c->step;
  return c->rows - start < c->step ? c->rows - start : c->step;
}

static void *whole(const struct call *c, int index, size_t part) {
  return c->whole[index] ? c->whole[index] + part * c->step * c->n * c->size : 0;
}

static void *column(const struct call *c, int index, size_t part) {
  return c->column[index] + part * c->step * c->size;
}

static void *sums(const struct call *c, int index, size_t part) {
  return c->sums[index] ? c->sums[index] + part * c->n * c->size : 0;
}

/// Runs the parts, each with sums of its own, and adds those up in the parts' order.
static void run_with_sums(struct call *c, void (*work)(void *, size_t), void *out0, void *out1) {
  size_t parts = part_count(c), bytes = c->n * c->size;
  void *outs[2] = {out0, out1};
  char *room = parts > 1 && (out0 || out1) ? malloc(2 * parts * bytes) : 0;
  if (!room) c->step = c->rows > 0 ? c->rows : 1;
  for (int i = 0; i < 2; i++) c->sums[i] = !outs[i] ? 0 : room ? room + (size_t)i * parts * bytes : outs[i];
  if (c->rows == 0) {
    for (int i = 0; i < 2; i++) if (outs[i]) memset(outs[i], 0, bytes);
    return;
  }
  ck_parallel(part_count(c), work, c);
  for (int i = 0; room && i < 2; i++) {
    if (!outs[i]) continue;
    memcpy(outs[i], c->sums[i], bytes);
    for (size_t part = 1; part < parts; part++) {
      if (c->type) {
        double *o = outs[i];
        const double *s = sums(c, i, part);
        for (size_t j = 0; j < c->n; j++) o[j] += s[j];
      } else {
        float *o = outs[i];
        const float *s = sums(c, i, part);
        for (size_t j = 0; j < c->n; j++) o[j] += s[j];
      }
    }
  }
  free(room);
}

static void bias_activation(void *context, size_t part) {
  const struct call *c = context;
  c->table->bias_activation[c->type](rows_of(c, part), c->n, whole(c, 0, part), c->line[0], c->activation);
}

void ck_bias_activation(int type, size_t rows, size_t n, void *y, const void *bias, int activation) {
  struct call c = call_of(type, rows, n);
  c.whole[0] = y;
  c.line[0] = (char *)bias;
  c.activation = activation;
  ck_parallel(part_count(&c), bias_activation, &c);
}

static void bias_activation_backward(void *context, size_t part) {
  const struct call *c = context;
  c->table->bias_activation_backward[c->type](rows_of(c, part), c->n, whole(c, 0, part), whole(c, 1, part),
                                              c->activation, whole(c, 2, part), sums(c, 0, part));
}

void ck_bias_activation_backward(int type, size_t rows, size_t n, const void *y, const void *dy, int activation,
                                 void *dx, void *dbias) {
  struct call c = call_of(type, rows, n);
  c.whole[0] = (char *)y;
  c.whole[1] = (char *)dy;
  c.whole[2] = dx;
  c.activation = activation;
  run_with_sums(&c, bias_activation_backward, dbias, 0);
}

static void cross_entropy(void *context, size_t part) {
  const struct call *c = context;
  c->table->cross_entropy[c->type](rows_of(c, part), c->n, whole(c, 0, part), c->labels + part * c->step, c->ignored,
                                   c->scale, column(c, 0, part), whole(c, 1, part));
}

void ck_cross_entropy(int type, size_t rows, size_t n, const void *logits, const int64_t *labels, int64_t ignored,
                      double smoothing, void *losses, void *probabilities) {
  struct call c = call_of(type, rows, n);
  c.whole[0] = (char *)logits;
  c.whole[1] = probabilities;
  c.column[0] = losses;
  c.labels = labels;
  c.ignored = ignored;
  c.scale = smoothing;
  ck_parallel(part_count(&c), cross_entropy, &c);
}

static void cross_entropy_backward(void *context, size_t part) {
  const struct call *c = context;
  c->table->cross_entropy_backward[c->type](rows_of(c, part), c->n, whole(c, 0, part), c->labels + part * c->step,
                                            c->ignored, c->scale, column(c, 0, part), whole(c, 1, part));
}

void ck_cross_entropy_backward(int type, size_t rows, size_t n, const void *probabilities, const int64_t *labels,
                               int64_t ignored, double smoothing, const void *dlosses, void *dlogits) {
  struct call c = call_of(type, rows, n);
  c.whole[0] = (char *)probabilities;
  c.whole[1] = dlogits;
  c.column[0] = (char *)dlosses;
  c.labels = labels;
  c.ignored = ignored;
  c.scale = smoothing;
  ck_parallel(part_count(&c), cross_entropy_backward, &c);
}

static void layer_norm(void *context, size_t part) {
  const struct call *c = context;
  c->table->layer_norm[c->type](rows_of(c, part), c->n, c->centred, c->epsilon, whole(c, 0, part), c->line[0],
                                c->line[1], whole(c, 1, part), column(c, 0, part), column(c, 1, part));
}

void ck_layer_norm(int type, size_t rows, size_t n, bool centred, double epsilon, const void *x, const void *scale,
                   const void *shift, void *y, void *means, void *rstds) {
  struct call c = call_of(type, rows, n);
  c.centred = centred;
  c.epsilon = epsilon;
  c.whole[0] = (char *)x;
  c.whole[1] = y;
  c.line[0] = (char *)scale;
  c.line[1] = (char *)shift;
  c.column[0] = means;
  c.column[1] = rstds;
  ck_parallel(part_count(&c), layer_norm, &c);
}

static void layer_norm_backward(void *context, size_t part) {
  const struct call *c = context;
  c->table->layer_norm_backward[c->type](rows_of(c, part), c->n, c->centred, whole(c, 0, part), c->line[0],
                                         column(c, 0, part), column(c, 1, part), whole(c, 1, part), whole(c, 2, part),
                                         sums(c, 0, part), sums(c, 1, part));
}

void ck_layer_norm_backward(int type, size_t rows, size_t n, bool centred, const void *x, const void *scale,
                            const void *means, const void *rstds, const void *dy, void *dx, void *dscale,
                            void *dshift) {
  struct call c = call_of(type, rows, n);
  c.centred = centred;
  c.whole[0] = (char *)x;
  c.whole[1] = (char *)dy;
  c.whole[2] = dx;
  c.line[0] = (char *)scale;
  c.column[0] = (char *)means;
  c.column[1] = (char *)rstds;
  run_with_sums(&c, layer_norm_backward, dscale, dshift);
}

static void softmax_backward(void *context, size_t part) {
  const struct call *c = context;
  c->table->softmax_backward[c->type](rows_of(c, part), c->n, c->scale, whole(c, 0, part), whole(c, 1, part),
                                      whole(c, 2, part));
}

void ck_softmax_backward(int type, size_t rows, size_t n, const void *y, const void *dy, void *dx) {
  struct call c = call_of(type, rows, n);
  c.scale = 1;
  c.whole[0] = (char *)y;
  c.whole[1] = (char *)dy;
  c.whole[2] = dx;
  ck_parallel(part_count(&c), softmax_backward, &c);
}

void ck_attention_weights(int type, size_t rows, size_t n, struct ck_attention options, void *scores) {
  current()->attention[type == CK_F64](rows, n, options, scores);
}

void ck_attention_backward(int type, size_t rows, size_t n, double scale, const void *weights, void *gradient) {
  current()->softmax_backward[type == CK_F64](rows, n, scale, weights, gradient, gradient);
}

static void adam_step(void *context, size_t part) {
  const struct call *c = context;
  c->table->adam_step[c->type](rows_of(c, part), c->adam, whole(c, 0, part), whole(c, 1, part), whole(c, 2, part),
                               whole(c, 3, part));
}

void ck_adam_step(int type, size_t n, struct ck_adam options, void *weight, const void *gradient, void *first,
                  void *second) {
  struct call c = call_of(type, n, 1);
  c.adam = options;
  c.whole[0] = weight;
  c.whole[1] = (char *)gradient;
  c.whole[2] = first;
  c.whole[3] = second;
  ck_parallel(part_count(&c), adam_step, &c);
}

static void sgd_step(void *context, size_t part) {
  const struct call *c = context;
  c->table->sgd_step[c->type](rows_of(c, part), c->sgd, whole(c, 0, part), whole(c, 1, part), whole(c, 2, part));
}

void ck_sgd_step(int type, size_t n, struct ck_sgd options, void *weight, const void *gradient, void *velocity) {
  struct call c = call_of(type, n, 1);
  c.sgd = options;
  c.whole[0] = weight;
  c.whole[1] = (char *)gradient;
  c.whole[2] = velocity;
  ck_parallel(part_count(&c), sgd_step, &c);
}
