// A pool of threads for the kernels; one in each process.
//
// The caller claims parts like everyone else, so it never waits for a thread that has not started. It waits only for
// parts that others have claimed. There is no lock: a caller may be stopped for good at any point (a notebook parks the
// thread of an interrupted cell), and the next call must work all the same. Each calling thread has a job of its own,
// which is never freed, so a helper that looks at an old one sees that its number has changed and goes on.
#define _GNU_SOURCE
#include "threads.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "CKernels.h"

#define MOST_THREADS 64
/// Threads in all, after lost ones were replaced.
#define MOST_STARTED 256
#define SPIN_NANOSECONDS 100000
/// A helper that has not ended a part for so long is taken for lost.
#define LOST_NANOSECONDS 2000000000ll

/// Work in progress. `claim` holds the job's number (high half) and the next part (low half), so that a part of an old
/// job cannot be claimed.
struct job {
  _Atomic uint64_t claim;
  _Atomic uint32_t parts, done, is_waiting, is_used;
  void (*work)(void *, size_t);
  void *context;
  struct job *next;
};

static _Atomic(struct job *) all_jobs;
static _Atomic(struct job *) current;
/// Counts published jobs; helpers sleep on it.
static _Atomic uint32_t published;
static _Atomic uint32_t sleeping, started, busy;
static _Atomic int64_t last_progress;
static _Atomic uint32_t thread_count;
static _Thread_local struct job *own_job;
static _Thread_local bool is_helper;
/// Whether this thread works on a part of its own job; what that part would share out it does alone.
static _Thread_local bool is_in_part;

static long futex(_Atomic uint32_t *word, int operation, uint32_t value, const struct timespec *limit) {
  return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, limit, 0, 0);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// MARK: How many

size_t ck_thread_count(void) {
  uint32_t count = atomic_load_explicit(&thread_count, memory_order_relaxed);
  if (count) return count;
  cpu_set_t allowed;
  count = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? (uint32_t)CPU_COUNT(&allowed) : 1;
  const char *asked = getenv("MARTLET_NUM_THREADS");
  char *end = 0;
  long number = asked ? strtol(asked, &end, 10) : 0;
  if (asked && end != asked && *end == 0 && number > 0) count = (uint32_t)(number < MOST_THREADS ? number : MOST_THREADS);
  if (count < 1) count = 1;
  if (count > MOST_THREADS) count = MOST_THREADS;
  atomic_store_explicit(&thread_count, count, memory_order_relaxed);
  return count;
}

void ck_set_thread_count(size_t count) {
  uint32_t number = (uint32_t)(count < MOST_THREADS ? count : MOST_THREADS);
  atomic_store_explicit(&thread_count, number, memory_order_relaxed);
}

size_t ck_parallel_parts(double nanoseconds) {
  const double smallest = CK_PARALLEL_FROM / 2;
  if (nanoseconds < CK_PARALLEL_FROM) return 1;
  size_t threads = ck_thread_count();
  if (threads == 1) return 1;
  double parts = nanoseconds / smallest;
  return parts < 4.0 * (double)threads ? (size_t)parts : 4 * threads;
}

// MARK: Working

/// Runs parts of the job until none is left; `number` must still be its own.
static void work_on(struct job *job, uint32_t number) {
  for (;;) {
    uint64_t claim = atomic_load_explicit(&job->claim, memory_order_acquire);
    uint32_t part = (uint32_t)claim;
    if ((uint32_t)(claim >> 32) != number || part >= atomic_load_explicit(&job->parts, memory_order_acquire)) return;
    if (!atomic_compare_exchange_weak_explicit(&job->claim, &claim, claim + 1, memory_order_acq_rel,
                                               memory_order_relaxed))
      continue;
    // From here to the count below the job cannot end, so its fields stay.
    job->work(job->context, part);
    uint32_t parts = atomic_load_explicit(&job->parts, memory_order_relaxed);
    if (is_helper) atomic_store_explicit(&last_progress, now(), memory_order_relaxed);
    if (atomic_fetch_add(&job->done, 1) + 1 == parts && atomic_load(&job->is_waiting))
      futex(&job->done, FUTEX_WAKE, 1, 0);
  }
}

static void *help(void *unused) {
  (void)unused;
  is_helper = true;
  uint32_t seen = atomic_load(&published);
  for (;;) {
    struct job *job = atomic_load(&current);
    if (job) {
      atomic_fetch_add(&busy, 1);
      work_on(job, (uint32_t)(atomic_load(&job->claim) >> 32));
      atomic_fetch_sub(&busy, 1);
    }
    int64_t limit = now() + SPIN_NANOSECONDS;
    for (int i = 0; atomic_load_explicit(&published, memory_order_acquire) == seen; i++) {
      relax();
      if (i % 64 == 63 && now() > limit) {
        atomic_fetch_add(&sleeping, 1);
        futex(&published, FUTEX_WAIT, seen, 0);
        atomic_fetch_sub(&sleeping, 1);
      }
    }
    seen = atomic_load(&published);
  }
}

