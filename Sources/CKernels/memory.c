// Aligned memory with a pool of size classes.
//
// A fresh page costs far more than writing to it, and every operation makes a fresh result, so blocks from 64 KiB up
// are kept for the next result of about the same size. Classes are four to each power of two: at most a quarter of a
// block is unused. Smaller blocks go to malloc, which reuses them well.
#define _GNU_SOURCE
#include <pthread.h>
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

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *kept[CLASSES][KEPT_PER_CLASS];
static int kept_count[CLASSES];
static size_t kept_bytes;

/// The class of a block of at least `SMALLEST_POOLED` bytes, and the bytes its blocks have.
static int size_class(size_t bytes, size_t *rounded) {
  int log = 63 - __builtin_clzll(bytes);
  size_t quarter = (size_t)1 << (log - 2);
  size_t quarters = (bytes + quarter - 1) / quarter;
  *rounded = quarters * quarter;
  return (log - 16) * 4 + (int)(quarters - 4);
}

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

void *ck_allocate(size_t bytes) {
  if (bytes < SMALLEST_POOLED) return fresh(bytes ? bytes : 1);
  if (bytes > LARGEST_POOLED) return fresh(bytes);
  size_t rounded;
  int class = size_class(bytes, &rounded);
  void *memory = 0;
  pthread_mutex_lock(&lock);
  if (kept_count[class] > 0) {
    memory = kept[class][--kept_count[class]];
    kept_bytes -= rounded;
  }
  pthread_mutex_unlock(&lock);
  return memory ? memory : fresh(rounded);
}

void ck_release(void *memory, size_t bytes) {
  if (bytes >= SMALLEST_POOLED && bytes <= LARGEST_POOLED) {
    size_t rounded;
    int class = size_class(bytes, &rounded);
    pthread_mutex_lock(&lock);
    if (kept_count[class] < KEPT_PER_CLASS && kept_bytes + rounded <= POOL_LIMIT) {
      kept[class][kept_count[class]++] = memory;
      kept_bytes += rounded;
      memory = 0;
    }
    pthread_mutex_unlock(&lock);
  }
  free(memory);
}

size_t ck_pool_bytes(void) {
  pthread_mutex_lock(&lock);
  size_t bytes = kept_bytes;
  pthread_mutex_unlock(&lock);
  return bytes;
}

void ck_pool_drain(void) {
  pthread_mutex_lock(&lock);
  for (int class = 0; class < CLASSES; class++)
    while (kept_count[class] > 0) free(kept[class][--kept_count[class]]);
  kept_bytes = 0;
  pthread_mutex_unlock(&lock);
}
