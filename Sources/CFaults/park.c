// Handlers that stop a thread for good, or give up its task, instead of ending the process.
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of a deep stack, what lies between its ends is given back.
enum { PAGE_BYTES = 4096, KEPT_END_BYTES = 256 * 1024, GUARD_BYTES = 1 << 20 };

static int report_descriptor = -1;
static atomic_int is_active;
static atomic_int parked_threads;

int faults_has_parked(void) { return atomic_load(&parked_threads) != 0; }

int faults_runs_cell(void) { return atomic_load(&is_active); }

void cfaults_set_active(int32_t active) { atomic_store(&is_active, active); }

/// Ends the thread without the C library's knowledge, so that its stack and its locks stay as they
/// are; the signal stack, on which this runs, goes.
static _Noreturn void end_thread(void) {
  faults_thread *self = &faults_self;
  __asm__ volatile(
      "syscall\n\t"
      "mov %[exit], %%eax\n\t"
      "xor %%edi, %%edi\n\t"
      "syscall\n\t"
      "ud2"
      :
      : "a"((long)SYS_munmap), "D"(self->signal_stack), "S"(self->signal_stack_bytes),
        [exit] "i"(SYS_exit)
      : "rcx", "r11", "memory");
  __builtin_unreachable();
}

/// Gives back what of the stack nobody can still refer to: all below `pointer`, and of a deep
/// recursion the middle.
static void release_stack(uintptr_t pointer) {
  const faults_thread *self = &faults_self;
  uintptr_t used = (pointer - 256) & ~(uintptr_t)(PAGE_BYTES - 1);
  if (used <= self->stack_start || pointer >= self->stack_end) {
    used = self->stack_start;  // The overflow went into the guard pages.
  } else {
    munmap((void *)self->stack_start, used - self->stack_start);
  }
  if (self->stack_end - used > 4 * KEPT_END_BYTES) {
    madvise((void *)(used + KEPT_END_BYTES), self->stack_end - used - 2 * KEPT_END_BYTES,
            MADV_DONTNEED);
  }
}

static _Noreturn void park(const ucontext_t *context) {
  atomic_fetch_add(&parked_threads, 1);
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, NULL);
  const faults_thread *self = &faults_self;
  if ((self->runs_cells || self->runs_tasks) && self->signal_stack != NULL) {
    release_stack((uintptr_t)context->uc_mcontext.gregs[REG_RSP]);
    end_thread();
  }
  for (;;) pause();
}

static void send_report(const cfaults_report *report) {
  const char *bytes = (const char *)report;
  size_t left = sizeof *report;
  while (left > 0) {
    ssize_t written = write(report_descriptor, bytes, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    bytes += written;
    left -= (size_t)written;
  }
}

// Swift's accesses that are under way belong to the task; the thread's next one begins without.
extern __attribute__((swiftcall)) void swift_task_exitThreadLocalContext(char *)
    __attribute__((weak));

void faults_stop(const cfaults_report *report, const faults_view *view, ucontext_t *context) {
  faults_thread *self = &faults_self;
  int is_given_up = !self->runs_cells && view->caller.is_known;
  if (is_given_up && swift_task_exitThreadLocalContext != NULL) {
    // Before the report: what comes after it may end the stack's frames.
    static _Thread_local _Alignas(16) char accesses[64];
    memset(accesses, 0, sizeof accesses);
    swift_task_exitThreadLocalContext(accesses);
  }
  send_report(report);
  if (!is_given_up) park(context);
  greg_t *registers = context->uc_mcontext.gregs;
  registers[REG_RIP] = view->caller.rip;
  registers[REG_RSP] = view->caller.rsp;
  registers[REG_RBX] = view->caller.rbx;
  registers[REG_RBP] = view->caller.rbp;
  registers[REG_R12] = view->caller.r12;
  registers[REG_R13] = view->caller.r13;
  registers[REG_R14] = view->caller.r14;
  registers[REG_R15] = view->caller.r15;
  registers[REG_EFL] &= ~0x500ll;  // Neither the direction nor the trap flag.
  atomic_fetch_add(&parked_threads, 1);
  self->forbids = 0;
  self->held_locks = 0;
  self->was_spared = 0;
  self->trap_slot = 0;
  self->is_in_handler = 0;
}

static void on_fault(int number, siginfo_t *info, void *context) {
  faults_thread *self = &faults_self;
  if (self->is_internal || (self->runs_cells && !atomic_load(&is_active))) {
    signal(number, SIG_DFL);
    raise(number);
    return;
  }
  if (self->is_in_handler) {
    // The walk over the stack failed; what it has found is all there is.
    send_report(&self->report);
    park(context);
  }
  self->is_in_handler = 1;
  cfaults_report *report = &self->report;
  memset(report, 0, sizeof *report);
  report->signal_number = number;
  report->address = (uintptr_t)info->si_addr;
  report->on_cell_thread = self->runs_cells;
  // The guard pages lie below the stack's start; a fault near it is an overflow.
  report->is_stack_overflow = self->stack_start != 0 &&
                              report->address + GUARD_BYTES > self->stack_start &&
                              report->address < self->stack_start + GUARD_BYTES;
  faults_forget_return();
  faults_view view;
  faults_look(context, report, &view);
  faults_stop(report, &view, context);
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | flags;
  sigemptyset(&action.sa_mask);
  action.sa_sigaction = handler;
  sigaction(number, &action, NULL);
}

void cfaults_install(int descriptor) {
  report_descriptor = descriptor;
  faults_prepare_unwinder();
  const int faults[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS};
  for (size_t index = 0; index < sizeof faults / sizeof *faults; index++) {
    // A fault in the handler itself comes again, and is told by `is_in_handler`.
    install(faults[index], on_fault, SA_NODEFER);
  }
  install(faults_interrupt_signal(), faults_on_interrupt, SA_RESTART);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGINT, SIG_IGN);  // The kernel process decides what an interrupt is.
}
