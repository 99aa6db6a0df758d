#pragma once
#include "networks.h"

/// The fused kernels of one CPU level; index 0 is F32, 1 F64.
struct ck_network_table {
  void (*bias_activation[2])(size_t, size_t, void *, const void *, int);
  void (*bias_activation_backward[2])(size_t, size_t, const void *, const void *, int, void *, void *);
  void (*cross_entropy[2])(size_t, size_t, const void *, const int64_t *, int64_t, double, void *, void *);
  void (*cross_entropy_backward[2])(size_t, size_t, const void *, const int64_t *, int64_t, double, const void *,
                                    void *);
  void (*layer_norm[2])(size_t, size_t, bool, double, const void *, const void *, const void *, void *, void *,
                        void *);
  void (*layer_norm_backward[2])(size_t, size_t, bool, const void *, const void *, const void *, const void *,
                                 const void *, void *, void *, void *);
  void (*softmax_backward[2])(size_t, size_t, double, const void *, const void *, void *);
  void (*attention[2])(size_t, size_t, struct ck_attention, void *);
  void (*adam_step[2])(size_t, struct ck_adam, void *, const void *, void *, void *);
  void (*sgd_step[2])(size_t, struct ck_sgd, void *, const void *, void *);
};

extern const struct ck_network_table ck_network_table_base;
#if defined(__x86_64__)
extern const struct ck_network_table ck_network_table_avx2;
extern const struct ck_network_table ck_network_table_avx512;
#endif
