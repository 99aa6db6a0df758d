// Conversions at one CPU level; see `levels.h`. Float16 and BFloat16 go through Float, complex numbers through real ones.

#define CAST(FROM, S, TO, T, EXPRESSION)                                 \
  static void L(FROM##_to_##TO)(size_t n, void *out, const void *a) {    \
    T *o = out;                                                          \
    const S *p = a;                                                      \
    INDEPENDENT for (size_t i = 0; i < n; i++) { S x = p[i]; o[i] = (T)(EXPRESSION); } \
  }

// A conversion to a narrow integer goes by way of 64 bits, so that whatever fits in those wraps around.
#define FROM_FLOAT(S, T)                  \
  CAST(S, T, u8, uint8_t, (int64_t)x)     \
  CAST(S, T, u16, uint16_t, (int64_t)x)   \
  CAST(S, T, u32, uint32_t, (int64_t)x)   \
  CAST(S, T, u64, uint64_t, x)            \
  CAST(S, T, i64, int64_t, x)             \
  CAST(S, T, i32, int32_t, x)             \
  CAST(S, T, bool, uint8_t, x != 0)

#define FROM_INTEGER(S, T)                \
  CAST(S, T, f32, float, x)               \
  CAST(S, T, f64, double, x)              \
  CAST(S, T, u8, uint8_t, x)              \
  CAST(S, T, u16, uint16_t, x)            \
  CAST(S, T, u32, uint32_t, x)            \
  CAST(S, T, u64, uint64_t, x)            \
  CAST(S, T, bool, uint8_t, x != 0)

FROM_FLOAT(f32, float)
FROM_FLOAT(f64, double)
FROM_INTEGER(i8, int8_t)
FROM_INTEGER(i16, int16_t)
FROM_INTEGER(i32, int32_t)
FROM_INTEGER(i64, int64_t)
FROM_INTEGER(u8, uint8_t)
FROM_INTEGER(u16, uint16_t)
FROM_INTEGER(u32, uint32_t)
FROM_INTEGER(u64, uint64_t)
CAST(f32, float, f64, double, x)
CAST(f64, double, f32, float, x)
CAST(f32, float, f16, _Float16, x)
CAST(f16, _Float16, f32, float, x)
CAST(f64, double, f16, _Float16, x)
CAST(bf16, uint16_t, f32, float, f32_from_bf16(x))
CAST(f32, float, bf16, uint16_t, bf16_from_f32(x))

static void L(f32_to_c64)(size_t n, void *out, const void *a) {
  float *o = out;
  const float *p = a;
  for (size_t i = 0; i < n; i++) { o[2 * i] = p[i]; o[2 * i + 1] = 0; }
}
static void L(f64_to_c128)(size_t n, void *out, const void *a) {
  double *o = out;
  const double *p = a;
  for (size_t i = 0; i < n; i++) { o[2 * i] = p[i]; o[2 * i + 1] = 0; }
}
static void L(c64_to_c128)(size_t n, void *out, const void *a) { L(f32_to_f64)(2 * n, out, a); }
static void L(c128_to_c64)(size_t n, void *out, const void *a) { L(f64_to_f32)(2 * n, out, a); }

#undef CAST
#undef FROM_FLOAT
#undef FROM_INTEGER

// Same width is the same bits; `walk.c` copies types onto themselves.
#define TO_WHOLE(S)                                                                                        \
  [CK_U8] = L(S##_to_u8), [CK_U16] = L(S##_to_u16), [CK_U32] = L(S##_to_u32), [CK_U64] = L(S##_to_u64),    \
  [CK_I8] = L(S##_to_u8), [CK_I16] = L(S##_to_u16), [CK_BOOL] = L(S##_to_bool)
#define FROM_WHOLE(S)                                                                                      \
  {TO_WHOLE(S), [CK_I32] = L(S##_to_u32), [CK_I64] = L(S##_to_u64), [CK_F32] = L(S##_to_f32), [CK_F64] = L(S##_to_f64)}

const struct ck_conversions L(ck_casts) = {
    .cast =
        {
            [CK_F32] = {TO_WHOLE(f32), [CK_I32] = L(f32_to_i32), [CK_I64] = L(f32_to_i64), [CK_F64] = L(f32_to_f64),
                        [CK_F16] = L(f32_to_f16), [CK_BF16] = L(f32_to_bf16), [CK_C64] = L(f32_to_c64)},
            [CK_F64] = {TO_WHOLE(f64), [CK_I32] = L(f64_to_i32), [CK_I64] = L(f64_to_i64), [CK_F32] = L(f64_to_f32),
                        [CK_F16] = L(f64_to_f16), [CK_C128] = L(f64_to_c128)},
            [CK_I8] = FROM_WHOLE(i8), [CK_I16] = FROM_WHOLE(i16), [CK_I32] = FROM_WHOLE(i32),
            [CK_I64] = FROM_WHOLE(i64), [CK_U8] = FROM_WHOLE(u8), [CK_U16] = FROM_WHOLE(u16),
            [CK_U32] = FROM_WHOLE(u32), [CK_U64] = FROM_WHOLE(u64), [CK_BOOL] = FROM_WHOLE(u8),
            [CK_F16] = {[CK_F32] = L(f16_to_f32)}, [CK_BF16] = {[CK_F32] = L(bf16_to_f32)},
            [CK_C64] = {[CK_C128] = L(c64_to_c128)}, [CK_C128] = {[CK_C64] = L(c128_to_c64)},
        },
};
#undef TO_WHOLE
#undef FROM_WHOLE
