// Handlers that park a thread for good instead of ending the process.
//
// Everything reachable from a handler is async-signal-safe: no allocation, no locks but the
// unwinder's, whose look-up is lock-free since glibc 2.35.
#define _GNU_SOURCE
#include "CFaults.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

enum { ALTERNATE_STACK_BYTES = 256 * 1024 };

static int report_descriptor = -1;
static atomic_int is_active;
static atomic_int interrupt_force;
static _Atomic(pthread_t) cell_thread;
static atomic_int has_cell_thread;
static atomic_int parked_threads;
static _Thread_local uintptr_t stack_start;
static _Thread_local int is_cell_thread;
static _Thread_local int is_in_handler;
static _Thread_local int may_not_park;
static _Thread_local sigjmp_buf leave_point;

static int interrupt_signal(void) { return SIGRTMIN + 5; }

static _Noreturn void park(void) {
  atomic_fetch_add(&parked_threads, 1);
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, NULL);
  for (;;) pause();
}

typedef struct {
  cfaults_report *report;
  uintptr_t start;
  int started;
} walk;

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *argument) {
  walk *state = argument;
  uintptr_t pc = _Unwind_GetIP(context);
  if (!state->started) {
    // The handler's own frames come first; the interrupted one is where the signal struck.
    if (pc != state->start) return _URC_NO_REASON;
    state->started = 1;
  }
  if (state->report->frame_count == CFAULTS_FRAME_LIMIT) return _URC_END_OF_STACK;
  state->report->frames[state->report->frame_count++] = pc;
  return _URC_NO_REASON;
}

static void record(cfaults_report *report, const ucontext_t *context) {
  walk state = {report, (uintptr_t)context->uc_mcontext.gregs[REG_RIP], 0};
  _Unwind_Backtrace(visit, &state);
  if (report->frame_count == 0) {
    report->frames[report->frame_count++] = state.start;
  }
}

