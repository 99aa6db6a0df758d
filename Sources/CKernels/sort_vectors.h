// Sorting of keys in vectors of 512 bits: quicksort whose parting compresses vectors, and bitonic networks for what is
// short (Bramas, "A novel hybrid quicksort algorithm vectorized using AVX-512 on Intel Skylake", IJACSA 8 (10), 2017).
//
// Included for each width of key, with `K` the key, `LANES` of them in a vector, `BITS` their width,
// and `LANE_MASK` a mask of lanes.
#define V(name) CK_JOIN(name, BITS)
#define OF(operation) CK_JOIN(_mm512_##operation##_epi, BITS)
#define OF_UNSIGNED(operation) CK_JOIN(_mm512_##operation##_epu, BITS)
#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")
#define ALL ((LANE_MASK)~(LANE_MASK)0)

enum { V(SHORT) = 16 * LANES, V(BATCH) = 8 };

/// Each lane's partner is the lane whose number differs in the bits of `flips`; lanes with `bit` keep the larger one.
INLINE __m512i V(exchange)(__m512i v, int flips, int bit) {
  LANE_MASK larger = (LANE_MASK)(bit == 1 ? 0xAAAA : bit == 2 ? 0xCCCC : bit == 4 ? 0xF0F0 : 0xFF00);
  __m512i other = OF(permutexvar)(OF(xor)(LANE_NUMBERS, OF(set1)((SIGNED)flips)), v);
  return OF_UNSIGNED(mask_max)(OF_UNSIGNED(min)(v, other), larger, v, other);
}

/// Sorts the lanes of a bitonic vector.
INLINE __m512i V(merge_lanes)(__m512i v) {
  if (LANES == 16) v = V(exchange)(v, 8, 8);
  v = V(exchange)(v, 4, 4);
  v = V(exchange)(v, 2, 2);
  return V(exchange)(v, 1, 1);
}

INLINE __m512i V(sort_lanes)(__m512i v) {
  v = V(exchange)(v, 1, 1);
  v = V(exchange)(v, 3, 2);
  v = V(exchange)(v, 1, 1);
  v = V(exchange)(v, 7, 4);
  v = V(exchange)(v, 2, 2);
  v = V(exchange)(v, 1, 1);
  if (LANES == 8) return v;
  v = V(exchange)(v, 15, 8);
  v = V(exchange)(v, 4, 4);
  v = V(exchange)(v, 2, 2);
  return V(exchange)(v, 1, 1);
}

/// Exchanges between vectors `distance` apart.
INLINE void V(exchange_vectors)(__m512i *v, int count, int distance) {
  UNROLLED for (int i = 0; i < count; i++) {
    if (i & distance) continue;
    __m512i other = v[i + distance];
    v[i + distance] = OF_UNSIGNED(max)(v[i], other);
    v[i] = OF_UNSIGNED(min)(v[i], other);
  }
}

/// Merges two sorted halves of `count` vectors. The upper half comes out of the first step backwards, and so stays bitonic.
INLINE void V(merge)(__m512i *v, int count) {
  __m512i larger[8], backwards = OF(xor)(LANE_NUMBERS, OF(set1)(LANES - 1));
  UNROLLED for (int i = 0; i < count / 2; i++) {
    __m512i other = OF(permutexvar)(backwards, v[count - 1 - i]);
    larger[i] = OF_UNSIGNED(max)(v[i], other);
    v[i] = OF_UNSIGNED(min)(v[i], other);
  }
  UNROLLED for (int i = 0; i < count / 2; i++) v[count / 2 + i] = larger[i];
  if (count >= 16) V(exchange_vectors)(v, count, 4);
  if (count >= 8) V(exchange_vectors)(v, count, 2);
  if (count >= 4) V(exchange_vectors)(v, count, 1);
  UNROLLED for (int i = 0; i < count; i++) v[i] = V(merge_lanes)(v[i]);
}

INLINE void V(merge_all)(__m512i *v, int count, int size) {
  UNROLLED for (int start = 0; start < count; start += size) V(merge)(v + start, size);
}

INLINE LANE_MASK V(first)(size_t n) { return n >= LANES ? ALL : (LANE_MASK)((1u << n) - 1); }

/// Sorts `n` keys, which `count` vectors hold.
INLINE void V(sort_vectors)(K *keys, size_t n, int count) {
  __m512i v[16];
  UNROLLED for (int i = 0; i < count; i++) {
    size_t start = (size_t)i * LANES;
    LANE_MASK filled = n > start ? V(first)(n - start) : 0;
    v[i] = V(sort_lanes)(OF(mask_loadu)(OF(set1)(-1), filled, keys + start));
  }
  if (count >= 2) V(merge_all)(v, count, 2);
  if (count >= 4) V(merge_all)(v, count, 4);
  if (count >= 8) V(merge_all)(v, count, 8);
  if (count >= 16) V(merge_all)(v, count, 16);
  UNROLLED for (int i = 0; i < count; i++) {
    size_t start = (size_t)i * LANES;
    if (n > start) OF(mask_storeu)(keys + start, V(first)(n - start), v[i]);
  }
}