static bool start_helper(void) {
  pthread_t thread;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Signals are for the threads of the program.
  sigset_t every, before;
  sigfillset(&every);
  sigdelset(&every, SIGSEGV);
  sigdelset(&every, SIGBUS);
  sigdelset(&every, SIGILL);
  sigdelset(&every, SIGFPE);
  sigdelset(&every, SIGTRAP);
  sigdelset(&every, SIGABRT);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  bool is_started = pthread_create(&thread, &attributes, help, 0) == 0;
  pthread_sigmask(SIG_SETMASK, &before, 0);
  pthread_attr_destroy(&attributes);
  return is_started;
}

/// Starts missing helpers, and one more when all have hung in a part for long.
static void ensure_helpers(void) {
  uint32_t wanted = (uint32_t)ck_thread_count() - 1;
  uint32_t count = atomic_load_explicit(&started, memory_order_relaxed);
  if (count >= wanted) {
    if (wanted == 0 || count >= MOST_STARTED || atomic_load_explicit(&busy, memory_order_relaxed) < count) return;
    int64_t before = atomic_load(&last_progress), time = now();
    if (time - before < LOST_NANOSECONDS ||
        !atomic_compare_exchange_strong(&last_progress, &before, time))
      return;
    wanted = count + 1;
  }
  while (count < wanted) {
    if (!atomic_compare_exchange_strong(&started, &count, count + 1)) continue;
    if (!start_helper()) {
      atomic_fetch_sub(&started, 1);
      return;
    }
    count++;
  }
}

// MARK: Jobs

// In a child of fork only the calling thread is left; its pool starts anew.
static void reset_after_fork(void) {
  atomic_store(&started, 0);
  atomic_store(&sleeping, 0);
  atomic_store(&busy, 0);
  atomic_store(&current, 0);
}

static pthread_key_t job_key;

static void give_job_back(void *job) { atomic_store(&((struct job *)job)->is_used, 0); }

__attribute__((constructor)) static void prepare(void) {
  pthread_key_create(&job_key, give_job_back);
  pthread_atfork(0, 0, reset_after_fork);
}

/// This thread's job: one that an ended thread left, or a new one; null if there is no memory.
static struct job *job_of_thread(void) {
  if (own_job) return own_job;
  struct job *job = atomic_load(&all_jobs);
  for (; job; job = job->next) {
    uint32_t unused = 0;
    if (atomic_compare_exchange_strong(&job->is_used, &unused, 1)) break;
  }
  if (!job) {
    job = calloc(1, sizeof *job);
    if (!job) return 0;
    atomic_store(&job->is_used, 1);
    job->next = atomic_load(&all_jobs);
    while (!atomic_compare_exchange_weak(&all_jobs, &job->next, job)) {}
  }
  own_job = job;
  pthread_setspecific(job_key, job);
  return job;
}

static void wait_until_done(struct job *job, uint32_t parts) {
  int64_t limit = 0;
  for (int i = 0;; i++) {
    uint32_t done = atomic_load_explicit(&job->done, memory_order_acquire);
    if (done == parts) return;
    relax();
    if (i % 64 != 63) continue;
    int64_t time = now();
    if (limit == 0) limit = time + SPIN_NANOSECONDS / 4;
    if (time < limit) continue;
    atomic_store(&job->is_waiting, 1);
    done = atomic_load(&job->done);
    if (done != parts) futex(&job->done, FUTEX_WAIT, done, 0);
    atomic_store(&job->is_waiting, 0);
  }
}

static void run_parts(size_t parts, void (*work)(void *, size_t), void *context, bool wakes) {
  struct job *job = parts > 1 && parts < UINT32_MAX && !is_helper && !is_in_part && ck_thread_count() > 1 ? job_of_thread() : 0;
  if (!job) {
    for (size_t part = 0; part < parts; part++) work(context, part);
    return;
  }
  ensure_helpers();
  // The new number goes first, with no part to claim; a helper that holds the old one turns away.
  uint32_t number = (uint32_t)(atomic_load(&job->claim) >> 32) + 1;
  atomic_store(&job->parts, 0);
  atomic_store(&job->claim, (uint64_t)number << 32);
  job->work = work;
  job->context = context;
  atomic_store(&job->done, 0);
  atomic_store(&job->parts, (uint32_t)parts);
  atomic_store(&current, job);
  atomic_fetch_add(&published, 1);
  // Waking costs microseconds, so short work is left to helpers that are still awake.
  if (wakes && atomic_load(&sleeping) > 0) futex(&published, FUTEX_WAKE, INT_MAX, 0);
  is_in_part = true;
  work_on(job, number);
  is_in_part = false;
  wait_until_done(job, (uint32_t)parts);
}

void ck_parallel(size_t parts, void (*work)(void *, size_t), void *context) {
  run_parts(parts, work, context, parts >= 4);
}

void ck_parallel_long(size_t parts, void (*work)(void *, size_t), void *context) {
  run_parts(parts, work, context, true);
}