static _Noreturn void report_and_park(const cfaults_report *report) {
  const char *bytes = (const char *)report;
  size_t left = sizeof *report;
  while (left > 0) {
    ssize_t written = write(report_descriptor, bytes, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    bytes += written;
    left -= (size_t)written;
  }
  park();
}

static void on_fault(int number, siginfo_t *info, void *context) {
  if (!atomic_load(&is_active)) {
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  static _Thread_local cfaults_report report;
  if (is_in_handler) report_and_park(&report);
  is_in_handler = 1;
  memset(&report, 0, sizeof report);
  report.signal_number = number;
  report.address = (uintptr_t)info->si_addr;
  report.on_cell_thread = is_cell_thread;
  record(&report, context);
  // The guard pages lie below the stack's start; a fault near it is an overflow.
  enum { GUARD_BYTES = 1 << 20 };
  report.is_stack_overflow = stack_start != 0 && report.address + GUARD_BYTES > stack_start &&
                             report.address < stack_start + GUARD_BYTES;
  report_and_park(&report);
}

static int contains(const char *text, const char *part) {
  return strstr(text, part) != NULL;
}

/// Whether a thread may stay for ever at `pc`, as far as locks of that object file go.
static int is_safe_object(uintptr_t pc, int firm) {
  const char *path = NULL;
  uintptr_t base = 0;
  if (!cfaults_find_object(pc, &path, &base)) return 0;
  if (contains(path, "/libc.so") || contains(path, "/ld-linux") ||
      contains(path, "libsqlite3") || contains(path, "libgcc_s")) {
    return 0;
  }
  if (contains(path, "libswift") || contains(path, "libdispatch") ||
      contains(path, "libstdc++") || contains(path, "Foundation")) {
    return firm;
  }
  return 1;
}

/// Whether the thread waits in the kernel, as `sleep`, `read` or a full pipe make it.
static int is_waiting_in_kernel(const ucontext_t *context) {
  const unsigned char *pc = (const unsigned char *)context->uc_mcontext.gregs[REG_RIP];
  long long result = context->uc_mcontext.gregs[REG_RAX];
  if (pc[-2] == 0x0f && pc[-1] == 0x05 && result == -EINTR) return 1;
  if (pc[0] != 0x0f || pc[1] != 0x05) return 0;
  switch (result) {  // The call is about to be restarted; its number is in RAX again.
    case 0: case 1: case 7: case 19: case 20: case 23: case 34: case 35: case 42: case 43:
    case 45: case 47: case 61: case 202: case 219: case 230: case 232: case 247: case 270:
    case 271: case 281:
      return 1;
    default:
      return 0;
  }
}

static int holds_database_lock(const cfaults_report *report) {
  for (int32_t index = 0; index < report->frame_count; index++) {
    const char *path = NULL;
    uintptr_t base = 0;
    if (cfaults_find_object(report->frames[index], &path, &base) &&
        contains(path, "libsqlite3")) {
      return 1;
    }
  }
  return 0;
}

static void on_interrupt(int number, siginfo_t *info, void *argument) {
  (void)number;
  (void)info;
  if (!is_cell_thread || !atomic_load(&is_active) || is_in_handler || may_not_park) return;
  int saved = errno;
  const ucontext_t *context = argument;
  uintptr_t pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
  int firm = atomic_load(&interrupt_force) == CFAULTS_FIRM;
  if (is_waiting_in_kernel(context) || is_safe_object(pc, firm)) {
    static _Thread_local cfaults_report report;
    memset(&report, 0, sizeof report);
    report.on_cell_thread = 1;
    record(&report, context);
    if (!holds_database_lock(&report)) {
      is_in_handler = 1;
      report_and_park(&report);
    }
  }
  errno = saved;
}

int32_t cfaults_find_object(uintptr_t address, const char **path, uintptr_t *base) {
  struct dl_find_object found;
  if (_dl_find_object((void *)address, &found) != 0) return 0;
  *path = found.dlfo_link_map->l_name;
  *base = found.dlfo_link_map->l_addr;
  return 1;
}

static _Unwind_Reason_Code stop_at_once(struct _Unwind_Context *context, void *argument) {
  (void)context;
  (void)argument;
  return _URC_END_OF_STACK;
}

void cfaults_install(int descriptor) {
  report_descriptor = descriptor;
  _Unwind_Backtrace(stop_at_once, NULL);  // Loads what the unwinder needs, before any handler.
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  action.sa_sigaction = on_fault;
  const int faults[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS};
  for (size_t index = 0; index < sizeof faults / sizeof *faults; index++) {
    sigaction(faults[index], &action, NULL);
  }
  action.sa_flags |= SA_RESTART;
  action.sa_sigaction = on_interrupt;
  sigaction(interrupt_signal(), &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGINT, SIG_IGN);  // The kernel process decides what an interrupt is.
}

void cfaults_forbid_parking(int32_t forbids) { may_not_park = forbids; }

void cfaults_adopt_task_thread(void) {
  stack_t stack = {0};
  stack.ss_size = ALTERNATE_STACK_BYTES;
  stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                     -1, 0);
  if (stack.ss_sp != MAP_FAILED) sigaltstack(&stack, NULL);
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    void *start = NULL;
    size_t size = 0;
    if (pthread_attr_getstack(&attributes, &start, &size) == 0) stack_start = (uintptr_t)start;
    pthread_attr_destroy(&attributes);
  }
}

void cfaults_adopt_cell_thread(void) {
  cfaults_adopt_task_thread();
  is_cell_thread = 1;
  atomic_store(&cell_thread, pthread_self());
  atomic_store(&has_cell_thread, 1);
}

int32_t cfaults_call(void (*entry)(int32_t, char **)) {
  static char name[] = "cell";
  static char *arguments[] = {name, NULL};
  if (sigsetjmp(leave_point, 0) != 0) return 1;
  entry(1, arguments);
  return 0;
}

void cfaults_leave(void) { siglongjmp(leave_point, 1); }

void cfaults_set_active(int32_t active) { atomic_store(&is_active, active); }

void cfaults_interrupt(cfaults_force force) {
  if (!atomic_load(&has_cell_thread)) return;
  atomic_store(&interrupt_force, (int)force);
  pthread_kill(atomic_load(&cell_thread), interrupt_signal());
}

const char *cfaults_symbol_name(uintptr_t address) {
  Dl_info information;
  return dladdr((void *)address, &information) != 0 ? information.dli_sname : NULL;
}

// Parked threads may hold locks that the C library's own `exit` would wait for.
__attribute__((visibility("default"))) _Noreturn void exit(int status) {
  if (atomic_load(&parked_threads) == 0) {
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
