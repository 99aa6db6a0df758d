// What the files of this module share: a thread's state, and what a walk over its stack finds.
#pragma once
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <ucontext.h>

#include "CFaults.h"

/// Everything about a thread that a signal handler needs.
typedef struct {
  uintptr_t stack_start;
  uintptr_t stack_end;
  /// The alternate signal stack; the thread may not have one.
  void *signal_stack;
  size_t signal_stack_bytes;
  /// Whether the thread runs cells, or tasks; the worker made both and may end them.
  int runs_cells;
  int runs_tasks;
  /// Whether the thread is the worker's own and runs no code of the user.
  int is_internal;
  /// Greater than 0 while the thread must not be parked.
  int forbids;
  /// How many locks of libraries it holds, and whether an interrupt came meanwhile that would have stopped it.
  int held_locks;
  int was_spared;
  int is_in_handler;
  /// Where a return address was replaced to stop the thread; 0 when none was.
  uintptr_t trap_slot;
  uintptr_t trap_address;
  /// Whether the thread came back to where it can be stopped.
  int has_returned;
  /// Whether the thread asked to be stopped, and the signal number to report.
  int wants_stop;
  int stop_number;
  /// The report of the stop that is under way.
  cfaults_report report;
  sigjmp_buf leave_point;
} faults_thread;

extern _Thread_local faults_thread faults_self;

/// The registers with which a function goes on after a call.
typedef struct {
  int is_known;
  greg_t rip, rsp, rbx, rbp, r12, r13, r14, r15;
} faults_return;

/// What the stack of an interrupted thread holds.
typedef struct {
  /// Where the innermost function that a cell called returns to, or that of OpenBLAS to its caller
  /// when the interrupt is firm, and the address of the slot that says so; 0 when there is none.
  uintptr_t return_slot;
  uintptr_t return_address;
  /// How many frames lie inside of the one that is returned to.
  int32_t inner_frames;
  /// How the runtime goes on when the task, or the closure of a queue, is given up.
  faults_return caller;
  /// Whether a frame belongs to a library that holds locks for all while it works.
  int holds_lock;
} faults_view;

/// How far an object file's code can be left for good without harm to others.
typedef enum {
  FAULTS_CELL,
  FAULTS_LIBRARY,
  FAULTS_RUNTIME,
  FAULTS_NEVER,
} faults_object;

faults_object faults_object_at(uintptr_t pc);

/// Whether the newest interrupt may stop a thread in the libraries that the cell calls.
int faults_is_firm(void);

/// Walks the stack from `context`, fills in the frames of `report` and tells what it found.
void faults_look(const ucontext_t *context, cfaults_report *report, faults_view *view);

/// Loads what the unwinder needs, so that it allocates nothing in a handler.
void faults_prepare_unwinder(void);

/// Writes the report, and parks the thread or lets its caller go on as if the task had returned.
void faults_stop(const cfaults_report *report, const faults_view *view, ucontext_t *context);

/// Whether the cell thread runs a cell.
int faults_runs_cell(void);

/// Whether threads were parked; they may hold locks for ever.
int faults_has_parked(void);

int faults_interrupt_signal(void);

/// Undoes the replacement of a return address.
void faults_forget_return(void);

void faults_on_interrupt(int number, siginfo_t *info, void *context);

/// Calls `body` with each thread that runs a task now.
void faults_each_busy_task_thread(void (*body)(pthread_t));
