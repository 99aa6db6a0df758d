// Aligned memory with a pool of size classes.
//
// A fresh page costs far more than writing to it, and every operation makes a fresh result, so blocks from 64 KiB up
// are kept for the next result of about the same size. Classes are four to each power of two: at most a quarter of a
// block is unused. Smaller blocks go to malloc, which reuses them well.
//
// The smallest blocks, which short-lived results of a few elements need, are kept by each thread for itself.
//
// There is no lock: a thread may be stopped for good anywhere (a notebook parks the thread of an interrupted cell), and
// at worst one block is lost then.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "CKernels.h"

#define ALIGNMENT ((size_t)64)
#define SMALLEST_POOLED ((size_t)64 << 10)
#define LARGEST_POOLED ((size_t)256 << 20)
#define POOL_LIMIT ((size_t)512 << 20)
#define HUGE_PAGE ((size_t)2 << 20)
#define CLASSES 64
#define KEPT_PER_CLASS 16

static _Atomic(void *) kept[CLASSES][KEPT_PER_CLASS];
static _Atomic size_t kept_bytes;

/// The class of a block of at least `SMALLEST_POOLED` bytes, and the bytes its blocks have.
static int size_class(size_t bytes, size_t *rounded) {
  int log = 63 - __builtin_clzll(bytes);
  size_t quarter = (size_t)1 << (log - 2);
  size_t quarters = (bytes + quarter - 1) / quarter;
  *rounded = quarters * quarter;
  return (log - 16) * 4 + (int)(quarters - 4);
}

// MARK: Small blocks of the thread

#define SMALL ((size_t)1024)
#define KEPT_SMALL 16

static _Thread_local struct small {
  unsigned char counts[SMALL / ALIGNMENT];
  void *blocks[SMALL / ALIGNMENT][KEPT_SMALL];
} *small;
static pthread_key_t small_key;

static void free_small(void *kept_by_thread) {
  struct small *s = kept_by_thread;
  for (size_t class = 0; class < SMALL / ALIGNMENT; class++)
    while (s->counts[class] > 0) free(s->blocks[class][--s->counts[class]]);
  small = 0;
  free(s);
}

__attribute__((constructor)) static void prepare_small(void) { pthread_key_create(&small_key, free_small); }

// MARK: Blocks from the system

static void *fresh(size_t bytes) {
  size_t alignment = bytes >= 2 * HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
  void *memory = 0;
  if (posix_memalign(&memory, alignment, bytes) != 0) {
    fprintf(stderr, "Tensors: no memory for an array of %zu bytes; free arrays or use smaller batches\n", bytes);
    abort();
  }
  if (bytes >= 2 * HUGE_PAGE) madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

/// Takes a kept block of the class, or returns null.
static void *reused(int class, size_t rounded) {
  for (int i = 0; i < KEPT_PER_CLASS; i++) {
    if (!atomic_load_explicit(&kept[class][i], memory_order_relaxed)) continue;
    void *memory = atomic_exchange(&kept[class][i], 0);
    if (!memory) continue;
    atomic_fetch_sub(&kept_bytes, rounded);
    return memory;
  }
  return 0;
}

void *ck_allocate(size_t bytes) {
  if (bytes <= SMALL) {
    size_t class = bytes > 0 ? (bytes - 1) / ALIGNMENT : 0;
    if (small && small->counts[class] > 0) return small->blocks[class][--small->counts[class]];
    return fresh((class + 1) * ALIGNMENT);
  }
  if (bytes < SMALLEST_POOLED) return fresh(bytes);
  if (bytes > LARGEST_POOLED) return fresh(bytes);
  size_t rounded;
  int class = size_class(bytes, &rounded);
  void *memory = reused(class, rounded);
  return memory ? memory : fresh(rounded);
}

/// Keeps a small block for this thread; false if there are enough.
static bool keep_small(void *memory, size_t bytes) {
  size_t class = bytes > 0 ? (bytes - 1) / ALIGNMENT : 0;
  if (!small) {
    small = calloc(1, sizeof *small);
    if (!small) return false;
    pthread_setspecific(small_key, small);
  }
  if (small->counts[class] == KEPT_SMALL) return false;
  small->blocks[class][small->counts[class]++] = memory;
  return true;
}

void ck_release(void *memory, size_t bytes) {
  if (bytes <= SMALL && keep_small(memory, bytes)) return;
  if (bytes >= SMALLEST_POOLED && bytes <= LARGEST_POOLED) {
    size_t rounded;
    int class = size_class(bytes, &rounded);
    if (atomic_fetch_add(&kept_bytes, rounded) + rounded <= POOL_LIMIT) {
      for (int i = 0; i < KEPT_PER_CLASS; i++) {
        void *none = 0;
        if (atomic_compare_exchange_strong(&kept[class][i], &none, memory)) return;
      }
    }
    atomic_fetch_sub(&kept_bytes, rounded);
  }
  free(memory);
}

size_t ck_pool_bytes(void) { return atomic_load(&kept_bytes); }

void ck_pool_drain(void) {
  for (int class = 0; class < CLASSES; class++) {
    size_t rounded = (size_t)(4 + class % 4) << (class / 4 + 14);
    void *memory;
    while ((memory = reused(class, rounded))) free(memory);
  }
}
