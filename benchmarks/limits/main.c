// Measures what the processor and its memory can do at most, with as many threads as the argument says: floating-point
// operations a second in single and double precision, and bytes a second from the second-level caches, the shared cache and
// main memory. Prints them as JSON; benchmarks/array_limits.py makes the least times of workloads of them.

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { chains = 12, repeats = 9, most_threads = 256 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// One measurement: every thread does `work` on its own piece.
typedef struct {
  double (*work)(float *buffer, long elements, long rounds);
  long elements, rounds;
  float *buffer;
  double result;
  pthread_barrier_t *start;
} Task;

#define FMA(NAME, SCALAR, LANES)                                              \
  typedef SCALAR NAME##_vector __attribute__((vector_size(64)));              \
  static double NAME(float *buffer, long elements, long rounds) {             \
    (void)elements;                                                           \
    NAME##_vector sums[chains], a, b;                                         \
    for (int lane = 0; lane < LANES; lane++) {                                \
      a[lane] = (SCALAR)0.999 + (SCALAR)buffer[lane] * (SCALAR)1e-9;          \
      b[lane] = (SCALAR)1e-3;                                                 \
    }                                                                         \
    for (int i = 0; i < chains; i++) sums[i] = a;                             \
    for (long round = 0; round < rounds; round++)                             \
      for (int i = 0; i < chains; i++) sums[i] = sums[i] * a + b;             \
    double total = 0;                                                         \
    for (int i = 0; i < chains; i++) total += (double)sums[i][0];             \
    return total;                                                             \
  }

FMA(single_precision, float, 16)
FMA(double_precision, double, 8)

// Reads two thirds of the buffer and writes one: a triad, as McCalpin's STREAM has it.
static double triad(float *buffer, long elements, long rounds) {
  long third = elements / 3 / 16 * 16;
  const float *restrict a = buffer, *restrict b = buffer + third;
  float *restrict c = buffer + 2 * third;
  for (long round = 0; round < rounds; round++) {
    const float scale = (float)round;
    for (long i = 0; i < third; i++) c[i] = a[i] + scale * b[i];
    __asm__ volatile("" ::: "memory");
  }
  return (double)c[third - 1];
}

// Reads only.
static double sum(float *buffer, long elements, long rounds) {
  single_precision_vector sums[8] = {0};
  for (long round = 0; round < rounds; round++) {
    for (long i = 0; i + 128 <= elements; i += 128)
      for (int j = 0; j < 8; j++) sums[j] += *(single_precision_vector *)(buffer + i + 16 * j);
    __asm__ volatile("" ::: "memory");
  }
  double total = 0;
  for (int j = 0; j < 8; j++) total += (double)sums[j][0];
  return total;
}

static void *run(void *argument) {
  Task *task = argument;
  task->work(task->buffer, task->elements, 1);  // Touches the memory, wakes the core.
  pthread_barrier_wait(task->start);
  task->result = task->work(task->buffer, task->elements, task->rounds);
  return NULL;
}

/// Returns the least seconds that `work` took on pieces of `elements` floats, all threads at once.
static double seconds(int threads, double (*work)(float *, long, long), long elements, long rounds) {
  static volatile double sink;
  double least = 1e9;
  for (int repeat = 0; repeat < repeats; repeat++) {
    pthread_t ids[most_threads];
    Task tasks[most_threads];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)threads + 1);
    for (int i = 0; i < threads; i++) {
      size_t bytes = ((size_t)elements * sizeof(float) + 63) / 64 * 64;
      float *buffer = aligned_alloc(64, bytes);
      if (!buffer) exit(1);
      memset(buffer, 0, bytes);
      tasks[i] = (Task){work, elements, rounds, buffer, 0, &start};
      if (pthread_create(&ids[i], NULL, run, &tasks[i]) != 0) exit(1);
    }
    pthread_barrier_wait(&start);
    double begin = now();
    for (int i = 0; i < threads; i++) {
      pthread_join(ids[i], NULL);
      sink = tasks[i].result;
      free(tasks[i].buffer);
    }
    double took = now() - begin;
    if (took < least) least = took;
    pthread_barrier_destroy(&start);
  }
  (void)sink;
  return least;
}

int main(int argc, char **argv) {
  int threads = argc > 1 ? atoi(argv[1]) : 1;
  if (threads < 1 || threads > most_threads) {
    fprintf(stderr, "limits: give a number of threads from 1 to %d\n", most_threads);
    return 64;
  }
  const long fma_rounds = 4000000;
  double operations = 2.0 * chains * (double)fma_rounds * threads;
  printf("{\"flops32\": %.4g, \"flops64\": %.4g", operations * 16 / seconds(threads, single_precision, 16, fma_rounds),
         operations * 8 / seconds(threads, double_precision, 16, fma_rounds));
  // In all threads together: within the second-level caches, within a shared cache, in main memory.
  const struct {
    const char *name;
    long elements, rounds;
  } places[] = {{"near", 240000, 2000}, {"shared", 3000000, 100}, {"memory", 60000000, 3}};
  for (int i = 0; i < 3; i++) {
    long piece = places[i].elements / threads / 48 * 48;
    double bytes = (double)piece * sizeof(float) * threads * (double)places[i].rounds;
    double both = bytes / seconds(threads, triad, piece, places[i].rounds);
    double reading = bytes / seconds(threads, sum, piece, places[i].rounds);
    printf(", \"%s\": %.4g", places[i].name, both > reading ? both : reading);
  }
  printf("}\n");
  return 0;
}
