#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Fused kernels of neural networks, for F32 and F64. All arrays are contiguous, row by row.

/// What follows a linear layer's bias.
enum { CK_ACTIVATION_NONE, CK_ACTIVATION_RELU };

/// y[rows, n] = activation(y + bias); `bias` may be null.
void ck_bias_activation(int type, size_t rows, size_t n, void *_Nonnull y, const void *_Nullable bias, int activation);

/// Of that: dx = dy where the activation lets it through; `dbias` (or null) gets the sums of dx's columns.
void ck_bias_activation_backward(int type, size_t rows, size_t n, const void *_Nonnull y, const void *_Nonnull dy,
                                 int activation, void *_Nonnull dx, void *_Nullable dbias);

/// Each row's cross-entropy between softmax(logits[rows, n]) and its label, smoothed over all classes, and softmax.
///
/// Rows with the label `ignored` have loss 0. Labels lie in 0..<n.
void ck_cross_entropy(int type, size_t rows, size_t n, const void *_Nonnull logits, const int64_t *_Nonnull labels,
                      int64_t ignored, double smoothing, void *_Nonnull losses, void *_Nonnull probabilities);

/// Of that: dlogits from the gradient of each row's loss.
void ck_cross_entropy_backward(int type, size_t rows, size_t n, const void *_Nonnull probabilities,
                               const int64_t *_Nonnull labels, int64_t ignored, double smoothing,
                               const void *_Nonnull dlosses, void *_Nonnull dlogits);

/// y = (x - mean) * rstd * scale + shift along rows; without `centred`, mean is 0 and rstd that of the root mean square.
///
/// `means` and `rstds` get one number for each row.
void ck_layer_norm(int type, size_t rows, size_t n, bool centred, double epsilon, const void *_Nonnull x,
                   const void *_Nullable scale, const void *_Nullable shift, void *_Nonnull y, void *_Nonnull means,
                   void *_Nonnull rstds);

/// Of that: `dscale` and `dshift` (or null) are summed over the rows.
void ck_layer_norm_backward(int type, size_t rows, size_t n, bool centred, const void *_Nonnull x,
                            const void *_Nullable scale, const void *_Nonnull means, const void *_Nonnull rstds,
                            const void *_Nonnull dy, void *_Nonnull dx, void *_Nullable dscale,
                            void *_Nullable dshift);

/// dx = y * (dy - sum(dy * y)) along rows, where y is a softmax.
void ck_softmax_backward(int type, size_t rows, size_t n, const void *_Nonnull y, const void *_Nonnull dy,
                         void *_Nonnull dx);

/// What a row of attention sees.
struct ck_attention {
  /// What scores are multiplied by; positive.
  double scale;
  /// Whether row i sees the columns up to `first` + i only.
  bool causal;
  size_t first;
  /// Null, or what row i sees of column j: the Boolean at i * mask_row + j * mask_column.
  const bool *_Nullable mask;
  ptrdiff_t mask_row, mask_column;
};
/// The softmax of scale * scores[rows, n], in place, over what each row sees; 0 elsewhere, and where it sees nothing.
///
/// It stays on the calling thread.
void ck_attention_weights(int type, size_t rows, size_t n, struct ck_attention options, void *_Nonnull scores);

/// The gradient of the scores from that of the weights, in place; on the calling thread, too.
void ck_attention_backward(int type, size_t rows, size_t n, double scale, const void *_Nonnull weights,
                           void *_Nonnull gradient);

/// One step of Adam; `rate` has the first moment's correction, `second` the root of the second's.
struct ck_adam {
  double rate, beta1, beta2, epsilon, second_correction;
  /// Weight decay: added to the gradient, or, if `decoupled`, `decay` times the learning rate taken off the weight.
  double decay;
  bool decoupled;
};
void ck_adam_step(int type, size_t n, struct ck_adam options, void *_Nonnull weight, const void *_Nonnull gradient,
                  void *_Nonnull first, void *_Nonnull second);

/// One step of stochastic gradient descent; `velocity` is null without momentum.
struct ck_sgd {
  double rate, momentum, dampening, decay;
  bool nesterov;
};
void ck_sgd_step(int type, size_t n, struct ck_sgd options, void *_Nonnull weight, const void *_Nonnull gradient,
                 void *_Nullable velocity);
