// Chooses the CPU level once, and joins the kernels of that level into one table.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lookup.h"

const size_t ck_type_size[CK_TYPE_COUNT] = {4, 8, 4, 8, 1, 1, 2, 1, 2, 4, 8, 2, 2, 8, 16};

/// `MARTLET_CPU_LEVEL` (0, 1 or 2) lowers the level, so that tests reach every variant.
static int detect_level(void) {
  int best = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("f16c"))
    best = 1;
  if (best == 1 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    best = 2;
#endif
  const char *asked = getenv("MARTLET_CPU_LEVEL");
  if (asked && asked[0] >= '0' && asked[0] < '0' + best && asked[1] == 0) best = asked[0] - '0';
  return best;
}

// Threads that race here find the same answer.
static _Atomic int chosen = -1;

int ck_level(void) {
  int level = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (level < 0) {
    level = detect_level();
    atomic_store_explicit(&chosen, level, memory_order_relaxed);
  }
  return level;
}

struct ck_elementwise ck_kernels;
struct ck_conversions ck_converters;

static void add(const struct ck_elementwise *family) {
  if (family->select4) ck_kernels.select4 = family->select4;
  if (family->select8) ck_kernels.select8 = family->select8;
  for (int type = 0; type < CK_TYPE_COUNT; type++) {
    for (int op = 0; op < CK_UNARY_COUNT; op++)
      if (family->unary[op][type]) ck_kernels.unary[op][type] = family->unary[op][type];
    for (int op = 0; op < CK_BINARY_COUNT; op++)
      if (family->binary[op][type]) ck_kernels.binary[op][type] = family->binary[op][type];
    for (int op = 0; op < CK_TERNARY_COUNT; op++)
      if (family->ternary[op][type]) ck_kernels.ternary[op][type] = family->ternary[op][type];
  }
}

// Runs when the library is loaded, before any kernel can.
__attribute__((constructor)) static void join_tables(void) {
  add(&ck_libm);
  add(&ck_complexes);
#if defined(__x86_64__)
  if (ck_level() == 2) add(&ck_mvec_avx512);
  if (ck_level() == 1) add(&ck_mvec_avx2);
#endif
  add(CK_CHOOSE2(ck_integers));
  add(CK_CHOOSE3(ck_floats));
  ck_converters = *CK_CHOOSE2(ck_casts);
}

/// The type whose kernels work for `type`, with conversions before and after.
static int working_type(int type) { return type == CK_F16 || type == CK_BF16 ? CK_F32 : type; }

bool ck_has_unary(int op, int type) { return ck_kernels.unary[op][working_type(type)] != 0; }
bool ck_has_ternary(int op, int type) { return ck_kernels.ternary[op][working_type(type)] != 0; }
bool ck_has_binary(int op, int type) {
  if (op == CK_GREATER) op = CK_LESS;
  if (op == CK_GREATER_EQUAL) op = CK_LESS_EQUAL;
  return ck_kernels.binary[op][working_type(type)] != 0;
}
