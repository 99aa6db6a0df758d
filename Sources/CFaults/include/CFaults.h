#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// The most frames that a report holds.
#define CFAULTS_FRAME_LIMIT 128

/// The `signal_number` of a thread that called `cfaults_stop_here`.
#define CFAULTS_STOPPED_ITSELF (-1)

/// Why a thread was stopped.
typedef struct {
  /// The signal: a fault, 0 for an interrupt, or `CFAULTS_STOPPED_ITSELF`.
  int32_t signal_number;
  /// The address that a memory fault was about.
  uintptr_t address;
  /// Whether the thread is the one that runs the cell.
  int32_t on_cell_thread;
  /// Whether the address is at the end of the thread's stack.
  int32_t is_stack_overflow;
  /// How many frames were recorded, innermost first.
  int32_t frame_count;
  uintptr_t frames[CFAULTS_FRAME_LIMIT];
} cfaults_report;

/// Installs the handlers of faults and of the interrupt signal, process-wide.
///
/// A fault writes the report to `report_fd`, and the code that failed is never returned to: a cell's
/// thread ends and leaves its memory as it was, a task is given up, any other thread is parked.
void cfaults_install(int report_fd);

/// Has C++ exceptions that nothing catches told of on standard error, each of them.
void cfaults_report_exceptions(void);

/// Makes the calling thread the one that runs cells.
void cfaults_adopt_cell_thread(void);

/// Makes the calling thread one of those that run tasks.
void cfaults_adopt_task_thread(void);

/// Gives the main thread, which nobody started, what other threads get when they start.
void cfaults_adopt_main_thread(void);

/// Says that the calling thread runs none of the user's code: its faults end the process.
void cfaults_adopt_internal_thread(void);

/// Says whether the calling thread begins (1) or ends (-1) to hold a lock that others need, so that
/// no interrupt stops it there.
void cfaults_forbid_parking(int32_t change);

/// Says the same of a lock of a library: an interrupt stops the thread when it comes back to the cell, or at the lock's end.
void cfaults_hold_lock(int32_t change);

/// Learns, from inside a task, what the function of the runtime is that runs tasks.
void cfaults_learn_task_caller(void);

/// Serves the main queue on the calling thread; never returns.
_Noreturn void cfaults_serve_main_queue(void);

/// Calls `body` on the main thread and waits for its end; one thread at a time may do so.
///
/// If code of the user keeps the main thread for seconds, the calling thread does it itself.
void cfaults_call_on_main_thread(void (*body)(void *), void *argument);

/// Lets tasks run on threads that are replaced when a task has parked or keeps one.
void cfaults_install_pool(int32_t processors);

/// Adds a thread for tasks when none of those that wait is taken up; call it every 25 ms.
void cfaults_tick_pool(void);

/// Calls a cell's entry on the calling thread; 0 when it returned, 1 when `cfaults_leave` ended it.
int32_t cfaults_call(void (*entry)(int32_t, char **));

/// Ends the running `cfaults_call`; only from the thread inside it.
_Noreturn void cfaults_leave(void);

/// Whether the calling thread runs cells.
int32_t cfaults_runs_cells(void);

/// Ends the calling thread, or what it does for a queue, for good; the report of it follows.
_Noreturn void cfaults_stop_here(void);

/// Says whether the cell thread runs a cell; its faults between cells end the process.
void cfaults_set_active(int32_t active);

/// Says in which folder the objects of cells lie.
void cfaults_set_cell_folder(const char *folder);

/// How hard an interrupt tries to stop the cell's thread.
typedef enum {
  /// In the cell's own code, on the way back to it, or in a system call that waits.
  CFAULTS_POLITE = 0,
  /// Also in the libraries that the cell calls.
  CFAULTS_FIRM = 1,
  /// Also in the Swift runtime and in libraries that hold no process-wide lock.
  CFAULTS_HARD = 2,
} cfaults_force;

/// Asks the cell's thread to stop; it does so, and a report follows, if it is at a safe place.
void cfaults_interrupt(cfaults_force force);

/// Gives up the tasks whose task-local value under `key` is the integer `value`, one step of it.
void cfaults_interrupt_tasks(void *key, intptr_t value);

/// Notes where errors are thrown from now on.
void cfaults_watch_throws(void);

/// The places of the throw of the calling thread's last error, innermost first.
///
/// - Returns: How many there are; 0 when the error at `box` is not the last one.
int32_t cfaults_thrown_frames(const void *box, const void *type, uintptr_t *frames, int32_t limit);

/// Says where the error at `box` was thrown first, on another thread.
void cfaults_set_thrown_frames(const void *box, const uintptr_t *frames, int32_t count);

/// Gives standard output and error new streams if a parked thread holds their locks.
void cfaults_release_streams(void);

/// Makes `stdin` read through `read_line`, which returns a malloc'ed line or NULL at the end.
void cfaults_redirect_input(char *(*read_line)(void));

/// Writes out what the standard streams hold, unless a thread is using them.
void cfaults_flush_streams(void);

/// Makes standard output fully buffered, so that many small prints cost few system calls.
void cfaults_buffer_output(void);

/// The object file that holds `address` and its load address; 0 when there is none.
int32_t cfaults_find_object(uintptr_t address, const char **path, uintptr_t *base);

/// The name of the symbol around `address`, or NULL when its object file does not tell.
const char *cfaults_symbol_name(uintptr_t address);
