// Elementwise kernels of integers and Booleans at one CPU level; see `levels.h`.
//
// Arithmetic wraps around, so signed types share the kernels of the unsigned ones where signs do not matter.
// Division by zero gives 0, as in NumPy; quotients go down, and remainders have the divisor's sign.

// `W` is a type at least as wide as `unsigned`, so that no promotion to int can overflow.
#define WRAPPING(S, T, W)                                \
  BINARY(add, S, T, T, (W)x + (W)y)                      \
  BINARY(subtract, S, T, T, (W)x - (W)y)                 \
  BINARY(multiply, S, T, T, (W)x * (W)y)                 \
  BINARY(and, S, T, T, x & y)                            \
  BINARY(or, S, T, T, x | y)                             \
  BINARY(xor, S, T, T, x ^ y)                            \
  BINARY(left_shift, S, T, T, y < sizeof(T) * 8 ? (W)x << y : 0) \
  BINARY(equal, S, T, uint8_t, x == y)                   \
  BINARY(not_equal, S, T, uint8_t, x != y)               \
  UNARY(negate, S, T, T, (W)0 - x)                       \
  UNARY(square, S, T, T, (W)x * (W)x)                    \
  UNARY(not, S, T, T, ~x)

#define ORDERED(S, T)                                    \
  BINARY(maximum, S, T, T, x > y ? x : y)                \
  BINARY(minimum, S, T, T, x < y ? x : y)                \
  BINARY(less, S, T, uint8_t, x < y)                     \
  BINARY(less_equal, S, T, uint8_t, x <= y)              \
  UNARY(sign, S, T, T, (x > 0) - (x < 0))                \
  UNARY(relu, S, T, T, x > 0 ? x : 0)

#define SIGNED(S, T, U, W)                                                          \
  ORDERED(S, T)                                                                     \
  UNARY(abs, S, T, T, x < 0 ? (W)0 - (W)x : (W)x)                                   \
  BINARY(right_shift, S, T, T, (U)y < sizeof(T) * 8 ? x >> y : x < 0 ? -1 : 0)      \
  BINARY(floor_divide, S, T, T, y == 0 ? 0 : y == -1 ? (T)((W)0 - (W)x) : x / y - (x % y != 0 && (x < 0) != (y < 0))) \
  BINARY(remainder, S, T, T, y == 0 || y == -1 ? 0 : x % y + (x % y != 0 && (x < 0) != (y < 0) ? y : 0)) \
  BINARY(fmod, S, T, T, y == 0 || y == -1 ? 0 : x % y)

#define UNSIGNED(S, T)                                   \
  ORDERED(S, T)                                          \
  BINARY(right_shift, S, T, T, y < sizeof(T) * 8 ? x >> y : 0) \
  BINARY(floor_divide, S, T, T, y == 0 ? 0 : x / y)      \
  BINARY(remainder, S, T, T, y == 0 ? 0 : x % y)

WRAPPING(u8, uint8_t, uint32_t)
WRAPPING(u16, uint16_t, uint32_t)
WRAPPING(u32, uint32_t, uint32_t)
WRAPPING(u64, uint64_t, uint64_t)
SIGNED(i8, int8_t, uint8_t, uint32_t)
SIGNED(i16, int16_t, uint16_t, uint32_t)
SIGNED(i32, int32_t, uint32_t, uint32_t)
SIGNED(i64, int64_t, uint64_t, uint64_t)
UNSIGNED(u8, uint8_t)
UNSIGNED(u16, uint16_t)
UNSIGNED(u32, uint32_t)
UNSIGNED(u64, uint64_t)
UNARY(not, bool, uint8_t, uint8_t, x ^ 1)

#undef WRAPPING
#undef ORDERED
#undef SIGNED
#undef UNSIGNED

#define SHARED(OP)                                                                              \
  [CK_I8] = L(OP##_u8), [CK_I16] = L(OP##_u16), [CK_I32] = L(OP##_u32), [CK_I64] = L(OP##_u64), \
  [CK_U8] = L(OP##_u8), [CK_U16] = L(OP##_u16), [CK_U32] = L(OP##_u32), [CK_U64] = L(OP##_u64)
#define SIGNS(OP) [CK_I8] = L(OP##_i8), [CK_I16] = L(OP##_i16), [CK_I32] = L(OP##_i32), [CK_I64] = L(OP##_i64)
#define COUNTS(OP) [CK_U8] = L(OP##_u8), [CK_U16] = L(OP##_u16), [CK_U32] = L(OP##_u32), [CK_U64] = L(OP##_u64)
#define EACH(OP) SIGNS(OP), COUNTS(OP)
#define BOOLS(OP) [CK_BOOL] = L(OP##_u8)

const struct ck_elementwise L(ck_integers) = {
    .unary =
        {
            [CK_NEGATE] = {SHARED(negate)}, [CK_SQUARE] = {SHARED(square)},
            [CK_NOT] = {SHARED(not), [CK_BOOL] = L(not_bool)}, [CK_ABS] = {SIGNS(abs)}, [CK_SIGN] = {EACH(sign)},
            [CK_RELU] = {EACH(relu)},
        },
    .binary =
        {
            [CK_ADD] = {SHARED(add)}, [CK_SUBTRACT] = {SHARED(subtract)}, [CK_MULTIPLY] = {SHARED(multiply)},
            [CK_MAXIMUM] = {EACH(maximum), BOOLS(maximum)}, [CK_MINIMUM] = {EACH(minimum), BOOLS(minimum)},
            [CK_FMAX] = {EACH(maximum)}, [CK_FMIN] = {EACH(minimum)},
            [CK_FLOOR_DIVIDE] = {EACH(floor_divide)}, [CK_REMAINDER] = {EACH(remainder)},
            [CK_FMOD] = {SIGNS(fmod), COUNTS(remainder)}, [CK_AND] = {SHARED(and), BOOLS(and)},
            [CK_OR] = {SHARED(or), BOOLS(or)}, [CK_XOR] = {SHARED(xor), BOOLS(xor)},
            [CK_LEFT_SHIFT] = {SHARED(left_shift)}, [CK_RIGHT_SHIFT] = {EACH(right_shift)},
            [CK_EQUAL] = {SHARED(equal), BOOLS(equal)}, [CK_NOT_EQUAL] = {SHARED(not_equal), BOOLS(not_equal)},
            [CK_LESS] = {EACH(less), BOOLS(less)}, [CK_LESS_EQUAL] = {EACH(less_equal), BOOLS(less_equal)},
        },
};
#undef SHARED
#undef SIGNS
#undef COUNTS
#undef EACH
#undef BOOLS