static void V(sort_short)(K *keys, size_t n) {
  if (n <= LANES) V(sort_vectors)(keys, n, 1);
  else if (n <= 2 * LANES) V(sort_vectors)(keys, n, 2);
  else if (n <= 4 * LANES) V(sort_vectors)(keys, n, 4);
  else if (n <= 8 * LANES) V(sort_vectors)(keys, n, 8);
  else V(sort_vectors)(keys, n, 16);
}

/// Where the next keys go: those up to the pivot from `left` on, those above it before `right`.
struct V(ends) { K *left, *right; };

/// Puts the valid keys of a vector where they belong; all are valid where the free space on the left `has_room` for a whole
/// vector. Keys are compressed in registers, as into memory that is many times slower on some processors (Zen 4).
INLINE void V(put)(struct V(ends) *to, __m512i v, LANE_MASK valid, bool has_room, __m512i pivot) {
  LANE_MASK low = CK_JOIN(OF_UNSIGNED(mask_cmple), _mask)(valid, v, pivot), high = (LANE_MASK)(valid & ~low);
  int lows = __builtin_popcount(low), highs = has_room ? LANES - lows : __builtin_popcount(high);
  __m512i left = OF(maskz_compress)(low, v);
  if (has_room) OF(storeu)(to->left, left);
  else OF(mask_storeu)(to->left, V(first)((size_t)lows), left);
  to->left += lows;
  to->right -= highs;
  OF(mask_storeu)(to->right, V(first)((size_t)highs), OF(maskz_compress)(high, v));
}

/// Puts keys up to the pivot before those above it, and returns how many there are. At least two batches of vectors are
/// needed: the first and the last batch are kept aside, and what is read next is taken where the free space is smaller.
static size_t V(part)(K *keys, size_t n, K pivot_key) {
  enum { STEP = V(BATCH) * LANES };
  __m512i pivot = OF(set1)((SIGNED)pivot_key), aside[2 * V(BATCH)], v[V(BATCH)];
  UNROLLED for (int i = 0; i < V(BATCH); i++) {
    aside[i] = OF(loadu)(keys + i * LANES);
    aside[V(BATCH) + i] = OF(loadu)(keys + n - STEP + i * LANES);
  }
  struct V(ends) to = {keys, keys + n};
  K *from = keys + STEP, *end = keys + n - STEP;
  while (end - from >= STEP) {
    // Which side it is can't be predicted, so no branch depends on it.
    ptrdiff_t is_left = from - to.left <= to.right - end;
    const K *next = is_left ? from : end - STEP;
    from += STEP * is_left;
    end -= STEP * (1 - is_left);
    UNROLLED for (int i = 0; i < V(BATCH); i++) v[i] = OF(loadu)(next + i * LANES);
    UNROLLED for (int i = 0; i < V(BATCH); i++) V(put)(&to, v[i], ALL, true, pivot);
  }
  size_t rest = (size_t)(end - from);
  LANE_MASK filled[V(BATCH)];
  UNROLLED for (size_t i = 0; i < V(BATCH); i++) {
    filled[i] = rest > i * LANES ? V(first)(rest - i * LANES) : 0;
    v[i] = OF(maskz_loadu)(filled[i], from + i * LANES);
  }
  UNROLLED for (int i = 0; i < V(BATCH); i++) V(put)(&to, v[i], filled[i], false, pivot);
  UNROLLED for (int i = 0; i < 2 * V(BATCH); i++) V(put)(&to, aside[i], ALL, false, pivot);
  return (size_t)(to.left - keys);
}

/// The median of `count` keys from all over.
static K V(pivot)(const K *keys, size_t n, size_t count) {
  K sample[V(SHORT)];
  for (size_t i = 0; i < count; i++) sample[i] = keys[i * (n / count) + n / count / 2];
  V(sort_short)(sample, count);
  return sample[count / 2];
}

static void V(quicksort)(K *keys, size_t n, int depth, K *spare) {
  while (n > V(SHORT)) {
    if (depth-- == 0) {
      CK_JOIN(V(ck_sort), _radix)(keys, n, spare);
      return;
    }
    K pivot = V(pivot)(keys, n, n < 4096 ? LANES : 4 * LANES);
    size_t lows = V(part)(keys, n, pivot);
    if (lows < n) {
      V(quicksort)(keys + lows, n - lows, depth, spare + lows);
      n = lows;
    } else {
      // No key is above the pivot: those that equal it are in place once the others are before them.
      if (pivot == 0) return;
      n = V(part)(keys, n, pivot - 1);
    }
  }
  V(sort_short)(keys, n);
}

// Pivots halve the keys on average, so twice the levels that takes are given to them.
void CK_JOIN(V(ck_sort), _vectors)(K *keys, size_t n, K *spare) {
  V(quicksort)(keys, n, 2 * (64 - __builtin_clzll(n | 1)), spare);
}

size_t V(ck_part)(K *keys, size_t n) { return V(part)(keys, n, V(pivot)(keys, n, V(SHORT))); }

#undef V
#undef OF
#undef OF_UNSIGNED
#undef INLINE
#undef UNROLLED
#undef ALL
