// The threads that run a cell's tasks, in place of the runtime's own.
//
// A task that traps may have to be parked with its thread, and an endless one keeps its thread. The
// runtime's pool has as many threads as the machine has processors and never replaces one, so a few
// such tasks would stop all others. This pool adds a thread when tasks wait and none is taken up.
#define _GNU_SOURCE
#include "faults.h"

#include <stdint.h>
#include <time.h>
#include <unistd.h>

#define SWIFT_CALL __attribute__((swiftcall))
#define WEAK __attribute__((weak))

// The head of the runtime's `Job`, whose two words after the object's header are the scheduler's
// own; swift/ABI/Task.h.
typedef struct job {
  void *header[2];
  struct job *next;
  uint64_t due_nanoseconds;
} job;

// The runtime's hooks; swift/Runtime/Concurrency.h.
typedef SWIFT_CALL void (*enqueue_original)(job *);
typedef SWIFT_CALL void (*delay_original)(unsigned long long, job *);
typedef SWIFT_CALL void (*deadline_original)(long long, long long, long long, long long, int, job *);
extern SWIFT_CALL void (*swift_task_enqueueGlobal_hook)(job *, enqueue_original) WEAK;
extern SWIFT_CALL void (*swift_task_enqueueGlobalWithDelay_hook)(unsigned long long, job *,
                                                                 delay_original) WEAK;
extern SWIFT_CALL void (*swift_task_enqueueGlobalWithDeadline_hook)(long long, long long, long long,
                                                                    long long, int, job *,
                                                                    deadline_original) WEAK;
extern SWIFT_CALL void swift_job_run(job *, void *executor, uintptr_t implementation) WEAK;
extern SWIFT_CALL void swift_get_time(long long *seconds, long long *nanoseconds, int clock) WEAK;

enum { MOST_THREADS = 256, STALLED_TICKS = 4 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_work = PTHREAD_COND_INITIALIZER;
static pthread_cond_t has_timer;
static job *first;
static job *last;
static job *timers;  // By the time that they are due.
static int width;
static int threads;
static int idle_threads;
static uint64_t started;
static uint64_t started_at_tick;
static int stalled_ticks;
static struct {
  pthread_t thread;
  int is_busy;
} workers[MOST_THREADS];
static int worker_count;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// A thread must not be parked while it holds the lock that all tasks need.
static void acquire(void) {
  cfaults_forbid_parking(1);
  pthread_mutex_lock(&lock);
}

static void release(void) {
  pthread_mutex_unlock(&lock);
  cfaults_forbid_parking(-1);
}

static void *work(void *argument) {
  cfaults_adopt_task_thread();
  acquire();
  int place = worker_count < MOST_THREADS ? worker_count++ : MOST_THREADS - 1;
  workers[place].thread = pthread_self();
  release();
  for (;;) {
    acquire();
    workers[place].is_busy = 0;
    idle_threads++;
    while (first == NULL) pthread_cond_wait(&has_work, &lock);
    idle_threads--;
    job *next = first;
    first = next->next;
    started++;
    workers[place].is_busy = 1;
    release();
    swift_job_run(next, NULL, 0);
  }
  return argument;
}

static int start(void *(*body)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, NULL) != 0) return 0;
  pthread_detach(thread);
  return 1;
}

static void append(job *next) {
  next->next = NULL;
  if (first == NULL) first = next; else last->next = next;
  last = next;
  if (idle_threads > 0) {
    pthread_cond_signal(&has_work);
  } else if (threads < width) {
    threads += start(work);
  }
}

static SWIFT_CALL void enqueue(job *next, enqueue_original original) {
  (void)original;
  acquire();
  append(next);
  release();
}

static void *wait_for_timers(void *argument) {
  cfaults_adopt_internal_thread();
  acquire();
  for (;;) {
    while (timers != NULL && timers->due_nanoseconds <= now()) {
      job *due = timers;
      timers = due->next;
      append(due);
    }
    if (timers == NULL) {
      pthread_cond_wait(&has_timer, &lock);
    } else {
      struct timespec due = {(time_t)(timers->due_nanoseconds / 1000000000u),
                             (long)(timers->due_nanoseconds % 1000000000u)};
      pthread_cond_timedwait(&has_timer, &lock, &due);
    }
  }
  return argument;
}

static SWIFT_CALL void enqueue_after(unsigned long long nanoseconds, job *next,
                                     delay_original original) {
  (void)original;
  uint64_t start = now();
  next->due_nanoseconds =
      nanoseconds > UINT64_MAX / 2 - start ? UINT64_MAX / 2 : start + nanoseconds;
  acquire();
  job **place = &timers;
  while (*place != NULL && (*place)->due_nanoseconds <= next->due_nanoseconds) {
    place = &(*place)->next;
  }
  next->next = *place;
  *place = next;
  if (timers == next) pthread_cond_signal(&has_timer);
  release();
}

static SWIFT_CALL void enqueue_at(long long seconds, long long nanoseconds,
                                  long long tolerance_seconds, long long tolerance_nanoseconds,
                                  int clock, job *next, deadline_original original) {
  (void)tolerance_seconds;
  (void)tolerance_nanoseconds;
  (void)original;
  long long now_seconds = 0;
  long long now_nanoseconds = 0;
  swift_get_time(&now_seconds, &now_nanoseconds, clock);
  // More than the sum would hold is for ever.
  long long most = INT64_MAX / 1000000000 - 2;
  long long left = seconds - now_seconds;
  if (left > most) left = most;
  long long wait = left * 1000000000 + nanoseconds - now_nanoseconds;
  enqueue_after(wait > 0 ? (unsigned long long)wait : 0, next, NULL);
}

void cfaults_install_pool(int32_t processors) {
  if (&swift_task_enqueueGlobal_hook == NULL || swift_job_run == NULL || swift_get_time == NULL) {
    return;
  }
  width = processors > 0 ? processors : 1;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&has_timer, &attributes);
  pthread_condattr_destroy(&attributes);
  if (!start(wait_for_timers)) return;
  swift_task_enqueueGlobal_hook = enqueue;
  swift_task_enqueueGlobalWithDelay_hook = enqueue_after;
  swift_task_enqueueGlobalWithDeadline_hook = enqueue_at;
}

void cfaults_tick_pool(void) {
  pthread_mutex_lock(&lock);
  stalled_ticks = first != NULL && started == started_at_tick ? stalled_ticks + 1 : 0;
  started_at_tick = started;
  if (stalled_ticks >= STALLED_TICKS && threads < MOST_THREADS) {
    stalled_ticks = 0;
    threads += start(work);
  }
  pthread_mutex_unlock(&lock);
}

void faults_each_busy_task_thread(void (*body)(pthread_t)) {
  pthread_mutex_lock(&lock);
  for (int place = 0; place < worker_count; place++) {
    if (workers[place].is_busy) body(workers[place].thread);
  }
  pthread_mutex_unlock(&lock);
}
