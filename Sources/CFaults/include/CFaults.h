#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/// The most frames that a report holds.
#define CFAULTS_FRAME_LIMIT 128

/// Why a thread was parked.
typedef struct {
  /// The signal: a fault, or 0 for an interrupt.
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
/// A fault writes the report to `report_fd` and parks its thread for good: it never returns to
/// the code that failed, so all memory stays as it was and other threads go on.
void cfaults_install(int report_fd);

/// Makes the calling thread the one that runs cells; gives it an alternate signal stack.
void cfaults_adopt_cell_thread(void);

/// Gives the calling thread, which runs tasks, an alternate signal stack.
void cfaults_adopt_task_thread(void);

/// Says whether the calling thread holds a lock that others need, so that no interrupt parks it.
void cfaults_forbid_parking(int32_t forbids);

/// Lets tasks run on threads that are replaced when a task has parked or keeps one.
void cfaults_install_pool(int32_t processors);

/// Adds a thread for tasks when none of those that wait is taken up; call it every 25 ms.
void cfaults_tick_pool(void);

/// Calls a cell's entry on the calling thread; 0 when it returned, 1 when `cfaults_leave` ended it.
int32_t cfaults_call(void (*entry)(int32_t, char **));

/// Ends the running `cfaults_call`; only from the thread inside it.
_Noreturn void cfaults_leave(void);

/// Says whether faults belong to a cell; outside a cell they end the process.
void cfaults_set_active(int32_t active);

/// How hard an interrupt tries to park the cell's thread.
typedef enum {
  /// Only in the cell's own code, or in a system call that waits.
  CFAULTS_POLITE = 0,
  /// Also in the Swift runtime and in libraries that hold no process-wide lock.
  CFAULTS_FIRM = 1,
} cfaults_force;

/// Asks the cell's thread to park; it does so, and a report follows, if it is at a safe place.
void cfaults_interrupt(cfaults_force force);

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
