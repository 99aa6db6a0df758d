// Interrupts: a signal that stops a thread where that does no harm, or on its way back there.
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

static atomic_int force;
static _Atomic(void *) task_key;
static atomic_intptr_t task_value;
static _Atomic(pthread_t) cell_thread;
static atomic_int has_cell_thread;

extern __attribute__((swiftcall)) void *swift_task_getCurrent(void) __attribute__((weak));
extern __attribute__((swiftcall)) void *swift_task_localValueGet(void *key) __attribute__((weak));

int faults_interrupt_signal(void) { return SIGRTMIN + 5; }

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

/// Whether the thread runs a task that is to be given up.
static int runs_stopped_task(void) {
  void *key = atomic_load(&task_key);
  if (key == NULL || swift_task_localValueGet == NULL || swift_task_getCurrent == NULL) return 0;
  if (swift_task_getCurrent() == NULL) return 0;
  const intptr_t *value = swift_task_localValueGet(key);
  return value != NULL && *value == atomic_load(&task_value);
}

int faults_is_firm(void) { return atomic_load(&force) >= CFAULTS_FIRM; }

static int can_be_left(uintptr_t pc) {
  switch (faults_object_at(pc)) {
    case FAULTS_CELL: return 1;
    case FAULTS_LIBRARY: return faults_is_firm();
    case FAULTS_RUNTIME: return atomic_load(&force) >= CFAULTS_HARD;
    default: return 0;
  }
}

// Where a function of a library returns to instead of to the cell that called it.
void faults_come_back(void);
__asm__(
    ".text\n"
    ".globl faults_come_back\n"
    ".hidden faults_come_back\n"
    ".type faults_come_back, @function\n"
    "faults_come_back:\n"
    "  call faults_returned\n"
    "  ud2\n"
    ".size faults_come_back, . - faults_come_back\n");

__attribute__((used, visibility("hidden"))) void faults_returned(void);

void faults_returned(void) {
  faults_self.has_returned = 1;
  // The handler runs on a stack of its own, so that this one can be given back.
  for (;;) pthread_kill(pthread_self(), faults_interrupt_signal());
}

static _Thread_local faults_return caller_of_returned;

/// Has the library's function return to the handler instead of to the cell.
static void catch_on_return(const faults_view *view, const cfaults_report *report) {
  faults_thread *self = &faults_self;
  self->report = *report;
  self->report.frame_count -= view->inner_frames;
  memmove(self->report.frames, report->frames + view->inner_frames,
          (size_t)self->report.frame_count * sizeof *report->frames);
  caller_of_returned = view->caller;
  self->trap_slot = view->return_slot;
  self->trap_address = view->return_address;
  *(uintptr_t *)view->return_slot = (uintptr_t)faults_come_back;
}

void faults_forget_return(void) {
  faults_thread *self = &faults_self;
  uintptr_t *slot = (uintptr_t *)self->trap_slot;
  if (slot != NULL && *slot == (uintptr_t)faults_come_back) *slot = self->trap_address;
  self->trap_slot = 0;
}

static void stop_after_return(ucontext_t *context) {
  faults_thread *self = &faults_self;
  self->has_returned = 0;
  self->is_in_handler = 1;
  faults_view view;
  memset(&view, 0, sizeof view);
  view.caller = caller_of_returned;
  faults_stop(&self->report, &view, context);
}

static void stop_as_asked(ucontext_t *context) {
  faults_thread *self = &faults_self;
  self->wants_stop = 0;
  self->is_in_handler = 1;
  memset(&self->report, 0, sizeof self->report);
  self->report.signal_number = self->stop_number;
  self->report.on_cell_thread = self->runs_cells;
  faults_view view;
  faults_look(context, &self->report, &view);
  faults_stop(&self->report, &view, context);
}

void faults_on_interrupt(int number, siginfo_t *info, void *argument) {
  (void)number;
  (void)info;
  faults_thread *self = &faults_self;
  ucontext_t *context = argument;
  int saved = errno;
  if (self->has_returned) return stop_after_return(context);
  if (self->wants_stop) return stop_as_asked(context);
  int concerns = self->runs_cells ? faults_runs_cell() : self->runs_tasks && runs_stopped_task();
  if (!concerns || self->is_in_handler || self->forbids > 0) return;
  uintptr_t pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
  int is_here = is_waiting_in_kernel(context) || can_be_left(pc);
  static _Thread_local cfaults_report report;
  memset(&report, 0, sizeof report);
  report.on_cell_thread = self->runs_cells;
  faults_forget_return();  // The stack cannot be walked past a replaced address.
  faults_view view;
  faults_look(context, &report, &view);
  if (is_here && self->held_locks > 0) {
    self->was_spared = self->runs_cells;
    is_here = 0;
  }
  if (is_here && !view.holds_lock && (self->runs_cells || view.caller.is_known)) {
    self->is_in_handler = 1;
    faults_stop(&report, &view, context);
  } else if (view.return_slot != 0) {
    catch_on_return(&view, &report);
  }
  errno = saved;
}

static _Noreturn void stop_with(int number) {
  faults_self.stop_number = number;
  faults_self.wants_stop = 1;
  for (;;) pthread_kill(pthread_self(), faults_interrupt_signal());
}

void cfaults_stop_here(void) { stop_with(CFAULTS_STOPPED_ITSELF); }

void cfaults_hold_lock(int32_t change) {
  faults_thread *self = &faults_self;
  self->held_locks += change;
  atomic_signal_fence(memory_order_seq_cst);  // An interrupt may come in between.
  if (self->held_locks > 0 || !self->was_spared) return;
  self->was_spared = 0;
  if (faults_runs_cell()) stop_with(0);
}

void cfaults_adopt_cell_thread(void) {
  faults_self.runs_cells = 1;
  atomic_store(&cell_thread, pthread_self());
  atomic_store(&has_cell_thread, 1);
}

void cfaults_interrupt(cfaults_force with) {
  if (!atomic_load(&has_cell_thread)) return;
  atomic_store(&force, (int)with);
  pthread_kill(atomic_load(&cell_thread), faults_interrupt_signal());
}

static void interrupt_thread(pthread_t thread) { pthread_kill(thread, faults_interrupt_signal()); }

void cfaults_interrupt_tasks(void *key, intptr_t value) {
  atomic_store(&task_value, value);
  atomic_store(&task_key, key);
  faults_each_busy_task_thread(interrupt_thread);
}
