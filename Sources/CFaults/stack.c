// A walk over an interrupted thread's stack, and what its object files say about it.
//
// Everything here runs in signal handlers: no allocation, no locks but the unwinder's, whose look-up
// is lock-free since glibc 2.35.
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unwind.h>

enum { MOST_FRAMES = 1 << 20, COLUMN_RBX = 3, COLUMN_RBP = 6, COLUMN_R12 = 12 };

static char cell_folder[4096];
static _Atomic uintptr_t task_caller;

int32_t cfaults_find_object(uintptr_t address, const char **path, uintptr_t *base) {
  struct dl_find_object found;
  if (_dl_find_object((void *)address, &found) != 0) return 0;
  *path = found.dlfo_link_map->l_name;
  *base = found.dlfo_link_map->l_addr;
  return 1;
}

const char *cfaults_symbol_name(uintptr_t address) {
  Dl_info information;
  return dladdr((void *)address, &information) != 0 ? information.dli_sname : NULL;
}

void cfaults_set_cell_folder(const char *folder) {
  strncpy(cell_folder, folder, sizeof cell_folder - 1);
}

static int contains(const char *text, const char *part) { return strstr(text, part) != NULL; }

faults_object faults_object_at(uintptr_t pc) {
  const char *path = NULL;
  uintptr_t base = 0;
  // The program itself has no path: what runs there is the worker's own, between locks.
  if (!cfaults_find_object(pc, &path, &base) || path[0] == 0) return FAULTS_NEVER;
  if (cell_folder[0] != 0 && strncmp(path, cell_folder, strlen(cell_folder)) == 0) {
    return FAULTS_CELL;
  }
  const char *never[] = {"/libc.so", "/ld-linux", "libsqlite3", "libgcc_s", "libopenblas", "vdso"};
  for (size_t index = 0; index < sizeof never / sizeof *never; index++) {
    if (contains(path, never[index])) return FAULTS_NEVER;
  }
  const char *runtime[] = {"libswift", "lib_Foundation", "Foundation", "libdispatch",
                           "libBlocksRuntime", "libstdc++"};
  for (size_t index = 0; index < sizeof runtime / sizeof *runtime; index++) {
    if (contains(path, runtime[index])) return FAULTS_RUNTIME;
  }
  return FAULTS_LIBRARY;
}

typedef struct {
  cfaults_report *report;
  faults_view *view;
  uintptr_t start;
  int started;
  int beyond;
  faults_object inner;
  int inner_is_dispatch;
  int inner_is_blas;
} walk;

/// Whether a thread may be stopped when the code around the frame returns into `object`.
///
/// A long product consists of several, and the library that divides it keeps no lock meanwhile.
static int can_be_caught(const walk *state, faults_object object) {
  if (object == FAULTS_CELL) return state->inner != FAULTS_CELL;
  return object == FAULTS_LIBRARY && state->inner_is_blas && faults_is_firm() &&
         faults_self.held_locks == 0;
}

static void note_return(struct _Unwind_Context *context, faults_return *to) {
  to->is_known = 1;
  to->rip = (greg_t)_Unwind_GetIP(context);
  to->rsp = (greg_t)_Unwind_GetCFA(context);
  to->rbx = (greg_t)_Unwind_GetGR(context, COLUMN_RBX);
  // An asynchronous function marks the frame pointer that it saves.
  to->rbp = (greg_t)(_Unwind_GetGR(context, COLUMN_RBP) & ~(1ull << 60));
  to->r12 = (greg_t)_Unwind_GetGR(context, COLUMN_R12);
  to->r13 = (greg_t)_Unwind_GetGR(context, COLUMN_R12 + 1);
  to->r14 = (greg_t)_Unwind_GetGR(context, COLUMN_R12 + 2);
  to->r15 = (greg_t)_Unwind_GetGR(context, COLUMN_R12 + 3);
}

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *argument) {
  walk *state = argument;
  faults_view *view = state->view;
  uintptr_t pc = _Unwind_GetIP(context);
  if (!state->started && pc != state->start) return _URC_NO_REASON;  // The handler's own frames.
  int is_innermost = !state->started;
  state->started = 1;
  cfaults_report *report = state->report;
  if (report->frame_count < CFAULTS_FRAME_LIMIT) {
    report->frames[report->frame_count++] = pc;
  } else if (report->on_cell_thread || state->beyond++ > MOST_FRAMES) {
    return _URC_END_OF_STACK;  // Only of a task the outermost frame is needed.
  }
  const char *path = NULL;
  uintptr_t base = 0;
  if (!cfaults_find_object(pc, &path, &base)) return _URC_NO_REASON;
  faults_object object = faults_object_at(pc);
  int is_dispatch = contains(path, "libdispatch");
  if (contains(path, "libsqlite3") || contains(path, "/ld-linux")) view->holds_lock = 1;
  if (!is_innermost) {
    if (view->return_slot == 0 && can_be_caught(state, object)) {
      uintptr_t slot = _Unwind_GetCFA(context) - sizeof(uintptr_t);
      if (*(const uintptr_t *)slot == pc) {
        view->return_slot = slot;
        view->return_address = pc;
        view->inner_frames = report->frame_count - 1;
      }
    }
    uintptr_t caller = atomic_load(&task_caller);
    if (caller != 0 && !view->caller.is_known &&
        (uintptr_t)_Unwind_GetRegionStart(context) == caller) {
      note_return(context, &view->caller);
      // Asynchronous functions take their arguments off the stack, and the caller makes room again
      // by `sub $n, %rsp`: it expects the stack as after that.
      const unsigned char *next = (const unsigned char *)pc;
      if (next[0] == 0x48 && next[1] == 0x83 && next[2] == 0xec) view->caller.rsp += next[3];
    } else if (is_dispatch && !state->inner_is_dispatch && !view->caller.is_known) {
      note_return(context, &view->caller);
    }
  }
  state->inner = object;
  state->inner_is_dispatch = is_dispatch;
  state->inner_is_blas = contains(path, "libopenblas");
  return _URC_NO_REASON;
}

void faults_look(const ucontext_t *context, cfaults_report *report, faults_view *view) {
  memset(view, 0, sizeof *view);
  walk state = {.report = report, .view = view,
                .start = (uintptr_t)context->uc_mcontext.gregs[REG_RIP]};
  _Unwind_Backtrace(visit, &state);
  if (report->frame_count == 0) report->frames[report->frame_count++] = state.start;
}

static _Unwind_Reason_Code stop_at_once(struct _Unwind_Context *context, void *argument) {
  (void)context;
  (void)argument;
  return _URC_END_OF_STACK;
}

void faults_prepare_unwinder(void) { _Unwind_Backtrace(stop_at_once, NULL); }

static _Unwind_Reason_Code find_task_caller(struct _Unwind_Context *context, void *argument) {
  (void)argument;
  const char *path = NULL;
  uintptr_t base = 0;
  if (!cfaults_find_object(_Unwind_GetIP(context), &path, &base) ||
      !contains(path, "libswift_Concurrency")) {
    return _URC_NO_REASON;
  }
  atomic_store(&task_caller, (uintptr_t)_Unwind_GetRegionStart(context));
  return _URC_END_OF_STACK;
}

void cfaults_learn_task_caller(void) { _Unwind_Backtrace(find_task_caller, NULL); }
