// Threads: what each gets when it starts, how cells are called on one, and the end of the process.
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIGNAL_STACK_BYTES = 256 * 1024 };

_Thread_local faults_thread faults_self;

static pthread_key_t signal_stack_key;
static atomic_int has_key;

static void drop_signal_stack(void *argument) {
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&none, NULL);
  munmap(argument, SIGNAL_STACK_BYTES);
}

/// Gives the calling thread a signal stack, without which it could not report an overflow.
static void adopt(void) {
  faults_thread *self = &faults_self;
  stack_t stack = {.ss_size = SIGNAL_STACK_BYTES};
  stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                     -1, 0);
  if (stack.ss_sp != MAP_FAILED && sigaltstack(&stack, NULL) == 0) {
    self->signal_stack = stack.ss_sp;
    self->signal_stack_bytes = stack.ss_size;
    if (atomic_load(&has_key)) pthread_setspecific(signal_stack_key, stack.ss_sp);
  }
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void *start = NULL;
  size_t size = 0;
  if (pthread_attr_getstack(&attributes, &start, &size) == 0) {
    self->stack_start = (uintptr_t)start;
    self->stack_end = (uintptr_t)start + size;
  }
  pthread_attr_destroy(&attributes);
}

void cfaults_adopt_main_thread(void) { adopt(); }
void cfaults_adopt_task_thread(void) { faults_self.runs_tasks = 1; }
void cfaults_adopt_internal_thread(void) { faults_self.is_internal = 1; }
void cfaults_forbid_parking(int32_t change) { faults_self.forbids += change; }
int32_t cfaults_runs_cells(void) { return faults_self.runs_cells; }

typedef struct {
  void *(*body)(void *);
  void *argument;
} start_of_thread;

static void *start(void *argument) {
  start_of_thread begin = *(start_of_thread *)argument;
  free(argument);
  adopt();
  return begin.body(begin.argument);
}

static void make_key(void) {
  if (pthread_key_create(&signal_stack_key, drop_signal_stack) == 0) atomic_store(&has_key, 1);
}

typedef int (*create_function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

// Whoever starts a thread, libdispatch and Foundation too, comes through here.
__attribute__((visibility("default"))) int pthread_create(pthread_t *thread,
                                                          const pthread_attr_t *attributes,
                                                          void *(*body)(void *), void *argument) {
  static _Atomic(create_function) real;
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  create_function create = atomic_load(&real);
  if (create == NULL) {
    create = (create_function)dlsym(RTLD_NEXT, "pthread_create");
    atomic_store(&real, create);
  }
  pthread_once(&once, make_key);
  start_of_thread *begin = malloc(sizeof *begin);
  if (begin == NULL) return create(thread, attributes, body, argument);
  *begin = (start_of_thread){body, argument};
  int result = create(thread, attributes, start, begin);
  if (result != 0) free(begin);
  return result;
}

int32_t cfaults_call(void (*entry)(int32_t, char **)) {
  static char name[] = "cell";
  static char *arguments[] = {name, NULL};
  faults_self.trap_slot = 0;
  if (sigsetjmp(faults_self.leave_point, 0) != 0) return 1;
  entry(1, arguments);
  return 0;
}

void cfaults_leave(void) { siglongjmp(faults_self.leave_point, 1); }

// Parked threads may hold locks that the C library's own `exit` would wait for.
__attribute__((visibility("default"))) _Noreturn void exit(int status) {
  if (!faults_has_parked()) {
    void (*real)(int) = (void (*)(int))dlsym(RTLD_NEXT, "exit");
    if (real) real(status);
  }
  cfaults_flush_streams();
  _exit(status);
}

__attribute__((swiftcall)) _Noreturn void martlet_error_in_main(void *error);

// Cells resolve the runtime's function here: the original would end the process.
__attribute__((swiftcall, visibility("default"))) _Noreturn void swift_errorInMain(void *error) {
  martlet_error_in_main(error);
}
