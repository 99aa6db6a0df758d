// Kernels that gradients, and adding at indices, need.
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
// Integers wrap around, so signed ones are added as the others.
ADD_UP(u8, uint8_t)
ADD_UP(u16, uint16_t)
ADD_UP(u32, uint32_t)
ADD_UP(u64, uint64_t)

void ck_add_up(int type, size_t outer, size_t n, size_t inner, const int64_t *indices, size_t count, const void *a,
               void *out) {
  switch (type) {
    case CK_F32: add_up_f32(outer, n, inner, indices, count, a, out); break;
    case CK_F64: add_up_f64(outer, n, inner, indices, count, a, out); break;
    case CK_I8: case CK_U8: add_up_u8(outer, n, inner, indices, count, a, out); break;
    case CK_I16: case CK_U16: add_up_u16(outer, n, inner, indices, count, a, out); break;
    case CK_I32: case CK_U32: add_up_u32(outer, n, inner, indices, count, a, out); break;
    case CK_I64: case CK_U64: add_up_u64(outer, n, inner, indices, count, a, out); break;
    default: break;
  }
}
