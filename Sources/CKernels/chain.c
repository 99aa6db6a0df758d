// Several elementwise operations over the same elements, block by block: what is between them stays in the nearest cache.
#include "lookup.h"
#include "threads.h"

// As long as memory can follow, fewer calls; four such blocks and the operands' fit into the first-level cache.
#define BLOCK_BYTES 4096

struct chain {
  int type;
  const uint16_t *code;
  size_t length, leaf_count, n, step;
  const struct ck_chain_leaf *leaves;
  char *out;
};

/// Fills a block with the only element of a repeated operand.
static void fill(char *block, const char *element, size_t size) {
  for (size_t i = 0; i < BLOCK_BYTES / size; i++) __builtin_memcpy(block + i * size, element, size);
}

/// Runs the code over elements `start` to `end`, at most one block; the last operation writes to the result.
static void run_block(const struct chain *c, size_t start, size_t end, char (*repeated)[BLOCK_BYTES],
                      char (*between)[BLOCK_BYTES]) {
  const char *stack[CK_CHAIN_DEPTH];
  size_t size = ck_type_size[c->type], depth = 0, n = end - start;
  for (size_t k = 0; k < c->length; k++) {
    int kind = c->code[k] & ~0xFF, value = c->code[k] & 0xFF;
    if (kind == CK_CHAIN_LEAF) {
      const struct ck_chain_leaf *leaf = &c->leaves[value];
      stack[depth++] = leaf->repeats ? repeated[value] : (const char *)leaf->elements + start * size;
      continue;
    }
    size_t first = depth - (kind == CK_CHAIN_UNARY ? 1 : 2);
    char *result = k + 1 == c->length ? c->out + start * size : between[first];
    if (kind == CK_CHAIN_UNARY) ck_kernels.unary[value][c->type](n, result, stack[first]);
    else ck_kernels.binary[value][c->type](n, result, stack[first], stack[first + 1]);
    stack[first] = result;
    depth = first + 1;
  }
}

static void run_part(void *context, size_t part) {
  const struct chain *c = context;
  _Alignas(64) char repeated[CK_CHAIN_LEAVES][BLOCK_BYTES], between[CK_CHAIN_DEPTH][BLOCK_BYTES];
  size_t size = ck_type_size[c->type], block = BLOCK_BYTES / size;
  for (size_t i = 0; i < c->leaf_count; i++)
    if (c->leaves[i].repeats) fill(repeated[i], c->leaves[i].elements, size);
  size_t end = (part + 1) * c->step < c->n ? (part + 1) * c->step : c->n;
  for (size_t start = part * c->step; start < end; start += block)
    run_block(c, start, start + block < end ? start + block : end, repeated, between);
}

void ck_chain(int type, const uint16_t *code, size_t length, const struct ck_chain_leaf *leaves, size_t leaf_count, size_t n,
              void *out) {
  double cost = 0;
  for (size_t k = 0; k < length; k++) {
    int kind = code[k] & ~0xFF, value = code[k] & 0xFF;
    if (kind != CK_CHAIN_LEAF) cost += kind == CK_CHAIN_UNARY ? ck_unary_cost(value, type) : ck_binary_cost(value, type);
  }
  struct chain c = {type, code, length, leaf_count, n, 0, leaves, out};
  size_t parts = ck_parallel_parts(cost * (double)n), block = BLOCK_BYTES / ck_type_size[type];
  c.step = ((n + parts - 1) / parts + block - 1) / block * block;
  ck_parallel((n + c.step - 1) / c.step, run_part, &c);
}
