// Kernels that only gradients need.
#include "CKernels.h"

#define ADD_UP(S, T)                                                                                          \
  static void add_up_##S(size_t outer, size_t n, size_t inner, const int64_t *indices, size_t count, const T *a, \
                         T *out) {                                                                            \
    for (size_t b = 0; b < outer; b++, out += n * inner)                                                      \
      for (size_t k = 0; k < count; k++, a += inner) {                                                        \
        T *target = out + (size_t)indices[k] * inner;                                                         \
        for (size_t i = 0; i < inner; i++) target[i] += a[i];                                                 \
      }                                                                                                       \
  }

ADD_UP(f32, float)
ADD_UP(f64, double)

void ck_add_up(int type, size_t outer, size_t n, size_t inner, const int64_t *indices, size_t count, const void *a,
               void *out) {
  if (type == CK_F32) add_up_f32(outer, n, inner, indices, count, a, out);
  if (type == CK_F64) add_up_f64(outer, n, inner, indices, count, a, out);
}
